"""Durations as people type them and as papers print them (rule H2); in between they are minutes, as integers."""

import re

from contracts.errors import Refusal
from contracts.money import divide

LONGEST_MINUTES = 1000 * 60
EXAMPLES = ["2:30", "2,5", "2.5", "2 ч 30 мин", "150 мин", "2h 30m", "150 min"]

CLOCK = re.compile(r"(?P<hours>[0-9]{1,4}):(?P<minutes>[0-5][0-9])")
UNIT_OF_HOURS = r"\s*(?:ч|час|часа|часов|h|hr|hrs|hour|hours)\.?"
UNIT_OF_MINUTES = r"\s*(?:м|мин|минута|минуты|минут|m|min|mins|minute|minutes)\.?"
DECIMAL_HOURS = re.compile(rf"(?P<whole>[0-9]{{1,4}})(?:[.,](?P<fraction>[0-9]{{1,20}}))?(?:{UNIT_OF_HOURS})?")
HOURS_AND_MINUTES = re.compile(rf"(?P<hours>[0-9]{{1,4}}){UNIT_OF_HOURS}\s*(?P<minutes>[0-5]?[0-9]){UNIT_OF_MINUTES}")
MINUTES = re.compile(rf"(?P<minutes>[0-9]{{1,5}}){UNIT_OF_MINUTES}")


def parse_minutes(text: str, field: str = "duration") -> int:
    """The minutes meant by a typed duration; a number without a unit is hours (H2).

    Decimal hours are read digit by digit, never as a float; what is not a whole minute is rounded half away from zero,
    so 2.05 is 123 minutes and 0.33 is 20. Raises `Refusal("DURATION_UNREADABLE")` for anything else, for 60 minutes
    and more beside hours (1:75), and for more than `LONGEST_MINUTES`.
    """
    minutes = _read(text.strip().lower())
    if minutes is None or minutes > LONGEST_MINUTES:
        raise Refusal("DURATION_UNREADABLE", field=field, value=text, allowed=EXAMPLES, longest_minutes=LONGEST_MINUTES)
    return minutes


def clock(minutes: int) -> str:
    """Minutes as papers print them: 26:15, and a deficit as −0:15 with a true minus sign (H2)."""
    hours, rest = divmod(abs(minutes), 60)
    return f"{'−' if minutes < 0 else ''}{hours}:{rest:02d}"


def _read(text: str) -> int | None:
    if match := CLOCK.fullmatch(text) or HOURS_AND_MINUTES.fullmatch(text):
        return int(match["hours"]) * 60 + int(match["minutes"])
    if match := DECIMAL_HOURS.fullmatch(text):
        fraction = match["fraction"] or ""
        return divide(int(match["whole"] + fraction) * 60, 10 ** len(fraction))
    if match := MINUTES.fullmatch(text):
        return int(match["minutes"])
    return None
