"""Taking in a seller under a tax law that is known, and the mode in which it is taxed from a day on (rule M2)."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, select

from billing.bills import Act, Invoice
from billing.tax import require_tax_country, tax_rate
from contracts.countries import HOME
from contracts.enrolling import add_seller
from contracts.errors import Refusal
from contracts.parties import Seller, SellerTaxMode
from contracts.tax_modes import TaxMode
from entitlements.choosing_calendars import choose_calendar


def take_in_seller(session: Session, code: str, requisites: Mapping[str, str], **terms: Any) -> Seller:
    """A new seller by `add_seller`, whose terms it takes; it goes by its country's working days (D10).

    Raises as `add_seller`, or TAX_COUNTRY_UNKNOWN (M2).
    """
    country = requisites.get("country") or HOME
    require_tax_country(country)
    seller = add_seller(session, code, requisites, **terms)
    return seller if country == HOME else choose_calendar(session, seller.id, country)


def tax_from(session: Session, seller_id: int, mode: TaxMode, from_on: date) -> SellerTaxMode:
    """The seller is taxed in this mode from the day on, until the next one; what is on paper stays as it is (M2).

    What was paid ahead for later days is taxed in it as it is served. Raises `Refusal` with SELLER_UNKNOWN,
    TAX_RATE_UNKNOWN for a mode that the law did not have yet, or TAXED_ALREADY for a day on or before the last invoice
    or act.
    """
    seller = session.get(Seller, seller_id, with_for_update={"key_share": True})
    if seller is None:
        raise Refusal("SELLER_UNKNOWN", field="seller_id", value=seller_id)
    tax_rate(mode, from_on, seller.country, field="taxed_from")
    days = [_last_day(session, table, seller_id) for table in (Invoice, Act)]
    last = max((day for day in days if day is not None), default=None)
    if last is not None and from_on <= last:
        raise Refusal("TAXED_ALREADY", field="taxed_from", value=from_on, allowed=[last + timedelta(days=1)])
    known = select(SellerTaxMode).where(SellerTaxMode.seller_id == seller_id, SellerTaxMode.valid_from == from_on)
    row = session.exec(known).first() or SellerTaxMode(seller_id=seller_id, valid_from=from_on, mode=mode)
    row.mode = mode
    session.add(row)
    session.flush()
    return row


def _last_day(session: Session, table: Any, seller_id: int) -> date | None:
    last: date | None = session.exec(select(func.max(table.issued_on)).where(table.seller_id == seller_id)).one()
    return last
