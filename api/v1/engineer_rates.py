"""What an hour of an engineer costs, by engineer and day."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field

from api.calls import CREATED, Once
from api.inputs import Amount, Day, Input, Searched
from api.inputs import line as text_of
from api.outputs import Amount as AmountTold
from api.outputs import Answer
from api.request import GuardedRoute, Reader
from billing.costing import list_rates, set_rate
from billing.engineer_rates import EngineerRate
from contracts.money import Money

router = APIRouter(route_class=GuardedRoute, tags=["reports"])


class RateInput(Input):
    """What an hour of an engineer, by the name that work entries have, costs from a day on."""

    engineer: str = text_of(200, examples=["Ильин А. С."])
    hour_cost: Amount
    currency: str = Field(default="RUB", min_length=3, max_length=3, examples=["RUB"])
    valid_from: Day


class RateAnswer(Answer):
    """What an hour of an engineer costs from a day on; of two of one day the last holds."""

    id: int
    engineer: str
    hour_cost: AmountTold
    currency: str
    valid_from: date
    recorded_at: datetime


@router.post("/v1/engineer-rates", status_code=CREATED, response_model=RateAnswer)
def add(new: RateInput, once: Once) -> Response:
    """Say what an hour of an engineer costs from a day on."""
    cost = Money(new.hour_cost.minor, new.currency)
    return once.answer(lambda call: _told(set_rate(call.session, new.engineer, cost, new.valid_from, at=call.at)))


@router.get("/v1/engineer-rates")
def find(
    call: Reader, engineer: Annotated[Searched | None, Query(description="Only of this engineer.")] = None
) -> list[RateAnswer]:
    """Every rate that was recorded, by engineer and day."""
    return [_told(row) for row in list_rates(call.session, engineer)]


def _told(row: EngineerRate) -> RateAnswer:
    return RateAnswer(
        id=row.id,
        engineer=row.engineer,
        hour_cost=str(Money(row.hour_minor, row.currency)),
        currency=row.currency,
        valid_from=row.valid_from,
        recorded_at=row.recorded_at,
    )
