"""Work that engineers did: recorded, or shown in advance with what it would draw."""

from datetime import datetime, timedelta

from fastapi import APIRouter, Response
from pydantic import Field
from sqlmodel import Session

from api.calls import CREATED, Once
from api.inputs import Day, Id, Input, Moment, Number, line
from api.request import Call, GuardedRoute, Writer
from api.v1.desk_answers import PartsTold, ReversalAnswer, SettledHold, WorkAnswer
from contracts.errors import Refusal
from entitlements.desk import settle_hold
from entitlements.facts import hours_facts
from entitlements.holds import Hold
from entitlements.hours import account, day_starts_at
from entitlements.hours_facts import Charge, Parts
from entitlements.logging_work import Logged, Work, log
from entitlements.work import WorkEntry

router = APIRouter(route_class=GuardedRoute, tags=["work"])

AN_INSTANT = timedelta(microseconds=1)


class WorkInput(Input):
    """One source event, known by `source` and `external_id`; sent again with other contents it is corrected.

    Either `started_at`, or `work_on` when only the day is known. `worked_minutes` of 0 takes an earlier report back.
    `hold_id` settles the hold of the ticket.
    """

    client_id: Id
    source: str = line(60, examples=["desk"])
    external_id: str = line(200, examples=["SD-1042/1"])
    worked_minutes: Number = Field(examples=[50])
    started_at: Moment | None = None
    work_on: Day | None = None
    seller_id: Id | None = None
    entity_id: Id | None = None
    charge: Charge = Field(default=Charge.DRAW, strict=False)
    ticket: str = Field(default="", max_length=100)
    service: str = Field(default="", max_length=60, examples=["remote_work"])
    channel: str = Field(default="", max_length=40)
    asked_by: str = Field(default="", max_length=200)
    engineer: str = Field(default="", max_length=200)
    summary: str = Field(default="", max_length=2000)
    hold_id: Id | None = None

    def work(self) -> Work:
        """The event as logging takes it."""
        return Work(**self.model_dump(exclude={"hold_id"}))


@router.post("/v1/work-entries", status_code=CREATED, response_model=WorkAnswer)
def record(new: WorkInput, once: Once) -> Response:
    """Record work, or correct what was recorded of it; it is never refused for want of hours."""
    return once.answer(lambda call: _record(call, new))


@router.post("/v1/work-entries:preview")
def preview(new: WorkInput, call: Writer) -> WorkAnswer:
    """What recording it would answer; nothing is written."""
    answer = _record(call, new)
    call.session.rollback()
    return answer.model_copy(update={"id": None, "reversal": None})


def _record(call: Call, new: WorkInput) -> WorkAnswer:
    logged = log(call.session, new.work(), at=call.at)
    settled = None if new.hold_id is None else _settle(call.session, new.hold_id, new.client_id, call.at)
    entry, reversal = logged.entry, logged.reversal
    parts, available = _paid(call, logged)
    return WorkAnswer(
        id=entry.id if entry is not None else None,
        unchanged=logged.unchanged,
        worked_minutes=entry.worked_minutes if entry is not None else 0,
        billed_minutes=parts.billed_minutes,
        counts_on=entry.counts_on if entry is not None else None,
        parts=PartsTold.model_validate(parts),
        available_minutes=available,
        reversal=ReversalAnswer.model_validate(reversal) if reversal is not None else None,
        hold=settled,
    )


def _settle(session: Session, hold_id: int, client_id: int, at: datetime) -> SettledHold:
    """Settle the hold; one that has ended already stays as it is, since work is never refused for that (H12)."""
    hold = session.get(Hold, hold_id)
    if hold is None or hold.client_id != client_id:
        raise Refusal("HOLD_UNKNOWN", field="hold_id", value=hold_id)
    try:
        return SettledHold(id=hold_id, end=settle_hold(session, hold_id, at=at).end)
    except Refusal as refused:
        if refused.code != "HOLD_ENDED":
            raise
        return SettledHold.model_validate({"id": hold_id, "end": refused.facts["end"]})


def _paid(call: Call, logged: Logged) -> tuple[Parts, int]:
    """How the entry is paid once all that is recorded counts, and the minutes available now."""
    last: WorkEntry | None = logged.entry or logged.reversal
    if last is None:
        return Parts(), 0
    facts = hours_facts(call.session, last.client_id, last.seller_id)
    counted_at = max(call.at, last.started_at, day_starts_at(last.counts_on, facts.time_zone)) + AN_INSTANT
    lines = {line.entry_id: line.parts for line in account(facts, counted_at).lines}
    return lines.get(last.id, Parts()), account(facts, call.at).available_minutes
