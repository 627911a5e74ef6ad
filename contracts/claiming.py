"""Claiming the gap before a continuous renewal: requests served in it become covered, by an explicit act (rule S5)."""

from datetime import datetime

from sqlmodel import Session, select

from contracts.appending import append
from contracts.errors import Refusal
from contracts.locking import lock_subscription
from contracts.requisites import require_text
from contracts.subscriptions import GapClaim


def claim_gap(session: Session, subscription_id: int, claimed_by: str, reason: str, *, at: datetime) -> GapClaim:
    """Let a renewal that was bought after a lapse serve from the start of its term; who said so, and why, is kept.

    Raises `Refusal` with SUBSCRIPTION_UNKNOWN, NO_GAP for one that serves from its start anyway, GAP_CLAIMED,
    ALREADY_CANCELLED, or TEXT_WRONG for the person and the reason.
    """
    sold = lock_subscription(session, subscription_id)
    known = session.exec(select(GapClaim).where(GapClaim.subscription_id == subscription_id)).first()
    if known is not None:
        said = {"claimed_by": known.claimed_by, "claimed_at": known.claimed_at}
        raise Refusal("GAP_CLAIMED", field="subscription_id", value=subscription_id, **said)
    if sold.serves_from == sold.starts_on:
        raise Refusal("NO_GAP", field="subscription_id", value=subscription_id, starts_on=sold.starts_on)
    if sold.cancelled_on is not None:
        raise Refusal("ALREADY_CANCELLED", field="subscription_id", value=sold.id, last_day=sold.cancelled_on)
    claim = {
        "subscription_id": subscription_id,
        "served_from": sold.serves_from,
        "claimed_by": require_text(claimed_by, "claimed_by", 200),
        "reason": require_text(reason, "reason", 300),
        "claimed_at": at,
    }
    sold.serves_from = sold.starts_on
    session.flush()
    return append(session, GapClaim, claim)
