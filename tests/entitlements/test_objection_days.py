"""P6: on which days somebody is told about objections, past weekends, holidays and transfers of days off."""

from datetime import date, timedelta

import pytest

from entitlements.calendar import load_calendar
from entitlements.objection_days import ObjectionNews, decision_due_on, decision_news, is_told_of_last_day

CALENDAR = load_calendar()
SOON, DUE = ObjectionNews.DECISION_SOON, ObjectionNews.DECISION_DUE


def forty_days(first: date) -> list[date]:
    return [first + timedelta(days=number) for number in range(40)]


@pytest.mark.parametrize(
    ("raised", "soon", "due"),
    [
        ("2026-10-05", "2026-10-08", "2026-10-12"),  # Monday to Monday
        ("2026-10-03", "2026-10-07", "2026-10-09"),  # raised on a Saturday
        ("2026-11-03", "2026-11-09", "2026-11-11"),  # a shortened day, before the holiday of 4 November
        ("2026-11-04", "2026-11-09", "2026-11-11"),  # on the holiday itself
        ("2026-04-28", "2026-05-04", "2026-05-06"),  # a shortened day counts whole, 1 May does not
        ("2026-12-24", "2026-12-29", "2027-01-11"),  # 31 December and 1 to 10 January are days off
        ("2026-12-28", "2027-01-11", "2027-01-13"),
        ("2026-12-30", "2027-01-13", "2027-01-15"),
        ("2027-01-06", "2027-01-13", "2027-01-15"),  # raised in the holidays
        ("2027-02-17", "2027-02-20", "2027-02-25"),  # Saturday 20 February is worked, 22 and 23 are not
    ],
)
def test_the_staff_is_told_two_working_days_before_a_decision_is_due_and_on_the_day_p6(
    raised: str, soon: str, due: str
) -> None:
    raised_on, soon_on, due_on = map(date.fromisoformat, (raised, soon, due))
    assert decision_due_on(CALENDAR, raised_on) == due_on
    told = {day: decision_news(CALENDAR, raised_on, day) for day in forty_days(raised_on)}
    assert [day for day, news in told.items() if news is None][-1] == soon_on - timedelta(days=1)
    assert [day for day, news in told.items() if news is SOON][:: len(told)] == [soon_on]
    assert [day for day in told if day >= due_on] == [day for day, news in told.items() if news is DUE]


@pytest.mark.parametrize(
    ("issued", "last_day", "first"),
    [
        ("2026-10-01", "2026-10-08", "2026-10-06"),
        ("2026-11-02", "2026-11-09", "2026-11-05"),  # past the holiday of 4 November
        ("2026-12-24", "2027-01-11", "2026-12-29"),
        ("2026-12-28", "2027-01-13", "2027-01-11"),
        ("2027-01-11", "2027-01-18", "2027-01-14"),
        ("2026-11-02", "2026-11-06", "2026-11-03"),  # a plan of three working days to object
        ("2026-11-02", "2026-11-05", None),  # of two: the statement itself says it in time
        ("2026-11-02", "2026-11-02", None),  # of none
    ],
)
def test_the_client_is_told_two_working_days_before_the_last_and_not_after_it_p6(
    issued: str, last_day: str, first: str | None
) -> None:
    issued_on, last = date.fromisoformat(issued), date.fromisoformat(last_day)
    told = [day for day in forty_days(issued_on) if is_told_of_last_day(CALENDAR, issued_on, last, day)]
    assert told[:1] + told[-1:] == ([] if first is None else [date.fromisoformat(first), last])
