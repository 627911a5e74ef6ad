"""Logging work: one source event is one entry; corrections are reversals and new entries; nothing is lost (H3, H10)."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from api.database import transaction
from contracts.catalogue import Plan, PlanVersion
from contracts.enrolling import add_entity
from contracts.errors import Refusal
from contracts.locking import lock_client
from contracts.parties import Seller
from entitlements.facts import hours_facts
from entitlements.hours import HoursAccount, account
from entitlements.hours_facts import Charge, Parts
from entitlements.logging_work import Logbook, Logged, Work, log
from entitlements.work import WorkEntry
from tests.builders import (
    Customer,
    a_client,
    a_plan,
    a_registration,
    a_sale,
    a_seller,
    an_inn,
    at_once,
    closed,
    its_catalogue,
    moment,
    refused,
    row_counts,
    some_work,
    worked,
)

AT = moment("2026-04-30 20:00")


@pytest.fixture
def session(session: Session) -> Session:
    its_catalogue(session)
    return session


@pytest.fixture
def sold(session: Session, seller: Seller, client: Customer) -> None:
    """Eight hours a month from 01.01.2026, rounded to 15 minutes."""
    a_plan(session, included_minutes=480)
    a_sale(session, seller, client, starts_on=date(2026, 1, 1), at=moment("2026-01-01"))


def pool(session: Session, client: Customer, seller: Seller, at: str) -> HoursAccount:
    return account(hours_facts(session, client.id, seller.id), moment(at))


def rows(session: Session) -> list[tuple[int, int, bool, date]]:
    """All entries, as their revision, worked minutes, whether they are reversals, and the day that counts."""
    entries = session.exec(select(WorkEntry).order_by(col(WorkEntry.id)))
    return [(one.revision, one.worked_minutes, one.reverses_id is not None, one.counts_on) for one in entries]


def version_of(session: Session, logged: Logged) -> str | None:
    assert logged.entry is not None
    if logged.entry.plan_version_id is None:
        return None
    return session.get_one(Plan, session.get_one(PlanVersion, logged.entry.plan_version_id).plan_id).code


@pytest.mark.parametrize(
    ("started", "minutes", "service", "billed"),
    [
        ("2026-04-29 17:30", 90, "remote_work", 120),
        ("2026-04-30 17:30", 90, "remote_work", 135),  # a shortened day, which ends at 17
        ("2026-04-29 10:00", 1, "remote_work", 15),
        ("2026-04-29 10:00", 16, "remote_work", 30),
        ("2026-04-29 10:00", 61, "remote_work", 75),
        ("2026-04-29 10:00", 35, "visit", 60),
        ("2026-04-29 10:00", 61, "visit", 75),
        ("2026-04-25 10:00", 30, "remote_work", 60),  # a Saturday
        ("2026-04-29 10:00", 16, "a service nobody knows", 30),
    ],
)
@pytest.mark.usefixtures("sold")
def test_billed_minutes_follow_from_the_calendar_and_the_plan_h3(
    session: Session, seller: Seller, client: Customer, started: str, minutes: int, service: str, billed: int
) -> None:
    logged = worked(session, client, started, minutes, service=service)
    assert logged.entry is not None
    assert logged.entry.worked_minutes == minutes  # the truth is kept beside the billed
    [line] = pool(session, client, seller, "2026-05-01").lines
    assert line.billed_minutes == billed


@pytest.mark.usefixtures("sold")
def test_work_of_which_only_the_day_is_known_is_wholly_in_the_zone_of_its_day_h3(
    session: Session, seller: Seller, client: Customer
) -> None:
    for day, number in ((date(2026, 4, 29), "a"), (date(2026, 4, 25), "b")):
        work = some_work(client, "2026-04-29", 600, started_at=None, work_on=day, external_id=number)
        entry = log(session, work, at=AT).entry
        assert entry is not None
        assert (entry.timed, entry.work_on, entry.started_at) == (False, day, moment(day.isoformat()))
    assert [line.billed_minutes for line in pool(session, client, seller, "2026-05-01").lines] == [1200, 600]


@pytest.mark.parametrize(
    ("time_zone", "started", "day"),
    [
        ("Europe/Moscow", "2026-10-31 23:40", date(2026, 10, 31)),
        ("Asia/Kamchatka", "2026-10-31 23:40", date(2026, 11, 1)),
        ("America/New_York", "2026-11-01 05:00", date(2026, 10, 31)),
    ],
)
def test_an_entry_belongs_to_the_day_of_its_start_where_the_seller_is_h11(
    session: Session, client: Customer, time_zone: str, started: str, day: date
) -> None:
    a_seller(session, time_zone=time_zone)
    entry = worked(session, client, started, 40).entry
    assert entry is not None
    assert (entry.work_on, entry.counts_on) == (day, day)


@pytest.mark.usefixtures("sold")
def test_work_over_midnight_of_a_month_end_is_all_the_old_months_h11(
    session: Session, seller: Seller, client: Customer
) -> None:
    worked(session, client, "2026-10-31 23:40", 40)
    october = closed(session, seller, client, date(2026, 10, 1))
    assert october is not None
    assert october.statement.used_minutes == 90  # a Saturday, and a Sunday after midnight: 40 at 200 %


@pytest.mark.usefixtures("sold")
def test_the_same_event_twice_changes_nothing_h10(session: Session, client: Customer) -> None:
    work = some_work(client, "2026-04-29 10:00", 30, ticket="SD-1", summary="настройка")
    first = log(session, work, at=AT)
    counts = row_counts(session)
    for again in (work, replace(work, source=" desk ", ticket=" SD-1", summary="настройка ")):
        second = log(session, again, at=moment("2026-05-09"))
        assert (second.unchanged, second.entry, second.reversal) == (True, first.entry, None)
    assert row_counts(session) == counts


@pytest.mark.parametrize(
    "changes",
    [
        {"worked_minutes": 45},
        {"started_at": moment("2026-04-29 11:00")},
        {"started_at": None, "work_on": date(2026, 4, 29)},
        {"charge": Charge.PAID},
        {"ticket": "SD-2"},
        {"service": "visit"},
        {"channel": "phone"},
        {"asked_by": "Анна"},
        {"engineer": "Пётр"},
        {"summary": "иначе"},
    ],
)
@pytest.mark.usefixtures("sold")
def test_an_event_told_otherwise_is_reversed_and_entered_anew_h10(
    session: Session, seller: Seller, client: Customer, changes: dict[str, Any]
) -> None:
    work = some_work(client, "2026-04-29 10:00", 30)
    first = log(session, work, at=AT)
    second = log(session, replace(work, **changes), at=AT)
    assert second.reversal is not None
    assert second.entry is not None
    assert second.reversal.reverses_id == first.entry.id  # type: ignore[union-attr]
    assert [row[:3] for row in rows(session)] == [
        (1, 30, False),
        (2, -30, True),
        (3, second.entry.worked_minutes, False),
    ]
    [line] = pool(session, client, seller, "2026-05-01").lines
    assert line.entry_id == second.entry.id


@pytest.mark.usefixtures("sold")
def test_corrections_may_follow_one_another_and_lead_back_to_the_first_value_h10(
    session: Session, seller: Seller, client: Customer
) -> None:
    work = some_work(client, "2026-04-29 10:00", 30)
    for minutes in (30, 45, 60, 30, 30):
        log(session, replace(work, worked_minutes=minutes), at=AT)
    assert [row[1] for row in rows(session)] == [30, -30, 45, -45, 60, -60, 30]
    assert [row[0] for row in rows(session)] == [1, 2, 3, 4, 5, 6, 7]
    assert [line.billed_minutes for line in pool(session, client, seller, "2026-05-01").lines] == [30]


@pytest.mark.usefixtures("sold")
def test_no_minutes_take_the_event_back_and_it_can_come_again_h3_h10(
    session: Session, seller: Seller, client: Customer
) -> None:
    work = some_work(client, "2026-04-29 10:00", 30)
    nothing = log(session, replace(work, worked_minutes=0), at=AT)
    assert (nothing.entry, nothing.reversal, nothing.unchanged) == (None, None, True)
    log(session, work, at=AT)
    back = log(session, replace(work, worked_minutes=0, started_at=None), at=AT)
    assert (back.entry, back.unchanged) == (None, False)
    assert log(session, replace(work, worked_minutes=0), at=AT).unchanged
    assert pool(session, client, seller, "2026-05-01").lines == ()
    log(session, work, at=AT)
    assert [row[1] for row in rows(session)] == [30, -30, 30]
    assert [line.billed_minutes for line in pool(session, client, seller, "2026-05-01").lines] == [30]


@pytest.mark.usefixtures("sold")
def test_a_correction_of_a_closed_month_counts_on_the_first_open_day_h10(
    session: Session, seller: Seller, client: Customer
) -> None:
    work = some_work(client, "2026-04-29 10:00", 60)
    log(session, work, at=AT)
    april = closed(session, seller, client, date(2026, 4, 1))
    logged = log(session, replace(work, worked_minutes=90), at=moment("2026-05-06"))
    first_open = date(2026, 5, 1)
    assert rows(session) == [
        (1, 60, False, date(2026, 4, 29)),
        (2, -60, True, first_open),
        (3, 90, False, first_open),
    ]
    assert logged.entry is not None
    assert logged.entry.work_on == date(2026, 4, 29)
    given_back, anew = pool(session, client, seller, "2026-05-07").lines
    assert given_back.parts == Parts(goodwill_minutes=-60)
    assert anew.billed_minutes == 90
    may = closed(session, seller, client, date(2026, 5, 1))
    assert april is not None
    assert may is not None
    assert (april.statement.used_minutes, may.statement.used_minutes) == (60, 30)


@pytest.mark.usefixtures("sold")
def test_a_second_correction_after_the_closing_undoes_the_first_one_at_once_h10(
    session: Session, seller: Seller, client: Customer
) -> None:
    work = some_work(client, "2026-04-29 10:00", 60)
    log(session, work, at=AT)
    closed(session, seller, client, date(2026, 4, 1))
    for minutes in (90, 30):
        log(session, replace(work, worked_minutes=minutes), at=moment("2026-05-06"))
    assert [line.billed_minutes for line in pool(session, client, seller, "2026-05-07").lines] == [-60, 30]


@pytest.mark.usefixtures("sold")
def test_late_work_counts_on_the_first_open_day_and_keeps_its_own_h10(
    session: Session, seller: Seller, client: Customer
) -> None:
    closed(session, seller, client, date(2026, 4, 1))
    entry = worked(session, client, "2026-04-29 17:30", 90, at=moment("2026-05-06")).entry
    assert entry is not None
    assert (entry.work_on, entry.counts_on) == (date(2026, 4, 29), date(2026, 5, 1))
    assert [line.billed_minutes for line in pool(session, client, seller, "2026-05-07").lines] == [120]


def test_a_correction_that_moves_work_to_another_seller_reverses_it_in_the_first_ones_open_month_h10(
    session: Session, seller: Seller, client: Customer
) -> None:
    south = a_seller(session, "south")
    work = some_work(client, "2026-04-29 10:00", 60, seller_id=seller.id, charge=Charge.GOODWILL)
    log(session, work, at=AT)
    closed(session, seller, client, date(2026, 4, 1))
    log(session, replace(work, seller_id=south.id), at=moment("2026-05-06"))
    assert [row[3] for row in rows(session)] == [date(2026, 4, 29), date(2026, 5, 1), date(2026, 4, 29)]
    assert [line.parts for line in pool(session, client, seller, "2026-05-07").lines] == [Parts(free_minutes=-60)]
    assert [line.parts for line in pool(session, client, south, "2026-05-07").lines] == [Parts(free_minutes=60)]


def test_work_without_any_cover_is_recorded_and_is_overage_h12(
    session: Session, seller: Seller, client: Customer
) -> None:
    logged = worked(session, client, "2026-04-29 10:00", 20)
    assert version_of(session, logged) is None
    [line] = pool(session, client, seller, "2026-05-01").lines
    assert line.parts == Parts(overage_minutes=30)


@pytest.mark.parametrize(
    ("charge", "parts"),
    [
        (Charge.DRAW, Parts(included_minutes=60)),
        (Charge.PAID, Parts(paid_minutes=60)),
        (Charge.GOODWILL, Parts(free_minutes=60)),
        (Charge.OUT_OF_SCOPE, Parts(free_minutes=60)),
    ],
)
@pytest.mark.usefixtures("sold")
def test_only_work_that_draws_takes_from_the_grants_h9(
    session: Session, seller: Seller, client: Customer, charge: Charge, parts: Parts
) -> None:
    worked(session, client, "2026-04-29 10:00", 60, charge=charge)
    [line] = pool(session, client, seller, "2026-05-01").lines
    assert line.parts == parts


def test_among_plans_that_run_the_one_that_draws_hours_for_the_service_is_chosen_then_the_one_that_ends_first_d3(
    session: Session, seller: Seller, client: Customer
) -> None:
    visits = [{"code": "visit", "draws_hours": True}, {"code": "remote_work"}]
    for code, months, services in (("long", 12, None), ("short", 3, None), ("visits", 1, visits)):
        a_plan(session, code, **({"services": services} if services else {}))
        a_sale(session, seller, client, code, term_months=months, starts_on=date(2026, 4, 15), at=AT)
    assert version_of(session, worked(session, client, "2026-04-29 10:00", 20)) == "short"
    assert version_of(session, worked(session, client, "2026-04-29 10:00", 20, service="visit")) == "visits"
    assert version_of(session, worked(session, client, "2026-04-29 10:00", 20, service="")) == "visits"
    assert version_of(session, worked(session, client, "2026-08-03 10:00", 20)) == "long"


def test_a_free_period_gives_its_plan_to_work_when_nothing_sold_runs_s1(
    session: Session, seller: Seller, client: Customer
) -> None:
    number = a_registration(session, client.entity, bought_on=date(2026, 3, 15)).number
    a_sale(session, seller, client, "its-prof", registrations=(number,), at=moment("2026-03-20"))
    assert version_of(session, worked(session, client, "2026-04-29 10:00", 20)) == "its-prof"


@pytest.mark.parametrize(
    ("day", "chosen"),
    [
        ("2026-01-12", "first"),  # it starts next, although another one ends next
        ("2026-04-20", "first"),  # both ended, this one last
        ("2026-04-30", "first"),
        ("2026-06-05", "third"),
    ],
)
def test_work_outside_every_term_falls_under_the_plan_that_ended_last_else_the_next_one(
    session: Session, seller: Seller, client: Customer, day: str, chosen: str
) -> None:
    starts = {"second": date(2026, 2, 21), "first": date(2026, 1, 20), "third": date(2026, 5, 1)}
    for code, start in starts.items():
        a_plan(session, code)
        months = 3 if code == "first" else 1
        a_sale(session, seller, client, code, term_months=months, starts_on=start, at=moment("2026-01-01"))
    assert version_of(session, worked(session, client, f"{day} 10:00", 20)) == chosen


def test_the_seller_is_the_one_who_serves_the_client_and_stays_that_of_the_event(
    session: Session, seller: Seller, client: Customer
) -> None:
    south = a_seller(session, "south")
    work = some_work(client, "2026-04-29 10:00", 30)
    with refused(session, "SELLER_REQUIRED", field="seller_id", allowed=[seller.id, south.id]):
        log(session, work, at=AT)
    a_plan(session)
    a_sale(session, south, client, starts_on=date(2026, 4, 1), at=moment("2026-04-01"))
    assert log(session, work, at=AT).entry.seller_id == south.id  # type: ignore[union-attr]
    a_plan(session, "other")
    a_sale(session, seller, client, "other", starts_on=date(2026, 4, 1), at=moment("2026-04-01"))
    assert log(session, work, at=AT).unchanged


def wrong_work() -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    tomorrow = moment("2026-05-01 20:01")
    return [
        ("CLIENT_UNKNOWN", {"client_id": 404}, {"field": "client_id", "value": 404}),
        ("SELLER_UNKNOWN", {"seller_id": 404}, {"field": "seller_id", "value": 404}),
        ("ENTITY_UNKNOWN", {"entity_id": 404}, {"field": "entity_id", "value": 404}),
        ("ENTITY_UNKNOWN", {"entity_id": "theirs"}, {"field": "entity_id"}),
        ("EXTERNAL_ID_TAKEN", {"external_id": "theirs"}, {"field": "external_id", "value": "theirs"}),
        ("MINUTES_WRONG", {"worked_minutes": -1}, {"field": "worked_minutes", "allowed": "0 to 44640"}),
        ("MINUTES_WRONG", {"worked_minutes": 44_641}, {"field": "worked_minutes", "value": 44_641}),
        ("WORK_DATE_REQUIRED", {"started_at": None}, {"field": "started_at"}),
        ("WORK_IN_FUTURE", {"started_at": tomorrow}, {"field": "started_at", "value": tomorrow}),
        ("WORK_IN_FUTURE", {"started_at": None, "work_on": date(2026, 5, 2)}, {"field": "work_on"}),
        ("WORK_IN_FUTURE", {"started_at": datetime.max.replace(tzinfo=AT.tzinfo)}, {"field": "started_at"}),
        ("CALENDAR_YEAR_UNKNOWN", {"started_at": datetime.min.replace(tzinfo=AT.tzinfo)}, {"field": "started_at"}),
        ("CALENDAR_YEAR_UNKNOWN", {"started_at": moment("1999-12-31 12:00")}, {"allowed": "from 2000"}),
        ("TEXT_WRONG", {"source": ""}, {"field": "source"}),
        ("TEXT_WRONG", {"external_id": " "}, {"field": "external_id"}),
        ("TEXT_WRONG", {"ticket": "SD\x00"}, {"field": "ticket"}),
        ("TEXT_WRONG", {"summary": "я" * 2001}, {"field": "summary"}),
        ("TEXT_WRONG", {"engineer": "\u202eПётр"}, {"field": "engineer"}),
    ]


@pytest.mark.parametrize(("code", "wrong", "facts"), wrong_work())
@pytest.mark.usefixtures("sold")
def test_work_that_cannot_be_is_refused_and_nothing_is_written(
    session: Session, client: Customer, code: str, wrong: dict[str, Any], facts: dict[str, Any]
) -> None:
    other = a_client(session, "Лютик")
    worked(session, other, "2026-04-29 10:00", 30, external_id="theirs")
    if wrong == {"entity_id": "theirs"}:
        wrong = {"entity_id": other.entity.id}
    with refused(session, code, **facts):
        log(session, replace(some_work(client, "2026-04-29 10:00", 30), **wrong), at=AT)


@pytest.mark.usefixtures("sold")
def test_an_entity_of_the_client_may_be_named_h8(session: Session, client: Customer) -> None:
    sister = add_entity(session, client.id, {"name": "ООО «Сестра»", "inn": an_inn()})
    entry = worked(session, client, "2026-04-29 10:00", 30, entity_id=sister.id).entry
    assert entry is not None
    assert entry.entity_id == sister.id


@pytest.mark.usefixtures("sold")
def test_an_event_that_comes_twice_in_one_file_is_one_entry_h10(session: Session, client: Customer) -> None:
    work = some_work(client, "2026-04-29 10:00", 30)
    lock_client(session, client.id)
    book = Logbook(session, work.source, [work.external_id])
    assert [book.log(replace(work, worked_minutes=minutes), at=AT).unchanged for minutes in (30, 30, 45)] == [
        False,
        True,
        False,
    ]
    session.flush()
    assert [row[1] for row in rows(session)] == [30, -30, 45]


def test_one_event_told_many_times_at_once_is_one_entry_h10(engine: Engine) -> None:
    with transaction(engine) as session:
        its_catalogue(session)
        a_seller(session)
        client = a_client(session)
    work = some_work(client, "2026-04-29 10:00", 30)

    def tell(event: Work) -> Any:
        return lambda session: log(session, event, at=AT).unchanged

    results = at_once(engine, *[tell(work)] * 6, *[tell(replace(work, worked_minutes=45))] * 2)
    assert not [one for one in results if isinstance(one, Refusal)]
    with transaction(engine) as session:
        entries = rows(session)
        assert [row[0] for row in entries] == list(range(1, len(entries) + 1))
        assert sum(row[1] for row in entries) in (30, 45)
