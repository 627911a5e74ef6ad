"""By when a served request is answered and solved: the plan's promise on the seller's working calendar (rule D10)."""

from datetime import datetime

from contracts.business_hours import business_hours
from entitlements.answers import Due
from entitlements.calendar import YEARS, Certainty, WorkingCalendar, load_calendar
from entitlements.case import Case
from entitlements.plan_terms import DueTerms, PlanTerms

LAST_YEAR = YEARS[-2]
"""The last year in which a request may come: its promise can run into the year after."""


def due_of(case: Case) -> Due | None:
    """The due times of a served request; none where the plan promises none, or no calendar reaches that far."""
    plan, at = case.plan, case.question.at
    promise = _promise(plan, case.question.priority)
    if promise is None or case.on.year > LAST_YEAR:
        return None
    pool = case.facts.pools[case.cover.seller_id]
    calendar = load_calendar(pool.country, pool.time_zone, *business_hours(plan.desk_hours))
    respond_by = calendar.due_at(at, promise.respond_minutes)
    resolve_by = None if promise.resolve_minutes is None else calendar.due_at(at, promise.resolve_minutes)
    named = f"{pool.country} {plan.desk_hours} {pool.time_zone}"
    return Due(promise.priority, respond_by, resolve_by, named, _is_guessed(calendar, at, resolve_by or respond_by))


def _promise(plan: PlanTerms, priority: str | None) -> DueTerms | None:
    """That of the priority, else the first: a desk's own words for priorities stop no request, and the answer warns."""
    named = (promise for promise in plan.due_times if promise.priority == priority)
    return next(named, plan.due_times[0] if plan.due_times else None)


def _is_guessed(calendar: WorkingCalendar, at: datetime, until: datetime) -> bool:
    """Whether a day that the time runs through may close earlier, or be off, without our knowing."""
    return any(calendar.certainty_of(calendar.day_of(moment)) is not Certainty.DECREED for moment in (at, until))
