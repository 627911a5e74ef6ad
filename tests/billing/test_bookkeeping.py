"""The journal of what was really sold, closed and cancelled, on both databases (M4, E4)."""

from collections import defaultdict
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from api.journeys import cancel_subscription, sell_package, sell_subscription
from billing.bills import Invoice
from billing.bookkeeping import Party, journal_of, sides
from billing.journal import RUSSIAN, Operation, Source
from billing.money_equations import journal_breaches
from billing.money_moves import money_moves
from billing.paying_back import pay_back
from billing.payments import Payment
from billing.reconciling_accounts import settlement_of
from billing.taking_payments import Received, put_to_invoice, record_payment, reverse_payment
from contracts.money import Money
from contracts.parties import Seller
from contracts.subscriptions import Subscription
from contracts.terms import Term
from entitlements.hours_facts import Charge
from tests.builders import (
    Customer,
    a_client,
    a_plan,
    a_seller,
    an_order,
    closed,
    its_catalogue,
    moment,
    worked,
)

AT = moment("2026-10-01 09:00")
WHO = ("Котова И. Л.", "Закрытие")
OCTOBER, NOVEMBER = Term.calendar_month(date(2026, 10, 1)), Term.calendar_month(date(2026, 11, 1))
FOURTH_QUARTER = Term(date(2026, 10, 1), date(2027, 1, 1))
YEARS = Term(date(2026, 1, 1), date(2029, 1, 1))


def a_contract(session: Session) -> tuple[Seller, Customer, int]:
    """A year from 1 October 2026 for 12 000.00 incl. 22 %, and the id of its subscription."""
    its_catalogue(session)
    a_plan(session)
    seller, own = a_seller(session), a_client(session)
    sold = sell_subscription(session, an_order(seller, own, starts_on=date(2026, 10, 1)), at=AT)
    return seller, own, sold.sale.subscription.id


def an_invoice(
    session: Session, starts_on: date = date(2026, 10, 1), at: datetime = AT
) -> tuple[Seller, Customer, Invoice]:
    """A year and the invoice for it."""
    its_catalogue(session)
    a_plan(session)
    seller, own = a_seller(session), a_client(session)
    return seller, own, sell_subscription(session, an_order(seller, own, starts_on=starts_on), at=at).invoice


def a_payment(
    session: Session, own: Customer, seller: Seller, amount: Money, paid_on: date = OCTOBER.starts_on, at: datetime = AT
) -> Payment:
    return record_payment(session, Received(seller.id, own.entity.id, "118", paid_on, amount, "За год"), at=at)


def contract_of(session: Session, subscription_id: int) -> int:
    return session.get_one(Subscription, subscription_id).contract_id


def revenue(session: Session, seller: Seller, months: Term) -> dict[Source, Money]:
    """What each kind of paper brought."""
    brought: dict[Source, Money] = {}
    for one in journal_of(session, seller, months).entries:
        if one.operation is Operation.REVENUE:
            brought[one.voucher.source] = brought.get(one.voucher.source, Money(0)) + one.amount
    return brought


def test_a_month_holds_its_part_of_the_invoice_and_its_act_m4_e4(session: Session) -> None:
    seller, own, _ = a_contract(session)
    worked(session, own, "2026-10-12 10:00", 120)
    month = closed(session, seller, own, OCTOBER.starts_on)
    assert month is not None
    assert month.act is not None
    expected = {Source.INVOICE: Money(1_200_000).share(31, 365), Source.ACT: month.act.total}
    assert revenue(session, seller, OCTOBER) == expected
    assert revenue(session, seller, YEARS) == {Source.INVOICE: Money(1_200_000), Source.ACT: month.act.total}


