"""How much work engineers may give as goodwill in a month, and letting them give more (H9)."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field

from api.calls import CREATED, Once
from api.inputs import Id, Input, Month, PathId, line
from api.request import Call, GuardedRoute, Reader
from api.v1.desk_answers import GoodwillAnswer
from contracts.known_rows import known_row
from contracts.parties import TRADE_ZONE, Client
from entitlements.goodwill import LONGEST_ALLOWANCE, allow_goodwill, goodwill_of

router = APIRouter(route_class=GuardedRoute, tags=["work"])


class AllowanceInput(Input):
    """Who lets engineers give so many minutes more in a month, and why."""

    client_id: Id
    seller_id: Id
    month: Month
    minutes: int = Field(ge=1, le=LONGEST_ALLOWANCE, examples=[30])
    allowed_by: str = line(200, examples=["Орлова Н. В."])
    reason: str = line(300, examples=["Наша ошибка при обновлении"])


@router.get("/v1/clients/{client_id}/goodwill")
def of_client(
    client_id: PathId, call: Reader, month: Annotated[Month | None, Query(description="This month if left out.")] = None
) -> list[GoodwillAnswer]:
    """The client's goodwill with each seller whose plans set a budget."""
    client = known_row(call.session, Client, client_id)
    found = goodwill_of(call.session, client.id, month or call.at.astimezone(TRADE_ZONE).date())
    return [GoodwillAnswer.model_validate(found[seller_id]) for seller_id in sorted(found)]


@router.post("/v1/goodwill-allowances", status_code=CREATED, response_model=GoodwillAnswer)
def allow(new: AllowanceInput, once: Once) -> Response:
    """Let engineers give more in an open month; statement and card name the person and the reason."""
    return once.answer(lambda call: _allow(call, new))


def _allow(call: Call, new: AllowanceInput) -> GoodwillAnswer:
    allow_goodwill(call.session, **dict(new), at=call.at)
    return GoodwillAnswer.model_validate(goodwill_of(call.session, new.client_id, new.month)[new.seller_id])
