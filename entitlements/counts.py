"""What is left of the counted services of a plan: two questions to an auditor a month, a visit a quarter (rule D2)."""

from collections.abc import Iterator
from datetime import date

from contracts.terms import Term, boundary
from entitlements.answers import CountView, Question
from entitlements.covers import ClientFacts, Cover, UseFacts
from entitlements.plan_terms import PlanTerms, ServiceTerms


def counts_of(facts: ClientFacts, cover: Cover, plan: PlanTerms, question: Question, on: date) -> Iterator[CountView]:
    """Each counted service of the plan, with the uses of its period that count at the moment of the question.

    Uses are told by their moment alone, so an answer about the past leaves out what was used later (D1).
    """
    for service in plan.services:
        if service.included_count is None:
            continue
        period = count_period(cover, service.count_months, on)
        used = sum(use.counts(question.at) for use in _uses_of(facts, cover, service.code, period))
        yield CountView(service.code, service.included_count, used, period.starts_on, period.last_day)


def is_used_up(facts: ClientFacts, cover: Cover, service: ServiceTerms, on: date) -> bool:
    """Whether all uses of the period that holds the day are taken by what is known now, whenever in it that was."""
    period = count_period(cover, service.count_months, on)
    taken = sum(use.returned_at is None for use in _uses_of(facts, cover, service.code, period))
    return service.included_count is not None and taken >= service.included_count


def _uses_of(facts: ClientFacts, cover: Cover, service: str, period: Term) -> Iterator[UseFacts]:
    """The uses of a service that the period's count is taken by; the last one goes on in the days of grace."""
    is_last = period.ends_on >= cover.ends_on
    for use in facts.uses:
        own = use.service == service and (use.kind, use.cover_id) == (cover.kind, cover.id)
        if own and period.starts_on <= use.used_on and (is_last or use.used_on < period.ends_on):
            yield use


def count_period(cover: Cover, months: int, on: date) -> Term:
    """So many months of the cover's term, counted from its start; the last ones are cut at its end (T1).

    Outside the term it is the nearest one, as of hours: service in the days of grace takes from the last period.
    """
    month = cover.term.month_at(on)
    start = cover.starts_on
    passed = (month.starts_on.year - start.year) * 12 + month.starts_on.month - start.month
    if boundary(start, passed) > month.starts_on:
        passed -= 1
    first = passed - passed % months
    return Term(boundary(start, first), min(boundary(start, first + months), cover.ends_on))
