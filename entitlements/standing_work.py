"""Which work entries stand: they take nothing back, and nothing took them back (H10)."""

from sqlalchemy import ColumnElement
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from entitlements.work import WorkEntry


def is_undone() -> ColumnElement[bool]:
    """That a reversal took the entry back."""
    reversal = aliased(WorkEntry)
    return select(reversal.id).where(col(reversal.reverses_id) == col(WorkEntry.id)).exists()


def stands() -> ColumnElement[bool]:
    """That the entry stands as it was reported."""
    return col(WorkEntry.reverses_id).is_(None) & ~is_undone()
