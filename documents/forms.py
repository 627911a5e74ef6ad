"""The forms of sellers' papers as rows, in versions that are only added (P2)."""

from datetime import datetime

from sqlalchemy import Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from contracts.columns import identifier, reference


class PaperForm(SQLModel, table=True):
    """A version of a seller's form; the last one governs what is issued, and a paper keeps the one that it was issued
    in. `form` is a `Form` as JSON."""

    __tablename__ = "paper_form"
    __table_args__ = (UniqueConstraint("seller_id", "version"), {"info": {"append_only": True}})

    id: int = identifier()
    seller_id: int = reference("seller.id", index=False)
    version: int
    form: str = Field(sa_type=Text)
    adopted_at: datetime
