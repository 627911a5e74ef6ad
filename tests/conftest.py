"""What every test can ask for, on both databases: `engine`, and `session`, a writer that is never committed.

Under xdist the controller starts the PostgreSQL server and tells its workers the address; without xdist the first test
that needs it does. `TEST_DATABASE_URL` names another server, on which databases may be created.
"""

import os
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from api.database import open_engine
from api.migrations import migrate
from tests.databases import (
    PostgresServer,
    PostgresTemplates,
    SqliteTemplates,
    fastest_place,
    never_committed,
    rolled_back,
)

SERVER = pytest.StashKey[PostgresServer]()
LOOPBACK = ("127.", "::1", "localhost")


def postgres_url(config: pytest.Config) -> str:
    """The address of the server of this run; it is started when nobody asked before."""
    if "TEST_DATABASE_URL" in os.environ:
        return os.environ["TEST_DATABASE_URL"]
    if hasattr(config, "workerinput"):
        return str(config.workerinput["postgres_url"])
    if SERVER not in config.stash:
        config.stash[SERVER] = PostgresServer()
    return config.stash[SERVER].url


class ForWorkers:
    """The hook of xdist that starts the server before the first worker."""

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tell a worker where PostgreSQL is."""
        node.workerinput["postgres_url"] = postgres_url(node.config)


def only_loopback(event: str, arguments: tuple[Any, ...]) -> None:
    """No test reaches beyond this machine: a hook that Python asks before it connects or looks up a name."""
    match event, arguments:
        case "socket.connect", (_, (str(host), *_)):
            pass
        case "socket.getaddrinfo", (str(host), *_):
            pass
        case _:
            return
    if not host.startswith(LOOPBACK):
        raise RuntimeError(f"a test may reach loopback only, not {host}")


def pytest_configure(config: pytest.Config) -> None:
    sys.addaudithook(only_loopback)
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(fastest_place()))  # of `tmp_path`; workers inherit it
    config.pluginmanager.register(ForWorkers())


def pytest_unconfigure(config: pytest.Config) -> None:
    if SERVER in config.stash:
        config.stash[SERVER].remove()


@pytest.fixture(scope="session")
def postgresql_templates(request: pytest.FixtureRequest) -> Iterator[PostgresTemplates]:
    """A migrated database on PostgreSQL to copy from."""
    with PostgresTemplates.on(postgres_url(request.config)) as templates:
        yield templates


@pytest.fixture(scope="session")
def sqlite_templates(tmp_path_factory: pytest.TempPathFactory) -> SqliteTemplates:
    """A migrated database file to copy from."""
    return SqliteTemplates(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture
def sqlite_engine(sqlite_templates: SqliteTemplates) -> Iterator[Engine]:
    """A migrated SQLite database of this test's own."""
    with sqlite_templates.afresh() as engine:
        yield engine


@pytest.fixture
def postgresql_engine(postgresql_templates: PostgresTemplates) -> Iterator[Engine]:
    """A migrated PostgreSQL database of this test's own."""
    with postgresql_templates.afresh() as engine:
        yield engine


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """A migrated database of this test's own, once on SQLite and once on PostgreSQL."""
    found: Engine = request.getfixturevalue(f"{request.param}_engine")
    return found


@pytest.fixture
def durable_postgresql() -> Iterator[PostgresServer]:
    """A PostgreSQL server of this test's own, which may be crashed and started again and keeps what was committed."""
    server = PostgresServer(durable=True)
    yield server
    server.remove()


@pytest.fixture
def durable_engine(durable_postgresql: PostgresServer) -> Iterator[Engine]:
    """A migrated database of that server: what is done to the server is done to no other test that runs meanwhile."""
    engine = open_engine(durable_postgresql.url)
    migrate(engine)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def sqlite_kept(sqlite_templates: SqliteTemplates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A migrated SQLite database that stays as it is."""
    with sqlite_templates.copy(tmp_path_factory.mktemp("kept")) as engine:
        yield never_committed(engine)


@pytest.fixture(scope="session")
def postgresql_kept(postgresql_templates: PostgresTemplates) -> Iterator[Engine]:
    """A migrated PostgreSQL database that stays as it is."""
    with postgresql_templates.copy() as engine:
        yield never_committed(engine)


@pytest.fixture(params=["sqlite", "postgresql"])
def session(request: pytest.FixtureRequest) -> Iterator[Session]:
    """A writer's session that is rolled back at the end of the test, once on SQLite and once on PostgreSQL."""
    with rolled_back(request.getfixturevalue(f"{request.param}_kept")) as session:
        yield session
