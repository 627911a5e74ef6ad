"""The hours of a working day, written "09:00-18:00" (rule D10)."""

import re
from datetime import time
from functools import lru_cache

from contracts.errors import Refusal

USUAL_HOURS = "09:00-18:00"
_HOURS = re.compile("([0-9]{2}):([0-9]{2})-([0-9]{2}):([0-9]{2})")


@lru_cache(maxsize=100)
def business_hours(text: str) -> tuple[time, time]:
    """When the day opens and closes; a shortened day closes an hour earlier, and still after it opens.

    Raises `Refusal("WORKING_HOURS_WRONG")`.
    """
    read = _HOURS.fullmatch(text)
    try:
        hours, minutes, until_hours, until_minutes = map(int, read.groups() if read else ())
        opens, closes, shortened = time(hours, minutes), time(until_hours, until_minutes), 60 * (until_hours - 1)
    except ValueError:
        raise _wrong(text) from None
    if 60 * hours + minutes >= shortened + until_minutes:
        raise _wrong(text)
    return opens, closes


def _wrong(text: str) -> Refusal:
    return Refusal("WORKING_HOURS_WRONG", field="desk_hours", value=text, allowed=USUAL_HOURS)
