"""Cancelling subscriptions: what a day would give back, and the cancellation itself with its credit note (S11)."""

from datetime import date, datetime

from fastapi import APIRouter, Response
from pydantic import Field
from sqlmodel import Session

from api.calls import CREATED, Once
from api.inputs import Day, Input, PathId, line
from api.journeys import Cancelled, cancel_subscription
from api.outputs import Amount as Told
from api.outputs import Answer
from api.request import GuardedRoute, Writer
from api.v1.bills import CreditNoteAnswer
from contracts.catalogue import PlanVersion
from contracts.policies import Refund
from contracts.subscriptions import Subscription

router = APIRouter(route_class=GuardedRoute, tags=["selling"])


class CancellationInput(Input):
    """The last day of service, today or later; the day before the start where it shall never serve."""

    last_day: Day = Field(examples=["2026-09-30"])
    cancelled_by: str = line(200, examples=["Котова И. Л."])
    reason: str = line(300, examples=["Клиент закрывает компанию"])


class CancellationPreview(Answer):
    """What a cancellation gives back by the policy that was sold, and the minutes of months that it takes away."""

    subscription_id: int
    last_day: date
    policy: Refund
    refund: Told
    currency: str
    minutes_not_given: int


class CancellationAnswer(CancellationPreview):
    """The cancellation as it is kept, and a credit note to each invoice that gives back; none without a refund."""

    id: int
    cancelled_by: str
    reason: str
    cancelled_at: datetime
    credit_notes: list[CreditNoteAnswer]


@router.post("/v1/subscriptions/{subscription_id}:cancel", status_code=CREATED, response_model=CancellationAnswer)
def cancel(subscription_id: PathId, new: CancellationInput, once: Once) -> Response:
    """End a subscription with a day: the hours after it end, and what is not served is credited, all or nothing."""
    said = (new.last_day, new.cancelled_by, new.reason)
    return once.answer(
        lambda call: _answer(call.session, cancel_subscription(call.session, subscription_id, *said, at=call.at))
    )


@router.post("/v1/subscriptions/{subscription_id}:preview-cancellation")
def preview(subscription_id: PathId, new: CancellationInput, call: Writer) -> CancellationPreview:
    """What cancelling would give back; nothing is written."""
    said = (new.last_day, new.cancelled_by, new.reason)
    cancelled = cancel_subscription(call.session, subscription_id, *said, at=call.at)
    shown = _answer(call.session, cancelled)
    call.session.rollback()
    return CancellationPreview(**shown.model_dump(include=set(CancellationPreview.model_fields)))


def _answer(session: Session, cancelled: Cancelled) -> CancellationAnswer:
    cancellation = cancelled.cancellation
    sold = session.get_one(Subscription, cancellation.subscription_id)
    return CancellationAnswer(
        id=cancellation.id,
        subscription_id=sold.id,
        last_day=cancellation.last_day,
        cancelled_by=cancellation.cancelled_by,
        reason=cancellation.reason,
        cancelled_at=cancellation.cancelled_at,
        policy=session.get_one(PlanVersion, sold.plan_version_id).refund,
        refund=str(cancelled.refund),
        currency=sold.currency,
        minutes_not_given=cancelled.minutes_not_given,
        credit_notes=[CreditNoteAnswer.model_validate(note) for note in cancelled.credit_notes],
    )
