"""Reminders of ends: when a seller reminds, and what became of the reminders of a subscription (S12)."""

from datetime import datetime

from fastapi import APIRouter, Response
from pydantic import Field
from sqlmodel import col, select

from api.calls import CREATED, MaybeOnce
from api.inputs import Input, Number, PathId
from api.outputs import Answer
from api.request import GuardedRoute, Reader
from api.v1.sellers import SellerAnswer
from contracts.enrolling import choose_reminders
from contracts.known_rows import known_row
from contracts.subscriptions import Subscription
from documents.letters import Letter, LetterState, Reminder

router = APIRouter(route_class=GuardedRoute, tags=["pipeline"])


class ReminderDays(Input):
    """How many days before the last day somebody is reminded, if at all; the staff is written to at `email`."""

    days: list[Number] = Field(max_length=10, examples=[[60, 30, 7, 0]])
    email: str | None = Field(default=None, min_length=1, max_length=254, examples=["sales@example.org"])


class LetterAnswer(Answer):
    """A letter of a reminder or a warning; `problem` is what the mail server said last."""

    id: int
    recipient: str
    subject: str
    state: LetterState
    problem: str
    attempts: int
    queued_at: datetime
    sent_at: datetime | None


class ReminderAnswer(Answer):
    """A reminder that was taken up; one that came too late was not sent."""

    id: int
    days_before: int
    is_sent: bool
    recorded_at: datetime
    letters: list[LetterAnswer]


@router.post("/v1/sellers/{seller_id}:choose-reminders", status_code=CREATED, response_model=SellerAnswer)
def choose(seller_id: PathId, new: ReminderDays, once: MaybeOnce) -> Response:
    """Choose the days before the end on which clients and staff are reminded from now on."""
    return once.answer(
        lambda call: SellerAnswer.model_validate(choose_reminders(call.session, seller_id, new.days, new.email))
    )


@router.get("/v1/subscriptions/{subscription_id}/reminders")
def reminders(subscription_id: PathId, call: Reader) -> list[ReminderAnswer]:
    """The reminders of a subscription's end and their letters, the earliest first."""
    known_row(call.session, Subscription, subscription_id)
    own = select(Reminder).where(Reminder.subscription_id == subscription_id).order_by(col(Reminder.id))
    letters = select(Letter).join(Reminder).where(Reminder.subscription_id == subscription_id)
    posted = call.session.exec(letters.order_by(col(Letter.id))).all()
    return [
        ReminderAnswer(
            **reminder.model_dump(include={"id", "days_before", "is_sent", "recorded_at"}),
            letters=[LetterAnswer.model_validate(one) for one in posted if one.reminder_id == reminder.id],
        )
        for reminder in call.session.exec(own)
    ]
