"""Which reminders of an end are due: chosen by "due and not yet recorded", so no day is lost or doubled (rule S12)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from contracts.errors import Refusal

USUAL_DAYS = (60, 30, 7, 0)
"""How many days before the last day somebody is reminded, unless the seller chooses others."""
EARLIEST, MOST = 366, 10
STILL_NEWS = timedelta(days=7)
"""For how long after the last day a reminder that no worker sent in time is still sent."""


@dataclass(frozen=True, slots=True)
class Due:
    """A reminder that is due: sent, or only recorded because a later one is due too or the end is no news any more."""

    days_before: int
    is_sent: bool


def due_reminders(chosen: Iterable[int], recorded: Collection[int], since: date, last_day: date, on: date) -> list[Due]:
    """The reminders of one subscription that are due on a day and not recorded yet, the earliest first (S12).

    `since` is the day on which it was sold or began, whichever is later: what would have been due by then never is. Of
    several at once, after days without a worker, the latest is sent, the others are recorded as skipped.
    """
    due = sorted((days for days in chosen if since < last_day - timedelta(days) <= on), reverse=True)
    if not due:
        return []
    latest = due[-1] if on <= last_day + STILL_NEWS and due[-1] < min(recorded, default=EARLIEST + 1) else None
    return [Due(days, days == latest) for days in due if days not in recorded]


def require_days(days: Collection[int]) -> tuple[int, ...]:
    """The chosen days, the earliest reminder first; none when nobody is to be reminded.

    Raises `Refusal("FIELD_WRONG")`.
    """
    if len(days) > MOST or len(set(days)) < len(days) or not all(0 <= one <= EARLIEST for one in days):
        allowed = f"at most {MOST} different numbers from 0 to {EARLIEST}"
        raise Refusal("FIELD_WRONG", field="days", value=list(days), allowed=allowed)
    return tuple(sorted(days, reverse=True))


def stored_days(days: Iterable[int]) -> str:
    """The days as a seller's row keeps them, "60 30 7 0"."""
    return " ".join(map(str, days))


def read_days(stored: str) -> tuple[int, ...]:
    """The days that a seller's row keeps."""
    return tuple(map(int, stored.split()))
