"""Giving the bonus hour: a grant for each month that earns one, and none for months that no longer do (rule H7)."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from contracts.catalogue import Plan, PlanKind, PlanVersion
from contracts.parties import Seller
from contracts.subscriptions import Specification, Subscription
from contracts.terms import Term
from entitlements.bonus_hours import EarningPeriod, bonus_months
from entitlements.granting import give_earned, take_back
from entitlements.grants import Grant, GrantVoid
from entitlements.hours import local_day
from entitlements.hours_facts import GrantKind

NOT_EARNED = "bonus not earned"
"""Why a bonus hour of a coming month is taken back."""
ITS_KINDS = ("its", "its-industry")
"""The kinds of plan that are ITS subscriptions."""


def follow_with_bonus(session: Session, client_id: int, *, at: datetime) -> list[Grant]:
    """Give the bonus minutes of every month that earns some, and take back those of coming months that no longer do.

    A month that has begun keeps what it was given. Called whenever what serves a client has changed, by a writer with
    the client's row; a second time it does nothing. Returns what was taken back.
    """
    earned = bonus_months(_periods(session, client_id))
    given = _given(session, client_id)
    standing, taken = set(), []
    for grant, void in given:
        today = local_day(at, session.get_one(Seller, grant.seller_id).time_zone)
        pool_month = grant.seller_id, grant.starts_on
        if void is None and (grant.starts_on <= today or earned.get(pool_month) == grant.minutes):
            standing.add(pool_month)
        elif void is None:
            take_back(session, grant, NOT_EARNED, on=grant.starts_on, at=at)
            taken.append(grant)
    for (seller_id, month), minutes in sorted(earned.items()):
        if (seller_id, month) not in standing:
            times = sum((grant.seller_id, grant.starts_on) == (seller_id, month) for grant, _ in given)
            key = f"{_source(client_id)}{seller_id}:{month}:{times}"
            give_earned(session, (client_id, seller_id), minutes, Term.calendar_month(month), key, at=at)
    return taken


def _periods(session: Session, client_id: int) -> Iterator[EarningPeriod]:
    served = (
        select(Specification, Subscription, PlanVersion, PlanKind.code)
        .join(Subscription, col(Subscription.id) == col(Specification.subscription_id))
        .join(PlanVersion, col(PlanVersion.id) == col(Specification.plan_version_id))
        .join(Plan, col(Plan.id) == col(PlanVersion.plan_id))
        .join(PlanKind, col(PlanKind.id) == col(Plan.kind_id))
        .where(Specification.client_id == client_id)
    )
    for specification, sold, version, kind in session.exec(served):
        starts_on = max(specification.starts_on, sold.serves_from)
        if starts_on < specification.ends_on:
            its_hours = kind in ITS_KINDS and version.included_minutes > 0
            term = Term(starts_on, specification.ends_on)
            yield EarningPeriod(specification.seller_id, term, its_hours, version.bonus_minutes)


def _given(session: Session, client_id: int) -> Sequence[tuple[Grant, GrantVoid | None]]:
    """The bonus minutes that months were given so far, with their voiding, if any."""
    earned = col(Grant.source_key).startswith(_source(client_id), autoescape=True)
    rows = select(Grant, GrantVoid).outerjoin(GrantVoid, col(GrantVoid.grant_id) == col(Grant.id))
    rows = rows.where(Grant.client_id == client_id, Grant.kind == GrantKind.BONUS, earned)
    return session.exec(rows.order_by(col(Grant.id))).all()


def _source(client_id: int) -> str:
    return f"bonus:{client_id}:"
