"""Reading what a plan is tried on: which subscriptions, under which terms, and the record of their hours (rule H15)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from msgspec.structs import replace
from sqlmodel import Session, col, select

from contracts.catalogue import Plan, PlanVersion
from contracts.errors import Refusal
from contracts.subscriptions import Specification, Subscription
from contracts.terms import next_month
from contracts.trying import changed
from entitlements.client_facts import read_plans
from entitlements.facts import rounding_policy
from entitlements.granting import usage_policy
from entitlements.grants import Grant
from entitlements.hours_facts import GrantKind
from entitlements.plan_terms import PlanTerms
from entitlements.replay import Exchange, Record, Terms, Trial, Worked
from entitlements.statements import Statement
from entitlements.timing import stretches_of
from entitlements.work import WorkEntry

Specified = Mapping[int, Sequence[PlanVersion]]
"""The plan versions that each subscription is on, one after the other."""


def trial_of(
    session: Session,
    client_id: int,
    seller_id: int,
    version: PlanVersion | None,
    settings: Mapping[str, Any],
    subscription_id: int | None = None,
    held_plan_id: int | None = None,
) -> Trial:
    """What is tried on a client: a plan version, the client's own ones without it, perhaps with other settings.

    A plan is tried in place of one subscription, or of those that are on a held plan; else of all that its kind
    excludes (S6), or of all there are where they are of one kind. Raises `Refusal` with NOTHING_TO_REPLAY, FIELD_WRONG,
    SUBSCRIPTION_UNKNOWN or SUBSCRIPTION_REQUIRED, naming those there are.
    """
    specified = _specified(session, client_id, seller_id)
    if not specified:
        raise Refusal("NOTHING_TO_REPLAY", field="client_id", value=client_id)
    if held_plan_id is None:
        chosen = _chosen(session, specified, version, subscription_id)
    else:
        chosen = {one: own for one, own in specified.items() if held_plan_id in {part.plan_id for part in own}}
    held = {one.id: one for own in chosen.values() for one in own}
    tried = {one: changed(version or own, settings) for one, own in held.items()}
    plans = read_plans(session, {*held, *(one.id for one in tried.values())})
    exchanges = {one: _exchange(plans, held[one], tried[one]) for one in held}
    return Trial(seller_id, frozenset(chosen), exchanges)


def _specified(session: Session, client_id: int, seller_id: int) -> Specified:
    rows = select(Specification.subscription_id, PlanVersion)
    rows = rows.join(PlanVersion, col(PlanVersion.id) == col(Specification.plan_version_id))
    rows = rows.where(Specification.client_id == client_id, Specification.seller_id == seller_id)
    specified: dict[int, list[PlanVersion]] = {}
    for subscription_id, version in session.exec(rows.order_by(col(Specification.starts_on), col(Specification.id))):
        specified.setdefault(subscription_id, []).append(version)
    return specified


def _chosen(
    session: Session, specified: Specified, version: PlanVersion | None, subscription_id: int | None
) -> Specified:
    """The subscriptions in whose place the plan is tried."""
    known = sorted(specified)
    if subscription_id is not None:
        if subscription_id not in specified:
            raise Refusal("SUBSCRIPTION_UNKNOWN", field="subscription_id", value=subscription_id, allowed=known)
        return {subscription_id: specified[subscription_id]}
    if version is None:
        return specified
    kinds = dict(session.exec(select(Plan.id, Plan.kind_id)).all())
    kind = kinds[version.plan_id]
    of_kind = {one: own for one, own in specified.items() if kind in {kinds[part.plan_id] for part in own}}
    if not of_kind and len({kinds[part.plan_id] for own in specified.values() for part in own}) > 1:
        raise Refusal("SUBSCRIPTION_REQUIRED", field="subscription_id", value=None, allowed=known)
    return of_kind or specified


def _exchange(plans: Mapping[int, PlanTerms], held: PlanVersion, tried: PlanVersion) -> Exchange:
    """The terms of both; in the vendor's register the tried one is what the held one is."""
    own = Terms(plans[held.id], usage_policy(held), held.bills_travel)
    settings = {
        "plan_version_id": -tried.id,
        "kind_id": own.plan.kind_id,
        "rounding": rounding_policy(tried),
        "included_per": tried.included_per,
        "over_limit": tried.over_limit,
        "overrun_percent": tried.overrun_percent,
        "overage_rate_minor": tried.overage_rate_minor,
        "low_balance_percent": tried.low_balance_percent,
    }
    other = Terms(replace(plans[tried.id], **settings), usage_policy(tried), tried.bills_travel)
    return Exchange(own, other, held.id == tried.id)


def record_of(session: Session, client_id: int, seller_id: int, subscription_ids: Collection[int]) -> Record:
    """The work of a pool as it was reported, and what the subscriptions were given."""
    own = select(WorkEntry).where(WorkEntry.client_id == client_id, WorkEntry.seller_id == seller_id)
    entries = session.exec(own.order_by(col(WorkEntry.id))).all()
    measured = stretches_of(session, entries)
    given = select(Grant.id, Grant.subscription_id).where(Grant.client_id == client_id)
    given = given.where(col(Grant.subscription_id).in_(subscription_ids), Grant.kind == GrantKind.INCLUDED)
    return Record(
        {entry.id: _worked(entry, measured.get(entry.id, ())) for entry in entries},
        {grant_id: sold_id for grant_id, sold_id in session.exec(given) if sold_id is not None},
        _opened_on(session, client_id, seller_id, subscription_ids),
    )


def _worked(entry: WorkEntry, stretches: tuple[tuple[datetime, int], ...]) -> Worked:
    return Worked(entry.worked_minutes, entry.service, entry.timed, entry.work_on, entry.travel_minutes, stretches)


def _opened_on(session: Session, client_id: int, seller_id: int, subscription_ids: Collection[int]) -> dict[int, date]:
    """The first day that was open when each was sold, where months were closed by then."""
    closed = select(col(Statement.month), col(Statement.closed_at)).where(Statement.client_id == client_id)
    months = session.exec(closed.where(Statement.seller_id == seller_id).order_by(col(Statement.month))).all()
    sold = select(Subscription.id, Subscription.sold_at).where(col(Subscription.id).in_(subscription_ids))
    opened: dict[int, date] = {}
    for subscription_id, sold_at in session.exec(sold):
        for month, closed_at in months:
            if closed_at < sold_at:
                opened[subscription_id] = next_month(month)
    return opened
