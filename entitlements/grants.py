"""Minutes given, and the voiding of what is left of them."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from contracts.columns import choice, identifier, reference
from entitlements.hours_facts import GrantKind


class Grant(SQLModel, table=True):
    """Minutes given to a client by a seller, valid over `[starts_on, ends_on)`; never edited.

    `source_key` says what gave them ("subscription:12:2026-04-01") and keeps them from being given twice.
    """

    __table_args__ = (
        CheckConstraint("minutes > 0", name="minutes"),
        CheckConstraint("kind <> 'rollover'", name="given"),
        CheckConstraint("ends_on > starts_on", name="term"),
        CheckConstraint("rollover_cap_minutes >= 0", name="rollover_cap_minutes"),
        CheckConstraint("(rollover_cap_minutes = 0) = (rollover_ends_on IS NULL)", name="rollover"),
        Index("ix_grant_pool", "client_id", "seller_id", "ends_on"),
        {"info": {"append_only": True}},
    )

    id: int = identifier()
    client_id: int = reference("client.id", index=False)
    seller_id: int = reference("seller.id", index=False)
    kind: GrantKind = choice(GrantKind)
    minutes: int
    starts_on: date
    ends_on: date
    rollover_cap_minutes: int = 0
    """How many unused minutes roll over at the end (H6)."""
    rollover_ends_on: date | None = None
    """Until when (exclusive) rolled minutes live."""
    source_key: str = Field(max_length=100, unique=True)
    subscription_id: int | None = reference("subscription.id", nullable=True)
    reason: str = Field(default="", max_length=300)
    recorded_at: datetime


class GrantVoid(SQLModel, table=True):
    """That what is left of a grant is taken back from a day on; what was used stays used.

    A later one can only bring the day forward: the earliest day holds.
    """

    __tablename__ = "grant_void"
    __table_args__ = (UniqueConstraint("grant_id", "voided_on"), {"info": {"append_only": True}})

    id: int = identifier()
    grant_id: int = reference("grant.id", index=False)
    voided_on: date
    reason: str = Field(max_length=300)
    recorded_at: datetime
