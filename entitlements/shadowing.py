"""Setting, listing and ending shadow plans: no client's answer changes by any of it (rule H15)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from contracts.appending import append
from contracts.catalogue import Plan, PlanVersion
from contracts.errors import Bounds, Refusal
from contracts.known_rows import known_row
from contracts.parties import Client, Seller
from contracts.requisites import require_text
from contracts.terms import ONE_DAY, Term, boundary
from contracts.trying import version_named
from entitlements.shadow_plans import ShadowPlan, ShadowPlanEnding
from entitlements.trying_plans import trial_of

LONGEST_SHADOW_MONTHS = 36


@dataclass(frozen=True, slots=True)
class Shadow:
    """A shadow plan as it is to be set: of which client, or of which held plan, and what runs beside it."""

    plan: str
    starts_on: date
    last_day: date
    set_by: str
    reason: str
    version: int | None = None
    client_id: int | None = None
    subscription_id: int | None = None
    of_plan: str | None = None


@dataclass(frozen=True, slots=True)
class ShadowRecord:
    """A shadow plan as it is listed; `last_day` is the earlier of the one that was set and the one that came."""

    id: int
    seller_id: int
    client_id: int | None
    subscription_id: int | None
    of_plan: str | None
    plan: str
    version: int
    starts_on: date
    last_day: date
    set_by: str
    reason: str
    set_at: datetime
    ended_by: str | None
    end_reason: str | None
    ended_at: datetime | None


def set_shadow(session: Session, seller_id: int, shadow: Shadow, *, at: datetime) -> ShadowPlan:
    """Let a plan version run beside the live one from a day to a day, which may be past.

    Raises `Refusal` with SELLER_UNKNOWN, CLIENT_UNKNOWN, FIELD_REQUIRED without a client or a plan, FIELD_WRONG for
    both, LAST_DAY_WRONG, TEXT_WRONG, or those of `version_named` and `trial_of`.
    """
    known_row(session, Seller, seller_id)
    version = version_named(session, shadow.plan, shadow.version)
    held = _subject(session, seller_id, shadow, version)
    latest = boundary(shadow.starts_on, LONGEST_SHADOW_MONTHS) - ONE_DAY
    if not shadow.starts_on <= shadow.last_day <= latest:
        allowed = Bounds(shadow.starts_on, latest)
        raise Refusal("LAST_DAY_WRONG", field="last_day", value=shadow.last_day, allowed=allowed)
    values = {
        "seller_id": seller_id,
        "client_id": shadow.client_id,
        "subscription_id": shadow.subscription_id,
        "held_plan_id": held,
        "plan_version_id": version.id,
        "starts_on": shadow.starts_on,
        "ends_on": shadow.last_day + ONE_DAY,
        "set_by": require_text(shadow.set_by, "set_by", 200),
        "reason": require_text(shadow.reason, "reason", 300),
        "set_at": at,
    }
    return append(session, ShadowPlan, values)


def _subject(session: Session, seller_id: int, shadow: Shadow, version: PlanVersion) -> int | None:
    """The id of the held plan, none for a client's own subscriptions: what is tried must have something to replace."""
    if shadow.of_plan is None:
        if shadow.client_id is None:
            raise Refusal("FIELD_REQUIRED", field="client_id", value=None, allowed="client_id or of_plan")
        known_row(session, Client, shadow.client_id)
        trial_of(session, shadow.client_id, seller_id, version, {}, shadow.subscription_id)
        return None
    if shadow.client_id is not None or shadow.subscription_id is not None:
        raise Refusal("FIELD_WRONG", field="of_plan", value=shadow.of_plan, allowed="null with a client")
    plans = dict(session.exec(select(Plan.code, Plan.id).order_by(Plan.code)).all())
    if shadow.of_plan not in plans:
        raise Refusal("PLAN_UNKNOWN", field="of_plan", value=shadow.of_plan, allowed=list(plans))
    return plans[shadow.of_plan]


def end_shadow(session: Session, shadow_plan_id: int, ended_by: str, reason: str, *, at: datetime) -> ShadowPlanEnding:
    """End a shadow plan today. Raises `Refusal` with SHADOW_PLAN_UNKNOWN, SHADOW_PLAN_ENDED or TEXT_WRONG."""
    known = shadow_record(session, shadow_plan_id)
    today = session.get_one(Seller, known.seller_id).day_of(at)
    if known.ended_at is not None or known.last_day < today:
        raise Refusal("SHADOW_PLAN_ENDED", field="shadow_plan_id", value=shadow_plan_id, last_day=known.last_day)
    said = {"ended_by": require_text(ended_by, "ended_by", 200), "reason": require_text(reason, "reason", 300)}
    return append(session, ShadowPlanEnding, {"shadow_plan_id": shadow_plan_id, **said, "ended_at": at})


def shadow_record(session: Session, shadow_plan_id: int) -> ShadowRecord:
    """The shadow plan. Raises `Refusal("SHADOW_PLAN_UNKNOWN")`."""
    found = list_shadows(session, shadow_plan_id=shadow_plan_id)
    if not found:
        raise Refusal("SHADOW_PLAN_UNKNOWN", field="shadow_plan_id", value=shadow_plan_id)
    return found[0]


def list_shadows(
    session: Session,
    *,
    client_id: int | None = None,
    shadow_plan_id: int | None = None,
    after: int = 0,
    limit: int | None = None,
) -> list[ShadowRecord]:
    """The shadow plans in the order in which they were set, those of a client or one of them, from an id on."""
    columns: tuple[Any, ...] = (ShadowPlan, ShadowPlanEnding, PlanVersion.version, Plan.code, Seller)
    rows: Any = (
        select(*columns)
        .select_from(ShadowPlan)
        .outerjoin(ShadowPlanEnding, col(ShadowPlanEnding.shadow_plan_id) == col(ShadowPlan.id))
    )
    rows = rows.join(PlanVersion, col(PlanVersion.id) == col(ShadowPlan.plan_version_id))
    rows = rows.join(Plan, col(Plan.id) == col(PlanVersion.plan_id))
    rows = rows.join(Seller, col(Seller.id) == col(ShadowPlan.seller_id)).where(col(ShadowPlan.id) > after)
    if client_id is not None:
        rows = rows.where(ShadowPlan.client_id == client_id)
    if shadow_plan_id is not None:
        rows = rows.where(ShadowPlan.id == shadow_plan_id)
    codes: dict[int, str] = dict(session.exec(select(Plan.id, Plan.code)).all())
    found = session.exec(rows.order_by(col(ShadowPlan.id)).limit(limit))
    return [
        _record(shadow, ending, version, plan, seller, codes.get(shadow.held_plan_id or 0))
        for shadow, ending, version, plan, seller in found
    ]


def _record(
    shadow: ShadowPlan, ending: ShadowPlanEnding | None, version: int, plan: str, seller: Seller, of_plan: str | None
) -> ShadowRecord:
    last = Term(shadow.starts_on, shadow.ends_on).last_day
    if ending is not None:
        last = min(last, seller.day_of(ending.ended_at))
    return ShadowRecord(
        shadow.id,
        shadow.seller_id,
        shadow.client_id,
        shadow.subscription_id,
        of_plan,
        plan,
        version,
        shadow.starts_on,
        last,
        shadow.set_by,
        shadow.reason,
        shadow.set_at,
        None if ending is None else ending.ended_by,
        None if ending is None else ending.reason,
        None if ending is None else ending.ended_at,
    )
