"""Registered copies of products, and the free service that a purchase brings."""

from datetime import date

from fastapi import APIRouter, Response
from pydantic import Field

from api.calls import CREATED, MaybeOnce
from api.inputs import Day, Id, Input, line
from api.journeys import start_free_period
from api.outputs import Answer
from api.request import GuardedRoute
from contracts.enrolling import NewRegistration, add_registration
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


@router.post("/v1/registrations", status_code=CREATED, response_model=RegistrationAnswer)
def add(new: RegistrationInput, once: MaybeOnce) -> Response:
    """Take in a registered copy; an upgrade ends the cover of the copy that it replaces."""
    wanted = NewRegistration(new.number, new.product, new.purchase, new.bought_on, new.replaces)
    return once.answer(
        lambda call: RegistrationAnswer.model_validate(add_registration(call.session, new.entity_id, wanted))
    )


@router.post("/v1/free-periods", status_code=CREATED, response_model=FreePeriodAnswer)
def start(new: FreePeriodInput, once: MaybeOnce) -> Response:
    """Start the free service that a purchase brings, once for each registration number."""
    return once.answer(
        lambda call: free_period(
            start_free_period(call.session, new.seller_id, new.registration_number, new.plan, at=call.at)
        )
    )


def free_period(free: FreePeriod) -> FreePeriodAnswer:
    """The free period as it is told."""
    return FreePeriodAnswer(id=free.id, client_id=free.client_id, starts_on=free.starts_on, last_day=free.term.last_day)
