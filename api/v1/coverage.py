"""All that a desk's card of a client shows: what covers it, which hours are left, and what stands in the way."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query

from api.inputs import Moment, PathId
from api.outputs import Answer
from api.request import GuardedRoute, Reader
from api.v1.answers import (
    SEES_MONEY,
    CoverTold,
    HoursTold,
    OptionTold,
    WarningTold,
    cover_told,
    hours_told,
    option_told,
)
from api.v1.clients import ContactAnswer, client_of
from api.v1.holds import HoldAnswer
from entitlements.desk_card import DeskCard, desk_card

router = APIRouter(route_class=GuardedRoute, tags=["desk"])


class BlockTold(Answer):
    """A block that stops service at the moment: of the whole client, a contract or a subscription."""

    id: int
    reason: str
    from_at: datetime
    until_at: datetime | None
    contract_id: int | None
    subscription_id: int | None


class ForecastTold(Answer):
    """What was drawn in the last 20 working days, and when the hours left run out at that pace.

    `runs_out_on` is none when they last until they expire.
    """

    drawn_minutes: int
    runs_out_on: date | None


class RegisterTold(Answer):
    """When the vendor's register last answered for a registration, and how long before the moment that was."""

    registration_number: str
    observed_at: datetime
    age_seconds: int


class CoverageAnswer(Answer):
    """Every cover of the client with its standing at the moment, and the hours with each seller that serves it.

    The answer can change by itself at `valid_until`, and with every growth of `state_version`. Prices of options are
    left out for a desk key.
    """

    client_id: int
    name: str
    at: datetime
    state_version: int
    valid_until: datetime | None
    contacts: list[ContactAnswer]
    """Who may ask for the client."""
    covers: list[CoverTold]
    hours: dict[int, HoursTold]
    """By the seller's id."""
    forecasts: dict[int, ForecastTold]
    """By the seller's id; none where nothing was drawn."""
    holds: list[HoldAnswer]
    blocks: list[BlockTold]
    warnings: list[WarningTold]
    options: list[OptionTold]
    register_answers: list[RegisterTold]


@router.get("/v1/clients/{client_id}/coverage")
def coverage(client_id: PathId, call: Reader, at: Annotated[Moment | None, Query()] = None) -> CoverageAnswer:
    """The client's card at a moment, now unless told otherwise."""
    client = client_of(call.session, client_id)
    moment = at or call.at
    card = desk_card(call.session, client.id, at=moment)
    return CoverageAnswer(
        client_id=client.id,
        name=client.name,
        at=moment,
        state_version=card.facts.state_version,
        valid_until=card.valid_until,
        contacts=[ContactAnswer.model_validate(one) for one in card.speakers],
        covers=[CoverTold(**cover_told(view.cover)) for view in card.views if view.cover is not None],
        hours={
            view.cover.seller_id: HoursTold(**hours_told(view.hours))
            for view in card.views
            if view.cover is not None and view.hours is not None
        },
        forecasts={seller_id: ForecastTold.model_validate(one) for seller_id, one in card.forecasts.items()},
        holds=[HoldAnswer.model_validate(one) for one in card.holds],
        blocks=[BlockTold.model_validate(one) for one in card.blocks],
        **_said(card, call.principal.role in SEES_MONEY),
        register_answers=[
            RegisterTold(registration_number=number, observed_at=seen, age_seconds=int((moment - seen).total_seconds()))
            for number, seen in card.observed_at.items()
        ],
    )


def _said(card: DeskCard, money: bool) -> dict[str, Any]:
    """The warnings and options of all covers, each once."""
    warnings = dict.fromkeys(warned for view in card.views for warned in view.warnings)
    options = dict.fromkeys(option for view in card.views for option in view.options)
    return {
        "warnings": [WarningTold(code=warned.code, on=warned.on) for warned in warnings],
        "options": [OptionTold(**option_told(option, money)) for option in options],
    }
