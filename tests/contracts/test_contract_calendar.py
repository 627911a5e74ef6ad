"""A contract's calendar: every dated event in its order, and a proof of tiling that can fail (T1, T5, S1, S4, S5)."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from contracts.contract_calendar import (
    ContractCalendar,
    Event,
    EventKind,
    FreeTerm,
    SoldTerm,
    Tiling,
    contract_calendar,
)
from contracts.standing import Standing, standing_on
from contracts.terms import Term

ONE_DAY = timedelta(days=1)
days = st.dates(date(1990, 1, 1), date(2090, 12, 31))
month_counts = st.integers(1, 60)


def a_sold_term(starts_on: date, months: int, **changes: Any) -> SoldTerm:
    """The first subscription of a contract, without grace, noticed 30 days before its last day."""
    given: dict[str, Any] = {"subscription_id": 1, "plan_code": "support", "term_months": months}
    given |= {"term": Term.of_months(starts_on, months), "serves_from": starts_on, "grace_days": 0, "expiring_days": 30}
    return SoldTerm(**(given | changes))


def tiling_of(sold: SoldTerm) -> Tiling:
    (tiling,) = contract_calendar([sold], []).tilings
    return tiling


def days_of(calendar: ContractCalendar, kind: EventKind) -> list[date]:
    return [event.on for event in calendar.events if event.kind is kind]


@pytest.mark.parametrize(
    ("starts_on", "months", "last_day", "days_in_all"),
    [
        (date(2026, 4, 1), 12, date(2027, 3, 31), 365),
        (date(2026, 3, 15), 3, date(2026, 6, 14), 92),
        (date(2026, 1, 31), 1, date(2026, 2, 28), 29),
        (date(2026, 3, 1), 24, date(2028, 2, 29), 731),
        (date(2026, 10, 5), 3, date(2027, 1, 4), 92),
    ],
)
def test_a_term_has_as_many_months_as_were_sold_up_to_its_last_day_t1(
    starts_on: date, months: int, last_day: date, days_in_all: int
) -> None:
    calendar = contract_calendar([a_sold_term(starts_on, months)], [])
    (tiling,) = calendar.tilings
    assert tiling.tiles
    assert (len(tiling.months), tiling.days) == (months, days_in_all)
    opened = [event for event in calendar.events if event.kind is EventKind.MONTH_START]
    assert [(event.on, event.last_day) for event in opened] == [(one.starts_on, one.last_day) for one in tiling.months]
    assert (opened[0].on, opened[-1].last_day) == (starts_on, last_day)
    assert days_of(calendar, EventKind.LAST_DAY) == [last_day]


@given(days, month_counts)
@example(date(2026, 1, 29), 60)
@example(date(2026, 1, 30), 60)
@example(date(2026, 1, 31), 60)
@example(date(2028, 2, 29), 60)
def test_months_tile_from_any_start_t1(starts_on: date, months: int) -> None:
    tiling = tiling_of(a_sold_term(starts_on, months))
    assert tiling.tiles
    every_day = [month.starts_on + timedelta(days=k) for month in tiling.months for k in range(month.days)]
    assert every_day == [starts_on + timedelta(days=k) for k in range(tiling.sold.term.days)]


JANUARY, FEBRUARY = Term(date(2026, 1, 31), date(2026, 3, 1)), Term(date(2026, 3, 1), date(2026, 3, 31))
MARCH = Term(date(2026, 3, 31), date(2026, 5, 1))


@pytest.mark.parametrize(
    "months",
    [
        pytest.param((), id="none"),
        pytest.param((JANUARY, FEBRUARY), id="the last is missing"),
        pytest.param((FEBRUARY, MARCH), id="the first is missing"),
        pytest.param((JANUARY, MARCH), id="one in between is missing"),
        pytest.param((JANUARY, Term(JANUARY.ends_on, MARCH.ends_on)), id="two are one"),
        pytest.param((Term(date(2026, 1, 30), JANUARY.ends_on), FEBRUARY, MARCH), id="a day too early"),
        pytest.param((JANUARY, FEBRUARY, Term(MARCH.starts_on, date(2026, 5, 2))), id="a day too long"),
        pytest.param((JANUARY, Term(FEBRUARY.starts_on, date(2026, 3, 30)), MARCH), id="a gap of one day"),
        pytest.param((JANUARY, Term(FEBRUARY.starts_on, date(2026, 4, 1)), MARCH), id="an overlap of one day"),
        pytest.param(
            (
                Term(date(2026, 1, 31), date(2026, 2, 28)),
                Term(date(2026, 2, 28), date(2026, 3, 28)),
                Term(date(2026, 3, 28), date(2026, 4, 28)),
            ),
            id="drifted to the 28th",
        ),
        pytest.param((FEBRUARY, JANUARY, MARCH), id="out of order"),
    ],
)
def test_months_that_do_not_tile_are_reported_t1(months: tuple[Term, ...]) -> None:
    whole = tiling_of(a_sold_term(date(2026, 1, 31), 3))
    assert whole.months == (JANUARY, FEBRUARY, MARCH)
    assert whole.tiles
    assert not replace(whole, months=months).tiles


def test_a_term_that_is_not_as_long_as_it_was_sold_for_does_not_tile_t1() -> None:
    assert not tiling_of(a_sold_term(date(2026, 1, 31), 3, term_months=4)).tiles


def test_the_events_of_a_contract_stand_in_the_order_of_their_days_t1_t5() -> None:
    bought = Term.of_months(date(2026, 1, 10), 3)
    sold = a_sold_term(date(2026, 4, 10), 2, grace_days=14, expiring_days=40)
    assert contract_calendar([sold], [FreeTerm("800123456", bought)]).events == (
        Event(date(2026, 1, 10), EventKind.FREE_PERIOD_START, date(2026, 4, 9), registration_number="800123456"),
        Event(date(2026, 4, 9), EventKind.FREE_PERIOD_LAST_DAY, registration_number="800123456"),
        Event(date(2026, 4, 10), EventKind.TERM_START, date(2026, 6, 9), 1),
        Event(date(2026, 4, 10), EventKind.MONTH_START, date(2026, 5, 9), 1),
        Event(date(2026, 4, 30), EventKind.EXPIRING, None, 1),
        Event(date(2026, 5, 10), EventKind.MONTH_START, date(2026, 6, 9), 1),
        Event(date(2026, 6, 9), EventKind.LAST_DAY, None, 1),
        Event(date(2026, 6, 23), EventKind.GRACE_LAST_DAY, None, 1),
    )


def test_a_renewal_starts_the_day_after_the_last_day_and_ends_the_notice_of_the_old_term_s4() -> None:
    old = a_sold_term(date(2026, 4, 1), 12)
    new = a_sold_term(old.term.ends_on, 12, subscription_id=2, predecessor_id=1)
    calendar = contract_calendar([old, new], [])
    assert days_of(calendar, EventKind.TERM_START) == [date(2026, 4, 1)]
    assert days_of(calendar, EventKind.RENEWAL_START) == [date(2027, 4, 1)]
    assert days_of(calendar, EventKind.LAST_DAY) == [date(2027, 3, 31), date(2028, 3, 31)]
    assert days_of(calendar, EventKind.EXPIRING) == [date(2028, 3, 1)]
    assert [tiling.tiles for tiling in calendar.tilings] == [True, True]


def test_service_that_begins_after_its_term_is_named_and_noticed_no_earlier_s5() -> None:
    late = a_sold_term(date(2026, 4, 1), 1, serves_from=date(2026, 4, 20), predecessor_id=7)
    calendar = contract_calendar([late], [])
    assert days_of(calendar, EventKind.RENEWAL_START) == [date(2026, 4, 1)]
    assert days_of(calendar, EventKind.SERVICE_START) == days_of(calendar, EventKind.EXPIRING) == [date(2026, 4, 20)]
    assert days_of(contract_calendar([a_sold_term(date(2026, 4, 1), 1)], []), EventKind.SERVICE_START) == []


@given(days, st.integers(1, 12), st.integers(0, 40), st.integers(0, 400))
def test_notice_and_grace_are_the_days_on_which_the_standing_changes_t5(
    starts_on: date, months: int, grace_days: int, expiring_days: int
) -> None:
    sold = a_sold_term(starts_on, months, grace_days=grace_days, expiring_days=expiring_days)
    calendar = contract_calendar([sold], [])

    def standing(day: date) -> Standing:
        facts: dict[str, Any] = {"has_successor": False, "cancelled_on": None, "suspended": False}
        return standing_on(day, sold.term, grace_days=grace_days, expiring_days=expiring_days, **facts)

    (noticed_on,), (last_day,) = days_of(calendar, EventKind.EXPIRING), days_of(calendar, EventKind.LAST_DAY)
    assert standing(noticed_on - ONE_DAY) in {Standing.UPCOMING, Standing.ACTIVE}
    assert standing(noticed_on) is standing(last_day) is Standing.EXPIRING
    (served_until,) = days_of(calendar, EventKind.GRACE_LAST_DAY) or [last_day]
    assert standing(served_until) is (Standing.GRACE if grace_days else Standing.EXPIRING)
    assert standing(served_until + ONE_DAY) is Standing.LAPSED


def test_a_contract_on_which_nothing_is_sold_has_an_empty_calendar() -> None:
    assert contract_calendar([], []) == ContractCalendar((), (), ())


@pytest.mark.parametrize(
    ("paid_from", "today", "gap_days"),
    [
        (date(2026, 7, 20), date(2026, 5, 3), 0),  # the day after the last one
        (date(2026, 8, 1), date(2026, 5, 3), 12),
        (date(2026, 7, 1), date(2026, 5, 3), 0),  # paid service begins inside it
        (date(2026, 9, 1), date(2026, 8, 27), 5),  # it is over: the days that are left to wait
    ],
)
def test_the_gap_is_counted_from_the_free_period_or_from_today_t3(paid_from: date, today: date, gap_days: int) -> None:
    free = FreeTerm("800123456", Term(date(2026, 4, 20), date(2026, 7, 20)))
    assert free.gap_days(paid_from, today) == gap_days
