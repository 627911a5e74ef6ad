"""H2: measured time comes to whole minutes once, however it was cut."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entitlements.stretches import in_whole_minutes, whole_minutes
from tests.builders import moment

NINE = moment("2026-10-05 09:00")


@pytest.mark.parametrize(
    ("seconds", "minutes"), [(0, 0), (1, 1), (59, 1), (60, 1), (61, 2), (3600, 60), (3600.000001, 61)]
)
def test_a_minute_that_has_begun_counts_h2(seconds: float, minutes: int) -> None:
    assert whole_minutes(timedelta(seconds=seconds)) == minutes


def test_three_short_stretches_are_one_minute_of_the_first_h2() -> None:
    stretches = [
        (at, at + timedelta(seconds=20)) for at in (NINE, NINE + timedelta(hours=1), NINE + timedelta(hours=2))
    ]
    assert [minutes for _, minutes in in_whole_minutes(stretches)] == [1, 0, 0]


@given(st.lists(st.integers(0, 10_000), max_size=8))
def test_the_stretches_come_to_the_minutes_of_all_together_h2(seconds: list[int]) -> None:
    stretches = [(NINE, NINE + timedelta(seconds=one)) for one in seconds]
    minutes = [minutes for _, minutes in in_whole_minutes(stretches)]
    assert sum(minutes) == whole_minutes(timedelta(seconds=sum(seconds)))
    assert all(0 <= one <= second // 60 + 1 for one, second in zip(minutes, seconds, strict=True))
