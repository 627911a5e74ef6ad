"""A licence that is exempt from VAT beside a taxed service, from the sale to the books (M2, M4, E4)."""

from datetime import date
from typing import Any

import pytest
from sqlmodel import Session, select

from api.journeys import amend_subscription, cancel_subscription, renew_subscription, sell_subscription
from billing.bills import CreditNoteLine, InvoiceLine
from billing.bookkeeping import journal_of
from billing.equations import number_breaches, sum_breaches
from billing.exchange import month_records
from billing.journal import Operation
from contracts.amending import Change
from contracts.money import Money
from contracts.parties import Seller
from contracts.subscriptions import Subscription
from contracts.tax_modes import TaxMode
from contracts.terms import Term
from tests.builders import Customer, a_client, a_plan, a_seller, an_order, its_catalogue, moment, refused

GROUND = "пп. 26 п. 2 ст. 149 НК РФ"
LICENCE = {"exempt_percent": 40, "exempt_ground": GROUND}
YEAR = Term(date(2026, 4, 1), date(2027, 4, 1))
WHO = ("Котова И. Л.", "Клиент закрывает компанию")
AT = moment("2026-06-10 12:00")


@pytest.fixture
def customer(session: Session) -> Customer:
    its_catalogue(session)
    a_plan(session, **LICENCE)
    a_plan(session, "more", kind="support", prices=[{"term_months": 12, "price": "24000.00"}], **LICENCE)
    a_plan(session, "plain", kind="support", prices=[{"term_months": 12, "price": "24000.00"}])
    return a_client(session)


def a_year(session: Session, customer: Customer, **seller: Any) -> tuple[Seller, Subscription]:
    """A year for 12 000.00, of which 40 per cent are for a licence."""
    by = a_seller(session, **seller)
    order = an_order(by, customer, starts_on=YEAR.starts_on)
    return by, sell_subscription(session, order, at=moment("2026-03-20 10:00")).sale.subscription


def lines(
    session: Session, table: type[InvoiceLine] | type[CreditNoteLine]
) -> list[tuple[int | None, str, int, str | None]]:
    """Per cent, amount, tax and ground of every line."""
    rows = session.exec(select(table).order_by(table.id))
    return [(row.tax_percent, str(Money(row.amount_minor)), row.tax_minor, row.exempt_ground) for row in rows]


def test_the_invoice_of_a_sale_has_a_line_for_the_licence(session: Session, customer: Customer) -> None:
    a_year(session, customer)
    assert lines(session, InvoiceLine) == [(22, "7200.00", 129_836, None), (None, "4800.00", 0, GROUND)]
    assert [*sum_breaches(session), *number_breaches(session)] == []


def test_a_seller_without_vat_has_nothing_to_exempt(session: Session, customer: Customer) -> None:
    a_year(session, customer, tax_mode=TaxMode.SIMPLIFIED_EXEMPT)
    assert lines(session, InvoiceLine) == [(None, "12000.00", 0, None)]


def test_a_refund_gives_back_of_both(session: Session, customer: Customer) -> None:
    _, sold = a_year(session, customer)
    cancel_subscription(session, sold.id, date(2026, 9, 30), *WHO, at=AT)
    assert lines(session, CreditNoteLine) == [(22, "3600.00", 64_918, None), (None, "2400.00", 0, GROUND)]
    assert [*sum_breaches(session), *number_breaches(session)] == []


def test_a_renewal_and_an_amendment_are_split_alike(session: Session, customer: Customer) -> None:
    _, sold = a_year(session, customer)
    amend_subscription(session, sold.id, Change(date(2026, 10, 1), *WHO, plan_code="more"), at=AT)
    renew_subscription(session, sold.id, 12, at=AT)
    assert [(percent, amount) for percent, amount, *_ in lines(session, InvoiceLine)[2:]] == [
        *((22, "3590.14"), (None, "2393.42")),  # 182 of 365 days of 12 000.00
        *((22, "14400.00"), (None, "9600.00")),
    ]
    assert [*sum_breaches(session), *number_breaches(session)] == []


def test_an_amendment_cannot_change_what_of_the_price_is_exempt(session: Session, customer: Customer) -> None:
    _, sold = a_year(session, customer)
    with refused(session, "EXEMPT_PART_DIFFERS", field="plan", value=0, allowed=40):
        amend_subscription(session, sold.id, Change(date(2026, 10, 1), *WHO, plan_code="plain"), at=AT)


def test_the_books_tax_the_service_alone(session: Session, customer: Customer) -> None:
    seller, _ = a_year(session, customer)
    april = Term.calendar_month(date(2026, 4, 1))
    found = [(one.operation, one.tax_percent, str(one.amount)) for one in journal_of(session, seller, april).entries]
    assert found == [
        (Operation.REVENUE, 22, "591.78"),
        (Operation.REVENUE_TAX, 22, "106.71"),
        (Operation.REVENUE, None, "394.52"),
    ]
    exported = {one.name: one for one in month_records(session, seller, date(2026, 3, 1))}["invoice_lines"]
    told = [dict(zip(exported.fields, row, strict=True)) for row in exported.read()]
    assert [(one["tax_percent"], one["exempt_ground"]) for one in told] == [(22, None), ("none", GROUND)]
