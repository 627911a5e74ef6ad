"""Giving minutes: with a subscription, a free period, a package or as goodwill; and voiding what is left of them."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import or_
from sqlmodel import Session, col, select

from contracts.catalogue import HourPackage, PlanVersion
from contracts.errors import Refusal
from contracts.known_rows import known_row
from contracts.locking import lock_client
from contracts.parties import Seller
from contracts.requisites import require_text
from contracts.subscriptions import FreePeriod, Subscription
from contracts.terms import Term, next_month
from entitlements.grants import Grant, GrantVoid
from entitlements.hours_facts import GrantKind
from entitlements.statements import Statement
from entitlements.usage import UsageGrant, UsagePolicy, usage_grants

CANCELLED = "cancelled"
"""Why the minutes of a subscription end with its last day (S11)."""
GAP_CLAIMED = "gap claimed"
"""Why a grant that began with the service is given anew from the start of its usage period (S5)."""

LONGEST_GRANT_MINUTES = 60 * 24 * 366
"""The most minutes that are given at once: a year of them."""


def open_from(session: Session, client_id: int, seller_id: int) -> date | None:
    """The first day of the pool's first open month; none while no month was ever closed."""
    closed = select(Statement).where(Statement.client_id == client_id, Statement.seller_id == seller_id)
    last = session.exec(closed.order_by(col(Statement.month).desc()).limit(1)).first()
    return None if last is None else next_month(last.month)


def give_for_subscription(session: Session, sold: Subscription, *, at: datetime) -> list[Grant]:
    """The included minutes of a sold subscription, one grant a usage period (H5); the caller holds the client's row.

    Days before the first day of service are given nothing (S5).
    """
    return _insert_open(session, _reaching(_included_minutes(session, sold, at), sold.serves_from))


def give_for_gap(session: Session, sold: Subscription, served_from: date, *, at: datetime) -> list[Grant]:
    """The included minutes of the days before a renewal served, once the gap is claimed (S5).

    The usage period in which service began keeps its minutes, good from its start; in a closed month nothing changes.
    The caller holds the client's row.
    """
    opened = open_from(session, sold.client_id, sold.seller_id) or date.min
    given = {one.source_key: one for one in session.exec(select(Grant).where(Grant.subscription_id == sold.id))}
    grants = []
    for grant in _included_minutes(session, sold, at):
        late = given.get(grant.source_key)
        if grant.starts_on >= served_from or (late is not None and late.starts_on < opened):
            continue
        if late is not None:
            void_grant(session, late.id, GAP_CLAIMED, on=late.starts_on, at=at)
        grant.source_key += ":gap"
        grants.append(grant)
    return _insert_open(session, grants)


def void_from(session: Session, sold: Subscription, reason: str, *, on: date, at: datetime) -> Sequence[Grant]:
    """Take back what is left of a subscription's grants from a day on, rolled over or not; what was used stays used.

    Returns the grants; the caller holds the client's row (S11).
    """
    grants = grants_from(session, sold, on)
    for grant in grants:
        take_back(session, grant, reason, on=on, at=at)
    return grants


def grants_from(session: Session, sold: Subscription, on: date) -> Sequence[Grant]:
    """The grants of a subscription that can pay for work on a day or later, rolled over or not, and are not void."""
    voided = select(GrantVoid.grant_id).join(Grant).where(Grant.subscription_id == sold.id)
    voided = voided.where(or_(col(GrantVoid.voided_on) <= on, col(GrantVoid.voided_on) <= col(Grant.starts_on)))
    longer = or_(col(Grant.ends_on) > on, col(Grant.rollover_ends_on) > on)
    given = select(Grant).where(Grant.subscription_id == sold.id, longer, col(Grant.id).not_in(voided))
    return session.exec(given.order_by(col(Grant.id))).all()


def give_usage(
    session: Session, sold: Subscription, usages: Iterable[UsageGrant], version: PlanVersion, mark: str, *, at: datetime
) -> list[Grant]:
    """Minutes of a plan version for some usage periods of a subscription; `mark` tells them from those it had (S9)."""
    return _insert_open(session, _of_subscription(sold, usages, version, mark, at))


def usage_policy(version: PlanVersion) -> UsagePolicy:
    """How the minutes of a plan version are given (H5, H6)."""
    return UsagePolicy(
        version.included_minutes,
        version.included_per,
        version.first_month,
        version.rollover_cap_minutes,
        version.rollover_periods,
    )


def _included_minutes(session: Session, sold: Subscription, at: datetime) -> list[Grant]:
    version = session.get_one(PlanVersion, sold.plan_version_id)
    usages = usage_grants(sold.term, sold.term_months, usage_policy(version))
    return _of_subscription(sold, usages, version, "", at)


def _of_subscription(
    sold: Subscription, usages: Iterable[UsageGrant], version: PlanVersion, mark: str, at: datetime
) -> list[Grant]:
    pool, source = (sold.client_id, sold.seller_id), f"subscription:{sold.id}{mark}"
    return [Grant(**included(pool, usage, version.rollover_cap_minutes, source, sold.id, at)) for usage in usages]


