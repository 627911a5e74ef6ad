"""Giving minutes: with a subscription, a free period, a package or as goodwill; and voiding what is left of them."""

from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from contracts.catalogue import HourPackage, PlanVersion
from contracts.errors import Refusal
from contracts.locking import lock_client
from contracts.requisites import require_text
from contracts.subscriptions import FreePeriod, Subscription
from contracts.terms import Term, next_month
from entitlements.grants import Grant, GrantVoid
from entitlements.hours_facts import GrantKind
from entitlements.statements import Statement
from entitlements.usage import UsageGrant, UsagePolicy, usage_grants


def open_from(session: Session, client_id: int, seller_id: int) -> date | None:
    """The first day of the pool's first open month; none while no month was ever closed."""
    closed = select(Statement).where(Statement.client_id == client_id, Statement.seller_id == seller_id)
    last = session.exec(closed.order_by(col(Statement.month).desc()).limit(1)).first()
    return None if last is None else next_month(last.month)


def give_for_subscription(session: Session, sold: Subscription, *, at: datetime) -> list[Grant]:
    """The included minutes of a sold subscription, one grant a usage period (H5); the caller holds the client's row."""
    version = session.get_one(PlanVersion, sold.plan_version_id)
    policy = UsagePolicy(
        version.included_minutes,
        version.included_per,
        version.first_month,
        version.rollover_cap_minutes,
        version.rollover_periods,
    )
    pool = (sold.client_id, sold.seller_id)
    grants = [
        _included(pool, usage, version.rollover_cap_minutes, f"subscription:{sold.id}", sold.id, at)
        for usage in usage_grants(sold.term, sold.term_months, policy)
    ]
    return _insert_open(session, grants)


def give_for_free_period(session: Session, free: FreePeriod, *, at: datetime) -> list[Grant]:
    """The minutes of a free period, by the plan's setting, each month anew (S3); the caller holds the client's row."""
    version = session.get_one(PlanVersion, free.plan_version_id)
    months = len(list(free.term.months()))
    pool = (free.client_id, free.seller_id)
    grants = [
        _included(pool, usage, 0, f"free_period:{free.id}", None, at)
        for usage in usage_grants(free.term, months, UsagePolicy(version.free_minutes))
    ]
    return _insert_open(session, grants)


def give_package(
    session: Session, client_id: int, seller_id: int, package: HourPackage, source_key: str, *, on: date, at: datetime
) -> Grant:
    """The minutes of a bought package, for its life from the day on (H8); the caller holds the client's row."""
    term = Term.of_months(on, package.life_months)
    grant = Grant(
        client_id=client_id,
        seller_id=seller_id,
        kind=GrantKind.PACKAGE,
        minutes=package.minutes,
        starts_on=term.starts_on,
        ends_on=term.ends_on,
        source_key=source_key,
        reason=package.code,
        recorded_at=at,
    )
    return _insert_open(session, [grant])[0]


def give_minutes(
    session: Session,
    client_id: int,
    seller_id: int,
    kind: GrantKind,
    minutes: int,
    term: Term,
    *,
    reason: str,
    source_key: str,
    at: datetime,
) -> Grant:
    """Goodwill or bonus minutes with a reason.

    Raises `Refusal` with CLIENT_UNKNOWN, KIND_NOT_GIVEN, MINUTES_WRONG, or MONTH_CLOSED when the whole term lies in
    closed months.
    """
    lock_client(session, client_id)
    if kind not in (GrantKind.GOODWILL, GrantKind.BONUS):
        raise Refusal("KIND_NOT_GIVEN", field="kind", value=kind, allowed=[GrantKind.BONUS, GrantKind.GOODWILL])
    if not 0 < minutes <= LONGEST_GRANT_MINUTES:
        raise Refusal("MINUTES_WRONG", field="minutes", value=minutes, allowed=f"1 to {LONGEST_GRANT_MINUTES}")
    grant = Grant(
        client_id=client_id,
        seller_id=seller_id,
        kind=kind,
        minutes=minutes,
        starts_on=term.starts_on,
        ends_on=term.ends_on,
        source_key=source_key,
        reason=require_text(reason, "reason", 300),
        recorded_at=at,
    )
    given = _insert_open(session, [grant])
    if not given:
        raise Refusal("MONTH_CLOSED", field="last_day", value=term.last_day)
    return given[0]


LONGEST_GRANT_MINUTES = 60 * 24 * 366


def void_grant(session: Session, grant_id: int, reason: str, *, on: date, at: datetime) -> GrantVoid:
    """Take back what is left of a grant from the day on; what was used stays used.

    Raises `Refusal` with GRANT_UNKNOWN or GRANT_VOIDED. A day in a closed month counts as the first open one.
    """
    grant = session.get(Grant, grant_id)
    if grant is None:
        raise Refusal("GRANT_UNKNOWN", field="grant_id", value=grant_id)
    lock_client(session, grant.client_id)
    known = session.exec(select(GrantVoid).where(GrantVoid.grant_id == grant_id)).first()
    if known is not None:
        raise Refusal("GRANT_VOIDED", field="grant_id", value=grant_id, voided_on=known.voided_on)
    opened = open_from(session, grant.client_id, grant.seller_id)
    # The closed month's balance holds the grant, so the void takes effect inside the open one.
    first = on if opened is None else max(on, opened + timedelta(days=1))
    void = GrantVoid(grant_id=grant_id, voided_on=first, reason=require_text(reason, "reason", 300), recorded_at=at)
    session.add(void)
    session.flush()
    return void


def _included(
    pool: tuple[int, int], usage: UsageGrant, cap_minutes: int, source: str, subscription_id: int | None, at: datetime
) -> Grant:
    client_id, seller_id = pool
    return Grant(
        client_id=client_id,
        seller_id=seller_id,
        kind=GrantKind.INCLUDED,
        minutes=usage.minutes,
        starts_on=usage.term.starts_on,
        ends_on=usage.term.ends_on,
        rollover_cap_minutes=cap_minutes if usage.rollover_ends_on is not None else 0,
        rollover_ends_on=usage.rollover_ends_on,
        source_key=f"{source}:{usage.term.starts_on}",
        subscription_id=subscription_id,
        recorded_at=at,
    )


def _insert_open(session: Session, grants: list[Grant]) -> list[Grant]:
    """Store the grants as far as they reach into open months: a closed month is given nothing any more."""
    if not grants:
        return []
    opened = open_from(session, grants[0].client_id, grants[0].seller_id)
    if opened is not None:
        grants = [grant for grant in grants if grant.ends_on > opened]
        for grant in grants:
            grant.starts_on = max(grant.starts_on, opened)
    session.add_all(grants)
    session.flush()
    return grants
