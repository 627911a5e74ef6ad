"""The keys that sign receipts and offline passes (D1)."""

from datetime import datetime

from sqlmodel import Field, SQLModel


class ReceiptKey(SQLModel, table=True):
    """A pair of keys; the one with the highest number signs, all of them prove what they signed.

    `number` is the primary key, so that two processes which make the next key at the same moment make one.
    """

    __tablename__ = "receipt_key"

    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    kid: str = Field(max_length=43, unique=True)
    """The thumbprint of the public part (RFC 7638)."""
    public_key: str = Field(max_length=43)
    private_key: str | None = Field(default=None, max_length=43, repr=False)
    """Forgotten as soon as another key signs."""
    made_at: datetime
    withdrawn_from: datetime | None = None
    """What it signed from this moment on proves nothing."""
