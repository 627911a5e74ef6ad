"""Registered copies of products, and the free service that a purchase brings."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field

from api.calls import CREATED, MaybeOnce
from api.inputs import Day, Id, Input, Limit, PathId, Searched, line
from api.journeys import start_free_period
from api.outputs import Answer
from api.request import Call, GuardedRoute, Reader
from contracts.enrolling import NewRegistration, add_registration
from contracts.free_periods import FreePeriodRecord, registry
from contracts.policies import Purchase
from contracts.subscriptions import FreePeriod

router = APIRouter(route_class=GuardedRoute, tags=["registrations"])


class RegistrationInput(Input):
    """A registered copy of an entity; an upgrade names the number that it `replaces`."""

    entity_id: Id
    number: str = line(40, examples=["800123456"])
    product: str = line(60, examples=["accounting-prof"])
    purchase: Purchase = Field(default=Purchase.BOX, strict=False)
    bought_on: Day | None = None
    replaces: str | None = Field(default=None, min_length=1, max_length=40)


class FreePeriodInput(Input):
    """For which registration, by which seller, under the terms of which plan."""

    seller_id: Id
    registration_number: str = line(40, examples=["800123456"])
    plan: str = line(60, examples=["its-prof"])


class RegistrationAnswer(Answer):
    """A registered copy."""

    id: int
    number: str
    client_id: int
    entity_id: int
    purchase: Purchase
    bought_on: date | None


class FreePeriodAnswer(Answer):
    """Free service from its first to its last day."""

    id: int
    client_id: int
    starts_on: date
    last_day: date


class RegisteredFreePeriod(FreePeriodAnswer):
    """A line of the registry of free periods: whose copy of what, by whom, on which plan, and when it was granted."""

    registration_number: str
    product: str
    purchase: Purchase
    entity_id: int
    owner: str
    inn: str
    seller_id: int
    seller: str
    plan: str
    granted_at: datetime


@router.post("/v1/registrations", status_code=CREATED, response_model=RegistrationAnswer)
def add(new: RegistrationInput, once: MaybeOnce) -> Response:
    """Take in a registered copy; an upgrade ends the cover of the copy that it replaces."""
    wanted = NewRegistration(new.number, new.product, new.purchase, new.bought_on, new.replaces)

    def taken_in(call: Call) -> RegistrationAnswer:
        return RegistrationAnswer.model_validate(add_registration(call.session, new.entity_id, wanted, at=call.at))

    return once.answer(taken_in)


@router.post("/v1/free-periods", status_code=CREATED, response_model=FreePeriodAnswer)
def start(new: FreePeriodInput, once: MaybeOnce) -> Response:
    """Start the free service that a purchase brings, once for each registration number."""
    return once.answer(
        lambda call: free_period(
            start_free_period(call.session, new.seller_id, new.registration_number, new.plan, at=call.at)
        )
    )


@router.get("/v1/free-periods")
def find(
    call: Reader,
    registration_number: Annotated[Searched | None, Query(description="Of this copy alone.")] = None,
    client_id: Annotated[PathId | None, Query(description="Of this client alone.")] = None,
    after: Annotated[PathId | None, Query(description="The last id of the page before.")] = None,
    limit: Annotated[Limit, Query()] = 50,
) -> list[RegisteredFreePeriod]:
    """The registry of free periods, in the order in which they were granted."""
    lines = registry(
        call.session, registration_number=registration_number, client_id=client_id, after=after or 0, limit=limit
    )
    return [_registered(one) for one in lines]


def _registered(one: FreePeriodRecord) -> RegisteredFreePeriod:
    return RegisteredFreePeriod(
        **free_period(one.free).model_dump(),
        registration_number=one.registration.number,
        product=one.product_code,
        purchase=one.registration.purchase,
        entity_id=one.owner.id,
        owner=one.owner.name,
        inn=one.owner.inn,
        seller_id=one.seller.id,
        seller=one.seller.name,
        plan=one.plan_code,
        granted_at=one.free.granted_at,
    )


def free_period(free: FreePeriod) -> FreePeriodAnswer:
    """The free period as it is told."""
    return FreePeriodAnswer(id=free.id, client_id=free.client_id, starts_on=free.starts_on, last_day=free.term.last_day)
