"""What the vendor's register answered, kept as it was said, and which plan each of the vendor's codes means (S8)."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from contracts.columns import choice, identifier, reference
from contracts.register import HeldPeriod, Partner


class VendorCode(SQLModel, table=True):
    """That a code of the vendor's register means a plan of ours; several codes may mean one plan.

    The last row of a code governs, the older ones tell what was known before (D1).
    """

    __tablename__ = "vendor_code"
    __table_args__ = (Index("ix_vendor_code_code_id", "code", "id"), {"info": {"append_only": True}})

    id: int = identifier()
    code: str = Field(max_length=60)
    plan_id: int = reference("plan.id")
    recorded_at: datetime


class RegisterAnswer(SQLModel, table=True):
    """An answer of the register for one number; the one observed last governs, the older ones stay.

    `observed_at` is when the register said it, `recorded_at` when we took it in. One without periods says that the
    register holds nothing for the number. A failed answer is never stored.
    """

    __tablename__ = "register_answer"
    __table_args__ = (
        Index("ix_register_answer_latest", "registration_id", "observed_at", "id"),
        CheckConstraint("observed_at <= recorded_at", name="observed_at"),
        {"info": {"append_only": True}},
    )

    id: int = identifier()
    client_id: int = reference("client.id")
    registration_id: int = reference("registration.id", index=False)
    source: str = Field(max_length=200)
    observed_at: datetime
    recorded_at: datetime


class RegisterPeriod(SQLModel, table=True):
    """A period that an answer holds; an empty column is what the register does not say, never that there is none."""

    __tablename__ = "register_period"
    __table_args__ = (
        CheckConstraint("ends_on > starts_on", name="term"),
        {"info": {"append_only": True}},
    )

    id: int = identifier()
    answer_id: int = reference("register_answer.id")
    code: str | None = Field(default=None, max_length=60)
    starts_on: date | None = None
    ends_on: date | None = None
    partner: Partner = choice(Partner)

    @property
    def held(self) -> HeldPeriod:
        """What the register said."""
        return HeldPeriod(self.code, self.starts_on, self.ends_on, self.partner)
