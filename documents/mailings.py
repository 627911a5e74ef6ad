"""Mailings of papers as facts: which papers went into one letter, why again, and the links that open them (P2)."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from contracts.columns import identifier, reference


class PaperMailing(SQLModel, table=True):
    """That papers of a client were taken up to be mailed together.

    By itself, once for ever, when nobody asked for it; again only when somebody did, and said why.
    """

    __tablename__ = "paper_mailing"
    __table_args__ = (CheckConstraint("reason = '' OR asked_by <> ''", name="asked"), {"info": {"append_only": True}})

    id: int = identifier()
    client_id: int = reference("client.id")
    seller_id: int = reference("seller.id", index=False)
    asked_by: str = Field(default="", max_length=200)
    reason: str = Field(default="", max_length=300)
    recorded_at: datetime


class MailedPaper(SQLModel, table=True):
    """That a paper is part of a mailing; `copy_number` is 1 for its first, and counts those asked for by name."""

    __tablename__ = "mailed_paper"
    __table_args__ = (
        UniqueConstraint("paper_id", "copy_number"),
        CheckConstraint("copy_number >= 1", name="copy_number"),
        {"info": {"append_only": True}},
    )

    id: int = identifier()
    client_id: int = reference("client.id", index=False)
    mailing_id: int = reference("paper_mailing.id")
    paper_id: int = reference("paper.id", index=False)
    copy_number: int


class PaperLink(SQLModel, table=True):
    """That who has a token may read one paper, without a key, until the end of a day.

    Only the SHA-256 of the token is kept. Each attempt to hand the letter over makes tokens of its own.
    """

    __tablename__ = "paper_link"
    __table_args__ = ({"info": {"append_only": True}},)

    id: int = identifier()
    client_id: int = reference("client.id", index=False)
    letter_id: int = reference("letter.id")
    paper_id: int = reference("paper.id", index=False)
    token_sha256: str = Field(max_length=64, unique=True)
    last_day: date
    """In the seller's time."""
    made_at: datetime


class LinkRevocation(SQLModel, table=True):
    """That the links of a letter open nothing any more."""

    __tablename__ = "link_revocation"
    __table_args__ = ({"info": {"append_only": True}},)

    id: int = identifier()
    client_id: int = reference("client.id", index=False)
    letter_id: int = reference("letter.id", index=False, unique=True)
    revoked_by: str = Field(max_length=200)
    reason: str = Field(max_length=300)
    revoked_at: datetime
