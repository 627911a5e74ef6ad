"""H1, H4, H6, H9, H10, H12 and T4; E1 and E2: who paid for which minute, computed from facts."""

from datetime import date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import astuple, replace

from contracts.terms import boundary
from entitlements.billed import billed_entries
from entitlements.hours import account, day_starts_at, local_day
from entitlements.hours_facts import Charge, GrantKind, HoursFacts, LotOrigin, Parts, Reserve
from tests.entitlements.facts_builders import (
    DECEMBER,
    NOVEMBER,
    OCTOBER,
    account_on,
    hold,
    lot,
    moment,
    monthly,
    pool,
    reversal,
    state_of,
    work,
)
from tests.entitlements.random_facts import LAST, a_hold, a_pool, an_instant, for_any

BONUS, GOODWILL, ROLLOVER, INCLUDED, PACKAGE = GrantKind


def worked_month() -> HoursFacts:
    """October 2026 as the rule book tells it."""
    return pool(
        [lot(BONUS, 60), lot(INCLUDED, 60)],
        [
            work("2026-10-05 10:00", 10),
            work("2026-10-12 10:00", 50),
            work("2026-10-20 10:00", 7, charge=Charge.PAID),
            work("2026-10-27 10:00", 35, minimum_minutes=60),
        ],
    )


def test_the_worked_month_comes_out_to_the_minute_h4() -> None:
    lines = account_on(worked_month(), "2026-11-01").lines
    assert [line.parts for line in lines] == [
        Parts(bonus_minutes=15),
        Parts(bonus_minutes=45, included_minutes=15),
        Parts(paid_minutes=15),
        Parts(included_minutes=45, overage_minutes=15),
    ]
    assert [line.billed_minutes for line in lines] == [15, 60, 15, 60]


# Pairs of lots, each given 60 minutes: the first is drawn before the second.
DRAWN_FIRST = {
    "the one that expires first, whatever its kind": [lot(PACKAGE, 60), lot(BONUS, 60, ends_on=date(2026, 11, 2))],
    "bonus before goodwill": [lot(BONUS, 60), lot(GOODWILL, 60)],
    "goodwill before roll-over": [lot(GOODWILL, 60), lot(ROLLOVER, 60)],
    "roll-over before included": [lot(ROLLOVER, 60), lot(INCLUDED, 60)],
    "included before package": [lot(INCLUDED, 60), lot(PACKAGE, 60)],
    "the older": [lot(PACKAGE, 60, date(2026, 9, 30), NOVEMBER, source_id=9), lot(PACKAGE, 60, source_id=8)],
    "the lower id": [lot(PACKAGE, 60, source_id=9), lot(PACKAGE, 60, source_id=10)],
}


@pytest.mark.parametrize("lots", DRAWN_FIRST.values(), ids=DRAWN_FIRST)
def test_grants_are_drawn_in_their_order_h4(lots: list) -> None:
    for given in (lots, lots[::-1]):
        hours = account_on(pool(given, [work("2026-10-05 10:00", 75)]), "2026-10-06")
        used = {state.lot: state.used_minutes for state in hours.lots}
        assert [used[first] for first in lots] == [60, 15]


def test_one_entry_is_split_over_several_grants_and_the_rest_is_overage_h4() -> None:
    lots = [lot(kind, 15) for kind in GrantKind]
    [line] = account_on(pool(lots, [work("2026-10-05 10:00", 90)]), "2026-10-06").lines
    assert astuple(line.parts) == (15, 15, 15, 15, 15, 15, 0, 0)


@pytest.mark.parametrize(
    ("worked_on", "drawn"),
    [("2026-09-30", 0), ("2026-10-01", 15), ("2026-10-31", 15), ("2026-11-01", 0)],
)
def test_a_grant_pays_from_its_first_day_to_its_last_h4(worked_on: str, drawn: int) -> None:
    for hour in ("00:00", "23:59"):
        [line] = account_on(pool([lot(INCLUDED, 60)], [work(f"{worked_on} {hour}", 5)]), "2026-12-01").lines
        assert (line.parts.included_minutes, line.parts.overage_minutes) == (drawn, 15 - drawn)


