"""D2: counted services, two questions to an auditor a month, and those that are paid for separately."""

from datetime import date, timedelta
from typing import Any

import pytest

from contracts.money import Money
from contracts.policies import IncludedPer
from contracts.terms import Term
from entitlements.answers import CountView, Option, RuleResult
from entitlements.counts import count_period
from entitlements.covers import ClientFacts, CoverKind, UseFacts
from entitlements.decision import decide
from entitlements.hours import local_day
from entitlements.plan_terms import ServiceTerms
from entitlements.reasons import Reason, Verdict
from tests.entitlements.facts_builders import MOSCOW, SELLER, ask, client, cover, moment, pool, under

QUESTION = ServiceTerms("question", False, included_count=2)
VISIT = ServiceTerms("visit", True, 60, included_count=1, count_months=3)
ADVICE = ServiceTerms("advice", False, price_minor=150_000)
PLANS = under(services=(QUESTION, VISIT, ADVICE, ServiceTerms("portal", False)))


def use(at: str, service: str = "question", returned: str | None = None, **changes: Any) -> UseFacts:
    """A use under the subscription 1."""
    used_at = moment(at)
    given = {"kind": CoverKind.SUBSCRIPTION, "cover_id": 1, "service": service} | changes
    return UseFacts(
        **given,
        used_at=used_at,
        used_on=local_day(used_at, MOSCOW),
        returned_at=moment(returned) if returned else None,
    )


def having(*uses: UseFacts, **changes: Any) -> ClientFacts:
    return client(cover(), plans=PLANS, uses=uses, **changes)


def feature(at: str = "2026-10-15 12:00", service: str = "question") -> Any:
    return ask(at, service=None, feature=service)


def left(facts: ClientFacts, at: str = "2026-10-15 12:00", service: str = "question") -> int:
    [count] = [one for one in decide(facts, feature(at)).counts if one.service == service]
    return count.available


def test_the_last_use_of_the_period_is_the_last_d2() -> None:
    for uses, reason in (([], Reason.COVERED), (["2026-10-02"], Reason.COVERED)):
        assert decide(having(*map(use, uses)), feature()).reason is reason
    answer = decide(having(use("2026-10-02"), use("2026-10-14")), feature())
    assert (answer.reason, answer.verdict) == (Reason.COUNT_EXHAUSTED, Verdict.DENY)
    assert RuleResult("COUNT_AVAILABLE", False, "2.6", 1, 0) in answer.rules
    assert answer.counts[0] == CountView("question", 2, 2, date(2026, 10, 1), date(2026, 10, 31))


def test_of_several_counts_the_one_asked_about_is_told_first_d2() -> None:
    spent = having(use("2026-10-02", "visit"), use("2026-10-02"), use("2026-10-03"))
    for service in ("visit", "question"):
        assert decide(spent, feature(service=service)).counts[0].service == service


def test_uses_of_another_period_service_or_cover_do_not_count_d2() -> None:
    others = (
        use("2026-09-30 23:59:59"),
        use("2026-10-14", "visit"),
        use("2026-10-14", cover_id=2),
        use("2026-10-14", kind=CoverKind.FREE_PERIOD),
    )
    assert left(having(*others)) == 2


def test_a_use_counts_from_its_moment_and_until_it_is_given_back_d1() -> None:
    facts = having(use("2026-10-10 10:00", returned="2026-10-12 10:00"))
    told = [
        left(facts, at) for at in ("2026-10-10 09:59:59", "2026-10-10 10:00", "2026-10-12 09:59:59", "2026-10-12 10:00")
    ]
    assert told == [2, 1, 1, 2]


def test_a_feature_draws_no_hours_and_work_on_a_counted_service_takes_both_d2() -> None:
    empty = having(pools={SELLER: pool()})
    assert decide(empty, feature(service="visit")).reason is Reason.COVERED
    assert decide(empty, ask(service="visit")).reason is Reason.OVERAGE_NEEDS_APPROVAL
    assert decide(having(use("2026-10-14", "visit")), ask(service="visit")).reason is Reason.COUNT_EXHAUSTED


@pytest.mark.parametrize(("service", "reason"), [("portal", Reason.COVERED), ("disk", Reason.SERVICE_NOT_INCLUDED)])
def test_a_feature_that_is_not_counted_is_included_or_is_not_d2(service: str, reason: Reason) -> None:
    assert decide(having(), feature(service=service)).reason is reason


