"""With its database away, locked, slow, full or corrupt the desk is told yes, no, or 503, and never a wrong one."""

import time
from collections import Counter
from pathlib import Path
from random import Random
from typing import NamedTuple

import httpx
import pytest
from sqlalchemy import Engine

from api.database import transaction
from contracts.blocking import lift_block, raise_block
from tests.api.conftest import TODAY
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
from tests.journeys.desks import CALLERS, CHECKS, PATIENCE, Desk, by_eight, open_desk, question, serving

TIMES = [25, pytest.param(1000, marks=pytest.mark.long)]
"""How many questions each of eight callers asks while a fault lasts."""
FAULTS: list[Fault] = [locked, slow, read_only, full, corrupt_row, pool_exhausted]
SURE = (locked, read_only, full, corrupt_row, pool_exhausted)
"""The faults under which some answers cannot be given."""


class Counted(NamedTuple):
    """How many answers of which kind were given, and those that were wrong."""

    kinds: Counter[str]
    wrong: list[str]


def ask(desk: Desk, times: int) -> Counted:
    """Eight callers, each so many times; an answer is right, a 503, or wrong."""
    counted = Counted(Counter(), [])

    def call(caller: int) -> None:
        chance = Random(caller)
        with desk.calls() as client:
            for _ in range(times):
                client_id = chance.choice(list(desk.right))
                _judge(desk, client_id, client.post(CHECKS, json=question(client_id)), counted)

    by_eight(call)
    return counted


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


def under(fault: Fault, desk: Desk, times: int, *, surely: bool = False) -> Counted:
    """What is answered while the fault lasts; before it and after it everybody gets an answer.

    Where the fault surely makes some answers impossible, it lasts until the first caller has heard so, and reads are
    not waited for long.
    """
    everything_is_as_before(desk)
    with pytest.MonkeyPatch.context() as meanwhile, fault(desk):
        if surely:
            meanwhile.setattr("api.waiting.WAIT_SECONDS", 0.05)
        counted, until = ask(desk, times), time.monotonic() + PATIENCE
        while surely and not counted.kinds["unavailable"]:
            assert time.monotonic() < until, "everything is answered"
            more = ask(desk, times)
            counted = Counted(counted.kinds + more.kinds, counted.wrong + more.wrong)
    everything_is_as_before(desk)
    assert not counted.wrong, counted.wrong[:3]
    assert sum(counted.kinds.values()) >= CALLERS * times
    return counted


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers wait for half a second, not for five, before no more are given; reads for one, not for two."""
    monkeypatch.setattr("api.decision_writer.LATEST_SECONDS", 0.5)
    monkeypatch.setattr("api.decision_writer.EVERY_SECONDS", 0.1)
    monkeypatch.setattr("api.waiting.WAIT_SECONDS", 1.0)


@pytest.mark.parametrize("times", TIMES)
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_fault_never_becomes_a_yes_or_a_no(engine: Engine, tmp_path: Path, fault: Fault, times: int) -> None:
    with open_desk(engine, tmp_path) as desk:
        under(fault, desk, times, surely=fault in SURE)


@pytest.mark.parametrize("times", TIMES)
def test_a_spoilt_snapshot_costs_time_and_no_answer(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    for waits in ("api.decision_writer.LATEST_SECONDS", "api.waiting.WAIT_SECONDS"):
        monkeypatch.setattr(waits, PATIENCE)  # a busy machine may take its time
    with open_desk(engine, tmp_path) as desk:
        counted = under(corrupt_snapshots, desk, times)
    assert not counted.kinds["unavailable"]


@pytest.mark.parametrize("times", TIMES)
def test_a_server_without_connections_for_us_is_no_verdict(durable_engine: Engine, tmp_path: Path, times: int) -> None:
    with open_desk(durable_engine, tmp_path) as desk:
        under(no_connection_left, desk, times, surely=True)


@pytest.mark.parametrize("times", TIMES)
def test_a_database_that_is_away_is_no_verdict_and_is_found_again(
    durable_postgresql: PostgresServer, durable_engine: Engine, tmp_path: Path, times: int
) -> None:
    with open_desk(durable_engine, tmp_path) as desk:
        under(away(durable_postgresql), desk, times, surely=True)


def test_a_suspension_and_its_end_are_seen_by_every_server_with_the_next_answer_s10(
    engine: Engine, tmp_path: Path
) -> None:
    with open_desk(engine, tmp_path) as one, serving(engine, tmp_path) as (_, other):
        client_id = next(client_id for client_id, reason in one.right.items() if reason == "COVERED")
        servers = (one, one._replace(address=other))

        def hear() -> list[str]:
            answers = []
            for desk in servers:
                with desk.calls() as client:
                    answers.append(client.post(CHECKS, json=question(client_id)).json()["reason"])
            return answers

        assert hear() == ["COVERED"] * 2
        for _ in range(20):
            with transaction(engine) as session:
                block = raise_block(session, client_id, "долг", at=TODAY)
            assert hear() == ["CONTRACT_SUSPENDED"] * 2
            with transaction(engine) as session:
                lift_block(session, block.id, at=TODAY)
            assert hear() == ["COVERED"] * 2
