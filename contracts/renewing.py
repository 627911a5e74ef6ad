"""Renewing a running subscription: from the day after its last day, at the continuous price (rule S4)."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from contracts.catalogue import Plan, PlanVersion, Registration
from contracts.errors import Refusal
from contracts.locking import lock_client
from contracts.money import Money
from contracts.on_sale import plan_in_force, price_of_term
from contracts.parties import Seller
from contracts.selling import Sale, cover, require_uncovered
from contracts.subscriptions import Contract, Coverage, Subscription
from contracts.terms import Term


def renew(
    session: Session,
    subscription_id: int,
    *,
    at: datetime,
    term_months: int | None = None,
    price: Money | None = None,
) -> Sale:
    """The successor of a subscription that runs or is in grace, on the plan version now in force.

    It covers the same registrations, but for those that an upgrade replaced, and never starts today nor overlaps (S4).
    Raises `Refusal` with SUBSCRIPTION_UNKNOWN, ALREADY_RENEWED, SUBSCRIPTION_LAPSED, or those of a sale.
    """
    old = session.get(Subscription, subscription_id)
    if old is None:
        raise Refusal("SUBSCRIPTION_UNKNOWN", field="subscription_id", value=subscription_id)
    lock_client(session, old.client_id)
    old_version, plan, seller, contract = _loaded(session, old)
    on = at.astimezone(ZoneInfo(seller.time_zone)).date()
    _require_renewable(session, old, old_version, on)
    _, version = plan_in_force(session, plan.code, on)
    months = old.term_months if term_months is None else term_months
    agreed = price_of_term(session, version, months, price)
    term = Term.of_months(old.ends_on, months)
    covered = _still_covered(session, old, term)
    require_uncovered(session, plan, term, covered)
    successor = Subscription(
        contract_id=old.contract_id,
        client_id=old.client_id,
        seller_id=old.seller_id,
        plan_version_id=version.id,
        starts_on=term.starts_on,
        ends_on=term.ends_on,
        term_months=months,
        price_minor=agreed.minor,
        currency=agreed.currency,
        predecessor_id=old.id,
        sold_at=at,
    )
    session.add(successor)
    session.flush()
    cover(session, successor, plan, covered)
    return Sale(contract, successor)


def _loaded(session: Session, old: Subscription) -> tuple[PlanVersion, Plan, Seller, Contract]:
    version = session.get_one(PlanVersion, old.plan_version_id)
    plan = session.get_one(Plan, version.plan_id)
    return version, plan, session.get_one(Seller, old.seller_id), session.get_one(Contract, old.contract_id)


def _require_renewable(session: Session, old: Subscription, version: PlanVersion, on: date) -> None:
    successor = session.exec(select(Subscription).where(Subscription.predecessor_id == old.id)).first()
    if successor is not None:
        dates = {"starts_on": successor.starts_on, "last_day": successor.term.last_day}
        raise Refusal("ALREADY_RENEWED", field="subscription_id", value=old.id, successor_id=successor.id, **dates)
    served_until = old.term.last_day + timedelta(days=version.grace_days)
    if on > served_until:
        raise Refusal("SUBSCRIPTION_LAPSED", field="subscription_id", value=old.id, last_day=old.term.last_day)


def _still_covered(session: Session, old: Subscription, term: Term) -> list[int]:
    """The ids of the old subscription's registrations that are not surrendered before the new term."""
    own = select(Registration).join(Coverage).where(Coverage.subscription_id == old.id)
    registrations = session.exec(own.order_by(col(Registration.id))).all()
    still = [one for one in registrations if one.surrendered_on is None or one.surrendered_on > term.starts_on]
    if registrations and not still:
        number = registrations[-1].number
        raise Refusal("REGISTRATION_SURRENDERED", field="subscription_id", value=old.id, registration=number)
    return [one.id for one in still]
