"""Payments by hand: recorded once, put to invoices wholly or in part, taken back by a row; service follows (M5, S8)."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session, select

from api.database import reading, transaction
from api.journeys import sell_subscription
from billing.bills import Invoice
from billing.equations import payment_breaches
from billing.payments import Payment, PaymentPart
from billing.settling import InvoiceState, payment_standing, standing_of
from billing.taking_payments import Received, put_to_invoice, record_payment, reverse_payment
from contracts.appending import append
from contracts.errors import Refusal
from contracts.money import Money
from contracts.paying import follow_payments
from contracts.subscriptions import PaymentMark
from entitlements.answers import Question
from entitlements.desk import check
from entitlements.reasons import Reason
from tests.builders import (
    Customer,
    a_client,
    a_plan,
    a_seller,
    an_order,
    asking,
    at_once,
    its_catalogue,
    moment,
    refused,
)

AT = moment("2026-10-05 12:00")
WHO = ("Котова И. Л.", "Банк отозвал платёж")


def invoiced(session: Session, payments_from: date | None = date(2026, 10, 1)) -> tuple[Customer, Invoice]:
    """A year sold on 01.10.2026 and invoiced."""
    its_catalogue(session)
    a_plan(session)
    customer, seller = a_client(session), a_seller(session)
    follow_payments(session, seller.id, payments_from)
    order = an_order(seller, customer, starts_on=date(2026, 10, 1))
    return customer, sell_subscription(session, order, at=moment("2026-10-01 12:00")).invoice


def paid(session: Session, invoice: Invoice, amount: Money, number: str = "118", at: datetime = AT) -> Payment:
    received: dict[str, Any] = {
        "seller_id": invoice.seller_id,
        "entity_id": invoice.entity_id,
        "number": number,
        "amount": amount,
    }
    return record_payment(session, Received(**received, paid_on=date(2026, 10, 5), purpose="Оплата по счёту"), at=at)


def reason(session: Session, customer: Customer) -> Reason:
    """What the desk is told long after the invoice was due."""
    question = Question(moment("2027-02-01"), service="consultation_line")
    return check(session, asking(customer), question).reason


def test_a_part_payment_leaves_the_invoice_partly_paid_and_the_service_awaiting_m5_s8(session: Session) -> None:
    customer, invoice = invoiced(session)
    first = paid(session, invoice, Money(100))
    put_to_invoice(session, first.id, invoice.id, at=AT)
    standing = standing_of(session, invoice)
    assert (standing.state, standing.left) == (InvoiceState.PARTLY_PAID, invoice.total - Money(100))
    assert reason(session, customer) is Reason.PAYMENT_OVERDUE
    put_to_invoice(session, paid(session, invoice, standing.left, "119").id, invoice.id, at=AT)
    assert standing_of(session, invoice).state is InvoiceState.PAID
    assert reason(session, customer) is Reason.COVERED


def test_an_over_payment_stays_as_an_advance_m5(session: Session) -> None:
    _, invoice = invoiced(session)
    payment = paid(session, invoice, invoice.total + Money(500))
    assert payment_standing(session, payment).advance == invoice.total + Money(500)
    assert put_to_invoice(session, payment.id, invoice.id, at=AT).amount_minor == invoice.total_minor
    assert payment_standing(session, payment).advance == Money(500)
    with refused(session, "NOTHING_TO_PUT", left=Money(0)):
        put_to_invoice(session, payment.id, invoice.id, at=AT)


def test_a_reversed_payment_counts_no_longer_and_what_it_paid_is_awaited_again_m5_s8(session: Session) -> None:
    customer, invoice = invoiced(session)
    payment = paid(session, invoice, invoice.total)
    put_to_invoice(session, payment.id, invoice.id, at=AT)
    later = moment("2026-10-07 12:00")
    reverse_payment(session, payment.id, *WHO, at=later)
    assert standing_of(session, invoice).state is InvoiceState.OPEN
    assert standing_of(session, invoice, known_at=moment("2026-10-06")).state is InvoiceState.PAID
    assert standing_of(session, invoice, known_at=moment("2026-10-04")).state is InvoiceState.OPEN
    assert payment_standing(session, payment).advance == Money(0)
    assert reason(session, customer) is Reason.PAYMENT_OVERDUE
    for verb in (lambda: reverse_payment(session, payment.id, *WHO, at=later), lambda: put(session, payment, invoice)):
        with refused(session, "PAYMENT_REVERSED", reversed_at=later):
            verb()
    assert paid(session, invoice, invoice.total, at=later).revision == 1


def put(session: Session, payment: Payment, invoice: Invoice, amount: Money | None = None) -> PaymentPart:
    return put_to_invoice(session, payment.id, invoice.id, amount, at=AT)


def test_payment_moves_no_clock_where_it_is_none_s8(session: Session) -> None:
    customer, invoice = invoiced(session, None)
    payment = paid(session, invoice, invoice.total)
    put(session, payment, invoice)
    reverse_payment(session, payment.id, *WHO, at=AT)
    assert session.exec(select(PaymentMark)).all() == []
    assert reason(session, customer) is Reason.COVERED


def test_what_makes_no_sense_is_refused_and_writes_nothing_m5(session: Session) -> None:
    _, invoice = invoiced(session)
    payment = paid(session, invoice, Money(1000))
    wrong: list[tuple[str, dict[str, Any], Callable[[], Any]]] = [
        ("PAYMENT_EXISTS", {"payment_id": payment.id}, lambda: paid(session, invoice, Money(1000))),
        ("PAYMENT_AMOUNT_WRONG", {"field": "amount"}, lambda: paid(session, invoice, Money(0), "1")),
        ("CURRENCY_WRONG", {"field": "currency"}, lambda: paid(session, invoice, Money(1, "XXX"), "1")),
        (
            "PAID_ON_IN_FUTURE",
            {"field": "paid_on"},
            lambda: paid(session, invoice, Money(1), "1", moment("2026-10-04")),
        ),
        ("TEXT_WRONG", {"field": "number"}, lambda: paid(session, invoice, Money(1), " ")),
        ("PAYMENT_AMOUNT_WRONG", {"field": "amount"}, lambda: put(session, payment, invoice, Money(1001))),
        ("PAYMENT_AMOUNT_WRONG", {"field": "amount"}, lambda: put(session, payment, invoice, Money(0))),
        ("CURRENCY_DIFFERS", {"field": "currency"}, lambda: put(session, payment, invoice, Money(1, "EUR"))),
        ("INVOICE_UNKNOWN", {}, lambda: put_to_invoice(session, payment.id, invoice.id + 1, at=AT)),
        ("PAYMENT_UNKNOWN", {}, lambda: put_to_invoice(session, payment.id + 1, invoice.id, at=AT)),
    ]
    for code, facts, verb in wrong:
        with refused(session, code, **facts):
            verb()
    foreign = record_payment(
        session,
        Received(invoice.seller_id, a_client(session, "Василёк").entity.id, "7", date(2026, 10, 5), Money(5), "Счёт"),
        at=AT,
    )
    with refused(session, "INVOICE_UNKNOWN"):
        put(session, foreign, invoice)


def test_of_two_who_record_or_put_the_same_payment_at_once_one_is_refused_m5(engine: Engine) -> None:
    with transaction(engine) as session:
        _, invoice = invoiced(session)
        payment_id, invoice_id = paid(session, invoice, invoice.total).id, invoice.id
    recorded = at_once(engine, *[lambda session: paid(session, invoice, Money(7), "120").id] * 2)
    assert [one.code for one in recorded if isinstance(one, Refusal)] == ["PAYMENT_EXISTS"]
    done = at_once(engine, *[lambda session: put_to_invoice(session, payment_id, invoice_id, at=AT).id] * 2)
    assert [one.code for one in done if isinstance(one, Refusal)] == ["NOTHING_TO_PUT"]
    with reading(engine) as session:
        assert len(session.exec(select(PaymentPart)).all()) == 1


def test_what_was_put_twice_behind_the_products_back_is_found_m5(session: Session) -> None:
    _, invoice = invoiced(session)
    first = paid(session, invoice, invoice.total)
    put_to_invoice(session, first.id, invoice.id, at=AT)
    assert list(payment_breaches(session)) == []
    part = {"payment_id": first.id, "invoice_id": invoice.id, "amount_minor": 1, "put_at": AT}
    append(session, PaymentPart, part)
    found = [(one.equation, one.subject) for one in payment_breaches(session)]
    assert found == [("M5", "payment 118"), ("M5", f"invoice {invoice.number}")]
    reverse_payment(session, first.id, *WHO, at=AT)
    assert list(payment_breaches(session)) == []
