"""The register's instants are midnights in Moscow and become the days of a half-open term; null is unknown (S8)."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from contracts.errors import Refusal
from contracts.register import REGISTER_ZONE, HeldPeriod, register_day
from contracts.terms import ONE_DAY, Term
from tests.builders import moment

DAYS = st.dates(date(1990, 1, 1), date(2199, 12, 31))
OFFSETS = st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        ("2026-03-31T21:00:00+00:00", date(2026, 4, 1)),
        ("2026-12-31T21:00:00+00:00", date(2027, 1, 1)),
        ("2028-02-28T21:00:00+00:00", date(2028, 2, 29)),
        ("2026-04-01T00:00:00+03:00", date(2026, 4, 1)),
        ("2026-04-01T09:00:00+12:00", date(2026, 4, 1)),  # the same midnight, as Kamchatka writes it
        ("2012-06-30T20:00:00+00:00", date(2012, 7, 1)),  # Moscow was four hours ahead then
        ("2010-12-31T21:00:00+00:00", date(2011, 1, 1)),  # three in winter
        ("2010-06-30T20:00:00+00:00", date(2010, 7, 1)),  # and four in summer
    ],
)
def test_an_instant_is_the_day_that_begins_in_moscow_s8(instant: str, day: date) -> None:
    assert register_day(datetime.fromisoformat(instant)) == day


@pytest.mark.parametrize(
    "instant",
    [
        "2026-04-01T00:00:00+00:00",  # midnight, but not in Moscow
        "2026-03-31T20:00:00+00:00",  # what it was in the years of four hours
        "2026-03-31T21:00:01+00:00",
        "2026-03-31T21:00:00.000001+00:00",
        "2026-03-31T20:59:59+00:00",
        "2026-03-31T21:00:00",  # of no zone
        "2026-04-01T00:00:00",
        "0001-01-01T00:00:00+03:00",
        "9999-12-31T23:59:59+00:00",
    ],
)
def test_an_instant_that_is_no_midnight_in_moscow_is_refused_s8(instant: str) -> None:
    with pytest.raises(Refusal, match="NOT_MIDNIGHT") as refused:
        register_day(datetime.fromisoformat(instant))
    assert refused.value.facts["allowed"] == "2026-03-31T21:00:00Z"


def test_start_and_end_are_those_of_a_half_open_term_s8() -> None:
    starts_on, ends_on = (register_day(datetime(year, 3, 31, 21, tzinfo=UTC)) for year in (2026, 2027))
    term = Term(starts_on, ends_on)
    assert (term, term.last_day) == (Term.of_months(date(2026, 4, 1), 12), date(2027, 3, 31))


@given(DAYS, OFFSETS)
@example(date(2014, 10, 26), UTC)  # the day on which Moscow turned its clocks back for the last time
@example(date(2011, 3, 27), UTC)
def test_every_midnight_of_moscow_is_its_day_in_whatever_zone_it_is_written(day: date, zone: timezone) -> None:
    midnight = moment(day.isoformat())
    assert register_day(midnight.astimezone(zone)) == day
    assert register_day(moment((day + ONE_DAY).isoformat())) - day == ONE_DAY


@given(st.datetimes(timezones=OFFSETS).filter(lambda instant: 1990 <= instant.year < 2200))
def test_whatever_is_taken_is_the_very_instant_at_which_its_day_begins(instant: datetime) -> None:
    try:
        day = register_day(instant)
    except Refusal:
        assert instant.astimezone(REGISTER_ZONE).strftime("%H%M%S%f") != "000000000000"
    else:
        assert moment(day.isoformat()) == instant


def test_a_period_of_known_days_holds_one_and_an_unknown_one_may_s8() -> None:
    with pytest.raises(Refusal, match="TERM_EMPTY"):
        HeldPeriod("prof-12", date(2026, 4, 1), date(2026, 4, 1))
    for starts_on, ends_on in [(None, date(2026, 4, 1)), (date(2026, 4, 1), None), (None, None)]:
        assert HeldPeriod(None, starts_on, ends_on).code is None
