"""Work that engineers did: recorded, or shown in advance with what it would draw."""

from datetime import datetime, timedelta
from typing import Any

from fastapi import APIRouter, Response
from msgspec.structs import replace
from pydantic import Field, ValidationInfo, field_validator
from sqlmodel import Session

from api.calls import CREATED, Once
from api.inputs import Day, Id, Input, Moment, Number, line, wrong
from api.request import Call, GuardedRoute, Writer
from api.v1.answers import SEES_MONEY
from api.v1.desk_answers import OverlapTold, PartsTold, ReversalAnswer, SettledHold, WorkAnswer
from api.v1.moved_work import WorkPreview, moved_told
from billing.previewing import moved_by
from contracts.errors import Refusal
from entitlements.desk import settle_hold
from entitlements.facts import hours_facts
from entitlements.holds import Hold
from entitlements.hours import account, day_starts_at
from entitlements.hours_facts import Charge, HoursFacts, Parts
from entitlements.logging_work import LONGEST_WORK_MINUTES, Logged, Work, log
from entitlements.named_holds import named_hold
from entitlements.overlaps import Overlap, overlaps_of
from entitlements.stretches import whole_minutes
from entitlements.work import WorkEntry

router = APIRouter(route_class=GuardedRoute, tags=["work"])

AN_INSTANT = timedelta(microseconds=1)


class ReportedWork(Input):
    """One source event, known by `source` and `external_id`: what was done, when and by whom.

    Either `started_at`, or `work_on` when only the day is known. Either `worked_minutes`, or the `connected_seconds` of
    a call, which are rounded up to whole minutes.
    """

    source: str = line(60, examples=["desk"])
    external_id: str = line(200, examples=["SD-1042/1"])
    connected_seconds: int | None = Field(default=None, ge=0, le=60 * LONGEST_WORK_MINUTES, examples=[431])
    worked_minutes: Number | None = Field(default=None, validate_default=True, examples=[50])
    travel_minutes: Number = Field(default=0, examples=[40])
    started_at: Moment | None = None
    work_on: Day | None = None
    entity_id: Id | None = None
    charge: Charge = Field(default=Charge.DRAW, strict=False)
    ticket: str = Field(default="", max_length=100)
    service: str = Field(default="", max_length=60, examples=["remote_work"])
    channel: str = Field(default="", max_length=40)
    asked_by: str = Field(default="", max_length=200)
    engineer: str = Field(default="", max_length=200)
    summary: str = Field(default="", max_length=2000)

    @field_validator("worked_minutes")
    @classmethod
    def _one_of_both(cls, minutes: int | None, told: ValidationInfo) -> int | None:
        if (minutes is None) == (told.data.get("connected_seconds") is None):
            raise wrong("WORKED_ONCE", "worked_minutes or connected_seconds")
        return minutes

    def work(self, **more: Any) -> Work:
        """The event as logging takes it."""
        said = self.model_dump(exclude={"hold_id", "connected_seconds"})
        if self.connected_seconds is not None:
            said["worked_minutes"] = whole_minutes(timedelta(seconds=self.connected_seconds))
        return Work(**said | more)


class WorkInput(ReportedWork):
    """A source event of a client; sent again with other contents it is corrected.

    `worked_minutes` of 0 takes an earlier report back. `hold_id` settles the hold of the ticket by the minutes billed.
    """

    client_id: Id
    seller_id: Id | None = None
    hold_id: Id | None = None


@router.post("/v1/work-entries", status_code=CREATED, response_model=WorkAnswer)
def record(new: WorkInput, once: Once) -> Response:
    """Record work, or correct what was recorded of it; it is never refused for want of hours."""
    return once.answer(lambda call: _record(call, new))


@router.post("/v1/work-entries:preview")
def preview(new: WorkInput, call: Writer) -> WorkPreview:
    """What recording it would answer, and what it would move in the pool; nothing is written."""
    held, ended = _hold_of(call, new)
    logged = log(call.session, new.work(), at=call.at)
    moved = moved_by(call.session, logged, at=call.at)
    recorded = {entry.id for entry in (logged.entry, logged.reversal) if entry is not None and not logged.unchanged}
    told = moved_told(moved, recorded, money=call.principal.role in SEES_MONEY)
    answer = work_answer(call.session, logged, held, ended, at=call.at)
    call.session.rollback()
    return WorkPreview(**answer.model_dump() | {"id": None, "reversal": None, "moved": told})


