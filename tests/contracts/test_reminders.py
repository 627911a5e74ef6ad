"""Reminders are due by the calendar and sent once, however often and however late somebody looks (S12)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.errors import Refusal
from contracts.reminders import STILL_NEWS, USUAL_DAYS, Due, due_reminders, read_days, require_days, stored_days

LAST = date(2027, 3, 31)
SOLD = date(2026, 4, 1)


def before(days: int) -> date:
    return LAST - timedelta(days)


def sent(on: date, recorded: tuple[int, ...] = (), since: date = SOLD) -> list[int]:
    return [one.days_before for one in due_reminders(USUAL_DAYS, recorded, since, LAST, on) if one.is_sent]


@pytest.mark.parametrize(
    ("on", "recorded", "due"),
    [
        (before(61), (), []),
        (before(60), (), [Due(60, True)]),
        (before(60), (60,), []),
        (before(59), (), [Due(60, True)]),  # a day without a worker loses none
        (before(30), (), [Due(60, False), Due(30, True)]),
        (before(30), (60,), [Due(30, True)]),
        (before(0), (60, 30, 7), [Due(0, True)]),
        (before(0), (60,), [Due(30, False), Due(7, False), Due(0, True)]),
        (before(-1), (60, 30, 7), [Due(0, True)]),  # nobody worked on the last day
        (before(-7), (60, 30, 7), [Due(0, True)]),
        (before(-8), (60, 30, 7), [Due(0, False)]),
        (before(10), (7,), [Due(60, False), Due(30, False)]),  # the clock had gone ahead
    ],
)
def test_the_latest_that_is_due_is_sent_and_the_earlier_ones_are_skipped_s12(
    on: date, recorded: tuple[int, ...], due: list[Due]
) -> None:
    assert due_reminders(USUAL_DAYS, recorded, SOLD, LAST, on) == due


@pytest.mark.parametrize(
    ("since", "on", "days"),
    [(before(60), before(60), []), (before(61), before(60), [60]), (before(10), before(8), []), (LAST, LAST, [])],
)
def test_what_was_due_before_the_sale_is_never_due_s12(since: date, on: date, days: list[int]) -> None:
    assert sent(on, since=since) == days


def test_a_day_that_is_chosen_later_is_due_too() -> None:
    assert due_reminders((60, 45, 7), (60,), SOLD, LAST, before(40)) == [Due(45, True)]


def test_who_chooses_no_days_reminds_nobody() -> None:
    assert due_reminders((), (), SOLD, LAST, LAST) == []


@given(
    st.lists(st.integers(0, 90), unique=True, max_size=5),
    st.lists(st.integers(-20, 100), min_size=1, max_size=40),
)
def test_whenever_somebody_looks_each_is_sent_once_at_most_and_none_out_of_turn(
    chosen: list[int], looks: list[int]
) -> None:
    """The clock may go back and forth."""
    recorded: list[int] = []
    letters: list[int] = []
    for days in looks:
        due = due_reminders(chosen, recorded, SOLD, LAST, before(days))
        assert sum(one.is_sent for one in due) <= 1
        letters += [one.days_before for one in due if one.is_sent]
        recorded += [one.days_before for one in due]
    assert len(recorded) == len(set(recorded))
    assert letters == sorted(letters, reverse=True)


@given(st.lists(st.integers(0, 90), unique=True, max_size=5), st.integers(0, 100))
def test_daily_looks_send_every_one_and_a_pause_no_more_than_its_last(chosen: list[int], pause: int) -> None:
    def letters(days: list[int]) -> list[int]:
        recorded: list[int] = []
        found = []
        for day in days:
            due = due_reminders(chosen, recorded, SOLD, LAST, before(day))
            recorded += [one.days_before for one in due]
            found += [one.days_before for one in due if one.is_sent]
        return found

    every_day = list(range(100, -STILL_NEWS.days - 1, -1))
    assert letters(every_day) == sorted(chosen, reverse=True)
    after_pause = letters([day for day in every_day if not pause <= day <= pause + 20])
    assert set(after_pause) <= set(chosen)
    assert not chosen or pause == 0 or min(chosen) in after_pause


@pytest.mark.parametrize("days", [[], [60], [0, 60, 7, 30], [366]])
def test_days_are_kept_the_earliest_reminder_first(days: list[int]) -> None:
    fine = require_days(days)
    assert list(fine) == sorted(days, reverse=True)
    assert read_days(stored_days(fine)) == fine


@pytest.mark.parametrize("days", [[-1], [367], [7, 7], list(range(11))])
def test_days_that_make_no_sense_are_refused_by_name(days: list[int]) -> None:
    with pytest.raises(Refusal) as refusal:
        require_days(days)
    assert (refusal.value.code, refusal.value.field) == ("FIELD_WRONG", "days")
