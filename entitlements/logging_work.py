"""Logging what engineers did: one source event is one entry, corrections are reversals and new entries (H10–H12)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, cast

from sqlalchemy import bindparam, or_
from sqlmodel import Session, col, select

from contracts.appending import append
from contracts.errors import Refusal
from contracts.locking import lock_client
from contracts.parties import Entity
from contracts.requisites import require_text
from entitlements.calendar import YEARS, WorkingCalendar, load_calendar, weighted_hundredths
from entitlements.goodwill import require_goodwill
from entitlements.hours import day_starts_at
from entitlements.hours_facts import Charge
from entitlements.objections import LineReply, ObjectionDecision
from entitlements.serving import Serving, WorkPool
from entitlements.statements import StatementLine
from entitlements.work import WorkEntry

LONGEST_WORK_MINUTES = 60 * 24 * 31
"""The longest work that one entry may hold: a month."""

CLOCK_SKEW = timedelta(days=1)
"""How far ahead of us the clock of the desk may be: work that begins later is a typing error."""

KEYS_AT_ONCE = 500
"""Of how many events one select finds the last report."""

KEY = ("source", "external_id")
"""What tells one event from another."""

OWN_SOURCE = "timer"
"""The source of the work that our own timers measure; its external id is the timer's own."""

TEXTS = {
    "source": 60,
    "external_id": 200,
    "ticket": 100,
    "service": 60,
    "channel": 40,
    "asked_by": 200,
    "engineer": 200,
    "summary": 2000,
}
"""The texts that an event may carry, with their longest length in characters."""


@dataclass(frozen=True, slots=True)
class Work:
    """One source event: who worked, for whom, when and how long.

    Either `started_at`, or `work_on` alone when only the day is known; such work counts wholly in the zone of its day.
    `worked_minutes` of 0 takes an earlier report of the same event back. `stretches` are the minutes of work that had
    pauses, by the moments at which they began; without them it had none. `travel_minutes` come beside the work.
    """

    client_id: int
    source: str
    external_id: str
    worked_minutes: int
    started_at: datetime | None = None
    work_on: date | None = None
    seller_id: int | None = None
    entity_id: int | None = None
    charge: Charge = Charge.DRAW
    ticket: str = ""
    service: str = ""
    channel: str = ""
    asked_by: str = ""
    engineer: str = ""
    summary: str = ""
    stretches: tuple[tuple[datetime, int], ...] = ()
    travel_minutes: int = 0


@dataclass(frozen=True, slots=True)
class Logged:
    """What logging an event did: nothing when it was known as it is, else a reversal, an entry, or both."""

    entry: WorkEntry | None
    reversal: WorkEntry | None = None
    unchanged: bool = False


def log(session: Session, work: Work, *, at: datetime) -> Logged:
    """Record the event, or correct what was recorded of it before (H10).

    Worked time is never refused for want of hours or cover; beyond the budget of goodwill another charge, or somebody
    who allows more, is needed (GOODWILL_SPENT). Raises `Refusal` with that, CLIENT_UNKNOWN, SELLER_UNKNOWN,
    SELLER_REQUIRED, ENTITY_UNKNOWN, SOURCE_RESERVED, EXTERNAL_ID_TAKEN, MINUTES_WRONG, WORK_DATE_REQUIRED,
    WORK_IN_FUTURE, CALENDAR_YEAR_UNKNOWN or TEXT_WRONG.
    """
    work = sound(work)
    lock_client(session, work.client_id)
    return Logbook(session, work.source, [work.external_id]).log(work, at=at)


