"""Which minutes a term gives, and when they roll over (H5, H6)."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.policies import FirstMonth, IncludedPer
from contracts.terms import Term
from entitlements.usage import UsageGrant, UsagePolicy, amended_usage, usage_grants

SUBSCRIPTION, CALENDAR, TERM = IncludedPer.SUBSCRIPTION_MONTH, IncludedPer.CALENDAR_MONTH, IncludedPer.TERM
FULL, PRO_RATA = FirstMonth.FULL, FirstMonth.PRO_RATA


def grants(starts_on: date, months: int, policy: UsagePolicy) -> list[UsageGrant]:
    return list(usage_grants(Term.of_months(starts_on, months), months, policy))


def given_minutes(starts_on: date, months: int, policy: UsagePolicy) -> list[tuple[str, str, int]]:
    """Each grant as its first day, its last day and its minutes."""
    found = grants(starts_on, months, policy)
    return [(f"{one.term.starts_on:%d.%m}", f"{one.term.last_day:%d.%m}", one.minutes) for one in found]


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (UsagePolicy(60, SUBSCRIPTION), [("15.03", "14.04", 60), ("15.04", "14.05", 60), ("15.05", "14.06", 60)]),
        (UsagePolicy(60, CALENDAR, FULL), [("15.03", "31.03", 60), ("01.04", "30.04", 60), ("01.05", "31.05", 60)]),
        (
            UsagePolicy(60, CALENDAR, PRO_RATA),
            [("15.03", "31.03", 33), ("01.04", "30.04", 60), ("01.05", "31.05", 60), ("01.06", "14.06", 27)],
        ),
        (UsagePolicy(180, TERM), [("15.03", "14.06", 180)]),
    ],
)
def test_three_months_from_15_03_at_60_a_month_give_180_and_never_240_h5(
    policy: UsagePolicy, expected: list[tuple[str, str, int]]
) -> None:
    assert given_minutes(date(2026, 3, 15), 3, policy) == expected
    assert sum(minutes for _, _, minutes in expected) == 180


def test_a_term_that_starts_on_the_first_is_the_same_by_either_month_h5() -> None:
    start = date(2026, 4, 1)
    by_calendar = [given_minutes(start, 3, UsagePolicy(60, CALENDAR, first)) for first in FirstMonth]
    assert by_calendar == [given_minutes(start, 3, UsagePolicy(60))] * 2


def test_months_from_31_01_are_counted_from_the_start_t1() -> None:
    expected = [("31.01", "28.02", 60), ("01.03", "30.03", 60), ("31.03", "30.04", 60)]
    assert given_minutes(date(2026, 1, 31), 3, UsagePolicy(60)) == expected


def test_no_minutes_are_no_grants_s3() -> None:
    assert grants(date(2026, 3, 15), 3, UsagePolicy(0)) == []


def rolls(starts_on: date, months: int, per: IncludedPer, life: int) -> list[date | None]:
    policy = UsagePolicy(60, per, rollover_cap_minutes=60, rollover_periods=life)
    return [one.rollover_ends_on for one in grants(starts_on, months, policy)]


@pytest.mark.parametrize(
    ("start", "per", "life", "expected"),
    [
        (date(2026, 4, 1), SUBSCRIPTION, 1, [date(2026, 6, 1), date(2026, 7, 1)]),
        (date(2026, 4, 1), SUBSCRIPTION, 2, [date(2026, 7, 1), date(2026, 8, 1)]),
        (date(2026, 3, 15), SUBSCRIPTION, 1, [date(2026, 5, 15), date(2026, 6, 15)]),
        (date(2026, 1, 31), SUBSCRIPTION, 1, [date(2026, 3, 31), date(2026, 5, 1)]),
        (date(2026, 1, 31), SUBSCRIPTION, 2, [date(2026, 5, 1), date(2026, 5, 31)]),
        (date(2026, 3, 15), CALENDAR, 1, [date(2026, 5, 1), date(2026, 6, 1)]),
        (date(2026, 3, 15), CALENDAR, 2, [date(2026, 6, 1), date(2026, 7, 1)]),
        (date(2026, 3, 15), TERM, 1, [date(2026, 7, 15)]),
        (date(2026, 3, 15), TERM, 2, [date(2026, 9, 15)]),
    ],
)
def test_rolled_minutes_live_so_many_usage_periods_more_also_beyond_the_term_h6(
    start: date, per: IncludedPer, life: int, expected: list[date]
) -> None:
    assert rolls(start, 2, per, life) == expected


@pytest.mark.parametrize(("cap", "life"), [(0, 0), (0, 1), (60, 0)])
def test_without_a_cap_or_a_life_nothing_rolls_over_h6(cap: int, life: int) -> None:
    policy = UsagePolicy(60, rollover_cap_minutes=cap, rollover_periods=life)
    assert {one.rollover_ends_on for one in grants(date(2026, 4, 1), 3, policy)} == {None}


@given(
    start=st.dates(date(2024, 1, 1), date(2028, 12, 31)),
    months=st.integers(1, 24),
    minutes=st.integers(1, 500),
    per=st.sampled_from([SUBSCRIPTION, CALENDAR]),
    first=st.sampled_from(FirstMonth),
)
def test_a_term_of_m_months_gives_m_times_the_minutes_in_periods_that_never_overlap_h5(
    start: date, months: int, minutes: int, per: IncludedPer, first: FirstMonth
) -> None:
    found = grants(start, months, UsagePolicy(minutes, per, first))
    assert sum(one.minutes for one in found) == months * minutes
    assert found[0].term.starts_on >= start
    assert all(0 < one.minutes <= minutes for one in found)
    assert all(a.term.ends_on <= b.term.starts_on for a, b in pairwise(found))
    assert found[-1].term.ends_on <= Term.of_months(start, months).ends_on


YEAR = Term.of_months(date(2026, 4, 1), 12)


@pytest.mark.parametrize(
    ("old", "new", "on", "starts_over", "first", "periods"),
    [
        (UsagePolicy(60), UsagePolicy(120), date(2026, 6, 16), False, ("2026-06-16", "2026-07-01", 30), 10),
        (UsagePolicy(60), UsagePolicy(30), date(2026, 6, 16), False, ("2026-07-01", "2026-08-01", 30), 9),
        (UsagePolicy(60), UsagePolicy(120), date(2026, 7, 1), False, ("2026-07-01", "2026-08-01", 120), 9),
        (UsagePolicy(0), UsagePolicy(60), date(2027, 3, 31), False, ("2027-03-31", "2027-04-01", 2), 1),
        (UsagePolicy(730, TERM), UsagePolicy(365, TERM), date(2026, 7, 1), True, ("2026-07-01", "2027-04-01", 274), 1),
        (UsagePolicy(365, TERM), UsagePolicy(730, TERM), date(2026, 7, 1), False, ("2026-07-01", "2027-04-01", 274), 1),
        (UsagePolicy(730, TERM), UsagePolicy(60), date(2026, 6, 16), True, ("2026-06-16", "2026-07-01", 30), 10),
        (UsagePolicy(60), UsagePolicy(730, TERM), date(2026, 6, 16), False, ("2026-06-16", "2027-04-01", 548), 1),
    ],
)
def test_a_change_of_policy_gives_the_days_left_their_share_s9(
    old: UsagePolicy, new: UsagePolicy, on: date, starts_over: bool, first: tuple[str, str, int], periods: int
) -> None:
    usage = amended_usage(YEAR, 12, old, new, on)
    opening = usage.grants[0]
    assert (str(opening.term.starts_on), str(opening.term.ends_on), opening.minutes) == first
    assert (usage.starts_over, len(usage.grants)) == (starts_over, periods)


def test_a_change_to_nothing_gives_nothing_s9() -> None:
    assert amended_usage(YEAR, 12, UsagePolicy(60), UsagePolicy(0), date(2026, 6, 16)).grants == ()


@given(
    old=st.integers(0, 600),
    new=st.integers(0, 600),
    day=st.integers(1, 364),
    per=st.sampled_from([SUBSCRIPTION, CALENDAR]),
)
def test_a_change_by_months_gives_no_more_than_the_days_are_worth_s9(
    old: int, new: int, day: int, per: IncludedPer
) -> None:
    on = date.fromordinal(YEAR.starts_on.toordinal() + day)
    usage = amended_usage(YEAR, 12, UsagePolicy(old, per), UsagePolicy(new, per), on)
    months = [month for month in YEAR.months() if month.starts_on >= on]
    running = YEAR.month_at(on)
    share = max(new - old, 0) * (running.ends_on - on).days / running.days if running.starts_on < on else 0
    given_minutes = sum(one.minutes for one in usage.grants)
    assert abs(given_minutes - (share + new * len(months))) <= 1
    assert all(one.term.starts_on >= on for one in usage.grants)


@pytest.mark.parametrize("per", list(IncludedPer))
@pytest.mark.parametrize("first_month", list(FirstMonth))
def test_no_term_runs_away_into_more_grants_than_it_touches_months_h5(
    per: IncludedPer, first_month: FirstMonth
) -> None:
    """The longest term that can be on sale is 60 months."""
    assert len(grants(date(2026, 1, 31), 60, UsagePolicy(1, per, first_month, 1, 12))) <= 61