def test_late_typed_work_draws_by_the_day_of_the_work_h1() -> None:
    early, late = work("2026-10-05 10:00", 60), work("2026-10-20 10:00", 60)
    facts = pool([lot(BONUS, 60, OCTOBER, date(2026, 10, 10)), lot(INCLUDED, 30)], [late, early])
    assert [(line.entry_id, line.parts) for line in account_on(facts, "2026-11-01").lines] == [
        (early.id, Parts(bonus_minutes=60)),
        (late.id, Parts(included_minutes=30, overage_minutes=30)),
    ]


def from_april(cap: int, life: int, used_in_may: int = 120) -> HoursFacts:
    """480 minutes a month from April, 300 used in April."""
    entries = [work("2026-04-10 10:00", 300), work("2026-05-10 10:00", used_in_may)]
    return pool(monthly(480, date(2026, 4, 1), 4, cap=cap, life=life), entries)


@pytest.mark.parametrize(
    ("cap", "life", "in_may", "in_june", "in_july"),
    [
        (480, 1, 660, 960, 960),  # of the 180 from April 120 are used and 60 burn on 31.05
        (480, 2, 660, 1020, 1320),  # May's own 480 expire before those 180, so they pay: 360 + 180 live in June
        (100, 1, 580, 580, 580),  # the cap is smaller than what is unused
        (0, 1, 480, 480, 480),
        (480, 0, 480, 480, 480),
    ],
)
def test_unused_minutes_roll_over_with_a_cap_and_a_life_h6(
    cap: int, life: int, in_may: int, in_june: int, in_july: int
) -> None:
    facts = from_april(cap, life)
    available = [account_on(facts, day).available_minutes for day in ("2026-05-01", "2026-06-01", "2026-07-01")]
    assert available == [in_may, in_june, in_july]


def test_what_did_not_roll_over_burns_on_the_last_day_h6() -> None:
    facts = from_april(cap=480, life=1)
    before, after = account_on(facts, "2026-05-31 23:59"), account_on(facts, "2026-06-01")
    assert before.available_minutes == 540
    [april] = [state for state in after.lots if state.lot.origin is LotOrigin.ROLLOVER and state.lot.minutes == 180]
    assert (april.used_minutes, april.burnt_minutes, april.rolled_minutes) == (120, 60, 0)
    [may] = [state for state in after.lots if state.lot.starts_on == date(2026, 5, 1) and state.lot.kind is INCLUDED]
    assert (may.used_minutes, may.expired_minutes, may.rolled_minutes, may.burnt_minutes) == (0, 480, 480, 0)


def test_a_lot_with_no_later_end_for_its_roll_over_burns_h6() -> None:
    lots = [lot(INCLUDED, 60, rollover_cap_minutes=60), lot(BONUS, 60, rollover_ends_on=NOVEMBER)]
    assert [state.burnt_minutes for state in account_on(pool(lots), "2026-11-01").lots] == [60, 60]


@pytest.mark.parametrize(
    ("voided_on", "used", "remaining", "expired", "voided"),
    [
        (None, 75, 0, 45, 0),
        (date(2026, 10, 20), 75, 0, 0, 45),
        (date(2026, 10, 10), 15, 0, 0, 105),  # the work of the 15th finds nothing
        (OCTOBER, 0, 0, 0, 120),
        (date(2026, 9, 1), 0, 0, 0, 120),  # before its first day
        (NOVEMBER, 75, 0, 0, 45),  # and so nothing rolls over into November
        (date(2026, 11, 2), 75, 0, 45, 0),
    ],
)
def test_voiding_takes_what_is_left_and_leaves_what_was_used_e2(
    voided_on: date | None, used: int, remaining: int, expired: int, voided: int
) -> None:
    given = lot(INCLUDED, 120, voided_on=voided_on)
    entries = [work("2026-10-05 10:00", 15), work("2026-10-15 10:00", 60)]
    [state] = account_on(pool([given], entries), "2026-12-01").lots
    assert (state.used_minutes, state.remaining_minutes, state.expired_minutes, state.voided_minutes) == (
        used,
        remaining,
        expired,
        voided,
    )


def test_voiding_after_the_end_takes_the_minutes_that_rolled_over_h6() -> None:
    rolled = lot(INCLUDED, 60, rollover_cap_minutes=60, rollover_ends_on=DECEMBER, voided_on=date(2026, 11, 10))
    facts = pool([rolled])
    assert account_on(facts, "2026-11-09").available_minutes == 60
    assert account_on(facts, "2026-11-10").available_minutes == 0
    assert state_of(account_on(facts, "2026-11-10"), ROLLOVER).voided_minutes == 60


