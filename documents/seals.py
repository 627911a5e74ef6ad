"""Seals of closed months: each holds a statement's figures and its predecessor's seal fast (P5)."""

from datetime import datetime

from sqlalchemy import Text
from sqlmodel import Field, SQLModel

from contracts.columns import identifier, reference


class StatementSeal(SQLModel, table=True):
    """What a client's closed month came to, as a link of the chain of its statements with one seller.

    `sha256` is that of the paper's data, `statement.json`, which name `previous_sha256` and the SHA-256 of `record`.
    """

    __tablename__ = "statement_seal"
    __table_args__ = ({"info": {"append_only": True}},)

    id: int = identifier()
    statement_id: int = reference("statement.id", index=False, unique=True)
    paper_id: int = reference("paper.id", index=False, unique=True)
    previous_sha256: str = Field(default="", max_length=64)
    """Empty for the first statement."""
    record: str = Field(sa_type=Text)
    """The SHA-256 of the statement's row, of what it left to the next month, and of each line with its work."""
    sha256: str = Field(max_length=64, index=True)
    sealed_at: datetime