def _record(call: Call, new: WorkInput) -> WorkAnswer:
    held, ended = _hold_of(call, new)
    return work_answer(call.session, log(call.session, new.work(), at=call.at), held, ended, at=call.at)


def _hold_of(call: Call, new: WorkInput) -> tuple[Hold | None, SettledHold | None]:
    """The hold to be settled; one that has ended already stays as it is, since work is never refused for that (H12)."""
    if new.hold_id is None:
        return None, None
    held, ended = named_hold(call.session, new.hold_id)
    if held.client_id != new.client_id:
        raise Refusal("HOLD_UNKNOWN", field="hold_id", value=new.hold_id)
    if ended is None:
        return held, None
    return None, SettledHold(id=held.id, end=ended.end, settled_minutes=ended.settled_minutes)


def record_work(session: Session, work: Work, held: Hold | None = None, *, at: datetime) -> WorkAnswer:
    """Record work, and settle the hold that it was done on by as many minutes as it draws.

    Raises as `log` and `settle_hold`.
    """
    return work_answer(session, log(session, work, at=at), held, at=at)


def work_answer(
    session: Session, logged: Logged, held: Hold | None = None, ended: SettledHold | None = None, *, at: datetime
) -> WorkAnswer:
    """What logging did, and which grants pay for it; `held` is settled by as many minutes, `ended` was before."""
    entry, reversal = logged.entry, logged.reversal
    parts, facts = _paid(session, logged, at)
    settled = ended if held is None else _settle(session, held, parts, at)
    return WorkAnswer(
        id=entry.id if entry is not None else None,
        unchanged=logged.unchanged,
        worked_minutes=entry.worked_minutes if entry is not None else 0,
        billed_minutes=parts.billed_minutes,
        counts_on=entry.counts_on if entry is not None else None,
        parts=PartsTold.model_validate(parts),
        available_minutes=0 if facts is None else account(_without(facts, held, at), at).available_minutes,
        reversal=ReversalAnswer.model_validate(reversal) if reversal is not None else None,
        hold=settled,
        overlaps=[overlap_told(one, entry) for one in overlaps_of(session, entry)] if entry is not None else [],
    )


def overlap_told(overlap: Overlap, entry: WorkEntry) -> OverlapTold:
    """What overlaps with the entry."""
    other = overlap.second if overlap.first.id == entry.id else overlap.first
    told = {name: getattr(other, name) for name in OverlapTold.model_fields if name != "common_minutes"}
    return OverlapTold(**told, common_minutes=overlap.minutes)


def _settle(session: Session, held: Hold, parts: Parts, at: datetime) -> SettledHold:
    taken = min(held.minutes, max(parts.drawn_minutes + parts.overage_minutes, 0))
    ending = settle_hold(session, held.id, at=at, minutes=taken)
    return SettledHold(id=held.id, end=ending.end, settled_minutes=ending.settled_minutes)


def _paid(session: Session, logged: Logged, at: datetime) -> tuple[Parts, HoursFacts | None]:
    """How the entry is paid once all that is recorded counts, and the facts of its pool."""
    last: WorkEntry | None = logged.entry or logged.reversal
    if last is None:
        return Parts(), None
    facts = hours_facts(session, last.client_id, last.seller_id)
    counted_at = max(at, last.started_at, day_starts_at(last.counts_on, facts.time_zone)) + AN_INSTANT
    lines = {line.entry_id: line.parts for line in account(facts, counted_at).lines}
    return lines.get(last.id, Parts()), facts


def _without(facts: HoursFacts, held: Hold | None, at: datetime) -> HoursFacts:
    """The facts once the hold has ended."""
    if held is None:
        return facts
    reserves = (replace(one, ended_at=at) if one.hold_id == held.id else one for one in facts.reserves)
    return replace(facts, reserves=tuple(reserves))
