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


def days_left(day: date, term: Term, cancelled_on: date | None = None) -> int:
    """How many days follow `day` up to the last day of service: 0 on that day and ever after (T5).

    A cancellation can bring the last day forward, never push it back.
    """
    return max((_last_day(term, cancelled_on) - day).days, 0)


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
    5. grace: the term is over, its grace days are not. A successor does not end them: it may start after a gap.
    6. expiring: `expiring_days` or fewer are left and nothing succeeds; the last day, with 0 left, counts.
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
    if not has_successor and days_left(day, term, cancelled_on) <= expiring_days:
        return Standing.EXPIRING
    return Standing.ACTIVE


def _last_day(term: Term, cancelled_on: date | None) -> date:
    return term.last_day if cancelled_on is None else min(term.last_day, cancelled_on)
