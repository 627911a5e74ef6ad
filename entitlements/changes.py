"""What other systems are told: one row for each change of a client's state, in the order in which it is told (D12)."""

from datetime import datetime

from sqlalchemy import Index, Text
from sqlmodel import Field, SQLModel

from contracts.columns import identifier, reference


class ClientChange(SQLModel, table=True):
    """That a client's state changed: of what kinds, and the whole state; its id is its place in the feed.

    Ids are given under one lock that is kept until the commit, so nobody ever sees an id before a smaller one.
    """

    __tablename__ = "client_change"
    __table_args__ = (Index("ix_client_change_latest", "client_id", "id"), {"info": {"append_only": True}})

    id: int = identifier()
    client_id: int = reference("client.id", index=False)
    state_version: int
    kinds: str = Field(max_length=400)
    """The kinds of change, separated by spaces."""
    state: str = Field(sa_type=Text)
    """The `ClientState`, encoded."""
    told_at: datetime
