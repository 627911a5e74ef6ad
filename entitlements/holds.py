"""Minutes reserved for accepted tickets: placed once, ended once (H12)."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from contracts.columns import choice, identifier, reference
from entitlements.hold_ends import HoldEnd


class Hold(SQLModel, table=True):
    """Minutes reserved for a ticket until `expires_at`, by the decision that accepted it.

    An extension ends this hold and places its `successor_of` with the new expiry; `named_holds` finds the last one.
    """

    __table_args__ = (
        CheckConstraint("minutes > 0", name="minutes"),
        CheckConstraint("expires_at > placed_at", name="span"),
        Index("ix_hold_pool", "client_id", "seller_id", "expires_at"),
        {"info": {"append_only": True}},
    )

    id: int = identifier()
    client_id: int = reference("client.id", index=False)
    seller_id: int = reference("seller.id", index=False)
    decision_id: str = Field(foreign_key="decision.id", max_length=36)
    successor_of: int | None = reference("hold.id", nullable=True, unique=True)
    ticket: str = Field(default="", max_length=100)
    minutes: int
    placed_at: datetime
    expires_at: datetime


class HoldEnding(SQLModel, table=True):
    """That a hold was settled by work, released, or extended."""

    __tablename__ = "hold_ending"
    __table_args__ = (
        CheckConstraint(
            "settled_minutes IS NULL OR (settled_minutes >= 0 AND \"end\" = 'settled')", name="settled_minutes"
        ),
        {"info": {"append_only": True}},
    )

    id: int = identifier()
    hold_id: int = reference("hold.id", index=False, unique=True)
    end: HoldEnd = choice(HoldEnd)
    ended_at: datetime
    settled_minutes: int | None = None
    """How many of the minutes its work took; the rest was released. None when it was not settled."""
