"""Dunning: by which steps a seller duns what is not paid in time, and what was done about an invoice (S8, S10)."""

from datetime import date, datetime

from fastapi import APIRouter, Response
from pydantic import Field

from api.calls import CREATED, Once
from api.inputs import Day, Input, Number, PathId
from api.outputs import Amount, Answer
from api.request import Call, GuardedRoute, Reader
from billing.bills import Invoice
from billing.dunning_steps import DunningEffect, DunningNotice, Step
from billing.taking_dunning_steps import choose_dunning
from contracts.known_rows import known_row
from contracts.money import Money
from documents.dunning_mail import steps_taken

router = APIRouter(route_class=GuardedRoute, tags=["payments"])


class StepInput(Input):
    """What happens so many working days after an invoice was due: a notice, a block of its contract, or its lift."""

    working_days: Number = Field(examples=[5])
    notice: DunningNotice | None = Field(default=None, strict=False)
    effect: DunningEffect = Field(default=DunningEffect.NONE, strict=False)


class LadderInput(Input):
    """From which due day on, and the steps in their order; none of them where nobody is dunned."""

    valid_from: Day
    steps: list[StepInput] = Field(max_length=10)


class LadderAnswer(Answer):
    """The ladder as it is kept."""

    id: int
    seller_id: int
    valid_from: date
    steps: list[StepInput]


class TakenAnswer(Answer):
    """A step that was taken about an invoice; `is_sent` says whether its notice went to anybody."""

    position: int
    working_days: int
    notice: DunningNotice | None
    effect: DunningEffect
    is_sent: bool
    left: Amount
    block_id: int | None
    taken_at: datetime


@router.post("/v1/sellers/{seller_id}:choose-dunning", status_code=CREATED, response_model=LadderAnswer)
def choose(seller_id: PathId, new: LadderInput, once: Once) -> Response:
    """Choose by which steps invoices are dunned that are due from a day on; steps that were taken stay taken."""

    def act(call: Call) -> LadderAnswer:
        steps = [Step(one.working_days, one.notice, one.effect) for one in new.steps]
        ladder = choose_dunning(call.session, seller_id, new.valid_from, steps, at=call.at)
        return LadderAnswer(id=ladder.id, seller_id=seller_id, valid_from=ladder.valid_from, steps=new.steps)

    return once.answer(act)


@router.get("/v1/invoices/{invoice_id}/dunning")
def taken(invoice_id: PathId, call: Reader) -> list[TakenAnswer]:
    """What was done about an invoice that was not paid in time, the first step first."""
    invoice = known_row(call.session, Invoice, invoice_id)
    return [
        TakenAnswer.model_validate(one.model_dump() | {"left": Money(one.left_minor, invoice.currency)})
        for one in steps_taken(call.session, invoice_id)
    ]
