"""Amending a running subscription: another plan, other registrations or another price from an effective day (S9)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from contracts.appending import append
from contracts.base_plans import require_base
from contracts.catalogue import Plan, PlanVersion, Registration
from contracts.errors import Bounds, Refusal
from contracts.locking import lock_subscription
from contracts.money import Money
from contracts.on_sale import plan_in_force, price_of_term, require_price
from contracts.parties import Entity, Seller
from contracts.requisites import require_text
from contracts.selling import registrations_to_cover, require_not_surrendered, require_uncovered
from contracts.specifying import cut, last_specification, specify
from contracts.subscriptions import Amendment, Contract, Coverage, Specification, Subscription
from contracts.terms import ONE_DAY, Term


@dataclass(frozen=True, slots=True)
class Change:
    """What is amended from the effective day on; what it does not name stays.

    `plan_code` is sold in its version in force; `add` and `remove` are registration numbers; `price` is the new price
    of the whole term, without it the list price of another plan, or the price so far.
    """

    effective_on: date
    agreed_by: str
    reason: str
    plan_code: str | None = None
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    price: Money | None = None


@dataclass(frozen=True, slots=True)
class Amended:
    """An amended subscription: what it was until the effective day, and what it is from then on."""

    subscription: Subscription
    amendment: Amendment
    before: Specification
    after: Specification


def amend(session: Session, subscription_id: int, change: Change, *, at: datetime) -> Amended:
    """Amend a subscription from a day on, today or later; what was before the day stays as it was.

    The difference in price is pro rata by the days left over the days of the whole term. Raises `Refusal` with
    SUBSCRIPTION_UNKNOWN, ALREADY_CANCELLED, EFFECTIVE_DAY_OUT_OF_RANGE with the days allowed, NOTHING_AMENDED,
    REGISTRATION_NOT_COVERED for one to remove, EXEMPT_PART_DIFFERS, TEXT_WRONG, or those of a sale for plan, price and
    registrations.
    """
    sold = lock_subscription(session, subscription_id)
    if sold.cancelled_on is not None:
        raise Refusal("ALREADY_CANCELLED", field="subscription_id", value=sold.id, last_day=sold.cancelled_on)
    before = last_specification(session, sold)
    on = session.get_one(Seller, sold.seller_id).day_of(at)
    _require_effective(sold, before, change.effective_on, on)
    plan, version = _plan(session, before, change, on)
    _require_same_exemption(session.get_one(PlanVersion, before.plan_version_id), version)
    covered = _covered(session, before)
    registrations = _registrations(session, sold, version, covered, change)
    price_before = price_now(session, sold)
    price = _price(session, sold, before, version, change, price_before)
    ids = [registration.id for registration in registrations]
    if (version.id, set(ids), price) == (before.plan_version_id, {one.id for one in covered}, price_before):
        raise Refusal("NOTHING_AMENDED", field="subscription_id", value=sold.id)
    left = Term(change.effective_on, sold.ends_on)
    require_not_surrendered([one for one in registrations if one not in covered], left)
    require_uncovered(session, plan, left, ids, besides=before.id)
    require_base(session, plan, sold.client_id, ids, change.effective_on)
    agreed = {
        "agreed_by": require_text(change.agreed_by, "agreed_by", 200),
        "reason": require_text(change.reason, "reason", 300),
    }
    cut(session, sold, change.effective_on)
    after = specify(session, sold, version, ids, starts_on=change.effective_on, at=at)
    amendment = {
        "specification_id": after.id,
        "subscription_id": sold.id,
        "effective_on": change.effective_on,
        "price_minor": price.minor,
        "difference_minor": (price - price_before).share(left.days, sold.term.days).minor,
        "amended_at": at,
        **agreed,
    }
    return Amended(sold, append(session, Amendment, amendment), before, after)


def amendments_of(session: Session, sold: Subscription) -> Sequence[Amendment]:
    """What was amended in a subscription, in the order of the effective days."""
    own = select(Amendment).where(Amendment.subscription_id == sold.id)
    return session.exec(own.order_by(col(Amendment.effective_on))).all()


def price_now(session: Session, sold: Subscription) -> Money:
    """The price of the whole term as it was last agreed, incl. tax."""
    amendments = amendments_of(session, sold)
    return Money(amendments[-1].price_minor, sold.currency) if amendments else sold.price


def _require_effective(sold: Subscription, before: Specification, effective_on: date, on: date) -> None:
    first = max(on, sold.serves_from + ONE_DAY, before.starts_on + ONE_DAY)
    if not first <= effective_on <= sold.term.last_day:
        allowed = Bounds(first, sold.term.last_day) if first <= sold.term.last_day else []
        raise Refusal("EFFECTIVE_DAY_OUT_OF_RANGE", field="effective_on", value=effective_on, allowed=allowed)


def _plan(session: Session, before: Specification, change: Change, on: date) -> tuple[Plan, PlanVersion]:
    if change.plan_code is not None:
        return plan_in_force(session, change.plan_code, on)
    version = session.get_one(PlanVersion, before.plan_version_id)
    return session.get_one(Plan, version.plan_id), version


def _require_same_exemption(before: PlanVersion, after: PlanVersion) -> None:
    """What is exempt in the price must stay so: the days left would be taxed otherwise than they were invoiced (M2)."""
    if after.exempt_percent != before.exempt_percent:
        facts = {"allowed": before.exempt_percent, "plan": after.plan_id}
        raise Refusal("EXEMPT_PART_DIFFERS", field="plan", value=after.exempt_percent, **facts)


def _covered(session: Session, before: Specification) -> Sequence[Registration]:
    own = select(Registration).join(Coverage).where(Coverage.specification_id == before.id)
    return session.exec(own.order_by(col(Coverage.is_main).desc(), col(Registration.id))).all()


def _registrations(
    session: Session, sold: Subscription, version: PlanVersion, covered: Sequence[Registration], change: Change
) -> list[Registration]:
    """Those covered so far without the removed and with the added ones; none under a plan that covers them all."""
    numbers = [one.number for one in covered]
    for number in change.remove:
        if number not in numbers:
            raise Refusal("REGISTRATION_NOT_COVERED", field="remove", value=number, allowed=numbers)
    wanted = [number for number in numbers if number not in change.remove] if version.covers_registrations else []
    entity = session.get_one(Entity, session.get_one(Contract, sold.contract_id).entity_id)
    return registrations_to_cover(session, entity, version, (*wanted, *change.add), "add")


def _price(
    session: Session, sold: Subscription, before: Specification, version: PlanVersion, change: Change, so_far: Money
) -> Money:
    if version.id != before.plan_version_id:
        return price_of_term(session, version, sold.term_months, change.price)
    return so_far if change.price is None else require_price(version, change.price)
