"""Adding facts: rows that are never changed, so that the session need not watch them, which costs more than storing."""

from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Insert, insert
from sqlmodel import Session, SQLModel

Fact = TypeVar("Fact", bound=SQLModel)


def append(session: Session, fact: Fact) -> Fact:
    """The fact, stored at once and with the id that the database gave it; what it refers to is flushed already."""
    inserted = session.connection().execute(_into(type(fact)), fact.model_dump(exclude={"id"}))
    fact.id = inserted.scalar_one()
    return fact


@cache
def _into(table: Any) -> Insert:
    return insert(table).returning(table.id)
