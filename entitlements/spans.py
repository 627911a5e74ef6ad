"""When an engineer was at work, and which pieces of work say so of the same minutes (H10)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

ONE_MINUTE = timedelta(minutes=1)
Stretch = tuple[datetime, int]
"""When minutes of work began, and how many they are."""


@dataclass(frozen=True, slots=True)
class WorkedSpan:
    """The stretches of one entry of an engineer; seconds of their beginnings do not count, as in rate zones (H3)."""

    entry_id: int
    engineer: str
    stretches: tuple[Stretch, ...]


def common_minutes(one: WorkedSpan, other: WorkedSpan) -> int:
    """How many minutes both entries claim; none when one begins in the minute in which the other ends."""
    return sum(
        max((min(ends, other_ends) - max(begins, other_begins)) // ONE_MINUTE, 0)
        for begins, ends in _bounds(one)
        for other_begins, other_ends in _bounds(other)
    )


def overlapping(spans: Iterable[WorkedSpan]) -> Iterator[tuple[int, int, int]]:
    """Each two entries of one engineer that claim the same minutes, by their ids, and how many; earlier work first."""
    running: dict[str, list[tuple[datetime, WorkedSpan]]] = {}
    for span in sorted(spans, key=lambda one: (_bounds(one)[0][0], one.entry_id)):
        begins, ends = _bounds(span)[0][0], _bounds(span)[-1][1]
        earlier = [(until, one) for until, one in running.get(span.engineer, []) if until > begins]
        for _, one in earlier:
            if minutes := common_minutes(one, span):
                yield one.entry_id, span.entry_id, minutes
        running[span.engineer] = [*earlier, (ends, span)]


def _bounds(span: WorkedSpan) -> list[tuple[datetime, datetime]]:
    whole = [(began_at.replace(second=0, microsecond=0), minutes) for began_at, minutes in span.stretches]
    return [(began_at, began_at + minutes * ONE_MINUTE) for began_at, minutes in whole]
