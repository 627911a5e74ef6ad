"""Which work entries stand: they take nothing back, and nothing took them back (H10)."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from contracts.parties import Client
from contracts.terms import next_month
from entitlements.work import WorkEntry


def stands() -> ColumnElement[bool]:
    """That the entry takes nothing back and no reversal took it back."""
    reversal = aliased(WorkEntry)
    undone = select(reversal.id).where(col(reversal.reverses_id) == col(WorkEntry.id)).exists()
    return col(WorkEntry.reverses_id).is_(None) & ~undone


def work_counted(
    session: Session, seller_id: int, month: date, client_id: int | None = None, *, after: int, limit: int
) -> Sequence[tuple[WorkEntry, str]]:
    """The work that stands and counts in a seller's month, of all clients or of one, with the names of the clients."""
    found = select(WorkEntry, Client.name).join(Client, col(Client.id) == WorkEntry.client_id)
    found = found.where(WorkEntry.seller_id == seller_id, stands(), col(WorkEntry.id) > after)
    found = found.where(col(WorkEntry.counts_on) >= month, col(WorkEntry.counts_on) < next_month(month))
    if client_id is not None:
        found = found.where(WorkEntry.client_id == client_id)
    return session.exec(found.order_by(col(WorkEntry.id)).limit(limit)).all()


def entry_that_stands(session: Session, entry_id: int) -> WorkEntry | None:
    """The entry, unless it takes something back or was taken back."""
    return session.exec(select(WorkEntry).where(WorkEntry.id == entry_id, stands())).first()
