"""What a person approved although the rules say no."""

from datetime import datetime, timedelta

from fastapi import APIRouter, Request, Response

from api.calls import CREATED, Once
from api.inputs import Id, Input, Moment, PathId, line
from api.outputs import Answer
from api.request import Call, GuardedRoute, Reader
from contracts.known_rows import known_row
from contracts.parties import Client
from entitlements.overriding import end_override, give_override, overrides_of

router = APIRouter(route_class=GuardedRoute, tags=["desk"])


class OverrideInput(Input):
    """Who lets a client be served, why, and until when; without a service any request is meant."""

    client_id: Id
    approved_by: str = line(200, examples=["Орлова Н. В."])
    reason: str = line(300, examples=["Счёт оплатят в понедельник"])
    until_at: Moment
    service: str | None = line(60, default=None, examples=["remote_work"])
    ticket: str | None = line(100, default=None, examples=["SD-1042"])


class OverrideAnswer(Answer):
    """An override; `ends_at` is the earlier of the end that was given and the one that came."""

    id: int
    client_id: int
    service: str | None
    approved_by: str
    reason: str
    ticket: str
    given_at: datetime
    until_at: datetime
    ends_at: datetime


class EndedOverride(Answer):
    """When an override ended before its time."""

    override_id: int
    ended_at: datetime


@router.post("/v1/overrides", status_code=CREATED, response_model=OverrideAnswer)
def give(new: OverrideInput, request: Request, once: Once) -> Response:
    """Let a client be served from now until a moment; the failed rules stay in every answer."""
    longest = timedelta(days=request.app.state.settings.override_days)
    asked = new.model_dump(exclude={"ticket"}) | {"ticket": new.ticket or "", "longest": longest}

    def given(call: Call) -> OverrideAnswer:
        made = give_override(call.session, at=call.at, **asked)
        listed = overrides_of(call.session, made.client_id)
        return OverrideAnswer.model_validate(next(one for one in listed if one.id == made.id))

    return once.answer(given)


@router.post("/v1/overrides/{override_id}:end", response_model=EndedOverride)
def end(override_id: PathId, once: Once) -> Response:
    """End an override before its time."""
    return once.answer(
        lambda call: EndedOverride.model_validate(end_override(call.session, override_id, at=call.at)), status=200
    )


@router.get("/v1/clients/{client_id}/overrides")
def of_client(client_id: PathId, call: Reader) -> list[OverrideAnswer]:
    """Every override of the client, in the order in which they were given."""
    client = known_row(call.session, Client, client_id)
    return [OverrideAnswer.model_validate(one) for one in overrides_of(call.session, client.id)]
