"""Scans of papers that both parties signed, as rows: the bytes are in the store of papers (P2)."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from contracts.columns import choice, identifier, reference


class ScanOf(StrEnum):
    """What can come back signed; an agreement renews a contract, or adds a further sale to it."""

    CONTRACT = "contract"
    AGREEMENT = "agreement"
    ACT = "act"
    STATEMENT = "statement"


class ScanFormat(StrEnum):
    """What a scan is, by its own bytes; the value is the ending of its file."""

    PDF = "pdf"
    JPEG = "jpg"
    PNG = "png"


class SignedScan(SQLModel, table=True):
    """A scan of a signed contract, agreement to one, act or statement; a later one supersedes it, and both are kept."""

    __tablename__ = "signed_scan"
    __table_args__ = (
        UniqueConstraint("of", "subject_id", "revision"),
        CheckConstraint("revision >= 1 AND size_bytes > 0", name="revision"),
        {"info": {"append_only": True}},
    )

    id: int = identifier()
    client_id: int = reference("client.id")
    seller_id: int = reference("seller.id", index=False)
    of: ScanOf = choice(ScanOf)
    subject_id: int
    """The id of the contract, act or statement, or of the subscription that an agreement is about."""
    revision: int
    format: ScanFormat = choice(ScanFormat)
    sha256: str = Field(max_length=64)
    size_bytes: int
    store_key: str = Field(max_length=200)
    added_by: str = Field(max_length=200)
    added_at: datetime
