"""The same work under other terms: a pool, and all that the desk rests on, as another plan makes them (rule H15).

Work, packages, bonus, goodwill, holds and what people decided stay facts. Weights, minimums and rounding follow the
plan that is tried, and so do the included minutes of the subscriptions in whose place it is tried.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from msgspec import Struct
from msgspec.structs import replace

from contracts.terms import ONE_DAY
from entitlements.calendar import load_calendar, weighted_hundredths
from entitlements.covers import ClientFacts, Cover, CoverKind
from entitlements.hours_facts import Entry, GrantKind, HoursFacts, Lot, LotOrigin
from entitlements.plan_terms import PlanTerms
from entitlements.rounding import RateZone
from entitlements.usage import UsageGrant, UsagePolicy, amended_usage, usage_grants

FIRST_TRIED_LOT = 10**12
"""The lots of a plan that is tried are numbered from here, above all stored grants."""
LOTS_OF_ONE = 10_000
"""More lots than one subscription can have."""


class Terms(Struct, frozen=True):
    """What a plan version says of hours: the settings that the desk needs, and how it gives minutes."""

    plan: PlanTerms
    usage: UsagePolicy
    bills_travel: bool = False

    def minimum_minutes(self, service: str) -> int:
        """The least that work is billed: the service's own minimum where the plan has one, else the plan's (H3)."""
        known = self.plan.service(service)
        own = known.minimum_minutes if known is not None else None
        return self.plan.rounding.minimum_minutes if own is None else own


class Exchange(Struct, frozen=True):
    """The terms that hold and those that are tried in their place; `same_version` where only settings differ."""

    held: Terms
    tried: Terms
    same_version: bool

    @property
    def keeps_weights(self) -> bool:
        """Whether a minute worked counts what it counted."""
        return self.same_version and _rates(self.held) == _rates(self.tried)

    @property
    def keeps_minutes(self) -> bool:
        """Whether a subscription is given what it was given."""
        return self.same_version and self.held.usage == self.tried.usage


class Trial(Struct, frozen=True):
    """What is tried: in place of which subscriptions, by the plan versions that they are on."""

    seller_id: int
    subscription_ids: frozenset[int]
    exchanges: dict[int, Exchange]


class Worked(Struct, frozen=True):
    """What was worked, as it was reported; minutes are negative where work is taken back.

    `stretches` are those of a timer, `travel_minutes` the way to a visit and back.
    """

    minutes: int
    service: str
    timed: bool
    work_on: date
    travel_minutes: int = 0
    stretches: tuple[tuple[datetime, int], ...] = ()


class Record(Struct, frozen=True):
    """What the facts of hours do not say of the pool: its work by entry, and what each subscription was given.

    `opened_on` is the first day that was open when a subscription was sold: closed months are given nothing any more.
    """

    works: dict[int, Worked]
    granted: dict[int, int]
    opened_on: dict[int, date]


def tried_facts(facts: ClientFacts, trial: Trial, record: Record) -> ClientFacts:
    """All that the desk's answer rests on, as it is under the plan that is tried; every pool is read from zero."""
    pool = facts.pools.get(trial.seller_id)
    pools = {} if pool is None else {trial.seller_id: tried_pool(pool, facts.covers, trial, record)}
    tried = {one.tried.plan.plan_version_id: one.tried.plan for one in trial.exchanges.values()}
    covers = tuple(_tried_cover(cover, trial) if _is_tried(cover, trial) else cover for cover in facts.covers)
    return replace(facts, covers=covers, plans={**facts.plans, **tried}, pools={**facts.pools, **pools})


def _is_tried(cover: Cover, trial: Trial) -> bool:
    return cover.kind is CoverKind.SUBSCRIPTION and cover.id in trial.subscription_ids


def _tried_cover(cover: Cover, trial: Trial) -> Cover:
    return replace(cover, plan_version_id=trial.exchanges[cover.plan_version_id].tried.plan.plan_version_id)


