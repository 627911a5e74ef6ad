"""D10: by when a served request is answered and solved."""

from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from contracts.policies import OverLimit
from entitlements.answers import Due, Warned
from entitlements.covers import Approval, ClientFacts
from entitlements.decision import decide
from entitlements.plan_terms import DueTerms
from entitlements.reasons import Reason
from tests.entitlements.facts_builders import MOSCOW, PLAN, SELLER, ask, client, cover, moment, plan, pool, under

HIGH, LOW = DueTerms("high", 60, 480), DueTerms("low", 240)
APPROVED = Approval("Орлова", "Ждём оплату", moment("2026-04-01"), moment("2026-05-20"))


def promising(*due_times: DueTerms, **changes: Any) -> ClientFacts:
    """A client whose plan promises so much; it is served without hours."""
    whole = cover(starts_on=date(2024, 1, 1), ends_on=date(2199, 1, 1))
    return client(whole, plans=under(due_times=due_times, **changes))


def due(facts: ClientFacts, at: str, **question: Any) -> Due | None:
    return decide(facts, ask(at, service="consultation", **question)).due


# 29.04.2026 is a Wednesday, 30.04 closes an hour earlier, 1.05 is a holiday before a weekend.
@pytest.mark.parametrize(
    ("at", "respond_by", "resolve_by"),
    [
        ("2026-04-29 10:00", "2026-04-29 11:00", "2026-04-29 18:00"),
        ("2026-04-29 10:00:30", "2026-04-29 11:00:30", "2026-04-30 09:00:30"),
        ("2026-04-29 17:30", "2026-04-30 09:30", "2026-04-30 16:30"),
        ("2026-04-29 23:00", "2026-04-30 10:00", "2026-04-30 17:00"),
        ("2026-04-30 16:30", "2026-05-04 09:30", "2026-05-04 16:30"),
        ("2026-05-02 12:00", "2026-05-04 10:00", "2026-05-04 17:00"),
        ("2024-11-02 16:30", "2024-11-05 09:30", "2024-11-05 16:30"),  # a Saturday that is worked until 17:00
        ("2025-03-07 16:30", "2025-03-10 09:30", "2025-03-10 16:30"),
        ("2026-12-31 10:00", "2027-01-11 10:00", "2027-01-11 17:00"),
    ],
)
def test_due_times_run_in_business_time_alone_d10(at: str, respond_by: str, resolve_by: str) -> None:
    found = due(promising(HIGH), at)
    named = "RU 09:00-18:00 Europe/Moscow"
    guessed = respond_by.startswith("2027")
    assert found == Due("high", moment(respond_by), moment(resolve_by), named, guessed=guessed)


def test_the_hours_are_the_plans_and_the_days_those_of_the_sellers_zone_d10() -> None:
    east = promising(HIGH, desk_hours="08:00-20:00")
    east = client(*east.covers, plans=east.plans, pools={SELLER: pool(time_zone="Asia/Kamchatka")})
    found = due(east, "2026-04-28 23:30")  # 08:30 of the next day there
    assert found is not None
    assert found.calendar == "RU 08:00-20:00 Asia/Kamchatka"
    assert found.respond_by == moment("2026-04-29 09:30", "Asia/Kamchatka")


@pytest.mark.parametrize(
    ("priority", "promise"), [("high", "high"), ("low", "low"), (None, "high"), ("P1", "high"), ("HIGH", "high")]
)
def test_a_priority_that_the_plan_does_not_know_is_its_first_and_the_answer_says_so_d10(
    priority: str | None, promise: str
) -> None:
    found = due(promising(HIGH, LOW), "2026-04-29 10:00", priority=priority)
    assert found is not None
    assert (found.priority, found.resolve_by is None) == (promise, promise == "low")
    asked = ask("2026-04-29 10:00", service="consultation", priority=priority)
    warned = Warned("PRIORITY_UNKNOWN") in decide(promising(HIGH, LOW), asked).warnings
    assert warned is (priority not in (None, "high", "low"))


