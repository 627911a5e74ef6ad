"""N callers for k of N hours: exactly k are served, in threads and in processes; one key has one effect (D5, D8)."""

import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from multiprocessing.synchronize import Barrier

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from api.calls import Answered, answer_once
from api.database import open_engine, reading, transaction
from api.keys import CallAnswer
from contracts.parties import Client
from entitlements.decision_log import StoredDecision
from entitlements.desk import Caller, check, hold, settle_hold
from entitlements.holds import Hold, HoldEnding
from entitlements.logging_work import Work, log
from entitlements.work import WorkEntry
from tests.builders import (
    Customer,
    a_client,
    a_plan,
    a_sale,
    a_seller,
    ask,
    asked,
    asking,
    at_once,
    its_catalogue,
    moment,
)
from tests.journeys.faults import PROCESSES, run_processes, url_of

AT = "2026-05-13 12:00"
HOURS = 3
"""How many hours there are for all who ask."""


@pytest.fixture
def client(engine: Engine) -> Customer:
    """A client with three hours a month from 01.05.2026 and nothing beyond them."""
    with transaction(engine) as session:
        its_catalogue(session)
        a_plan(session, included_minutes=60 * HOURS, over_limit="block")
        client = a_client(session)
        a_sale(session, a_seller(session), client, starts_on=date(2026, 5, 1), at=moment("2026-05-01"))
    return client


def take_an_hour(session: Session, client_id: int, number: int) -> bool:
    """Check, hold and consume in one transaction; whether the caller was served."""
    envelope = asked(moment(AT), id=f"decision-of-{number}", ticket=f"SD-{number}")
    _, placed = hold(session, Caller({"id": client_id}), ask(AT, 60), envelope)
    if placed is None:
        return False
    at = placed.placed_at
    log(session, Work(client_id, "desk", f"SD-{number}/1", 60, at, service="remote_work"), at=at)
    settle_hold(session, placed.id, at=at)
    return True


def assert_taken_once(engine: Engine, client: Customer, callers: int) -> None:
    """All the hours are used, none is held or overdrawn, and every caller has an answer."""
    with reading(engine) as session:
        hours = check(session, asking(client), ask("2026-05-13 12:01")).hours
        assert hours is not None
        assert (hours.used_minutes, hours.held_minutes, hours.overage_minutes) == (60 * HOURS, 0, 0)
        assert len(session.exec(select(WorkEntry.id)).all()) == HOURS
        assert len(session.exec(select(HoldEnding.id)).all()) == HOURS
        assert len(session.exec(select(StoredDecision.id)).all()) == callers


@pytest.mark.parametrize("callers", [8, pytest.param(64, marks=pytest.mark.long)])
def test_threads_that_want_an_hour_of_three_have_exactly_three_winners_d5(
    engine: Engine, client: Customer, callers: int
) -> None:
    def caller(number: int) -> Callable[[Session], bool]:
        return lambda session: take_an_hour(session, client.id, number)

    assert at_once(engine, *map(caller, range(callers))).count(True) == HOURS
    assert_taken_once(engine, client, callers)


def take_in_a_process(url: str, client_id: int, first: int, calls: int, start: Barrier) -> None:
    """Ask for an hour so many times, as soon as the others are ready; it ends with the number of hours it got."""
    engine = open_engine(url)
    with reading(engine) as session:
        session.get_one(Client, client_id)
    start.wait(60)
    won = 0
    for number in range(first, first + calls):
        with transaction(engine) as session:
            won += take_an_hour(session, client_id, number)
    sys.exit(won)


@pytest.mark.parametrize("processes", [4, pytest.param(8, marks=pytest.mark.long)])
def test_processes_that_want_an_hour_of_three_have_exactly_three_winners_d5(
    engine: Engine, client: Customer, processes: int
) -> None:
    calls = 64 // processes
    start = PROCESSES.Barrier(processes)
    arguments = [(url_of(engine), client.id, calls * one, calls, start) for one in range(processes)]
    won = run_processes(take_in_a_process, arguments)
    assert sum(count for count in won if count is not None) == HOURS, won
    assert_taken_once(engine, client, 64)


@pytest.mark.parametrize("threads", [8, pytest.param(64, marks=pytest.mark.long)])
def test_the_same_key_from_320_calls_holds_once_and_all_get_its_answer_d8(
    engine: Engine, client: Customer, threads: int
) -> None:
    start = threading.Barrier(threads)

    def call(number: int) -> Answered:
        if number < threads:
            start.wait(60)
        with transaction(engine) as session:

            def act() -> Answered:
                _, placed = hold(session, asking(client), ask(AT, 60), asked(moment(AT)))
                assert placed is not None
                return Answered(200, f"hold {placed.id} of {number}")

            return answer_once(session, "key:1", "k", "the same", act, at=moment(AT))

    with ThreadPoolExecutor(threads) as pool:
        answers = list(pool.map(call, range(320)))
    assert len({answer.body for answer in answers}) == 1
    assert sum(not answer.replayed for answer in answers) == 1
    with reading(engine) as session:
        for table in (Hold, StoredDecision, CallAnswer):
            assert len(session.exec(select(table)).all()) == 1
