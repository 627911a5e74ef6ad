"""H3 and D10: rate zones and due times come from the working calendar, whatever zone the process runs in."""

import json
import time as process_time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.errors import Refusal
from entitlements.calendar import (
    Certainty,
    WorkingCalendar,
    ZonePart,
    calendar_digest,
    load_calendar,
    weighted_hundredths,
)
from entitlements.rounding import RateZone, RoundingPolicy, round_up

IN, OUT, WEEKEND = RateZone.IN_HOURS, RateZone.OUT_OF_HOURS, RateZone.WEEKEND
MOSCOW, BERLIN = load_calendar(), load_calendar(time_zone="Europe/Berlin")


def at(text: str, calendar: WorkingCalendar = MOSCOW) -> datetime:
    """The UTC instant of a local time of the calendar, "2026-04-29 17:30"."""
    return datetime.fromisoformat(text).replace(tzinfo=calendar.zone).astimezone(UTC)


@pytest.fixture(params=["UTC", "Asia/Kamchatka", "America/New_York"])
def process_zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The zone that the process runs in, which must change nothing."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", request.param)
        process_time.tzset()
        yield request.param
    process_time.tzset()


@pytest.mark.usefixtures("process_zone")
@pytest.mark.parametrize(
    ("started", "parts", "billed"),
    [
        ("2026-04-29 17:30", [(IN, 30), (OUT, 60)], 120),
        ("2026-04-30 17:30", [(OUT, 90)], 135),  # shortened to 17:00
    ],
)
def test_the_evening_of_h3_costs_more_on_a_shortened_day(started: str, parts: list[ZonePart], billed: int) -> None:
    assert MOSCOW.zone_parts(at(started), 90) == parts
    assert round_up(weighted_hundredths(parts, RoundingPolicy()), 15, 15) == billed


@pytest.mark.parametrize(
    ("started", "minutes", "parts"),
    [
        ("2026-04-29 09:00", 540, [(IN, 540)]),
        ("2026-04-29 08:59", 542, [(OUT, 1), (IN, 540), (OUT, 1)]),
        ("2026-04-29 18:00", 1, [(OUT, 1)]),
        ("2026-04-29 23:40", 40, [(OUT, 20), (OUT, 20)]),
        ("2026-04-30 23:40", 40, [(OUT, 20), (WEEKEND, 20)]),  # 1 May is a holiday
        ("2026-05-03 23:40", 40, [(WEEKEND, 20), (OUT, 20)]),  # Sunday into Monday
        ("2026-05-08 16:30", 60, [(IN, 30), (OUT, 30)]),
        ("2026-05-11 12:00", 60, [(WEEKEND, 60)]),  # a Monday off for Victory Day
        ("2027-02-20 12:00", 60, [(IN, 60)]),  # a Saturday that is worked
        ("2026-05-08 12:00", 4 * 1440, [(IN, 300), (OUT, 420), *[(WEEKEND, 1440)] * 3, (OUT, 540), (IN, 180)]),
        ("2026-04-29 12:00", 0, []),
    ],
)
def test_work_is_split_at_opening_closing_and_midnight_h3(started: str, minutes: int, parts: list[ZonePart]) -> None:
    assert MOSCOW.zone_parts(at(started), minutes) == parts


def test_seconds_of_the_start_are_dropped_so_that_parts_are_whole_h3() -> None:
    assert MOSCOW.zone_parts(at("2026-04-29 17:30:59.999"), 90) == [(IN, 30), (OUT, 60)]


@pytest.mark.parametrize(
    ("started", "minutes", "totals"),
    [
        ("2026-03-28 23:00", 24 * 60, {WEEKEND: 1440}),  # an hour of Saturday and the 23 of Sunday
        ("2026-03-29 00:00", 24 * 60, {WEEKEND: 1380, OUT: 60}),  # the 23 hours of Sunday
        ("2026-10-25 00:00", 25 * 60, {WEEKEND: 1500}),  # the 25 hours of Sunday
        ("2026-10-24 23:30", 26 * 60, {WEEKEND: 1530, OUT: 30}),
    ],
)
def test_minutes_are_elapsed_minutes_when_clocks_change_h3(
    started: str, minutes: int, totals: dict[RateZone, int]
) -> None:
    counted: Counter[RateZone] = Counter()
    for zone, part_minutes in BERLIN.zone_parts(at(started, BERLIN), minutes):
        counted[zone] += part_minutes
    assert counted == totals


