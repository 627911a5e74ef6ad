"""A pool of hours over one calendar month, and the opening balance it leaves to the next (rules E3, H1)."""

from collections.abc import Iterator
from datetime import date
from itertools import accumulate

from msgspec import Struct
from msgspec.structs import astuple, replace

from entitlements.hours import PART_OF, HoursAccount, closes_on
from entitlements.hours_facts import GrantKind, Lot, LotOrigin, Parts


class RollForward(Struct, frozen=True):
    """A pool over one calendar month: opening + given − used − burnt = closing (E3).

    `rolled_minutes` passed from one period to the next inside the pool; they are neither given nor burnt.
    """

    opening_minutes: int
    given_minutes: int
    used_minutes: int
    burnt_minutes: int
    rolled_minutes: int
    closing_minutes: int


def roll_forward(before: HoursAccount, after: HoursAccount) -> RollForward:
    """The movement of a pool between two accounts over the same facts, at the bounds of a month (E3).

    A lot that was voided before its first day is neither given nor burnt.
    """
    ever_valid = [state for state in after.lots if state.lot.starts_on < closes_on(state.lot)]
    ended = [state for state in ever_valid if before.on < closes_on(state.lot) <= after.on]
    return RollForward(
        opening_minutes=balance(before),
        given_minutes=sum(
            state.lot.minutes
            for state in ever_valid
            if state.lot.origin is LotOrigin.GRANT and before.on <= state.lot.starts_on < after.on
        ),
        used_minutes=sum(line.parts.drawn_minutes for line in after.lines if line.counts_on >= before.on),
        burnt_minutes=sum(state.burnt_minutes for state in ended),
        rolled_minutes=sum(state.rolled_minutes for state in ended),
        closing_minutes=balance(after),
    )


def by_kind(before: HoursAccount, after: HoursAccount) -> dict[GrantKind, RollForward]:
    """The movement of each kind of grants that holds or moved anything, in draw order; together `roll_forward`.

    `rolled_minutes` is signed here, minus out of a kind and plus into the rolled-over ones, so that it is 0 over all
    kinds and opening + given + rolled − used − burnt = closing for each (E3).
    """
    rolled = roll_forward(before, after).rolled_minutes
    moved = {}
    for kind in GrantKind:
        alone = roll_forward(_of_kind(before, kind), _of_kind(after, kind))
        came = rolled if kind is GrantKind.ROLLOVER else 0
        moved[kind] = replace(alone, rolled_minutes=came - alone.rolled_minutes)
    return {kind: movement for kind, movement in moved.items() if any(astuple(movement))}


def burn_down(before: HoursAccount, after: HoursAccount) -> tuple[int, ...]:
    """What the pool held at the end of each day between the two accounts, on the last day before what burnt at its end.

    It starts from the opening balance and moves as `roll_forward` says: given, used, burnt (E3).
    """
    days = (after.on - before.on).days
    moved = [0] * (days + 1)
    for state in after.lots:
        starts, ends = state.lot.starts_on, closes_on(state.lot)
        if starts < ends and state.lot.origin is LotOrigin.GRANT and before.on <= starts < after.on:
            moved[(starts - before.on).days] += state.lot.minutes
        if starts < ends and before.on < ends <= after.on:
            moved[(ends - before.on).days] -= state.burnt_minutes
    for line in after.lines:
        if line.counts_on >= before.on:
            moved[(line.counts_on - before.on).days] -= line.parts.drawn_minutes
    return tuple(accumulate(moved, initial=balance(before)))[1:-1]


def _of_kind(hours: HoursAccount, kind: GrantKind) -> HoursAccount:
    """The account as if there were grants of one kind only."""
    part = PART_OF[kind]
    lines = tuple(replace(line, parts=Parts(**{part: getattr(line.parts, part)})) for line in hours.lines)
    return replace(hours, lots=tuple(state for state in hours.lots if state.lot.kind is kind), lines=lines)


def balance(at_bound: HoursAccount) -> int:
    """What a pool holds at the bound of a month: lots that began before it, with what rolled over at it."""
    return sum(
        state.remaining_minutes + state.held_minutes for state in at_bound.lots if _begun(state.lot, at_bound.on)
    )


def closing_lots(at_bound: HoursAccount) -> Iterator[Lot]:
    """The lots that live on past the bound of a month, as the next month's opening balance."""
    for state in at_bound.lots:
        if _begun(state.lot, at_bound.on) and closes_on(state.lot) > at_bound.on:
            yield replace(state.lot, used_minutes=state.used_minutes)


def _begun(lot: Lot, bound: date) -> bool:
    return lot.starts_on < bound or lot.origin is LotOrigin.ROLLOVER
