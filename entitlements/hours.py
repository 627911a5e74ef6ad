"""The hours account: who paid for which minute, computed from facts (rules H1, H4, H6, H9, H12; E1–E3).

One pure function, `account`, sweeps the facts of one pool (a client with a seller) in the order of the work, never in
the order of typing. The desk's answer, the balance, a preview and the statement are this function on different facts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from contracts.terms import boundary, next_month
from entitlements.billed import billed_entries
from entitlements.hours_facts import Charge, Entry, GrantKind, HoursFacts, Lot, LotOrigin, Parts

DRAW_RANK = {kind: rank for rank, kind in enumerate(GrantKind)}


@dataclass(frozen=True, slots=True)
class Line:
    """One counted entry with its billed minutes and what paid for them."""

    entry_id: int
    counts_on: date
    parts: Parts

    @property
    def billed_minutes(self) -> int:
        """What the entry counts for after the plan's rounding and multipliers."""
        return self.parts.billed_minutes


@dataclass(frozen=True, slots=True)
class LotState:
    """A lot at a moment; granted = used + held + remaining + expired + voided (E2).

    `rolled_minutes` is the part of the expired minutes that rolled over; the rest burnt.
    """

    lot: Lot
    used_minutes: int
    held_minutes: int
    remaining_minutes: int
    expired_minutes: int
    voided_minutes: int
    rolled_minutes: int

    @property
    def burnt_minutes(self) -> int:
        """What was lost for good: expired and not rolled over, or voided."""
        return self.expired_minutes - self.rolled_minutes + self.voided_minutes


@dataclass(frozen=True, slots=True)
class HoursAccount:
    """The pool at a moment: every lot, every counted entry, and held minutes that no grant could back."""

    at: datetime
    on: date
    lots: tuple[LotState, ...]
    lines: tuple[Line, ...]
    held_beyond_minutes: int

    def usable(self) -> tuple[LotState, ...]:
        """The lots that can pay for work today, in draw order."""
        return tuple(state for state in self.lots if _valid_on(state.lot, self.on))

    @property
    def available_minutes(self) -> int:
        """Unexpired grants less what is used and held (D5)."""
        return sum(state.remaining_minutes for state in self.usable())


def local_day(at: datetime, time_zone: str) -> date:
    """The calendar day of an instant in a time zone; the day on which the instant counts (T4, H11)."""
    return at.astimezone(_zone(time_zone)).date()


def account(facts: HoursFacts, at: datetime) -> HoursAccount:
    """The hours account at `at`: entries that count before it, lots expired by its day, holds that live at it."""
    on = local_day(at, facts.time_zone)
    sweep = _Sweep(facts.lots)
    lines = []
    for entry, billed_minutes in billed_entries(facts, at):
        sweep.expire(entry.counts_on)
        lines.append(Line(entry.id, entry.counts_on, sweep.pay(entry, billed_minutes)))
    sweep.expire(on)
    live = sorted((r for r in facts.reserves if r.is_live(at)), key=lambda r: (r.placed_at, r.hold_id))
    beyond = sweep.hold(sum(reserve.minutes for reserve in live), on)
    states = sorted((lot.state() for lot in sweep.lots), key=lambda state: _draw_order(state.lot))
    return HoursAccount(at, on, tuple(states), tuple(lines), beyond)


def _draw_order(lot: Lot) -> tuple[object, ...]:
    """Earliest expiry, then kind, then the older, then id (H4)."""
    return (lot.ends_on, DRAW_RANK[lot.kind], lot.starts_on, lot.source_id, lot.origin)


def closes_on(lot: Lot) -> date:
    return lot.ends_on if lot.voided_on is None else min(lot.ends_on, lot.voided_on)


def _valid_on(lot: Lot, day: date) -> bool:
    return lot.starts_on <= day < closes_on(lot)


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


