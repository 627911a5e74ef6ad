"""The desk check's own read: one prepared statement on the event loop, on a driver that costs least there.

A session in a thread costs more than all the rest of a check, so this one endpoint reads past it. The statement is
compiled from the same selects that sessions use; what it returns is only used while its `state_version` is current.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple, Protocol

import pysqlite3.dbapi2 as sqlite
from sqlalchemy import URL, Dialect, Engine, and_, literal_column
from sqlalchemy.dialects.sqlite.pysqlite import dialect as sqlite_dialect
from sqlalchemy.exc import OperationalError
from sqlmodel import col, select

from api import waiting
from contracts.parties import Client
from contracts.queries import CLIENTS_BY
from entitlements.client_facts import SHAPE, ClientSnapshot

MAPPED_BYTES = 2**31
"""How much of a SQLite file is read as memory, without a call to the system for each page."""


class Found(NamedTuple):
    """A client that the keys name; `facts` is its current snapshot, none when there is none of this version."""

    client_id: int
    state_version: int
    facts: str | None


class CheckReader(Protocol):
    """Finds the clients that all given keys name."""

    async def find(self, keys: Iterable[str], values: Mapping[str, str | int | datetime]) -> Sequence[Found]:
        """The clients in the order of their ids, by the `parameters_of` the keys at a moment.

        Raises `OperationalError` when the database gives no answer.
        """

    async def close(self) -> None:
        """Let go of the connections."""


async def open_check_reader(engine: Engine) -> CheckReader:
    """The reader for the engine's database."""
    if engine.dialect.name == "sqlite":
        return _SqliteReader(engine.url)
    from api.check_reader_postgresql import PostgresReader

    return await PostgresReader.open(engine.url)


def _as_stored(at: str | int | datetime) -> str:
    """An instant as SQLite has it: the text of its time in UTC."""
    assert isinstance(at, datetime)
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


class _SqliteReader:
    """One read-only connection, used on the event loop alone; a reader never waits for a writer in WAL mode."""

    def __init__(self, url: URL) -> None:
        self._connection = sqlite.connect(url.database, isolation_level=None, timeout=waiting.WAIT_SECONDS)
        for pragma in ("query_only = ON", f"mmap_size = {MAPPED_BYTES}"):
            self._connection.execute(f"PRAGMA {pragma}")

    async def find(self, keys: Iterable[str], values: Mapping[str, str | int | datetime]) -> Sequence[Found]:
        sql, names = find_statement(tuple(keys), sqlite_dialect)
        if "at" in names:
            values = {**values, "at": _as_stored(values["at"])}
        try:
            return [Found(*row) for row in self._connection.execute(sql, [values[name] for name in names])]
        except sqlite.Error as broken:
            raise OperationalError(sql, None, broken) from broken

    async def close(self) -> None:
        self._connection.close()


@lru_cache(maxsize=256)
def find_statement(keys: tuple[str, ...], dialect: type[Dialect]) -> tuple[str, list[str]]:
    """The select for these keys in a database's words, and the order of its parameters."""
    snapshot_of = col(ClientSnapshot.client_id) == col(Client.id)
    current = and_(
        col(ClientSnapshot.state_version) == col(Client.state_version),
        col(ClientSnapshot.shape) == literal_column(f"'{SHAPE}'"),
    )
    found = select(Client.id, Client.state_version, ClientSnapshot.facts)
    found = found.outerjoin(ClientSnapshot, and_(snapshot_of, current))
    for key in keys:
        found = found.where(col(Client.id).in_(CLIENTS_BY[key]))
    compiled = found.order_by(col(Client.id)).compile(dialect=dialect())
    return str(compiled), list(compiled.positiontup or ())
