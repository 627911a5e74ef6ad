"""A year sold, worked over, billed, paid and closed under the law and in the money of each country (M1-M5, E4)."""

from datetime import date

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from api.database import reading, transaction
from api.journeys import sell_package, sell_subscription
from api.month_journeys import close_months
from api.reconcile import breaches
from billing.bills import Act
from billing.bookkeeping import journal_of
from billing.taking_payments import Put, Received, take_payment
from billing.taxing import take_in_seller
from contracts.money import Money
from contracts.tax_modes import TaxMode
from contracts.terms import Term
from documents.invoice import InvoiceSheet
from documents.paper_kinds import PaperKind
from documents.papers import Paper
from documents.words import Language, amount_in_words
from entitlements.hours_facts import Charge
from tests.builders import a_client, a_plan, an_order, its_catalogue, moment, refused, worked
from tests.documents.market import sheet_of

COUNTRIES = {
    "RU": ("7707083893", "RUB", 22, "2163.93", "Двенадцать тысяч рублей 00 копеек"),
    "KZ": ("971240001315", "KZT", 16, "1655.17", "Двенадцать тысяч тенге 00 тиынов"),
    "BY": ("200988541", "BYN", 20, "2000.00", "Двенадцать тысяч белорусских рублей 00 копеек"),
    "DE": ("DE136695976", "EUR", 19, "1915.97", "Двенадцать тысяч евро 00 центов"),
}
"""A tax number, the money, and the rate of 2026 with the tax in 12 000.00 and its words."""
SOLD_AT = moment("2026-10-01 12:00")


@pytest.mark.parametrize("country", COUNTRIES)
def test_a_year_is_billed_in_the_money_and_by_the_law_of_the_sellers_country_m1_m2_e4(
    engine: Engine, country: str
) -> None:
    number, currency, percent, tax, words = COUNTRIES[country]
    with transaction(engine) as session:
        its_catalogue(session)
        a_plan(session, currency=currency)
        requisites = {"name": "Северный ветер", "inn": number, "country": country}
        mode = {"tax_mode": TaxMode.GENERAL, "taxed_from": date(2026, 1, 1)}
        seller = take_in_seller(session, "north", requisites, **mode)
        customer = a_client(session)
        order = an_order(seller, customer, starts_on=date(2026, 10, 1))
        invoice = sell_subscription(session, order, at=SOLD_AT).invoice
        assert (str(invoice.total), str(invoice.tax), invoice.currency) == ("12000.00", tax, currency)
        assert amount_in_words(invoice.total, Language.RU) == words
        if currency != "RUB":
            with refused(session, "PACKAGE_CURRENCY", field="package", value="RUB", allowed=[currency]):
                sell_package(session, invoice.contract_id, "hours-20", at=SOLD_AT)
        received = Received(seller.id, customer.entity.id, "7", date(2026, 10, 5), invoice.total, "За год")
        take_payment(session, received, [Put(invoice.id)], at=moment("2026-10-05 12:00"))
        worked(session, customer, "2026-10-20 10:00", 60, charge=Charge.PAID)
    report = close_months(
        engine, seller.id, date(2026, 10, 1), clock=lambda: moment("2026-11-02 12:00"), tell=lambda *_: None
    )
    assert (report.closed, report.parked) == (1, ())
    with reading(engine) as session:
        own = select(Act).order_by(col(Act.kind))
        acts = {act.kind.value: (str(act.total), str(act.tax), act.currency) for act in session.exec(own)}
        month = Money(2700_00, currency)
        assert acts["month"] == ("2700.00", str(month.share(percent, 100 + percent)), currency)
        assert acts["service"] == (
            "1019.18",
            str(Money(1_200_000, currency).share(31, 365).share(percent, 100 + percent)),
            currency,
        )
        turnovers = journal_of(session, seller, Term.calendar_month(date(2026, 10, 1))).turnovers()
        assert {one.debit.currency for one in turnovers} == {currency}
        assert Money.total(one.debit for one in turnovers) == Money.total(one.credit for one in turnovers)
        assert currency in _invoice(session).total.currency
        assert list(breaches(session)) == []


def _invoice(session: Session) -> InvoiceSheet:
    paper = session.exec(select(Paper).where(Paper.kind == PaperKind.INVOICE).order_by(col(Paper.id))).first()
    assert paper is not None
    sheet = sheet_of(paper)
    assert isinstance(sheet, InvoiceSheet)
    return sheet
