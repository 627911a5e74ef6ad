"""The stored answers to "may this request be served?" (D2, E5)."""

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Index, Text, literal_column
from sqlmodel import Field, SQLModel

from contracts.columns import reference
from entitlements.answers import Decision
from entitlements.stored_question import stored_question

UNSERVED: ColumnElement[Any] = literal_column("decision IN ('deny', 'needs_approval')")
"""The answers to requests that were not served: a select that says so, in these words, is served by their own index."""


class StoredDecision(SQLModel, table=True):
    """One answer as it was given: the question, every rule looked at, and the state version it rested on."""

    __tablename__ = "decision"
    __table_args__ = (
        Index("ix_decision_unserved", "client_id", "asked_at", sqlite_where=UNSERVED, postgresql_where=UNSERVED),
        {"info": {"append_only": True}},
    )

    id: str = Field(primary_key=True, max_length=36)
    client_id: int | None = reference("client.id", nullable=True)
    asked_by: str = Field(max_length=60)
    asked_at: datetime
    """The moment that the question is about."""
    evaluated_at: datetime
    decision: str = Field(max_length=30)
    reason: str = Field(max_length=40)
    ticket: str = Field(default="", max_length=100)
    state_version: int
    question: str = Field(sa_type=Text)
    answer: str = Field(sa_type=Text)

    @property
    def service(self) -> str:
        """The work that was asked about, if any was named."""
        return stored_question(self.question).asked(self.asked_at).service or ""

    def told(self) -> Decision:
        """The answer, as it was given."""
        return decoded(self.answer)


_answers = msgspec.json.Decoder(Decision)


def decoded(answer: str) -> Decision:
    """The answer that a `StoredDecision` keeps."""
    return _answers.decode(answer)
