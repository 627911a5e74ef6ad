"""Reading the warnings about hours (rule H13)."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from entitlements.hour_warnings import HoursWarning


def list_warnings(
    session: Session,
    *,
    client_ids: Collection[int] | None = None,
    seller_id: int | None = None,
    from_at: datetime | None = None,
    before: datetime | None = None,
    after: int = 0,
    limit: int | None = None,
) -> Sequence[HoursWarning]:
    """The warnings in the order in which they were recorded; `after` is the last one of the page before."""
    wanted = select(HoursWarning).where(col(HoursWarning.id) > after)
    if client_ids is not None:
        wanted = wanted.where(col(HoursWarning.client_id).in_(client_ids))
    if seller_id is not None:
        wanted = wanted.where(HoursWarning.seller_id == seller_id)
    if from_at is not None:
        wanted = wanted.where(HoursWarning.warned_at >= from_at)
    if before is not None:
        wanted = wanted.where(HoursWarning.warned_at < before)
    return session.exec(wanted.order_by(col(HoursWarning.id)).limit(limit)).all()