@dataclass(slots=True)
class _OpenLot:
    """A lot during the sweep."""

    lot: Lot
    used: int
    held: int = 0
    expired: int = 0
    voided: int = 0
    rolled: int = 0

    @property
    def left(self) -> int:
        return self.lot.minutes - self.used - self.held - self.expired - self.voided

    def state(self) -> LotState:
        return LotState(self.lot, self.used, self.held, self.left, self.expired, self.voided, self.rolled)


class _Sweep:
    """The lots of a pool while the entries pass by in the order of the work."""

    def __init__(self, lots: Iterable[Lot]) -> None:
        self.lots = [_OpenLot(lot, lot.used_minutes) for lot in sorted(lots, key=_draw_order)]
        self._running = list(self.lots)

    def expire(self, on: date) -> None:
        """End every lot that closes on or before the day; what may roll over becomes a lot of its own (H6)."""
        while ending := [lot for lot in self._running if closes_on(lot.lot) <= on]:
            first = min(ending, key=lambda lot: (closes_on(lot.lot), _draw_order(lot.lot)))
            self._running.remove(first)
            self._end(first)

    def _end(self, ending: _OpenLot) -> None:
        lot, left = ending.lot, ending.left
        if lot.voided_on is not None and lot.voided_on <= lot.ends_on:
            ending.voided = left
            return
        ending.expired = left
        ending.rolled = min(left, lot.rollover_cap_minutes)
        if ending.rolled > 0 and lot.rollover_ends_on is not None:
            self._add(
                Lot(
                    LotOrigin.ROLLOVER,
                    lot.source_id,
                    GrantKind.ROLLOVER,
                    ending.rolled,
                    lot.ends_on,
                    lot.rollover_ends_on,
                )
            )

    def pay(self, entry: Entry, billed_minutes: int) -> Parts:
        """Draw the entry's minutes from the lots valid on its day; the rest is overage (H4, H9)."""
        if entry.reverses is not None:
            return self._give_back(entry)
        if entry.charge is Charge.PAID:
            return Parts(paid_minutes=billed_minutes)
        if entry.charge is not Charge.DRAW:
            return Parts(free_minutes=billed_minutes)
        left, drawn = billed_minutes, dict.fromkeys(GrantKind, 0)
        for lot in self._running:
            if left == 0:
                break
            if _valid_on(lot.lot, entry.counts_on) and lot.left > 0:
                take = min(left, lot.left)
                lot.used += take
                drawn[lot.lot.kind] += take
                left -= take
        return Parts(
            bonus_minutes=drawn[GrantKind.BONUS],
            goodwill_minutes=drawn[GrantKind.GOODWILL],
            rollover_minutes=drawn[GrantKind.ROLLOVER],
            included_minutes=drawn[GrantKind.INCLUDED],
            package_minutes=drawn[GrantKind.PACKAGE],
            overage_minutes=left,
        )

    def _give_back(self, reversal: Entry) -> Parts:
        """Undo an entry of a closed month: its grants' minutes come back as goodwill, the rest is credited (H10).

        They live until the end of the month after the one that counts the reversal.
        """
        undone = reversal.reversed_parts or Parts()
        back = undone.drawn_minutes
        if back:
            until = boundary(next_month(reversal.counts_on), 1)
            lot = Lot(LotOrigin.RETURNED, reversal.id, GrantKind.GOODWILL, 0, reversal.counts_on, until, -back)
            self._add(lot)
        return Parts(
            goodwill_minutes=-back,
            overage_minutes=-undone.overage_minutes,
            paid_minutes=-undone.paid_minutes,
            free_minutes=-undone.free_minutes,
        )

    def hold(self, minutes: int, on: date) -> int:
        """Reserve minutes in draw order; returns what no lot could back."""
        for lot in self._running:
            if minutes and _valid_on(lot.lot, on):
                take = min(minutes, max(lot.left, 0))
                lot.held += take
                minutes -= take
        return minutes

    def _add(self, lot: Lot) -> None:
        added = _OpenLot(lot, lot.used_minutes)
        self.lots.append(added)
        self._running.append(added)
        self._running.sort(key=lambda running: _draw_order(running.lot))
