"""Bounces as facts: that an address did not take a letter, and that a person trusts the address again (P2)."""

from datetime import datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from contracts.columns import identifier, reference


class MailBounce(SQLModel, table=True):
    """That a letter came back: a mail server refused its address, or reported later that it could not be delivered.

    While a hard one is not cleared, its address is on the bounce list and nothing is sent there.
    """

    __tablename__ = "mail_bounce"
    __table_args__ = (
        UniqueConstraint("letter_id", "report_sha256"),
        CheckConstraint("status <> ''", name="status"),
        {"info": {"append_only": True}},
    )

    id: int = identifier()
    client_id: int | None = reference("client.id", nullable=True, index=False)
    letter_id: int = reference("letter.id", index=False)
    address: str = Field(max_length=254, index=True)
    is_hard: bool
    status: str = Field(max_length=20)
    """The enhanced status, "5.1.1", or the code where the server gave none, "550"."""
    said: str = Field(max_length=1000)
    report_sha256: str = Field(default="", max_length=64)
    """The digest of the report; empty where the server refused the letter at once."""
    bounced_at: datetime


class AddressClearance(SQLModel, table=True):
    """That a hard bounce no longer keeps letters from its address."""

    __tablename__ = "address_clearance"
    __table_args__ = ({"info": {"append_only": True}},)

    id: int = identifier()
    bounce_id: int = reference("mail_bounce.id", index=False, unique=True)
    cleared_by: str = Field(max_length=200)
    reason: str = Field(max_length=300)
    cleared_at: datetime
