"""What an hour of an engineer costs the seller, as dated facts."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from contracts.columns import identifier, minor


class EngineerRate(SQLModel, table=True):
    """What an hour of an engineer costs from a day on, until the next such row; of two of one day the last holds.

    `engineer` is the name as work entries have it.
    """

    __tablename__ = "engineer_rate"
    __table_args__ = (
        CheckConstraint("hour_minor >= 0", name="hour_minor"),
        Index("ix_engineer_rate_engineer", "engineer", "valid_from"),
        {"info": {"append_only": True}},
    )

    id: int = identifier()
    engineer: str = Field(max_length=200)
    valid_from: date
    hour_minor: int = minor()
    currency: str = Field(default="RUB", max_length=3)
    recorded_at: datetime
