"""What is owed on paper: invoices and acts with their lines; issued once, never edited (M1, M4)."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from contracts.columns import choice, identifier, minor, reference
from contracts.money import Money
from contracts.numbering import Numbered
from contracts.tax_modes import TaxMode


class InvoiceKind(StrEnum):
    """What an invoice asks to pay for."""

    SUBSCRIPTION = "subscription"
    PACKAGE = "package"
    MONTH = "month"
    AMENDMENT = "amendment"


class ActKind(StrEnum):
    """What an act accepts: what a month added, or what it served of service that was paid ahead (M4)."""

    MONTH = "month"
    SERVICE = "service"


class Bill(Numbered):
    """What invoices, acts and credit notes have in common: day and totals, which are the sums of the lines."""

    issued_on: date
    total_minor: int = minor()
    tax_minor: int = minor()
    currency: str = Field(default="RUB", max_length=3)
    issued_at: datetime

    @property
    def total(self) -> Money:
        """The sum of the lines incl. tax."""
        return Money(self.total_minor, self.currency)

    @property
    def tax(self) -> Money:
        """The sum of the lines' tax."""
        return Money(self.tax_minor, self.currency)


class BillLine(SQLModel):
    """One line: what was supplied over a span of days, its amount incl. tax and the tax in it, rounded once (M1).

    `quantity_minutes` is set for work charged by the hour, with `price_minor` for an hour; other lines are one piece.
    `tax_percent` is none when the line is without VAT, which is not 0 % (M2).
    """

    position: int
    supplied_from: date
    supplied_until: date
    """The last day of the span."""
    quantity_minutes: int | None = None
    price_minor: int = minor()
    amount_minor: int = minor()
    tax_percent: int | None = None
    tax_minor: int = minor(default=0)


class Invoice(Bill, table=True):
    """A request to pay, for a subscription, a package or what a month added."""

    __table_args__ = (
        UniqueConstraint("seller_id", "year", "sequence"),
        Index("ix_invoice_number", "number"),
        {"info": {"append_only": True}},
    )

    id: int = identifier()
    seller_id: int = reference("seller.id", index=False)
    client_id: int = reference("client.id")
    entity_id: int = reference("entity.id")
    contract_id: int = reference("contract.id")
    kind: InvoiceKind = choice(InvoiceKind)
    tax_mode: TaxMode = choice(TaxMode)
    due_on: date
    subscription_id: int | None = reference("subscription.id", nullable=True, unique=True)
    statement_id: int | None = reference("statement.id", nullable=True, unique=True)
    grant_id: int | None = reference("grant.id", nullable=True, unique=True)
    amendment_id: int | None = reference("amendment.id", nullable=True, index=False, unique=True)


class InvoiceLine(BillLine, table=True):
    """A line of an invoice; `statement_line_id` names the work that a month's line charges."""

    __tablename__ = "invoice_line"
    __table_args__ = (UniqueConstraint("invoice_id", "position"), {"info": {"append_only": True}})

    id: int = identifier()
    invoice_id: int = reference("invoice.id", index=False)
    statement_line_id: int | None = reference("statement_line.id", nullable=True, unique=True)
    exempt_ground: str | None = Field(default=None, max_length=200)
    """By which law a licence is exempt from VAT; none for what is not a licence (M2)."""


class Act(Bill, table=True):
    """The acceptance paper of a month: of what it added, or of what it served of a contract that was paid ahead."""

    __table_args__ = (
        UniqueConstraint("seller_id", "year", "sequence"),
        UniqueConstraint("statement_id", "kind", "contract_id", "currency"),
        {"info": {"append_only": True}},
    )

    id: int = identifier()
    seller_id: int = reference("seller.id", index=False)
    client_id: int = reference("client.id")
    entity_id: int = reference("entity.id", index=False)
    contract_id: int = reference("contract.id")
    tax_mode: TaxMode = choice(TaxMode)
    statement_id: int = reference("statement.id", index=False)
    kind: ActKind = choice(ActKind)


class ActLine(BillLine, table=True):
    """A line of an act: of work that a statement charges, or of a month's part of a line that was invoiced ahead."""

    __tablename__ = "act_line"
    __table_args__ = (
        UniqueConstraint("act_id", "position"),
        CheckConstraint("(statement_line_id IS NULL) <> (invoice_line_id IS NULL)", name="one_source"),
        {"info": {"append_only": True}},
    )

    id: int = identifier()
    act_id: int = reference("act.id", index=False)
    statement_line_id: int | None = reference("statement_line.id", nullable=True, unique=True)
    invoice_line_id: int | None = reference("invoice_line.id", nullable=True)
    exempt_ground: str | None = Field(default=None, max_length=200)
    """As that of the line of the invoice."""


class CreditNote(Bill, table=True):
    """What is taken off an invoice again; its amounts are positive (M4).

    A cancellation, an amendment or the statement of a month that only takes back may have one to each of several
    invoices.
    """

    __tablename__ = "credit_note"
    __table_args__ = (
        UniqueConstraint("seller_id", "year", "sequence"),
        *(UniqueConstraint(f"{reason}_id", "invoice_id") for reason in ("cancellation", "amendment", "statement")),
        {"info": {"append_only": True}},
    )

    id: int = identifier()
    seller_id: int = reference("seller.id", index=False)
    client_id: int = reference("client.id")
    entity_id: int = reference("entity.id", index=False)
    contract_id: int = reference("contract.id")
    tax_mode: TaxMode = choice(TaxMode)
    invoice_id: int = reference("invoice.id")
    cancellation_id: int | None = reference("cancellation.id", nullable=True, index=False)
    amendment_id: int | None = reference("amendment.id", nullable=True, index=False)
    statement_id: int | None = reference("statement.id", nullable=True, index=False)


class CreditNoteLine(BillLine, table=True):
    """A line of a credit note; `statement_line_id` names the line of a month that takes work back, or a part of it.

    Where work of another rate is credited instead, it names the line that charged that (M2).
    """

    __tablename__ = "credit_note_line"
    __table_args__ = (UniqueConstraint("credit_note_id", "position"), {"info": {"append_only": True}})

    id: int = identifier()
    credit_note_id: int = reference("credit_note.id", index=False)
    exempt_ground: str | None = Field(default=None, max_length=200)
    """As that of the line of the invoice."""
    statement_line_id: int | None = reference("statement_line.id", nullable=True)


TermLine = InvoiceLine | CreditNoteLine | ActLine
