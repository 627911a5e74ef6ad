"""Which minutes a subscription or a free period gives, and when (rules H5, H6, S3)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from contracts.money import divide
from contracts.policies import FirstMonth, IncludedPer
from contracts.terms import Term, boundary, first_of_month


@dataclass(frozen=True, slots=True)
class UsagePolicy:
    """How many minutes each usage period gives, and how the unused ones roll over."""

    included_minutes: int
    per: IncludedPer = IncludedPer.SUBSCRIPTION_MONTH
    first_month: FirstMonth = FirstMonth.FULL
    rollover_cap_minutes: int = 0
    rollover_periods: int = 0


@dataclass(frozen=True, slots=True)
class UsageGrant:
    """Minutes given for one usage period; rolled ones live until `rollover_ends_on`, none without roll-over."""

    term: Term
    minutes: int
    rollover_ends_on: date | None


def usage_grants(term: Term, months: int, policy: UsagePolicy) -> Iterator[UsageGrant]:
    """The minutes that a term of so many months gives, one grant a usage period, in order (H5).

    A term of m months gives m times the included minutes, in whatever periods; per `term` it gives them once. Per
    calendar month the first, partial month counts as a whole one (and the last day's month gives nothing), or it gives
    its share by days and the last one the rest.
    """
    rolls = policy.rollover_cap_minutes > 0 and policy.rollover_periods > 0
    for index, (period, minutes) in enumerate(_periods(term, months, policy)):
        if minutes > 0:
            until = _period_end(term, months, index + policy.rollover_periods, policy.per) if rolls else None
            yield UsageGrant(period, minutes, until)


@dataclass(frozen=True, slots=True)
class AmendedUsage:
    """The minutes that another policy gives from a day on, besides those that the old one gave for periods that run.

    `starts_over` tells that nothing given so far is kept from that day on.
    """

    starts_over: bool
    grants: tuple[UsageGrant, ...]


def amended_usage(term: Term, months: int, old: UsagePolicy, new: UsagePolicy, on: date) -> AmendedUsage:
    """What a change of policy inside a term gives (S9).

    Usage periods that begin on the day or later are the new policy's. For the days left of the period that runs, more
    minutes are given at once, fewer take nothing back. Minutes for the whole term start over when they become fewer, or
    are given by months from then on: the days left get their share of the new ones.
    """
    coming = tuple(usage for usage in usage_grants(term, months, new) if usage.term.starts_on >= on)
    had, has = (_running_share(term, months, policy, on) for policy in (old, new))
    by_term = old.per is IncludedPer.TERM
    starts_over = by_term and (new.per is not IncludedPer.TERM or has.minutes < had.minutes)
    minutes = has.minutes - (0 if starts_over else had.minutes)
    return AmendedUsage(starts_over, (replace(has, minutes=minutes), *coming) if minutes > 0 else coming)


def _running_share(term: Term, months: int, policy: UsagePolicy, on: date) -> UsageGrant:
    """The share of the days left, `on` included, of the period that began before it; no minutes when none did."""
    for usage in usage_grants(term, months, policy):
        if usage.term.starts_on < on < usage.term.ends_on:
            left = Term(on, usage.term.ends_on)
            return UsageGrant(left, divide(usage.minutes * left.days, usage.term.days), None)
    return UsageGrant(Term(on, term.ends_on), 0, None)


def _periods(term: Term, months: int, policy: UsagePolicy) -> Iterator[tuple[Term, int]]:
    included = policy.included_minutes
    if policy.per is IncludedPer.TERM:
        yield term, included
    elif policy.per is IncludedPer.SUBSCRIPTION_MONTH:
        for month in term.months():
            yield month, included
    else:
        left = months * included
        parts = list(term.calendar_months())
        for part in parts:
            whole = part is not parts[0] or policy.first_month is FirstMonth.FULL
            days = Term.calendar_month(part.starts_on).days
            minutes = min(left, included if whole else divide(included * part.days, days))
            left -= minutes
            yield part, minutes


def _period_end(term: Term, months: int, index: int, per: IncludedPer) -> date:
    """The end of the usage period of that index, counted from the start of the term, also beyond its end."""
    if per is IncludedPer.TERM:
        return boundary(term.starts_on, months * (index + 1))
    start = term.starts_on if per is IncludedPer.SUBSCRIPTION_MONTH else first_of_month(term.starts_on)
    return boundary(start, index + 1)
