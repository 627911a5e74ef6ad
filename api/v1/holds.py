"""What becomes of minutes that were held for an accepted ticket."""

from fastapi import APIRouter, Response
from pydantic import Field

from api.calls import CREATED, Once
from api.inputs import Input, PathId
from api.request import GuardedRoute
from api.v1.desk_answers import EndedHold, HoldAnswer
from entitlements.desk import extend_hold, release_hold, settle_hold

router = APIRouter(route_class=GuardedRoute, tags=["desk"])


class ExtensionInput(Input):
    """For how many hours from now."""

    hold_hours: int = Field(ge=1, le=8760, examples=[72])


@router.post("/v1/holds/{hold_id}:settle", response_model=EndedHold)
def settle(hold_id: PathId, once: Once) -> Response:
    """End a hold whose work is logged."""
    return once.answer(
        lambda call: EndedHold.model_validate(settle_hold(call.session, hold_id, at=call.at)), status=200
    )


@router.post("/v1/holds/{hold_id}:release", response_model=EndedHold)
def release(hold_id: PathId, once: Once) -> Response:
    """Give the minutes back."""
    return once.answer(
        lambda call: EndedHold.model_validate(release_hold(call.session, hold_id, at=call.at)), status=200
    )


@router.post("/v1/holds/{hold_id}:extend", status_code=CREATED, response_model=HoldAnswer)
def extend(hold_id: PathId, new: ExtensionInput, once: Once) -> Response:
    """End a live hold and place its successor with the same minutes."""
    return once.answer(
        lambda call: HoldAnswer.model_validate(extend_hold(call.session, hold_id, new.hold_hours, at=call.at))
    )
