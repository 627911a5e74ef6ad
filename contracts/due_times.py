"""By when the desk answers and solves what it serves, as a plan version promises it by priority (rule D10)."""

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from contracts.columns import identifier, reference

LONGEST_MINUTES = 14_400
"""Business minutes that a promise may have: 30 days of 8 hours."""


class PlanDueTime(SQLModel, table=True):
    """What a plan version promises for a priority, in business minutes of its desk hours.

    The first of a version holds for a request without a priority, or with one that the plan does not know. None in
    `resolve_minutes` promises an answer only.
    """

    __tablename__ = "plan_due_time"
    __table_args__ = (
        UniqueConstraint("plan_version_id", "priority"),
        CheckConstraint(f"respond_minutes BETWEEN 1 AND {LONGEST_MINUTES}", name="respond_minutes"),
        CheckConstraint(f"resolve_minutes BETWEEN respond_minutes AND {LONGEST_MINUTES}", name="resolve_minutes"),
        {"info": {"append_only": True}},
    )

    id: int = identifier()
    plan_version_id: int = reference("plan_version.id", index=False)
    priority: str = Field(min_length=1, max_length=20)
    name: str = Field(min_length=1, max_length=100)
    name_en: str = Field(min_length=1, max_length=100)
    respond_minutes: int = Field(ge=1, le=LONGEST_MINUTES)
    resolve_minutes: int | None = Field(default=None, ge=1, le=LONGEST_MINUTES)
