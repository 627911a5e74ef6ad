"""Reconciliation acts: a seller and an entity of a client agree on what is owed over a span; numbered, never edited."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field

from contracts.columns import identifier, minor, reference
from contracts.numbering import Numbered


class ReconciliationAct(Numbered, table=True):
    """What the seller's books say over `[starts_on, ends_on)`: opening + debit - credit = closing (P1).

    What is above zero is owed to the seller.
    """

    __tablename__ = "reconciliation_act"
    __table_args__ = (
        UniqueConstraint("seller_id", "year", "sequence"),
        CheckConstraint("ends_on > starts_on", name="span"),
        CheckConstraint("opening_minor + debit_minor - credit_minor = closing_minor", name="closing"),
        {"info": {"append_only": True}},
    )

    id: int = identifier()
    seller_id: int = reference("seller.id", index=False)
    client_id: int = reference("client.id")
    entity_id: int = reference("entity.id")
    starts_on: date
    ends_on: date
    currency: str = Field(default="RUB", max_length=3)
    opening_minor: int = minor()
    debit_minor: int = minor()
    credit_minor: int = minor()
    closing_minor: int = minor()
    issued_on: date
    issued_at: datetime
