"""The engine, and the one way to write and to read: a transaction that commits at its end, a reading that never does.

SQLite and PostgreSQL behave alike here: a writer that read a row it changes cannot lose another's change, a reader sees
one state for as long as it reads and is never kept waiting by a writer.
"""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import pysqlite3
from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.engine import URL, Connection
from sqlmodel import Session

from contracts.errors import Refusal

BUSY_SECONDS = 30
"""How long a writer waits for the writer before it."""


def open_engine(url: str | URL) -> Engine:
    """The engine of a database; nothing is connected yet.

    SQLite runs through `pysqlite3`, whose library is newer than the system's; PostgreSQL through psycopg 3, whichever
    way its URL is spelled. Raises `Refusal("DATABASE_URL_UNKNOWN")` for any other database or no URL at all.
    """
    try:
        address = make_url(url)
    except Exception:  # it may hold a password, so neither it nor the parser's complaint is repeated
        raise Refusal(
            "DATABASE_URL_UNKNOWN", field="database_url", allowed="sqlite:///FILE, postgresql://..."
        ) from None
    match address.drivername:
        case "sqlite":
            return _sqlite(address)
        case "postgres" | "postgresql" | "postgresql+psycopg":
            return _postgresql(address.set(drivername="postgresql+psycopg"))
        case other:
            raise Refusal(
                "DATABASE_URL_UNKNOWN", field="database_url", value=other, allowed="sqlite:///FILE, postgresql://..."
            )


@contextmanager
def transaction(engine: Engine) -> Iterator[Session]:
    """A session for a writer: committed at the end, wholly undone when anything is raised.

    On SQLite it holds the only write lock from its first statement (`BEGIN IMMEDIATE`); on PostgreSQL it is READ
    COMMITTED, so the rows that it decides upon are locked first. `session.begin_nested()` is the savepoint inside it.
    An engine of commands notes what is written (`noting`); requests are noted by who sent them.
    """
    noting = engine.get_execution_options().get("noting", nullcontext)
    with Session(engine, expire_on_commit=False) as session:
        with noting(session):
            yield session
        session.commit()


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A session for a reader: all its selects see one state, and the database refuses any write."""
    options: dict[str, Any] = {"reads_only": True}
    if engine.dialect.name == "postgresql":
        options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with Session(engine.execution_options(**options), expire_on_commit=False) as session:
        yield session


def wal_is_safe(version: tuple[int, ...]) -> bool:
    """Whether this version of the SQLite library is known not to corrupt a database in WAL mode."""
    return version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)


def _postgresql(address: URL) -> Engine:
    options = f"{address.query.get('options', '')} -c lock_timeout={BUSY_SECONDS * 1000}"
    return create_engine(address, pool_pre_ping=True, connect_args={"options": options.strip()})


def _sqlite(address: URL) -> Engine:
    engine = create_engine(address, module=pysqlite3.dbapi2, connect_args={"isolation_level": None})
    pragmas = (
        f"busy_timeout = {BUSY_SECONDS * 1000}",  # first: the others may have to wait
        f"journal_mode = {'WAL' if wal_is_safe(pysqlite3.sqlite_version_info) else 'DELETE'}",
        "synchronous = FULL",
        "foreign_keys = ON",
        "recursive_triggers = ON",  # or INSERT OR REPLACE deletes without asking the triggers
    )

    def prepare(connection: pysqlite3.Connection, _: object) -> None:
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", _begin_on_sqlite)
    return engine


def _begin_on_sqlite(connection: Connection) -> None:
    """The driver begins nothing itself (`isolation_level=None`): left alone it would begin after the first select."""
    options = connection.get_execution_options()
    reads_only = options.get("reads_only", False)
    if connection.info.get("reads_only") != reads_only:
        connection.exec_driver_sql(f"PRAGMA query_only = {int(reads_only)}")
        connection.info["reads_only"] = reads_only
    if options.get("rebuilds_tables", False):  # a migration drops tables that others refer to, and puts them back
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
    connection.exec_driver_sql("BEGIN" if reads_only else "BEGIN IMMEDIATE")