@pytest.mark.parametrize(
    ("charge", "parts"),
    [
        (Charge.PAID, Parts(paid_minutes=60)),
        (Charge.GOODWILL, Parts(free_minutes=60)),
        (Charge.OUT_OF_SCOPE, Parts(free_minutes=60)),
        (Charge.DRAW, Parts(included_minutes=60)),
    ],
)
def test_paid_goodwill_and_out_of_scope_work_draws_no_grants_h9(charge: Charge, parts: Parts) -> None:
    hours = account_on(pool([lot(INCLUDED, 60)], [work("2026-10-05 10:00", 60, charge=charge)]), "2026-10-06")
    assert hours.lines[0].parts == parts
    assert hours.available_minutes == 60 - parts.drawn_minutes


def test_an_entry_reversed_on_its_own_day_vanishes_with_its_reversal_h10() -> None:
    wrong, right = work("2026-10-05 10:00", 240), work("2026-10-05 10:00", 30)
    facts = pool([lot(INCLUDED, 60)], [wrong, reversal(wrong), right])
    hours = account_on(facts, "2026-10-06")
    assert [(line.entry_id, line.parts) for line in hours.lines] == [(right.id, Parts(included_minutes=30))]
    assert hours.available_minutes == 30


def corrected_in_november() -> HoursFacts:
    """90 minutes of October, drawn from 60 and 30 of them overage, reversed in November and entered as 30."""
    wrong = work("2026-10-05 10:00", 90)
    undo = reversal(wrong, NOVEMBER)
    right = work("2026-10-05 10:00", 30, counts_on=NOVEMBER)
    return pool([lot(INCLUDED, 60)], [wrong, right, undo])


def test_a_closed_months_reversal_gives_its_minutes_back_as_goodwill_h10() -> None:
    hours = account_on(corrected_in_november(), "2026-11-02")
    october, undone, anew = hours.lines
    assert october.parts == Parts(included_minutes=60, overage_minutes=30)
    assert undone.parts == Parts(goodwill_minutes=-60, overage_minutes=-30)
    assert undone.billed_minutes == -90
    assert anew.parts == Parts(goodwill_minutes=30)  # the minutes are back before the work of the same moment
    assert hours.available_minutes == 30


@pytest.mark.parametrize(("day", "available"), [("2026-11-02", 30), ("2026-12-31 23:59", 30), ("2027-01-01", 0)])
def test_minutes_given_back_live_until_the_end_of_the_month_after_h10(day: str, available: int) -> None:
    hours = account_on(corrected_in_november(), day)
    assert hours.available_minutes == available
    assert state_of(hours, GOODWILL).burnt_minutes == 30 - available


def test_a_reversal_is_paid_back_by_the_frozen_parts_when_its_original_is_closed_h10() -> None:
    frozen = Parts(bonus_minutes=15, package_minutes=30, overage_minutes=15)
    undo = reversal(work("2026-10-05 10:00", 60), NOVEMBER, reversed_parts=frozen)
    hours = account_on(pool([], [undo]), "2026-11-02")
    assert hours.lines[0].parts == Parts(goodwill_minutes=-45, overage_minutes=-15)
    assert hours.available_minutes == 45


@pytest.mark.parametrize(
    ("charge", "parts"),
    [
        (Charge.PAID, Parts(paid_minutes=-60)),
        (Charge.GOODWILL, Parts(free_minutes=-60)),
        (Charge.OUT_OF_SCOPE, Parts(free_minutes=-60)),
    ],
)
def test_reversed_work_that_drew_nothing_gives_no_minutes_back_h10(charge: Charge, parts: Parts) -> None:
    original = work("2026-10-05 10:00", 60, charge=charge)
    hours = account_on(pool([], [original, reversal(original, NOVEMBER, charge=charge)]), "2026-11-02")
    assert hours.lines[1].parts == parts
    assert hours.lots == ()


def test_a_hold_takes_minutes_only_between_its_placing_and_its_lapse_h12() -> None:
    held = hold(45, "2026-10-05 10:00", "2026-10-08 10:00")
    facts = pool([lot(INCLUDED, 60)], reserves=(held,))
    second = timedelta(seconds=1)
    for at, available in [
        (held.placed_at - second, 60),
        (held.placed_at, 15),
        (held.expires_at - second, 15),
        (held.expires_at, 60),
    ]:
        assert account(facts, at).available_minutes == available


