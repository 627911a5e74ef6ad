"""All that a desk's card of a client shows: what covers it, which hours are left, and what stands in the way."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from api.inputs import Moment, PathId
from api.request import Call, GuardedRoute, Reader, language_of
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
from api.v1.desk_answers import (
    ApprovalTold,
    BlockTold,
    ContactAnswer,
    CoverageAnswer,
    CoverCountTold,
    ForecastTold,
    GoodwillAnswer,
    HoldAnswer,
    RegisterTold,
)
from api.v1.promises import CaseTold, case_told, count_told
from billing.owed import with_what_is_owed
from contracts.known_rows import known_row
from contracts.parties import Client
from documents.block_reasons import block_reasons
from entitlements.answers import CountView, CoverView
from entitlements.desk_card import DeskCard, desk_card

router = APIRouter(route_class=GuardedRoute, tags=["desk"])


@router.get("/v1/clients/{client_id}/coverage")
def coverage(
    client_id: PathId, request: Request, call: Reader, at: Annotated[Moment | None, Query()] = None
) -> CoverageAnswer:
    """The client's card at a moment, now unless told otherwise."""
    client = known_row(call.session, Client, client_id)
    moment = at or call.at
    card = desk_card(call.session, client.id, at=moment)
    reasons = block_reasons(call.session, card.blocks, language_of(request))
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
        goodwill=[GoodwillAnswer.model_validate(one) for one in card.goodwill.values()],
        holds=[HoldAnswer.model_validate(one) for one in card.holds],
        blocks=[BlockTold.model_validate(one).model_copy(update={"reason": reasons[one.id]}) for one in card.blocks],
        cases=[CaseTold(**case_told(one)) for one in card.cases],
        counts=[_counted(cover, count) for cover, count in card.counts],
        overrides=[ApprovalTold.model_validate(one) for one in card.overrides],
        **_said(call, card, moment),
        register_answers=[
            RegisterTold(registration_number=number, observed_at=seen, age_seconds=int((moment - seen).total_seconds()))
            for number, seen in card.observed_at.items()
        ],
    )


def _counted(cover: CoverView, count: CountView) -> CoverCountTold:
    told = cover_told(cover)
    return CoverCountTold(
        subscription_id=told["subscription_id"], free_period_id=told["free_period_id"], **count_told(count)
    )


def _said(call: Call, card: DeskCard, at: datetime) -> dict[str, Any]:
    """The warnings and options of all covers, each once."""
    money = call.principal.role in SEES_MONEY
    views = with_what_is_owed(call.session, card.views, known_at=at) if money else card.views
    warnings = dict.fromkeys(warned for view in views for warned in view.warnings)
    options = dict.fromkeys(option for view in views for option in view.options)
    return {
        "warnings": [WarningTold(code=warned.code, on=warned.on) for warned in warnings],
        "options": [OptionTold(**option_told(option, money)) for option in options],
    }
