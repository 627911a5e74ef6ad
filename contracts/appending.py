"""Adding facts: rows that are never changed, so that no session need watch them, which costs more than storing them."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, TypeVar, cast

from sqlalchemy import Insert, insert
from sqlmodel import Session, SQLModel

Fact = TypeVar("Fact", bound=SQLModel)


def append(session: Session, table: type[Fact], values: Mapping[str, Any]) -> Fact:
    """Store a fact at once; what it refers to is flushed already. Columns that are left out take their defaults.

    What comes back is the row as the database keeps it: it reads like one of the table, but it cannot be changed.
    """
    stored = session.connection().execute(_into(table), {**_defaults(table), **values})
    return cast("Fact", stored.one())


@cache
def _into(table: Any) -> Insert:
    return insert(table).returning(*table.__table__.c)


@cache
def _defaults(table: type[SQLModel]) -> dict[str, Any]:
    return {
        name: field.default for name, field in table.model_fields.items() if name != "id" and not field.is_required()
    }


def append_all(session: Session, table: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> None:
    """Store many rows of a table at once."""
    if rows:
        session.connection().execute(insert(table), _completed(table, rows))


def append_numbered(session: Session, table: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Store many rows of a table at once; their ids in the same order."""
    if not rows:
        return []
    storing = insert(table).returning(table.__table__.c.id, sort_by_parameter_order=True)  # type: ignore[attr-defined]
    return list(session.connection().execute(storing, _completed(table, rows)).scalars())


def _completed(table: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The rows with the defaults of what they leave out, so that all have the same columns."""
    defaults = _defaults(table)
    return [{**defaults, **row} for row in rows]
