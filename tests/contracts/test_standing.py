"""T5: the standing of a subscription on a day is computed from its term."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.standing import Standing, days_left, standing_on
from contracts.terms import Term

TERM = Term.of_months(date(2026, 4, 1), 12)  # the last day is 31.03.2027


def standing(day: date, **changes: Any) -> Standing:
    """The standing of a plain subscription: 10 days of grace, expiring 30 days before the end."""
    facts: dict[str, Any] = {"grace_days": 10, "expiring_days": 30, "has_successor": False}
    facts |= {"cancelled_on": None, "suspended": False}
    return standing_on(day, TERM, **(facts | changes))


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 3, 31), Standing.UPCOMING),
        (date(2026, 4, 1), Standing.ACTIVE),
        (date(2027, 2, 28), Standing.ACTIVE),  # 31 days left
        (date(2027, 3, 1), Standing.EXPIRING),  # 30 days left
        (date(2027, 3, 31), Standing.EXPIRING),  # 0 days left
        (date(2027, 4, 1), Standing.GRACE),
        (date(2027, 4, 10), Standing.GRACE),  # the tenth day of grace is served
        (date(2027, 4, 11), Standing.LAPSED),
    ],
)
def test_a_term_goes_through_its_standings_by_the_calendar_alone_t5(day: date, expected: Standing) -> None:
    assert standing(day) is expected


def test_on_the_last_day_0_days_are_left_and_service_goes_on_t5() -> None:
    assert days_left(TERM.last_day, TERM) == 0
    assert standing(TERM.last_day, has_successor=True) is Standing.ACTIVE
    assert standing(TERM.last_day, expiring_days=0) is Standing.EXPIRING
    assert standing(TERM.last_day - timedelta(days=1), expiring_days=0) is Standing.ACTIVE


def test_days_left_count_to_the_last_day_t5() -> None:
    assert days_left(date(2026, 5, 3), Term.of_months(date(2025, 10, 1), 12)) == 150
    assert days_left(date(2027, 4, 5), TERM) == 0


def test_a_successor_means_nothing_expires_but_ends_no_grace_t5() -> None:
    assert standing(date(2027, 3, 20), has_successor=True) is Standing.ACTIVE
    assert standing(date(2027, 4, 5), has_successor=True) is Standing.GRACE


def test_without_grace_days_the_day_after_the_last_is_lapsed_t5() -> None:
    assert standing(date(2027, 4, 1), grace_days=0) is Standing.LAPSED


def test_what_was_cancelled_near_its_end_is_not_to_be_renewed_t5_s11() -> None:
    assert standing(date(2027, 3, 20)) is Standing.EXPIRING
    assert standing(date(2027, 3, 20), cancelled_on=date(2027, 3, 25)) is Standing.ACTIVE


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 9, 1), Standing.ACTIVE),  # nobody is to renew it
        (date(2026, 9, 30), Standing.ACTIVE),
        (date(2026, 10, 1), Standing.CANCELLED),
        (date(2027, 4, 5), Standing.CANCELLED),  # not grace
        (date(2028, 1, 1), Standing.CANCELLED),  # not lapsed
    ],
)
def test_a_cancellation_serves_its_last_day_and_then_beats_grace_and_lapse_t5(day: date, expected: Standing) -> None:
    assert standing(day, cancelled_on=date(2026, 9, 30)) is expected


def test_a_subscription_cancelled_before_its_start_is_cancelled_not_upcoming_t5() -> None:
    assert standing(date(2026, 3, 25), cancelled_on=date(2026, 3, 20)) is Standing.CANCELLED


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 3, 31), Standing.UPCOMING),
        (date(2026, 4, 1), Standing.SUSPENDED),
        (date(2027, 3, 31), Standing.SUSPENDED),
        (date(2027, 4, 10), Standing.SUSPENDED),
        (date(2027, 4, 11), Standing.LAPSED),
    ],
)
def test_only_what_would_be_served_can_be_suspended_t5(day: date, expected: Standing) -> None:
    assert standing(day, suspended=True) is expected


def test_a_cancellation_beats_a_suspension_t5() -> None:
    assert standing(date(2026, 10, 1), cancelled_on=date(2026, 9, 30), suspended=True) is Standing.CANCELLED
    assert standing(date(2026, 9, 30), cancelled_on=date(2026, 9, 30), suspended=True) is Standing.SUSPENDED


@given(
    day=st.dates(date(2025, 1, 1), date(2029, 1, 1)), grace_days=st.integers(0, 60), expiring_days=st.integers(0, 90)
)
def test_service_is_given_exactly_from_the_first_day_to_the_last_of_grace_t5(
    day: date, grace_days: int, expiring_days: int
) -> None:
    served = standing(day, grace_days=grace_days, expiring_days=expiring_days) in {
        Standing.ACTIVE,
        Standing.EXPIRING,
        Standing.GRACE,
    }
    assert served == (TERM.starts_on <= day <= TERM.last_day + timedelta(days=grace_days))
