"""A warning is recorded once, in the transaction that tells it, with the hours as they stood (H13)."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from api.database import reading, transaction
from api.telling import tell_changes
from contracts.parties import Seller
from entitlements.changes import ClientChange
from entitlements.desk import release_hold
from entitlements.hour_warnings import HoursWarning
from entitlements.listed_warnings import list_warnings
from entitlements.logging_work import log
from tests.api.conftest import Clock
from tests.builders import (
    Customer,
    a_client,
    a_plan,
    a_sale,
    a_seller,
    closed,
    held,
    its_catalogue,
    moment,
    noon,
    some_work,
    worked,
)


@pytest.fixture
def customer(engine: Engine) -> Customer:
    """A client with eight hours a month from 1 October on, told of."""
    with transaction(engine) as session:
        its_catalogue(session)
        a_plan(session, included_minutes=480, warning_quiet_hours=0)
        seller, own = a_seller(session), a_client(session)
        a_sale(session, seller, own, at=moment("2026-10-01 09:00"), starts_on=date(2026, 10, 1))
    tell(engine, "2026-10-01 10:00")
    return own


def tell(engine: Engine, at: str) -> list[int]:
    """The shares that are warned of now for the first time."""
    known = {one.id for one in recorded(engine)}
    tell_changes(engine, Clock(moment(at)))
    return [one.percent for one in recorded(engine) if one.id not in known]


def recorded(engine: Engine) -> list[HoursWarning]:
    with reading(engine) as session:
        return list(list_warnings(session))


def kinds(engine: Engine) -> list[str]:
    with reading(engine) as session:
        return [one.kinds for one in session.exec(select(ClientChange).order_by(col(ClientChange.id)))]


def test_a_warning_keeps_the_hours_as_they_stood_and_the_forecast_h13(engine: Engine, customer: Customer) -> None:
    with transaction(engine) as session:
        worked(session, customer, "2026-10-05 10:00", 360)
        held(session, customer, "2026-10-05 17:00", 60)
    assert tell(engine, "2026-10-05 18:00") == [80]
    (warning,) = recorded(engine)
    assert (warning.given_minutes, warning.used_minutes, warning.held_minutes) == (480, 360, 60)
    assert (warning.period_starts_on, warning.period_last_day) == (date(2026, 10, 1), date(2026, 10, 31))
    assert (warning.available_minutes, warning.runs_out_on) == (60, date(2026, 10, 9))
    assert "hours.warned" in kinds(engine)[-1]


def test_one_entry_over_three_shares_is_one_warning_h13(engine: Engine, customer: Customer) -> None:
    with transaction(engine) as session:
        worked(session, customer, "2026-10-05 10:00", 600)
    assert tell(engine, "2026-10-05 20:00") == [100]
    assert recorded(engine)[0].overage_minutes == 180  # two hours of them in the evening


def test_reversal_and_reentry_warn_once_h13(engine: Engine, customer: Customer) -> None:
    work, told = some_work(customer, "2026-10-05 10:00", 400), []
    for minute, minutes in enumerate((400, 300, 400, 0, 390, 465, 300, 460)):
        with transaction(engine) as session:
            log(session, replace(work, worked_minutes=minutes), at=moment("2026-10-05 18:00"))
        told += tell(engine, f"2026-10-05 19:{minute:02}")
    assert told == [80, 95]


def test_holds_that_come_and_go_warn_once_h13(engine: Engine, customer: Customer) -> None:
    told = []
    for hour in range(10, 15):
        with transaction(engine) as session:
            _, hold = held(session, customer, f"2026-10-05 {hour}:00", 400)
            assert hold is not None
        told += tell(engine, f"2026-10-05 {hour}:10")
        with transaction(engine) as session:
            release_hold(session, hold.id, at=moment(f"2026-10-05 {hour}:20"))
        told += tell(engine, f"2026-10-05 {hour}:30")
    assert told == [80]


def test_a_new_usage_period_is_warned_of_anew_also_after_the_close_h13(engine: Engine, customer: Customer) -> None:
    with transaction(engine) as session:
        worked(session, customer, "2026-10-05 10:00", 480)
    assert tell(engine, "2026-10-05 20:00") == [100]
    with transaction(engine) as session:
        closed(session, session.exec(select(Seller)).one(), customer, date(2026, 10, 1))
        worked(session, customer, "2026-11-05 10:00", 390)
    assert tell(engine, "2026-11-05 20:00") == [80]
    assert [one.period_starts_on for one in recorded(engine)] == [date(2026, 10, 1), date(2026, 11, 1)]


def test_tellers_at_once_record_one_warning_h13(engine: Engine, customer: Customer) -> None:
    with transaction(engine) as session:
        worked(session, customer, "2026-10-05 10:00", 480)
    clock = Clock(moment("2026-10-05 20:00"))
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: tell_changes(engine, clock), range(4)))
    assert [one.percent for one in recorded(engine)] == [100]


def test_a_share_that_waits_is_told_by_the_clock_alone_h13(engine: Engine) -> None:
    with transaction(engine) as session:
        its_catalogue(session)
        a_plan(session, included_minutes=480)
        seller, own = a_seller(session), a_client(session)
        a_sale(session, seller, own, at=moment("2026-10-01 09:00"), starts_on=date(2026, 10, 1))
        worked(session, own, "2026-10-05 10:00", 390)
    assert tell(engine, "2026-10-05 17:00") == [80]
    with transaction(engine) as session:
        worked(session, own, "2026-10-05 17:00", 90)
    assert tell(engine, "2026-10-05 19:00") == []
    assert tell(engine, "2026-10-05 20:59") == []
    assert tell(engine, "2026-10-05 21:00") == [100]
    assert tell(engine, "2026-10-06 21:00") == []


def test_warnings_are_listed_by_client_seller_and_time_h13(engine: Engine, customer: Customer) -> None:
    with transaction(engine) as session:
        worked(session, customer, "2026-10-05 10:00", 390)
    tell(engine, "2026-10-05 20:00")
    at = moment("2026-10-05 20:00")
    with reading(engine) as session:
        (one,) = list_warnings(session, client_ids=[customer.id], from_at=at, before=at + timedelta(seconds=1))
        assert list_warnings(session, before=at) == []
        assert list_warnings(session, client_ids=[]) == []
        assert list_warnings(session, seller_id=one.seller_id + 1) == []
        assert list_warnings(session, after=one.id) == []
    assert noon(date(2026, 10, 5)) < one.warned_at
