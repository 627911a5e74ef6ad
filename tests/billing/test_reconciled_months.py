"""A reconciliation act over closed months is the balance of the client's accounts in the journal (P1, E4)."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from sqlmodel import Session

from api.journeys import amend_subscription, cancel_subscription, sell_package, sell_subscription
from billing.bills import Invoice
from billing.bookkeeping import journal_of
from billing.journal import RUSSIAN, Source
from billing.reconciling_accounts import settlement_of
from billing.taking_payments import Received, put_to_invoice, record_payment
from contracts.amending import Change
from contracts.enrolling import add_entity
from contracts.money import Money
from contracts.parties import Entity, Seller
from contracts.terms import Term, next_month
from entitlements.hours_facts import Charge
from tests.builders import (
    Customer,
    a_client,
    a_plan,
    a_seller,
    an_inn,
    an_order,
    closed,
    its_catalogue,
    moment,
    worked,
)

JULY, OCTOBER, NOVEMBER, DECEMBER = (date(2026, month, 1) for month in (7, 10, 11, 12))
JANUARY, FEBRUARY = date(2027, 1, 1), date(2027, 2, 1)
BEGINNING, SOLD_AT = date(2026, 1, 1), moment("2026-06-20 12:00")
WHO = ("Котова И. Л.", "Закрытие")


@dataclass(frozen=True)
class Shop:
    """A seller and a client, and what may happen between them."""

    session: Session
    seller: Seller
    own: Customer

    def sell(self, starts_on: date = OCTOBER, **changes: Any) -> Invoice:
        """A year for 12 000.00."""
        order = an_order(self.seller, self.own, starts_on=starts_on, **changes)
        return sell_subscription(self.session, order, at=SOLD_AT).invoice

    def pay(self, invoice: Invoice, minor: int, put: int, entity: Entity | None = None) -> None:
        """Money of 5 October, some of it put to the invoice on 3 November."""
        payer = entity or self.own.entity
        received = Received(self.seller.id, payer.id, "118", date(2026, 10, 5), Money(minor), "За год")
        payment = record_payment(self.session, received, at=moment("2026-10-05 12:00"))
        put_to_invoice(self.session, payment.id, invoice.id, Money(put), at=moment("2026-11-03 12:00"))

    def close(self, first: date, last: date) -> None:
        """Months, one after another."""
        while first <= last:
            closed(self.session, self.seller, self.own, first)
            first = next_month(first)

    def cancel(self, invoice: Invoice, last_day: date, at: str) -> None:
        """The end of what an invoice is for."""
        cancel_subscription(self.session, invoice.subscription_id or 0, last_day, *WHO, at=moment(at))

    def owed(self, entity: Entity, until: date) -> Money:
        """The balance of the entity's accounts in the journal of all days before one."""
        minor = 0
        for one in journal_of(self.session, self.seller, Term(BEGINNING, until)).entries:
            for account, side, sign in ((one.debit, one.voucher.side, 1), (one.credit, one.credited, -1)):
                if account in (RUSSIAN.receivable, RUSSIAN.advance) and side.entity_id == entity.id:
                    minor += sign * one.amount.minor
        return Money(minor)

    def agree(self, first: date, last: date, *others: Entity) -> list[Money]:
        """What is owed at the end of each month, by the acts as by the journal; the acts of months follow each other,
        and one over all of them comes to the same."""
        balances = []
        for entity in (self.own.entity, *others):
            month = first
            while month <= last:
                found = settlement_of(self.session, self.seller, entity, Term.calendar_month(month))
                month = next_month(month)
                whole = settlement_of(self.session, self.seller, entity, Term(BEGINNING, month))
                assert found.opening == self.owed(entity, found.span.starts_on)
                assert found.closing == whole.closing == self.owed(entity, month)
                balances.append(found.closing)
        return balances


@pytest.fixture
def shop(session: Session) -> Shop:
    its_catalogue(session)
    a_plan(session)
    return Shop(session, a_seller(session), a_client(session, registrations=2))


def test_a_year_that_nobody_paid_is_owed_as_it_is_served_p1(shop: Shop) -> None:
    shop.sell()
    shop.close(OCTOBER, NOVEMBER)
    assert shop.agree(OCTOBER, NOVEMBER) == [Money(101_918), Money(200_548)]


@pytest.mark.parametrize(("paid", "put"), [(1_200_000, 1_200_000), (50_000, 50_000), (1_500_000, 1_200_000)])
def test_a_year_that_is_paid_in_part_or_too_much_agrees_with_the_journal_p1_e4(shop: Shop, paid: int, put: int) -> None:
    invoice = shop.sell()
    shop.pay(invoice, paid, put)
    shop.close(OCTOBER, DECEMBER)
    october, *_ = shop.agree(OCTOBER, DECEMBER)
    assert october == Money(101_918 - paid)


def test_a_month_that_is_not_closed_has_no_acts_and_owes_nothing_yet_p1(shop: Shop) -> None:
    shop.sell()
    assert settlement_of(shop.session, shop.seller, shop.own.entity, Term(OCTOBER, JANUARY)).closing == Money(0)
    shop.close(OCTOBER, OCTOBER)
    found = settlement_of(shop.session, shop.seller, shop.own.entity, Term(OCTOBER, JANUARY))
    assert [(one.on, one.source, one.debit) for one in found.lines] == [
        (date(2026, 10, 31), Source.ACT, Money(101_918))
    ]