def test_the_repeated_hour_is_told_apart_by_its_instant_h3() -> None:
    first = datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN.zone, fold=0)
    second = first.replace(fold=1)
    until_monday = [sum(minutes for _, minutes in BERLIN.zone_parts(start, 2000)[:1]) for start in (first, second)]
    assert until_monday == [22 * 60 + 30, 21 * 60 + 30]


@pytest.mark.usefixtures("process_zone")
@pytest.mark.parametrize(
    ("instant", "day"),
    [
        ("2026-10-31T20:59:30+00:00", date(2026, 10, 31)),  # 23:59:30 in Moscow
        ("2026-10-31T21:00:10+00:00", date(2026, 11, 1)),  # 00:00:10 of the next day
        ("2026-11-01T05:30:00+12:00", date(2026, 10, 31)),
    ],
)
def test_an_instant_belongs_to_the_day_of_the_sellers_zone_t4_h11(instant: str, day: date) -> None:
    assert MOSCOW.day_of(datetime.fromisoformat(instant)) == day


def test_a_naive_instant_is_never_guessed_at_t4() -> None:
    with pytest.raises(ValueError, match="time zone"):
        MOSCOW.zone_parts(datetime(2026, 4, 29, 12), 60)  # noqa: DTZ001


def test_negative_work_is_a_mistake_of_the_caller_h3() -> None:
    with pytest.raises(ValueError, match="never negative"):
        MOSCOW.zone_parts(at("2026-04-29 12:00"), -1)


def test_untimed_work_counts_in_hours_or_as_the_day_off_h3() -> None:
    assert MOSCOW.day_parts(date(2026, 4, 30), 600) == [(IN, 600)]
    assert MOSCOW.day_parts(date(2026, 5, 1), 600) == [(WEEKEND, 600)]
    assert MOSCOW.day_parts(date(2026, 5, 1), 0) == []


