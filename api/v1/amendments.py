"""Amending running subscriptions: what a change would cost and give, and the amendment itself with its bill (S9)."""

from dataclasses import replace
from datetime import date, datetime

from fastapi import APIRouter, Response
from pydantic import Field
from sqlmodel import Session, select

from api.calls import CREATED, Once
from api.inputs import Amount, Day, Input, PathId, line
from api.journeys import AmendedSubscription, amend_subscription
from api.outputs import Amount as Told
from api.outputs import Answer
from api.request import GuardedRoute, Writer
from api.v1.bills import CreditNoteAnswer, InvoiceAnswer
from contracts.amending import Change
from contracts.catalogue import Plan, PlanVersion, Registration
from contracts.money import Money
from contracts.subscriptions import Coverage

router = APIRouter(route_class=GuardedRoute, tags=["selling"])


class ChangeInput(Input):
    """What changes from the effective day on; what is left out stays.

    `plan` is sold in its version in force. `price` is the new price of the whole term: without it the list price of
    another plan, or the price so far.
    """

    effective_on: Day = Field(examples=["2026-12-01"])
    plan: str | None = Field(default=None, min_length=1, max_length=60)
    add: list[str] = Field(default=[], max_length=200)
    remove: list[str] = Field(default=[], max_length=200)
    price: Amount | None = None
    currency: str = Field(default="RUB", pattern="^[A-Z]{3}$")
    agreed_by: str = line(200, examples=["Котова И. Л."])
    reason: str = line(300, examples=["Открыли второй склад"])

    def change(self) -> Change:
        """The change as amending takes it."""
        return Change(
            effective_on=self.effective_on,
            agreed_by=self.agreed_by,
            reason=self.reason,
            plan_code=self.plan,
            add=tuple(self.add),
            remove=tuple(self.remove),
            price=None if self.price is None else replace(self.price, currency=self.currency),
        )


class AmendmentPreview(Answer):
    """What the subscription is from the effective day on, what the days left cost more or less, and how hours move.

    A negative difference is credited. `used_beyond_minutes` is what the running period has used more than the new plan
    gives for one: it stays used and is not charged for.
    """

    subscription_id: int
    effective_on: date
    last_day: date
    plan: str
    plan_version: int
    registrations: list[str]
    price: Told
    difference: Told
    currency: str
    given_minutes: int
    taken_back_minutes: int
    used_beyond_minutes: int


class AmendmentAnswer(AmendmentPreview):
    """The amendment as it is kept, and the bill of the difference: an invoice, or credit notes."""

    id: int
    agreed_by: str
    reason: str
    amended_at: datetime
    invoice: InvoiceAnswer | None
    credit_notes: list[CreditNoteAnswer]


@router.post("/v1/subscriptions/{subscription_id}:amend", status_code=CREATED, response_model=AmendmentAnswer)
def amend(subscription_id: PathId, new: ChangeInput, once: Once) -> Response:
    """Amend from a day on: what is covered, the hours and the bill of the difference, all or nothing."""
    change = new.change()
    return once.answer(
        lambda call: _answer(call.session, amend_subscription(call.session, subscription_id, change, at=call.at))
    )


@router.post("/v1/subscriptions/{subscription_id}:preview-amendment")
def preview(subscription_id: PathId, new: ChangeInput, call: Writer) -> AmendmentPreview:
    """What the amendment would cost and give; nothing is written."""
    amended = amend_subscription(call.session, subscription_id, new.change(), at=call.at)
    shown = _answer(call.session, amended)
    call.session.rollback()
    return AmendmentPreview(**shown.model_dump(include=set(AmendmentPreview.model_fields)))


def _answer(session: Session, made: AmendedSubscription) -> AmendmentAnswer:
    amendment, sold, after = made.amended.amendment, made.amended.subscription, made.amended.after
    version = session.get_one(PlanVersion, after.plan_version_id)
    covered = select(Registration.number).join(Coverage).where(Coverage.specification_id == after.id)
    return AmendmentAnswer(
        id=amendment.id,
        subscription_id=sold.id,
        effective_on=amendment.effective_on,
        last_day=sold.term.last_day,
        plan=session.get_one(Plan, version.plan_id).code,
        plan_version=version.version,
        registrations=list(session.exec(covered.order_by(Registration.number))),
        price=str(Money(amendment.price_minor, sold.currency)),
        difference=str(Money(amendment.difference_minor, sold.currency)),
        currency=sold.currency,
        given_minutes=made.hours.given_minutes,
        taken_back_minutes=made.hours.taken_back_minutes,
        used_beyond_minutes=made.hours.used_beyond_minutes,
        agreed_by=amendment.agreed_by,
        reason=amendment.reason,
        amended_at=amendment.amended_at,
        invoice=None if made.invoice is None else InvoiceAnswer.model_validate(made.invoice),
        credit_notes=[CreditNoteAnswer.model_validate(note) for note in made.credit_notes],
    )
