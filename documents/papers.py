"""Papers as rows: what is to be printed, frozen when it is issued, and where the printed bytes are (P2)."""

import hashlib
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, String, Text, UniqueConstraint, and_, case, cast
from sqlmodel import Field, SQLModel, col

from contracts.columns import choice, identifier, reference
from documents.paper_kinds import PaperKind


class PaperState(StrEnum):
    """Where a paper stands on its way to the archive."""

    QUEUED = "queued"
    RENDERED = "rendered"
    FAILED = "failed"


WHILE_PRINTING = (
    *("state", "problem", "attempts", "claimed_until"),
    *("sha256", "size_bytes", "store_key", "rendered_at"),
)
"""What is written on a paper after it was issued, until it is printed; all else stays as it is, and then this too."""


class Paper(SQLModel, table=True):
    """One issued paper in one language.

    `sheet` is all that it prints, taken in the transaction that issued it, so that no later change of the client, the
    plan or the template reaches it. `sha256`, `size_bytes` and `store_key` name the archived bytes. The database
    refuses to remove a paper, and to change more of it than `WHILE_PRINTING`.
    """

    __table_args__ = (
        UniqueConstraint("kind", "subject_id", "language", "revision"),
        CheckConstraint("(state = 'rendered') = (sha256 IS NOT NULL)", name="rendered"),
        CheckConstraint("(state = 'failed') = (problem <> '')", name="problem"),
        Index("ix_paper_state", "state", "id"),
        {"info": {"kept_but": WHILE_PRINTING}},
    )

    id: int = identifier()
    client_id: int = reference("client.id")
    seller_id: int = reference("seller.id", index=False)
    kind: PaperKind = choice(PaperKind)
    subject_id: int
    number: str = Field(max_length=60)
    language: str = Field(max_length=2)
    revision: int = 1
    template: int = 1
    sheet: str = Field(sa_type=Text)
    state: PaperState = choice(PaperState, default=PaperState.QUEUED)
    problem: str = Field(default="", max_length=1000)
    attempts: int = 0
    claimed_until: datetime | None = None
    """Until when a worker that claimed the paper has it to itself; a killed worker's papers come free by the clock."""
    sha256: str | None = Field(default=None, max_length=64)
    size_bytes: int | None = None
    store_key: str | None = Field(default=None, max_length=200)
    issued_at: datetime
    rendered_at: datetime | None = None
    form_id: int | None = reference("paper_form.id", nullable=True, index=False)
    """The form of the seller that it was issued in; none before the seller had one."""
    reason: str = Field(default="", max_length=500)
    """Why a correction was issued; empty for a paper that corrects none."""
    issued_by: str = Field(default="", max_length=200)
    """Who issued a correction."""
    issued_sha256: str = Field(max_length=64)
    """The digest of what was issued, `digest_of` it."""

    @property
    def called(self) -> str:
        """The kind of paper as people call it: that of a sale is an `agreement` when it is no contract of its own."""
        return "agreement" if self.kind is PaperKind.CONTRACT and _AGREES in self.sheet else self.kind


_AGREES = '"agreement":{'
"""Only the sheet tells which paper of a sale is an agreement; no text inside JSON holds these signs."""
CALLED = case(
    (and_(col(Paper.kind) == PaperKind.CONTRACT, col(Paper.sheet).contains(_AGREES)), "agreement"),
    else_=cast(col(Paper.kind), String),
).label("called")
"""The same of rows that leave the sheets behind."""


def digest_of(kind: PaperKind, subject_id: int, number: str, language: str, revision: int, sheet: str) -> str:
    """The SHA-256 of what a paper says and of what it is about, so that neither can be exchanged unnoticed (P2)."""
    issued = (kind, subject_id, number, language, revision, sheet)
    return hashlib.sha256("\n".join(map(str, issued)).encode()).hexdigest()
