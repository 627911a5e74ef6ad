"""Shadow plans: set, listed and ended by the staff; what would differ is reckoned when it is asked for (H15)."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.calls import CREATED, Once
from api.inputs import Day, Id, Input, Limit, Number, PathId, line
from api.outputs import Answer
from api.request import Call, GuardedRoute, Reader
from api.v1.replays import ReplayAnswer, replay_told
from billing.shadow_reports import Shadowed, shadow_report
from contracts.known_rows import known_row
from contracts.parties import Client
from entitlements.shadowing import Shadow, end_shadow, list_shadows, set_shadow, shadow_record

router = APIRouter(route_class=GuardedRoute, tags=["pipeline"])


class ShadowPlanInput(Input):
    """Which plan runs beside the live one, in its last version unless one is named, from a day to a day.

    In place of a client's subscriptions, or of one of them; or of those of every client that is on the plan `of_plan`.
    """

    seller_id: Id
    client_id: Id | None = None
    subscription_id: Id | None = None
    of_plan: str | None = line(60, default=None, examples=["its-prof"])
    plan: str = line(60, examples=["service-8h"])
    version: Number | None = None
    starts_on: Day
    last_day: Day
    set_by: str = line(200, examples=["Котова И. Л."])
    reason: str = line(300, examples=["К разговору о продлении"])


class ShadowPlanEndInput(Input):
    """Who ends it and why."""

    ended_by: str = line(200, examples=["Котова И. Л."])
    reason: str = line(300, examples=["Клиент выбрал"])


class ShadowPlanAnswer(Answer):
    """A shadow plan; `last_day` is the earlier of the one that was set and the one that came."""

    id: int
    seller_id: int
    client_id: int | None
    subscription_id: int | None
    of_plan: str | None
    plan: str
    version: int
    starts_on: date
    last_day: date
    set_by: str
    reason: str
    set_at: datetime
    ended_by: str | None
    end_reason: str | None
    ended_at: datetime | None


class ShadowedAnswer(Answer):
    """A client's months under the shadow plan, or the code of why there is nothing to tell."""

    client_id: int
    replay: ReplayAnswer | None
    problem: str | None


class ShadowReportAnswer(Answer):
    """What would have differed up to today, client by client, from an id on."""

    shadow_plan: ShadowPlanAnswer
    clients: list[ShadowedAnswer]


@router.post("/v1/shadow-plans", status_code=CREATED, response_model=ShadowPlanAnswer)
def begin(new: ShadowPlanInput, once: Once) -> Response:
    """Let a plan version run beside the live one; nobody is served by it."""

    def made(call: Call) -> ShadowPlanAnswer:
        shadow = Shadow(**new.model_dump(exclude={"seller_id"}))
        return _told(call, set_shadow(call.session, new.seller_id, shadow, at=call.at).id)

    return once.answer(made)


@router.get("/v1/shadow-plans")
def find(
    call: Reader,
    client_id: Annotated[PathId | None, Query()] = None,
    after: Annotated[PathId | None, Query(description="The last id of the page before.")] = None,
    limit: Annotated[Limit, Query()] = 50,
) -> list[ShadowPlanAnswer]:
    """The shadow plans in the order in which they were set."""
    if client_id is not None:
        known_row(call.session, Client, client_id)
    found = list_shadows(call.session, client_id=client_id, after=after or 0, limit=limit)
    return [ShadowPlanAnswer.model_validate(one) for one in found]


@router.get("/v1/shadow-plans/{shadow_plan_id}/report")
def report(
    shadow_plan_id: PathId,
    call: Reader,
    after: Annotated[PathId | None, Query(description="The last client of the page before.")] = None,
    limit: Annotated[Limit, Query(description="How many clients.")] = 5,
) -> ShadowReportAnswer:
    """Which answers, hours and amounts would have differed under the shadow plan, reckoned now from what is stored."""
    record = shadow_record(call.session, shadow_plan_id)
    clients = shadow_report(call.session, record, at=call.at, after=after or 0, limit=limit)
    told = ShadowPlanAnswer.model_validate(record)
    return ShadowReportAnswer(shadow_plan=told, clients=[_shadowed(one) for one in clients])


@router.post("/v1/shadow-plans/{shadow_plan_id}:end", response_model=ShadowPlanAnswer)
def end(shadow_plan_id: PathId, new: ShadowPlanEndInput, once: Once) -> Response:
    """End a shadow plan: today is the last day that it counts."""

    def ended(call: Call) -> ShadowPlanAnswer:
        end_shadow(call.session, shadow_plan_id, **dict(new), at=call.at)
        return _told(call, shadow_plan_id)

    return once.answer(ended, status=200)


def _told(call: Call, shadow_plan_id: int) -> ShadowPlanAnswer:
    return ShadowPlanAnswer.model_validate(shadow_record(call.session, shadow_plan_id))


def _shadowed(one: Shadowed) -> ShadowedAnswer:
    return ShadowedAnswer(
        client_id=one.client_id,
        replay=None if one.replay is None else replay_told(one.replay),
        problem=None if one.problem is None else one.problem.code,
    )
