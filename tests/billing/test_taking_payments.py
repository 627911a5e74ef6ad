"""Payments by hand: recorded once, put to invoices wholly or in part, taken back by a row; service follows (M5, S8)."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from api.database import reading, transaction
from api.journeys import cancel_subscription, sell_subscription
from billing import money_equations
from billing.bills import Invoice
from billing.bookkeeping import entries_of
from billing.journal import Entry, Source
from billing.money_equations import journal_breaches, payment_breaches
from billing.paying_back import pay_back
from billing.payments import Payment, PaymentPart, PaymentReversal
from billing.settling import InvoiceState, payment_standing, standing_of
from billing.taking_payments import Received, put_to_invoice, record_payment, reverse_payment
from contracts.appending import append
from contracts.errors import Refusal
from contracts.money import Money
from contracts.parties import Seller
from contracts.paying import follow_payments
from contracts.subscriptions import PaymentMark
from contracts.terms import Term
from entitlements.answers import Question
from entitlements.breaches import Breach
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

OLD = date(1990, 1, 1)
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


def old(invoice: Invoice) -> Received:
    """A payment of a day before the seller was taxed in any mode."""
    return Received(invoice.seller_id, invoice.entity_id, "1", OLD, Money(1), "Оплата")


def put(session: Session, payment: Payment, invoice: Invoice, amount: Money | None = None) -> PaymentPart:
    return put_to_invoice(session, payment.id, invoice.id, amount, at=AT)


def test_a_sale_for_nothing_awaits_no_payment_s8(session: Session) -> None:
    its_catalogue(session)
    a_plan(session)
    customer, seller = a_client(session), a_seller(session)
    follow_payments(session, seller.id, date(2026, 10, 1))
    order = an_order(seller, customer, starts_on=date(2026, 10, 1), price=Money(0))
    sold = sell_subscription(session, order, at=moment("2026-10-01 12:00"))
    assert standing_of(session, sold.invoice).state is InvoiceState.PAID
    assert reason(session, customer) is Reason.COVERED


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
        ("CURRENCY_UNKNOWN", {"value": "XXX"}, lambda: paid(session, invoice, Money(1, "XXX"), "1")),
        (
            "PAID_ON_IN_FUTURE",
            {"field": "paid_on"},
            lambda: paid(session, invoice, Money(1), "1", moment("2026-10-04")),
        ),
        ("TAX_MODE_UNKNOWN", {"field": "paid_on", "value": OLD}, lambda: record_payment(session, old(invoice), at=AT)),
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


def back(
    session: Session, payment: Payment, amount: Money, on: date = date(2026, 10, 8), number: str = "57"
) -> Payment:
    return pay_back(session, payment.id, amount, on, number, at=moment("2026-10-09 12:00"))


def test_what_is_free_of_a_payment_is_paid_back_and_the_refund_can_be_reversed_m5(session: Session) -> None:
    _, invoice = invoiced(session)
    payment = paid(session, invoice, invoice.total + Money(500))
    put(session, payment, invoice)
    given = back(session, payment, Money(300))
    assert (given.amount_minor, given.returns_id, given.purpose) == (-300, payment.id, "№ 118, 05.10.2026")
    assert payment_standing(session, payment).advance == Money(200)
    assert payment_standing(session, given).advance == Money(0)
    with refused(session, "PAYMENT_PAID_BACK", paid_back=[given.id]):
        reverse_payment(session, payment.id, *WHO, at=AT)
    reverse_payment(session, given.id, *WHO, at=AT)
    assert payment_standing(session, payment).advance == Money(500)
    assert back(session, payment, Money(300)).revision == 1
    assert [*payment_breaches(session), *journal_breaches(session)] == []


def test_what_cannot_be_paid_back_is_refused_by_its_field_m5(session: Session) -> None:
    _, invoice = invoiced(session)
    payment = paid(session, invoice, Money(1000))
    put(session, payment, invoice, Money(400))
    back(session, payment, Money(100))
    wrong: list[tuple[str, dict[str, Any], Callable[[], Any]]] = [
        (
            "PAYMENT_AMOUNT_WRONG",
            {"field": "amount", "allowed": "0.01 to 5.00"},
            lambda: back(session, payment, Money(501)),
        ),
        ("PAYMENT_AMOUNT_WRONG", {"field": "amount"}, lambda: back(session, payment, Money(0))),
        ("PAID_BACK_TOO_EARLY", {"field": "paid_on"}, lambda: back(session, payment, Money(1), date(2026, 10, 4))),
        ("PAID_ON_IN_FUTURE", {"field": "paid_on"}, lambda: back(session, payment, Money(1), date(2026, 10, 10))),
        ("CURRENCY_DIFFERS", {"field": "currency"}, lambda: back(session, payment, Money(1, "EUR"))),
        ("TEXT_WRONG", {"field": "number"}, lambda: back(session, payment, Money(1), number=" ")),
        ("PAYMENT_EXISTS", {"field": "number"}, lambda: back(session, payment, Money(100))),
    ]
    for code, facts, verb in wrong:
        with refused(session, code, **facts):
            verb()
    put(session, payment, invoice, Money(500))
    with refused(session, "NOTHING_TO_PAY_BACK", field="payment_id"):
        back(session, payment, Money(1))
    reverse_payment(session, paid(session, invoice, Money(7), "119").id, *WHO, at=AT)
    with refused(session, "PAYMENT_REVERSED"):
        pay_back(session, payment.id + 2, Money(1), date(2026, 10, 8), "58", at=AT)


def test_what_a_credit_note_frees_is_an_advance_from_what_was_put_last_m5(session: Session) -> None:
    """Three payments of a third; the year is cancelled with 31 October, and 11 000.00 of it are given back."""
    customer, invoice = invoiced(session)
    thirds = [paid(session, invoice, Money(400_000), number) for number in ("1", "2", "3")]
    for one in (thirds[1], thirds[0], thirds[2]):
        put(session, one, invoice)
    assert invoice.subscription_id is not None
    at = moment("2026-10-20 12:00")
    refund = cancel_subscription(session, invoice.subscription_id, date(2026, 10, 31), *WHO, at=at).refund
    assert refund == Money(1_100_000)
    assert [payment_standing(session, one).advance.minor for one in thirds] == [400_000, 300_000, 400_000]
    assert standing_of(session, invoice).left == Money(0)
    assert reason(session, customer) is not Reason.PAYMENT_OVERDUE
    with refused(session, "PAID_BACK_TOO_EARLY", allowed="2026-10-20 or later"):
        pay_back(session, thirds[2].id, Money(1), date(2026, 10, 19), "57", at=at)
    assert pay_back(session, thirds[2].id, Money(1), date(2026, 10, 20), "57", at=at).amount_minor == -1
    assert [*payment_breaches(session), *journal_breaches(session)] == []


def test_what_was_put_twice_behind_the_products_back_is_found_m5(session: Session) -> None:
    _, invoice = invoiced(session)
    first = paid(session, invoice, invoice.total)
    put_to_invoice(session, first.id, invoice.id, at=AT)
    assert list(payment_breaches(session)) == []
    part = {"payment_id": first.id, "invoice_id": invoice.id, "amount_minor": 1, "put_at": AT}
    append(session, PaymentPart, part)
    assert [str(one) for one in payment_breaches(session)] == [
        str(Breach("M5", "payment 118", "12000.01 put and paid back", "12000.00 at most")),
        str(Breach("M5", f"invoice {invoice.number}", "12000.01 put", "12000.00 at most")),
    ]
    append(session, PaymentPart, part | {"amount_minor": -invoice.total_minor - 2})
    assert [one.found for one in payment_breaches(session)] == ["0.01 freed and never put"]
    reverse_payment(session, first.id, *WHO, at=AT)
    assert list(payment_breaches(session)) == []


def test_money_paid_back_of_another_or_reversed_payment_is_found_m5(session: Session) -> None:
    _, invoice = invoiced(session)
    first = paid(session, invoice, Money(100))
    stranger = {"entity_id": a_client(session, "Василёк").entity.id, "number": "57", "amount_minor": -1}
    own = session.get_one(Payment, first.id).model_dump(exclude={"id"}) | {"returns_id": first.id}
    append(session, Payment, own | stranger)
    assert [one.found for one in payment_breaches(session)] == ["0.01 paid back of another"]
    append(session, Payment, own | {"number": "58", "amount_minor": -1})
    append(
        session,
        PaymentReversal,
        {"payment_id": first.id, "reversed_by": "Котова", "reason": "Ошибка", "reversed_at": AT},
    )
    assert [one.subject for one in payment_breaches(session)] == ["payment 57", "payment 58"]


def test_a_journal_that_does_not_come_to_the_bills_and_the_bank_is_found_m5(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, invoice = invoiced(session)
    put(session, paid(session, invoice, Money(1000)), invoice)
    assert list(journal_breaches(session)) == []

    def without_money(session: Session, seller: Seller, months: Term) -> list[Entry]:
        return [one for one in entries_of(session, seller, months) if one.voucher.source is Source.INVOICE]

    monkeypatch.setattr(money_equations, "entries_of", without_money)
    found = [(one.found, one.right) for one in journal_breaches(session)]
    assert found == [("12000.00 RUB", "11990.00 RUB"), ("0.00 RUB", "10.00 RUB")]
