"""Who changed what and when: each writing request leaves an entry in its own transaction, with before and after."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, Text, event, inspect
from sqlalchemy.orm import Session as PlainSession
from sqlalchemy.orm import SessionTransaction
from sqlmodel import Field, Session, SQLModel

from contracts.columns import identifier

MOST_CHANGES = 200
"""Changes of one request that are written out; of more only the number is kept, and they can be seen in the rows."""
LONGEST_TEXT = 1000
SECRETS = ("secret", "password", "token", "hash", "private", "pem")
"""A column with one of these in its name is never written out."""


class AuditEntry(SQLModel, table=True):
    """What one request changed."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_done_at", "done_at"), {"info": {"append_only": True}})

    id: int = identifier()
    done_at: datetime
    caller: str = Field(max_length=60, index=True)
    """`person:7` or `key:3`."""
    name: str = Field(max_length=200)
    """What the caller was called then."""
    action: str = Field(max_length=200)
    """The method and the address."""
    changes: str = Field(sa_type=Text)
    """JSON: a list of {table, id, before, after}; before or after is null for a row that came or went."""


@contextmanager
def audited(session: Session, *, caller: str, name: str, action: str, at: datetime) -> Iterator[None]:
    """Note what the session changes, and write it down before the transaction ends; nothing when nothing changed."""
    changes: list[dict[str, Any]] = []
    noted_before: dict[SessionTransaction, int] = {}

    def begin(_: PlainSession, transaction: SessionTransaction) -> None:
        noted_before[transaction] = len(changes)

    def note(session: PlainSession, _: object) -> None:
        changes.extend(_changes_of(session))

    def forget(_: PlainSession, transaction: SessionTransaction) -> None:
        del changes[noted_before.get(transaction, 0) :]  # what a savepoint or the whole transaction had done is undone

    listeners = {"after_transaction_create": begin, "after_flush": note, "after_soft_rollback": forget}
    for occasion, listener in listeners.items():
        event.listen(session, occasion, listener)
    yield
    session.flush()
    for occasion, listener in listeners.items():
        event.remove(session, occasion, listener)
    if changes:
        written = json.dumps(changes[:MOST_CHANGES], ensure_ascii=False)
        session.add(AuditEntry(done_at=at, caller=caller, name=name[:200], action=action[:200], changes=written))


def _changes_of(session: PlainSession) -> Iterator[dict[str, Any]]:
    for row in session.new:
        yield _change(row, before=None, after=_values(row))
    for row in session.dirty:
        before, after = _difference(row)
        if after:
            yield _change(row, before=before, after=after)
    for row in session.deleted:
        yield _change(row, before=_values(row), after=None)


def _change(row: Any, **sides: dict[str, Any] | None) -> dict[str, Any]:
    identity = [_told("id", getattr(row, column.key)) for column in inspect(row).mapper.primary_key]
    return {"table": row.__tablename__, "id": identity[0] if len(identity) == 1 else identity, **sides}


def _values(row: Any) -> dict[str, Any]:
    values = {column.key: getattr(row, column.key) for column in inspect(row).mapper.column_attrs}
    return {name: _told(name, value) for name, value in values.items() if value not in (None, "")}


def _difference(row: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The columns that changed, as they were and as they are."""
    state = inspect(row)
    changed = {column.key: state.attrs[column.key].history for column in state.mapper.column_attrs}
    pairs = {name: one for name, one in changed.items() if one.has_changes()}
    before = {name: _told(name, one.deleted[0] if one.deleted else None) for name, one in pairs.items()}
    return before, {name: _told(name, one.added[0] if one.added else None) for name, one in pairs.items()}


def _told(name: str, value: Any) -> Any:
    if value not in (None, "") and any(secret in name for secret in SECRETS):
        return "***"
    if isinstance(value, bool | int | None):
        return value
    if isinstance(value, date):
        return value.isoformat()
    return str(getattr(value, "value", value))[:LONGEST_TEXT]
