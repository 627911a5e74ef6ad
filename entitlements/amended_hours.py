"""The hours of an amended subscription: periods to come follow the new plan, the running one its days (rule S9)."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from contracts.amending import Amended
from contracts.catalogue import PlanVersion
from contracts.subscriptions import Subscription
from entitlements.facts import hours_facts
from entitlements.granting import give_usage, grants_from, take_back, usage_policy
from entitlements.hours import account
from entitlements.hours_facts import LotOrigin
from entitlements.usage import amended_usage

AMENDED = "amended"
"""Why grants of the plan before end with the effective day."""


@dataclass(frozen=True, slots=True)
class HoursMoved:
    """The minutes that an amendment gives for the days from the effective day on, and those that it takes back.

    `used_beyond_minutes` is what the period that runs has used more than the new plan gives for a period: those minutes
    stay used, and are never charged for.
    """

    given_minutes: int = 0
    taken_back_minutes: int = 0
    used_beyond_minutes: int = 0


def follow_amendment(session: Session, amended: Amended, *, at: datetime) -> HoursMoved:
    """Give what the new plan gives and void what the old one would have given; the caller holds the client's row."""
    sold, on = amended.subscription, amended.amendment.effective_on
    old = session.get_one(PlanVersion, amended.before.plan_version_id)
    new = session.get_one(PlanVersion, amended.after.plan_version_id)
    if old.id == new.id:
        return HoursMoved()
    usage = amended_usage(sold.term, sold.term_months, usage_policy(old), usage_policy(new), on)
    had = grants_from(session, sold, on)
    used = _used_minutes(session, sold, {grant.id for grant in had if grant.starts_on < on}, at)
    ended = [grant for grant in had if usage.starts_over or grant.starts_on >= on]
    for grant in ended:
        take_back(session, grant, AMENDED, on=on, at=at)
    given = give_usage(session, sold, usage.grants, new, f":amended:{amended.amendment.id}", at=at)
    return HoursMoved(
        given_minutes=sum(grant.minutes for grant in given),
        taken_back_minutes=sum(grant.minutes for grant in ended),
        used_beyond_minutes=max(used - new.included_minutes, 0),
    )


def _used_minutes(session: Session, sold: Subscription, grant_ids: set[int], at: datetime) -> int:
    hours = account(hours_facts(session, sold.client_id, sold.seller_id), at)
    lots = (state for state in hours.lots if state.lot.origin is LotOrigin.GRANT)
    return sum(state.used_minutes for state in lots if state.lot.source_id in grant_ids)
