"""E3: the movement of each kind of grants over a calendar month, which the statement prints."""

from datetime import date

import pytest
from msgspec.structs import astuple

from contracts.terms import boundary
from entitlements.hours import account, day_starts_at
from entitlements.hours_facts import GrantKind, HoursFacts
from entitlements.roll_forward import RollForward, by_kind, roll_forward
from tests.entitlements.facts_builders import NOVEMBER, OCTOBER, lot, monthly, pool, reversal, work
from tests.entitlements.random_facts import MONTHS, a_pool, for_any, one_of
from tests.entitlements.test_hours import worked_month

BONUS, GOODWILL, ROLLOVER, INCLUDED, PACKAGE = GrantKind


def over(facts: HoursFacts, month: date) -> dict[GrantKind, RollForward]:
    """The kinds of the pool over a calendar month."""
    before, after = (account(facts, day_starts_at(boundary(month, k), facts.time_zone)) for k in (0, 1))
    return by_kind(before, after)


def test_the_worked_month_uses_all_of_both_kinds_e3() -> None:
    kinds = over(worked_month(), OCTOBER)
    assert kinds == {BONUS: RollForward(0, 60, 60, 0, 0, 0), INCLUDED: RollForward(0, 60, 60, 0, 0, 0)}
    assert list(kinds) == [BONUS, INCLUDED]


@pytest.mark.parametrize(
    ("month", "expected"),
    [
        (4, {INCLUDED: RollForward(0, 480, 300, 0, -180, 0), ROLLOVER: RollForward(0, 0, 0, 0, 180, 180)}),
        (5, {INCLUDED: RollForward(0, 480, 0, 0, -480, 0), ROLLOVER: RollForward(180, 0, 120, 60, 480, 480)}),
        (6, {INCLUDED: RollForward(0, 480, 0, 0, -480, 0), ROLLOVER: RollForward(480, 0, 0, 480, 480, 480)}),
        (7, {ROLLOVER: RollForward(480, 0, 0, 480, 0, 0)}),
        (8, {}),
    ],
)
def test_the_example_of_h6_passes_from_included_to_rolled_over_e3(
    month: int, expected: dict[GrantKind, RollForward]
) -> None:
    entries = [work("2026-04-10 10:00", 300), work("2026-05-10 10:00", 120)]
    facts = pool(monthly(480, date(2026, 4, 1), 3, cap=480, life=1), entries)
    assert over(facts, date(2026, month, 1)) == expected


def test_what_a_correction_gives_back_comes_as_goodwill_h10() -> None:
    closed = work("2026-10-05 10:00", 60)
    facts = pool([lot(INCLUDED, 60)], [closed, reversal(closed, NOVEMBER)])
    assert over(facts, NOVEMBER) == {GOODWILL: RollForward(0, 0, -60, 0, 0, 60)}


def test_a_kind_that_only_lies_there_is_shown_e3() -> None:
    facts = pool([lot(PACKAGE, 300, date(2026, 9, 1), date(2027, 9, 1))])
    assert over(facts, OCTOBER) == {PACKAGE: RollForward(300, 0, 0, 0, 0, 300)}


@for_any(facts=a_pool, month=one_of(*MONTHS))
def test_the_kinds_add_up_and_come_to_the_pool_e3(facts: HoursFacts, month: date) -> None:
    kinds = over(facts, month)
    for moved in kinds.values():
        came = moved.opening_minutes + moved.given_minutes + moved.rolled_minutes
        assert came - moved.used_minutes - moved.burnt_minutes == moved.closing_minutes
    before, after = (account(facts, day_starts_at(boundary(month, k), facts.time_zone)) for k in (0, 1))
    whole = roll_forward(before, after)
    opening, given, used, burnt, rolled, closing = map(sum, zip((0,) * 6, *map(astuple, kinds.values()), strict=True))
    assert rolled == 0
    assert sum(max(moved.rolled_minutes, 0) for moved in kinds.values()) == whole.rolled_minutes
    assert RollForward(opening, given, used, burnt, whole.rolled_minutes, closing) == whole