def test_a_hold_that_was_ended_counts_no_more_h12() -> None:
    held = hold(45, "2026-10-05 10:00", "2026-10-08 10:00", ended="2026-10-06 10:00")
    facts = pool([lot(INCLUDED, 60)], reserves=(held,))
    assert account_on(facts, "2026-10-06 09:59").available_minutes == 15
    assert account_on(facts, "2026-10-06 10:00").available_minutes == 60


def test_holds_reserve_several_grants_in_draw_order_and_tell_what_none_backs_h12() -> None:
    held = (hold(60, "2026-10-05 10:00", "2026-10-08 10:00"), hold(90, "2026-10-05 11:00", "2026-10-08 10:00"))
    later = lot(PACKAGE, 600, date(2026, 10, 7), DECEMBER)
    facts = pool([lot(INCLUDED, 60), lot(BONUS, 30), lot(PACKAGE, 30), later], reserves=held)
    hours = account_on(facts, "2026-10-06")
    assert [(state.lot.kind, state.held_minutes) for state in hours.usable()] == [
        (BONUS, 30),
        (INCLUDED, 60),
        (PACKAGE, 30),
    ]
    assert (hours.available_minutes, hours.held_beyond_minutes) == (0, 30)


def test_work_on_a_lapsed_hold_is_recorded_and_what_no_grant_pays_is_overage_h12() -> None:
    facts = pool(
        [lot(INCLUDED, 60)],
        [work("2026-10-09 10:00", 60), work("2026-10-10 10:00", 60)],
        reserves=(hold(60, "2026-10-05 10:00", "2026-10-08 10:00"),),
    )
    parts = [line.parts for line in account_on(facts, "2026-10-11").lines]
    assert parts == [Parts(included_minutes=60), Parts(overage_minutes=60)]


def test_only_lots_of_the_day_are_available_d5() -> None:
    lots = [lot(INCLUDED, 60, date(2026, 9, 1)), lot(INCLUDED, 70), lot(INCLUDED, 80, NOVEMBER)]
    assert account_on(pool(lots), "2026-10-31 23:59").available_minutes == 70
    assert account_on(pool(lots), "2026-11-01").available_minutes == 80


@pytest.mark.parametrize("time_zone", ["Europe/Moscow", "Asia/Kamchatka", "America/New_York"])
@pytest.mark.parametrize("seen_from", ["UTC", "Asia/Kamchatka", "America/New_York"])
def test_the_last_day_ends_at_midnight_of_the_zone_t4(time_zone: str, seen_from: str) -> None:
    for clock, day in [("2026-10-31 23:59:30", date(2026, 10, 31)), ("2026-11-01 00:00:10", NOVEMBER)]:
        at = moment(clock, time_zone).astimezone(ZoneInfo(seen_from))
        assert local_day(at, time_zone) == day


@pytest.mark.parametrize(
    ("day", "time_zone", "starts_at"),
    [
        (date(2026, 10, 31), "Europe/Moscow", "2026-10-30T21:00:00+00:00"),
        (date(2026, 11, 1), "America/New_York", "2026-11-01T04:00:00+00:00"),  # the clock goes back at 02:00
        (date(2026, 11, 2), "America/New_York", "2026-11-02T05:00:00+00:00"),
        (date(2026, 4, 24), "Africa/Cairo", "2026-04-23T22:00:00+00:00"),  # the day begins at 01:00
    ],
)
def test_a_day_starts_at_its_first_instant_t4(day: date, time_zone: str, starts_at: str) -> None:
    first = day_starts_at(day, time_zone)
    assert first.isoformat() == starts_at
    assert local_day(first, time_zone) == day
    assert local_day(first - timedelta.resolution, time_zone) == day - timedelta(days=1)


def test_the_repeated_hour_belongs_to_one_day_t4() -> None:
    for utc in ("2026-11-01T05:30:00+00:00", "2026-11-01T06:30:00+00:00"):  # 01:30, twice
        assert local_day(datetime.fromisoformat(utc), "America/New_York") == NOVEMBER


