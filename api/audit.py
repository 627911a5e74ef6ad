"""Who changed what and when: each writing request or command leaves an entry in its transaction, before and after."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, CursorResult, Delete, Index, Insert, Text, Update, event, inspect
from sqlalchemy.orm import Session as PlainSession
from sqlalchemy.orm import SessionTransaction
from sqlmodel import Field, Session, SQLModel

from contracts.appending import append_all
from contracts.columns import identifier, reference

MOST_CHANGES = 200
"""Changes of one request that are written out; of more only the number is kept, and they can be seen in the rows."""
LONGEST_TEXT = 1000
SECRETS = ("secret", "password", "token", "hash", "private", "pem")
"""A column with one of these in its name is never written out."""
KEPT_TO_ANSWER = {"call_answer", "client_snapshot", "client_word"}
"""Tables that hold nothing of their own: they are kept to answer again, or sooner."""
UNNOTED = {"takes_turn", "may_store_nothing"}
"""Options of statements that change nothing by themselves: a lock, and lines of a bank of which the steps are noted."""
COMMAND = "command"
"""The caller of a command; its name is the user of the operating system."""


class AuditEntry(SQLModel, table=True):
    """What one request or one command changed."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_done_at_id", "done_at", "id"),
        Index("ix_audit_entry_caller_done_at_id", "caller", "done_at", "id"),
        {"info": {"append_only": True}},
    )

    id: int = identifier()
    done_at: datetime
    caller: str = Field(max_length=60)
    """`person:7`, `key:3` or `command`."""
    name: str = Field(max_length=200)
    """What the caller was called then."""
    action: str = Field(max_length=200)
    """The method and the address, or the command without what was typed after it."""
    changes: str = Field(sa_type=Text)
    """JSON: a list of {table, id, before, after}; before or after is null for a row that came or went, and all three
    are null for rows that were changed by one statement. A fact that was appended has no id there."""


class AuditedTable(SQLModel, table=True):
    """That an entry changed rows of a table, with what the entry is looked for by: so no search reads the entries."""

    __tablename__ = "audited_table"
    __table_args__ = (
        Index("ix_audited_table_table_name_done_at", "table_name", "done_at", "entry_id"),
        Index("ix_audited_table_table_name_caller_done_at", "table_name", "caller", "done_at", "entry_id"),
        {"info": {"append_only": True}},
    )

    id: int = identifier()
    entry_id: int = reference("audit_entry.id")
    table_name: str = Field(max_length=60)
    caller: str = Field(max_length=60)
    done_at: datetime
    row_count: int
    """How many rows, also of those that are not written out."""


@dataclass(frozen=True, slots=True)
class _Noted:
    """Rows of one table that were changed, and what is written of them."""

    table: str
    rows: int
    told: dict[str, Any] | None


class _Notes:
    """What a session changes, as it does: through the unit of work, and by statements of its own."""

    def __init__(self) -> None:
        self.noted: list[_Noted] = []
        self._before: dict[SessionTransaction, int] = {}
        self._is_flushing = False

    def begin(self, _: PlainSession, transaction: SessionTransaction) -> None:
        self._before[transaction] = len(self.noted)

    def connect(self, _: PlainSession, transaction: SessionTransaction, connection: Connection) -> None:
        if transaction.parent is None:
            event.listen(connection, "after_execute", self._note_statement)

    def begin_flush(self, *_: object) -> None:
        self._is_flushing = True

    def end_flush(self, session: PlainSession, _: object) -> None:
        self._is_flushing = False
        for table, change in _changes_of(session):
            self._note(table, change)

    def forget(self, _: PlainSession, transaction: SessionTransaction) -> None:
        """What a savepoint or the whole transaction had done is undone."""
        self._is_flushing = False
        del self.noted[self._before.get(transaction, 0) :]

    def _note_statement(
        self,
        _: Connection,
        statement: object,
        many: list[dict[str, Any]],
        one: dict[str, Any],
        __: object,
        result: CursorResult[Any],
    ) -> None:
        if self._is_flushing or not isinstance(statement, Insert | Update | Delete):
            return
        if UNNOTED & statement.get_execution_options().keys():
            return
        if isinstance(statement, Insert):
            rows = many or [one]
            told = rows[: max(MOST_CHANGES - len(self.noted), 0)]
            for row in told:
                self._note(str(statement.table), {"after": _told_values(row)})
            if len(told) < len(rows):
                self._note(str(statement.table), {}, len(rows) - len(told))
        elif result.rowcount:
            self._note(str(statement.table), {}, result.rowcount)

    def _note(self, table: str, change: Mapping[str, Any], rows: int = 1) -> None:
        if table in KEPT_TO_ANSWER:
            return
        told = {"table": table, "id": None, "before": None, "after": None, **change}
        self.noted.append(_Noted(table, rows, told if len(self.noted) < MOST_CHANGES else None))


@contextmanager
def audited(session: Session, *, caller: str, name: str, action: str, at: datetime) -> Iterator[None]:
    """Note what the session changes, and write it down before the transaction ends; nothing when nothing changed."""
    notes = _Notes()
    listeners: dict[str, Callable[..., None]] = {
        "after_transaction_create": notes.begin,
        "after_begin": notes.connect,
        "before_flush": notes.begin_flush,
        "after_flush": notes.end_flush,
        "after_soft_rollback": notes.forget,
    }
    for occasion, listener in listeners.items():
        event.listen(session, occasion, listener)
    yield
    session.flush()
    for occasion, listener in listeners.items():
        event.remove(session, occasion, listener)
    if not (noted := list(notes.noted)):  # what follows is written about them, and is none of them
        return
    written = json.dumps([one.told for one in noted if one.told is not None], ensure_ascii=False)
    entry = AuditEntry(done_at=at, caller=caller, name=name[:200], action=action[:200], changes=written)
    session.add(entry)
    session.flush()
    counts = Counter[str]()
    for one in noted:
        counts[one.table] += one.rows
    found_by = {"entry_id": entry.id, "caller": caller, "done_at": at}
    append_all(
        session, AuditedTable, [found_by | {"table_name": table, "row_count": rows} for table, rows in counts.items()]
    )


def _changes_of(session: PlainSession) -> Iterator[tuple[str, dict[str, Any]]]:
    for row in session.new:
        yield row.__tablename__, _change(row, after=_values(row))
    for row in session.dirty:
        before, after = _difference(row)
        if after:
            yield row.__tablename__, _change(row, before=before, after=after)
    for row in session.deleted:
        yield row.__tablename__, _change(row, before=_values(row))


def _change(row: Any, **sides: dict[str, Any]) -> dict[str, Any]:
    identity = [_told("id", getattr(row, column.key)) for column in inspect(row).mapper.primary_key]
    return {"id": identity[0] if len(identity) == 1 else identity, **sides}


def _values(row: Any) -> dict[str, Any]:
    return _told_values({column.key: getattr(row, column.key) for column in inspect(row).mapper.column_attrs})


def _told_values(values: Mapping[str, Any]) -> dict[str, Any]:
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
