"""Which work entries stand: they take nothing back, and nothing took them back (H10)."""

from sqlalchemy import ColumnElement
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from entitlements.work import WorkEntry


def stands() -> ColumnElement[bool]:
    """That the entry takes nothing back and no reversal took it back."""
    reversal = aliased(WorkEntry)
    undone = select(reversal.id).where(col(reversal.reverses_id) == col(WorkEntry.id)).exists()
    return col(WorkEntry.reverses_id).is_(None) & ~undone
