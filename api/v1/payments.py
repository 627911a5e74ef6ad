"""Marking subscriptions as paid, by hand (S8)."""

from datetime import date, datetime

from fastapi import APIRouter, Response
from pydantic import Field

from api.calls import CREATED, Once
from api.inputs import Day, Input, PathId, line
from api.outputs import Answer
from api.request import GuardedRoute
from contracts.paying import mark_paid

router = APIRouter(route_class=GuardedRoute, tags=["selling"])


class PaidInput(Input):
    """Until when it is paid, the last day of the term unless it is named, and by what."""

    paid_until: Day | None = None
    note: str = line(300, examples=["п/п 118 от 12.10.2026"])


class PaidAnswer(Answer):
    """The mark as it is kept; the last one governs."""

    id: int
    subscription_id: int
    paid_until: date = Field(examples=["2027-03-31"])
    note: str
    marked_at: datetime


@router.post("/v1/subscriptions/{subscription_id}:mark-paid", status_code=CREATED, response_model=PaidAnswer)
def paid(subscription_id: PathId, new: PaidInput, once: Once) -> Response:
    """Say until when a subscription is paid; a later mark corrects an earlier one."""
    return once.answer(
        lambda call: PaidAnswer.model_validate(
            mark_paid(call.session, subscription_id, new.paid_until, new.note, at=call.at)
        )
    )
