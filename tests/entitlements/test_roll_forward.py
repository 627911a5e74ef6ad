"""E3 and H1: a pool over a calendar month, and that a closed month is a true start for the next."""

from datetime import date, datetime
from itertools import pairwise

import pytest
from msgspec.structs import replace

from contracts.terms import boundary
from entitlements.answers import Question
from entitlements.covers import ClientFacts
from entitlements.decision import decide
from entitlements.hours import HoursAccount, LotState, account, closes_on, day_starts_at
from entitlements.hours_facts import GrantKind, HoursFacts, LotOrigin
from entitlements.months import left_this_month
from entitlements.roll_forward import RollForward, balance, burn_down, closing_lots, roll_forward
from tests.entitlements.facts_builders import (
    DECEMBER,
    NOVEMBER,
    OCTOBER,
    hold,
    lot,
    moment,
    monthly,
    pool,
    reversal,
    work,
)
from tests.entitlements.random_facts import FIRST, MONTHS, a_client, a_pool, an_instant, for_any, one_of
from tests.entitlements.test_hours import worked_month

BOUNDS = [boundary(FIRST, k) for k in range(-1, 16)]


def at_bound(facts: HoursFacts, bound: date) -> HoursAccount:
    """The account at the first instant of a month."""
    return account(facts, day_starts_at(bound, facts.time_zone))


def over(facts: HoursFacts, month: date) -> RollForward:
    """The pool over a calendar month."""
    return roll_forward(at_bound(facts, month), at_bound(facts, boundary(month, 1)))


def test_the_worked_month_is_given_120_and_uses_them_e3() -> None:
    assert over(worked_month(), OCTOBER) == RollForward(0, 120, 120, 0, 0, 0)
    assert over(worked_month(), NOVEMBER) == RollForward(0, 0, 0, 0, 0, 0)


@pytest.mark.parametrize(
    ("month", "expected"),
    [
        (date(2026, 4, 1), RollForward(0, 480, 300, 0, 180, 180)),
        (date(2026, 5, 1), RollForward(180, 480, 120, 60, 480, 480)),
        (date(2026, 6, 1), RollForward(480, 480, 0, 480, 480, 480)),
        (date(2026, 7, 1), RollForward(480, 0, 0, 480, 0, 0)),
    ],
)
def test_the_example_of_h6_rolls_forward_e3(month: date, expected: RollForward) -> None:
    entries = [work("2026-04-10 10:00", 300), work("2026-05-10 10:00", 120)]
    assert over(pool(monthly(480, date(2026, 4, 1), 3, cap=480, life=1), entries), month) == expected


def test_a_usage_month_from_the_15th_rolls_over_inside_the_calendar_month_e3() -> None:
    facts = pool(monthly(60, date(2026, 10, 15), 2, cap=40, life=1), [work("2026-10-20 10:00", 15)])
    assert over(facts, OCTOBER) == RollForward(0, 60, 15, 0, 0, 45)
    assert over(facts, NOVEMBER) == RollForward(45, 60, 0, 5, 40, 100)
    assert over(facts, DECEMBER) == RollForward(100, 0, 0, 60, 40, 40)


@pytest.mark.parametrize("voided_on", [date(2026, 9, 10), OCTOBER, date(2026, 10, 15)])
def test_a_lot_voided_before_its_first_day_is_neither_given_nor_burnt_e3(voided_on: date) -> None:
    facts = pool([lot(GrantKind.INCLUDED, 60, date(2026, 10, 15), voided_on=voided_on)])
    for month in (date(2026, 9, 1), OCTOBER, NOVEMBER):
        assert over(facts, month) == RollForward(0, 0, 0, 0, 0, 0)


def test_a_lot_voided_in_its_life_burns_what_is_left_e3() -> None:
    facts = pool([lot(GrantKind.PACKAGE, 60, OCTOBER, DECEMBER, voided_on=date(2026, 11, 10))])
    assert over(facts, NOVEMBER) == RollForward(60, 0, 0, 60, 0, 0)


@pytest.mark.parametrize("lives_until", [None, OCTOBER, NOVEMBER])
def test_what_has_no_later_end_to_roll_to_burns_e3(lives_until: date | None) -> None:
    facts = pool([lot(GrantKind.INCLUDED, 60, rollover_cap_minutes=60, rollover_ends_on=lives_until)])
    assert over(facts, OCTOBER) == RollForward(0, 60, 0, 60, 0, 0)
    assert over(facts, NOVEMBER) == RollForward(0, 0, 0, 0, 0, 0)


def test_minutes_given_back_are_used_less_nothing_e3() -> None:
    closed = work("2026-10-05 10:00", 60)
    facts = pool([lot(GrantKind.INCLUDED, 60)], [closed, reversal(closed, NOVEMBER)])
    assert over(facts, OCTOBER) == RollForward(0, 60, 60, 0, 0, 0)
    assert over(facts, NOVEMBER) == RollForward(0, 0, -60, 0, 0, 60)
    assert over(facts, DECEMBER) == RollForward(60, 0, 0, 60, 0, 0)


def test_held_minutes_are_still_in_the_pool_e3() -> None:
    held = hold(45, "2026-10-30 10:00", "2026-11-05 10:00")
    facts = pool([lot(GrantKind.PACKAGE, 60, OCTOBER, DECEMBER)], reserves=(held,))
    assert over(facts, OCTOBER).closing_minutes == 60


