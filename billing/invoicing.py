"""Issuing invoices for what is paid ahead: subscriptions and hour packages (rules M1, M2, M4)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from billing.bills import Invoice, InvoiceKind, InvoiceLine
from billing.invoice_lines import Exemption, LineAmounts, renewal_lines, term_line_columns, term_lines, totals
from billing.tax import Taxation
from contracts.amending import Amended
from contracts.catalogue import HourPackage, PlanVersion
from contracts.money import Money
from contracts.numbering import Series, take_number
from contracts.parties import Seller, SellerTaxMode
from contracts.subscriptions import Contract, Subscription
from contracts.terms import ONE_DAY, Term
from entitlements.calendar import load_calendar
from entitlements.grants import Grant


def taxation(session: Session, seller_id: int) -> Taxation:
    """How the seller is taxed on any day (M2)."""
    rows = select(SellerTaxMode).where(SellerTaxMode.seller_id == seller_id)
    modes = session.exec(rows.order_by(col(SellerTaxMode.valid_from).desc()))
    country = session.get_one(Seller, seller_id).country
    return Taxation(country, tuple((one.valid_from, one.mode) for one in modes))


def exemption(version: PlanVersion) -> Exemption:
    """What of the price of a plan version is exempt from VAT (M2)."""
    return Exemption(version.exempt_percent, version.exempt_ground)


def invoice_subscription(session: Session, sold: Subscription, *, at: datetime) -> Invoice:
    """The invoice for a sold term, and for the gap before it where that is paid (S5); raises as `split_by_tax`."""
    lines = subscription_lines(session, sold)
    invoice = _issue(session, sold.contract_id, InvoiceKind.SUBSCRIPTION, lines, sold.currency, at)
    invoice.subscription_id = sold.id
    return _stored(session, invoice, lines)


def subscription_lines(session: Session, sold: Subscription) -> list[LineAmounts]:
    """What is paid for a sold term, and for the gap before it (S5); raises as `split_by_tax`."""
    taxed, exempt = taxation(session, sold.seller_id), exemption(session.get_one(PlanVersion, sold.plan_version_id))
    if not sold.gap_minor:
        return term_lines(sold.term, sold.price, taxed, exempt)
    lapsed = session.get_one(Subscription, sold.predecessor_id)
    return renewal_lines(lapsed.last_day + ONE_DAY, sold.term, sold.price, sold.gap_price, taxed, exempt)


def invoice_amendment(session: Session, amended: Amended, *, at: datetime) -> Invoice:
    """The invoice for what the days left cost more after an amendment (S9)."""
    sold, amendment = amended.subscription, amended.amendment
    lines = amendment_lines(session, amended)
    invoice = _issue(session, sold.contract_id, InvoiceKind.AMENDMENT, lines, sold.currency, at)
    invoice.amendment_id = amendment.id
    return _stored(session, invoice, lines)


def amendment_lines(session: Session, amended: Amended) -> list[LineAmounts]:
    """What the days left cost more, or less, taxed as they are served; the amounts are positive either way."""
    sold, amendment = amended.subscription, amended.amendment
    left = Term(amendment.effective_on, sold.ends_on)
    difference = Money(abs(amendment.difference_minor), sold.currency)
    exempt = exemption(session.get_one(PlanVersion, amended.after.plan_version_id))
    return term_lines(left, difference, taxation(session, sold.seller_id), exempt)


def invoice_package(session: Session, contract_id: int, grant: Grant, package: HourPackage, *, at: datetime) -> Invoice:
    """The invoice for a bought hour package: its price is for the days of the grant (H8, M2)."""
    price = Money(package.price_minor, package.currency)
    lines = term_lines(Term(grant.starts_on, grant.ends_on), price, taxation(session, grant.seller_id))
    invoice = _issue(session, contract_id, InvoiceKind.PACKAGE, lines, package.currency, at)
    invoice.grant_id = grant.id
    return _stored(session, invoice, lines)


def _issue(
    session: Session, contract_id: int, kind: InvoiceKind, lines: Sequence[LineAmounts], currency: str, at: datetime
) -> Invoice:
    contract = session.get_one(Contract, contract_id)
    seller = session.get_one(Seller, contract.seller_id)
    due_on = load_calendar(seller.calendar, seller.time_zone).add_working_days(seller.day_of(at), seller.payment_days)
    return Invoice(kind=kind, due_on=due_on, **bill_columns(session, contract, Series.INVOICE, lines, currency, at))


def bill_columns(
    session: Session, contract: Contract, series: Series, lines: Sequence[LineAmounts], currency: str, at: datetime
) -> dict[str, Any]:
    """What every bill under a contract says of its parties, its day and its totals, under the next number."""
    seller, sums = session.get_one(Seller, contract.seller_id), totals(lines, currency)
    on = seller.day_of(at)
    return {
        "seller_id": seller.id,
        "client_id": contract.client_id,
        "entity_id": contract.entity_id,
        "contract_id": contract.id,
        "tax_mode": taxation(session, seller.id).mode_on(on),
        "issued_on": on,
        "total_minor": sums.total.minor,
        "tax_minor": sums.tax.minor,
        "currency": currency,
        "issued_at": at,
        **take_number(session, seller.id, series, on.year),
    }


def _stored(session: Session, invoice: Invoice, lines: Sequence[LineAmounts]) -> Invoice:
    session.add(invoice)
    session.flush()
    for position, line in enumerate(lines, 1):
        session.add(InvoiceLine(invoice_id=invoice.id, position=position, **term_line_columns(line)))
    session.flush()
    return invoice
