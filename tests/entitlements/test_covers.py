"""H5 and S1: the usage period of a cover, and registrations that an upgrade replaced."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.policies import IncludedPer
from contracts.terms import Term, boundary
from entitlements.covers import RegistrationFacts
from tests.entitlements.facts_builders import cover, stop
from tests.entitlements.facts_builders import moment as at

THREE_MONTHS = cover(starts_on=date(2026, 3, 15), ends_on=date(2026, 6, 15))


@pytest.mark.parametrize(
    ("per", "on", "period"),
    [
        (IncludedPer.SUBSCRIPTION_MONTH, "2026-03-15", ("2026-03-15", "2026-04-15")),
        (IncludedPer.SUBSCRIPTION_MONTH, "2026-04-14", ("2026-03-15", "2026-04-15")),
        (IncludedPer.SUBSCRIPTION_MONTH, "2026-04-15", ("2026-04-15", "2026-05-15")),
        (IncludedPer.SUBSCRIPTION_MONTH, "2026-06-14", ("2026-05-15", "2026-06-15")),
        (IncludedPer.SUBSCRIPTION_MONTH, "2026-03-01", ("2026-03-15", "2026-04-15")),  # before the term: the first
        (IncludedPer.SUBSCRIPTION_MONTH, "2026-07-01", ("2026-05-15", "2026-06-15")),  # after it: the last
        (IncludedPer.CALENDAR_MONTH, "2026-03-20", ("2026-03-15", "2026-04-01")),
        (IncludedPer.CALENDAR_MONTH, "2026-04-01", ("2026-04-01", "2026-05-01")),
        (IncludedPer.CALENDAR_MONTH, "2026-06-14", ("2026-06-01", "2026-06-15")),
        (IncludedPer.CALENDAR_MONTH, "2026-02-01", ("2026-03-15", "2026-04-01")),
        (IncludedPer.CALENDAR_MONTH, "2026-08-20", ("2026-06-01", "2026-06-15")),
        (IncludedPer.TERM, "2026-02-01", ("2026-03-15", "2026-06-15")),
        (IncludedPer.TERM, "2026-08-01", ("2026-03-15", "2026-06-15")),
    ],
)
def test_the_usage_period_is_that_of_the_day_or_the_nearest_h5(
    per: IncludedPer, on: str, period: tuple[str, str]
) -> None:
    assert THREE_MONTHS.usage_period(date.fromisoformat(on), per) == Term(*map(date.fromisoformat, period))


@given(
    starts_on=st.dates(date(2024, 1, 1), date(2026, 12, 31)),
    months=st.sampled_from([1, 3, 12]),
    share=st.integers(0, 99),
    per=st.sampled_from(IncludedPer),
)
def test_every_day_of_the_term_is_in_its_usage_period_h5(
    starts_on: date, months: int, share: int, per: IncludedPer
) -> None:
    sold = cover(starts_on=starts_on, ends_on=boundary(starts_on, months))
    day = date.fromordinal(starts_on.toordinal() + sold.term.days * share // 100)
    period = sold.usage_period(day, per)
    assert day in period
    assert sold.starts_on <= period.starts_on < period.ends_on <= sold.ends_on


def test_a_copy_is_surrendered_from_the_day_of_the_upgrade_s1() -> None:
    copy = RegistrationFacts("800", surrendered_on=date(2026, 10, 15))
    assert [copy.is_surrendered(date(2026, 10, day)) for day in (14, 15, 16)] == [False, True, True]
    assert not RegistrationFacts("800").is_surrendered(date(2026, 10, 15))


def test_a_stop_holds_from_its_first_instant_to_before_its_last_s10() -> None:
    block = stop("2026-10-01 10:00", "2026-10-02 10:00")
    clocks = ["2026-10-01 09:59", "2026-10-01 10:00", "2026-10-02 09:59", "2026-10-02 10:00"]
    assert [block.holds(at(clock)) for clock in clocks] == [False, True, True, False]
    assert stop("2026-10-01").holds(at("2030-01-01"))
