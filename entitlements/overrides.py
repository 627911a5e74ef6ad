"""Overrides: a person lets a client be served for a time, whatever the rules say (rule D7)."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from contracts.columns import identifier, reference


class Override(SQLModel, table=True):
    """That a person approved service of a client from `given_at` until `until_at`, of one service or of any."""

    __tablename__ = "service_override"
    __table_args__ = (
        CheckConstraint("until_at > given_at", name="span"),
        {"info": {"append_only": True}},
    )

    id: int = identifier()
    client_id: int = reference("client.id")
    service_id: int | None = reference("service.id", nullable=True, index=False)
    approved_by: str = Field(max_length=200)
    reason: str = Field(max_length=300)
    ticket: str = Field(default="", max_length=100)
    given_at: datetime
    until_at: datetime


class OverrideEnding(SQLModel, table=True):
    """That an override ended before its time."""

    __tablename__ = "service_override_ending"
    __table_args__ = ({"info": {"append_only": True}},)

    id: int = identifier()
    override_id: int = reference("service_override.id", index=False, unique=True)
    ended_at: datetime
