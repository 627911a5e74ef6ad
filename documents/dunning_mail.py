"""Dunning with letters: steps are taken and their notices queued in one transaction, each once (S8, S10)."""

from datetime import datetime

from sqlmodel import Session, col, select

from billing.bills import Invoice
from billing.dunning import DunningTaken
from billing.dunning_steps import DunningEffect
from billing.settling import InvoiceState, standing_of
from billing.taking_dunning_steps import Dunned, take_due_steps
from contracts.parties import Client, Entity, Seller
from documents.addressing import letter_to, staff_address, writer
from documents.dunning_text import Overdue, block_reason, notice_text
from documents.letters import Letter
from documents.reminding import first_addresses
from documents.typography import phone
from documents.words import Language


def dun(session: Session, invoice_id: int, staff_language: Language, *, at: datetime) -> list[DunningTaken]:
    """Take the steps that are due about an invoice and queue the notice of the last: to each contact of the client,
    else to its entity. Where there is nobody to write to, the steps are taken without a notice."""
    invoice = session.get_one(Invoice, invoice_id)
    addresses = first_addresses(session, {invoice.client_id})[invoice.client_id]
    own = session.get_one(Entity, invoice.entity_id).email
    recipients = list(dict.fromkeys(addresses or ([own] if own else [])))
    reason = block_reason(invoice.number, staff_language)
    dunned, taken = take_due_steps(session, invoice_id, reason, is_addressed=bool(recipients), at=at)
    for step in taken:
        if step.is_sent:
            blocked = any(one.effect is DunningEffect.BLOCK for one in taken)
            session.add_all(_letter(session, dunned, step, one, blocked) for one in recipients)
    session.flush()
    return taken


def still_dunned(session: Session, notice_id: int) -> bool:
    """Whether a notice is still to be told: its invoice is not settled, and no later notice tells of it."""
    step = session.get_one(DunningTaken, notice_id)
    later = select(DunningTaken.id).where(
        DunningTaken.invoice_id == step.invoice_id, DunningTaken.position > step.position, DunningTaken.is_sent
    )
    standing = standing_of(session, session.get_one(Invoice, step.invoice_id))
    return standing.state is not InvoiceState.PAID and session.exec(later).first() is None


def steps_taken(session: Session, invoice_id: int) -> list[DunningTaken]:
    """What was done about an invoice, the first step first."""
    own = select(DunningTaken).where(DunningTaken.invoice_id == invoice_id)
    return list(session.exec(own.order_by(col(DunningTaken.position))))


def _letter(session: Session, dunned: Dunned, step: DunningTaken, recipient: str, is_blocked: bool) -> Letter:
    invoice, seller = dunned.invoice, session.get_one(Seller, dunned.invoice.seller_id)
    assert step.notice is not None
    language = Language(session.get_one(Client, invoice.client_id).locale)
    words = notice_text(
        Overdue(
            notice=step.notice,
            number=invoice.number,
            issued_on=invoice.issued_on,
            due_on=invoice.due_on,
            total=invoice.total,
            left=dunned.standing.left,
            is_blocked=is_blocked,
            seller=writer(seller, language),
            contact="\n".join(filter(None, (phone(seller.phone), staff_address(seller)))),
        ),
        language,
    )
    key = f"dunning.{invoice.id}.{step.position}"
    return letter_to(recipient, words, seller, key, invoice.client_id, at=step.taken_at, notice_id=step.id)
