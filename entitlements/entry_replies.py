"""What clients say to single work entries before their month is closed."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from contracts.columns import choice, identifier, reference
from entitlements.entry_states import EntryStance


class EntryReply(SQLModel, table=True):
    """A contact's word about a work entry, said once: approved, or objected to with a text.

    An entry that is corrected is another one, which waits for a word of its own.
    """

    __tablename__ = "entry_reply"
    __table_args__ = (
        CheckConstraint("(text = '') = (stance = 'approved')", name="text"),
        {"info": {"append_only": True}},
    )

    id: int = identifier()
    client_id: int = reference("client.id")
    work_entry_id: int = reference("work_entry.id", index=False, unique=True)
    stance: EntryStance = choice(EntryStance)
    text: str = Field(max_length=2000)
    said_by: str = Field(max_length=200)
    said_at: datetime
