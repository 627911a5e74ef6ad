"""Holds while the database is away, locked, slow, full or corrupt: a key has one effect, nothing is overspent (D8)."""

import time
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import httpx
import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, func, select

from api.database import reading
from api.keys import CallAnswer
from contracts.blocking import raise_block
from entitlements.holds import Hold
from tests.api.conftest import TODAY
from tests.builders import a_client, a_plan, a_sale, a_seller, its_catalogue
from tests.databases import PostgresServer
from tests.journeys.database_faults import (
    Fault,
    away,
    corrupt_row,
    corrupt_snapshots,
    full,
    locked,
    no_connection_left,
    pool_exhausted,
    read_only,
    slow,
)
from tests.journeys.desks import CALLERS, CHECKS, PATIENCE, Desk, by_eight, open_desk, question

TIMES = [25, pytest.param(1000, marks=pytest.mark.long)]
"""How many holds each of eight callers asks for while a fault lasts."""
FAULTS: list[Fault] = [locked, slow, read_only, full, corrupt_snapshots, corrupt_row, pool_exhausted]
PLENTY, SCARCE = "COVERED", "COVERED or HOURS_EXHAUSTED"
SCARCE_MINUTES = 60
SERVED = {"COVERED", "COVERED_LOW_BALANCE"}
RIGHT = {PLENTY: SERVED, SCARCE: SERVED | {"HOURS_EXHAUSTED"}}
WAITS = 0.05
"""Seconds for which the server waits for a lock or a connection here."""


class Wanted(NamedTuple):
    """A hold that a caller asks for, under its own key, and the answer, if it was one."""

    key: str
    client_id: int
    answer: str | None


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Locks and reads are not waited for long; what is not had in time is asked for again."""
    monkeypatch.setattr("api.database.BUSY_SECONDS", WAITS)
    monkeypatch.setattr("api.waiting.WAIT_SECONDS", 1.0)


def clients_for_holds(session: Session) -> dict[int, str]:
    """Clients with plenty of hours, some with an hour for all, some suspended, some without a contract."""
    its_catalogue(session)
    a_plan(session, "plenty", included_minutes=60000, over_limit="block")
    a_plan(session, "scarce", included_minutes=SCARCE_MINUTES, over_limit="block")
    seller, right = a_seller(session), {}
    for place in range(24):
        customer = a_client(session, f"Клиент {place}")
        reason = (PLENTY, SCARCE, PLENTY, "CONTRACT_SUSPENDED", PLENTY, "NO_CONTRACT")[place % 6]
        if reason != "NO_CONTRACT":
            a_sale(
                session, seller, customer, "scarce" if reason == SCARCE else "plenty", starts_on=TODAY.date(), at=TODAY
            )
        if reason == "CONTRACT_SUSPENDED":
            raise_block(session, customer.id, "долг", at=TODAY)
        right[customer.id] = reason
    return right


def want(desk: Desk, calls: httpx.Client, key: str, client_id: int) -> Wanted:
    """Ask for a hold; whatever is told is right, or a 503 that says when to ask again."""
    answer = calls.post(CHECKS, json=question(client_id) | {"mode": "hold"}, headers={"Idempotency-Key": key})
    told = answer.json()
    if answer.status_code == 503:
        assert "decision" not in told, answer.text
        assert "Retry-After" in answer.headers
        return Wanted(key, client_id, None)
    assert answer.status_code == 200, f"client {client_id}: {answer.status_code} {answer.text[:300]}"
    right = desk.right[client_id]
    assert told["reason"] in RIGHT.get(right, {right}), f"client {client_id}, {right}: {answer.text[:300]}"
    assert (told["hold"] is not None) == (told["reason"] in SERVED)
    return Wanted(key, client_id, answer.text)


def want_all(desk: Desk, times: int) -> list[Wanted]:
    """Eight callers, each so many holds."""

    def call(caller: int) -> list[Wanted]:
        chance = Random(caller)
        with desk.calls() as calls:
            return [want(desk, calls, f"{caller}-{n}", chance.choice(list(desk.right))) for n in range(times)]

    return [wanted for some in by_eight(call) for wanted in some]


def ask_again(desk: Desk, before: list[Wanted]) -> list[Wanted]:
    """All of it again, each under its key until it is answered; what was answered is answered the same."""

    def call(caller: int) -> list[Wanted]:
        answered = []
        with desk.calls() as calls:
            for wanted in before[caller::CALLERS]:
                until = time.monotonic() + PATIENCE
                while (again := want(desk, calls, wanted.key, wanted.client_id)).answer is None:
                    assert time.monotonic() < until, "still unavailable"
                assert wanted.answer in (None, again.answer)
                answered.append(again)
        return answered

    return [wanted for some in by_eight(call) for wanted in some]


def assert_taken_once(desk: Desk, answered: list[Wanted]) -> None:
    """There are the holds that the answers tell, no other, and no client's hours are held twice."""
    told: list[Any] = [httpx.Response(200, text=wanted.answer).json() for wanted in answered]
    with reading(desk.engine) as session:
        placed = session.exec(select(Hold.id)).all()
        keys = session.exec(select(func.count()).select_from(CallAnswer)).one()
        held = dict(
            session.exec(select(Hold.client_id, func.sum(col(Hold.minutes))).group_by(col(Hold.client_id))).all()
        )
    assert sorted(placed) == sorted(one["hold"]["id"] for one in told if one["hold"] is not None)
    assert keys == len(answered)
    scarce = [client_id for client_id, reason in desk.right.items() if reason == SCARCE]
    for client_id in scarce:
        wished = 15 * sum(wanted.client_id == client_id for wanted in answered)
        assert held.get(client_id, 0) == min(wished, SCARCE_MINUTES)


def holds_under(fault: Fault, desk: Desk, times: int, *, surely: bool) -> None:
    """Holds are asked for while the fault lasts, and again when it is over."""
    desk.app.state.engine.pool._timeout = WAITS
    with desk.calls() as calls:
        for client_id in desk.right:  # the keys are known, and there are snapshots to be spoilt
            assert calls.post(CHECKS, json=question(client_id)).status_code == 200
    with pytest.MonkeyPatch.context() as meanwhile, fault(desk):
        if surely:
            meanwhile.setattr("api.waiting.WAIT_SECONDS", WAITS)
        before = want_all(desk, times)
    if surely:
        assert any(wanted.answer is None for wanted in before)
    assert_taken_once(desk, ask_again(desk, before))


@pytest.mark.parametrize("times", TIMES)
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_hold_under_a_fault_is_placed_once_or_not_at_all_d8(
    engine: Engine, tmp_path: Path, fault: Fault, times: int
) -> None:
    with open_desk(engine, tmp_path, clients_for_holds) as desk:
        holds_under(fault, desk, times, surely=fault not in (slow, corrupt_snapshots))


@pytest.mark.parametrize("times", TIMES)
def test_a_hold_without_a_connection_is_placed_once_or_not_at_all_d8(
    durable_engine: Engine, tmp_path: Path, times: int
) -> None:
    with open_desk(durable_engine, tmp_path, clients_for_holds) as desk:
        holds_under(no_connection_left, desk, times, surely=True)


@pytest.mark.parametrize("times", TIMES)
def test_a_hold_without_a_database_is_placed_once_or_not_at_all_d8(
    durable_postgresql: PostgresServer, durable_engine: Engine, tmp_path: Path, times: int
) -> None:
    with open_desk(durable_engine, tmp_path, clients_for_holds) as desk:
        holds_under(away(durable_postgresql), desk, times, surely=True)
