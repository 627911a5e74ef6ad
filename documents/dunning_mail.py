"""Dunning with letters: steps are taken and their notices queued in one transaction, each once (S8, S10)."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from sqlmodel import Session, col, select

from billing.bills import Invoice
from billing.dunning import DunningTaken
from billing.settling import InvoiceState, standing_of
from billing.taking_dunning_steps import standing_blocks, take_due_steps
from contracts.parties import Client, Entity, Seller
from documents.addressing import letter_to, staff_address, writer
from documents.dunning_text import Overdue, block_reason, notice_text
from documents.letters import Letter
from documents.reminder_text import Wording
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
    taken = take_due_steps(session, invoice_id, reason, is_addressed=bool(recipients), at=at)
    for step in taken:
        if step.is_sent:
            session.add_all(_letters(session, step, recipients))
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


def say_as_it_stands(session: Session, letter: Letter) -> None:
    """Word a waiting notice anew: what is left, and whether service is stopped, may have changed since its step."""
    step = session.get_one(DunningTaken, letter.notice_id)
    words = _words(session, step, Language(letter.language))
    letter.subject, letter.body = words.subject, words.body


def steps_taken(session: Session, invoice_id: int) -> list[DunningTaken]:
    """What was done about an invoice, the first step first."""
    own = select(DunningTaken).where(DunningTaken.invoice_id == invoice_id)
    return list(session.exec(own.order_by(col(DunningTaken.position))))


def _letters(session: Session, step: DunningTaken, recipients: Iterable[str]) -> Iterator[Letter]:
    invoice = session.get_one(Invoice, step.invoice_id)
    seller = session.get_one(Seller, invoice.seller_id)
    words = _words(session, step, Language(session.get_one(Client, invoice.client_id).locale))
    key = f"dunning.{invoice.id}.{step.position}"
    for one in recipients:
        yield letter_to(one, words, seller, key, invoice.client_id, at=step.taken_at, notice_id=step.id)


def _words(session: Session, step: DunningTaken, language: Language) -> Wording:
    """What the notice of a step says as the invoice and the blocks for it are now."""
    invoice = session.get_one(Invoice, step.invoice_id)
    seller = session.get_one(Seller, invoice.seller_id)
    assert step.notice is not None
    overdue = Overdue(
        notice=step.notice,
        number=invoice.number,
        issued_on=invoice.issued_on,
        due_on=invoice.due_on,
        total=invoice.total,
        left=standing_of(session, invoice).left,
        is_blocked=bool(standing_blocks(session, invoice)),
        seller=writer(seller, language),
        contact="\n".join(filter(None, (phone(seller.phone), staff_address(seller)))),
    )
    return notice_text(overdue, language)
