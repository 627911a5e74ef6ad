"""What can happen to a desk's database, done to a real one and undone again."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from itertools import cycle
from typing import Any

import psycopg
import pysqlite3
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.exc import TimeoutError as PoolExhausted

from api.database import transaction
from tests.databases import PostgresServer, driver_url
from tests.journeys.desks import PATIENCE, Desk
from tests.journeys.faults import administer

MOST_CONNECTIONS = 1000

Fault = Callable[[Desk], AbstractContextManager[None]]


@contextmanager
def locked(desk: Desk) -> Iterator[None]:
    """Another program has the tables to itself."""
    if is_sqlite(desk.engine):
        other = pysqlite3.connect(desk.engine.url.database, isolation_level=None)
        other.execute(f"PRAGMA busy_timeout = {PATIENCE * 1000}")
        other.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            other.execute("ROLLBACK")
            other.close()
        return
    with psycopg.connect(url_for_driver(desk.engine)) as other:
        while other.info.transaction_status is not TransactionStatus.INTRANS:
            other.rollback()
            with suppress(psycopg.errors.DeadlockDetected):  # with a server that writes meanwhile: ask again
                other.execute("LOCK TABLE client, client_snapshot, decision, api_key IN ACCESS EXCLUSIVE MODE")
        yield


@contextmanager
def slow(desk: Desk) -> Iterator[None]:
    """The tables are locked for a moment, again and again."""
    over = threading.Event()

    def hinder() -> None:
        while not over.wait(0.05):
            with locked(desk):
                over.wait(0.2)

    hindering = threading.Thread(target=hinder)
    hindering.start()
    try:
        yield
    finally:
        over.set()
        hindering.join()


@contextmanager
def read_only(desk: Desk) -> Iterator[None]:
    """Nothing can be written, as on a standby: no answer could be proved later."""
    if is_sqlite(desk.engine):
        with each_begin(desk, "PRAGMA query_only = 1"):
            yield
        return
    name = desk.engine.url.database
    for setting in ("SET default_transaction_read_only = on", "RESET default_transaction_read_only"):
        administer(desk.engine, f"ALTER DATABASE {name} {setting}")
        administer(desk.engine, f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
        if setting.startswith("SET"):
            yield


@contextmanager
def full(desk: Desk) -> Iterator[None]:
    """No room is left for another answer."""
    if is_sqlite(desk.engine):
        with each_begin(desk, "PRAGMA max_page_count = 1"):  # not below what there is already
            yield
        return
    execute(
        desk.engine,
        "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION USING ERRCODE = '53100'; END $$",
        "CREATE TRIGGER full_disk BEFORE INSERT ON decision EXECUTE FUNCTION full_disk()",
    )
    yield
    execute(desk.engine, "DROP TRIGGER full_disk ON decision", "DROP FUNCTION full_disk")


@contextmanager
def each_begin(desk: Desk, pragma: str) -> Iterator[None]:
    """Every transaction of the server begins with the pragma; its connections are forgotten afterwards."""

    def prepare(connection: Connection) -> None:
        connection.exec_driver_sql(pragma)

    event.listen(desk.app.state.engine, "begin", prepare)
    try:
        yield
    finally:
        event.remove(desk.app.state.engine, "begin", prepare)
        desk.app.state.engine.dispose()


@contextmanager
def corrupt_snapshots(desk: Desk) -> Iterator[None]:
    """What saves time is spoilt, in a few ways; one at a time, for the servers write theirs meanwhile."""
    with transaction(desk.engine) as session:
        kept = session.execute(text("SELECT client_id FROM client_snapshot")).scalars().all()
    for client_id, facts in zip(kept, cycle(("", "[]", '{"covers": "none"}')), strict=False):
        with transaction(desk.engine) as session:
            spoilt = text("UPDATE client_snapshot SET facts = :facts WHERE client_id = :client_id")
            session.execute(spoilt, {"facts": facts, "client_id": client_id})
    yield


@contextmanager
def corrupt_row(desk: Desk) -> Iterator[None]:
    """A row of the tables holds what cannot be, and no snapshot hides it; once it is mended nothing is left of it."""
    execute(desk.engine, "DELETE FROM client_snapshot", "UPDATE seller SET time_zone = 'Nowhere/Never'")
    yield
    execute(desk.engine, "UPDATE seller SET time_zone = 'Europe/Moscow'")


@contextmanager
def pool_exhausted(desk: Desk) -> Iterator[None]:
    """Other work of the server has all its connections."""
    pool, reader = desk.app.state.engine.pool, getattr(desk.app.state.checking.reader, "_pool", None)
    with ExitStack() as taken:
        left = pool.size() + pool._max_overflow
        while left:
            with suppress(PoolExhausted):
                taken.enter_context(desk.app.state.engine.connect())
                left -= 1
        if reader is not None:
            taken.enter_context(_all_of_reader(reader))
        yield


@contextmanager
def _all_of_reader(pool: Any) -> Iterator[None]:
    """The connections of the check's own pool, taken on the loop of the server."""

    async def take() -> list[Any]:
        return [await pool.acquire() for _ in range(pool.get_max_size())]

    async def give_back(taken: list[Any]) -> None:
        for connection in taken:
            await pool.release(connection)

    taken = asyncio.run_coroutine_threadsafe(take(), pool._loop).result(PATIENCE)
    try:
        yield
    finally:
        asyncio.run_coroutine_threadsafe(give_back(taken), pool._loop).result(PATIENCE)


@contextmanager
def no_connection_left(desk: Desk) -> Iterator[None]:
    """Others have taken every connection that PostgreSQL gives, ours among them."""
    with ExitStack() as taken:
        url = url_for_driver(desk.engine)
        first = taken.enter_context(psycopg.connect(url, autocommit=True))
        first.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        with suppress(psycopg.OperationalError):
            for _ in range(MOST_CONNECTIONS):
                taken.enter_context(psycopg.connect(url))
        yield


def away(server: PostgresServer) -> Fault:
    """The server is gone, as after a power cut, and started again."""

    @contextmanager
    def gone(desk: Desk) -> Iterator[None]:
        server.crash()
        try:
            yield
        finally:
            server.start()

    return gone


def is_sqlite(engine: Engine) -> bool:
    """Whether the database is a file."""
    return engine.dialect.name == "sqlite"


def url_for_driver(engine: Engine) -> str:
    """The address as psycopg reads it."""
    return driver_url(engine.url.render_as_string(hide_password=False))


def execute(engine: Engine, *statements: str) -> None:
    """Do it all in one transaction."""
    with transaction(engine) as session:
        for statement in statements:
            session.execute(text(statement))
