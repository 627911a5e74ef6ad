"""Telling a client's manager that the client bought or renewed by itself: once, with its invoice (S4, H8)."""

from datetime import datetime

from sqlmodel import Session

from billing.bills import Invoice
from contracts.appending import append
from contracts.parties import Client, Seller
from documents.addressing import letter_to, manager_addresses, staff_address
from documents.letters import OwnPurchase
from documents.reminder_text import Wording, worded
from documents.words import Language, day_in_words, price, printable


def tell_manager(session: Session, invoice: Invoice, bought_by: str, language: Language, *, at: datetime) -> None:
    """Record what the client bought, and queue a letter to who looks after it, else to the seller's staff.

    Where neither has an address nobody is written to.
    """
    fact = {"client_id": invoice.client_id, "invoice_id": invoice.id, "bought_by": bought_by, "recorded_at": at}
    bought = append(session, OwnPurchase, fact)
    client, seller = session.get_one(Client, invoice.client_id), session.get_one(Seller, invoice.seller_id)
    recipient = manager_addresses(session).get(client.manager) or staff_address(seller)
    if recipient:
        words = _words(client, invoice, bought_by, language)
        about = (seller, f"bought.{bought.id}", client.id)
        session.add(letter_to(recipient, words, *about, at=at, own_purchase_id=bought.id))
        session.flush()


def _words(client: Client, invoice: Invoice, bought_by: str, language: Language) -> Wording:
    due, total = day_in_words(invoice.due_on, language), price(invoice.total, language)
    bought = "продление" if invoice.subscription_id is not None else "пакет часов"
    if language is Language.RU:
        subject = f"{client.name}: клиент сам оформил {bought}"
        who = f"Клиент: {client.name}\n{f'Ведёт: {client.manager}' if client.manager else 'Клиента никто не ведёт.'}"
        what = f"Оформил: {printable(bought_by)}\nСчёт № {invoice.number} на {total}, оплатить до {due}"
        ends = "Делать ничего не нужно: договор и счёт клиент уже видит у себя."
    else:
        bought = "a renewal" if invoice.subscription_id is not None else "a package of hours"
        subject = f"{client.name}: the client took {bought} by itself"
        who = f"Client: {client.name}\n{f'Manager: {client.manager}' if client.manager else 'Nobody looks after it.'}"
        what = f"By: {printable(bought_by)}\nInvoice No. {invoice.number}, {total}, due on {due}"
        ends = "There is nothing to do: the client sees its papers already."
    return worded(subject, who, what, ends, language=language)
