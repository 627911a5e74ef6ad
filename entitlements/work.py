"""What engineers did: work entries, which are only added and reversed, never edited (H1, H10)."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from contracts.columns import choice, identifier, reference
from entitlements.hours_facts import Charge


class WorkEntry(SQLModel, table=True):
    """Work of one engineer, or the reversal of such an entry (`reverses_id` set, minutes negative).

    One source event is one entry: (`source`, `external_id`), with `revision` counting its corrections.
    `worked_minutes` is the truth; `weighted_hundredths` is the sum over the rate zones of minutes times per
    cent, from which the billed minutes follow by the plan's rounding. `counts_on` is the day on which the
    hours account counts it: its own day, or the first open day when its month was already closed.
    """

    __tablename__ = "work_entry"
    __table_args__ = (
        UniqueConstraint("source", "external_id", "revision"),
        CheckConstraint("(reverses_id IS NULL) = (worked_minutes > 0)", name="worked_minutes"),
        CheckConstraint("counts_on >= work_on", name="counts_on"),
        CheckConstraint("travel_minutes = 0 OR (travel_minutes > 0) = (worked_minutes > 0)", name="travel_minutes"),
        Index("ix_work_entry_pool", "client_id", "seller_id", "counts_on"),
        Index("ix_work_entry_engineer", "engineer", "started_at"),
        {"info": {"append_only": True}},
    )

    id: int = identifier()
    client_id: int = reference("client.id", index=False)
    seller_id: int = reference("seller.id", index=False)
    entity_id: int | None = reference("entity.id", nullable=True)
    plan_version_id: int | None = reference("plan_version.id", nullable=True)
    """The plan whose rounding and rate hold; none when the client had none with this seller."""
    source: str = Field(max_length=60)
    external_id: str = Field(max_length=200)
    revision: int = 1
    reverses_id: int | None = reference("work_entry.id", nullable=True, unique=True)
    started_at: datetime
    timed: bool = True
    """Whether the clock time is known; an untimed entry counts wholly in the zone of its day."""
    work_on: date
    counts_on: date
    worked_minutes: int
    weighted_hundredths: int
    minimum_minutes: int
    charge: Charge = choice(Charge, default=Charge.DRAW)
    ticket: str = Field(default="", max_length=100)
    service: str = Field(default="", max_length=60)
    channel: str = Field(default="", max_length=40)
    asked_by: str = Field(default="", max_length=200)
    engineer: str = Field(default="", max_length=200)
    summary: str = Field(default="", max_length=2000)
    recorded_at: datetime
    travel_minutes: int = 0
    """The way there and back, beside the work; it is in `weighted_hundredths` where the plan bills it."""
