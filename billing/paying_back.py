"""Paying back to a client what of its payment is put to no invoice (M5)."""

from collections import defaultdict
from datetime import date, datetime

from sqlmodel import Session

from billing.money_moves import put_at_once
from billing.payments import Payment
from billing.settling import PaymentStanding, payment_standing
from billing.taking_payments import Received, append_once, lock_payment, note_of
from contracts.errors import Refusal
from contracts.money import Money
from contracts.parties import Seller
from contracts.requisites import require_text


def pay_back(session: Session, payment_id: int, amount: Money, paid_on: date, number: str, *, at: datetime) -> Payment:
    """Record that so much of a payment went back to who paid it, on a day and under the seller's own number.

    Raises `Refusal` with PAYMENT_UNKNOWN, PAYMENT_REVERSED, CURRENCY_DIFFERS, NOTHING_TO_PAY_BACK, PAYMENT_AMOUNT_WRONG
    for more than is free, PAID_BACK_TOO_EARLY naming the day since which it is, PAID_ON_IN_FUTURE, TEXT_WRONG, or
    PAYMENT_EXISTS.
    """
    number = require_text(number, "number", 60)
    payment = lock_payment(session, payment_id)
    seller, standing = session.get_one(Seller, payment.seller_id), payment_standing(session, payment)
    if amount.currency != payment.currency:
        raise Refusal("CURRENCY_DIFFERS", field="currency", value=amount.currency, allowed=[payment.currency])
    if standing.advance.minor == 0:
        raise Refusal("NOTHING_TO_PAY_BACK", field="payment_id", value=payment_id, advance=standing.advance)
    if not 0 < amount.minor <= standing.advance.minor:
        raise Refusal("PAYMENT_AMOUNT_WRONG", field="amount", value=amount, allowed=f"0.01 to {standing.advance}")
    if paid_on > seller.day_of(at):
        raise Refusal("PAID_ON_IN_FUTURE", field="paid_on", value=paid_on, allowed=seller.day_of(at))
    free_on = _free_since(standing, seller, amount)
    if paid_on < free_on:
        raise Refusal("PAID_BACK_TOO_EARLY", field="paid_on", value=paid_on, allowed=f"{free_on} or later")
    back = Received(seller.id, payment.entity_id, number, paid_on, -amount, note_of(payment))
    return append_once(session, back, payment.client_id, payment.id, at=at)


def _free_since(standing: PaymentStanding, seller: Seller, amount: Money) -> date:
    """The day since which so much of a payment is free; it is free now."""
    payment, parts = standing.payment, standing.parts
    at_once = put_at_once(payment, parts, seller.day_of)
    changes = defaultdict[date, int](int, {payment.paid_on: payment.amount_minor})
    for place, part in enumerate(parts):
        changes[payment.paid_on if place < at_once else seller.day_of(part.put_at)] -= part.amount_minor
    for back in standing.paid_back:
        changes[back.paid_on] += back.amount_minor
    since, free = payment.paid_on, standing.advance.minor
    for day in sorted(changes, reverse=True):
        if free < amount.minor:
            return since
        since, free = day, free - changes[day]
    return since
