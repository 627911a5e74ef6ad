"""Until when an answer holds: the next instant at which it can change by the clock alone (rule D1)."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta

from contracts.terms import ONE_DAY, next_month
from entitlements.counts import count_period
from entitlements.covers import ClientFacts, Cover
from entitlements.hours import HoursAccount, closes_on, day_starts_at, local_day
from entitlements.hours_facts import HoursFacts
from entitlements.plan_terms import PlanTerms


def next_change(facts: ClientFacts, accounts: Mapping[int, HoursAccount], at: datetime) -> datetime | None:
    """The next instant, in UTC, at which an answer given at `at` can change although no fact is added."""
    surrendered = [copy.surrendered_on for copy in facts.registrations if copy.surrendered_on is not None]
    instants = [_midnight_after(local_day(at, facts.time_zone), surrendered, facts.time_zone)]
    for seller_id, hours in accounts.items():
        pool = facts.pools[seller_id]
        covers = [cover for cover in facts.covers if cover.seller_id == seller_id]
        days = [*_days_of_pool(pool, hours), *surrendered]
        days += [next_month(case.month) for case in facts.cases if case.seller_id == seller_id]
        for cover in covers:
            plan = facts.plans[cover.plan_version_id]
            days += [*_days_of_cover(cover, plan, hours.on), *_days_of_register(facts, plan, pool.time_zone)]
        instants.append(_midnight_after(hours.on, days, pool.time_zone))
        instants += _instants_of_pool(pool, at)
    instants += [instant for cover in facts.covers for stop in cover.stops for instant in (stop.from_at, stop.until_at)]
    instants += [instant for one in facts.approvals for instant in (one.from_at, one.until_at)]
    instants += [instant for case in facts.cases for instant in case.moments]
    instants += [instant for contact in facts.contacts for instant in contact.moments]
    instants += [instant for use in facts.uses for instant in (use.used_at, use.returned_at)]
    return min((instant for instant in instants if instant is not None and instant > at), default=None)


def _midnight_after(today: date, days: Iterable[date], time_zone: str) -> datetime | None:
    """The first instant of the first of the days that is still to come."""
    first = min([day for day in days if day > today], default=None)
    return None if first is None else day_starts_at(first, time_zone)


def _instants_of_pool(pool: HoursFacts, at: datetime) -> Iterator[datetime]:
    for reserve in pool.reserves:
        yield reserve.placed_at
        yield reserve.expires_at if reserve.ended_at is None else reserve.ended_at
    for entry in pool.entries:
        if entry.counts_at >= at:
            yield entry.counts_at + timedelta.resolution  # it counts after its moment, not at it


def _days_of_pool(pool: HoursFacts, hours: HoursAccount) -> Iterator[date]:
    for lot in pool.lots:
        yield lot.starts_on
    for state in hours.lots:
        yield closes_on(state.lot)


def _days_of_cover(cover: Cover, plan: PlanTerms, on: date) -> Iterator[date]:
    ends_on = cover.served.ends_on if cover.cancelled_on is None else cover.cancelled_on + ONE_DAY
    yield cover.first_day
    if not cover.has_successor:
        yield ends_on - timedelta(days=1 + plan.expiring_days)
    yield ends_on
    yield ends_on + timedelta(days=cover.grace_days(plan))
    yield cover.usage_period(on, plan.included_per).ends_on
    for service in plan.services:
        if service.included_count is not None:
            yield count_period(cover, service.count_months, on).ends_on
    if cover.signed_on is not None:
        yield cover.signed_on
    yield from (day + ONE_DAY for day in (cover.paid_until, cover.served_unpaid_until) if day is not None)


def _days_of_register(facts: ClientFacts, plan: PlanTerms, time_zone: str) -> Iterator[date]:
    """The days on which what the vendor's register holds begins, ends, is about to end (S8), or is old (D11)."""
    for copy in facts.registrations:
        if copy.observed_at is not None and plan.register_check_days is not None:
            yield local_day(copy.observed_at, time_zone) + timedelta(days=1 + plan.register_check_days)
        for period in copy.registered:
            if period.starts_on is not None:
                yield period.starts_on
            if period.ends_on is not None:
                yield period.ends_on
                yield period.ends_on - timedelta(days=1 + plan.expiring_days)
