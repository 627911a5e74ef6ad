"""What one entry moves in a pool: every line and every lot that it leaves otherwise than before (rule H14)."""

from collections.abc import Collection
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from contracts.terms import next_month
from entitlements.hours import HoursAccount, Line, LotState, account, day_starts_at, local_day
from entitlements.hours_facts import Entry, HoursFacts, Lot, LotOrigin, Parts


class MovedLine(Struct, frozen=True):
    """An entry whose line changes: how it was paid and how it is; none where it has no line."""

    entry: Entry
    before: Parts | None
    after: Parts | None


class MovedLot(Struct, frozen=True):
    """A lot that changes, as it was and as it is; none where there is no such lot. `lot` is the later of both."""

    lot: Lot
    before: LotState | None
    after: LotState | None


class MovedHours(Struct, frozen=True):
    """All that changes in a pool, up to the end of the last month in which anything counts."""

    lines: tuple[MovedLine, ...] = ()
    lots: tuple[MovedLot, ...] = ()

    @property
    def overage_minutes(self) -> int:
        """How many minutes of overage come up; negative when they become fewer."""
        return sum(_overage(line.after) - _overage(line.before) for line in self.lines)


def without(facts: HoursFacts, entry_ids: Collection[int]) -> HoursFacts:
    """The facts as they were before the entries: facts are only added (H1)."""
    return replace(facts, entries=tuple(entry for entry in facts.entries if entry.id not in entry_ids))


def moved_hours(before: HoursFacts, after: HoursFacts, at: datetime) -> MovedHours:
    """What changes from the facts to those with more entries.

    Both accounts are drawn at the end of the last month in which an entry counts, or of the running one: what is
    rounded together and what rolls over is moved as well.
    """
    last = max([local_day(at, after.time_zone), *(entry.counts_on for entry in (*before.entries, *after.entries))])
    bound = day_starts_at(next_month(last), after.time_zone)
    was, is_now = account(before, bound), account(after, bound)
    entries = {entry.id: entry for entry in (*before.entries, *after.entries)}
    paid, pays = _paid(was.lines), _paid(is_now.lines)
    lots_before, lots_after = _lots(was), _lots(is_now)
    return MovedHours(
        tuple(
            MovedLine(entries[entry_id], paid.get(entry_id), pays.get(entry_id))
            for entry_id in {**pays, **paid}
            if paid.get(entry_id) != pays.get(entry_id)
        ),
        tuple(
            MovedLot((lots_after.get(key) or lots_before[key]).lot, lots_before.get(key), lots_after.get(key))
            for key in {**lots_after, **lots_before}
            if lots_before.get(key) != lots_after.get(key)
        ),
    )


def _paid(lines: tuple[Line, ...]) -> dict[int, Parts]:
    return {line.entry_id: line.parts for line in lines}


def _lots(drawn: HoursAccount) -> dict[tuple[LotOrigin, int], LotState]:
    return {(state.lot.origin, state.lot.source_id): state for state in drawn.lots}


def _overage(parts: Parts | None) -> int:
    return parts.overage_minutes if parts is not None else 0
