"""Warnings that hours run short, as facts (rule H13)."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from contracts.columns import identifier, reference


class HoursWarning(SQLModel, table=True):
    """That a client's hours with a seller reached a share in a usage period, once for ever, and how they stood then.

    `plan_version_id` is the plan that set the share. `runs_out_on` is the forecast: none without a pace, or when the
    hours last.
    """

    __tablename__ = "hours_warning"
    __table_args__ = (
        UniqueConstraint("client_id", "seller_id", "period_starts_on", "percent"),
        CheckConstraint("percent BETWEEN 1 AND 100", name="percent"),
        CheckConstraint("given_minutes = used_minutes + held_minutes + available_minutes", name="minutes"),
        {"info": {"append_only": True}},
    )

    id: int = identifier()
    client_id: int = reference("client.id", index=False)
    seller_id: int = reference("seller.id")
    plan_version_id: int = reference("plan_version.id", index=False)
    period_starts_on: date
    period_last_day: date
    percent: int
    given_minutes: int
    used_minutes: int
    held_minutes: int
    available_minutes: int
    overage_minutes: int
    runs_out_on: date | None = Field(default=None)
    warned_at: datetime
