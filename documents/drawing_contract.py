"""Drawing up the contract with its specification, in the numbers of the plan version that the engine runs (P1)."""

from dataclasses import replace

from sqlalchemy import and_
from sqlmodel import Session, col, select

from billing.bills import Invoice, InvoiceLine
from contracts.catalogue import Plan, PlanPrice, PlanPromotion, PlanVersion, Registration
from contracts.money import Money
from contracts.parties import Seller
from contracts.policies import FirstMonth
from contracts.queries import opens_contract
from contracts.subscriptions import Contract, Coverage, Specification, Subscription
from documents.agreement import Agreement
from documents.contract import ContractSheet, HoursTerms, RenewalTerms
from documents.drawing_bills import rate_totals
from documents.drawing_parties import (
    called,
    contract_reference,
    introduced,
    parties_of,
    promotion_sheet,
    registration_sheets,
    service_sheets,
)
from documents.drawing_scope import scope_terms
from documents.parties import RegistrationSheet
from documents.promotion import PromotionSheet
from documents.words import Language
from entitlements.calendar import load_calendar


def draw_contract(session: Session, sold: Subscription) -> ContractSheet:
    """The sheet of the contract, or of the agreement to it, for a subscription that was sold and invoiced.

    Raises ValueError when the invoice does not come to the price of the subscription (E4).
    """
    parties = parties_of(session, sold.contract_id)
    plan, version, listed = _terms(session, sold)
    invoice, lines = _invoiced(session, sold)
    agreement = _agreement(session, sold, parties.contract)
    return ContractSheet(
        number=parties.contract.number,
        signed_on=parties.contract.signed_on if agreement is None else parties.seller.day_of(sold.sold_at),
        city=parties.seller.city,
        seller=introduced(parties.seller, parties.language),
        client=introduced(parties.entity, parties.language),
        plan=called(plan, parties.language),
        registrations=_registrations(session, sold),
        services=service_sheets(session, version, parties.language),
        term=sold.term,
        term_months=sold.term_months,
        price=sold.price,
        by_rate=rate_totals(lines, sold.currency),
        tax_mode=invoice.tax_mode,
        hours=hours_terms(version, parties.seller),
        renewal=renewal_terms(version, listed),
        payment_days=parties.seller.payment_days,
        payment_grace_days=version.payment_grace_days,
        objection_days=version.objection_days,
        promotion=_promotion(session, sold, parties.language, listed),
        scope=scope_terms(session, version, parties.language),
        agreement=agreement,
    )


def _agreement(session: Session, sold: Subscription, contract: Contract) -> Agreement | None:
    """None for what a contract was made for; what was sold under it later is an agreement to it."""
    if opens_contract(session, sold):
        return None
    return Agreement(contract_reference(contract), renews=sold.predecessor_id is not None)


def _registrations(session: Session, sold: Subscription) -> tuple[RegistrationSheet, ...]:
    """The registrations as they were sold, by number; of several the main one is said to be."""
    rows = select(Registration.number, Coverage.registration_id, Coverage.is_main).join(Coverage).join(Specification)
    rows = rows.where(Specification.subscription_id == sold.id, Specification.starts_on == sold.starts_on)
    covered = session.exec(rows).all()
    main = {number for number, _, is_main in covered if is_main and len(covered) > 1}
    sheets = registration_sheets(session, col(Registration.id).in_([one for _, one, _ in covered]))
    return tuple(replace(sheet, is_main=sheet.number in main) for sheet in sheets)


def _terms(session: Session, sold: Subscription) -> tuple[Plan, PlanVersion, PlanPrice | None]:
    """The plan, the version sold, and its list prices for the same term."""
    same_term = col(PlanPrice.term_months) == sold.term_months
    listed = and_(col(PlanPrice.plan_version_id) == col(PlanVersion.id), same_term)
    rows = select(Plan, PlanVersion, PlanPrice).select_from(Plan).join(PlanVersion).outerjoin(PlanPrice, listed)
    return session.exec(rows.where(PlanVersion.id == sold.plan_version_id)).one()


def _promotion(
    session: Session, sold: Subscription, language: Language, listed: PlanPrice | None
) -> PromotionSheet | None:
    """The promotion that the price is from, beside the list price of the term."""
    if sold.promotion_id is None:
        return None
    minor = None if listed is None else listed.price_minor
    list_price = None if minor is None else Money(minor, sold.currency)
    return promotion_sheet(session.get_one(PlanPromotion, sold.promotion_id), language, list_price)


def _invoiced(session: Session, sold: Subscription) -> tuple[Invoice, list[InvoiceLine]]:
    """The invoice of the term and its lines, without what it asks for the gap before the term (S5)."""
    rows = select(Invoice, InvoiceLine).join(InvoiceLine).where(Invoice.subscription_id == sold.id)
    rows = rows.where(col(InvoiceLine.supplied_from) >= sold.starts_on)
    invoices, lines = zip(*session.exec(rows.order_by(col(InvoiceLine.position))), strict=True)
    return invoices[0], list(lines)


def hours_terms(version: PlanVersion, seller: Seller) -> HoursTerms:
    """What a plan version says of hours, on the seller's calendar."""
    calendar, rate = load_calendar(seller.calendar, seller.time_zone), version.overage_rate_minor
    return HoursTerms(
        included_minutes=version.included_minutes,
        per=version.included_per,
        quantum_minutes=version.quantum_minutes,
        minimum_minutes=version.minimum_minutes,
        scope=version.rounding_scope,
        over_limit=version.over_limit,
        rollover_cap_minutes=version.rollover_cap_minutes,
        rollover_periods=version.rollover_periods,
        in_hours_percent=version.in_hours_percent,
        out_of_hours_percent=version.out_of_hours_percent,
        day_off_percent=version.weekend_percent,
        opens_at=calendar.opens,
        closes_at=calendar.closes,
        hour_rate=None if rate is None else Money(rate, version.currency),
        overrun_percent=version.overrun_percent,
        first_month_pro_rata=version.first_month is FirstMonth.PRO_RATA,
        bonus_minutes=version.bonus_minutes,
        bills_travel=version.bills_travel,
    )


def renewal_terms(version: PlanVersion, listed: PlanPrice | None) -> RenewalTerms:
    """What a plan version says of renewing, with the list prices of one term."""
    prices = (None, None) if listed is None else (listed.price_minor, listed.after_break_minor)
    continuous, after_break = (None if minor is None else Money(minor, version.currency) for minor in prices)
    return RenewalTerms(version.lapse_renewal, version.grace_days, version.refund, continuous, after_break)
