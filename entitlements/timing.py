"""Running a timer at one's work: started, paused and resumed; when it is stopped, its work is logged once (H2, H10)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlmodel import Session, col, select

from contracts.appending import append
from contracts.errors import Refusal
from contracts.known_rows import known_row
from contracts.parties import Client
from contracts.requisites import require_text
from entitlements.hours_facts import Charge
from entitlements.logging_work import OWN_SOURCE, TEXTS, Logged, Work, log, require_own_entity, sound
from entitlements.serving import Serving
from entitlements.stretches import in_whole_minutes
from entitlements.timers import Timer, TimerStretch
from entitlements.work import WorkEntry

FORGOTTEN_AFTER = timedelta(hours=12)
"""A timer that is not stopped, and of which nobody has said anything for so long, is named as forgotten."""

SAID = ("entity_id", "charge", "ticket", "service", "channel", "asked_by", "engineer", "summary")
"""What a timer is told at its start and its work repeats."""


class TimerState(StrEnum):
    """What a timer does now."""

    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Task:
    """The work that a timer is started at."""

    client_id: int
    engineer: str
    seller_id: int | None = None
    entity_id: int | None = None
    charge: Charge = Charge.DRAW
    ticket: str = ""
    service: str = ""
    channel: str = ""
    asked_by: str = ""
    summary: str = ""


@dataclass(frozen=True, slots=True)
class TimerRecord:
    """A timer as it stands at a moment, with the minutes that it would log."""

    id: int
    client_id: int
    seller_id: int
    entity_id: int | None
    engineer: str
    ticket: str
    service: str
    state: TimerState
    started_at: datetime
    running_since: datetime | None
    stopped_at: datetime | None
    measured_minutes: int
    is_forgotten: bool


def start(session: Session, task: Task, *, at: datetime) -> Timer:
    """Start a timer. Raises `Refusal` with TIMER_RUNNING when another of the engineer's runs, CLIENT_UNKNOWN,
    SELLER_UNKNOWN, SELLER_REQUIRED, ENTITY_UNKNOWN or TEXT_WRONG, so that nothing stands in the way of its end.
    """
    engineer = require_text(task.engineer, "engineer", TEXTS["engineer"])
    said = {name: getattr(task, name) for name in SAID} | {"engineer": engineer}
    planned = sound(Work(task.client_id, OWN_SOURCE, OWN_SOURCE, 0, started_at=at, **said))
    known_row(session, Client, task.client_id)
    require_own_entity(session, planned)
    pool = Serving(session).chosen_pool(task.client_id, task.seller_id, planned.service)
    _require_idle(session, engineer)
    told: dict[str, Any] = {name: getattr(planned, name) for name in SAID}
    told |= {"client_id": task.client_id, "seller_id": pool.seller_id}
    timer = Timer(**told, started_at=at, running_since=at, running_engineer=engineer)
    session.add(timer)
    session.flush()
    return timer


def pause(session: Session, timer_id: int, *, at: datetime, ended_at: datetime | None = None) -> Timer:
    """Let a timer stand still, since `ended_at` when that was forgotten.

    Raises `Refusal` with TIMER_UNKNOWN, TIMER_STOPPED, TIMER_PAUSED or TIMER_END_WRONG.
    """
    timer = _unstopped(session, timer_id)
    if timer.running_since is None:
        raise Refusal("TIMER_PAUSED", field="timer_id", value=timer_id)
    _stand_still(session, timer, ended_at, at)
    session.flush()
    return timer


def resume(session: Session, timer_id: int, *, at: datetime) -> Timer:
    """Let a paused timer go on. Raises `Refusal` with TIMER_UNKNOWN, TIMER_STOPPED, or TIMER_RUNNING naming the one."""
    timer = _unstopped(session, timer_id)
    _require_idle(session, timer.engineer)
    timer.running_since, timer.running_engineer = at, timer.engineer
    session.flush()
    return timer


def stop(
    session: Session,
    timer_id: int,
    *,
    at: datetime,
    ended_at: datetime | None = None,
    summary: str = "",
    charge: Charge | None = None,
) -> tuple[Timer, Logged]:
    """End a timer, and log what it measured as one entry; `ended_at` is when the work ended, if not now.

    Each stretch counts in its own rate zone (H3). Raises `Refusal` with TIMER_UNKNOWN, TIMER_STOPPED, TIMER_END_WRONG,
    and as `log`; a timer that is refused goes on as it was.
    """
    timer = _unstopped(session, timer_id)
    if timer.running_since is not None:
        _stand_still(session, timer, ended_at, at)
    elif ended_at is not None:
        allowed = "nothing: the timer is paused"
        raise Refusal("TIMER_END_WRONG", field="ended_at", value=ended_at, allowed=allowed)
    timer.stopped_at = at
    timer.summary, timer.charge = summary or timer.summary, charge or timer.charge
    session.flush()
    stretches = in_whole_minutes(_stretches(session, [timer.id])[timer.id])
    said = {name: getattr(timer, name) for name in SAID}
    work = Work(
        timer.client_id,
        OWN_SOURCE,
        str(timer.id),
        sum(minutes for _, minutes in stretches),
        started_at=timer.started_at,
        seller_id=timer.seller_id,
        stretches=stretches,
        **said,
    )
    return timer, log(session, work, at=at)


def open_timers(
    session: Session,
    *,
    at: datetime,
    engineer: str | None = None,
    client_id: int | None = None,
    after: int = 0,
    limit: int | None = None,
) -> list[TimerRecord]:
    """The timers that are not stopped, in the order in which they were started."""
    chosen = select(Timer).where(col(Timer.stopped_at).is_(None), col(Timer.id) > after)
    if engineer is not None:
        chosen = chosen.where(Timer.engineer == engineer)
    if client_id is not None:
        chosen = chosen.where(Timer.client_id == client_id)
    return timer_records(session, session.exec(chosen.order_by(col(Timer.id)).limit(limit)).all(), at=at)


def timer_records(session: Session, timers: Sequence[Timer], *, at: datetime) -> list[TimerRecord]:
    """The timers as they stand."""
    measured = _stretches(session, [timer.id for timer in timers])
    return [_record(timer, measured[timer.id], at) for timer in timers]


def stretches_of(session: Session, entries: Iterable[WorkEntry]) -> dict[int, tuple[tuple[datetime, int], ...]]:
    """The stretches, in whole minutes, of those entries that stand as a timer measured them, by the entry's id."""
    timed = {entry.id: entry for entry in entries if entry.source == OWN_SOURCE and entry.external_id.isdecimal()}
    measured = _stretches(session, {int(entry.external_id) for entry in timed.values()}) if timed else {}
    found = {one: in_whole_minutes(measured.get(int(entry.external_id), ())) for one, entry in timed.items()}
    return {
        one: stretches
        for one, stretches in found.items()
        if sum(minutes for _, minutes in stretches) == abs(timed[one].worked_minutes)
    }


