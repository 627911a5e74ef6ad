"""On which day hours run out at the pace of the last 20 working days (H13)."""

from datetime import date

import pytest
from msgspec.structs import replace

from entitlements.calendar import load_calendar
from entitlements.forecast import Forecast, forecast, pace_starts_on
from entitlements.hours import HoursAccount, Line, LotState
from entitlements.hours_facts import GrantKind, Lot, LotOrigin, Parts
from tests.builders import moment

MOSCOW = load_calendar()
WEDNESDAY = date(2026, 10, 14)


def a_lot(left: int, until: date, voided_on: date | None = None) -> LotState:
    lot = Lot(LotOrigin.GRANT, 1, GrantKind.INCLUDED, 600, date(2026, 4, 1), until, voided_on=voided_on)
    return LotState(lot, 600 - left, 0, left, 0, 0, 0)


def an_account(left: int, until: date = date(2027, 4, 1), used: dict[date, Parts] | None = None) -> HoursAccount:
    """The hours on a Wednesday, with so many minutes left in one lot that ends on a day."""
    return holding((a_lot(left, until),), used)


def holding(lots: tuple[LotState, ...], used: dict[date, Parts] | None = None) -> HoursAccount:
    lines = tuple(Line(number, day, parts) for number, (day, parts) in enumerate((used or {}).items(), 1))
    return HoursAccount(moment("2026-10-14 10:00"), WEDNESDAY, lots, lines, 0)


def told(left: int, drawn: int, until: date = date(2027, 4, 1)) -> date | None:
    found = forecast(an_account(left, until, {date(2026, 10, 12): Parts(included_minutes=drawn)}), {}, MOSCOW)
    assert found is not None
    assert found.drawn_minutes == drawn
    return found.runs_out_on


def test_the_pace_is_measured_over_twenty_working_days_today_among_them() -> None:
    assert pace_starts_on(MOSCOW, WEDNESDAY) == date(2026, 9, 17)
    assert pace_starts_on(MOSCOW, date(2026, 10, 18)) == date(2026, 9, 21)  # a Sunday: Friday is the last of the twenty


@pytest.mark.parametrize(
    ("left", "runs_out_on"),
    [
        (0, WEDNESDAY),
        (1, date(2026, 10, 15)),
        (30, date(2026, 10, 15)),
        (31, date(2026, 10, 16)),
        (60, date(2026, 10, 16)),
        (90, date(2026, 10, 19)),  # over the weekend nobody works
        (300, date(2026, 10, 28)),
    ],
)
def test_hours_run_out_after_as_many_working_days_as_they_last_at_the_pace(left: int, runs_out_on: date) -> None:
    assert told(left, drawn=600) == runs_out_on


def test_without_work_there_is_no_pace_and_no_forecast() -> None:
    assert forecast(an_account(60), {}, MOSCOW) is None
    free = {WEDNESDAY: Parts(free_minutes=60), date(2026, 10, 13): Parts(paid_minutes=60)}
    assert forecast(an_account(60, used=free), {}, MOSCOW) is None
    before = {date(2026, 9, 16): Parts(included_minutes=60)}
    assert forecast(an_account(60, used=before), {date(2026, 9, 16): 60}, MOSCOW) is None


def test_hours_that_expire_before_they_are_used_up_do_not_run_out() -> None:
    assert told(60, drawn=600, until=date(2026, 10, 17)) == date(2026, 10, 16)
    assert told(60, drawn=600, until=date(2026, 10, 16)) is None


OCTOBER_17, LATER = date(2026, 10, 17), date(2027, 4, 1)


@pytest.mark.parametrize(
    ("lots", "runs_out_on"),
    [
        ([(60, OCTOBER_17), (60, LATER)], date(2026, 10, 20)),  # the first is used up by the 16th
        ([(600, OCTOBER_17), (60, LATER)], date(2026, 10, 20)),  # 540 of the first expire
        ([(600, date(2026, 10, 15)), (30, LATER)], date(2026, 10, 15)),  # the first expires before another day draws
        ([(45, OCTOBER_17), (45, LATER)], date(2026, 10, 19)),  # the 16th draws from both
        ([(10, OCTOBER_17), (50, OCTOBER_17)], date(2026, 10, 16)),
        ([(600, OCTOBER_17), (600, date(2026, 10, 22)), (30, LATER)], date(2026, 10, 22)),
        ([(600, OCTOBER_17), (60, date(2026, 10, 20))], None),  # 30 of the last are left when it expires
        ([(600, OCTOBER_17), (60, date(2026, 10, 21))], date(2026, 10, 20)),
        ([(60, LATER), (0, OCTOBER_17)], date(2026, 10, 16)),
    ],
)
def test_minutes_that_expire_on_the_way_are_left_out_h13(
    lots: list[tuple[int, date]], runs_out_on: date | None
) -> None:
    """30 minutes on each working day from Thursday the 15th on, out of what expires first."""
    drawn = {date(2026, 10, 12): Parts(included_minutes=600)}
    assert forecast(holding(tuple(a_lot(*lot) for lot in lots), drawn), {}, MOSCOW) == Forecast(600, runs_out_on)


def test_a_lot_that_will_be_voided_pays_until_then_h13() -> None:
    lots, drawn = (a_lot(60, LATER), a_lot(600, LATER, OCTOBER_17)), {date(2026, 10, 12): Parts(included_minutes=600)}
    assert forecast(holding(lots, drawn), {}, MOSCOW) == Forecast(600, date(2026, 10, 20))


@pytest.mark.parametrize(
    ("cap", "lives_until", "voided_on", "runs_out_on"),
    [
        (45, LATER, None, date(2026, 10, 20)),  # 45 of 540 roll over
        (0, LATER, None, None),
        (45, date(2026, 10, 20), None, None),
        (45, LATER, OCTOBER_17, None),
        (45, LATER, date(2026, 10, 20), None),
    ],
    ids=["a part rolls over", "nothing may", "for a day alone", "voided", "voided once rolled over"],
)
def test_what_rolls_over_goes_on_h6(
    cap: int, lives_until: date, voided_on: date | None, runs_out_on: date | None
) -> None:
    one = a_lot(600, OCTOBER_17, voided_on)
    one = replace(one, lot=replace(one.lot, rollover_cap_minutes=cap, rollover_ends_on=lives_until))
    drawn = {date(2026, 10, 12): Parts(included_minutes=600)}
    assert forecast(holding((one,), drawn), {}, MOSCOW) == Forecast(600, runs_out_on)


def test_work_of_closed_months_and_work_beyond_the_hours_are_part_of_the_pace() -> None:
    used = {date(2026, 10, 1): Parts(included_minutes=100, overage_minutes=200)}
    found = forecast(an_account(60, used=used), {date(2026, 9, 17): 300, date(2026, 9, 1): 9_000}, MOSCOW)
    assert found == Forecast(600, date(2026, 10, 16))


def test_what_was_taken_back_draws_nothing() -> None:
    used = {date(2026, 10, 1): Parts(included_minutes=60), date(2026, 10, 2): Parts(goodwill_minutes=-60)}
    assert forecast(an_account(60, used=used), {}, MOSCOW) is None
