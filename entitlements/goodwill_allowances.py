"""Goodwill that somebody of the staff allowed beyond what the plan lets engineers give."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from contracts.columns import identifier, reference


class GoodwillAllowance(SQLModel, table=True):
    """That engineers may give a client so many minutes more in a calendar month, whose first day `month` is."""

    __tablename__ = "goodwill_allowance"
    __table_args__ = (
        CheckConstraint("minutes > 0", name="allowed"),
        Index("ix_goodwill_allowance_pool", "client_id", "seller_id", "month"),
        {"info": {"append_only": True}},
    )

    id: int = identifier()
    client_id: int = reference("client.id", index=False)
    seller_id: int = reference("seller.id", index=False)
    month: date
    minutes: int
    allowed_by: str = Field(max_length=200)
    reason: str = Field(max_length=300)
    recorded_at: datetime
