"""Editing many entries at once, while their months are open: each is reversed and entered anew, all or none (H10)."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from contracts.errors import Refusal
from contracts.locking import lock_clients
from contracts.parties import Client
from entitlements.hours_facts import Charge
from entitlements.logging_work import Logbook, Logged, Work, event_of, sound
from entitlements.serving import Serving
from entitlements.standing_work import stands
from entitlements.timing import stretches_of
from entitlements.work import WorkEntry

MOST_ENTRIES = 500
"""How many entries may be edited at once."""


@dataclass(frozen=True, slots=True)
class ChosenWork:
    """Which entries are meant: those that fit all that is named; days of the work, both inside."""

    client_id: int | None = None
    seller_id: int | None = None
    entry_ids: Collection[int] | None = None
    source: str | None = None
    engineer: str | None = None
    ticket: str | None = None
    service: str | None = None
    charge: Charge | None = None
    first_day: date | None = None
    last_day: date | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What they say from now on; what is none stays.

    Work that becomes another client's falls to the seller that serves it, and to an entity only when that is named.
    """

    client_id: int | None = None
    seller_id: int | None = None
    entity_id: int | None = None
    service: str | None = None
    ticket: str | None = None
    charge: Charge | None = None
    worked_minutes: int | None = None


@dataclass(frozen=True, slots=True)
class Edited:
    """An entry as it was, and what became of it."""

    before: WorkEntry
    logged: Logged


def edit_work(session: Session, chosen: ChosenWork, change: Change, *, at: datetime) -> list[Edited]:
    """Change all entries that are chosen; those that say so already are left out.

    Raises `Refusal` with CHOICE_REQUIRED, CHANGE_REQUIRED, CLIENT_UNKNOWN, TOO_MANY_ENTRIES, WORK_MONTH_CLOSED (each
    of those is corrected by itself), MINUTES_WRONG, or as `log`.
    """
    if not _said(chosen):
        raise Refusal("CHOICE_REQUIRED", field="chosen", value=None, allowed=[one.name for one in fields(ChosenWork)])
    changes = _said(change)
    if not changes:
        raise Refusal("CHANGE_REQUIRED", field="change", value=None, allowed=[one.name for one in fields(Change)])
    if change.worked_minutes is not None and change.worked_minutes < 1:
        raise Refusal("MINUTES_WRONG", field="worked_minutes", value=change.worked_minutes, allowed="1 or more")
    for named, client_id in (("chosen.client_id", chosen.client_id), ("change.client_id", change.client_id)):
        if client_id is not None and session.get(Client, client_id) is None:
            raise Refusal("CLIENT_UNKNOWN", field=named, value=client_id)
    clients = {entry.client_id for entry in _entries(session, chosen)} | {change.client_id or 0} - {0}
    lock_clients(session, sorted(clients))
    entries = [entry for entry in _entries(session, chosen) if entry.client_id in clients]
    _require_open(session, entries)
    with session.begin_nested():  # one that is refused undoes those before it
        made = list(_edited(session, entries, changes, at))
    return sorted((one for one in made if not one.logged.unchanged), key=lambda one: one.before.id)


def _said(told: ChosenWork | Change) -> dict[str, Any]:
    return {name: value for name, value in asdict(told).items() if value is not None}


def _entries(session: Session, chosen: ChosenWork) -> Sequence[WorkEntry]:
    """The entries that stand, in the order in which they were recorded. Raises `Refusal("TOO_MANY_ENTRIES")`."""
    standing = select(WorkEntry).where(stands())
    for name, value in _said(chosen).items():
        match name:
            case "entry_ids":
                standing = standing.where(col(WorkEntry.id).in_(value))
            case "first_day":
                standing = standing.where(col(WorkEntry.work_on) >= value)
            case "last_day":
                standing = standing.where(col(WorkEntry.work_on) <= value)
            case _:
                standing = standing.where(getattr(WorkEntry, name) == value)
    found = session.exec(standing.order_by(col(WorkEntry.id)).limit(MOST_ENTRIES + 1)).all()
    if len(found) > MOST_ENTRIES:
        raise Refusal("TOO_MANY_ENTRIES", field="chosen", value=f"more than {MOST_ENTRIES}", allowed=MOST_ENTRIES)
    return found


def _require_open(session: Session, entries: Sequence[WorkEntry]) -> None:
    serving = Serving(session)
    closed = []
    for entry in entries:
        pool = serving.pool(entry.client_id, entry.seller_id, entry.service)
        if pool.counts_on(entry.counts_on) != entry.counts_on:
            closed.append(f"{entry.source} {entry.external_id}, {entry.counts_on:%Y-%m}")
    if closed:
        raise Refusal("WORK_MONTH_CLOSED", field="chosen", value=len(closed), entries=closed)


def _edited(session: Session, entries: Sequence[WorkEntry], changes: dict[str, Any], at: datetime) -> Iterator[Edited]:
    """Each entry reported anew, source by source."""
    stretches = stretches_of(session, entries)
    by_source: dict[str, list[WorkEntry]] = defaultdict(list)
    for entry in entries:
        by_source[entry.source].append(entry)
    for source, reported in by_source.items():
        book = Logbook(session, source, [entry.external_id for entry in reported])
        for entry in reported:
            work = sound(_anew(entry, changes, stretches.get(entry.id, ())))
            yield Edited(entry, book.log(work, at=at, moved_from=entry.client_id))


def _anew(entry: WorkEntry, changes: dict[str, Any], stretches: tuple[tuple[datetime, int], ...]) -> Work:
    """The event with its changes: another client has its own seller; other minutes are no timer's."""
    moved = (
        {"seller_id": None, "entity_id": None} if changes.get("client_id", entry.client_id) != entry.client_id else {}
    )
    measured = stretches if changes.get("worked_minutes", entry.worked_minutes) == entry.worked_minutes else ()
    return event_of(entry, **{**moved, **changes, "stretches": measured})
