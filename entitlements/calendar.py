"""The working calendar: which days and hours are business time, and at what rate work is done (rules H3 and D10)."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cache, lru_cache, partial
from hashlib import blake2s
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any
from zoneinfo import ZoneInfo

from contracts.errors import Refusal
from entitlements.rounding import RateZone, RoundingPolicy

MOVES_DAYS_OFF = {"RU", "KZ", "BY"}
"""The countries that move days off by a decree for each year; elsewhere the holidays of the law say all."""
ONE_DAY = timedelta(days=1)
ONE_MINUTE = timedelta(minutes=1)
YEARS = range(2000, 2100)
_CALENDARS = files("entitlements") / "calendars"

ZonePart = tuple[RateZone, int]


class Certainty(StrEnum):
    """How far the days of a year can be trusted; anything but `DECREED` deserves a warning (D10)."""

    DECREED = "decreed"
    SHORTENED_UNKNOWN = "shortened_unknown"  # the days off are decreed, the shortened days are not recorded
    GUESSED = "guessed"  # transfers of days off are unknown, and so are shortened days


@dataclass(frozen=True, slots=True)
class CalendarYear:
    """The days of one year: every day off, weekends included, and the days that close an hour earlier."""

    days_off: frozenset[date]
    shortened: frozenset[date]
    certainty: Certainty


@dataclass(frozen=True, slots=True, eq=False)
class WorkingCalendar:
    """Business time of a country in one time zone; `year_of` gives the days of a year. It equals itself alone.

    Raises `Refusal("WORKING_HOURS_WRONG")` when the hours are not whole minutes or end before a shortened day can.
    """

    country: str
    zone: ZoneInfo
    year_of: Callable[[int], CalendarYear]
    opens: time = time(9)
    closes: time = time(18)

    def __post_init__(self) -> None:
        whole = all(at == at.replace(second=0, microsecond=0, tzinfo=None) for at in (self.opens, self.closes))
        if not whole or self.closes.hour == 0 or self.opens >= self._shortened_closes():
            hours = f"{self.opens}-{self.closes}"
            raise Refusal("WORKING_HOURS_WRONG", field="closes", value=hours, allowed="09:00-18:00")

    def certainty_of(self, day: date) -> Certainty:
        """How far the calendar of that day's year can be trusted (D10)."""
        return self.year_of(day.year).certainty

    def day_of(self, at: datetime) -> date:
        """The calendar day of an instant in the calendar's time zone (H11). A naive `at` is a `ValueError`."""
        if at.utcoffset() is None:
            raise ValueError("an instant carries its time zone")
        return at.astimezone(self.zone).date()

    def is_working_day(self, day: date) -> bool:
        """Whether the day is neither a weekend nor a holiday, transfers of days off included."""
        return day not in self.year_of(day.year).days_off

    def working_days(self, year: int) -> list[date]:
        """The working days of a year, working Saturdays and Sundays among them."""
        return [day for day in _days(year) if self.is_working_day(day)]

    def hours_of(self, day: date) -> tuple[time, time] | None:
        """When the day opens and closes in local time; None on a day off. A shortened day closes an hour earlier."""
        year = self.year_of(day.year)
        if day in year.days_off:
            return None
        return self.opens, self._shortened_closes() if day in year.shortened else self.closes

    def add_working_days(self, day: date, working_days: int) -> date:
        """The working day that is `working_days` working days after `day`; `day` itself for 0."""
        while working_days > 0:
            day += ONE_DAY
            working_days -= self.is_working_day(day)
        return day

    def due_at(self, at: datetime, working_minutes: int) -> datetime:
        """The instant (UTC) by which `working_minutes` of business time have run since `at` (D10).

        Outside business time the clock starts at the next opening; what fits to the minute is due at closing time.
        """
        day, left = self.day_of(at), timedelta(minutes=working_minutes)
        while True:
            if business := _business_time(self, day):
                opens, closes = business
                from_at = max(at.astimezone(UTC), opens)
                if from_at + left <= closes:
                    return from_at + left
                left -= max(closes - from_at, timedelta(0))
            day += ONE_DAY

    def zone_parts(self, started_at: datetime, worked_minutes: int) -> list[ZonePart]:
        """The rate zones of `worked_minutes` of work from `started_at`, in order of time and cut at midnight (H3).

        Minutes are elapsed minutes, so an hour repeated by a clock change counts twice. Seconds of the start are
        dropped, so that every part is whole and the parts add up to `worked_minutes`; a negative one is a `ValueError`.
        """
        if worked_minutes < 0:
            raise ValueError("worked time is never negative")
        day = self.day_of(started_at)
        at = started_at.astimezone(UTC).replace(second=0, microsecond=0)
        ends_at = at + worked_minutes * ONE_MINUTE
        parts: list[ZonePart] = []
        while at < ends_at:
            for zone, until in self._stretches(day):
                if (part_ends_at := min(until, ends_at)) > at:
                    parts.append((zone, (part_ends_at - at) // ONE_MINUTE))
                    at = part_ends_at
            day += ONE_DAY
        return parts

    def day_parts(self, day: date, worked_minutes: int) -> list[ZonePart]:
        """The rate zone of work of which only the day is known: in hours on a working day, else the day off's (H3)."""
        zone = RateZone.IN_HOURS if self.is_working_day(day) else RateZone.WEEKEND
        return [(zone, worked_minutes)] if worked_minutes else []

    def work_parts(
        self, stretches: Iterable[tuple[datetime, int]], work_on: date, worked_minutes: int
    ) -> list[ZonePart]:
        """The rate zones of work with pauses, stretch by stretch; without stretches only its day is known (H3)."""
        measured = list(stretches)
        if not measured:
            return self.day_parts(work_on, worked_minutes)
        return [part for began_at, minutes in measured for part in self.zone_parts(began_at, minutes)]

    def _stretches(self, day: date) -> Iterator[tuple[RateZone, datetime]]:
        """The zones of a day in order, each with the instant at which it ends."""
        if hours := self.hours_of(day):
            opens, closes = hours
            yield RateZone.OUT_OF_HOURS, self._instant(day, opens)
            yield RateZone.IN_HOURS, self._instant(day, closes)
            yield RateZone.OUT_OF_HOURS, self._instant(day + ONE_DAY, time(0))
        else:
            yield RateZone.WEEKEND, self._instant(day + ONE_DAY, time(0))

    def _instant(self, day: date, hour: time) -> datetime:
        return datetime.combine(day, hour, self.zone).astimezone(UTC)

    def _shortened_closes(self) -> time:
        return self.closes.replace(hour=self.closes.hour - 1)


@lru_cache(maxsize=10_000)
def _business_time(calendar: WorkingCalendar, day: date) -> tuple[datetime, datetime] | None:
    """The instants at which a working day opens and closes; kept, since every check asks for the same few days."""
    hours = calendar.hours_of(day)
    if hours is None:
        return None
    opens, closes = (datetime.combine(day, hour, calendar.zone).astimezone(UTC) for hour in hours)
    return opens, closes


def weighted_hundredths(parts: Iterable[ZonePart], policy: RoundingPolicy) -> int:
    """Worked minutes times the percentage of their zone, added up: exact hundredths of a minute (H3)."""
    return sum(minutes * policy.percent(zone) for zone, minutes in parts)


@cache
def load_calendar(
    country: str = "RU", time_zone: str = "Europe/Moscow", opens: time = time(9), closes: time = time(18)
) -> WorkingCalendar:
    """The calendar of a country (two capital letters) in a time zone, from `calendars/` and, beyond, by guess (D10).

    Raises `Refusal` with COUNTRY_UNKNOWN or TIME_ZONE_UNKNOWN; a question about a day outside `YEARS` raises
    CALENDAR_YEAR_UNKNOWN.
    """
    if not re.fullmatch("[A-Z]{2}", country):
        raise Refusal("COUNTRY_UNKNOWN", field="country", value=country, allowed="RU")
    try:
        zone = ZoneInfo(time_zone)
    except (KeyError, ValueError, OSError):
        raise Refusal("TIME_ZONE_UNKNOWN", field="time_zone", value=time_zone, allowed="Europe/Moscow") from None
    return WorkingCalendar(country, zone, partial(_load_year, country), opens, closes)


@cache
def _load_year(country: str, year: int) -> CalendarYear:
    if year not in YEARS:
        raise Refusal("CALENDAR_YEAR_UNKNOWN", field="year", value=year, allowed=f"{YEARS[0]}-{YEARS[-1]}")
    file = _CALENDARS / f"{country.lower()}-{year}.json"
    return _decreed_year(year, json.loads(file.read_text("utf-8"))) if file.is_file() else _year_by_law(country, year)


def calendar_digest(folder: Traversable = _CALENDARS) -> str:
    """Differs as soon as the days of a year may: of all the files, and of the library that knows the laws beyond."""
    digest = blake2s(version("holidays").encode())
    for file in sorted((one for one in folder.iterdir() if one.is_file()), key=lambda one: one.name):
        digest.update(f"\n{file.name}\n".encode() + file.read_bytes())
    return digest.hexdigest()


def _decreed_year(year: int, record: dict[str, Any]) -> CalendarYear:
    off, worked, shortened = (
        frozenset(map(date.fromisoformat, record[name])) for name in ("weekdays_off", "working_weekends", "shortened")
    )
    weekends = frozenset(day for day in _days(year) if day.weekday() >= 5)
    certainty = Certainty.DECREED if record["shortened_known"] else Certainty.SHORTENED_UNKNOWN
    return CalendarYear(weekends - worked | off, shortened, certainty)


def _year_by_law(country: str, year: int) -> CalendarYear:
    """Weekends and holidays; a guess where a decree will move some of them."""
    import holidays  # heavy, and needed only for a year without a file

    try:
        known = holidays.country_holidays(country, years=year)
    except NotImplementedError:
        raise Refusal("COUNTRY_UNKNOWN", field="country", value=country, allowed="RU") from None
    days_off = frozenset(day for day in _days(year) if not known.is_working_day(day))
    certainty = Certainty.GUESSED if country in MOVES_DAYS_OFF else Certainty.DECREED
    return CalendarYear(days_off, frozenset(), certainty)


def _days(year: int) -> Iterator[date]:
    day = date(year, 1, 1)
    while day.year == year:
        yield day
        day += ONE_DAY
