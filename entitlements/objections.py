"""What clients say to the lines of their statements, and what is said and decided about an objection (P6)."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from contracts.columns import choice, identifier, reference


class Stance(StrEnum):
    """What a client says to a line."""

    OBJECTED = "objected"
    ACCEPTED = "accepted"


class LineReply(SQLModel, table=True):
    """That a client objects to one line of a statement, or accepts it; said once, until the printed date."""

    __tablename__ = "line_reply"
    __table_args__ = (
        CheckConstraint("(text = '') = (stance = 'accepted')", name="text"),
        Index("ix_line_reply_stance", "seller_id", "stance", "id"),
        {"info": {"append_only": True}},
    )

    id: int = identifier()
    client_id: int = reference("client.id")
    seller_id: int = reference("seller.id", index=False)
    statement_line_id: int = reference("statement_line.id", index=False, unique=True)
    stance: Stance = choice(Stance)
    text: str = Field(max_length=2000)
    """Why the client objects."""
    said_by: str = Field(max_length=200)
    said_at: datetime


class Side(StrEnum):
    """Who speaks in the thread of an objection."""

    CLIENT = "client"
    STAFF = "staff"


class ObjectionComment(SQLModel, table=True):
    """What one side says about an objection before it is decided."""

    __tablename__ = "objection_comment"
    __table_args__ = ({"info": {"append_only": True}},)

    id: int = identifier()
    objection_id: int = reference("line_reply.id")
    side: Side = choice(Side)
    text: str = Field(max_length=2000)
    said_by: str = Field(max_length=200)
    said_at: datetime


class Outcome(StrEnum):
    """How an objection was decided."""

    REJECTED = "rejected"
    UPHELD = "upheld"


class ObjectionDecision(SQLModel, table=True):
    """The one decision on an objection. One that is upheld takes the work back and enters what stands of it anew."""

    __tablename__ = "objection_decision"
    __table_args__ = (
        CheckConstraint(
            "CASE WHEN outcome = 'upheld' THEN standing_minutes IS NOT NULL AND reversal_id IS NOT NULL"
            " AND (entry_id IS NULL) = (standing_minutes = 0)"
            " ELSE standing_minutes IS NULL AND reversal_id IS NULL AND entry_id IS NULL END",
            name="outcome",
        ),
        Index("ix_objection_decision_decided_at", "decided_at"),
        {"info": {"append_only": True}},
    )

    id: int = identifier()
    objection_id: int = reference("line_reply.id", index=False, unique=True)
    outcome: Outcome = choice(Outcome)
    reason: str = Field(max_length=2000)
    decided_by: str = Field(max_length=200)
    decided_at: datetime
    standing_minutes: int | None = None
    """How many worked minutes stand, 0 when the whole line is credited."""
    reversal_id: int | None = reference("work_entry.id", nullable=True, index=False, unique=True)
    entry_id: int | None = reference("work_entry.id", nullable=True, index=False, unique=True)