def test_a_year_that_is_cancelled_owes_what_was_served_s11_p1(shop: Shop) -> None:
    invoice = shop.sell()
    shop.pay(invoice, 300_000, 300_000)
    shop.close(OCTOBER, NOVEMBER)
    shop.cancel(invoice, date(2026, 12, 31), "2026-12-10 10:00")
    shop.close(DECEMBER, JANUARY)
    assert shop.agree(OCTOBER, JANUARY)[-1] == Money(0)


def test_a_month_without_an_act_is_told_by_its_invoice_and_its_credit_note_s11_p1(shop: Shop) -> None:
    """The year from 2 July of which less is left than the days up to August were."""
    invoice, september = shop.sell(date(2026, 7, 2)), date(2026, 9, 1)
    shop.close(JULY, date(2026, 8, 1))
    shop.cancel(invoice, september, "2026-09-01 10:00")
    shop.close(september, OCTOBER)
    shop.agree(JULY, OCTOBER)
    month = settlement_of(shop.session, shop.seller, shop.own.entity, Term.calendar_month(september))
    assert [(one.on, one.source, one.debit, one.credit) for one in month.lines] == [
        (date(2026, 9, 30), Source.INVOICE, Money(999_452), Money(0)),
        (date(2026, 9, 30), Source.CREDIT_NOTE, Money(0), Money(1_000_000)),
    ]


@pytest.mark.parametrize("price", [2_400_000, 600_000])
def test_a_change_in_mid_year_agrees_with_the_journal_s9_p1(shop: Shop, price: int) -> None:
    invoice = shop.sell()
    shop.pay(invoice, 1_200_000, 1_200_000)
    shop.close(OCTOBER, OCTOBER)
    other = Change(date(2026, 11, 16), *WHO, price=Money(price))
    amend_subscription(shop.session, invoice.subscription_id or 0, other, at=moment("2026-11-10 12:00"))
    shop.close(NOVEMBER, FEBRUARY)
    shop.agree(OCTOBER, FEBRUARY)


def test_packages_and_overage_of_two_contracts_agree_with_the_journal_p1(shop: Shop) -> None:
    first = shop.sell(registrations=shop.own.registrations[:1])
    shop.sell(registrations=shop.own.registrations[1:])
    sell_package(shop.session, first.contract_id, "hours-20", OCTOBER, at=SOLD_AT)
    worked(shop.session, shop.own, "2026-10-12 10:00", 2_000)
    shop.close(OCTOBER, NOVEMBER)
    october = settlement_of(shop.session, shop.seller, shop.own.entity, Term(OCTOBER, NOVEMBER))
    assert [one.source for one in october.lines] == [Source.ACT] * 3
    shop.agree(OCTOBER, NOVEMBER)


def test_a_month_below_zero_is_owed_less_by_its_credit_note_h10_p1(shop: Shop) -> None:
    shop.sell()
    for month, minutes in ((OCTOBER, 60), (NOVEMBER, 0)):
        given: dict[str, Any] = {"external_id": "A", "charge": Charge.PAID, "at": moment(f"{month:%Y-%m}-18 10:00")}
        worked(shop.session, shop.own, "2026-10-16 10:00", minutes, **given)
        shop.close(month, month)
    shop.close(DECEMBER, DECEMBER)
    shop.agree(OCTOBER, DECEMBER)
    lines = settlement_of(shop.session, shop.seller, shop.own.entity, Term(DECEMBER, JANUARY)).lines
    assert [(one.source, one.credit) for one in lines if one.credit.minor] == [(Source.CREDIT_NOTE, Money(270_000))]


def test_a_payer_of_another_entity_has_its_money_until_it_is_put_m5_p1(shop: Shop) -> None:
    sister = add_entity(shop.session, shop.own.id, {"name": "ООО «Сестра»", "inn": an_inn(), "kpp": "770901001"})
    shop.pay(shop.sell(), 300_000, 200_000, sister)
    shop.close(OCTOBER, NOVEMBER)
    balances = shop.agree(OCTOBER, NOVEMBER, sister)
    assert [one.minor for one in balances] == [101_918, 548, -300_000, -100_000]


def test_months_from_before_acts_of_service_count_by_their_invoices_m6_p1(shop: Shop) -> None:
    shop.seller.service_acts_from = DECEMBER
    invoice = shop.sell()
    shop.close(OCTOBER, DECEMBER)
    shop.agree(OCTOBER, DECEMBER)
    found = settlement_of(shop.session, shop.seller, shop.own.entity, Term(OCTOBER, JANUARY))
    assert [(one.on, one.source) for one in found.lines] == [
        (date(2026, 10, 31), Source.INVOICE),
        (date(2026, 11, 30), Source.INVOICE),
        (date(2026, 12, 31), Source.ACT),
    ]
    assert {one.number for one in found.lines if one.source is Source.INVOICE} == {invoice.number}