def _record(timer: Timer, stretches: list[tuple[datetime, datetime]], at: datetime) -> TimerRecord:
    said_at = timer.running_since or max(ended_at for _, ended_at in stretches)
    if timer.running_since is not None:
        stretches = [*stretches, (timer.running_since, max(at, timer.running_since))]
    state = TimerState.PAUSED if timer.running_since is None else TimerState.RUNNING
    told: dict[str, Any] = {name: getattr(timer, name) for name in _REPEATED}
    return TimerRecord(
        **told,
        state=state if timer.stopped_at is None else TimerState.STOPPED,
        measured_minutes=sum(minutes for _, minutes in in_whole_minutes(stretches)),
        is_forgotten=timer.stopped_at is None and at - said_at > FORGOTTEN_AFTER,
    )


_REPEATED = (
    "id",
    "client_id",
    "seller_id",
    "entity_id",
    "engineer",
    "ticket",
    "service",
    "started_at",
    "running_since",
    "stopped_at",
)


def _unstopped(session: Session, timer_id: int) -> Timer:
    """The timer, its row taken, so that of two who end it one is told."""
    chosen = select(Timer).where(Timer.id == timer_id).with_for_update()
    timer = session.exec(chosen.execution_options(populate_existing=True)).first()
    if timer is None:
        raise Refusal("TIMER_UNKNOWN", field="timer_id", value=timer_id)
    if timer.stopped_at is not None:
        raise Refusal("TIMER_STOPPED", field="timer_id", value=timer_id, stopped_at=timer.stopped_at)
    return timer


def _require_idle(session: Session, engineer: str) -> None:
    """Raises `Refusal("TIMER_RUNNING")` with the timer of the engineer that runs."""
    running = session.exec(select(Timer).where(Timer.running_engineer == engineer)).first()
    if running is not None:
        told = {"timer_id": running.id, "ticket": running.ticket, "running_since": running.running_since}
        raise Refusal("TIMER_RUNNING", field="engineer", value=engineer, **told)


def _stand_still(session: Session, timer: Timer, ended_at: datetime | None, at: datetime) -> None:
    since = timer.running_since
    assert since is not None
    if ended_at is not None and not since <= ended_at <= at:
        raise Refusal("TIMER_END_WRONG", field="ended_at", value=ended_at, allowed=f"{since} to {at}")
    ended = {"ended_at": max(ended_at or at, since)}
    append(session, TimerStretch, {"timer_id": timer.id, "began_at": since, **ended})
    timer.running_since = timer.running_engineer = None


def _stretches(session: Session, timer_ids: Iterable[int]) -> dict[int, list[tuple[datetime, datetime]]]:
    """The stretches of each timer, in the order of time."""
    found: dict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
    chosen = select(TimerStretch).where(col(TimerStretch.timer_id).in_(timer_ids))
    for one in session.exec(chosen.order_by(col(TimerStretch.id))):
        found[one.timer_id].append((one.began_at, one.ended_at))
    return found
