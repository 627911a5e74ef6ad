"""Stop signs on clients, contracts and subscriptions."""

from datetime import datetime

from fastapi import APIRouter, Response

from api.calls import CREATED, Once
from api.inputs import Id, Input, Moment, PathId, line
from api.outputs import Answer
from api.request import GuardedRoute
from contracts.blocking import lift_block, raise_block

router = APIRouter(route_class=GuardedRoute, tags=["blocks"])


class BlockInput(Input):
    """Why a client, or one contract or subscription of it, is not served, and from when until when."""

    client_id: Id
    reason: str = line(300, examples=["Нет оплаты"])
    from_at: Moment | None = None
    until_at: Moment | None = None
    contract_id: Id | None = None
    subscription_id: Id | None = None


class BlockAnswer(Answer):
    """A block; it holds until it is lifted or over, whatever happens to others."""

    id: int
    client_id: int
    contract_id: int | None
    subscription_id: int | None
    reason: str
    from_at: datetime
    until_at: datetime | None
    lifted_at: datetime | None


@router.post("/v1/blocks", status_code=CREATED, response_model=BlockAnswer)
def stop(new: BlockInput, once: Once) -> Response:
    """Stop service from now or a later moment."""
    asked = new.model_dump(exclude={"client_id", "reason"})
    return once.answer(
        lambda call: BlockAnswer.model_validate(
            raise_block(call.session, new.client_id, new.reason, at=call.at, **asked)
        )
    )


@router.post("/v1/blocks/{block_id}:lift", response_model=BlockAnswer)
def lift(block_id: PathId, once: Once) -> Response:
    """Lift one block; the others stay."""
    return once.answer(
        lambda call: BlockAnswer.model_validate(lift_block(call.session, block_id, at=call.at)), status=200
    )
