"""The hours account: who paid for which minute, computed from facts (rules H1, H4, H6, H9, H12; E1–E3).

One pure function, `account`, sweeps the facts of one pool (a client with a seller) in the order of the work, never in
the order of typing. The desk's answer, the balance, a preview and the statement are this function on different facts.
"""

from bisect import insort
from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

from msgspec import Struct

from contracts.terms import REMEMBERED, boundary, next_month
from entitlements.billed import billed_entries
from entitlements.hours_facts import Charge, Entry, GrantKind, HoursFacts, Lot, LotOrigin, Parts

DRAW_RANK = {kind: rank for rank, kind in enumerate(GrantKind)}
PART_OF = {kind: f"{kind.value}_minutes" for kind in GrantKind}


class Line(Struct, frozen=True):
    """One counted entry with its billed minutes and what paid for them."""

    entry_id: int
    counts_on: date
    parts: Parts

    @property
    def billed_minutes(self) -> int:
        """What the entry counts for after the plan's rounding and multipliers."""
        return self.parts.billed_minutes


class LotState(Struct, frozen=True):
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


class HoursAccount(Struct, frozen=True):
    """The pool at a moment: every lot that has begun, every counted entry, held minutes that no grant could back."""

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


@lru_cache(REMEMBERED)
def day_starts_at(day: date, time_zone: str) -> datetime:
    """The first instant of a calendar day in a time zone."""
    return datetime.combine(day, time(0), _zone(time_zone)).astimezone(UTC)


def account(facts: HoursFacts, at: datetime) -> HoursAccount:
    """The hours account at `at`: entries that count before it, lots expired by its day, holds that live at it.

    Lots that begin later pay for nothing yet and are left out.
    """
    on = local_day(at, facts.time_zone)
    sweep = _Sweep(lot for lot in facts.lots if lot.starts_on <= on)
    lines = []
    for entry, billed_minutes in billed_entries(facts, at):
        sweep.expire(entry.counts_on)
        lines.append(Line(entry.id, entry.counts_on, sweep.pay(entry, billed_minutes)))
    sweep.expire(on)
    beyond = sweep.hold(sum(reserve.minutes for reserve in facts.reserves if reserve.is_live(at)), on)
    states = tuple(lot.state() for lot in sorted(sweep.lots, key=_order))
    return HoursAccount(at, on, states, tuple(lines), beyond)


def _draw_order(lot: Lot) -> tuple[object, ...]:
    """Earliest expiry, then kind, then the older, then id (H4)."""
    return (lot.ends_on, DRAW_RANK[lot.kind], lot.starts_on, lot.source_id, lot.origin)


def closes_on(lot: Lot) -> date:
    """The first day on which the lot can pay for nothing any more; before its start when it was voided before it."""
    return lot.ends_on if lot.voided_on is None else min(lot.ends_on, lot.voided_on)


def _is_voided(lot: Lot) -> bool:
    """Whether what the lot has left when it closes was voided, not expired."""
    return lot.voided_on is not None and lot.voided_on <= lot.ends_on


def rolls_over(lot: Lot, left: int) -> Lot | None:
    """The lot that the minutes left at the end of one go on in, at most its cap (H6); none of a voided one."""
    lives_until, minutes = lot.rollover_ends_on, min(left, lot.rollover_cap_minutes)
    if lives_until is None or lives_until <= lot.ends_on or not minutes or _is_voided(lot):
        return None
    return Lot(
        LotOrigin.ROLLOVER,
        lot.source_id,
        GrantKind.ROLLOVER,
        minutes,
        starts_on=lot.ends_on,
        ends_on=lives_until,
        voided_on=lot.voided_on,
    )


def _valid_on(lot: Lot, day: date) -> bool:
    return lot.starts_on <= day < closes_on(lot)


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


class _OpenLot(Struct):
    """A lot during the sweep."""

    lot: Lot
    order: tuple[object, ...]
    closes_on: date
    left: int
    held: int = 0
    expired: int = 0
    voided: int = 0
    rolled: int = 0

    @classmethod
    def of(cls, lot: Lot) -> "_OpenLot":
        return cls(lot, _draw_order(lot), closes_on(lot), lot.minutes - lot.used_minutes)

    def take(self, minutes: int) -> int:
        """As many of the minutes as are left."""
        taken = min(minutes, self.left)
        self.left -= taken
        return taken

    def state(self) -> LotState:
        used = self.lot.minutes - self.left - self.held - self.expired - self.voided
        return LotState(self.lot, used, self.held, self.left, self.expired, self.voided, self.rolled)


def _order(lot: _OpenLot) -> tuple[object, ...]:
    return lot.order


class _Sweep:
    """The lots of a pool while the entries pass by in the order of the work.

    Lots that closed leave at once, so those that run and have started are those valid on the day.
    """

    def __init__(self, lots: Iterable[Lot]) -> None:
        self.lots = sorted(map(_OpenLot.of, lots), key=_order)
        self._running = list(self.lots)
        self._paid: dict[int, Parts] = {}
        self._next_close = self._first_close()

    def expire(self, on: date) -> None:
        """End every lot that closes on or before the day; what may roll over becomes a lot of its own (H6)."""
        while self._next_close <= on:
            for ending in [lot for lot in self._running if lot.closes_on == self._next_close]:
                self._running.remove(ending)
                self._end(ending)
            self._next_close = self._first_close()

    def _first_close(self) -> date:
        return min((lot.closes_on for lot in self._running), default=date.max)

    def _end(self, ending: _OpenLot) -> None:
        lot = ending.lot
        left, ending.left = ending.left, 0
        if _is_voided(lot):
            ending.voided = left
            return
        ending.expired = left
        rolled = rolls_over(lot, left)
        if rolled is not None:
            ending.rolled = rolled.minutes
            self._add(rolled)

    def pay(self, entry: Entry, billed_minutes: int) -> Parts:
        """How the entry is paid: by the lots valid on its day, by the client, or by nobody (H4, H9, H10)."""
        if entry.reverses is not None:
            return self._give_back(entry)
        if entry.charge is Charge.DRAW:
            parts = self._draw(billed_minutes, entry.counts_on)
        elif entry.charge is Charge.PAID:
            parts = Parts(paid_minutes=billed_minutes)
        else:
            parts = Parts(free_minutes=billed_minutes)
        self._paid[entry.id] = parts
        return parts

    def _draw(self, minutes: int, on: date) -> Parts:
        """Take minutes from the lots valid on the day, in draw order; the rest is overage (H4)."""
        drawn: dict[str, int] = {}
        for lot in self._running:
            if lot.left and lot.lot.starts_on <= on:
                taken = lot.take(minutes)
                part = PART_OF[lot.lot.kind]
                drawn[part] = drawn.get(part, 0) + taken
                minutes -= taken
                if minutes == 0:
                    break
        return Parts(**drawn, overage_minutes=minutes)

    def _give_back(self, reversal: Entry) -> Parts:
        """Undo an entry of a closed month: its grants' minutes come back as goodwill, the rest is credited (H10).

        They live until the end of the month after the one that counts the reversal.
        """
        undone = self._paid.get(reversal.reverses or 0) or reversal.reversed_parts or Parts()
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
            if lot.lot.starts_on <= on:
                taken = lot.take(minutes)
                lot.held += taken
                minutes -= taken
        return minutes

    def _add(self, lot: Lot) -> None:
        added = _OpenLot.of(lot)
        self.lots.append(added)
        insort(self._running, added, key=_order)
        self._next_close = min(self._next_close, added.closes_on)
