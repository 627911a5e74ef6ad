"""Payments: recorded by hand, put to invoices, paid back, reversed; and marking subscriptions as paid (M5, S8)."""

from dataclasses import replace
from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field

from api.calls import CREATED, Once
from api.inputs import Amount, Day, Id, Input, Limit, PathId, line
from api.outputs import Amount as AmountAnswer
from api.outputs import Answer
from api.request import Call, GuardedRoute, Reader
from billing.paying_back import pay_back
from billing.payments import Payment
from billing.settling import PaymentStanding, PaymentsWanted, payment_standing, payments_found
from billing.taking_payments import Put, Received, put_to_invoice, reverse_payment, take_payment
from contracts.money import Money
from contracts.paying import mark_paid

router = APIRouter(route_class=GuardedRoute, tags=["payments"])


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
    """Say until when a subscription is paid, where its payments are not recorded; a later mark corrects an earlier one.

    What is recorded as a payment and pays a whole invoice marks its subscription by itself.
    """
    return once.answer(
        lambda call: PaidAnswer.model_validate(
            mark_paid(call.session, subscription_id, new.paid_until, new.note, at=call.at)
        )
    )


class PutInput(Input):
    """To which invoice, and how much of the payment: as much as fits unless it is said."""

    invoice_id: Id
    amount: Amount | None = None

    def of(self, currency: str) -> Put:
        """The part in the payment's currency."""
        return Put(self.invoice_id, None if self.amount is None else replace(self.amount, currency=currency))


class PaymentInput(Input):
    """What a seller received: from which entity, under the payer's own number, and for which invoices."""

    seller_id: Id
    entity_id: Id
    number: str = line(60, examples=["118"])
    paid_on: Day
    amount: Amount
    currency: str = Field(default="RUB", pattern="^[A-Z]{3}$")
    purpose: str = line(300, examples=["Оплата по счёту 2026-0012"])
    invoices: list[PutInput] = Field(default=[], max_length=100)


class PartAnswer(Answer):
    """A part of a payment that was put to an invoice; below zero what a credit note freed again."""

    invoice_id: int
    amount: AmountAnswer
    put_at: datetime


class PaymentReversalAnswer(Answer):
    """Who took a payment back, why and when."""

    reversed_by: str
    reason: str
    reversed_at: datetime


class PaidBackAnswer(Answer):
    """What was paid back of a payment, above zero, under the seller's own number."""

    id: int
    number: str
    paid_on: date
    amount: AmountAnswer


class PaymentAnswer(Answer):
    """A payment; `advance` is what is put to no invoice and was not paid back, and nothing once it was reversed.

    Below zero it is money that was paid back of the payment `returns_id`.
    """

    id: int
    seller_id: int
    client_id: int
    entity_id: int
    number: str
    paid_on: date
    amount: AmountAnswer
    currency: str
    purpose: str
    recorded_at: datetime
    advance: AmountAnswer
    returns_id: int | None
    parts: list[PartAnswer]
    paid_back: list[PaidBackAnswer]
    reversal: PaymentReversalAnswer | None


class PayBackInput(Input):
    """How much goes back to who paid, when, and under which number of the seller's."""

    amount: Amount
    currency: str = Field(default="RUB", pattern="^[A-Z]{3}$")
    paid_on: Day
    number: str = line(60, examples=["57"])


class ReversalInput(Input):
    """Who takes the payment back, and why."""

    reversed_by: str = line(200, examples=["Котова И. Л."])
    reason: str = line(300, examples=["Банк отозвал платёж"])


@router.post("/v1/payments", status_code=CREATED, response_model=PaymentAnswer)
def record(new: PaymentInput, once: Once) -> Response:
    """Record a payment and put it to invoices in their order, all or nothing; what is left is an advance."""
    amount = replace(new.amount, currency=new.currency)
    received = Received(new.seller_id, new.entity_id, new.number, new.paid_on, amount, new.purpose)
    puts = [one.of(new.currency) for one in new.invoices]
    return once.answer(lambda call: _now(call, take_payment(call.session, received, puts, at=call.at).id))


def _wanted(
    seller_id: Annotated[PathId | None, Query(description="Which seller received them.")] = None,
    client_id: Annotated[PathId | None, Query(description="Which client paid them.")] = None,
    paid_from: Annotated[Day | None, Query(description="The first day on which they were paid.")] = None,
    paid_until: Annotated[Day | None, Query(description="The last day on which they were paid.")] = None,
) -> PaymentsWanted:
    return PaymentsWanted(seller_id, client_id, paid_from, paid_until)


@router.get("/v1/payments")
def find(
    call: Reader,
    wanted: Annotated[PaymentsWanted, Depends(_wanted)],
    after: Annotated[PathId | None, Query(description="The last id of the page before.")] = None,
    limit: Annotated[Limit, Query()] = 50,
) -> list[PaymentAnswer]:
    """Payments in the order in which they were recorded, with the invoices that they were put to."""
    return [_told(one) for one in payments_found(call.session, wanted, after=after or 0, limit=limit)]


@router.post("/v1/payments/{payment_id}:put", response_model=PaymentAnswer)
def put(payment_id: PathId, new: PutInput, once: Once) -> Response:
    """Put what is left of a payment, or a part of it, to an invoice of the same client, seller and currency."""

    def act(call: Call) -> PaymentAnswer:
        payment = call.session.get(Payment, payment_id)
        part = new.of(payment.currency if payment is not None else "RUB")
        put_to_invoice(call.session, payment_id, part.invoice_id, part.amount, at=call.at)
        return _now(call, payment_id)

    return once.answer(act, status=200)


@router.post("/v1/payments/{payment_id}:pay-back", response_model=PaymentAnswer)
def give_back(payment_id: PathId, new: PayBackInput, once: Once) -> Response:
    """Record that so much of what is free of a payment went back to who paid it."""
    amount = replace(new.amount, currency=new.currency)

    def act(call: Call) -> PaymentAnswer:
        pay_back(call.session, payment_id, amount, new.paid_on, new.number, at=call.at)
        return _now(call, payment_id)

    return once.answer(act, status=200)


@router.post("/v1/payments/{payment_id}:reverse", response_model=PaymentAnswer)
def reverse(payment_id: PathId, new: ReversalInput, once: Once) -> Response:
    """Take a payment, or what was paid back, back: no part of it counts from today on."""

    def act(call: Call) -> PaymentAnswer:
        reverse_payment(call.session, payment_id, new.reversed_by, new.reason, at=call.at)
        return _now(call, payment_id)

    return once.answer(act, status=200)


def _now(call: Call, payment_id: int) -> PaymentAnswer:
    return _told(payment_standing(call.session, call.session.get_one(Payment, payment_id)))


def _told(standing: PaymentStanding) -> PaymentAnswer:
    payment, back = standing.payment, standing.reversal
    parts = [
        PartAnswer(
            invoice_id=part.invoice_id, amount=str(Money(part.amount_minor, payment.currency)), put_at=part.put_at
        )
        for part in standing.parts
    ]
    paid_back = [
        PaidBackAnswer(
            id=one.id, number=one.number, paid_on=one.paid_on, amount=str(Money(-one.amount_minor, one.currency))
        )
        for one in standing.paid_back
    ]
    return PaymentAnswer(
        **payment.model_dump(exclude={"amount_minor", "revision"}),
        amount=str(Money(payment.amount_minor, payment.currency)),
        advance=str(standing.advance),
        parts=parts,
        paid_back=paid_back,
        reversal=None if back is None else PaymentReversalAnswer.model_validate(back),
    )
