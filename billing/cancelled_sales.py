"""What was said when subscriptions of a client were cancelled, with the credit notes for what is given back (S11)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from billing.bills import CreditNote
from contracts.money import Money
from contracts.subscriptions import Cancellation, Subscription


@dataclass(frozen=True, slots=True)
class CancelledSale:
    """A cancelled subscription: its last day, what is given back, and the numbers of the credit notes for it."""

    last_day: date
    refund: Money
    credit_notes: tuple[str, ...]


def cancelled_sales(session: Session, client_id: int) -> Mapping[int, CancelledSale]:
    """The cancellations of a client, by the subscription's id; in one select."""
    own = select(Cancellation, Subscription.currency, CreditNote)
    own = own.join(Subscription, col(Subscription.id) == col(Cancellation.subscription_id))
    own = own.outerjoin(CreditNote, col(CreditNote.cancellation_id) == col(Cancellation.id))
    own = own.where(Subscription.client_id == client_id).order_by(col(CreditNote.id))
    cancelled: dict[int, CancelledSale] = {}
    for row, currency, note in session.exec(own):
        before = cancelled.get(row.subscription_id)
        notes = () if before is None else before.credit_notes
        notes += () if note is None else (note.number,)
        cancelled[row.subscription_id] = CancelledSale(row.last_day, Money(row.refund_minor, currency), notes)
    return cancelled
