"""H14: what an entry moves is what the account says after it less what it said before."""

from datetime import datetime
from random import Random

from msgspec.structs import replace

from contracts.policies import RoundingScope
from contracts.terms import boundary
from entitlements.hours import account, day_starts_at
from entitlements.hours_facts import GrantKind, HoursFacts, Parts
from entitlements.moved_hours import MovedHours, moved_hours, without
from entitlements.rounding import RoundingPolicy
from tests.entitlements.facts_builders import OCTOBER, PLAN, lot, moment, monthly, pool, reversal, work
from tests.entitlements.random_facts import FIRST, MONTHS, a_pool, an_instant, for_any

INCLUDED = GrantKind.INCLUDED
AT = moment("2026-10-28 12:00")
Late = tuple[HoursFacts, HoursFacts, datetime]


def moved(facts: HoursFacts, *new: int, at: datetime = AT) -> MovedHours:
    """What those of the entries move that are named by id."""
    return moved_hours(without(facts, new), facts, at)


def test_a_late_entry_takes_the_minutes_of_later_work_h14() -> None:
    late, done = work("2026-10-05 10:00", 30), work("2026-10-12 10:00", 60)
    found = moved(pool([lot(INCLUDED, 60)], [done, late]), late.id)
    assert {line.entry.id: (line.before, line.after) for line in found.lines} == {
        late.id: (None, Parts(included_minutes=30)),
        done.id: (Parts(included_minutes=60), Parts(included_minutes=30, overage_minutes=30)),
    }
    assert (found.overage_minutes, found.lots) == (30, ())


def test_an_entry_moves_what_is_drawn_burns_and_rolls_over_h6_h14() -> None:
    """Its month is shown to its end, and so is each later one in which something counts."""
    new, later = work("2026-10-05 10:00", 60), work("2026-11-10 10:00", 480)
    found = moved(pool(monthly(480, OCTOBER, 2, cap=480, life=1), [new, later]), new.id)
    shown = {
        (one.lot.kind, one.lot.starts_on.month): [
            (state.lot.minutes, state.used_minutes, state.rolled_minutes) for state in (one.before, one.after) if state
        ]
        for one in found.lots
    }
    assert shown == {
        (INCLUDED, 10): [(480, 0, 480), (480, 60, 420)],
        (GrantKind.ROLLOVER, 11): [(480, 480, 0), (420, 420, 0)],
        (INCLUDED, 11): [(480, 0, 480), (480, 60, 420)],
        (GrantKind.ROLLOVER, 12): [(480, 0, 0), (420, 0, 0)],
    }
    assert [line.entry.id for line in found.lines] == [new.id, later.id]


def test_an_entry_that_is_rounded_together_with_others_moves_them_h3_h14() -> None:
    first, new = work("2026-10-06 10:00", 10, ticket="SD-1"), work("2026-10-05 10:00", 20, ticket="SD-1")
    facts = pool([lot(INCLUDED, 60)], [first, new])
    found = moved(replace(facts, policies={PLAN: RoundingPolicy(30, 0, RoundingScope.TICKET)}), new.id)
    assert {line.entry.id for line in found.lines} == {first.id, new.id}


def test_a_correction_moves_what_the_entry_had_drawn_h10_h14() -> None:
    first = work("2026-10-05 10:00", 60)
    undone = reversal(first)
    again = work("2026-10-05 10:00", 15, external_id=first.external_id, revision=3)
    found = moved(pool([lot(INCLUDED, 60)], [first, undone, again]), undone.id, again.id)
    assert {line.entry.id: (line.before, line.after) for line in found.lines} == {
        first.id: (Parts(included_minutes=60), None),
        again.id: (None, Parts(included_minutes=15)),
    }


def test_what_changes_nothing_moves_nothing_h14() -> None:
    facts = pool([lot(INCLUDED, 60)], [work("2026-10-05 10:00", 60)])
    assert moved(facts) == MovedHours()


def some_late_work(chance: Random) -> Late:
    """A pool before and after some of its entries, and the moment of typing them."""
    facts = a_pool(chance)
    reversed_ids = {entry.reverses for entry in facts.entries}
    free = [entry.id for entry in facts.entries if entry.reverses is None and entry.id not in reversed_ids]
    new = chance.sample(free, min(len(free), chance.randint(1, 2)))
    return without(facts, new), facts, an_instant(chance, facts.time_zone)


@for_any(late=some_late_work)
def test_the_preview_is_the_effect_at_the_close_of_every_month_h14(late: Late) -> None:
    """Each line that a closed month would have is the line before, or the one that was shown as moved."""
    before, after, at = late
    found = moved_hours(before, after, at)
    shown = {line.entry.id: line.after for line in found.lines}
    for bound in (*MONTHS, boundary(FIRST, 8)):
        closes_at = day_starts_at(bound, after.time_zone)
        paid = {line.entry_id: line.parts for line in account(before, closes_at).lines} | shown
        for line in account(after, closes_at).lines:
            assert paid[line.entry_id] == line.parts
    was, is_now = (
        sum(line.parts.overage_minutes for line in account(facts, closes_at).lines) for facts in (before, after)
    )
    assert found.overage_minutes == is_now - was
