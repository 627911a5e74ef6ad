"""Selling a subscription: contract number, term, coverage and free periods in one transaction (S1, S6, T2, T3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from contracts.base_plans import require_base
from contracts.catalogue import Plan, PlanPromotion, PlanVersion, Registration
from contracts.errors import Bounds, Refusal
from contracts.free_periods import due_term, free_period_of, grant_free_period
from contracts.known_rows import known_row
from contracts.locking import lock_client
from contracts.money import Money
from contracts.numbering import Series, take_number
from contracts.on_sale import plan_in_force, price_of_term, require_aligned
from contracts.parties import Entity, Seller
from contracts.policies import PromotionFor
from contracts.promotions import agreed_price, promotion_on_sale
from contracts.requisites import normal_registration
from contracts.specifying import specify
from contracts.subscriptions import Contract, Coverage, FreePeriod, Subscription
from contracts.terms import Term, aligned

FURTHEST_START = timedelta(days=366)
"""How far from the day of the sale a subscription may start; anything further is a typing error."""


@dataclass(frozen=True, slots=True)
class Order:
    """What sales ask for; no `starts_on` means the first day possible, no `price` and no `promotion` the list price."""

    seller_id: int
    entity_id: int
    plan_code: str
    term_months: int
    registrations: tuple[str, ...] = ()
    starts_on: date | None = None
    price: Money | None = None
    contract_id: int | None = None
    promotion: str | None = None


@dataclass(frozen=True, slots=True)
class Sale:
    """What a sale or a renewal made."""

    contract: Contract
    subscription: Subscription
    free_periods: tuple[FreePeriod, ...] = ()


def sell(session: Session, order: Order, *, at: datetime) -> Sale:
    """Sell a subscription, with a contract unless one is named, and the free periods that are due (S1).

    Raises `Refusal` with SELLER_UNKNOWN, ENTITY_UNKNOWN, CONTRACT_UNKNOWN, PLAN_UNKNOWN, PLAN_NOT_ON_SALE,
    TERM_NOT_ON_SALE, PROMOTION_NOT_OPEN, PROMOTION_PRICED, PRICE_REQUIRED, PRICE_NEGATIVE, CURRENCY_WRONG,
    START_NOT_ALIGNED, START_OUT_OF_RANGE, REGISTRATION_UNKNOWN, REGISTRATION_SURRENDERED, REGISTRATIONS_REQUIRED,
    REGISTRATIONS_NOT_WANTED, COVERAGE_OVERLAPS or BASE_PLAN_REQUIRED.
    """
    seller, entity = _parties(session, order)
    on = seller.day_of(at)
    plan, version = plan_in_force(session, order.plan_code, on)
    promotion, price = _price(session, order, version, on)
    registrations = registrations_to_cover(session, entity, version, order.registrations)
    term = Term.of_months(_start(session, order, version, registrations, on), order.term_months)
    require_not_surrendered(registrations, term)
    ids = [registration.id for registration in registrations]
    require_uncovered(session, plan, term, ids)
    require_base(session, plan, entity.client_id, ids, term.starts_on)
    contract = _known_contract(session, order) or _new_contract(session, seller, entity, on, at)
    free = tuple(
        grant_free_period(session, registration, version, seller.id, at=at)
        for registration in registrations
        if due_term(session, registration, version, on) is not None
    )
    sold = Subscription(
        contract_id=contract.id,
        client_id=entity.client_id,
        seller_id=seller.id,
        plan_version_id=version.id,
        starts_on=term.starts_on,
        ends_on=term.ends_on,
        serves_from=term.starts_on,
        term_months=order.term_months,
        price_minor=price.minor,
        currency=price.currency,
        sold_at=at,
        promotion_id=None if promotion is None else promotion.id,
    )
    session.add(sold)
    session.flush()
    specify(
        session, sold, version, [registration.id for registration in registrations], starts_on=term.starts_on, at=at
    )
    return Sale(contract, sold, free)


def require_uncovered(
    session: Session, plan: Plan, term: Term, registration_ids: Sequence[int], *, besides: int = 0
) -> None:
    """Raises `Refusal("COVERAGE_OVERLAPS")`, with the dates of what covers already, for any day of the term (S6).

    It gives the clear answer; the database refuses what slips past it. `besides` is a specification that is about to
    be cut.
    """
    taken = session.exec(
        select(Coverage, Registration.number)
        .join(Registration)
        .where(
            col(Coverage.registration_id).in_(registration_ids),
            Coverage.plan_kind_id == plan.kind_id,
            Coverage.starts_on < term.ends_on,
            Coverage.ends_on > term.starts_on,
            Coverage.ends_on > Coverage.starts_on,
            Coverage.specification_id != besides,
        )
        .order_by(col(Coverage.starts_on), col(Coverage.id))
    ).first()
    if taken is not None:
        other, number = taken
        dates = {"starts_on": other.starts_on, "last_day": Term(other.starts_on, other.ends_on).last_day}
        raise Refusal("COVERAGE_OVERLAPS", field="registrations", value=number, **dates)


def _parties(session: Session, order: Order) -> tuple[Seller, Entity]:
    entity = known_row(session, Entity, order.entity_id)
    lock_client(session, entity.client_id)
    seller = known_row(session, Seller, order.seller_id)
    return seller, entity


def _price(session: Session, order: Order, version: PlanVersion, on: date) -> tuple[PlanPromotion | None, Money]:
    """The price of the term, and the promotion that it is from."""
    promotion = promotion_on_sale(
        session, version, order.promotion, order.term_months, on=on, deal=PromotionFor.NEW_SALE
    )
    agreed = agreed_price(version, promotion, order.price)
    return promotion, price_of_term(session, version, order.term_months, agreed)


def registrations_to_cover(
    session: Session, entity: Entity, version: PlanVersion, numbers: tuple[str, ...], field: str = "registrations"
) -> list[Registration]:
    """The named registrations, all of the entity's client; `field` is where the caller named them.

    Raises `Refusal` with REGISTRATIONS_REQUIRED, REGISTRATIONS_NOT_WANTED or REGISTRATION_UNKNOWN.
    """
    if version.covers_registrations and not numbers:
        raise Refusal("REGISTRATIONS_REQUIRED", field=field, value=[])
    if numbers and not version.covers_registrations:
        raise Refusal("REGISTRATIONS_NOT_WANTED", field=field, value=list(numbers), allowed=[])
    numbers = tuple(map(normal_registration, numbers))
    found = {
        registration.number: registration
        for registration in session.exec(
            select(Registration).where(
                col(Registration.number).in_(numbers), Registration.client_id == entity.client_id
            )
        )
    }
    for number in numbers:
        if number not in found:
            raise Refusal("REGISTRATION_UNKNOWN", field=field, value=number)
    return [found[number] for number in dict.fromkeys(numbers)]


def require_not_surrendered(registrations: Sequence[Registration], term: Term) -> None:
    """Raises `Refusal("REGISTRATION_SURRENDERED")` for a copy that an upgrade replaced before the term begins (S1)."""
    for registration in registrations:
        gone_on = registration.surrendered_on
        if gone_on is not None and gone_on <= term.starts_on:
            number = registration.number
            raise Refusal("REGISTRATION_SURRENDERED", field="registrations", value=number, surrendered_on=gone_on)


def _start(
    session: Session, order: Order, version: PlanVersion, registrations: Sequence[Registration], on: date
) -> date:
    """The day asked for, else the first one possible: today, or the day after the free periods."""
    if order.starts_on is None:
        free = [_free_term(session, registration, version, on) for registration in registrations]
        return aligned(version.alignment, max([on, *(term.ends_on for term in free if term is not None)]))
    require_aligned(version, order.starts_on)
    if abs(order.starts_on - on) > FURTHEST_START:
        allowed = Bounds(on - FURTHEST_START, on + FURTHEST_START)
        raise Refusal("START_OUT_OF_RANGE", field="starts_on", value=order.starts_on, allowed=allowed)
    return order.starts_on


def _free_term(session: Session, registration: Registration, version: PlanVersion, on: date) -> Term | None:
    """The free period that the registration had, else the one that this sale grants it."""
    used = free_period_of(session, registration.id)
    return used.term if used is not None else due_term(session, registration, version, on)


def _known_contract(session: Session, order: Order) -> Contract | None:
    """The contract that the order names, one between its seller and its entity."""
    if order.contract_id is None:
        return None
    known = session.get(Contract, order.contract_id)
    if known is None or (known.seller_id, known.entity_id) != (order.seller_id, order.entity_id):
        raise Refusal("CONTRACT_UNKNOWN", field="contract_id", value=order.contract_id)
    return known


def _new_contract(session: Session, seller: Seller, entity: Entity, on: date, at: datetime) -> Contract:
    contract = Contract(
        seller_id=seller.id,
        client_id=entity.client_id,
        entity_id=entity.id,
        signed_on=on,
        created_at=at,
        **take_number(session, seller.id, Series.CONTRACT, on.year),
    )
    session.add(contract)
    session.flush()
    return contract
