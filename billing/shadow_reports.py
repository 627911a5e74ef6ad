"""What a shadow plan would have made of its days, client by client: answers, hours and money (rule H15)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from billing.replay import Replay
from billing.replaying import Tried, replay
from contracts.catalogue import Plan, PlanVersion
from contracts.errors import Refusal
from contracts.parties import Seller
from contracts.subscriptions import Specification
from contracts.terms import ONE_DAY, Term, first_of_month, next_month
from contracts.trying import version_named
from entitlements.shadowing import ShadowRecord


@dataclass(frozen=True, slots=True)
class Shadowed:
    """One client under a shadow plan, or why there is nothing to tell of it; it stops no other."""

    client_id: int
    replay: Replay | None
    problem: Refusal | None = None


def shadow_report(
    session: Session, shadow: ShadowRecord, *, at: datetime, after: int = 0, limit: int | None = None
) -> list[Shadowed]:
    """The clients of a shadow plan in the order of their ids, from an id on, with its days up to today.

    Answers are those of its days; months are told whole. None before its first day.
    """
    seller = session.get_one(Seller, shadow.seller_id)
    until = min(shadow.last_day, seller.day_of(at)) + ONE_DAY
    if until <= shadow.starts_on:
        return []
    days = Term(shadow.starts_on, until)
    plan = session.exec(select(Plan).where(Plan.code == shadow.of_plan)).first()
    plan_id = None if plan is None else plan.id
    version = version_named(session, shadow.plan, shadow.version)
    tried = Tried(version, subscription_id=shadow.subscription_id, held_plan_id=plan_id)
    clients = _clients(session, shadow, plan_id, days)
    chosen = [client_id for client_id in clients if client_id > after][:limit]
    return [_shadowed(session, client_id, seller, days, tried) for client_id in chosen]


def _clients(session: Session, shadow: ShadowRecord, plan_id: int | None, days: Term) -> Sequence[int]:
    """The client, or those that are on the held plan on one of the days."""
    if shadow.client_id is not None:
        return [shadow.client_id]
    held = select(Specification.client_id).join(PlanVersion).where(PlanVersion.plan_id == plan_id)
    held = held.where(Specification.seller_id == shadow.seller_id, Specification.starts_on < days.ends_on)
    held = held.where(Specification.ends_on > days.starts_on, col(Specification.ends_on) > col(Specification.starts_on))
    return sorted(set(session.exec(held)))


def _shadowed(session: Session, client_id: int, seller: Seller, days: Term, tried: Tried) -> Shadowed:
    months = Term(first_of_month(days.starts_on), next_month(days.last_day))
    try:
        return Shadowed(client_id, replay(session, client_id, seller, months, tried, asked=days))
    except Refusal as problem:
        return Shadowed(client_id, None, problem)
