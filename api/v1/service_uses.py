"""Counted services that a request took, given back."""

from datetime import datetime

from fastapi import APIRouter, Response

from api.calls import CREATED, Once
from api.inputs import Input, PathId, line
from api.outputs import Answer
from api.request import GuardedRoute
from entitlements.uses import give_back_use

router = APIRouter(route_class=GuardedRoute, tags=["desk"])


class GiveBackInput(Input):
    """Who gives a use back, and why."""

    returned_by: str = line(200, examples=["Котова И. Л."])
    reason: str = line(300, examples=["Вопрос снят"])


class GivenBack(Answer):
    """That a use no longer counts since `returned_at`."""

    use_id: int
    returned_by: str
    reason: str
    returned_at: datetime


@router.post("/v1/service-uses/{use_id}:give-back", status_code=CREATED, response_model=GivenBack)
def give_back(use_id: PathId, new: GiveBackInput, once: Once) -> Response:
    """Let a use that a request took count no more, for example because the question was withdrawn."""
    return once.answer(
        lambda call: GivenBack.model_validate(
            give_back_use(call.session, use_id, new.returned_by, new.reason, at=call.at)
        )
    )
