"""Invoices at issue: for a subscription, with two rates over New Year, and for a package (M1, M2, M4, H8)."""

from datetime import date

import pytest
from sqlmodel import Session, select

from billing.bills import Invoice, InvoiceKind, InvoiceLine
from billing.invoicing import invoice_package, invoice_subscription, taxation
from contracts.catalogue import HourPackage
from contracts.errors import Refusal
from contracts.money import Money
from contracts.parties import SellerTaxMode
from contracts.tax_modes import TaxMode
from entitlements.granting import give_package
from tests.builders import a_client, a_plan, a_sale, a_seller, its_catalogue, moment, refused

SOLD_AT = moment("2026-09-20 12:00")


@pytest.fixture(autouse=True)
def plans(session: Session) -> None:
    its_catalogue(session)
    a_plan(session)


def lines_of(session: Session, invoice: Invoice) -> list[InvoiceLine]:
    """The lines in the order in which they are printed."""
    own = select(InvoiceLine).where(InvoiceLine.invoice_id == invoice.id)
    return list(session.exec(own.order_by(InvoiceLine.position)))


def test_a_subscription_is_invoiced_at_issue_m4(session: Session) -> None:
    customer = a_client(session)
    sale = a_sale(session, a_seller(session), customer, at=SOLD_AT, starts_on=date(2026, 10, 1), term_months=3)
    invoice = invoice_subscription(session, sale.subscription, at=SOLD_AT)
    assert (invoice.kind, invoice.subscription_id) == (InvoiceKind.SUBSCRIPTION, sale.subscription.id)
    assert (invoice.client_id, invoice.entity_id) == (customer.id, customer.entity.id)
    assert (invoice.number, invoice.year, invoice.sequence) == ("2026-0001", 2026, 1)
    assert (invoice.total, invoice.tax) == (Money.parse("3000.00"), Money.parse("540.98"))
    assert (invoice.issued_on, invoice.due_on) == (date(2026, 9, 20), date(2026, 9, 25))  # 5 working days
    [line] = lines_of(session, invoice)
    assert (line.supplied_from, line.supplied_until) == (date(2026, 10, 1), date(2026, 12, 31))
    assert (line.position, line.quantity_minutes, line.price_minor, line.amount_minor) == (1, None, 3000_00, 3000_00)
    assert (line.tax_percent, line.tax_minor) == (22, 540_98)


def test_a_subscription_over_new_year_has_a_line_for_each_rate_m2(session: Session) -> None:
    sale = a_sale(session, a_seller(session), a_client(session), at=moment("2025-10-01 12:00"))
    invoice = invoice_subscription(session, sale.subscription, at=moment("2025-10-01 12:00"))
    lines = lines_of(session, invoice)
    assert [(line.position, line.supplied_from, line.supplied_until, line.tax_percent) for line in lines] == [
        (1, date(2025, 10, 1), date(2025, 12, 31), 20),
        (2, date(2026, 1, 1), date(2026, 9, 30), 22),
    ]
    assert [(line.amount_minor, line.tax_minor) for line in lines] == [(3024_66, 504_11), (8975_34, 1618_50)]
    assert (invoice.total_minor, invoice.tax_minor) == (12_000_00, 504_11 + 1618_50)


@pytest.mark.parametrize(
    ("mode", "percent", "tax_minor"),
    [
        (TaxMode.GENERAL, 22, 180_33),
        (TaxMode.SIMPLIFIED_5, 5, 47_62),
        (TaxMode.SIMPLIFIED_7, 7, 65_42),
        (TaxMode.SIMPLIFIED_EXEMPT, None, 0),
    ],
)
def test_an_invoice_keeps_the_sellers_mode_and_without_vat_is_not_zero_m2(
    session: Session, mode: TaxMode, percent: int | None, tax_minor: int
) -> None:
    seller = a_seller(session, tax_mode=mode, taxed_from=date(2025, 1, 1))
    sale = a_sale(session, seller, a_client(session), at=SOLD_AT, term_months=1)
    invoice = invoice_subscription(session, sale.subscription, at=SOLD_AT)
    assert (invoice.tax_mode, invoice.total_minor, invoice.tax_minor) == (mode, 1000_00, tax_minor)
    assert [line.tax_percent for line in lines_of(session, invoice)] == [percent]


def test_an_invoice_is_dated_in_the_sellers_zone_t4(session: Session) -> None:
    seller = a_seller(session, time_zone="Asia/Vladivostok")
    sale = a_sale(session, seller, a_client(session), at=SOLD_AT)
    new_year = moment("2027-01-01 00:10", "Asia/Vladivostok")
    invoice = invoice_subscription(session, sale.subscription, at=new_year)
    assert (invoice.issued_on, invoice.number) == (date(2027, 1, 1), "2027-0001")


def test_a_package_is_invoiced_over_its_life_h8(session: Session) -> None:
    seller, customer = a_seller(session), a_client(session)
    sale = a_sale(session, seller, customer, at=SOLD_AT)
    package = HourPackage(code="ten", name="10 ч", name_en="10 h", minutes=600, price_minor=20_000_00, life_months=6)
    session.add(package)
    session.flush()
    grant = give_package(session, customer.id, seller.id, package, "package:1", on=date(2026, 9, 20), at=SOLD_AT)
    invoice = invoice_package(session, sale.contract.id, grant, package, at=SOLD_AT)
    assert (invoice.kind, invoice.grant_id, invoice.subscription_id) == (InvoiceKind.PACKAGE, grant.id, None)
    assert (invoice.total_minor, invoice.tax_minor) == (20_000_00, 3606_56)
    [line] = lines_of(session, invoice)
    assert (line.supplied_from, line.supplied_until) == (grant.starts_on, date(2027, 3, 19))


def test_the_mode_of_a_seller_is_dated_and_old_invoices_keep_theirs_m2(session: Session) -> None:
    seller = a_seller(session, taxed_from=date(2026, 1, 1))
    session.add(SellerTaxMode(seller_id=seller.id, valid_from=date(2027, 1, 1), mode=TaxMode.SIMPLIFIED_5))
    session.flush()
    mode_on = taxation(session, seller.id).mode_on
    days = (date(2026, 1, 1), date(2026, 12, 31), date(2027, 1, 1), date(2030, 1, 1))
    general, five = TaxMode.GENERAL, TaxMode.SIMPLIFIED_5
    assert [mode_on(day) for day in days] == [general, general, five, five]
    with pytest.raises(Refusal) as refusal:
        mode_on(date(2025, 12, 31))
    assert (refusal.value.code, refusal.value.facts["on"]) == ("TAX_MODE_UNKNOWN", date(2025, 12, 31))


def test_a_sale_that_cannot_be_taxed_takes_no_number_s13(session: Session) -> None:
    seller = a_seller(session, taxed_from=date(2030, 1, 1))
    sale = a_sale(session, seller, a_client(session), at=SOLD_AT)
    with refused(session, "TAX_MODE_UNKNOWN"):
        invoice_subscription(session, sale.subscription, at=SOLD_AT)
