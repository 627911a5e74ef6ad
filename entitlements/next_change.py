"""Until when an answer holds: the next instant at which it can change by the clock alone (rule D1)."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta

from entitlements.covers import ClientFacts, Cover, CoverKind, PlanTerms
from entitlements.hours import HoursAccount, closes_on, day_starts_at, local_day


def next_change(facts: ClientFacts, accounts: Mapping[int, HoursAccount], at: datetime) -> datetime | None:
    """The next instant, in UTC, at which an answer given at `at` can change although no fact is added."""
    return min((instant for instant in _instants(facts, accounts, at) if instant > at), default=None)


def _instants(facts: ClientFacts, accounts: Mapping[int, HoursAccount], at: datetime) -> Iterator[datetime]:
    for seller_id, hours in accounts.items():
        pool = facts.pools[seller_id]
        yield from _midnight_after(hours.on, _days_of_seller(facts, seller_id, hours), pool.time_zone)
        for reserve in pool.reserves:
            yield reserve.placed_at
            yield reserve.expires_at if reserve.ended_at is None else reserve.ended_at
        for entry in pool.entries:
            yield entry.counts_at + timedelta.resolution  # it counts after its moment, not at it
    for cover in facts.covers:
        for stop in cover.stops:
            yield from (instant for instant in (stop.from_at, stop.until_at) if instant is not None)
    yield from _midnight_after(local_day(at, facts.time_zone), _days_of_surrender(facts), facts.time_zone)


def _midnight_after(today: date, days: Iterator[date], time_zone: str) -> Iterator[datetime]:
    first = min((day for day in days if day > today), default=None)
    if first is not None:
        yield day_starts_at(first, time_zone)


def _days_of_seller(facts: ClientFacts, seller_id: int, hours: HoursAccount) -> Iterator[date]:
    for cover in facts.covers:
        if cover.seller_id == seller_id:
            yield from _days_of_cover(cover, facts.plans[cover.plan_version_id], hours.on)
    for lot in facts.pools[seller_id].lots:
        yield lot.starts_on
    for state in hours.lots:
        yield closes_on(state.lot)
    yield from _days_of_surrender(facts)


def _days_of_cover(cover: Cover, plan: PlanTerms, on: date) -> Iterator[date]:
    yield cover.starts_on
    yield cover.term.last_day - timedelta(days=plan.expiring_days)
    yield cover.ends_on
    yield cover.ends_on + timedelta(days=plan.grace_days if cover.kind is CoverKind.SUBSCRIPTION else 0)
    yield cover.usage_period(on, plan.included_per).ends_on


def _days_of_surrender(facts: ClientFacts) -> Iterator[date]:
    return (day for registration in facts.registrations if (day := registration.surrendered_on) is not None)
