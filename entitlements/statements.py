"""Closed months: what the hours account came to, frozen (H1)."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from contracts.columns import choice, identifier, minor, reference
from contracts.numbering import Numbered
from entitlements.hours_facts import GrantKind, LotOrigin


class Statement(Numbered, table=True):
    """A client's hours with a seller in one calendar month, as closed; `month` is its first day."""

    __table_args__ = (
        UniqueConstraint("seller_id", "client_id", "month"),
        UniqueConstraint("seller_id", "year", "sequence"),
        CheckConstraint(
            "opening_minutes + given_minutes - used_minutes - burnt_minutes = closing_minutes", name="roll_forward"
        ),
        Index("ix_statement_object_until", "seller_id", "object_until"),
        {"info": {"append_only": True}},
    )

    id: int = identifier()
    seller_id: int = reference("seller.id", index=False)
    client_id: int = reference("client.id")
    month: date
    issued_on: date
    opening_minutes: int
    given_minutes: int
    used_minutes: int
    burnt_minutes: int
    rolled_minutes: int
    closing_minutes: int
    overage_minutes: int
    paid_minutes: int
    total_minor: int = minor()
    currency: str = Field(default="RUB", max_length=3)
    object_until: date
    closed_at: datetime


class StatementLine(SQLModel, table=True):
    """One work entry of a statement: which grants paid for which minutes, and what the rest costs (E1)."""

    __tablename__ = "statement_line"
    __table_args__ = (
        CheckConstraint(
            "bonus_minutes + goodwill_minutes + rollover_minutes + included_minutes + package_minutes"
            " + overage_minutes + paid_minutes + free_minutes = billed_minutes",
            name="parts_add_up",
        ),
        {"info": {"append_only": True}},
    )

    id: int = identifier()
    statement_id: int = reference("statement.id")
    work_entry_id: int = reference("work_entry.id", index=False, unique=True)
    position: int
    billed_minutes: int
    bonus_minutes: int = 0
    goodwill_minutes: int = 0
    rollover_minutes: int = 0
    included_minutes: int = 0
    package_minutes: int = 0
    overage_minutes: int = 0
    paid_minutes: int = 0
    free_minutes: int = 0
    """Goodwill and out-of-scope work, which draws no grants and is not charged (H9)."""
    rate_minor: int | None = minor(default=None)
    amount_minor: int = minor(default=0)


class ClosingLot(SQLModel, table=True):
    """What was left of one grant when the month was closed: the next month's opening balance."""

    __tablename__ = "closing_lot"
    __table_args__ = (
        UniqueConstraint("statement_id", "origin", "source_id"),
        CheckConstraint("used_minutes <= minutes", name="used_minutes"),
        {"info": {"append_only": True}},
    )

    id: int = identifier()
    statement_id: int = reference("statement.id")
    origin: LotOrigin = choice(LotOrigin)
    source_id: int
    """The grant's id, or the id of the work entry whose reversal gave the minutes back."""
    kind: GrantKind = choice(GrantKind)
    minutes: int
    used_minutes: int
    starts_on: date
    ends_on: date
    rollover_cap_minutes: int = 0
    rollover_ends_on: date | None = None
