"""What was done on an offline pass, as the desk's queue told it, and who looked at it (D5, H10)."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from contracts.columns import identifier, reference


class OfflineUse(SQLModel, table=True):
    """Work that was done while the server was away: this row is what marks its entry as offline.

    `reason` is what the desk would have been told at that moment, by all that is known now. Work that could not be
    booked has the code of the refusal as its `problem`, and all that was said of it is kept.
    """

    __tablename__ = "offline_use"
    __table_args__ = (
        UniqueConstraint("client_id", "source", "external_id"),
        CheckConstraint("(work_entry_id IS NULL) = (problem <> '')", name="booked"),
        CheckConstraint("needs_person OR (in_time AND problem = '')", name="needs_person"),
        Index("ix_offline_use_needs_person", "needs_person"),
        {"info": {"append_only": True}},
    )

    id: int = identifier()
    client_id: int = reference("client.id", index=False)
    source: str = Field(max_length=60)
    external_id: str = Field(max_length=200)
    work_entry_id: int | None = reference("work_entry.id", nullable=True)
    used_at: datetime
    said: str = Field(sa_type=Text)
    """The use as the queue told it, in JSON."""
    reason: str = Field(max_length=40)
    problem: str = Field(default="", max_length=60)
    in_time: bool
    """Whether the pass stood at that moment, and its key was not withdrawn."""
    needs_person: bool
    pass_kid: str = Field(max_length=43)
    pass_issued_at: datetime
    recorded_by: str = Field(max_length=60)
    recorded_at: datetime


class OfflineReview(SQLModel, table=True):
    """That a person looked at a use that needed it."""

    __tablename__ = "offline_review"
    __table_args__ = ({"info": {"append_only": True}},)

    id: int = identifier()
    offline_use_id: int = reference("offline_use.id", index=False, unique=True)
    reviewed_by: str = Field(max_length=200)
    reviewed_at: datetime
