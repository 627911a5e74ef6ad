"""What was taken over from another system: subscriptions, with their keys there, and free periods."""

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from contracts.columns import identifier, reference


class Imported(SQLModel):
    """That a cover began elsewhere and is ours from the day of its book on.

    No invoice and no paper was issued for it, its hours before that day are in its opening balance, and no month that
    was over by then is closed for it.
    """

    booked_on: date
    imported_at: datetime


class ImportedSubscription(Imported, table=True):
    """A subscription that was taken over; `external_id` is the key that it had."""

    __tablename__ = "imported_subscription"
    __table_args__ = (UniqueConstraint("seller_id", "external_id"), {"info": {"append_only": True}})

    id: int = identifier()
    subscription_id: int = reference("subscription.id", index=False, unique=True)
    seller_id: int = reference("seller.id", index=False)
    external_id: str = Field(max_length=100)


class ImportedFreePeriod(Imported, table=True):
    """A free period that was taken over."""

    __tablename__ = "imported_free_period"
    __table_args__ = ({"info": {"append_only": True}},)

    id: int = identifier()
    free_period_id: int = reference("free_period.id", index=False, unique=True)
