"""Of how much of a pool's hours somebody is warned, the furthest share once in a usage period (rule H13)."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from msgspec import Struct

from entitlements.answers import HoursView
from entitlements.plan_terms import PlanTerms


class Warned(Struct, frozen=True, array_like=True):
    """The last warning about a pool: in which usage period, at which share in per cent, and when."""

    period_starts_on: date
    percent: int
    warned_at: datetime


class ServedPool(Struct, frozen=True):
    """The hours with a seller that serves, as a cover tells them, and the plan of the cover."""

    seller_id: int
    hours: HoursView
    plan: PlanTerms


class Look(Struct, frozen=True):
    """The last warning about each pool, by the seller's id, and when a warning that waits is due."""

    warned: dict[int, Warned]
    due_at: datetime | None


def latest_pools(pools: Iterable[ServedPool]) -> dict[int, ServedPool]:
    """By the seller's id; of several covers the one whose usage period began last tells the period of the pool."""
    latest: dict[int, ServedPool] = {}
    for pool in pools:
        known = latest.get(pool.seller_id)
        if known is None or pool.hours.period_starts_on > known.hours.period_starts_on:
            latest[pool.seller_id] = pool
    return latest


def look_at_hours(pools: Mapping[int, ServedPool], before: Mapping[int, Warned], at: datetime) -> Look:
    """What was warned of by a moment, given what was before.

    A share that was reached once in a period is never told again, however the hours come and go. The next one waits
    until the plan's quiet hours after the last warning are over, and is told then only if it is still reached.
    """
    warned, waits = dict(before), []
    for seller_id, pool in pools.items():
        last, percent = before.get(seller_id), reached_percent(pool.hours, pool.plan.warning_percents)
        period = pool.hours.period_starts_on
        if percent is None or (last is not None and (period, percent) <= (last.period_starts_on, last.percent)):
            continue
        quiet_until = at if last is None else last.warned_at + timedelta(hours=pool.plan.warning_quiet_hours)
        if quiet_until > at:
            waits.append(quiet_until)
        else:
            warned[seller_id] = Warned(period, percent, at)
    return Look(warned, min(waits, default=None))


def reached_percent(hours: HoursView, percents: Iterable[int]) -> int | None:
    """The furthest of the shares that used and held minutes have reached; none where no minutes are given."""
    taken = 100 * (hours.used_minutes + hours.held_minutes)
    reached = (percent for percent in percents if hours.given_minutes and taken >= percent * hours.given_minutes)
    return max(reached, default=None)
