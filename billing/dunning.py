"""How sellers dun invoices that are not paid in time, and the steps that were taken; only ever added (S8, S10)."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import SQLModel

from billing.dunning_steps import DunningEffect, DunningNotice
from contracts.columns import choice, identifier, minor, reference


class DunningLadder(SQLModel, table=True):
    """That a seller duns the invoices that are due from a day on by the steps of this ladder, or by none.

    The last day not after the day on which an invoice is due governs, of one day the ladder that was recorded last.
    """

    __tablename__ = "dunning_ladder"
    __table_args__ = ({"info": {"append_only": True}},)

    id: int = identifier()
    seller_id: int = reference("seller.id")
    valid_from: date
    recorded_at: datetime


class DunningStep(SQLModel, table=True):
    """What a ladder does so many working days after an invoice was due."""

    __tablename__ = "dunning_step"
    __table_args__ = (
        UniqueConstraint("ladder_id", "position"),
        CheckConstraint("working_days > 0", name="after"),
        {"info": {"append_only": True}},
    )

    id: int = identifier()
    ladder_id: int = reference("dunning_ladder.id", index=False)
    position: int
    working_days: int
    notice: DunningNotice | None = choice(DunningNotice, nullable=True, default=None)
    effect: DunningEffect = choice(DunningEffect)


class DunningTaken(SQLModel, table=True):
    """That a step was taken about an invoice, once for ever, whatever becomes of the ladder."""

    __tablename__ = "dunning_taken"
    __table_args__ = (UniqueConstraint("invoice_id", "position"), {"info": {"append_only": True}})

    id: int = identifier()
    client_id: int = reference("client.id")
    invoice_id: int = reference("invoice.id", index=False)
    position: int
    working_days: int
    notice: DunningNotice | None = choice(DunningNotice, nullable=True, default=None)
    effect: DunningEffect = choice(DunningEffect)
    is_sent: bool
    """Whether letters were queued for its notice."""
    left_minor: int = minor()
    """What the invoice still asked for."""
    block_id: int | None = reference("block.id", nullable=True, index=False, unique=True)
    """The block that it raised."""
    taken_at: datetime
