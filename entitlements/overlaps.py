"""Finding the work of an engineer that was logged twice over the same minutes: named, never refused (H10, H12)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import or_
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from entitlements.spans import WorkedSpan, overlapping
from entitlements.standing_work import stands
from entitlements.timing import stretches_of
from entitlements.work import WorkEntry

A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two entries of one engineer, the earlier first, and the minutes that both claim."""

    first: WorkEntry
    second: WorkEntry
    minutes: int


def overlaps_of(session: Session, entry: WorkEntry) -> list[Overlap]:
    """What overlaps with an entry that stands; nothing when nobody, or no time of day, is named."""
    if not entry.engineer or not entry.timed:
        return []
    measured = stretches_of(session, [entry]).get(entry.id, ((entry.started_at, entry.worked_minutes),))
    ends_at = max((began_at + timedelta(minutes=minutes) for began_at, minutes in measured), default=entry.started_at)
    near = _standing().where(WorkEntry.engineer == entry.engineer, col(WorkEntry.started_at) < ends_at)
    lately = col(WorkEntry.started_at) > entry.started_at - A_DAY
    near = near.where(or_(lately, col(WorkEntry.worked_minutes) > A_DAY // timedelta(minutes=1)))
    found = _found(session, session.exec(near).all())
    return [one for one in found if entry.id in (one.first.id, one.second.id)]


def list_overlaps(
    session: Session,
    first_day: date,
    last_day: date,
    *,
    engineer: str | None = None,
    client_id: int | None = None,
    seller_id: int | None = None,
) -> list[Overlap]:
    """The overlaps of work that was begun on these days, both inside, of one engineer or of all, in the order of time.

    With a client or a seller those in which an entry is theirs.
    """
    days = _standing().where(col(WorkEntry.work_on) >= first_day, col(WorkEntry.work_on) <= last_day)
    if engineer is not None:
        days = days.where(WorkEntry.engineer == engineer)
    found = _found(session, session.exec(days).all())
    for name, value in (("client_id", client_id), ("seller_id", seller_id)):
        if value is not None:
            found = [one for one in found if value in (getattr(one.first, name), getattr(one.second, name))]
    return found


def _standing() -> SelectOfScalar[WorkEntry]:
    """Timed work of a named engineer that is neither taken back nor takes any back."""
    return select(WorkEntry).where(col(WorkEntry.timed), col(WorkEntry.engineer) != "", stands())


def _found(session: Session, entries: Sequence[WorkEntry]) -> list[Overlap]:
    known, measured = {entry.id: entry for entry in entries}, stretches_of(session, entries)
    spans = [
        WorkedSpan(one.id, one.engineer, measured.get(one.id, ((one.started_at, one.worked_minutes),)))
        for one in entries
    ]
    return [Overlap(known[first], known[second], minutes) for first, second, minutes in overlapping(spans)]
