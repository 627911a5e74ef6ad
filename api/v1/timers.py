"""Timers: an engineer's clock runs on the server, so that a page may be closed; its end logs the work once."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field

from api.calls import CREATED, Once
from api.inputs import Id, Input, Limit, Moment, PathId, Searched, line
from api.outputs import Answer
from api.request import Call, GuardedRoute, Reader
from api.v1.desk_answers import WorkAnswer
from api.v1.work import work_answer
from contracts.known_rows import known_row
from contracts.parties import Client
from entitlements.hours_facts import Charge
from entitlements.timers import Timer
from entitlements.timing import Task, TimerState, open_timers, pause, resume, start, stop, timer_records

router = APIRouter(route_class=GuardedRoute, tags=["work"])


class TimerInput(Input):
    """The work that begins now, as it will be logged at the timer's end."""

    client_id: Id
    engineer: str = line(200, examples=["Ильин А. С."])
    seller_id: Id | None = None
    entity_id: Id | None = None
    charge: Charge = Field(default=Charge.DRAW, strict=False)
    ticket: str = Field(default="", max_length=100, examples=["SD-1042"])
    service: str = Field(default="", max_length=60, examples=["remote_work"])
    channel: str = Field(default="", max_length=40)
    asked_by: str = Field(default="", max_length=200)
    summary: str = Field(default="", max_length=2000)


Mode = Annotated[Charge, Field(strict=False)]


class PauseInput(Input):
    """Since when the timer ought to have stood still, when that was forgotten; else now."""

    ended_at: Moment | None = None


class StopInput(PauseInput):
    """What was done and who pays for it, if that was not said before or is otherwise now."""

    summary: str = Field(default="", max_length=2000)
    charge: Mode | None = None


NOW, AS_IT_IS = PauseInput(), StopInput()
"""What calls without a body say."""


class TimerAnswer(Answer):
    """A timer; a forgotten one has not been stopped, and nobody has said anything of it for 12 hours."""

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


class StoppedTimer(TimerAnswer):
    """A timer at its end, with the work that was logged."""

    work: WorkAnswer


@router.get("/v1/timers")
def find(
    call: Reader,
    engineer: Annotated[Searched | None, Query(description="Whose timers; everybody's when left out.")] = None,
    client_id: Annotated[PathId | None, Query()] = None,
    after: Annotated[PathId | None, Query(description="The last id of the page before.")] = None,
    limit: Annotated[Limit, Query()] = 50,
) -> list[TimerAnswer]:
    """The timers that are not stopped, in the order in which they were started."""
    if client_id is not None:
        known_row(call.session, Client, client_id)
    found = open_timers(call.session, at=call.at, engineer=engineer, client_id=client_id, after=after or 0, limit=limit)
    return [TimerAnswer.model_validate(one) for one in found]


@router.post("/v1/timers", status_code=CREATED, response_model=TimerAnswer)
def begin(new: TimerInput, once: Once) -> Response:
    """Start a timer; an engineer has one that runs."""
    return once.answer(lambda call: _told(call, start(call.session, Task(**dict(new)), at=call.at)))


@router.post("/v1/timers/{timer_id}:pause", response_model=TimerAnswer)
def stand_still(timer_id: PathId, once: Once, new: PauseInput = NOW) -> Response:
    """Let a timer stand still."""
    return once.answer(
        lambda call: _told(call, pause(call.session, timer_id, at=call.at, ended_at=new.ended_at)), status=200
    )


@router.post("/v1/timers/{timer_id}:resume", response_model=TimerAnswer)
def go_on(timer_id: PathId, once: Once) -> Response:
    """Let a paused timer go on."""
    return once.answer(lambda call: _told(call, resume(call.session, timer_id, at=call.at)), status=200)


@router.post("/v1/timers/{timer_id}:stop", response_model=StoppedTimer)
def end(timer_id: PathId, once: Once, new: StopInput = AS_IT_IS) -> Response:
    """End a timer and log what it measured, in whole minutes: one that has begun counts, once for all stretches."""
    return once.answer(lambda call: _stop(call, timer_id, new), status=200)


def _stop(call: Call, timer_id: int, new: StopInput) -> StoppedTimer:
    timer, logged = stop(call.session, timer_id, at=call.at, **dict(new))
    return StoppedTimer(**_told(call, timer).model_dump(), work=work_answer(call.session, logged, at=call.at))


def _told(call: Call, timer: Timer) -> TimerAnswer:
    (record,) = timer_records(call.session, [timer], at=call.at)
    return TimerAnswer.model_validate(record)
