"""Reading everything that the desk's answer about one client rests on, and the snapshot that saves reading it again.

A snapshot is the facts at one `state_version` in one shape; it is used only while the client's row has that version and
this release, with its calendars, writes that shape, so it may save time and can never change an answer.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from hashlib import blake2s
from importlib.metadata import version
from typing import Any

import msgspec
from msgspec.structs import replace
from sqlalchemy import Text, literal, text
from sqlalchemy.orm import aliased
from sqlmodel import Field, Session, SQLModel, col, select

from contracts.catalogue import Plan, PlanService, PlanVersion, Service
from contracts.columns import reference
from contracts.due_times import PlanDueTime
from contracts.locking import TAKEN
from contracts.parties import Client, Seller
from contracts.policies import Channel
from contracts.warning_percents import read_percents
from entitlements.calendar import calendar_digest
from entitlements.cover_facts import read_covers, read_registrations
from entitlements.covers import ClientFacts, Cover
from entitlements.facts import hours_facts, overage_between, rounding_policy
from entitlements.grants import Grant
from entitlements.hours import local_day
from entitlements.hours_facts import HoursFacts
from entitlements.named_contacts import read_contacts
from entitlements.over_limit_facts import read_cases
from entitlements.overriding import read_approvals
from entitlements.plan_terms import DueTerms, PlanTerms, ServiceTerms
from entitlements.sale_facts import read_on_sale, read_packages, read_service_names
from entitlements.uses import read_uses
from entitlements.work import WorkEntry


class ClientSnapshot(SQLModel, table=True):
    """The client's facts as they were at `state_version`, encoded; `shape` says by whom."""

    __tablename__ = "client_snapshot"

    client_id: int = reference("client.id", index=False, primary_key=True)
    state_version: int
    shape: str = Field(max_length=32)
    facts: str = Field(sa_type=Text)


_decoder = msgspec.json.Decoder(ClientFacts)
_encoder = msgspec.json.Encoder()


def shape_of(calendars: str, release: str) -> str:
    """Differs as soon as a field is added, moved or changes its type, and with the calendars and the release.

    What a release has read from the tables, and computed from its calendars, is used by no other.
    """
    fields = _encoder.encode(msgspec.json.schema(ClientFacts))
    return blake2s(b"\n".join((fields, calendars.encode(), release.encode())), digest_size=16).hexdigest()


SHAPE = shape_of(calendar_digest(), version("abonement"))
"""Which fields stand where in a snapshot of this release, and what they were computed with."""


def encode(facts: ClientFacts) -> str:
    """The facts as a snapshot stores them."""
    return _encoder.encode(facts).decode()


def decode(snapshot: str | bytes) -> ClientFacts | None:
    """The facts that a snapshot stores; none when it is spoilt, for it only saves reading them anew."""
    try:
        return _decoder.decode(snapshot)
    except msgspec.DecodeError:
        return None


def current_facts(session: Session, client_id: int) -> ClientFacts:
    """The client's facts: the snapshot when it is of the client's `state_version`, else read anew."""
    version = session.exec(select(Client.state_version).where(Client.id == client_id)).one()
    return _snapshot(session, client_id, version) or read_facts(session, client_id)


def lock_facts(session: Session, client_id: int) -> ClientFacts:
    """The facts of a known client, its row locked as by `lock_client`, for a writer that changed nothing yet.

    The snapshot comes with the lock; where it is not of the version before, the facts are read anew.
    """
    taken = session.connection().execute(_TAKEN_WITH_SNAPSHOT, {"client_id": client_id}).one()
    known = decode(taken.facts) if taken.facts is not None else None
    if known is None or known.state_version != taken.state_version - 1:
        return read_facts(session, client_id)
    return replace(known, state_version=taken.state_version)


def _snapshot(session: Session, client_id: int, version: int) -> ClientFacts | None:
    of = {"client_id": client_id, "state_version": version}
    known = session.connection().execute(_KEPT, of).scalar_one_or_none()
    return decode(known) if known is not None else None


