"""On which day a client's hours run out, should it go on as in the last weeks (rule H13)."""

from collections.abc import Mapping
from datetime import date

from msgspec import Struct

from contracts.terms import ONE_DAY
from entitlements.calendar import WorkingCalendar
from entitlements.hours import HoursAccount, closes_on

PACE_DAYS = 20
"""Over how many working days, today among them, the pace is measured."""


class Forecast(Struct, frozen=True):
    """Minutes that were drawn in the last `PACE_DAYS` working days, and the day on which those that are left run out.

    `runs_out_on` is none when all that is left lasts at that pace until it expires.
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
    left = hours.available_minutes
    last = max((closes_on(state.lot) for state in hours.usable() if state.remaining_minutes), default=hours.on)
    day, days_needed = hours.on, -(-left * PACE_DAYS // drawn)
    while days_needed > 0 and day < last:
        day += ONE_DAY
        days_needed -= calendar.is_working_day(day)
    return Forecast(drawn, day if left == 0 or day < last else None)
