"""A hold and a work entry through their verbs, against the same rows written by raw SQL in one transaction."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from statistics import median
from typing import Any

from sqlalchemy import Connection, Engine, text

from api.calls import Answered, answer_once
from api.database import reading, transaction
from entitlements.answers import Question
from entitlements.client_facts import ClientSnapshot
from entitlements.decision_log import StoredDecision
from entitlements.desk import Asked, Caller, hold
from entitlements.holds import Hold
from entitlements.logging_work import Work, log
from entitlements.work import WorkEntry
from tests.benchmarks.book import NOW, Book

ROUNDS = 9
EACH = 30
_numbers = count(1)


def holds(book: Book) -> float:
    """The raw transaction's time as a share of the verb's, for a hold with its decision and stored answer."""
    return _share(book, _hold, _raw_hold)


def entries(book: Book) -> float:
    """The same for a work entry with its stored answer."""
    return _share(book, _work, _raw_work)


def _share(book: Book, verb: Callable[[Book, int], None], raw: Callable[[Book, int], None]) -> float:
    shares = []
    for _ in range(ROUNDS):
        took = []
        for write in (verb, raw):
            began = time.perf_counter()
            for _ in range(EACH):
                write(book, 2 + next(_numbers) % (book.clients - 1))
            took.append(time.perf_counter() - began)
        shares.append(took[1] / took[0])
    return median(shares)


def _hold(book: Book, client_id: int) -> None:
    name = f"hold-{next(_numbers)}"
    with transaction(book.engine) as session:

        def act() -> Answered:
            question, asked = Question(NOW, None, "remote_work", 30), Asked(name, "bench", NOW, "SD-1", "{}")
            decision, held = hold(session, Caller({"id": client_id}), question, asked)
            return Answered(200, f'{{"reason": "{decision.reason}", "hold": {held is not None}}}')

        answer_once(session, "bench", name, name, act, at=NOW)


def _work(book: Book, client_id: int) -> None:
    name = f"work-{next(_numbers)}"
    with transaction(book.engine) as session:

        def act() -> Answered:
            logged = log(
                session, Work(client_id, "bench", name, 20, started_at=NOW - timedelta(hours=1), ticket="SD-1"), at=NOW
            )
            assert logged.entry is not None
            return Answered(201, f'{{"id": {logged.entry.id}}}')

        answer_once(session, "bench", name, name, act, at=NOW)


def _raw_hold(book: Book, client_id: int) -> None:
    name = f"raw-{next(_numbers)}"
    with _raw(book.engine) as cursor:
        version = _lock(cursor, book, client_id)
        decision = _row(book, StoredDecision, id=name, client_id=client_id, state_version=version)
        cursor.execute(*_insert(book, StoredDecision, decision))
        held = _row(book, Hold, client_id=client_id, decision_id=name)
        held.pop("id")
        cursor.execute(*_insert(book, Hold, held))
        snapshot = _row(book, ClientSnapshot, client_id=client_id, state_version=version)
        statement, values = _insert(book, ClientSnapshot, snapshot)
        changed = ", ".join(f"{name} = excluded.{name}" for name in ("state_version", "shape", "facts"))
        cursor.execute(f"{statement} ON CONFLICT (client_id) DO UPDATE SET {changed}", values)
        _answer(cursor, book, name)


def _raw_work(book: Book, client_id: int) -> None:
    name = f"raw-{next(_numbers)}"
    with _raw(book.engine) as cursor:
        _lock(cursor, book, client_id)
        entry = _row(book, WorkEntry, client_id=client_id, external_id=name, entity_id=None)
        entry.pop("id")
        cursor.execute(*_insert(book, WorkEntry, entry))
        _answer(cursor, book, name)


@contextmanager
def _raw(engine: Engine) -> Iterator[Any]:
    """A cursor of the driver inside a transaction; the pool is the same for both sides."""
    with engine.connect() as connection, connection.begin():
        yield _cursor(connection)


def _cursor(connection: Connection) -> Any:
    connection.execute(text("SELECT 1"))
    return connection.connection.cursor()


def _lock(cursor: Any, book: Book, client_id: int) -> int:
    mark = _mark(book)
    update = f"UPDATE client SET state_version = state_version + 1 WHERE id = {mark} RETURNING state_version"
    cursor.execute(update, (client_id,))
    version: int = cursor.fetchone()[0]
    return version


def _answer(cursor: Any, book: Book, name: str) -> None:
    marks = ", ".join([_mark(book)] * 6)
    sql = f"INSERT INTO call_answer (caller, key, fingerprint, status, body, answered_at) VALUES ({marks})"
    cursor.execute(sql, ("bench", name, name, 200, "{}", _plain(book, NOW)))


_samples: dict[tuple[int, str], dict[str, Any]] = {}


def _row(book: Book, table: type, **changes: Any) -> dict[str, Any]:
    """A row like the last one that the verb wrote, with changes."""
    name = table.__table__.name  # type: ignore[attr-defined]
    place = (id(book), name)
    if place not in _samples:
        key = "client_id" if table is ClientSnapshot else "id"
        with reading(book.engine) as session:
            last = session.connection().exec_driver_sql(f'SELECT * FROM "{name}" ORDER BY {key} DESC LIMIT 1')
            _samples[place] = dict(last.mappings().one())
    return {**_samples[place], **changes}


def _insert(book: Book, table: type, row: dict[str, Any]) -> tuple[str, tuple[Any, ...]]:
    name = table.__table__.name  # type: ignore[attr-defined]
    marks = ", ".join([_mark(book)] * len(row))
    return f'INSERT INTO "{name}" ({", ".join(row)}) VALUES ({marks})', tuple(row.values())


def _mark(book: Book) -> str:
    return "?" if book.engine.dialect.name == "sqlite" else "%s"


def _plain(book: Book, at: Any) -> Any:
    return at.isoformat(sep=" ") if book.engine.dialect.name == "sqlite" else at