def give_for_free_period(session: Session, free: FreePeriod, *, at: datetime) -> list[Grant]:
    """The minutes of a free period, by the plan's setting, each month anew (S3); the caller holds the client's row."""
    version = session.get_one(PlanVersion, free.plan_version_id)
    months = len(list(free.term.months()))
    pool = (free.client_id, free.seller_id)
    grants = [
        Grant(**included(pool, usage, 0, _source_of(free), None, at))
        for usage in usage_grants(free.term, months, UsagePolicy(version.free_minutes))
    ]
    return _insert_open(session, grants)


def given_for_free_period(session: Session, free: FreePeriod) -> Sequence[Grant]:
    """The minutes that a free period was given, in the order of their days."""
    own = col(Grant.source_key).startswith(f"{_source_of(free)}:", autoescape=True)
    return session.exec(
        select(Grant).where(Grant.client_id == free.client_id, own).order_by(col(Grant.starts_on))
    ).all()


def _source_of(free: FreePeriod) -> str:
    return f"free_period:{free.id}"


def give_package(
    session: Session, client_id: int, seller_id: int, package: HourPackage, source_key: str, *, on: date, at: datetime
) -> Grant:
    """The minutes of a bought package, for its life from the day on (H8); the caller holds the client's row.

    Raises `Refusal("MONTH_CLOSED")` when its whole life lies in closed months.
    """
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
    return _inserted(session, grant)


def give_earned(
    session: Session, pool: tuple[int, int], minutes: int, term: Term, source_key: str, *, at: datetime
) -> list[Grant]:
    """The bonus minutes of a month that earned them (H7); none in a closed month. The caller holds the client's row."""
    client_id, seller_id = pool
    grant = Grant(
        client_id=client_id,
        seller_id=seller_id,
        kind=GrantKind.BONUS,
        minutes=minutes,
        starts_on=term.starts_on,
        ends_on=term.ends_on,
        source_key=source_key,
        recorded_at=at,
    )
    return _insert_open(session, [grant])


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

    Raises `Refusal` with CLIENT_UNKNOWN, SELLER_UNKNOWN, KIND_NOT_GIVEN, MINUTES_WRONG, TEXT_WRONG for the reason, or
    MONTH_CLOSED when the whole term lies in closed months.
    """
    lock_client(session, client_id)
    known_row(session, Seller, seller_id)
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
    return _inserted(session, grant)


def void_grant(session: Session, grant_id: int, reason: str, *, on: date, at: datetime) -> GrantVoid:
    """Take back what is left of a grant from the day on; what was used stays used.

    A grant that a closed month's balance holds can be drawn on the first open day and is void from the next one. Raises
    `Refusal` with GRANT_UNKNOWN, GRANT_VOIDED, or TEXT_WRONG for the reason.
    """
    grant = known_row(session, Grant, grant_id)
    lock_client(session, grant.client_id)
    known = session.exec(select(GrantVoid).where(GrantVoid.grant_id == grant_id)).first()
    if known is not None:
        raise Refusal("GRANT_VOIDED", field="grant_id", value=grant_id, voided_on=known.voided_on)
    return take_back(session, grant, reason, on=on, at=at)


def take_back(session: Session, grant: Grant, reason: str, *, on: date, at: datetime) -> GrantVoid:
    """Void a grant from the day on, sooner than it was to end; as `void_grant`, by a writer with the client's row."""
    opened = open_from(session, grant.client_id, grant.seller_id)
    if opened is not None:
        on = max(on, opened + timedelta(days=1) if grant.starts_on < opened else opened)
    void = GrantVoid(grant_id=grant.id, voided_on=on, reason=require_text(reason, "reason", 300), recorded_at=at)
    session.add(void)
    session.flush()
    return void


def included(
    pool: tuple[int, int], usage: UsageGrant, cap_minutes: int, source: str, subscription_id: int | None, at: datetime
) -> dict[str, Any]:
    """The columns of the grant of one usage period to the pool of a client with a seller."""
    client_id, seller_id = pool
    return {
        "client_id": client_id,
        "seller_id": seller_id,
        "kind": GrantKind.INCLUDED,
        "minutes": usage.minutes,
        "starts_on": usage.term.starts_on,
        "ends_on": usage.term.ends_on,
        "rollover_cap_minutes": cap_minutes if usage.rollover_ends_on is not None else 0,
        "rollover_ends_on": usage.rollover_ends_on,
        "source_key": f"{source}:{usage.term.starts_on}",
        "subscription_id": subscription_id,
        "recorded_at": at,
    }


def _inserted(session: Session, grant: Grant) -> Grant:
    given = _insert_open(session, [grant])
    if not given:
        raise Refusal("MONTH_CLOSED", field="last_day", value=Term(grant.starts_on, grant.ends_on).last_day)
    return given[0]


def _insert_open(session: Session, grants: list[Grant]) -> list[Grant]:
    """Store the grants as far as they reach into open months: a closed month is given nothing any more."""
    if not grants:
        return []
    opened = open_from(session, grants[0].client_id, grants[0].seller_id)
    if opened is not None:
        grants = _reaching(grants, opened)
    session.add_all(grants)
    session.flush()
    return grants


def _reaching(grants: list[Grant], day: date) -> list[Grant]:
    """The grants as far as they reach beyond a day: those that ended give nothing, the others give from it on."""
    reaching = [grant for grant in grants if grant.ends_on > day]
    for grant in reaching:
        grant.starts_on = max(grant.starts_on, day)
    return reaching
