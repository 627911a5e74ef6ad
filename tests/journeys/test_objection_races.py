"""N who answer a line make one answer, N who decide an objection make one decision and one credit (P6)."""

import sys
from collections.abc import Callable
from datetime import date
from multiprocessing.synchronize import Barrier
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from api.database import open_engine, reading, transaction
from contracts.errors import Refusal
from entitlements.objecting import accept, object_to, reject, uphold
from entitlements.objections import LineReply, ObjectionDecision
from entitlements.work import WorkEntry
from tests.builders import a_client, a_plan, a_sale, a_seller, at_once, closed, its_catalogue, moment, worked
from tests.journeys.faults import PROCESSES, run_processes, url_of

AT, CALLERS = moment("2026-11-03 10:00"), 8


@pytest.fixture
def statement(engine: Engine) -> int:
    """A closed October with one line."""
    with transaction(engine) as session:
        its_catalogue(session)
        a_plan(session)
        seller, client = a_seller(session), a_client(session)
        a_sale(session, seller, client, starts_on=date(2026, 10, 1), at=moment("2026-10-01"))
        worked(session, client, "2026-10-05 10:00", 75)
        done = closed(session, seller, client, date(2026, 10, 1))
        assert done is not None
        return done.statement.id


def reply(session: Session, statement: int, number: int) -> int:
    """Half of those who answer object, half accept."""
    if number % 2:
        return accept(session, statement, 1, said_by=f"Клиент {number}", at=AT).id
    return object_to(session, statement, 1, text="Нет", said_by=f"Клиент {number}", at=AT).id


def decide(session: Session, objection: int, number: int) -> int:
    """Half of those who decide uphold, half reject."""
    by = {"reason": "Так", "decided_by": f"Менеджер {number}"}
    if number % 2:
        return reject(session, objection, **by, at=AT).id
    return uphold(session, objection, **by, standing_minutes=15, at=AT).id


def assert_decided_once(engine: Engine) -> None:
    """There is one decision, and work was corrected just when it upholds."""
    with reading(engine) as session:
        decision = session.exec(select(ObjectionDecision)).one()
        corrections = session.exec(select(WorkEntry.id).where(WorkEntry.revision > 1).order_by(col(WorkEntry.id))).all()
        assert list(corrections) == [one for one in (decision.reversal_id, decision.entry_id) if one is not None]


def test_one_of_several_threads_answers_a_line_p6(engine: Engine, statement: int) -> None:
    def replier(number: int) -> Callable[[Session], Any]:
        return lambda session: reply(session, statement, number)

    told = at_once(engine, *map(replier, range(CALLERS)))
    assert [one.code for one in told if isinstance(one, Refusal)] == ["LINE_ANSWERED"] * (CALLERS - 1)
    with reading(engine) as session:
        session.exec(select(LineReply)).one()


def test_one_of_several_threads_decides_p6(engine: Engine, statement: int) -> None:
    with transaction(engine) as session:
        objection = reply(session, statement, 0)

    def decider(number: int) -> Callable[[Session], Any]:
        return lambda session: decide(session, objection, number)

    told = at_once(engine, *map(decider, range(CALLERS)))
    assert [one.code for one in told if isinstance(one, Refusal)] == ["OBJECTION_DECIDED"] * (CALLERS - 1)
    assert_decided_once(engine)


def decide_with_others(url: str, objection: int, number: int, start: Barrier) -> None:
    """Decide with the others; it ends with 1 when it was first."""
    engine, won = open_engine(url), 0
    with reading(engine) as session:
        session.get_one(LineReply, objection)
    start.wait(60)
    try:
        with transaction(engine) as session:
            decide(session, objection, number)
            won = 1
    except Refusal as refused:
        if refused.code != "OBJECTION_DECIDED":
            raise
    sys.exit(won)


def test_one_of_several_processes_decides_p6(engine: Engine, statement: int) -> None:
    with transaction(engine) as session:
        objection = reply(session, statement, 0)
    start = PROCESSES.Barrier(4)
    won = run_processes(decide_with_others, [(url_of(engine), objection, one, start) for one in range(4)])
    assert sorted(won, key=str) == [0, 0, 0, 1], won
    assert_decided_once(engine)