class Logbook:
    """Where events of one source are logged, each once, in a transaction that holds their clients' rows.

    What they are judged by is read when it is first asked for and kept, so that a file of work costs a few selects a
    client instead of ten an event.
    """

    def __init__(self, session: Session, source: str, external_ids: Sequence[str]) -> None:
        self._session = session
        self._last = _last_revisions(session, source, external_ids)
        self._serving = Serving(session)

    def log(self, work: Work, *, at: datetime, moved_from: int | None = None) -> Logged:
        """Record a `sound` event, or correct what was recorded of it before; raises as `log`.

        What was recorded for another client is corrected only by who says that it is `moved_from` there.
        """
        require_own_entity(self._session, work)
        last = self._last_revision(work, moved_from)
        if last is None and work.source == OWN_SOURCE and work.worked_minutes and not work.stretches:
            raise Refusal("SOURCE_RESERVED", field="source", value=work.source, allowed="a name of the desk's own")
        pool = self._pool(work, last)
        standing = last if last is not None and last.reverses_id is None else None
        revision = last.revision if last is not None else 0
        said = self._said(work, pool, at) if work.worked_minutes else None
        if said is None and standing is None:
            return Logged(None, unchanged=True)
        if said is not None and standing is not None and _same(said, standing):
            return Logged(standing, unchanged=True)
        if said is not None and last is not None and self._was_objected_to(said, last):
            return Logged(standing, unchanged=True)
        if said is not None and said["charge"] is Charge.GOODWILL:
            had = standing.worked_minutes if standing is not None and standing.charge is Charge.GOODWILL else 0
            more = said["worked_minutes"] - had
            require_goodwill(self._session, work.client_id, pool.seller_id, said["counts_on"], more)
        reversal = None
        if standing is not None:
            revision += 1
            undone = self._serving.pool(standing.client_id, standing.seller_id, work.service)
            reversal = self._append(_reversal(standing, revision, undone, at))
        return Logged(self._append({**said, "revision": revision + 1}) if said is not None else None, reversal)

    def _was_objected_to(self, said: dict[str, Any], last: WorkEntry) -> bool:
        """Whether this is the report that an upheld objection corrected: sent again, it undoes no decision (P6)."""
        corrected = select(WorkEntry).join(StatementLine, col(StatementLine.work_entry_id) == col(WorkEntry.id))
        corrected = corrected.join(LineReply, col(LineReply.statement_line_id) == col(StatementLine.id))
        corrected = corrected.join(ObjectionDecision, col(ObjectionDecision.objection_id) == col(LineReply.id))
        by = or_(ObjectionDecision.reversal_id == last.id, ObjectionDecision.entry_id == last.id)  # type: ignore[arg-type]
        known = self._session.exec(corrected.where(by)).first()
        return known is not None and _same(said, known)

    def _append(self, row: dict[str, Any]) -> WorkEntry:
        entry = self._last[row["external_id"]] = append(self._session, WorkEntry, row)
        return entry

    def _last_revision(self, work: Work, moved_from: int | None) -> WorkEntry | None:
        """The latest row of the event. Raises `Refusal("EXTERNAL_ID_TAKEN")` when it is another client's."""
        last = self._last.get(work.external_id)
        if last is not None and last.client_id not in (work.client_id, moved_from):
            raise Refusal("EXTERNAL_ID_TAKEN", field="external_id", value=work.external_id)
        return last

    def _pool(self, work: Work, last: WorkEntry | None) -> WorkPool:
        """That of the seller named, else of the last report, else of who serves the client, else of the only one."""
        reported = last is not None and last.client_id == work.client_id
        known = last.seller_id if work.seller_id is None and last is not None and reported else work.seller_id
        return self._serving.chosen_pool(work.client_id, known, work.service)

    def _said(self, work: Work, pool: WorkPool, at: datetime) -> dict[str, Any]:
        """The columns of the entry that the event makes, but for its revision."""
        calendar = load_calendar(pool.calendar, pool.time_zone)
        started_at, work_on = _moment(work, calendar, at)
        terms = self._serving.terms(work.client_id, pool.seller_id, work.service, work_on)
        whole = ((started_at, work.worked_minutes),) if work.started_at is not None else ()
        parts = calendar.work_parts(work.stretches or whole, work_on, work.worked_minutes)
        return {
            **{name: getattr(work, name) for name in SAID},
            "client_id": work.client_id,
            "seller_id": pool.seller_id,
            "plan_version_id": terms.plan_version_id,
            "source": work.source,
            "external_id": work.external_id,
            "started_at": started_at,
            "timed": work.started_at is not None,
            "work_on": work_on,
            "counts_on": pool.counts_on(work_on),
            "weighted_hundredths": weighted_hundredths(parts, terms.rounding)
            + terms.travel_hundredths(work.travel_minutes),
            "minimum_minutes": terms.minimum_minutes,
            "recorded_at": at,
        }


