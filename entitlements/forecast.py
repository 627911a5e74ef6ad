"""On which day a client's hours run out, should it go on as in the last weeks (rule H13)."""

from collections.abc import Mapping
from datetime import date
from heapq import heapify, heappop, heappush

from msgspec import Struct

from contracts.terms import ONE_DAY
from entitlements.calendar import WorkingCalendar
from entitlements.hours import HoursAccount, closes_on, rolls_over

PACE_DAYS = 20
"""Over how many working days, today among them, the pace is measured."""


class Forecast(Struct, frozen=True):
    """Minutes that were drawn in the last `PACE_DAYS` working days, and the day on which those that are left run out.

    `runs_out_on` is none when something is left at that pace until the last of them expires.
    """

    drawn_minutes: int
    runs_out_on: date | None


def pace_starts_on(calendar: WorkingCalendar, on: date) -> date:
    """The first day of those over which the pace is measured: all days since then until `on` are in it."""
    day, working_days = on, int(calendar.is_working_day(on))
    while working_days < PACE_DAYS:
        day -= ONE_DAY
        working_days += calendar.is_working_day(day)
    return day


def forecast(hours: HoursAccount, closed_minutes: Mapping[date, int], calendar: WorkingCalendar) -> Forecast | None:
    """The forecast for the minutes available now; none when nothing was drawn, for then there is no pace.

    What grants paid and what went beyond them counts alike. `closed_minutes` is what closed months drew, day by day.
    With nothing left the hours have run out today.
    """
    since = pace_starts_on(calendar, hours.on)
    drawn = sum(minutes for day, minutes in closed_minutes.items() if since <= day <= hours.on)
    recent = (line.parts for line in hours.lines if line.counts_on >= since)
    drawn += sum(parts.drawn_minutes + parts.overage_minutes for parts in recent)
    if drawn <= 0:
        return None
    return Forecast(drawn, _runs_out_on(hours, drawn, calendar))


def _runs_out_on(hours: HoursAccount, drawn: int, calendar: WorkingCalendar) -> date | None:
    """The day on which the last lot is used up, when each working day draws from the one that closes first (H4).

    What a lot has left when it closes is lost, but for the part that rolls over (H6). Counted in `PACE_DAYS` parts of a
    minute, of which each working day draws `drawn`.
    """
    lots = [
        (closes_on(state.lot), number, PACE_DAYS * state.remaining_minutes, state.lot)
        for number, state in enumerate(hours.usable())
        if state.remaining_minutes
    ]
    heapify(lots)
    day, need, left = hours.on, 0, 0
    while lots:
        closing, number, left, lot = heappop(lots)
        while left > need and day + ONE_DAY < closing:
            left, day = left - need, day + ONE_DAY
            need = drawn if calendar.is_working_day(day) else 0
        taken = min(left, need)
        left, need = left - taken, need - taken
        rolled = rolls_over(lot, left // PACE_DAYS)
        if rolled is not None:
            heappush(lots, (closes_on(rolled), number, PACE_DAYS * rolled.minutes, rolled))
    return None if left else day
