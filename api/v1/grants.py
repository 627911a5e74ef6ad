"""Minutes given by hand, and the voiding of what is left of them."""

import hashlib
from datetime import date, timedelta

from fastapi import APIRouter, Response
from pydantic import Field

from api.calls import CREATED, Once
from api.inputs import Day, Id, Input, Number, PathId, line
from api.outputs import Answer
from api.request import Call, GuardedRoute
from contracts.errors import Refusal
from contracts.known_rows import known_row
from contracts.parties import Seller
from contracts.terms import Term
from entitlements.calendar import load_calendar
from entitlements.granting import give_minutes, void_grant
from entitlements.grants import Grant, GrantVoid
from entitlements.hours_facts import GrantKind

router = APIRouter(route_class=GuardedRoute, tags=["hours"])

ONE_DAY = timedelta(days=1)


class GrantInput(Input):
    """Goodwill or bonus minutes from the first to the last day, and why."""

    client_id: Id
    seller_id: Id
    kind: GrantKind = Field(strict=False, examples=["goodwill"])
    minutes: Number = Field(examples=[60])
    starts_on: Day
    last_day: Day
    reason: str = line(300, examples=["За ожидание"])


class VoidInput(Input):
    """Why, and from which day on; from today unless told otherwise."""

    reason: str = line(300, examples=["За ожидание"])
    on: Day | None = None


class GrantAnswer(Answer):
    """Minutes given, and the days on which they can be used."""

    id: int
    client_id: int
    seller_id: int
    kind: GrantKind
    minutes: int
    starts_on: date
    last_day: date
    reason: str


class VoidAnswer(Answer):
    """That nothing more can be drawn from a grant from the day on."""

    grant_id: int
    voided_on: date
    reason: str


@router.post("/v1/grants", status_code=CREATED, response_model=GrantAnswer)
def give(new: GrantInput, once: Once) -> Response:
    """Give minutes as goodwill or bonus."""
    return once.answer(lambda call: grant_answer(_give(call, new, once.key or "")))


@router.post("/v1/grants/{grant_id}:void", response_model=VoidAnswer)
def void(grant_id: PathId, new: VoidInput, once: Once) -> Response:
    """Take back what is left of a grant; what was used stays used."""
    return once.answer(lambda call: VoidAnswer.model_validate(_void(call, grant_id, new)), status=200)


def grant_answer(grant: Grant) -> GrantAnswer:
    """The grant as it is told."""
    return GrantAnswer.model_validate(grant.model_dump() | {"last_day": grant.ends_on - ONE_DAY})


def _give(call: Call, new: GrantInput, key: str) -> Grant:
    known_row(call.session, Seller, new.seller_id)
    if new.last_day < new.starts_on:
        raise Refusal("TERM_EMPTY", field="last_day", value=new.last_day, starts_on=new.starts_on)
    term = Term(new.starts_on, new.last_day + ONE_DAY)
    source = hashlib.sha256(f"{call.principal.caller}:{key}".encode()).hexdigest()
    return give_minutes(
        call.session,
        new.client_id,
        new.seller_id,
        new.kind,
        new.minutes,
        term,
        reason=new.reason,
        source_key=f"call:{source}",
        at=call.at,
    )


def _void(call: Call, grant_id: int, new: VoidInput) -> GrantVoid:
    grant = known_row(call.session, Grant, grant_id)
    seller = known_row(call.session, Seller, grant.seller_id)
    today = load_calendar(seller.calendar, seller.time_zone).day_of(call.at)
    return void_grant(call.session, grant_id, new.reason, on=new.on or today, at=call.at)