def event_of(entry: WorkEntry, **changes: Any) -> Work:
    """The event as an entry records it, but for what changes: reported anew, it corrects the entry (H10)."""
    said = {name: getattr(entry, name) for name in ("client_id", "source", "external_id", "seller_id", *SAID)}
    when = {"started_at": entry.started_at} if entry.timed else {"work_on": entry.work_on}
    return Work(**{**said, **when, **changes})


def sound(work: Work) -> Work:
    """The event with its minutes checked and its texts in their normal writing.

    Raises `Refusal` with MINUTES_WRONG or TEXT_WRONG.
    """
    for name in ("worked_minutes", "travel_minutes"):
        if not 0 <= getattr(work, name) <= LONGEST_WORK_MINUTES:
            allowed = f"0 to {LONGEST_WORK_MINUTES}"
            raise Refusal("MINUTES_WRONG", field=name, value=getattr(work, name), allowed=allowed)
    texts: dict[str, Any] = {
        name: require_text(text, name, longest)
        for name, longest in TEXTS.items()
        if (text := getattr(work, name)) or name in KEY
    }
    return replace(work, **texts)


def require_own_entity(session: Session, work: Work) -> None:
    """Raises `Refusal("ENTITY_UNKNOWN")` when the work names an entity of another client."""
    if work.entity_id is not None:
        entity = session.get(Entity, work.entity_id)
        if entity is None or entity.client_id != work.client_id:
            raise Refusal("ENTITY_UNKNOWN", field="entity_id", value=work.entity_id)


def _last_revisions(session: Session, source: str, external_ids: Sequence[str]) -> dict[str, WorkEntry]:
    """The latest row of each event that was reported before."""
    last = {}
    for start in range(0, len(external_ids), KEYS_AT_ONCE):
        known = external_ids[start : start + KEYS_AT_ONCE]
        for row in session.connection().execute(_REPORTED, {"source": source, "external_ids": known}):
            last[row.external_id] = cast("WorkEntry", row)
    return last


_NAMED_SO = col(WorkEntry.external_id).in_(bindparam("external_ids", expanding=True))
_REPORTED = (
    select(WorkEntry).where(WorkEntry.source == bindparam("source"), _NAMED_SO).order_by(col(WorkEntry.revision))
)


def _moment(work: Work, calendar: WorkingCalendar, at: datetime) -> tuple[datetime, date]:
    """When the work began and on which day it counts: the day of its start in the seller's zone (H11)."""
    if work.started_at is not None:
        field, started_at = "started_at", work.started_at
    elif work.work_on is not None:
        field, started_at = "work_on", day_starts_at(work.work_on, calendar.zone.key)
    else:
        raise Refusal("WORK_DATE_REQUIRED", field="started_at", value=None)
    if started_at > at + CLOCK_SKEW:
        raise Refusal("WORK_IN_FUTURE", field=field, value=started_at, allowed=f"up to {at + CLOCK_SKEW}")
    if started_at.year < YEARS[0]:
        raise Refusal("CALENDAR_YEAR_UNKNOWN", field=field, value=started_at.year, allowed=f"from {YEARS[0]}")
    return started_at, calendar.day_of(started_at)


SAID = (
    "entity_id",
    "worked_minutes",
    "travel_minutes",
    "charge",
    "ticket",
    "service",
    "channel",
    "asked_by",
    "engineer",
    "summary",
)
"""What an event says and an entry repeats."""

RECORDED = ("client_id", "seller_id", "started_at", "timed", *SAID)
"""What an event says; the same event with all of these the same changes nothing."""

KEPT = ("plan_version_id", "source", "external_id", "work_on", "minimum_minutes")
"""What a reversal repeats besides."""


def _same(said: dict[str, Any], known: WorkEntry) -> bool:
    return all(said[name] == getattr(known, name) for name in RECORDED)


def _reversal(known: WorkEntry, revision: int, pool: WorkPool, at: datetime) -> dict[str, Any]:
    """The entry taken back: on its own day while its month is open, else on the first open day (H10)."""
    return {
        **{name: getattr(known, name) for name in (*RECORDED, *KEPT)},
        "revision": revision,
        "reverses_id": known.id,
        "worked_minutes": -known.worked_minutes,
        "travel_minutes": -known.travel_minutes,
        "weighted_hundredths": -known.weighted_hundredths,
        "counts_on": pool.counts_on(known.counts_on),
        "recorded_at": at,
    }