def tried_pool(pool: HoursFacts, covers: Sequence[Cover], trial: Trial, record: Record) -> HoursFacts:
    """The facts of a pool since the beginning, as they are under the plan that is tried."""
    parts: dict[int, list[Cover]] = {}
    for cover in covers:
        if _is_tried(cover, trial):
            parts.setdefault(cover.id, []).append(cover)
    changed = {one: own for one, own in parts.items() if not _keeps_minutes(own, trial)}
    given_to = [record.granted.get(lot.source_id) if lot.origin is LotOrigin.GRANT else None for lot in pool.lots]
    lots = [lot for lot, subscription_id in zip(pool.lots, given_to, strict=True) if subscription_id not in changed]
    for subscription_id, own in changed.items():
        lots += included_lots(own, trial.exchanges, record.opened_on.get(subscription_id, date.min))
    return replace(
        pool,
        lots=tuple(lots),
        entries=tuple(_tried_entry(entry, pool, trial, record) for entry in pool.entries),
        policies={
            **pool.policies,
            **{one.tried.plan.plan_version_id: one.tried.plan.rounding for one in trial.exchanges.values()},
        },
    )


def _keeps_minutes(parts: Sequence[Cover], trial: Trial) -> bool:
    return all(trial.exchanges[part.plan_version_id].keeps_minutes for part in parts)


def included_lots(parts: Sequence[Cover], exchanges: Mapping[int, Exchange], opened_on: date) -> list[Lot]:
    """The included minutes of one subscription under the terms that are tried (H5, H6).

    As a sale, an amendment and a cancellation give them and take them back (S5, S9, S11): `parts` are what the
    subscription is from which day on.
    """
    first, terms = parts[0], exchanges[parts[0].plan_version_id].tried
    day = max(first.first_day, opened_on)
    given = usage_grants(first.term, first.term_months, terms.usage)
    lots = [_lot(one, terms.usage, day) for one in given if one.term.ends_on > day]
    for part in parts[1:]:
        new, on = exchanges[part.plan_version_id].tried, part.first_day
        if new.plan.plan_version_id != terms.plan.plan_version_id:
            usage = amended_usage(first.term, first.term_months, terms.usage, new.usage, on)
            lots = [_void(lot, on) if usage.starts_over or lot.starts_on >= on else lot for lot in lots]
            lots += [_lot(one, new.usage, on) for one in usage.grants]
        terms = new
    ended = next((part.cancelled_on for part in parts if part.cancelled_on is not None), None)
    if ended is not None:
        lots = [_void(lot, ended + ONE_DAY) for lot in lots]
    number = FIRST_TRIED_LOT + first.id * LOTS_OF_ONE
    return [replace(lot, source_id=number + place) for place, lot in enumerate(lots)]


def _lot(usage: UsageGrant, policy: UsagePolicy, day: date) -> Lot:
    rolls = usage.rollover_ends_on is not None
    return Lot(
        LotOrigin.GRANT,
        0,
        GrantKind.INCLUDED,
        usage.minutes,
        max(usage.term.starts_on, day),
        usage.term.ends_on,
        rollover_cap_minutes=policy.rollover_cap_minutes if rolls else 0,
        rollover_ends_on=usage.rollover_ends_on,
    )


def _void(lot: Lot, on: date) -> Lot:
    return replace(lot, voided_on=on if lot.voided_on is None else min(lot.voided_on, on))


def _tried_entry(entry: Entry, pool: HoursFacts, trial: Trial, record: Record) -> Entry:
    """The entry weighed anew where a plan is tried in place of the one that it was under."""
    exchange = trial.exchanges.get(entry.plan_version_id or 0)
    if exchange is None:
        return entry
    tried, worked = exchange.tried, record.works[entry.id]
    return replace(
        entry,
        plan_version_id=tried.plan.plan_version_id,
        minimum_minutes=tried.minimum_minutes(worked.service),
        weighted_hundredths=entry.weighted_hundredths if exchange.keeps_weights else _weigh(entry, worked, pool, tried),
    )


def _weigh(entry: Entry, worked: Worked, pool: HoursFacts, terms: Terms) -> int:
    """What was worked times the per cent of its rate zones, by the working calendar as it is known now (H3)."""
    calendar, minutes = load_calendar(pool.country, pool.time_zone), abs(worked.minutes)
    whole = ((entry.started_at, minutes),) if worked.timed else ()
    parts = calendar.work_parts(worked.stretches or whole, worked.work_on, minutes)
    weighed = weighted_hundredths(parts, terms.plan.rounding)
    weighed += 100 * abs(worked.travel_minutes) if terms.bills_travel else 0
    return weighed if worked.minutes > 0 or worked.travel_minutes > 0 else -weighed


def _rates(terms: Terms) -> tuple[bool, list[int]]:
    return terms.bills_travel, [terms.plan.rounding.percent(zone) for zone in RateZone]
