"""Shadow plans: a plan version that runs beside the live one for a span of days, and serves nobody (rule H15)."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from contracts.columns import identifier, reference


class ShadowPlan(SQLModel, table=True):
    """That a plan version is tried over `[starts_on, ends_on)`, who set it and why.

    In place of a client's subscriptions with the seller, or of one of them; or of every client's on a held plan.
    """

    __tablename__ = "shadow_plan"
    __table_args__ = (
        CheckConstraint("ends_on > starts_on", name="span"),
        CheckConstraint("(client_id IS NULL) <> (held_plan_id IS NULL)", name="subject"),
        CheckConstraint("subscription_id IS NULL OR client_id IS NOT NULL", name="subscription"),
        {"info": {"append_only": True}},
    )

    id: int = identifier()
    seller_id: int = reference("seller.id", index=False)
    client_id: int | None = reference("client.id", nullable=True)
    subscription_id: int | None = reference("subscription.id", nullable=True, index=False)
    held_plan_id: int | None = reference("plan.id", nullable=True, index=False)
    plan_version_id: int = reference("plan_version.id", index=False)
    """What is tried."""
    starts_on: date
    ends_on: date
    set_by: str = Field(max_length=200)
    reason: str = Field(max_length=300)
    set_at: datetime


class ShadowPlanEnding(SQLModel, table=True):
    """That a shadow plan ended before its last day: the day of it is the last one that counts."""

    __tablename__ = "shadow_plan_ending"
    __table_args__ = ({"info": {"append_only": True}},)

    id: int = identifier()
    shadow_plan_id: int = reference("shadow_plan.id", index=False, unique=True)
    ended_by: str = Field(max_length=200)
    reason: str = Field(max_length=300)
    ended_at: datetime
