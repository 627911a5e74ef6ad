"""What clients paid and got back, the invoices that it was put to, and what was taken back; only ever added (M5)."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from contracts.columns import identifier, reference


class Payment(SQLModel, table=True):
    """Money that a seller received from an entity of a client, under the payer's own number.

    Below zero it is money that was paid back, under the seller's own number, of the payment that `returns_id` names.
    One payment is recorded once; after it was reversed it may come again, as the next revision.
    """

    __table_args__ = (
        UniqueConstraint(
            *("seller_id", "entity_id", "paid_on", "number", "amount_minor", "currency", "revision"),
            name="uq_payment_once",
        ),
        CheckConstraint("amount_minor <> 0 AND (amount_minor > 0) = (returns_id IS NULL)", name="received"),
        {"info": {"append_only": True}},
    )

    id: int = identifier()
    seller_id: int = reference("seller.id", index=False)
    client_id: int = reference("client.id")
    entity_id: int = reference("entity.id", index=False)
    number: str = Field(max_length=60)
    paid_on: date
    amount_minor: int = Field(sa_type=BigInteger)
    currency: str = Field(default="RUB", max_length=3)
    purpose: str = Field(max_length=300)
    revision: int
    recorded_at: datetime
    returns_id: int | None = reference("payment.id", nullable=True)


class PaymentPart(SQLModel, table=True):
    """A part of a payment that was put to an invoice, or below zero freed again by a credit note to it.

    What is put to none is an advance of the client.
    """

    __tablename__ = "payment_part"
    __table_args__ = (CheckConstraint("amount_minor <> 0", name="put"), {"info": {"append_only": True}})

    id: int = identifier()
    payment_id: int = reference("payment.id")
    invoice_id: int = reference("invoice.id")
    amount_minor: int = Field(sa_type=BigInteger)
    put_at: datetime


class PaymentReversal(SQLModel, table=True):
    """That a payment counts no longer, and neither do its parts; by whom and why."""

    __tablename__ = "payment_reversal"
    __table_args__ = ({"info": {"append_only": True}},)

    id: int = identifier()
    payment_id: int = reference("payment.id", index=False, unique=True)
    reversed_by: str = Field(max_length=200)
    reason: str = Field(max_length=300)
    reversed_at: datetime
