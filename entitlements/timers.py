"""Timers that engineers start at their work: which run, and what they have measured so far."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from contracts.columns import choice, identifier, reference
from entitlements.hours_facts import Charge


class Timer(SQLModel, table=True):
    """The clock of an engineer at one piece of work, until it is stopped and its work is logged.

    `running_engineer` is the engineer while the clock runs and nobody else's; it keeps a second one from running.
    """

    __table_args__ = (
        CheckConstraint("(running_since IS NULL) = (running_engineer IS NULL)", name="running"),
        CheckConstraint("running_since IS NULL OR stopped_at IS NULL", name="stopped"),
    )

    id: int = identifier()
    client_id: int = reference("client.id")
    seller_id: int = reference("seller.id", index=False)
    entity_id: int | None = reference("entity.id", nullable=True, index=False)
    engineer: str = Field(max_length=200)
    charge: Charge = choice(Charge, default=Charge.DRAW)
    ticket: str = Field(default="", max_length=100)
    service: str = Field(default="", max_length=60)
    channel: str = Field(default="", max_length=40)
    asked_by: str = Field(default="", max_length=200)
    summary: str = Field(default="", max_length=2000)
    started_at: datetime
    running_since: datetime | None = None
    running_engineer: str | None = Field(default=None, max_length=200, unique=True)
    stopped_at: datetime | None = None


class TimerStretch(SQLModel, table=True):
    """A time over which a timer ran, up to a pause or to its end."""

    __tablename__ = "timer_stretch"
    __table_args__ = (
        CheckConstraint("ended_at >= began_at", name="span"),
        {"info": {"append_only": True}},
    )

    id: int = identifier()
    timer_id: int = reference("timer.id")
    began_at: datetime
    ended_at: datetime