@pytest.mark.parametrize(
    ("months", "on", "starts_on", "ends_on"),
    [
        (1, "2026-02-28", "2026-01-31", "2026-03-01"),
        (1, "2026-03-01", "2026-03-01", "2026-03-31"),
        (3, "2026-01-31", "2026-01-31", "2026-05-01"),
        (3, "2026-04-30", "2026-01-31", "2026-05-01"),
        (3, "2026-05-01", "2026-05-01", "2026-07-31"),
        (6, "2026-11-30", "2026-07-31", "2026-12-01"),
        (12, "2026-11-30", "2026-01-31", "2026-12-01"),
        (3, "2025-01-01", "2026-01-31", "2026-05-01"),
        (3, "2027-01-01", "2026-10-31", "2026-12-01"),
    ],
)
def test_periods_are_counted_from_the_start_and_cut_at_the_end_of_the_term_t1(
    months: int, on: str, starts_on: str, ends_on: str
) -> None:
    """Ten months from 31.01.2026; before and after it the nearest period holds."""
    sold = cover(starts_on=date(2026, 1, 31), ends_on=date(2026, 12, 1), term_months=10)
    days = (date.fromisoformat(day) for day in (starts_on, ends_on))
    assert count_period(sold, months, date.fromisoformat(on)) == Term(*days)


@pytest.mark.parametrize("months", [1, 3, 6, 12])
@pytest.mark.parametrize("start", ["2026-01-29", "2026-01-31", "2024-02-29", "2025-10-31", "2026-04-01"])
def test_periods_tile_the_term_t1(months: int, start: str) -> None:
    term = Term.of_months(date.fromisoformat(start), 12)
    sold = cover(starts_on=term.starts_on, ends_on=term.ends_on)
    periods = list(dict.fromkeys(count_period(sold, months, term.starts_on + timedelta(n)) for n in range(term.days)))
    assert [one.starts_on for one in periods] == [term.starts_on, *(one.ends_on for one in periods[:-1])]
    assert (periods[-1].ends_on, len(periods)) == (term.ends_on, 12 // months)


def test_an_answer_holds_until_the_next_period_d1() -> None:
    facts = client(
        cover(), plans=under(services=(VISIT,), included_per=IncludedPer.TERM, expiring_days=-1), pools={SELLER: pool()}
    )
    assert decide(facts, feature(service="visit")).valid_until == moment("2027-01-01")


def test_another_cover_with_a_use_left_is_answered_from_d3() -> None:
    facts = client(cover(id=1), cover(id=2), plans=PLANS, uses=(use("2026-10-02"), use("2026-10-03")))
    answer = decide(facts, feature())
    assert answer.cover is not None
    assert (answer.reason, answer.cover.id) == (Reason.COVERED, 2)


def test_what_is_paid_for_separately_needs_a_word_and_names_its_price_d2() -> None:
    for question in (feature(service="advice"), ask(service="advice", minutes=600)):
        answer = decide(having(pools={SELLER: pool()}), question)
        assert (answer.reason, answer.verdict) == (Reason.SERVICE_PAID_SEPARATELY, Verdict.NEEDS_APPROVAL)
        assert answer.options == (Option("pay_separately", price=Money(150_000)),)
        assert answer.cost is not None
        assert (answer.cost.billed_minutes, answer.cost.amount) == (0, Money(150_000))
        assert [rule.clause for rule in answer.rules if not rule.holds] == ["2.7"]


def test_a_feature_takes_no_hours_where_there_are_some_d2() -> None:
    answer = decide(having(), feature())
    assert answer.cost is not None
    assert answer.hours is not None
    assert (answer.cost.billed_minutes, answer.hours.available_minutes) == (0, 480)


def test_an_answer_holds_until_a_use_known_by_now_begins_or_ceases_to_count_d1() -> None:
    facts = having(use("2026-10-10 10:00", returned="2026-10-12 10:00"), pools={SELLER: pool()})
    for at, until in (("2026-10-10 09:00", "2026-10-10 10:00"), ("2026-10-11", "2026-10-12 10:00")):
        assert decide(facts, feature(at)).valid_until == moment(until)