def store_snapshot(session: Session, facts: ClientFacts) -> None:
    """Keep a writer's facts for the next reader; the caller holds the client's row."""
    session.connection().execute(_KEEP, _columns(facts))


def keep_snapshot(session: Session, facts: ClientFacts) -> None:
    """Keep facts that were read, unless newer ones are kept already."""
    session.connection().execute(_KEEP_UNLESS_OLD, _columns(facts))


_OWN = select(ClientSnapshot.facts).where(col(ClientSnapshot.client_id) == col(Client.id))
_OWN = _OWN.where(col(ClientSnapshot.shape) == literal(SHAPE)).correlate(Client)
_TAKEN_WITH_SNAPSHOT = TAKEN.returning(_OWN.scalar_subquery().label("facts"))
_KEPT = text(
    "SELECT facts FROM client_snapshot"
    f" WHERE client_id = :client_id AND state_version = :state_version AND shape = '{SHAPE}'"
)
_KEEP = text(
    "INSERT INTO client_snapshot (client_id, state_version, shape, facts)"
    f" VALUES (:client_id, :state_version, '{SHAPE}', :facts) ON CONFLICT (client_id)"
    " DO UPDATE SET state_version = excluded.state_version, shape = excluded.shape, facts = excluded.facts"
)
_KEEP_UNLESS_OLD = text(
    f"{_KEEP} WHERE client_snapshot.state_version <= excluded.state_version OR client_snapshot.shape <> excluded.shape"
)


def _columns(facts: ClientFacts) -> dict[str, object]:
    return {"client_id": facts.client_id, "state_version": facts.state_version, "facts": encode(facts)}


def read_facts(
    session: Session,
    client_id: int,
    *,
    before: datetime | None = None,
    known_at: datetime | None = None,
    from_zero: bool = False,
) -> ClientFacts:
    """The client's facts from the tables; `before` and `known_at` ask for a moment in the past (D1).

    `from_zero` reads all pools from their beginning, as if no month had been closed.
    """
    version = session.exec(select(Client.state_version).where(Client.id == client_id)).one()
    covers = read_covers(session, client_id, known_at)
    sellers = {cover.seller_id for cover in covers} | _dealt_with(session, client_id, known_at)
    plans = read_plans(session, {cover.plan_version_id for cover in covers})
    pools = {}
    for seller_id in sorted(sellers):
        when = {"before": before, "known_at": known_at}
        pool = hours_facts(session, client_id, seller_id, **when, from_zero=from_zero)
        own = [cover for cover in covers if cover.seller_id == seller_id]
        overage = _closed_overage(session, client_id, pool, own, plans)
        pools[seller_id] = replace(pool, closed_overage=overage)
    opened = {one: pool.since and local_day(pool.since, pool.time_zone) for one, pool in pools.items()}
    return ClientFacts(
        client_id=client_id,
        state_version=version,
        covers=covers,
        plans=plans,
        registrations=read_registrations(session, client_id, known_at),
        pools=pools,
        packages=read_packages(session),
        time_zone=_time_zone(session, pools),
        approvals=read_approvals(session, client_id, known_at),
        uses=read_uses(session, client_id, known_at),
        contacts=read_contacts(session, client_id, plans.values(), known_at),
        cases=read_cases(session, client_id, known_at, opened),
        on_sale=read_on_sale(session, {plan.code for plan in plans.values()}),
        service_names=read_service_names(session),
    )


def _dealt_with(session: Session, client_id: int, known_at: datetime | None) -> set[int]:
    """The sellers that gave the client hours, or worked for it."""
    sellers: set[int] = set()
    for table in (Grant, WorkEntry):
        dealt = select(table.seller_id).where(table.client_id == client_id).distinct()
        if known_at is not None:
            dealt = dealt.where(table.recorded_at <= known_at)
        sellers |= set(session.exec(dealt))
    return sellers


