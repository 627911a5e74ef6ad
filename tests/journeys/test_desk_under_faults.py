"""With its database away, locked, slow, full or corrupt the desk is told yes, no, or 503, and never a wrong one."""

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from itertools import cycle
from pathlib import Path
from random import Random
from typing import NamedTuple

import httpx
import psycopg
import pysqlite3
import pytest
import uvicorn
from psycopg.pq import TransactionStatus
from sqlalchemy import Engine, text
from sqlmodel import Session

from api.app import create_app
from api.database import open_engine, transaction
from api.identity import create_key
from api.keys import Role
from api.migrations import migrate
from contracts.blocking import lift_block, raise_block
from tests.api.conftest import TODAY, settings_for
from tests.builders import a_client, a_plan, a_sale, a_seller, its_catalogue, worked
from tests.databases import PostgresServer, driver_url

CHECKS = "/v1/entitlement-checks"
CALLERS = 8
PATIENCE = 60
"""Seconds in which a fault must show, and everything must be as before when it is over."""
MOST_CONNECTIONS = 1000


class Desk(NamedTuple):
    """A server that answers, the token of a desk, and what is right to say of each client."""

    engine: Engine
    address: str
    token: str
    right: dict[int, str]


class Counted(NamedTuple):
    """How many answers of which kind were given, and those that were wrong."""

    kinds: Counter[str]
    wrong: list[str]


@contextmanager
def serving(engine: Engine, folder: Path) -> Iterator[str]:
    """The address of a server of this process on the database."""
    app = create_app(settings_for(engine, folder), clock=lambda: TODAY, works=False)
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="critical", access_log=False))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()), daemon=True)
    thread.start()
    until = time.monotonic() + PATIENCE
    while not server.started:
        assert thread.is_alive(), "the server does not start"
        assert time.monotonic() < until
        time.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(PATIENCE)


@contextmanager
def open_desk(engine: Engine, folder: Path) -> Iterator[Desk]:
    """A server with clients that are served, blocked, out of hours and without a contract."""
    with transaction(engine) as session:
        right = _clients(session)
        token = create_key(session, "desk", Role.DESK, at=TODAY)[1]
    with serving(engine, folder) as address:
        yield Desk(engine, address, token, right)


def _clients(session: Session) -> dict[int, str]:
    its_catalogue(session)
    a_plan(session, over_limit="block")
    seller, right = a_seller(session), {}
    for place in range(12):
        customer = a_client(session, f"Клиент {place}")
        reason = ("COVERED", "CONTRACT_SUSPENDED", "HOURS_EXHAUSTED", "NO_CONTRACT")[place % 4]
        if reason != "NO_CONTRACT":
            a_sale(session, seller, customer, starts_on=TODAY.date(), at=TODAY)
        if reason == "CONTRACT_SUSPENDED":
            raise_block(session, customer.id, "долг", at=TODAY)
        if reason == "HOURS_EXHAUSTED":
            worked(session, customer, "2026-10-05 09:00", 60)
        right[customer.id] = reason
    return right


def ask(desk: Desk, times: int, stop: threading.Event | None = None) -> Counted:
    """Eight callers, each so many times or until they are stopped; an answer is right, a 503, or wrong."""
    counted = Counted(Counter(), [])

    def call(caller: int) -> None:
        chance = Random(caller)
        with httpx.Client(base_url=desk.address, headers={"Authorization": f"Bearer {desk.token}"}) as client:
            for _ in range(times):
                if stop is not None and stop.is_set():
                    return
                client_id = chance.choice(list(desk.right))
                _judge(desk, client_id, client.post(CHECKS, json=_question(client_id), timeout=PATIENCE), counted)

    with ThreadPoolExecutor(CALLERS) as pool:
        list(pool.map(call, range(CALLERS)))
    return counted


def _question(client_id: int) -> dict[str, object]:
    return {"client": {"id": client_id}, "service": "remote_work", "requested_minutes": 15}


def _judge(desk: Desk, client_id: int, answer: httpx.Response, counted: Counted) -> None:
    told = answer.json()
    if answer.status_code == 503:
        kind, wrong = "unavailable", "decision" in told or "Retry-After" not in answer.headers
    else:
        kind, wrong = "answered", answer.status_code != 200 or told["reason"] != desk.right[client_id]
    counted.kinds[kind] += 1
    if wrong:
        counted.wrong.append(f"client {client_id}: {answer.status_code} {answer.text[:300]}")