@for_any(facts=a_pool, at=an_instant, order=lambda chance: chance)
def test_the_order_of_typing_changes_nothing_h1(facts: HoursFacts, at: datetime, order: Random) -> None:
    shuffled = {
        name: tuple(order.sample(typed, len(typed)))
        for name in ("lots", "entries", "reserves")
        if (typed := getattr(facts, name)) is not None
    }
    assert account(replace(facts, **shuffled), at) == account(facts, at)


@for_any(facts=a_pool, at=an_instant)
def test_the_parts_of_each_entry_add_up_to_its_billed_minutes_e1(facts: HoursFacts, at: datetime) -> None:
    lines = {line.entry_id: line for line in account(facts, at).lines}
    for entry, billed_minutes in billed_entries(facts, at):
        parts = lines[entry.id].parts
        if entry.reverses is None:
            assert sum(astuple(parts)) == billed_minutes
            assert min(astuple(parts)) >= 0
        else:
            assert sum(astuple(parts)) == -lines[entry.reverses].billed_minutes
            assert max(astuple(parts)) <= 0


@for_any(facts=a_pool, at=an_instant)
def test_every_minute_of_every_lot_is_somewhere_e2(facts: HoursFacts, at: datetime) -> None:
    hours = account(facts, at)
    for state in hours.lots:
        places = (state.held_minutes, state.remaining_minutes, state.expired_minutes, state.voided_minutes)
        assert state.lot.minutes == state.used_minutes + sum(places)
        assert min(places) >= 0
        assert 0 <= state.rolled_minutes <= state.expired_minutes
        assert state.used_minutes >= (0 if state.lot.origin is not LotOrigin.RETURNED else -10_000)


@for_any(facts=a_pool, at=an_instant)
def test_what_entries_drew_is_what_lots_gave_kind_by_kind_e1_e2(facts: HoursFacts, at: datetime) -> None:
    hours = account(facts, at)
    for kind in GrantKind:
        drawn = sum(getattr(line.parts, f"{kind.value}_minutes") for line in hours.lines)
        assert drawn == sum(state.used_minutes for state in hours.lots if state.lot.kind is kind)


@for_any(facts=a_pool, at=an_instant)
def test_nothing_is_overage_while_a_grant_of_the_day_has_minutes_left_h4(facts: HoursFacts, at: datetime) -> None:
    for line in account(facts, at).lines:
        if line.parts.overage_minutes > 0:
            [entry] = [entry for entry in facts.entries if entry.id == line.entry_id]
            just_after = account(facts, entry.counts_at + timedelta.resolution)
            if [drawn for drawn in just_after.lines if drawn.entry_id == line.entry_id] == [line]:
                assert just_after.available_minutes == 0


@for_any(facts=a_pool, at=an_instant)
def test_an_earlier_moment_is_not_changed_by_what_counts_later_d1(facts: HoursFacts, at: datetime) -> None:
    known = replace(
        facts,
        entries=tuple(entry for entry in facts.entries if entry.counts_at < at),
        reserves=tuple(reserve for reserve in facts.reserves if reserve.placed_at <= at),
    )
    assert account(known, at) == account(facts, at)


@for_any(facts=a_pool, at=an_instant, reserve=lambda chance: a_hold(chance, "Europe/Moscow", 9))
def test_a_hold_never_raises_what_is_available_and_never_makes_it_negative_d5(
    facts: HoursFacts, at: datetime, reserve: Reserve
) -> None:
    held = replace(
        facts, reserves=(*facts.reserves, replace(reserve, placed_at=at, expires_at=at + timedelta(1), ended_at=None))
    )
    free, with_hold = account(facts, at), account(held, at)
    assert 0 <= with_hold.available_minutes <= free.available_minutes
    beyond = with_hold.held_beyond_minutes - free.held_beyond_minutes
    assert free.available_minutes - with_hold.available_minutes + beyond == reserve.minutes
    assert with_hold.lines == free.lines


@for_any(facts=a_pool, at=an_instant)
def test_a_pool_of_minutes_never_outlives_its_lots_h6(facts: HoursFacts, at: datetime) -> None:
    hours = account(facts, at)
    assert all(state.lot.starts_on <= hours.on < state.lot.ends_on for state in hours.usable())
    long_after = account(facts, day_starts_at(boundary(LAST, 12), facts.time_zone))
    assert long_after.available_minutes == 0
    assert all(state.remaining_minutes == 0 for state in long_after.lots)