def test_what_is_paid_ahead_of_a_year_pays_no_overage_and_its_tax_stays_m5(session: Session) -> None:
    """The year is paid, the overage of December is not: at the end of the quarter what the year has left is ahead."""
    seller, own, invoice = an_invoice(session, starts_on=date(2026, 12, 1))
    paid = a_payment(session, own, seller, invoice.total)
    put_to_invoice(session, paid.id, invoice.id, invoice.total, at=AT)
    worked(session, own, "2026-12-14 10:00", 420)
    month = closed(session, seller, own, date(2026, 12, 1))
    assert month is not None
    assert month.act is not None
    served, tax = invoice.total.share(31, 365), invoice.total.share(22, 122)
    left = {one.account: one.debit - one.credit for one in journal_of(session, seller, FOURTH_QUARTER).turnovers()}
    assert left[RUSSIAN.receivable] == month.act.total
    assert left[RUSSIAN.advance] == served - invoice.total
    assert left[RUSSIAN.advance_tax] == tax - tax.share(served.minor, invoice.total.minor)
    [offset] = [
        one
        for one in journal_of(session, seller, Term.calendar_month(date(2027, 1, 1))).entries
        if one.operation is Operation.OFFSET
    ]
    assert (offset.voucher.number, offset.amount) == (invoice.number, served)


def test_a_package_counts_by_its_days_and_another_seller_sees_none_of_it_h8(session: Session) -> None:
    seller, own, subscription_id = a_contract(session)
    contract_id = contract_of(session, subscription_id)
    _, invoice = sell_package(session, contract_id, "hours-20", at=AT)
    assert revenue(session, seller, YEARS)[Source.INVOICE] == Money(1_200_000) + invoice.total
    assert revenue(session, a_seller(session, "south"), YEARS) == {}
    known = sides(session, seller.id)
    assert known.contracts == {contract_id: known.contracts[contract_id]}
    assert known.parties == {own.entity.id: Party(own.entity.name, own.entity.inn, own.entity.kpp)}


def test_a_cancelled_year_brings_nothing_after_its_end_s11(session: Session) -> None:
    seller, _, subscription_id = a_contract(session)
    at = moment("2026-11-10 10:00")
    done = cancel_subscription(session, subscription_id, date(2026, 11, 30), "Котова И. Л.", "Закрытие", at=at)
    served = Money(1_200_000) - done.refund
    assert Money.total(revenue(session, seller, Term(OCTOBER.starts_on, NOVEMBER.ends_on)).values()) == served
    assert revenue(session, seller, Term(NOVEMBER.ends_on, YEARS.ends_on)) == {}


def test_what_is_paid_ahead_is_offset_by_the_days_of_the_contract_that_it_was_put_to_m5(session: Session) -> None:
    seller, own, invoice = an_invoice(session)
    put_to_invoice(session, a_payment(session, own, seller, invoice.total).id, invoice.id, at=AT)
    part = invoice.total.share(61, 365) - invoice.total.share(31, 365)
    made = journal_of(session, seller, NOVEMBER)
    assert [one.amount for one in made.entries if one.operation is Operation.OFFSET] == [part]
    assert all(one.on in NOVEMBER for one in made.entries)


def told(session: Session, seller: Seller, months: Term) -> list[tuple[Any, ...]]:
    """The entries of money: day, operation, contract of the debit and of the credit, amount."""
    money = (Source.PAYMENT, Source.PAYMENT_BACK, Source.PAYMENT_REVERSAL)
    return [
        (one.on.day, one.operation.value, one.voucher.contract_id, one.credited.contract_id, one.amount)
        for one in journal_of(session, seller, months).entries
        if one.voucher.source in money and "tax" not in one.operation
    ]


def test_money_for_no_invoice_is_an_advance_of_who_paid_until_it_is_put_or_goes_back_m5(session: Session) -> None:
    seller, own, invoice = an_invoice(session)
    contract, total = invoice.contract_id, invoice.total
    payment = a_payment(session, own, seller, total + Money(300))
    october = told(session, seller, OCTOBER)
    assert october == [(1, "advance", None, None, total + Money(300))]
    put_to_invoice(session, payment.id, invoice.id, at=moment("2026-11-03 12:00"))
    pay_back(session, payment.id, Money(100), date(2026, 11, 4), "57", at=moment("2026-11-05 12:00"))
    reverse_payment(
        session,
        pay_back(session, payment.id, Money(1), date(2026, 11, 6), "58", at=moment("2026-11-06")).id,
        *WHO,
        at=moment("2026-11-07"),
    )
    served = total.share(31, 365)
    assert told(session, seller, NOVEMBER) == [
        (3, "offset", None, contract, served),
        (3, "advance_moved", None, contract, total - served),
        (4, "advance_back", None, None, Money(100)),
        (6, "advance_back", None, None, Money(1)),
        (7, "advance", None, None, Money(1)),
    ]
    assert told(session, seller, OCTOBER) == october


