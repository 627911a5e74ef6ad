"""What is left of the counted services of a plan: two questions to an auditor a month, a visit a quarter (rule D2)."""

from collections.abc import Iterator
from datetime import date

from contracts.terms import Term, boundary
from entitlements.answers import CountView, Question
from entitlements.covers import ClientFacts, Cover
from entitlements.plan_terms import PlanTerms


def counts_of(facts: ClientFacts, cover: Cover, plan: PlanTerms, question: Question, on: date) -> Iterator[CountView]:
    """Each counted service of the plan, with the uses of its period that count at the moment of the question.

    Uses are told by their moment alone, so an answer about the past leaves out what was used later (D1).
    """
    for service in plan.services:
        if service.included_count is None:
            continue
        period = count_period(cover, service.count_months, on)
        used = sum(
            use.service == service.code
            and (use.kind, use.cover_id) == (cover.kind, cover.id)
            and period.starts_on <= use.used_on
            and use.counts(question.at)
            for use in facts.uses
        )
        yield CountView(service.code, service.included_count, used, period.starts_on, period.last_day)


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
