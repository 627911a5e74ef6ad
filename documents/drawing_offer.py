"""Drawing up the offer to renew: the choices of the engine, with the VAT that the invoice will have (P1, S5)."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime

from sqlmodel import Session, col, or_, select

from billing.invoice_lines import Exemption, renewal_lines
from billing.invoicing import exemption, taxation
from billing.tax import Taxation
from contracts.catalogue import HourPackage, Plan, PlanPromotion, PlanVersion, Registration
from contracts.money import Money
from contracts.renewal_choices import RenewalChoice, RenewalOffer
from contracts.renewing import offer_renewal, to_renew
from contracts.specifying import last_specification
from contracts.subscriptions import Coverage, Subscription
from contracts.terms import ONE_DAY, Term
from documents.drawing_parties import (
    called,
    contract_reference,
    parties_of,
    party_sheet,
    promotion_sheet,
    registration_sheets,
)
from documents.lines import RateTotal, totals_by_rate
from documents.offer import ChoiceSheet, OfferSheet, PackageSheet
from documents.parties import RegistrationSheet
from documents.promotion import PromotionSheet
from documents.words import Language


def draw_offer(session: Session, subscription_id: int, *, at: datetime, language: Language | None = None) -> OfferSheet:
    """The offer's sheet at that moment, as yet without a number, in the client's language unless another is asked for.

    There are no choices for what is renewed already, has no list prices, or covered only copies that were surrendered.
    Raises `Refusal` with SUBSCRIPTION_UNKNOWN or PLAN_NOT_ON_SALE.
    """
    offer = offer_renewal(session, subscription_id, at=at)
    old = to_renew(session, session.get_one(Subscription, subscription_id))
    parties, taxed = parties_of(session, old.contract_id), taxation(session, old.seller_id)
    versions = select(PlanVersion, Plan).join(Plan, col(Plan.id) == col(PlanVersion.plan_id))
    version, plan = session.exec(
        versions.where(PlanVersion.id == last_specification(session, old).plan_version_id)
    ).one()
    registrations = _still_covered(session, old, offer)
    exempt = exemption(session.get_one(PlanVersion, offer.version_id))
    promotions = _promotions(session, offer, language or parties.language)
    choices = () if version.covers_registrations and not registrations else offer.choices
    return OfferSheet(
        number="",
        issued_on=offer.on,
        valid_until=offer.valid_until,
        seller=party_sheet(parties.seller),
        client=party_sheet(parties.entity),
        contract=contract_reference(parties.contract),
        plan=called(plan, language or parties.language),
        registrations=registrations,
        term=old.term if old.never_serves else Term(old.starts_on, old.last_day + ONE_DAY),
        served_until=offer.served_until,
        choices=tuple(
            replace(_choice(choice, old.last_day + ONE_DAY, taxed, exempt), promotion=promotions.get(choice.promotion))
            for choice in choices
        ),
        packages=packages_on_sale(session, offer.on, [old.currency]),
        tax_mode=taxed.mode_on(offer.on),
    )


def _promotions(session: Session, offer: RenewalOffer, language: Language) -> dict[str, PromotionSheet]:
    """The promotions that the offer names, by their codes, each beside the list price of its term."""
    listed = {choice.term_months: choice.price for choice in offer.choices if choice.is_open and not choice.promotion}
    rows = session.exec(select(PlanPromotion).where(PlanPromotion.plan_version_id == offer.version_id))
    return {row.code: promotion_sheet(row, language, listed.get(row.term_months)) for row in rows}


def packages_on_sale(session: Session, on: date, currencies: Collection[str] | None = None) -> tuple[PackageSheet, ...]:
    """The packages of hours on sale, with the days of their hours when they are bought on the day (H8).

    Without `currencies` in all of them.
    """
    listed = select(HourPackage).order_by(col(HourPackage.minutes), col(HourPackage.id))
    if currencies is not None:
        listed = listed.where(col(HourPackage.currency).in_(currencies))
    return tuple(
        PackageSheet(
            row.code,
            row.minutes,
            Money(row.price_minor, row.currency),
            Term.of_months(on, row.life_months),
            row.life_months,
        )
        for row in session.exec(listed)
    )


def _still_covered(session: Session, old: Subscription, offer: RenewalOffer) -> tuple[RegistrationSheet, ...]:
    """The old subscription's copies that are not surrendered before the new term."""
    starts_on = next((choice.term.starts_on for choice in offer.choices if choice.is_open), offer.on)
    last = last_specification(session, old)
    own = select(Coverage.registration_id).where(Coverage.specification_id == last.id)
    gone_on = col(Registration.surrendered_on)
    return registration_sheets(session, col(Registration.id).in_(own) & or_(gone_on.is_(None), gone_on > starts_on))


def _choice(choice: RenewalChoice, ended_on: date, taxed: Taxation, exempt: Exemption) -> ChoiceSheet:
    lines = renewal_lines(ended_on, choice.term, choice.price, choice.gap, taxed, exempt)
    return ChoiceSheet(
        kind=choice.kind,
        term_months=choice.term_months,
        term=choice.term,
        serves_from=choice.serves_from,
        price=choice.price,
        gap=choice.gap,
        total=choice.total,
        by_rate=totals_by_rate([RateTotal(line.rate.percent, line.tax, line.amount) for line in lines]),
        lost_days=choice.lost_days,
        lost_money=choice.lost_money,
        is_open=choice.is_open,
        saved=choice.saved,
    )
