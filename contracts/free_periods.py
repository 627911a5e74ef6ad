"""Free service after a purchase, once per registration number (rule S1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from contracts.catalogue import Plan, PlanVersion, Product, Registration
from contracts.errors import Refusal
from contracts.parties import Entity, Seller
from contracts.policies import Level, Purchase
from contracts.requisites import normal_registration
from contracts.subscriptions import FreePeriod
from contracts.terms import Term


def gives_free_period(version: PlanVersion) -> bool:
    """Whether a purchase of some kind gives free months of the plan (S1)."""
    return max(version.free_box_months, version.free_upgrade_months, version.free_plus_its_months) > 0


def free_months(version: PlanVersion, product: Product, purchase: Purchase) -> int:
    """How many months of free service a purchase brings under a plan version; 0 for Basic products (S1, S2)."""
    if product.level is Level.BASIC:
        return 0
    return {
        Purchase.BOX: version.free_box_months,
        Purchase.UPGRADE: version.free_upgrade_months,
        Purchase.PLUS_ITS: version.free_plus_its_months,
    }[purchase]


def free_period_of(session: Session, registration_id: int) -> FreePeriod | None:
    """The one free period that a registration ever had."""
    return session.exec(select(FreePeriod).where(FreePeriod.registration_id == registration_id)).first()


@dataclass(frozen=True, slots=True)
class FreePeriodRecord:
    """A line of the registry: the free period, for whose copy of what it was granted, by whom and on which plan."""

    free: FreePeriod
    registration: Registration
    owner: Entity
    seller: Seller
    product_code: str
    plan_code: str


def registry(
    session: Session, *, registration_number: str | None = None, client_id: int | None = None, after: int, limit: int
) -> Sequence[FreePeriodRecord]:
    """The free periods in the order in which they were granted, from the one after the id `after` on (S1)."""
    rows = (
        select(FreePeriod, Registration, Entity, Seller)
        .join(Registration, col(Registration.id) == col(FreePeriod.registration_id))
        .join(Entity, col(Entity.id) == col(Registration.entity_id))
        .join(Seller, col(Seller.id) == col(FreePeriod.seller_id))
        .where(col(FreePeriod.id) > after)
    )
    if registration_number is not None:
        rows = rows.where(Registration.number == normal_registration(registration_number))
    if client_id is not None:
        rows = rows.where(FreePeriod.client_id == client_id)
    products = dict(session.exec(select(Product.id, Product.code)).all())
    plans = dict(session.exec(select(PlanVersion.id, Plan.code).join(Plan)).all())
    return [
        FreePeriodRecord(
            free, registration, owner, seller, products[registration.product_id], plans[free.plan_version_id]
        )
        for free, registration, owner, seller in session.exec(rows.order_by(col(FreePeriod.id)).limit(limit))
    ]


def grant_free_period(
    session: Session, registration: Registration, version: PlanVersion, seller_id: int, *, at: datetime
) -> FreePeriod:
    """Free service from the purchase date (S1); the caller holds the client's row.

    Raises `Refusal` with FREE_PERIOD_USED and the first one's dates, NO_FREE_PERIOD for a purchase that brings none,
    or BOUGHT_ON_REQUIRED.
    """
    used = free_period_of(session, registration.id)
    if used is not None:
        dates = {"starts_on": used.starts_on, "last_day": used.term.last_day}
        raise Refusal("FREE_PERIOD_USED", field="registration_number", value=registration.number, **dates)
    months = _months(session, registration, version)
    if months == 0:
        raise Refusal("NO_FREE_PERIOD", field="registration_number", value=registration.number)
    if registration.bought_on is None:
        raise Refusal("BOUGHT_ON_REQUIRED", field="bought_on", value=None, registration=registration.number)
    term = Term.of_months(registration.bought_on, months)
    free = FreePeriod(
        registration_id=registration.id,
        client_id=registration.client_id,
        seller_id=seller_id,
        plan_version_id=version.id,
        starts_on=term.starts_on,
        ends_on=term.ends_on,
        granted_at=at,
    )
    session.add(free)
    session.flush()
    return free


def due_term(session: Session, registration: Registration, version: PlanVersion, on: date) -> Term | None:
    """The free period that a sale on the day grants the registration; none when it is not bought, had one, or it is
    over by then."""
    months = _months(session, registration, version)
    if months == 0 or registration.bought_on is None or free_period_of(session, registration.id) is not None:
        return None
    term = Term.of_months(registration.bought_on, months)
    return term if on < term.ends_on else None


def _months(session: Session, registration: Registration, version: PlanVersion) -> int:
    return free_months(version, session.get_one(Product, registration.product_id), registration.purchase)