def test_what_was_told_of_days_that_have_passed_stays_m5_e4(session: Session) -> None:
    """October is told; in November a credit note frees, what is free is put on, and the payment is reversed."""
    seller, own, invoice = an_invoice(session)
    payment = a_payment(session, own, seller, invoice.total)
    put_to_invoice(session, payment.id, invoice.id, at=AT)
    other = sell_package(session, invoice.contract_id, "hours-20", at=AT)[1]
    october = journal_of(session, seller, OCTOBER)
    acts = settlement_of(session, seller, own.entity, OCTOBER)
    at = moment("2026-11-10 10:00")
    assert invoice.subscription_id is not None
    done = cancel_subscription(session, invoice.subscription_id, date(2026, 11, 30), *WHO, at=at)
    put_to_invoice(session, payment.id, other.id, at=moment("2026-11-12 10:00"))
    reverse_payment(session, payment.id, *WHO, at=moment("2026-12-02 10:00"))
    assert journal_of(session, seller, OCTOBER) == october
    assert settlement_of(session, seller, own.entity, OCTOBER) == acts
    moved: dict[tuple[Any, ...], Money] = defaultdict(lambda: Money(0))
    for day, _, origin, target, amount in told(session, seller, NOVEMBER):
        moved[day, origin, target] += amount
    contract = invoice.contract_id
    assert moved == {
        (10, contract, None): done.refund,
        (12, None, contract): min(done.refund, other.total, key=lambda one: one.minor),
    }
    december = journal_of(session, seller, Term.calendar_month(date(2026, 12, 1)))
    back = [one.amount for one in december.entries if one.credit == RUSSIAN.bank]
    assert Money.total(back) == invoice.total
    assert [one.equation for one in journal_breaches(session)] == []


def test_what_is_recorded_late_is_added_to_its_day_and_changes_no_entry_m5(session: Session) -> None:
    """October is told on the 31st; money of the 20th is recorded on 2 November and put to the invoice at once."""
    seller, own, invoice = an_invoice(session)
    before = journal_of(session, seller, OCTOBER).entries
    at = moment("2026-11-02 10:00")
    payment = a_payment(session, own, seller, invoice.total, date(2026, 10, 20), at)
    put_to_invoice(session, payment.id, invoice.id, at=at)
    now = journal_of(session, seller, OCTOBER).entries
    assert [one for one in now if one.voucher.source is not Source.PAYMENT] == list(before)
    assert [(one[0], one[1]) for one in told(session, seller, OCTOBER)] == [(20, "advance")]
    assert [(one[0], one[1]) for one in told(session, seller, NOVEMBER)] == [(2, "offset")]


def test_an_end_of_the_service_changes_nothing_that_was_told_before_it_on_its_day_s11_m5(session: Session) -> None:
    """At noon of 1 November October is closed and told; later on that day the year is cancelled."""
    seller, own, invoice = an_invoice(session)
    put_to_invoice(session, a_payment(session, own, seller, invoice.total).id, invoice.id, at=AT)
    worked(session, own, "2026-10-20 10:00", 60, charge=Charge.PAID)
    closed(session, seller, own, OCTOBER.starts_on)
    october = journal_of(session, seller, OCTOBER)
    assert [one.voucher.source for one in october.entries if one.operation is Operation.OFFSET] == [Source.INVOICE]
    assert invoice.subscription_id is not None
    cancel_subscription(session, invoice.subscription_id, date(2026, 11, 1), *WHO, at=moment("2026-11-01 13:00"))
    assert journal_of(session, seller, OCTOBER) == october


def test_an_advance_is_taxed_by_the_rate_of_the_day_on_which_it_came_m2(session: Session) -> None:
    """A year from 1 October 2025 has two rates; what came in 2025 for it holds 20/120 of tax, whenever it is served."""
    at = moment("2025-10-01 09:00")
    seller, own, invoice = an_invoice(session, date(2025, 10, 1), at)
    put_to_invoice(session, a_payment(session, own, seller, invoice.total, date(2025, 10, 1), at).id, invoice.id, at=at)
    (came,) = money_moves(session, seller)
    assert came.tax == invoice.total.share(20, 120) != invoice.tax
