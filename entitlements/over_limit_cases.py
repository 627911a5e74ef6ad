"""Over-limit cases: a client's requests beyond the hours of a seller's month, and what managers said to them (D6)."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from contracts.columns import choice, identifier, reference
from entitlements.case_states import CaseState


class OverLimitCase(SQLModel, table=True):
    """That a client asked for more than its hours in a calendar month of the seller; `month` is its first day."""

    __tablename__ = "over_limit_case"
    __table_args__ = (
        UniqueConstraint("client_id", "seller_id", "month"),
        {"info": {"append_only": True}},
    )

    id: int = identifier()
    client_id: int = reference("client.id", index=False)
    seller_id: int = reference("seller.id")
    month: date
    opened_at: datetime


class CaseChange(SQLModel, table=True):
    """That a case went from one state to the next, by whom and why; the first change is the one that leaves "new"."""

    __tablename__ = "over_limit_case_change"
    __table_args__ = (
        UniqueConstraint("case_id", "position"),
        CheckConstraint("position > 0", name="position"),
        CheckConstraint("(invoice = '') = (state <> 'invoiced')", name="invoice"),
        {"info": {"append_only": True}},
    )

    id: int = identifier()
    case_id: int = reference("over_limit_case.id", index=False)
    position: int
    state: CaseState = choice(CaseState)
    changed_by: str = Field(max_length=200)
    note: str = Field(default="", max_length=300)
    invoice: str = Field(default="", max_length=60)
    """The number of the invoice that charges for the month, of an invoiced case."""
    changed_at: datetime


class HeldRequest(SQLModel, table=True):
    """A request beyond the hours that waits in a case for a manager, by the answer that it got. It reserves nothing."""

    __tablename__ = "held_request"
    __table_args__ = (
        CheckConstraint("minutes > 0", name="minutes"),
        CheckConstraint("hold_hours > 0", name="hold_hours"),
        {"info": {"append_only": True}},
    )

    id: int = identifier()
    case_id: int = reference("over_limit_case.id")
    decision_id: str = Field(foreign_key="decision.id", max_length=36, unique=True)
    ticket: str = Field(default="", max_length=100)
    service: str | None = Field(default=None, max_length=60)
    minutes: int
    hold_hours: int
    """For how long the minutes are reserved from its release on."""
    asked_by: str = Field(max_length=200)
    asked_at: datetime


class RequestEnd(StrEnum):
    """How a held request stopped waiting."""

    CLOSED = "closed"
    RELEASED = "released"


class HeldRequestEnding(SQLModel, table=True):
    """That a held request was released, by the hold that serves it, or closed."""

    __tablename__ = "held_request_ending"
    __table_args__ = (
        CheckConstraint("(\"end\" = 'released') = (hold_id IS NOT NULL)", name="hold"),
        {"info": {"append_only": True}},
    )

    id: int = identifier()
    held_request_id: int = reference("held_request.id", index=False, unique=True)
    end: RequestEnd = choice(RequestEnd)
    hold_id: int | None = reference("hold.id", nullable=True, index=False, unique=True)
    ended_at: datetime
