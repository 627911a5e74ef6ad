"""What is still to be paid: the invoices of which something is left, with what was credited and done about each."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_
from sqlmodel import Session, col, select

from billing.bills import CreditNote, Invoice
from billing.dunning import DunningTaken
from billing.settling import left_of_invoice
from contracts.money import Money
from contracts.parties import Client, Entity
from contracts.typed_search import find_typed


@dataclass(frozen=True, slots=True)
class Unpaid:
    """An invoice of which something is left, and whose it is."""

    invoice: Invoice
    client: str
    left: Money


@dataclass(frozen=True, slots=True)
class UnpaidWanted:
    """A seller's unpaid invoices: of some clients, due before a day, in a currency; without any of it all of them."""

    seller_id: int
    client_ids: Collection[int] | None = None
    due_before: date | None = None
    currency: str | None = None


def unpaid_invoices(session: Session, wanted: UnpaidWanted, *, skip: int = 0, limit: int | None = None) -> list[Unpaid]:
    """The invoices that are looked for, the first due first, a page after so many."""
    left = left_of_invoice()
    found = select(Invoice, Client.name, left).join(Client, col(Client.id) == Invoice.client_id)
    found = found.where(Invoice.seller_id == wanted.seller_id, left > 0)
    if wanted.client_ids is not None:
        found = found.where(col(Invoice.client_id).in_(wanted.client_ids))
    if wanted.due_before is not None:
        found = found.where(Invoice.due_on < wanted.due_before)
    if wanted.currency is not None:
        found = found.where(Invoice.currency == wanted.currency)
    rows = session.exec(found.order_by(col(Invoice.due_on), col(Invoice.id)).offset(skip).limit(limit))
    return [Unpaid(invoice, client, Money(int(minor), invoice.currency)) for invoice, client, minor in rows]


def credit_notes_of(session: Session, invoice_ids: Sequence[int]) -> Mapping[int, list[CreditNote]]:
    """The credit notes to each of the invoices, the first first."""
    own = select(CreditNote).where(col(CreditNote.invoice_id).in_(invoice_ids)).order_by(col(CreditNote.id))
    notes = defaultdict[int, list[CreditNote]](list)
    for note in session.exec(own):
        notes[note.invoice_id].append(note)
    return notes


def steps_by_invoice(session: Session, invoice_ids: Sequence[int]) -> Mapping[int, list[DunningTaken]]:
    """What was done about each of the invoices that was not paid in time, the first step first."""
    own = select(DunningTaken).where(col(DunningTaken.invoice_id).in_(invoice_ids))
    steps = defaultdict[int, list[DunningTaken]](list)
    for step in session.exec(own.order_by(col(DunningTaken.position))):
        steps[step.invoice_id].append(step)
    return steps


def payers_found(session: Session, seller_id: int, text: str, *, limit: int) -> list[tuple[Entity, str]]:
    """The entities that may pay a seller, with their clients' names: by INN, or by the number of an invoice to them;
    else those of the clients that `find_typed` finds by the text."""
    billed = select(Invoice.entity_id).where(Invoice.seller_id == seller_id, Invoice.number == text)
    every = select(Entity, Client.name).join(Client, col(Client.id) == Entity.client_id)
    exact = every.where(or_(col(Entity.inn) == text, col(Entity.id).in_(billed))).order_by(col(Entity.id))
    if found := session.exec(exact.limit(limit)).all():
        return list(found)
    named = every.where(col(Entity.client_id).in_([one.id for one in find_typed(session, text, limit=limit)]))
    return list(session.exec(named.order_by(Client.search_key, col(Entity.id)).limit(limit)).all())
