"""N callers beyond the hours wait in one case, N deciders make one decision, each request is released once (D6)."""

import sys
from collections.abc import Callable
from datetime import date
from multiprocessing.synchronize import Barrier
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from api.database import open_engine, reading, transaction
from contracts.errors import Refusal
from contracts.parties import Client
from entitlements.case_states import CaseState
from entitlements.desk import Caller, hold
from entitlements.holds import Hold
from entitlements.over_limit import decide_case
from entitlements.over_limit_cases import CaseChange, HeldRequest, HeldRequestEnding, OverLimitCase
from tests.builders import Customer, a_client, a_plan, a_sale, a_seller, ask, asked, at_once, its_catalogue, moment
from tests.journeys.faults import PROCESSES, run_processes, url_of

AT, CALLERS = "2026-05-13 12:00", 16


@pytest.fixture
def client(engine: Engine) -> Customer:
    """A client with an hour a month from 01.05.2026, beyond which a manager is asked."""
    with transaction(engine) as session:
        its_catalogue(session)
        a_plan(session, over_limit="approve")
        client = a_client(session)
        a_sale(session, a_seller(session), client, starts_on=date(2026, 5, 1), at=moment("2026-05-01"))
    return client


def wait(session: Session, client_id: int, number: int) -> None:
    """Ask for more than there is."""
    envelope = asked(moment(AT), id=f"decision-of-{number}", ticket=f"SD-{number}")
    answer, placed = hold(session, Caller({"id": client_id}), ask(AT, 90), envelope)
    assert (answer.case is None, placed) == (False, None)


def decide(session: Session, case_id: int, number: int) -> CaseState:
    """One manager's word; each has another."""
    states = CaseState.NEW.followers
    at = moment("2026-05-14")
    return decide_case(session, case_id, states[number % 4], decided_by=f"Менеджер {number}", at=at).state


def case_with_all(engine: Engine) -> int:
    """The one case, which holds every request, each answered with how many there were so far."""
    with reading(engine) as session:
        (case_id,) = session.exec(select(OverLimitCase.id)).all()
        held = session.exec(select(HeldRequest)).all()
        assert {one.case_id for one in held} == {case_id}
        assert len({one.asked_at for one in held}) == len(held) == CALLERS
    return case_id


def assert_decided_once(engine: Engine) -> None:
    """There is one change, every request ended once, and each that was released has its own hold."""
    with reading(engine) as session:
        change = session.exec(select(CaseChange)).one()
        endings = session.exec(select(HeldRequestEnding)).all()
        holds = session.exec(select(Hold.id)).all()
        assert len({one.held_request_id for one in endings}) == len(endings) == CALLERS
        assert sorted(one.hold_id for one in endings if one.hold_id is not None) == sorted(holds)
        assert len(holds) == (CALLERS if change.state.serves else 0)


def test_threads_wait_in_one_case_and_one_of_many_deciders_is_first_d6(engine: Engine, client: Customer) -> None:
    def caller(number: int) -> Callable[[Session], Any]:
        return lambda session: wait(session, client.id, number)

    assert at_once(engine, *map(caller, range(CALLERS))) == [None] * CALLERS
    case_id = case_with_all(engine)

    def decider(number: int) -> Callable[[Session], Any]:
        return lambda session: decide(session, case_id, number)

    told = at_once(engine, *map(decider, range(8)))
    (winner,) = [one for one in told if isinstance(one, CaseState)]
    losers = [one for one in told if isinstance(one, Refusal)]
    assert [(one.code, one.facts["state"]) for one in losers] == [("CASE_DECIDED", winner)] * 7
    assert all(str(one.facts["decided_by"]).startswith("Менеджер") for one in losers)
    assert_decided_once(engine)


def wait_and_decide(url: str, client_id: int, first: int, start: Barrier) -> None:
    """Ask so many times with the others, then decide with the others; it ends with 1 when it was first."""
    engine, won = open_engine(url), 0
    with reading(engine) as session:
        session.get_one(Client, client_id)
    start.wait(60)
    for number in range(first, first + CALLERS // 4):
        with transaction(engine) as session:
            wait(session, client_id, number)
    start.wait(60)
    with transaction(engine) as session:
        case_id = session.exec(select(OverLimitCase.id)).one()
    try:
        with transaction(engine) as session:
            decide(session, case_id, first // 4)
            won = 1
    except Refusal as refused:
        if refused.code != "CASE_DECIDED":
            raise
    sys.exit(won)


def test_processes_wait_in_one_case_and_one_decider_is_first_d6(engine: Engine, client: Customer) -> None:
    start = PROCESSES.Barrier(4)
    arguments = [(url_of(engine), client.id, 4 * one, start) for one in range(4)]
    won = run_processes(wait_and_decide, arguments)
    assert sorted(won, key=str) == [0, 0, 0, 1], won
    case_with_all(engine)
    assert_decided_once(engine)
