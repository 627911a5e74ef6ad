"""Each share of a pool is warned of once in a usage period, the furthest of several, whatever comes and goes (H13)."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from entitlements.answers import HoursView
from entitlements.client_state import ChangeKind, kinds_of_change, state_of
from entitlements.hours_facts import GrantKind
from entitlements.warned_hours import ServedPool, Warned, latest_pools, look_at_hours, reached_percent
from tests.entitlements.facts_builders import OCTOBER, SELLER, client, cover, hold, lot, moment, plan, pool, under, work

AT = moment("2026-10-15 12:00")
EAGER = plan(warning_quiet_hours=0)


def view(used: int, given: int = 480, held: int = 0, starts_on: date = OCTOBER) -> HoursView:
    left = given - used - held
    return HoursView(given, used, held, left, 0, None, starts_on, starts_on + timedelta(days=30), ())


def pools(used: int, **changes: object) -> dict[int, ServedPool]:
    own = changes.pop("plan", EAGER)
    return {SELLER: ServedPool(SELLER, view(used, **changes), own)}  # type: ignore[arg-type]


REACHED = [  # used, held, given -> the furthest of 80, 95, 100 per cent
    (383, 0, 480, None),
    (384, 0, 480, 80),
    (300, 84, 480, 80),
    (455, 0, 480, 80),
    (456, 0, 480, 95),
    (480, 0, 480, 100),
    (0, 480, 480, 100),
    (0, 0, 0, None),
    (-15, 0, 0, None),
]


@pytest.mark.parametrize(("used", "held", "given_minutes", "percent"), REACHED)
def test_used_and_held_minutes_count_to_the_share_h13(
    used: int, held: int, given_minutes: int, percent: int | None
) -> None:
    assert reached_percent(view(used, given_minutes, held), (80, 95, 100)) == percent


def test_a_step_over_three_shares_is_told_by_the_highest_h13() -> None:
    assert look_at_hours(pools(480), {}, AT).warned == {SELLER: Warned(OCTOBER, 100, AT)}


def test_hovering_round_a_share_tells_it_once_h13() -> None:
    warned: dict[int, Warned] = {}
    told = []
    for hour, used in enumerate((380, 390, 380, 384, 0, 470, 384, 460)):
        look = look_at_hours(pools(used), warned, AT + timedelta(hours=hour))
        told += [one.percent for one in look.warned.values() if one not in warned.values()]
        warned = look.warned
    assert told == [80, 95]


def test_the_next_share_waits_for_the_quiet_hours_and_is_told_only_if_it_is_still_reached_h13() -> None:
    quiet = plan(warning_quiet_hours=4)
    warned = look_at_hours(pools(384, plan=quiet), {}, AT).warned
    waiting = look_at_hours(pools(480, plan=quiet), warned, AT + timedelta(hours=1))
    assert (waiting.warned, waiting.due_at) == (warned, AT + timedelta(hours=4))
    over = AT + timedelta(hours=4)
    assert look_at_hours(pools(480, plan=quiet), warned, over).warned[SELLER] == Warned(OCTOBER, 100, over)
    fallen = look_at_hours(pools(400, plan=quiet), warned, over)
    assert (fallen.warned, fallen.due_at) == (warned, None)


def test_a_new_period_is_warned_of_anew_and_an_older_one_never_again_h13() -> None:
    november = date(2026, 11, 1)
    warned = {SELLER: Warned(OCTOBER, 100, AT)}
    later = moment("2026-11-03")
    assert look_at_hours(pools(384, starts_on=november), warned, later).warned[SELLER].percent == 80
    warned = {SELLER: Warned(november, 80, later)}
    assert look_at_hours(pools(480), warned, later).warned == warned


def test_of_several_covers_the_one_whose_period_began_last_tells_the_period_h13() -> None:
    early, late = (ServedPool(SELLER, view(0, starts_on=day), EAGER) for day in (OCTOBER, date(2026, 10, 15)))
    for order in ([early, late], [late, early]):
        assert latest_pools(order) == {SELLER: late}


def test_a_plan_without_shares_warns_of_nothing_h13() -> None:
    assert look_at_hours(pools(480, plan=plan(warning_percents=())), {}, AT).warned == {}


@given(st.lists(st.tuples(st.integers(0, 480), st.integers(0, 600)), max_size=30), st.integers(0, 12))
def test_whatever_goes_up_and_down_each_share_is_told_once_and_in_rising_order_h13(
    steps: list[tuple[int, int]], quiet_hours: int
) -> None:
    own = plan(warning_quiet_hours=quiet_hours)
    at, warned, told = AT, {}, []
    for used, minutes in steps:
        at += timedelta(minutes=minutes)
        look = look_at_hours(pools(used, plan=own), warned, at)
        if look.warned != warned:
            told.append(look.warned[SELLER])
        assert look.due_at is None or at < look.due_at <= at + timedelta(hours=quiet_hours)
        warned = look.warned
    percents = [one.percent for one in told]
    assert percents == sorted(set(percents))
    moments = [one.warned_at for one in told]
    assert all(b - a >= timedelta(hours=quiet_hours) for a, b in pairwise(moments))


def test_a_warning_is_a_kind_of_change_and_its_waiting_makes_the_state_due_h13_d12() -> None:
    def used(minutes: int, **more: object) -> object:
        entries = (work("2026-10-05 10:00", minutes),)
        return client(cover(), plans=under(), pools={SELLER: pool([lot(GrantKind.INCLUDED, 480)], entries, **more)})

    first = state_of(used(390), AT)  # type: ignore[arg-type]
    assert ChangeKind.HOURS_WARNED in kinds_of_change(None, first)
    soon = AT + timedelta(hours=1)
    second = state_of(used(465), soon, first)  # type: ignore[arg-type]
    assert ChangeKind.HOURS_WARNED not in kinds_of_change(first, second)
    assert second.valid_until == AT + timedelta(hours=4)
    third = state_of(used(465), AT + timedelta(hours=4), second)  # type: ignore[arg-type]
    assert ChangeKind.HOURS_WARNED in kinds_of_change(second, third)
    assert third.marks.warned[SELLER].percent == 95


def test_a_hold_that_lapses_takes_no_warning_back_h13() -> None:
    held = hold(400, "2026-10-15 11:00", "2026-10-15 13:00")
    facts = client(cover(), pools={SELLER: pool([lot(GrantKind.INCLUDED, 480)], reserves=(held,))})
    first = state_of(facts, AT)
    lapsed = state_of(facts, moment("2026-10-15 13:00"), first)
    again = replace(held, hold_id=99, placed_at=moment("2026-10-15 14:00"), expires_at=moment("2026-10-16"))
    facts = client(cover(), pools={SELLER: pool([lot(GrantKind.INCLUDED, 480)], reserves=(again,))})
    third = state_of(facts, moment("2026-10-15 20:00"), lapsed)
    assert [state.marks.warned[SELLER].percent for state in (first, lapsed, third)] == [80, 80, 80]
    assert first.marks.warned == third.marks.warned
