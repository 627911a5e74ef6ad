"""Issuing invoices for what is paid ahead: subscriptions and hour packages (rules M1, M2, M4)."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from billing.bills import Invoice, InvoiceKind, InvoiceLine
from billing.invoice_lines import LineAmounts, line_columns, renewal_lines, term_lines, totals
from contracts.catalogue import HourPackage
from contracts.errors import Refusal
from contracts.money import Money
from contracts.numbering import Series, take_number
from contracts.parties import Seller, SellerTaxMode
from contracts.subscriptions import Contract, Subscription
from contracts.tax_modes import TaxMode
from contracts.terms import Term
from entitlements.calendar import load_calendar
from entitlements.grants import Grant


def tax_modes(session: Session, seller_id: int) -> Callable[[date], TaxMode]:
    """The seller's tax mode as a function of the day; it raises `Refusal("TAX_MODE_UNKNOWN")` before the first (M2)."""
    rows = select(SellerTaxMode).where(SellerTaxMode.seller_id == seller_id)
    modes = session.exec(rows.order_by(col(SellerTaxMode.valid_from).desc())).all()

    def mode_on(day: date) -> TaxMode:
        for mode in modes:
            if mode.valid_from <= day:
                return mode.mode
        raise Refusal("TAX_MODE_UNKNOWN", field="seller_id", value=seller_id, on=day)

    return mode_on


def invoice_subscription(session: Session, sold: Subscription, *, at: datetime) -> Invoice:
    """The invoice for a sold term, and for the gap before it where that is paid (S5); raises as `split_by_tax`."""
    modes = tax_modes(session, sold.seller_id)
    lines = term_lines(sold.term, sold.price, modes)
    if sold.gap_minor:
        lapsed = session.get_one(Subscription, sold.predecessor_id)
        lines = renewal_lines(lapsed.ends_on, sold.term, sold.price, sold.gap_price, modes)
    invoice = _issue(session, sold.contract_id, InvoiceKind.SUBSCRIPTION, lines, sold.currency, at)
    invoice.subscription_id = sold.id
    return _stored(session, invoice, lines)


def invoice_package(session: Session, contract_id: int, grant: Grant, package: HourPackage, *, at: datetime) -> Invoice:
    """The invoice for a bought hour package: its price is for the days of the grant (H8, M2)."""
    price = Money(package.price_minor, package.currency)
    lines = term_lines(Term(grant.starts_on, grant.ends_on), price, tax_modes(session, grant.seller_id))
    invoice = _issue(session, contract_id, InvoiceKind.PACKAGE, lines, package.currency, at)
    invoice.grant_id = grant.id
    return _stored(session, invoice, lines)


def _issue(
    session: Session, contract_id: int, kind: InvoiceKind, lines: Sequence[LineAmounts], currency: str, at: datetime
) -> Invoice:
    contract = session.get_one(Contract, contract_id)
    seller = session.get_one(Seller, contract.seller_id)
    on = at.astimezone(ZoneInfo(seller.time_zone)).date()
    sums = totals(lines, currency)
    return Invoice(
        seller_id=seller.id,
        client_id=contract.client_id,
        entity_id=contract.entity_id,
        contract_id=contract.id,
        kind=kind,
        tax_mode=tax_modes(session, seller.id)(on),
        issued_on=on,
        due_on=load_calendar(seller.calendar, seller.time_zone).add_working_days(on, seller.payment_days),
        total_minor=sums.total.minor,
        tax_minor=sums.tax.minor,
        currency=currency,
        issued_at=at,
        **take_number(session, seller.id, Series.INVOICE, on.year),
    )


def _stored(session: Session, invoice: Invoice, lines: Sequence[LineAmounts]) -> Invoice:
    session.add(invoice)
    session.flush()
    for position, line in enumerate(lines, 1):
        session.add(InvoiceLine(invoice_id=invoice.id, position=position, **line_columns(line)))
    session.flush()
    return invoice