def everything_is_as_before(desk: Desk) -> None:
    """The fault is over: each client gets its answer again."""
    until = time.monotonic() + PATIENCE
    while (counted := ask(desk, 12)).kinds["unavailable"]:
        assert not counted.wrong, counted.wrong[:3]
        assert time.monotonic() < until, "still unavailable"
    assert not counted.wrong, counted.wrong[:3]


# What can happen to a database


@contextmanager
def locked(engine: Engine) -> Iterator[None]:
    """Another program has the tables to itself."""
    if engine.dialect.name == "sqlite":
        other = pysqlite3.connect(engine.url.database, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            other.execute("ROLLBACK")
            other.close()
        return
    with psycopg.connect(driver_url(engine.url.render_as_string(hide_password=False))) as other:
        while other.info.transaction_status is not TransactionStatus.INTRANS:
            other.rollback()
            with suppress(psycopg.errors.DeadlockDetected):  # with a server that writes meanwhile: ask again
                other.execute("LOCK TABLE client, client_snapshot, decision, api_key IN ACCESS EXCLUSIVE MODE")
        yield


@contextmanager
def slow(engine: Engine) -> Iterator[None]:
    """The tables are locked for a moment, again and again."""
    over = threading.Event()

    def hinder() -> None:
        while not over.wait(0.05):
            with locked(engine):
                over.wait(0.2)

    hindering = threading.Thread(target=hinder)
    hindering.start()
    try:
        yield
    finally:
        over.set()
        hindering.join()


@contextmanager
def read_only(engine: Engine) -> Iterator[None]:
    """Nothing can be written: no answer could be proved later."""
    with transaction(engine) as session:
        for statement in _FORBID[engine.dialect.name]:
            session.execute(text(statement))
    yield
    with transaction(engine) as session:
        for statement in _ALLOW[engine.dialect.name]:
            session.execute(text(statement))


_FORBID = {
    "sqlite": ["CREATE TRIGGER full BEFORE INSERT ON decision BEGIN SELECT RAISE(ABORT, 'disk full'); END"],
    "postgresql": [
        "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION USING ERRCODE = '53100'; END $$",
        "CREATE TRIGGER full_disk BEFORE INSERT ON decision EXECUTE FUNCTION full_disk()",
    ],
}
_ALLOW = {
    "sqlite": ["DROP TRIGGER full"],
    "postgresql": ["DROP TRIGGER full_disk ON decision", "DROP FUNCTION full_disk"],
}


@contextmanager
def corrupt_snapshots(engine: Engine) -> Iterator[None]:
    """What saves time is spoilt, in a few ways; one at a time, for the servers write theirs meanwhile."""
    with transaction(engine) as session:
        kept = session.execute(text("SELECT client_id FROM client_snapshot")).scalars().all()
    for client_id, facts in zip(kept, cycle(("", "[]", '{"covers": "none"}')), strict=False):
        with transaction(engine) as session:
            spoilt = text("UPDATE client_snapshot SET facts = :facts WHERE client_id = :client_id")
            session.execute(spoilt, {"facts": facts, "client_id": client_id})
    yield


@contextmanager
def corrupt_row(engine: Engine) -> Iterator[None]:
    """A row of the tables holds what cannot be, and no snapshot hides it."""
    _execute(engine, "DELETE FROM client_snapshot", "UPDATE seller SET time_zone = 'Nowhere/Never'")
    yield
    _execute(engine, "UPDATE seller SET time_zone = 'Europe/Moscow'", "DELETE FROM client_snapshot")


@contextmanager
def no_connection_left(engine: Engine) -> Iterator[None]:
    """Others have taken every connection that PostgreSQL gives, ours among them."""
    with ExitStack() as taken:
        url = driver_url(engine.url.render_as_string(hide_password=False))
        first = taken.enter_context(psycopg.connect(url, autocommit=True))
        first.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        with suppress(psycopg.OperationalError):
            for _ in range(MOST_CONNECTIONS):
                taken.enter_context(psycopg.connect(url))
        yield


def _execute(engine: Engine, *statements: str) -> None:
    with transaction(engine) as session:
        for statement in statements:
            session.execute(text(statement))


@contextmanager
def away(server: PostgresServer) -> Iterator[None]:
    """The server is gone, as after a power cut, and started again."""
    server.crash()
    try:
        yield
    finally:
        server.start()


Fault = Callable[[Engine], AbstractContextManager[None]]
FAULTS: list[Fault] = [locked, slow, read_only, corrupt_row]
SURE = (locked, read_only, corrupt_row)
"""The faults under which some answers cannot be given."""


def under(fault: AbstractContextManager[None], desk: Desk, times: int, *, surely: bool = False) -> Counted:
    """What is answered while the fault lasts; before it and after it everybody gets an answer.

    Where the fault surely makes some answers impossible, it lasts until the first caller has heard so.
    """
    everything_is_as_before(desk)
    with fault:
        counted, until = ask(desk, times), time.monotonic() + PATIENCE
        while surely and not counted.kinds["unavailable"]:
            assert time.monotonic() < until, "everything is answered"
            more = ask(desk, times)
            counted = Counted(counted.kinds + more.kinds, counted.wrong + more.wrong)
    everything_is_as_before(desk)
    assert not counted.wrong, counted.wrong[:3]
    return counted


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers wait for half a second, not for five, before no more are given; reads for one, not for two."""
    monkeypatch.setattr("api.decision_writer.LATEST_SECONDS", 0.5)
    monkeypatch.setattr("api.decision_writer.EVERY_SECONDS", 0.1)
    monkeypatch.setattr("api.waiting.WAIT_SECONDS", 1.0)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_fault_never_becomes_a_yes_or_a_no(engine: Engine, tmp_path: Path, fault: Fault) -> None:
    with open_desk(engine, tmp_path) as desk:
        under(fault(engine), desk, 8 if fault is locked else 40, surely=fault in SURE)


def test_a_spoilt_snapshot_costs_time_and_no_answer(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for waits in ("api.decision_writer.LATEST_SECONDS", "api.waiting.WAIT_SECONDS"):
        monkeypatch.setattr(waits, PATIENCE)  # a busy machine may take its time
    with open_desk(engine, tmp_path) as desk:
        counted = under(corrupt_snapshots(engine), desk, 40)
    assert not counted.kinds["unavailable"]


def test_a_server_without_connections_for_us_is_no_verdict(postgresql_engine: Engine, tmp_path: Path) -> None:
    with open_desk(postgresql_engine, tmp_path) as desk:
        under(no_connection_left(postgresql_engine), desk, 8, surely=True)


def test_a_database_that_is_away_is_no_verdict_and_is_found_again(
    durable_postgresql: PostgresServer, tmp_path: Path
) -> None:
    engine = open_engine(durable_postgresql.url)
    migrate(engine)
    with open_desk(engine, tmp_path) as desk:
        under(away(durable_postgresql), desk, 20, surely=True)
    engine.dispose()


def test_a_suspension_and_its_end_are_seen_by_every_server_with_the_next_answer_s10(
    engine: Engine, tmp_path: Path
) -> None:
    with open_desk(engine, tmp_path) as one, serving(engine, tmp_path) as other:
        client_id = next(client_id for client_id, reason in one.right.items() if reason == "COVERED")
        servers = (one, one._replace(address=other))

        def hear() -> list[str]:
            with httpx.Client(headers={"Authorization": f"Bearer {one.token}"}) as client:
                answers = [client.post(f"{desk.address}{CHECKS}", json=_question(client_id)) for desk in servers]
            return [answer.json()["reason"] for answer in answers]

        assert hear() == ["COVERED"] * 2
        for _ in range(20):
            with transaction(engine) as session:
                block = raise_block(session, client_id, "долг", at=TODAY)
            assert hear() == ["CONTRACT_SUSPENDED"] * 2
            with transaction(engine) as session:
                lift_block(session, block.id, at=TODAY)
            assert hear() == ["COVERED"] * 2


@pytest.mark.long
@pytest.mark.parametrize("fault", [slow, read_only, corrupt_snapshots, corrupt_row], ids=lambda fault: fault.__name__)
def test_eight_callers_with_a_thousand_questions_each_hear_nothing_wrong(
    engine: Engine, tmp_path: Path, fault: Fault
) -> None:
    with open_desk(engine, tmp_path) as desk:
        assert sum(under(fault(engine), desk, 1000).kinds.values()) == CALLERS * 1000
