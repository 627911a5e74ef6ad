"""H7: a month earns the bonus hour when ITS with included hours and a service contract run on one of its days."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

import pytest

from contracts.terms import Term
from entitlements.bonus_hours import EarningPeriod, bonus_months
from tests.entitlements.random_facts import a_day, for_any

ONE, OTHER = 1, 2
Periods = tuple[EarningPeriod, ...]


def its(starts: str, ends: str, seller_id: int = ONE) -> EarningPeriod:
    """An ITS subscription with an included hour."""
    return EarningPeriod(seller_id, Term(date.fromisoformat(starts), date.fromisoformat(ends)), its_hours=True)


def contract(starts: str, ends: str, minutes: int = 60, seller_id: int = ONE) -> EarningPeriod:
    """A service contract that gives a bonus."""
    return EarningPeriod(seller_id, Term(date.fromisoformat(starts), date.fromisoformat(ends)), bonus_minutes=minutes)


@pytest.mark.parametrize(
    ("periods", "months"),
    [
        ((its("2026-09-15", "2026-11-02"), contract("2026-10-31", "2027-10-31")), {(ONE, 10): 60, (ONE, 11): 60}),
        ((its("2026-09-15", "2026-10-15"), contract("2026-10-15", "2027-10-15")), {}),
        ((its("2026-10-01", "2026-11-01"), contract("2026-10-31", "2026-12-01")), {(ONE, 10): 60}),
        ((its("2026-10-01", "2026-11-01"),), {}),
        ((contract("2026-10-01", "2026-11-01"),), {}),
        ((its("2026-10-01", "2026-11-01"), contract("2026-10-01", "2026-11-01", 0)), {}),
        (
            (its("2026-10-01", "2026-11-01"), *(contract("2026-10-01", "2026-11-01", minutes) for minutes in (30, 90))),
            {(ONE, 10): 90},
        ),
        ((its("2026-10-01", "2026-11-01", OTHER), contract("2026-10-01", "2026-11-01")), {(ONE, 10): 60}),
    ],
    ids=["a day is enough", "one after the other", "touched", "its alone", "contract alone", "none", "most", "sellers"],
)
def test_months_with_a_day_of_both_earn_the_bonus_once_h7(periods: Periods, months: dict[tuple[int, int], int]) -> None:
    assert {(seller, month.month): minutes for (seller, month), minutes in bonus_months(periods).items()} == months


def some_periods(chance: Random) -> Periods:
    """Periods of both kinds, with either seller."""

    def periods() -> Iterator[EarningPeriod]:
        for _ in range(chance.randint(0, 5)):
            starts_on = a_day(chance)
            term = Term(starts_on, starts_on + timedelta(days=chance.randint(1, 70)))
            yield EarningPeriod(chance.choice([ONE, OTHER]), term, chance.choice([True, False]), chance.choice([0, 60]))

    return tuple(periods())


@for_any(periods=some_periods)
def test_the_bonus_is_what_a_walk_through_the_days_finds_h7(periods: Periods) -> None:
    found: dict[tuple[int, date], int] = {}
    for number in range(300):
        day = date(2026, 1, 1) + timedelta(days=number)
        running = [one for one in periods if day in one.term]
        if any(one.its_hours for one in running):
            found |= {(one.seller_id, day.replace(day=1)): 60 for one in running if one.bonus_minutes}
    assert bonus_months(periods) == found