def _time_zone(session: Session, pools: Mapping[int, HoursFacts]) -> str:
    """That of the client's first seller, else of the first seller there is."""
    known = [pool.time_zone for pool in pools.values()]
    known += session.exec(select(Seller.time_zone).order_by(col(Seller.id)).limit(1))
    return known[0] if known else "Europe/Moscow"


def _closed_overage(
    session: Session, client_id: int, pool: HoursFacts, covers: Sequence[Cover], plans: Mapping[int, PlanTerms]
) -> tuple[tuple[date, int], ...]:
    """What closed months charged as overage in the usage periods of these covers that reach back into them (D6)."""
    if pool.since is None:
        return ()
    opened, earliest = local_day(pool.since, pool.time_zone), date.max
    for cover in covers:
        plan = plans[cover.plan_version_id]
        if cover.ends_on + timedelta(days=plan.grace_days) > opened:
            earliest = min(earliest, cover.usage_period(opened, plan.included_per).starts_on)
    return overage_between(session, client_id, covers[0].seller_id, earliest, opened) if earliest < opened else ()


def read_plans(session: Session, version_ids: Collection[int]) -> dict[int, PlanTerms]:
    """The settings of plan versions that the desk needs, by their ids."""
    services = _services(session, version_ids)
    due_times = _due_times(session, version_ids)
    base = aliased(Plan)
    versions = select(PlanVersion, Plan, col(base.code)).join(Plan, col(Plan.id) == col(PlanVersion.plan_id))
    versions = versions.outerjoin(base, col(base.id) == col(Plan.requires_plan_id))
    versions = versions.where(col(PlanVersion.id).in_(version_ids))
    return {
        version.id: PlanTerms(
            plan_version_id=version.id,
            code=plan.code,
            version=version.version,
            rounding=rounding_policy(version),
            services=tuple(services[version.id]),
            included_per=version.included_per,
            over_limit=version.over_limit,
            overrun_percent=version.overrun_percent,
            overage_rate_minor=version.overage_rate_minor,
            currency=version.currency,
            grace_days=version.grace_days,
            expiring_days=version.expiring_days,
            low_balance_percent=version.low_balance_percent,
            hold_hours=version.hold_hours,
            kind_id=plan.kind_id,
            requires=required,
            name=plan.name,
            name_en=plan.name_en,
            **_promises(version, due_times[version.id]),
        )
        for version, plan, required in session.exec(versions)
    }


def _services(session: Session, version_ids: Collection[int]) -> dict[int, list[ServiceTerms]]:
    services: dict[int, list[ServiceTerms]] = defaultdict(list)
    offered = select(PlanService, Service.code).join(Service)
    offered = offered.where(col(PlanService.plan_version_id).in_(version_ids)).order_by(col(PlanService.id))
    for service, code in session.exec(offered):
        terms = ServiceTerms(
            code,
            service.draws_hours,
            service.minimum_minutes,
            service.included_count,
            service.count_months or 1,
            service.price_minor,
        )
        services[service.plan_version_id].append(terms)
    return services


def _promises(version: PlanVersion, due_times: list[DueTerms]) -> dict[str, Any]:
    return {
        "desk_hours": version.desk_hours,
        "due_times": tuple(due_times),
        "channels": tuple(map(Channel, version.channels.split())),
        "highest_line": version.highest_line,
        "requires_signature": version.requires_signature,
        "unpaid": version.unpaid,
        "named_contacts_only": version.named_contacts_only,
        "register_check_days": version.register_check_days,
        "warning_percents": read_percents(version.warning_percents),
        "warning_quiet_hours": version.warning_quiet_hours,
        "lapse_renewal": version.lapse_renewal,
    }


def _due_times(session: Session, version_ids: Collection[int]) -> dict[int, list[DueTerms]]:
    due_times: dict[int, list[DueTerms]] = defaultdict(list)
    promised = select(PlanDueTime).where(col(PlanDueTime.plan_version_id).in_(version_ids))
    for one in session.exec(promised.order_by(col(PlanDueTime.id))):
        due_times[one.plan_version_id].append(DueTerms(one.priority, one.respond_minutes, one.resolve_minutes))
    return due_times
