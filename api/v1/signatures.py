"""Marking contracts as signed, for plans that serve only then (D2)."""

from datetime import date, datetime

from fastapi import APIRouter, Response
from pydantic import Field

from api.calls import CREATED, Once
from api.inputs import Day, Input, PathId, line
from api.outputs import Answer
from api.request import GuardedRoute
from contracts.signatures import mark_signed

router = APIRouter(route_class=GuardedRoute, tags=["selling"])


class SignedInput(Input):
    """On which day both parties had signed, today unless it is named, and who says so."""

    signed_on: Day | None = None
    recorded_by: str = line(200, examples=["Котова И. Л."])


class SignedAnswer(Answer):
    """The mark as it is kept."""

    id: int
    contract_id: int
    signed_on: date = Field(examples=["2026-10-05"])
    recorded_by: str
    recorded_at: datetime


@router.post("/v1/contracts/{contract_id}:mark-signed", status_code=CREATED, response_model=SignedAnswer)
def signed(contract_id: PathId, new: SignedInput, once: Once) -> Response:
    """Say that a contract is signed: a plan that requires a signature serves from that day on."""
    return once.answer(
        lambda call: SignedAnswer.model_validate(
            mark_signed(call.session, contract_id, new.signed_on, new.recorded_by, at=call.at)
        )
    )
