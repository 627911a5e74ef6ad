"""The standing of a subscription on a day: computed from its term, never stored (rule T5)."""

from datetime import date
from enum import StrEnum

from contracts.terms import Term


class Standing(StrEnum):
    """What a subscription is on one day."""

    UPCOMING = "upcoming"
    ACTIVE = "active"
    EXPIRING = "expiring"
    GRACE = "grace"
    LAPSED = "lapsed"
    CANCELLED = "cancelled"
    SUSPENDED = "suspended"


def days_left(day: date, term: Term) -> int:
    """How many days of the term follow `day`: 0 on its last day and ever after (T5)."""
    return max((term.last_day - day).days, 0)


def standing_on(
    day: date,
    term: Term,
    *,
    grace_days: int,
    expiring_days: int,
    has_successor: bool,
    cancelled_on: date | None,
    suspended: bool,
) -> Standing:
    """The standing on `day`; the first of these that is true (T5):

    1. cancelled: the last day named by a cancellation (`cancelled_on`) is over, or it lies before the term; no grace
       follows it and no lapse.
    2. upcoming: the term has not started.
    3. lapsed: the term is over by more than `grace_days`; the last of the grace days is still served.
    4. suspended: a block stops what would be served on this day; nothing else can be suspended.
    5. grace: the term is over, its grace days are not; the desk passes fewer where a successor begins before.
    6. expiring: `expiring_days` or fewer are left and nothing succeeds; the last day, with 0 left, counts. What was
       cancelled is not: nobody is to renew it.
    7. active.
    """
    days_over = (day - term.last_day).days
    if cancelled_on is not None and (day > cancelled_on or cancelled_on < term.starts_on):
        return Standing.CANCELLED
    if day < term.starts_on:
        return Standing.UPCOMING
    if days_over > grace_days:
        return Standing.LAPSED
    if suspended:
        return Standing.SUSPENDED
    if days_over > 0:
        return Standing.GRACE
    if not has_successor and cancelled_on is None and days_left(day, term) <= expiring_days:
        return Standing.EXPIRING
    return Standing.ACTIVE