def test_only_what_is_served_is_due_d10() -> None:
    facts = promising(HIGH)
    refused = decide(facts, ask("2026-04-29 10:00", service="training"))
    assert (refused.reason, refused.due) == (Reason.SERVICE_NOT_INCLUDED, None)
    held = decide(client(cover(), plans=under(due_times=(HIGH,)), pools={SELLER: pool()}), ask("2026-04-29 10:00"))
    assert (held.reason, held.due) == (Reason.OVERAGE_NEEDS_APPROVAL, None)


def test_a_plan_that_promises_nothing_has_nothing_due_d10() -> None:
    answer = decide(promising(), ask("2026-04-29 10:00", service="consultation", priority="high"))
    assert (answer.due, answer.warnings) == (None, ())


@pytest.mark.parametrize(
    ("at", "guessed"),
    [
        ("2024-03-07 10:00", False),
        ("2026-04-29 10:00", False),
        ("2026-12-30 17:30", True),  # due in 2027, of which the shortened days are not known
        ("2027-04-30 10:00", True),
        ("2028-02-01 10:00", True),
    ],
)
def test_a_year_without_a_decree_or_without_its_shortened_days_warns_d10(at: str, guessed: bool) -> None:
    answer = decide(promising(HIGH), ask(at, service="consultation"))
    assert answer.due is not None
    assert answer.due.guessed is guessed
    assert (Warned("CALENDAR_GUESSED") in answer.warnings) is guessed
    assert answer.reason is Reason.COVERED


def test_beyond_every_calendar_the_answer_stands_without_due_times_d10() -> None:
    assert due(promising(HIGH), "2098-12-31 23:59") is not None
    late = decide(promising(HIGH), ask("2099-01-01", service="consultation"))
    assert (late.reason, late.due) == (Reason.COVERED, None)


def test_of_several_covers_the_one_that_is_answered_from_makes_the_promise_d3_d10() -> None:
    covers = (cover(id=1, plan_version_id=PLAN + 1), cover(id=2))
    plans = under(due_times=(LOW,)) | {PLAN + 1: plan(plan_version_id=PLAN + 1, services=(), due_times=(HIGH,))}
    found = due(client(*covers, plans=plans, pools={SELLER: pool(time_zone=MOSCOW)}), "2026-04-29 10:00")
    assert found is not None
    assert found.priority == "low"


def test_who_is_served_by_an_override_has_the_promise_of_the_plan_d7_d10() -> None:
    held = client(cover(), plans=under(due_times=(HIGH,), over_limit=OverLimit.BLOCK), pools={SELLER: pool()})
    asks = ask("2026-04-29 10:00", minutes=60)
    assert decide(held, asks).due is None
    answer = decide(replace(held, approvals=(APPROVED,)), asks)
    assert answer.reason is Reason.COVERED_BY_OVERRIDE
    assert answer.due == decide(replace(held, plans=under(due_times=(HIGH,), over_limit=OverLimit.BILL)), asks).due
    assert answer.due is not None


def test_an_override_without_any_cover_promises_nothing_d7_d10() -> None:
    answer = decide(client(approvals=(APPROVED,)), ask("2026-04-29 10:00"))
    assert (answer.reason, answer.due) == (Reason.COVERED_BY_OVERRIDE, None)


def test_an_override_warns_of_a_priority_that_the_plan_does_not_have_d7_d10() -> None:
    plans = under(due_times=(HIGH,), over_limit=OverLimit.BLOCK)
    held = client(cover(), plans=plans, pools={SELLER: pool()}, approvals=(APPROVED,))
    answer = decide(held, ask("2026-04-29 10:00", minutes=60, priority="yesterday"))
    assert "PRIORITY_UNKNOWN" in {warned.code for warned in answer.warnings}
