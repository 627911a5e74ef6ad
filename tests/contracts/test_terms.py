"""T1, T2: terms are half-open, their months are counted from the start, tile and never drift."""

from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from contracts.errors import Refusal
from contracts.terms import Term, boundary, first_of_month, next_month, require_term_on_sale

days = st.dates(date(1990, 1, 1), date(2090, 12, 31))
month_counts = st.integers(1, 60)


@pytest.mark.parametrize(
    ("starts_on", "months", "last_day"),
    [
        (date(2026, 4, 1), 12, date(2027, 3, 31)),
        (date(2026, 3, 15), 3, date(2026, 6, 14)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 3, 1), 24, date(2028, 2, 29)),
        (date(2026, 10, 5), 3, date(2027, 1, 4)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
    ],
)
def test_a_term_ends_the_day_before_its_boundary_t1(starts_on: date, months: int, last_day: date) -> None:
    term = Term.of_months(starts_on, months)
    assert term.last_day == last_day
    assert last_day in term
    assert last_day + timedelta(days=1) not in term


def test_months_from_the_31st_do_not_drift_to_the_28th_t1() -> None:
    starts = [month.starts_on for month in Term.of_months(date(2026, 1, 31), 6).months()]
    assert starts == [
        date(2026, 1, 31),
        date(2026, 3, 1),
        date(2026, 3, 31),
        date(2026, 5, 1),
        date(2026, 5, 31),
        date(2026, 7, 1),
    ]


def test_years_from_29_february_come_back_to_it_t1() -> None:
    ends = [boundary(date(2028, 2, 29), 12 * years) for years in (1, 2, 3, 4)]
    assert ends == [date(2029, 3, 1), date(2030, 3, 1), date(2031, 3, 1), date(2032, 2, 29)]


def test_a_term_that_is_no_whole_number_of_months_has_a_cut_last_month_t1() -> None:
    term = Term(date(2026, 3, 15), date(2026, 5, 1))
    assert list(term.months()) == [
        Term(date(2026, 3, 15), date(2026, 4, 15)),
        Term(date(2026, 4, 15), date(2026, 5, 1)),
    ]


@given(days, month_counts)
@example(date(2026, 1, 29), 60)
@example(date(2026, 1, 30), 60)
@example(date(2026, 1, 31), 60)
@example(date(2028, 2, 29), 60)
def test_months_tile_the_term_in_exactly_as_many_parts_t1(starts_on: date, months: int) -> None:
    parts = list(Term.of_months(starts_on, months).months())
    assert len(parts) == months
    assert [part.ends_on for part in parts] == [boundary(starts_on, k) for k in range(1, months + 1)]
    assert [part.starts_on for part in parts] == [starts_on, *(part.ends_on for part in parts[:-1])]


@given(days, month_counts)
def test_a_boundary_keeps_its_day_or_is_the_1st_of_the_next_month_t1(starts_on: date, months: int) -> None:
    end = boundary(starts_on, months)
    months_on = (end.year - starts_on.year) * 12 + end.month - starts_on.month
    assert (months_on, end.day) in {(months, starts_on.day), (months + 1, 1)}
    if end.day != starts_on.day:
        assert (end - timedelta(days=1)).day < starts_on.day  # the month had no such day


@given(days, st.integers(1, 2_000))
def test_calendar_months_tile_the_term_t1(starts_on: date, length: int) -> None:
    term = Term(starts_on, starts_on + timedelta(days=length))
    parts = list(term.calendar_months())
    assert sum(part.days for part in parts) == term.days
    assert (parts[0].starts_on, parts[-1].ends_on) == (term.starts_on, term.ends_on)
    assert [part.starts_on for part in parts[1:]] == [part.ends_on for part in parts[:-1]]
    assert all(first_of_month(part.starts_on) == first_of_month(part.last_day) for part in parts)


def test_a_calendar_month_holds_all_its_days_t1() -> None:
    assert Term.calendar_month(date(2028, 2, 10)) == Term(date(2028, 2, 1), date(2028, 3, 1))
    assert next_month(date(2026, 12, 31)) == date(2027, 1, 1)


@given(days, st.integers(1, 400), days, st.integers(1, 400))
def test_terms_overlap_when_they_share_a_day_t1(one: date, one_days: int, other: date, other_days: int) -> None:
    left, right = Term(one, one + timedelta(days=one_days)), Term(other, other + timedelta(days=other_days))
    shared = max(one, other) in left and max(one, other) in right
    assert left.overlaps(right) == right.overlaps(left) == shared


def test_terms_that_only_touch_do_not_overlap_t1() -> None:
    term = Term.of_months(date(2026, 4, 1), 12)
    assert not term.overlaps(Term.of_months(term.ends_on, 12))
    assert term.overlaps(Term.of_months(term.last_day, 12))


@pytest.mark.parametrize("ends_on", [date(2026, 4, 1), date(2026, 3, 31)])
def test_a_term_without_a_day_is_refused_t1(ends_on: date) -> None:
    with pytest.raises(Refusal, match="TERM_EMPTY") as refusal:
        Term(date(2026, 4, 1), ends_on)
    assert refusal.value.field == "ends_on"


@pytest.mark.parametrize("months", [0, -1, 2, 13, 18])
def test_a_term_that_is_not_on_sale_is_refused_naming_those_that_are_t2(months: int) -> None:
    with pytest.raises(Refusal) as refusal:
        require_term_on_sale(months, {24, 12, 6, 3, 1})
    assert (refusal.value.code, refusal.value.field) == ("TERM_NOT_ON_SALE", "term_months")
    assert refusal.value.facts == {"value": months, "allowed": [1, 3, 6, 12, 24]}


@pytest.mark.parametrize("months", [1, 3, 6, 12, 24])
def test_a_term_on_sale_is_let_through_t2(months: int) -> None:
    require_term_on_sale(months, {24, 12, 6, 3, 1})


@given(days, month_counts, st.integers(-40, 2000))
def test_the_month_of_a_day_holds_it_or_is_the_nearest_t1(starts_on: date, months: int, after: int) -> None:
    term, day = Term.of_months(starts_on, months), starts_on + timedelta(days=after)
    for parts, at in ((list(term.months()), term.month_at), (list(term.calendar_months()), term.calendar_month_at)):
        nearest = parts[0] if day < term.starts_on else parts[-1]
        assert at(day) == next((part for part in parts if day in part), nearest)
