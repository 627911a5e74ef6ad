"""Dunning what is not paid in time, step by step, and letting service go on when it is settled (S8, S10)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, func, select

from billing.bills import Invoice
from billing.dunning import DunningLadder, DunningStep, DunningTaken
from billing.dunning_steps import DueStep, DunningEffect, Step, due_steps, require_steps
from billing.settling import InvoiceStanding, InvoiceState, left_of_invoice, standing_of
from contracts.appending import append, append_all
from contracts.blocking import lift_block, raise_block
from contracts.known_rows import known_row
from contracts.locking import lock_client
from contracts.parties import Seller
from contracts.subscriptions import Block
from entitlements.calendar import load_calendar


def choose_dunning(
    session: Session, seller_id: int, valid_from: date, steps: Sequence[Step], *, at: datetime
) -> DunningLadder:
    """By which steps a seller duns the invoices that are due from a day on; without any it duns nobody.

    Raises `Refusal` with SELLER_UNKNOWN, or FIELD_WRONG for the steps.
    """
    known_row(session, Seller, seller_id)
    chosen = require_steps(steps)
    facts = {"seller_id": seller_id, "valid_from": valid_from, "recorded_at": at}
    ladder = append(session, DunningLadder, facts)
    append_all(session, DunningStep, [
        {"ladder_id": ladder.id, "position": place, "working_days": one.working_days,
         "notice": one.notice, "effect": one.effect}
        for place, one in enumerate(chosen, 1)
    ])  # fmt: skip
    return ladder


def ladder_of(session: Session, seller_id: int, due_on: date) -> list[Step]:
    """The steps for an invoice that was due on a day."""
    own = select(DunningLadder.id).where(DunningLadder.seller_id == seller_id, DunningLadder.valid_from <= due_on)
    last = own.order_by(col(DunningLadder.valid_from).desc(), col(DunningLadder.id).desc()).limit(1)
    steps = select(DunningStep).where(DunningStep.ladder_id == last.scalar_subquery())
    rows = session.exec(steps.order_by(col(DunningStep.position)))
    return [Step(one.working_days, one.notice, one.effect) for one in rows]


@dataclass(frozen=True, slots=True)
class Dunned:
    """An invoice that is overdue, what it still asks for, and the steps that are due."""

    invoice: Invoice
    standing: InvoiceStanding
    due: tuple[DueStep, ...]


def overdue_invoices(session: Session, seller: Seller, *, at: datetime) -> list[Invoice]:
    """The invoices of a seller that are overdue, not settled, and due under some ladder; the first due first."""
    first = session.exec(select(func.min(DunningLadder.valid_from)).where(DunningLadder.seller_id == seller.id)).one()
    if first is None:
        return []
    late = select(Invoice).where(Invoice.seller_id == seller.id, Invoice.due_on < seller.day_of(at))
    late = late.where(Invoice.due_on >= first, left_of_invoice() > 0)
    return list(session.exec(late.order_by(col(Invoice.due_on), col(Invoice.id))))


def dunned_now(session: Session, invoice: Invoice, *, at: datetime) -> Dunned:
    """What is due about an invoice; nothing once it is settled."""
    seller, standing = session.get_one(Seller, invoice.seller_id), standing_of(session, invoice)
    if standing.state is InvoiceState.PAID:
        return Dunned(invoice, standing, ())
    taken = session.exec(select(func.max(DunningTaken.position)).where(DunningTaken.invoice_id == invoice.id)).one()
    calendar = load_calendar(seller.calendar, seller.time_zone)
    due = due_steps(
        ladder_of(session, seller.id, invoice.due_on),
        taken or 0,
        lambda days: calendar.add_working_days(invoice.due_on, days),
        seller.day_of(at),
    )
    return Dunned(invoice, standing, tuple(due))


def take_due_steps(
    session: Session, invoice_id: int, reason: str, *, is_addressed: bool, at: datetime
) -> list[DunningTaken]:
    """Take what is due about an invoice: blocks under its contract are raised or lifted, and steps are recorded.

    The client's row is taken first, so of two workers the second finds nothing due. Returns the steps as they were
    recorded; the one that `is_sent` is to be told.
    """
    invoice = session.get_one(Invoice, invoice_id)
    dunned = dunned_now(session, invoice, at=at)
    if not dunned.due:
        return []
    lock_client(session, invoice.client_id)
    dunned = dunned_now(session, invoice, at=at)
    return [_taken(session, dunned, one, reason, is_addressed, at) for one in dunned.due]


def _taken(
    session: Session, dunned: Dunned, due: DueStep, reason: str, is_addressed: bool, at: datetime
) -> DunningTaken:
    invoice, block_id = dunned.invoice, None
    if due.step.effect is DunningEffect.LIFT:
        _lift(session, invoice, at)
    elif due.step.effect is DunningEffect.BLOCK and not standing_blocks(session, invoice):
        block_id = raise_block(session, invoice.client_id, reason, at=at, contract_id=invoice.contract_id).id
    step: dict[str, Any] = {"position": due.position, "working_days": due.step.working_days, "notice": due.step.notice}
    step |= {"effect": due.step.effect, "is_sent": due.is_told and is_addressed, "block_id": block_id}
    of = {"client_id": invoice.client_id, "invoice_id": invoice.id, "left_minor": dunned.standing.left.minor}
    return append(session, DunningTaken, {**of, **step, "taken_at": at})


def lift_settled(session: Session, invoice: Invoice, *, at: datetime) -> None:
    """Lift what dunning blocked for an invoice once it is settled; other blocks stay (S10)."""
    if standing_blocks(session, invoice) and standing_of(session, invoice).state is InvoiceState.PAID:
        _lift(session, invoice, at)


def _lift(session: Session, invoice: Invoice, at: datetime) -> None:
    for block_id in standing_blocks(session, invoice):
        lift_block(session, block_id, at=at)


def standing_blocks(session: Session, invoice: Invoice) -> Sequence[int]:
    """The blocks that dunning raised for an invoice and that nobody has lifted."""
    raised = select(Block.id).join(DunningTaken).where(DunningTaken.invoice_id == invoice.id)
    return session.exec(raised.where(col(Block.lifted_at).is_(None)).order_by(col(Block.id))).all()
