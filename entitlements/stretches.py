"""Measured time: stretches of a clock as whole minutes of work (rules H2, H3)."""

from collections.abc import Iterable
from datetime import datetime, timedelta

ONE_MINUTE = timedelta(minutes=1)


def whole_minutes(measured: timedelta) -> int:
    """Measured time in whole minutes: a minute that has begun counts, once, after all of it was added up."""
    return -(-measured // ONE_MINUTE)


def in_whole_minutes(stretches: Iterable[tuple[datetime, datetime]]) -> tuple[tuple[datetime, int], ...]:
    """The beginning of each stretch with the minutes that it adds, so that they come to the minutes of all together.

    Three stretches of 20 seconds are a minute, of the first of them.
    """
    added, before, measured = [], 0, timedelta(0)
    for began_at, ended_at in stretches:
        measured += ended_at - began_at
        so_far = whole_minutes(measured)
        added.append((began_at, so_far - before))
        before = so_far
    return tuple(added)