def test_a_lot_that_starts_at_the_bound_belongs_to_the_next_month_e3() -> None:
    facts = pool([lot(GrantKind.INCLUDED, 60, NOVEMBER)])
    assert balance(at_bound(facts, NOVEMBER)) == 0
    assert list(closing_lots(at_bound(facts, NOVEMBER))) == []
    assert over(facts, NOVEMBER).given_minutes == 60


def test_closing_lots_are_what_lives_on_with_what_was_used_h1() -> None:
    package = lot(GrantKind.PACKAGE, 300, OCTOBER, DECEMBER)
    included = lot(GrantKind.INCLUDED, 60, rollover_cap_minutes=45, rollover_ends_on=DECEMBER)
    held = hold(30, "2026-10-31 10:00", "2026-11-05 10:00")
    entries = [work("2026-10-05 10:00", 15), work("2026-10-06 10:00", 90)]
    facts = pool([package, included], entries, reserves=(held,))
    assert list(closing_lots(at_bound(facts, NOVEMBER))) == [replace(package, used_minutes=45)]
    rolled, still_package = closing_lots(at_bound(replace(facts, entries=tuple(entries[:1])), NOVEMBER))
    assert (rolled.origin, rolled.source_id, rolled.minutes) == (LotOrigin.ROLLOVER, included.source_id, 45)
    assert still_package == package


@for_any(facts=a_pool)
def test_each_month_opens_with_what_the_last_one_closed_and_adds_up_e3(facts: HoursFacts) -> None:
    accounts = [at_bound(facts, bound) for bound in BOUNDS]
    months = [roll_forward(before, after) for before, after in pairwise(accounts)]
    for month in months:
        moved = month.given_minutes - month.used_minutes - month.burnt_minutes
        assert month.opening_minutes + moved == month.closing_minutes
        assert min(month.opening_minutes, month.given_minutes, month.burnt_minutes, month.rolled_minutes) >= 0
    assert [month.opening_minutes for month in months[1:]] == [month.closing_minutes for month in months[:-1]]
    assert months[-1].closing_minutes == 0


@for_any(facts=a_pool, first=one_of(*BOUNDS[:-1]))
def test_the_days_of_a_month_lead_from_its_opening_to_its_closing_balance_e3(facts: HoursFacts, first: date) -> None:
    """The last day ends with the closing balance and what burns only after it."""
    before, after = at_bound(facts, first), at_bound(facts, boundary(first, 1))
    left = burn_down(before, after)
    ending = [one for one in after.lots if one.lot.starts_on < closes_on(one.lot) == after.on]
    assert len(left) == (after.on - before.on).days
    assert left[-1] - sum(one.burnt_minutes for one in ending) == roll_forward(before, after).closing_minutes


def test_the_worked_month_burns_down_day_by_day_e3() -> None:
    left = burn_down(at_bound(worked_month(), OCTOBER), at_bound(worked_month(), NOVEMBER))
    assert [left[day - 1] for day in (1, 4, 5, 11, 12, 26, 27, 31)] == [120, 120, 105, 105, 45, 45, 0, 0]
    assert left_this_month(worked_month(), moment("2026-10-12 18:00")) == left[:12]


def from_closed(facts: HoursFacts, bound: date) -> HoursFacts:
    """The facts as they are read when every month before the bound is closed."""
    closed = at_bound(facts, bound)
    parts = {line.entry_id: line.parts for line in closed.lines}
    return replace(
        facts,
        lots=(*closing_lots(closed), *(lot for lot in facts.lots if lot.starts_on >= bound)),
        entries=tuple(
            replace(entry, reversed_parts=parts.get(entry.reverses)) if entry.reverses is not None else entry
            for entry in facts.entries
            if entry.counts_on >= bound
        ),
        closed_overage=tuple((line.counts_on, line.parts.overage_minutes) for line in closed.lines),
    )


def alive(hours: HoursAccount) -> list[LotState]:
    """What can pay today, whether its use is told by closed months or by entries."""
    return [replace(state, lot=replace(state.lot, used_minutes=0)) for state in hours.usable()]


@for_any(facts=a_pool, bound=one_of(*MONTHS), at=an_instant)
def test_a_closed_opening_balance_gives_the_account_from_zero_h1(facts: HoursFacts, bound: date, at: datetime) -> None:
    at = max(at, day_starts_at(bound, facts.time_zone))
    from_zero, opened = account(facts, at), account(from_closed(facts, bound), at)
    assert alive(opened) == alive(from_zero)
    assert opened.lines == tuple(line for line in from_zero.lines if line.counts_on >= bound)
    assert opened.held_beyond_minutes == from_zero.held_beyond_minutes
    for later in (month for month in MONTHS if month >= bound):
        assert over(from_closed(facts, bound), later) == over(facts, later)
        closing = list(closing_lots(at_bound(facts, later)))
        assert list(closing_lots(at_bound(from_closed(facts, bound), later))) == closing


@for_any(facts=a_client, bound=one_of(*MONTHS), at=an_instant, minutes=one_of(None, 15, 120))
def test_a_closed_opening_balance_gives_the_same_decisions_h1(
    facts: ClientFacts, bound: date, at: datetime, minutes: int | None
) -> None:
    [(seller_id, from_zero)] = facts.pools.items()
    question = Question(max(at, day_starts_at(bound, from_zero.time_zone)), service="remote_work", minutes=minutes)
    opened = replace(facts, pools={seller_id: from_closed(from_zero, bound)})
    assert decide(opened, question) == decide(facts, question)
