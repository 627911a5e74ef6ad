"""What banks said came in, and what people and rules made of it; only ever added (M5)."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from billing.bank_file import (
    LONGEST_ACCOUNT,
    LONGEST_NAME,
    LONGEST_NUMBER,
    LONGEST_PURPOSE,
    BankLineKind,
    Document,
    Payer,
)
from billing.bank_matching import MatchReason
from contracts.columns import choice, identifier, reference
from contracts.money import Money


class BankAccount(SQLModel, table=True):
    """An account of a seller besides that of its requisites, whose statements are read: a number or an IBAN."""

    __tablename__ = "bank_account"
    __table_args__ = ({"info": {"append_only": True}},)

    id: int = identifier()
    seller_id: int = reference("seller.id")
    number: str = Field(max_length=LONGEST_ACCOUNT, unique=True)
    currency: str = Field(max_length=3)
    recorded_at: datetime


class BankLine(SQLModel, table=True):
    """A line of a bank's statement; the same line of another file, or of the same file again, is not stored twice.

    `payer_key` is `Payer.key` as it was when the line came.
    """

    __tablename__ = "bank_line"
    __table_args__ = (
        UniqueConstraint(
            *("account", "dated_on", "number", "amount_minor", "payer_key", "kind"), name="uq_bank_line_once"
        ),
        CheckConstraint("amount_minor > 0", name="moved"),
        {"info": {"append_only": True}},
    )

    id: int = identifier()
    seller_id: int = reference("seller.id")
    account: str = Field(max_length=LONGEST_ACCOUNT)
    kind: BankLineKind = choice(BankLineKind)
    number: str = Field(max_length=LONGEST_NUMBER)
    dated_on: date
    booked_on: date
    amount_minor: int = Field(sa_type=BigInteger)
    currency: str = Field(max_length=3)
    payer_key: str = Field(max_length=LONGEST_NAME)
    payer_name: str = Field(default="", max_length=LONGEST_NAME)
    payer_inn: str = Field(default="", max_length=12)
    payer_kpp: str = Field(default="", max_length=9)
    payer_account: str = Field(default="", max_length=LONGEST_ACCOUNT, index=True)
    purpose: str = Field(default="", max_length=LONGEST_PURPOSE)
    recorded_at: datetime

    @property
    def amount(self) -> Money:
        """What came in."""
        return Money(self.amount_minor, self.currency)

    @property
    def document(self) -> Document:
        """What no file tells otherwise of the line."""
        return self.account, self.dated_on.isoformat(), self.number, self.amount_minor, self.kind

    @property
    def payer(self) -> Payer:
        """Who paid, as far as the bank said."""
        return Payer(self.payer_name, self.payer_inn, self.payer_kpp, self.payer_account)


class BankStepKind(StrEnum):
    """What was made of a line: matched by a rule, assigned by a person, set aside as not ours, or taken back."""

    MATCHED = "matched"
    ASSIGNED = "assigned"
    SET_ASIDE = "set_aside"
    TAKEN_BACK = "taken_back"


class BankLineStep(SQLModel, table=True):
    """One decision about a line, by a rule with its reason or by a person with theirs; the last one governs."""

    __tablename__ = "bank_line_step"
    __table_args__ = (UniqueConstraint("bank_line_id", "position"), {"info": {"append_only": True}})

    id: int = identifier()
    bank_line_id: int = reference("bank_line.id", index=False)
    position: int
    kind: BankStepKind = choice(BankStepKind)
    rule: MatchReason | None = choice(MatchReason, nullable=True, default=None)
    payment_id: int | None = reference("payment.id", nullable=True, index=False, unique=True)
    decided_by: str = Field(default="", max_length=200)
    note: str = Field(default="", max_length=300)
    decided_at: datetime
