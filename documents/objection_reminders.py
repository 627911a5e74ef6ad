"""That somebody was told about objections, as facts (rule P6)."""

from datetime import datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import SQLModel

from contracts.columns import choice, identifier, reference
from entitlements.objection_days import ObjectionNews


class ObjectionReminder(SQLModel, table=True):
    """That a client was told of the last day for objecting to a statement, or either side of an objection; each once.

    It is stored with the letters that tell it.
    """

    __tablename__ = "objection_reminder"
    __table_args__ = (
        UniqueConstraint("statement_id", "news"),
        UniqueConstraint("objection_id", "news"),
        CheckConstraint(
            "(news = 'last_day') = (statement_id IS NOT NULL) AND (statement_id IS NULL) = (objection_id IS NOT NULL)",
            name="about",
        ),
        {"info": {"append_only": True}},
    )

    id: int = identifier()
    client_id: int = reference("client.id", index=False)
    news: ObjectionNews = choice(ObjectionNews)
    statement_id: int | None = reference("statement.id", nullable=True, index=False)
    objection_id: int | None = reference("line_reply.id", nullable=True, index=False)
    recorded_at: datetime
