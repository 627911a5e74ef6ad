"""The client's payment as a clock of the service: awaited until the invoice is due, then until a day (rule S8)."""

from datetime import date, datetime

from sqlmodel import Session, select

from contracts.appending import append
from contracts.errors import Bounds, Refusal
from contracts.known_rows import known_row
from contracts.locking import lock_subscription, touch_every_client
from contracts.parties import Seller
from contracts.requisites import require_text
from contracts.subscriptions import PaymentMark, Subscription
from contracts.terms import ONE_DAY


def await_payment(session: Session, sold: Subscription, due_on: date, *, at: datetime) -> PaymentMark | None:
    """From a sale on its invoice is awaited, where the seller follows payments; the caller holds the client's row."""
    seller = session.get_one(Seller, sold.seller_id)
    if seller.payments_from is None or seller.day_of(at) < seller.payments_from:
        return None
    return append(session, PaymentMark, {"subscription_id": sold.id, "due_on": due_on, "marked_at": at})


def mark_paid(
    session: Session, subscription_id: int, paid_until: date | None, note: str, *, at: datetime
) -> PaymentMark:
    """A subscription is paid until a day, the last one of its term unless it is named; a later mark corrects it.

    Raises `Refusal` with SUBSCRIPTION_UNKNOWN, PAID_UNTIL_OUT_OF_RANGE with the days allowed, or TEXT_WRONG.
    """
    sold = lock_subscription(session, subscription_id)
    last_day = sold.term.last_day
    until = last_day if paid_until is None else paid_until
    if not sold.starts_on - ONE_DAY <= until <= last_day:
        allowed = Bounds(sold.starts_on - ONE_DAY, last_day)
        raise Refusal("PAID_UNTIL_OUT_OF_RANGE", field="paid_until", value=until, allowed=allowed)
    note = require_text(note, "note", 300)
    mark = {"subscription_id": sold.id, "paid_until": until, "note": note, "marked_at": at}
    return append(session, PaymentMark, mark)


def payment_came(session: Session, subscription_id: int, note: str, *, at: datetime) -> None:
    """The whole invoice of a subscription is paid, and so is its term; where payment is no clock nothing changes."""
    if _is_followed(session, subscription_id):
        mark_paid(session, subscription_id, None, note, at=at)


def payment_went(session: Session, subscription_id: int, due_on: date, note: str, *, at: datetime) -> None:
    """What paid a subscription was taken back: its invoice is awaited again, by the day on which it was due."""
    if _is_followed(session, subscription_id):
        mark = {"subscription_id": subscription_id, "due_on": due_on, "note": note, "marked_at": at}
        append(session, PaymentMark, mark)


def _is_followed(session: Session, subscription_id: int) -> bool:
    marks = select(PaymentMark.id).where(PaymentMark.subscription_id == subscription_id)
    return session.exec(marks.limit(1)).first() is not None


def follow_payments(session: Session, seller_id: int, from_on: date | None) -> Seller:
    """From a day on what the seller sells serves only while it is paid; without a day never. What was sold stays as it
    was. Raises `Refusal("SELLER_UNKNOWN")`."""
    seller = known_row(session, Seller, seller_id)
    seller.payments_from = from_on
    touch_every_client(session)
    session.flush()
    return seller