@given(
    calendar=st.sampled_from([MOSCOW, BERLIN]),
    started=st.datetimes(datetime(2024, 1, 1), datetime(2027, 12, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    minutes=st.integers(0, 20_000),
)
def test_parts_add_up_to_the_worked_minutes_h3(calendar: WorkingCalendar, started: datetime, minutes: int) -> None:
    parts = calendar.zone_parts(started, minutes)
    assert sum(part_minutes for _, part_minutes in parts) == minutes
    assert all(part_minutes > 0 for _, part_minutes in parts)


@given(
    started=st.datetimes(datetime(2026, 3, 1), datetime(2026, 11, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    minutes=st.integers(0, 4_000),
)
def test_zones_are_those_of_every_single_minute_h3(started: datetime, minutes: int) -> None:
    counted: Counter[RateZone] = Counter()
    for elapsed in range(minutes):
        local = (started + timedelta(minutes=elapsed)).astimezone(BERLIN.zone)
        hours = BERLIN.hours_of(local.date())
        minute = local.time().replace(second=0, microsecond=0)
        counted[WEEKEND if hours is None else IN if hours[0] <= minute < hours[1] else OUT] += 1
    assert counted == sum((Counter({zone: part}) for zone, part in BERLIN.zone_parts(started, minutes)), Counter())


@pytest.mark.parametrize("year", [2024, 2025, 2026, 2027])
def test_a_year_on_file_has_the_decreed_number_of_working_days_d10(year: int) -> None:
    record: dict[str, Any] = json.loads((files("entitlements") / f"calendars/ru-{year}.json").read_text("utf-8"))
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(366)]
    worked = [day for day in days if day.year == year and MOSCOW.is_working_day(day)]
    assert (record["country"], record["year"], record["working_days"]) == ("RU", year, len(worked))
    assert {day.isoformat() for day in worked if day.weekday() >= 5} == set(record["working_weekends"])
    shortened = [day.isoformat() for day in worked if MOSCOW.hours_of(day) == (time(9), time(17))]
    assert shortened == record["shortened"]


@pytest.mark.parametrize(("year", "hours"), [(2024, 1979), (2025, 1972), (2026, 1972)])
def test_a_year_whose_shortened_days_are_known_has_the_published_hours_of_a_40_hour_week_d10(
    year: int, hours: int
) -> None:
    record: dict[str, Any] = json.loads((files("entitlements") / f"calendars/ru-{year}.json").read_text("utf-8"))
    assert 8 * record["working_days"] - len(record["shortened"]) == hours
    assert record["shortened_known"]
    assert year == 2026 or "№" in record["source"]


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_a_day_is_shortened_before_a_holiday_and_where_it_took_the_place_of_such_a_day_d10(year: int) -> None:
    """Art. 95 and 112 of the Labour Code; a worked weekend is as long as the day whose rest was moved to it."""
    fixed = [(1, n) for n in range(1, 9)] + [(2, 23), (3, 8), (5, 1), (5, 9), (6, 12), (11, 4)]
    eves = {date(year, month, day) - timedelta(days=1) for month, day in fixed}
    swapped = {date(2024, 11, 2): date(2024, 4, 30), date(2025, 11, 1): date(2025, 11, 3)}
    closing_early = [day for day in MOSCOW.working_days(year) if MOSCOW.hours_of(day) == (time(9), time(17))]
    assert closing_early == [day for day in MOSCOW.working_days(year) if day in eves or swapped.get(day) in eves]


@pytest.mark.parametrize(
    ("day", "certainty"),
    [
        (date(2026, 6, 1), Certainty.DECREED),
        (date(2024, 6, 1), Certainty.DECREED),
        (date(2025, 6, 1), Certainty.DECREED),
        (date(2027, 6, 1), Certainty.SHORTENED_UNKNOWN),
        (date(2028, 6, 1), Certainty.GUESSED),
        (date(2006, 6, 1), Certainty.GUESSED),
    ],
)
def test_a_year_without_a_decree_says_so_d10(day: date, certainty: Certainty) -> None:
    assert MOSCOW.certainty_of(day) is certainty


@pytest.mark.parametrize(("country", "certainty"), [("DE", Certainty.DECREED), ("KZ", Certainty.GUESSED)])
def test_holidays_of_the_law_are_no_guess_where_no_decree_moves_days_d10(country: str, certainty: Certainty) -> None:
    calendar = load_calendar(country, "Europe/Berlin")
    assert calendar.certainty_of(date(2031, 5, 1)) is certainty
    assert not calendar.is_working_day(date(2031, 5, 1))


def test_a_guessed_year_still_knows_weekends_and_fixed_holidays_d10() -> None:
    assert not MOSCOW.is_working_day(date(2028, 5, 1))  # a Monday
    assert not MOSCOW.is_working_day(date(2028, 5, 6))  # a Saturday
    assert MOSCOW.is_working_day(date(2028, 5, 2))


@pytest.mark.parametrize(
    ("day", "working_days", "expected"),
    [
        (date(2026, 4, 29), 0, date(2026, 4, 29)),
        (date(2026, 4, 29), 1, date(2026, 4, 30)),
        (date(2026, 4, 30), 1, date(2026, 5, 4)),  # over Labour Day and a weekend
        (date(2026, 5, 2), 5, date(2026, 5, 8)),  # from a Saturday
        (date(2026, 12, 30), 1, date(2027, 1, 11)),  # over the New Year holidays
    ],
)
def test_working_days_are_counted_over_days_off_s8_p6(day: date, working_days: int, expected: date) -> None:
    assert MOSCOW.add_working_days(day, working_days) == expected


@pytest.mark.usefixtures("process_zone")
@pytest.mark.parametrize(
    ("asked", "minutes", "due"),
    [
        ("2026-04-29 10:00", 60, "2026-04-29 11:00"),
        ("2026-04-29 10:00:30", 60, "2026-04-29 11:00:30"),
        ("2026-04-29 09:00", 540, "2026-04-29 18:00"),  # fits the day to the minute
        ("2026-04-29 09:00", 541, "2026-04-30 09:01"),
        ("2026-04-29 18:00", 1, "2026-04-30 09:01"),
        ("2026-04-29 07:00", 60, "2026-04-29 10:00"),  # the clock starts at the opening
        ("2026-04-30 16:30", 60, "2026-05-04 09:30"),  # shortened day, holiday, weekend
        ("2026-05-02 12:00", 0, "2026-05-04 09:00"),
        ("2026-05-02 12:00", 60, "2026-05-04 10:00"),
    ],
)
def test_due_times_run_in_business_time_only_d10(asked: str, minutes: int, due: str) -> None:
    assert MOSCOW.due_at(at(asked), minutes) == at(due)
    assert MOSCOW.due_at(at(asked), minutes).tzinfo is UTC


@given(
    asked=st.datetimes(datetime(2026, 1, 1), datetime(2026, 11, 30), timezones=st.just(UTC)),  # noqa: DTZ001
    minutes=st.integers(1, 5_000),
)
def test_exactly_the_working_minutes_lie_before_the_due_time_d10(asked: datetime, minutes: int) -> None:
    asked = asked.replace(second=0, microsecond=0)
    elapsed = (MOSCOW.due_at(asked, minutes) - asked) // timedelta(minutes=1)
    assert sum(part for zone, part in MOSCOW.zone_parts(asked, elapsed) if zone is IN) == minutes


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"country": "ZZ", "day": date(2026, 1, 1)}, "COUNTRY_UNKNOWN"),
        ({"country": "../calendars/ru"}, "COUNTRY_UNKNOWN"),
        ({"time_zone": "Mars/Olympus"}, "TIME_ZONE_UNKNOWN"),
        ({"time_zone": "../etc/passwd"}, "TIME_ZONE_UNKNOWN"),
        ({"time_zone": "America"}, "TIME_ZONE_UNKNOWN"),
        ({"opens": time(18), "closes": time(9)}, "WORKING_HOURS_WRONG"),
        ({"opens": time(9), "closes": time(10)}, "WORKING_HOURS_WRONG"),  # nothing would be left of a shortened day
        ({"opens": time(9), "closes": time(0)}, "WORKING_HOURS_WRONG"),
        ({"opens": time(9, 0, 30)}, "WORKING_HOURS_WRONG"),
        ({"day": date(2100, 1, 1)}, "CALENDAR_YEAR_UNKNOWN"),
    ],
)
def test_a_calendar_that_nobody_can_know_is_refused_d10(settings: dict[str, Any], code: str) -> None:
    day = settings.pop("day", date(2026, 1, 1))
    with pytest.raises(Refusal) as refusal:
        load_calendar(**settings).is_working_day(day)
    assert refusal.value.code == code


def test_another_country_has_its_own_days_off_d10() -> None:
    dubai = load_calendar("AE", "Asia/Dubai")
    assert dubai.zone == ZoneInfo("Asia/Dubai")
    assert MOSCOW.is_working_day(date(2026, 12, 2))
    assert not dubai.is_working_day(date(2026, 12, 2))  # National Day


def test_the_digest_of_the_calendars_changes_with_each_day_and_each_year_d10(tmp_path: Path) -> None:
    for file in (files("entitlements") / "calendars").iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    digests = [calendar_digest(), calendar_digest(tmp_path)]
    assert digests[0] == digests[1]
    year = tmp_path / "ru-2026.json"
    year.write_text(year.read_text("utf-8").replace("2026-01-09", "2026-01-10", 1), "utf-8")
    digests.append(calendar_digest(tmp_path))
    year.rename(tmp_path / "ru-2028.json")
    digests.append(calendar_digest(tmp_path))
    assert len(set(digests)) == 3
