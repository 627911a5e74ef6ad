"""The hours of a working day are read strictly (D10)."""

from datetime import time

import pytest

from contracts.business_hours import business_hours
from contracts.errors import Refusal


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("09:00-18:00", (time(9), time(18))),
        ("08:30-20:15", (time(8, 30), time(20, 15))),
        ("00:00-23:59", (time(0), time(23, 59))),
        ("09:00-10:01", (time(9), time(10, 1))),
    ],
)
def test_hours_are_an_opening_and_a_closing_d10(text: str, hours: tuple[time, time]) -> None:
    assert business_hours(text) == hours


@pytest.mark.parametrize(
    "text",
    [
        "",
        "9-18",
        "09:00\u201318:00",
        "09:00-24:00",
        "09:60-18:00",
        "18:00-09:00",
        "09:00-09:00",
        "09:00-10:00",
        "0\u0669:00-18:00",
    ],
)
def test_hours_that_cannot_be_are_refused_a_shortened_day_is_still_open_d10(text: str) -> None:
    with pytest.raises(Refusal) as refusal:
        business_hours(text)
    assert (refusal.value.code, refusal.value.field) == ("WORKING_HOURS_WRONG", "desk_hours")
    assert refusal.value.facts == {"value": text, "allowed": "09:00-18:00"}
