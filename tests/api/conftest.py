"""`house`: the application over HTTP, on both databases, with a key of every role and two clients that are served."""

import pickle
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine
from sqlmodel import Session

from api.app import create_app
from api.database import reading, transaction
from api.identity import create_key
from api.journeys import Sold, sell_subscription
from api.keys import Role
from api.migrations import migrate
from api.settings import Settings
from contracts.parties import Seller
from tests.api.certificates import HOST, certificate_of
from tests.builders import Customer, a_client, a_plan, a_seller, an_order, its_catalogue, moment, row_counts
from tests.conftest import postgres_url
from tests.databases import PostgresTemplates, SqliteTemplates

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # Starlette asks for a successor of httpx that the other libraries do not know yet
    from fastapi.testclient import TestClient

TODAY = moment("2026-10-05 10:00")
ROUTES = create_app(Settings(_env_file=None), works=False).router.routes


class Clock:
    """The time of the application, which a test may move."""

    def __init__(self, at: datetime = TODAY) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **span: float) -> None:
        self.at += timedelta(**span)


@dataclass
class House:
    """The application, its database, and what was sold before the test began."""

    engine: Engine
    app: FastAPI
    client: Any
    clock: Clock
    tokens: dict[str, str]
    seller: Seller
    own: Customer
    foreign: Customer
    sold: Sold
    foreign_sold: Sold

    def call(
        self, role: str | None, method: str, path: str, body: Any = None, *, once: str | None = None, **more: Any
    ) -> Any:
        """The answer to a call with a key of the role; `once` is its caller-made key, else a fresh one is made."""
        headers = {"Idempotency-Key": once or uuid4().hex} | more.pop("headers", {})
        if role is not None:
            headers["Authorization"] = f"Bearer {self.tokens[role]}"
        return self.client.request(method, path, json=body, headers=headers, **more)

    def get(self, role: str | None, path: str, **more: Any) -> Any:
        return self.call(role, "GET", path, **more)

    def post(self, role: str | None, path: str, body: Any = None, **more: Any) -> Any:
        return self.call(role, "POST", path, body, **more)

    def rows(self) -> dict[str, int]:
        """How many rows each table holds, but those that only say that somebody asked."""
        with reading(self.engine) as session:
            return row_counts(session)

    def key(self, role: Role, **more: Any) -> str:
        """A new key of the role, under its token."""
        with transaction(self.engine) as session:
            return create_key(session, role.value, role, at=self.clock(), **more)[1]


def settings_for(engine: Engine, folder: Path) -> Settings:
    """Settings of an installation on the database of a test."""
    url = engine.url.render_as_string(hide_password=False)
    return Settings(_env_file=None, database_url=url, store_url=(folder / "papers").as_uri(), language="en")


class Furniture(NamedTuple):
    """What stands in a house before a test begins, with a token of every role."""

    tokens: dict[str, str]
    seller: Seller
    own: Customer
    foreign: Customer
    sold: Sold
    foreign_sold: Sold


def furnish(engine: Engine) -> Furniture:
    """Two clients in a migrated database, each with a sold subscription, and a key of every role."""
    with transaction(engine) as session:
        seller, own, foreign = _parties(session)
        sold, foreign_sold = (
            sell_subscription(session, an_order(seller, customer, starts_on=TODAY.date()), at=TODAY)
            for customer in (own, foreign)
        )
        tokens = {role.value: _token(session, role, None) for role in Role if role is not Role.CLIENT}
        for role in (Role.CLIENT, Role.DESK, Role.VERDICT):
            tokens[f"own {role.value}"] = _token(session, role, own.id)
        tokens["client"] = tokens["own client"]
    return Furniture(tokens, seller, own, foreign, sold, foreign_sold)


@contextmanager
def open_house(engine: Engine, furniture: Furniture, folder: Path) -> Iterator[House]:
    """The application on a furnished database; its routes are those of all, since each has to be taken apart once."""
    clock = Clock()
    app = create_app(settings_for(engine, folder), clock=clock, works=False)
    app.router.routes = ROUTES
    with TestClient(app) as client:
        yield House(engine, app, client, clock, *furniture)


def _parties(session: Session) -> tuple[Seller, Customer, Customer]:
    its_catalogue(session)
    a_plan(session)
    return a_seller(session), a_client(session, "Ромашка"), a_client(session, "Василёк")


def _token(session: Session, role: Role, client_id: int | None) -> str:
    return create_key(session, role.value, role, client_id=client_id, at=TODAY)[1]


def _filled(engine: Engine) -> bytes:
    migrate(engine)
    return pickle.dumps(furnish(engine))


@pytest.fixture(scope="session")
def sqlite_houses(tmp_path_factory: pytest.TempPathFactory) -> SqliteTemplates:
    """A furnished database file to copy from; `filled` is its furniture."""
    return SqliteTemplates(tmp_path_factory.mktemp("houses"), _filled)


@pytest.fixture(scope="session")
def postgresql_houses(request: pytest.FixtureRequest) -> Iterator[PostgresTemplates]:
    """A furnished database on PostgreSQL to copy from; `filled` is its furniture."""
    with PostgresTemplates.on(postgres_url(request.config), _filled) as houses:
        yield houses


@pytest.fixture(params=["sqlite", "postgresql"])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """An application of this test's own, once on SQLite and once on PostgreSQL."""
    houses = request.getfixturevalue(f"{request.param}_houses")
    with houses.afresh() as engine, open_house(engine, pickle.loads(houses.filled), tmp_path) as opened:
        yield opened


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def common_house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """An application for all tests of a file, for those that change nothing."""
    folder = tmp_path_factory.mktemp("house")
    houses: SqliteTemplates | PostgresTemplates = request.getfixturevalue(f"{request.param}_houses")
    copied = houses.copy(folder) if isinstance(houses, SqliteTemplates) else houses.copy()
    with copied as engine, open_house(engine, pickle.loads(houses.filled), folder) as opened:
        yield opened


ON_ONE = pytest.mark.parametrize("common_house", ["sqlite"], indirect=True)
"""For what is judged before any database is asked: the guard, and the shape of what comes in."""


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of desk.example.org and of this machine, with its key."""
    return certificate_of(HOST, "localhost", folder=tmp_path_factory.mktemp("tls"))
