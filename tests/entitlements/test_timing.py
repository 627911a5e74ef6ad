"""H10: a timer's work is logged once, by the minutes that it ran; an engineer has one that runs."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from api.database import reading, transaction
from contracts.errors import Refusal
from contracts.parties import Seller
from entitlements.timers import Timer
from entitlements.timing import FORGOTTEN_AFTER, Task, TimerState, open_timers, pause, resume, start, stop
from entitlements.work import WorkEntry
from tests.builders import (
    Customer,
    a_client,
    a_plan,
    a_sale,
    a_seller,
    at_once,
    its_catalogue,
    moment,
    refused,
    worked,
)

TEN = moment("2026-10-05 10:00")


@pytest.fixture
def seller(session: Session) -> Seller:
    its_catalogue(session)
    a_plan(session)
    return a_seller(session)


@pytest.fixture
def customer(session: Session, seller: Seller) -> Customer:
    customer = a_client(session)
    a_sale(session, seller, customer, at=moment("2026-09-01"))
    return customer


def a_task(customer: Customer, engineer: str = "Ильин А. С.", ticket: str = "SD-1") -> Task:
    return Task(customer.id, engineer, entity_id=customer.entity.id, ticket=ticket, service="remote_work")


def after(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


def test_nobody_else_reports_under_the_source_of_timers_but_to_correct_h10(
    session: Session, customer: Customer
) -> None:
    timer = start(session, a_task(customer), at=TEN)
    other = a_client(session, "Лютик")
    for external_id in (str(timer.id), "9" * 40, "SD-1"):
        with refused(session, "SOURCE_RESERVED", field="source", value="timer"):
            worked(session, other, "2026-10-05 09:00", 30, source="timer", external_id=external_id)
    logged = stop(session, timer.id, at=TEN + after(600))[1].entry
    assert logged is not None
    assert logged.worked_minutes == 10
    corrected = worked(session, customer, "2026-10-05 10:00", 5, source="timer", external_id=str(timer.id)).entry
    assert corrected is not None
    assert corrected.worked_minutes == 5


def test_a_timer_logs_its_stretches_as_one_entry_in_whole_minutes_h2_h10(session: Session, customer: Customer) -> None:
    timer = start(session, a_task(customer), at=TEN)
    pause(session, timer.id, at=TEN + after(90))
    resume(session, timer.id, at=TEN + after(600))
    _, logged = stop(session, timer.id, at=TEN + after(600 + 100), summary="Перенос остатков")
    entry = logged.entry
    assert entry is not None
    assert (entry.source, entry.external_id, entry.worked_minutes) == ("timer", str(timer.id), 4)  # 190 seconds
    assert (entry.started_at, entry.engineer, entry.ticket) == (TEN, "Ильин А. С.", "SD-1")
    assert (entry.summary, entry.entity_id) == ("Перенос остатков", customer.entity.id)
    with refused(session, "TIMER_STOPPED", field="timer_id", value=timer.id):
        stop(session, timer.id, at=TEN + after(800))


def test_each_stretch_counts_in_its_own_rate_zone_h3(session: Session, customer: Customer) -> None:
    """Half an hour in the afternoon and half an hour late in the evening, with supper in between."""
    timer = start(session, a_task(customer), at=moment("2026-10-05 16:30"))
    pause(session, timer.id, at=moment("2026-10-05 17:00"))
    resume(session, timer.id, at=moment("2026-10-05 21:00"))
    _, logged = stop(session, timer.id, at=moment("2026-10-05 21:30"))
    assert logged.entry is not None
    assert (logged.entry.worked_minutes, logged.entry.weighted_hundredths) == (60, 30 * 100 + 30 * 150)


def test_an_engineer_has_one_timer_that_runs(session: Session, customer: Customer) -> None:
    first = start(session, a_task(customer), at=TEN)
    with refused(session, "TIMER_RUNNING", timer_id=first.id, ticket="SD-1"):
        start(session, a_task(customer, ticket="SD-2"), at=TEN)
    start(session, a_task(customer, "Котова И. Л."), at=TEN)
    pause(session, first.id, at=TEN + after(60))
    second = start(session, a_task(customer, ticket="SD-2"), at=TEN + after(60))
    with refused(session, "TIMER_RUNNING", timer_id=second.id):
        resume(session, first.id, at=TEN + after(90))
    with refused(session, "TIMER_PAUSED", field="timer_id"):
        pause(session, first.id, at=TEN + after(90))
    stop(session, second.id, at=TEN + after(120))
    resume(session, first.id, at=TEN + after(120))
    states = {(one.ticket, one.engineer): (one.state, one.measured_minutes) for one in _open(session, 180)}
    assert states == {
        ("SD-1", "Ильин А. С."): (TimerState.RUNNING, 2),
        ("SD-1", "Котова И. Л."): (TimerState.RUNNING, 3),
    }


def _open(session: Session, seconds: float) -> list:
    return open_timers(session, at=TEN + after(seconds))


def test_nothing_is_started_that_could_not_be_logged(session: Session, customer: Customer) -> None:
    for code, task in {
        "CLIENT_UNKNOWN": Task(999, "Ильин"),
        "ENTITY_UNKNOWN": Task(customer.id, "Ильин", entity_id=999),
        "SELLER_UNKNOWN": Task(customer.id, "Ильин", seller_id=999),
        "TEXT_WRONG": Task(customer.id, " "),
    }.items():
        with refused(session, code):
            start(session, task, at=TEN)
    a_seller(session, "south")
    unserved = a_client(session, "Без договора")
    with refused(session, "SELLER_REQUIRED"):
        start(session, Task(unserved.id, "Ильин"), at=TEN)


def test_a_forgotten_timer_is_named_and_may_end_when_the_work_did(session: Session, customer: Customer) -> None:
    timer = start(session, a_task(customer), at=TEN)
    late = TEN + FORGOTTEN_AFTER
    assert [one.is_forgotten for one in open_timers(session, at=late)] == [False]
    assert [one.is_forgotten for one in open_timers(session, at=late + after(1))] == [True]
    for wrong in (TEN - after(1), late + after(2)):
        with refused(session, "TIMER_END_WRONG", field="ended_at"):
            stop(session, timer.id, at=late + after(1), ended_at=wrong)
    _, logged = stop(session, timer.id, at=late + after(1), ended_at=TEN + after(1800))
    assert logged.entry is not None
    assert logged.entry.worked_minutes == 30
    assert open_timers(session, at=late) == []


def test_a_paused_timer_stops_where_it_stood(session: Session, customer: Customer) -> None:
    timer = start(session, a_task(customer), at=TEN)
    pause(session, timer.id, at=TEN + after(3600), ended_at=TEN + after(600))
    with refused(session, "TIMER_END_WRONG", field="ended_at"):
        stop(session, timer.id, at=TEN + after(7200), ended_at=TEN + after(3000))
    assert [one.is_forgotten for one in open_timers(session, at=TEN + FORGOTTEN_AFTER + after(700))] == [True]
    _, logged = stop(session, timer.id, at=TEN + after(7200))
    assert logged.entry is not None
    assert logged.entry.worked_minutes == 10


def test_of_two_who_stop_a_timer_at_once_one_is_told_and_the_work_is_logged_once_h10(engine: Engine) -> None:
    with transaction(engine) as session:
        its_catalogue(session)
        a_plan(session)
        customer = a_client(session)
        a_sale(session, a_seller(session), customer, at=moment("2026-09-01"))
        timer_id = start(session, a_task(customer), at=TEN).id
    done = at_once(engine, *[lambda session: stop(session, timer_id, at=TEN + after(600))[0].id] * 2)
    assert sorted(getattr(one, "code", one) if isinstance(one, Refusal) else str(one) for one in done) == [
        str(timer_id),
        "TIMER_STOPPED",
    ]
    with reading(engine) as session:
        assert session.exec(select(WorkEntry.worked_minutes)).all() == [10]


def test_of_two_who_start_at_once_one_timer_runs(engine: Engine) -> None:
    with transaction(engine) as session:
        its_catalogue(session)
        a_plan(session)
        customer = a_client(session)
        a_sale(session, a_seller(session), customer, at=moment("2026-09-01"))
    at_once(engine, *[lambda session: start(session, a_task(customer), at=TEN).id] * 2)
    with reading(engine) as session:
        assert session.exec(select(Timer.running_engineer)).all() == ["Ильин А. С."]
