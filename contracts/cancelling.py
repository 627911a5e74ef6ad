"""Cancelling a subscription: its last day is named, and what it covered after that day is free again (rule S11)."""

from datetime import date, datetime

from sqlmodel import Session

from contracts.amending import amendments_of
from contracts.appending import append
from contracts.catalogue import PlanVersion
from contracts.errors import Bounds, Refusal
from contracts.locking import lock_subscription
from contracts.money import Money
from contracts.on_sale import term_prices
from contracts.parties import Seller
from contracts.refunds import Charged, refund
from contracts.renewing import require_not_renewed
from contracts.requisites import require_text
from contracts.specifying import cut
from contracts.subscriptions import Cancellation, Subscription
from contracts.terms import ONE_DAY, Term


def cancel(
    session: Session, subscription_id: int, last_day: date, cancelled_by: str, reason: str, *, at: datetime
) -> Cancellation:
    """End a subscription with a day, today or later; before its first day, with the day before that it never serves.

    Raises `Refusal` with SUBSCRIPTION_UNKNOWN, ALREADY_CANCELLED, ALREADY_RENEWED while its renewal is not cancelled
    itself, SUBSCRIPTION_OVER, LAST_DAY_OUT_OF_RANGE with the days allowed, or TEXT_WRONG for the person and the reason.
    """
    sold = lock_subscription(session, subscription_id)
    if sold.cancelled_on is not None:
        raise Refusal("ALREADY_CANCELLED", field="subscription_id", value=sold.id, last_day=sold.cancelled_on)
    require_not_renewed(session, sold)
    _require_in_term(session, sold, last_day, at)
    cancellation = {
        "subscription_id": sold.id,
        "last_day": last_day,
        "refund_minor": _refund(session, sold, last_day).minor,
        "cancelled_by": require_text(cancelled_by, "cancelled_by", 200),
        "reason": require_text(reason, "reason", 300),
        "cancelled_at": at,
    }
    sold.cancelled_on = last_day
    cut(session, sold, last_day + ONE_DAY)
    return append(session, Cancellation, cancellation)


def _require_in_term(session: Session, sold: Subscription, last_day: date, at: datetime) -> None:
    first = max(session.get_one(Seller, sold.seller_id).day_of(at), sold.starts_on - ONE_DAY)
    last = sold.term.last_day - ONE_DAY
    if first > last:
        raise Refusal("SUBSCRIPTION_OVER", field="subscription_id", value=sold.id, last_day=sold.term.last_day)
    if not first <= last_day <= last:
        raise Refusal("LAST_DAY_OUT_OF_RANGE", field="last_day", value=last_day, allowed=Bounds(first, last))


def _refund(session: Session, sold: Subscription, last_day: date) -> Money:
    """By the policy and the list of the version that was sold; a gap that was paid goes back only with the whole."""
    version = session.get_one(PlanVersion, sold.plan_version_id)
    listed = {
        months: price.continuous
        for months, price in term_prices(session, version).items()
        if price.continuous is not None
    }
    charged = Charged(sold.term, sold.price + sold.gap_price if last_day < sold.starts_on else sold.price)
    amended = [
        Charged(Term(one.effective_on, sold.ends_on), Money(one.difference_minor, sold.currency))
        for one in amendments_of(session, sold)
    ]
    return refund(version.refund, charged, sold.term_months, listed, amended, last_day)
