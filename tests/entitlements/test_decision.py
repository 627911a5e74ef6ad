"""D1, D2, D3, D5, D6, S2, T4 and T5: may this request be served, and out of which hours."""

from datetime import date, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from contracts.clauses import CLAUSES
from contracts.money import Money
from contracts.policies import Channel, IncludedPer, OverLimit, Unpaid
from contracts.standing import Standing
from entitlements.answers import CaseView, Decision, Option, Question, Warned
from entitlements.case_states import CaseState
from entitlements.covers import (
    Approval,
    CaseFacts,
    ClientFacts,
    Cover,
    CoverKind,
    RegisteredPeriod,
    RegistrationFacts,
    UseFacts,
)
from entitlements.decision import decide
from entitlements.hours_facts import Charge, GrantKind, HoursFacts, Lot
from entitlements.plan_terms import ServiceTerms
from entitlements.reasons import Reason, Verdict
from entitlements.rounding import RoundingPolicy
from tests.entitlements.facts_builders import (
    DECEMBER,
    OCTOBER,
    PACKAGES,
    PLAN,
    SELLER,
    ask,
    client,
    cover,
    hold,
    lot,
    moment,
    named,
    plan,
    pool,
    stop,
    under,
    work,
)
from tests.entitlements.random_facts import a_client, a_question, for_any

EMPTY = {SELLER: pool()}
BLOCK, APPROVE, BILL = under(over_limit=OverLimit.BLOCK), under(), under(over_limit=OverLimit.BILL)


def given(minutes: int, *lots: Lot, **changes: Any) -> dict[int, HoursFacts]:
    """A pool with so many included minutes for October."""
    return {SELLER: pool([lot(GrantKind.INCLUDED, minutes), *lots], **changes)}


def basic(number: str = "800", **changes: Any) -> RegistrationFacts:
    """A basic copy, for which the vendor's line gives consultation and updates (S2)."""
    return RegistrationFacts(number, ("consultation", "updates"), **changes)


SUSPENDED = cover(stops=(stop("2026-10-01"),))
CANCELLED = cover(cancelled_on=date(2026, 9, 30))
OTHERS = RegistrationFacts("800", registered=(RegisteredPeriod(0, date(2026, 4, 1), None, by_other=True),))
OVERDUE = cover(paid_until=date(2026, 9, 20), served_unpaid_until=date(2026, 9, 25))
DUE = cover(paid_until=date(2026, 10, 14), served_unpaid_until=date(2026, 10, 20))
APPROVED_UNPAID = under(unpaid=Unpaid.APPROVE)
ONLY_NAMED = under(named_contacts_only=True)
ANNA, PETR = ("anna@example.org", "+74951234567"), ("petr@example.org",)
BY_ANNA: dict[str, Any] = {"plans": ONLY_NAMED, "contacts": (named(*ANNA),)}
CHECKED = under(register_check_days=30)
ANSWERED = (RegistrationFacts("800", observed_at=moment("2026-09-10 12:00")),)
TO_SIGN = under(requires_signature=True)
SIGNED = cover(signed_on=date(2026, 10, 15))
NEEDS_BASE = under(requires="base")
FREE = cover(kind=CoverKind.FREE_PERIOD)
APPROVED = Approval("Орлова", "Ждём оплату", moment("2026-10-01"), moment("2026-10-20"))
BY_PHONE, UP_TO_SPECIALISTS = under(channels=(Channel.PHONE, Channel.EMAIL)), under(highest_line=2)
COUNTED = under(services=(ServiceTerms("visit", False, included_count=1),))
PRICED = under(services=(ServiceTerms("visit", False, price_minor=100_000),))
USED = UseFacts(CoverKind.SUBSCRIPTION, 1, "visit", moment("2026-10-02"), date(2026, 10, 2))
CONSULTATION = {"service": "consultation"}

ROWS: list[tuple[Reason, Verdict, ClientFacts, Question]] = [
    (Reason.NO_CONTRACT, Verdict.DENY, client(), ask()),
    (Reason.CONTRACT_NOT_STARTED, Verdict.DENY, client(cover()), ask("2026-03-31 23:59")),
    (Reason.CONTRACT_CANCELLED, Verdict.DENY, client(CANCELLED), ask("2026-10-01")),
    (Reason.CONTRACT_SUSPENDED, Verdict.DENY, client(SUSPENDED), ask()),
    (Reason.CONTRACT_LAPSED, Verdict.DENY, client(cover()), ask("2027-04-01")),
    (Reason.HELD_BY_OTHER_PARTNER, Verdict.DENY, client(cover(), registrations=(OTHERS,)), ask()),
    (Reason.NOT_SIGNED, Verdict.DENY, client(cover(), plans=TO_SIGN), ask()),
    (Reason.PAYMENT_OVERDUE, Verdict.DENY, client(OVERDUE), ask()),
    (Reason.PRODUCT_NOT_COVERED, Verdict.DENY, client(cover()), ask(registration_number="801")),
    (Reason.BASE_PLAN_INACTIVE, Verdict.DENY, client(cover(), plans=NEEDS_BASE), ask()),
    (Reason.CONTACT_NOT_NAMED, Verdict.DENY, client(cover(), **BY_ANNA), ask(contact=PETR)),
    (Reason.SERVICE_NOT_INCLUDED, Verdict.DENY, client(cover()), ask(service="training")),
    (Reason.CHANNEL_NOT_INCLUDED, Verdict.DENY, client(cover(), plans=BY_PHONE), ask(channel=Channel.CHAT)),
    (Reason.LINE_NOT_INCLUDED, Verdict.DENY, client(cover(), plans=UP_TO_SPECIALISTS), ask(line=3)),
    (Reason.COUNT_EXHAUSTED, Verdict.DENY, client(cover(), plans=COUNTED, uses=(USED,)), ask(service="visit")),
    (Reason.HOURS_EXHAUSTED, Verdict.DENY, client(cover(), plans=BLOCK, pools=EMPTY), ask()),
    (Reason.REQUEST_EXCEEDS_BALANCE, Verdict.DENY, client(cover(), plans=BLOCK, pools=given(30)), ask(minutes=31)),
    (
        Reason.OVERRUN_LIMIT_REACHED,
        Verdict.DENY,
        client(cover(), plans=under(over_limit=OverLimit.BILL, overrun_percent=10), pools=given(60)),
        ask(minutes=75),
    ),
    (Reason.PAYMENT_OVERDUE_HOLD, Verdict.NEEDS_APPROVAL, client(OVERDUE, plans=APPROVED_UNPAID), ask()),
    (Reason.SERVICE_PAID_SEPARATELY, Verdict.NEEDS_APPROVAL, client(cover(), plans=PRICED), ask(service="visit")),
    (Reason.OVERAGE_NEEDS_APPROVAL, Verdict.NEEDS_APPROVAL, client(cover(), plans=APPROVE, pools=EMPTY), ask()),
    (Reason.REGISTER_UNCHECKED, Verdict.NEEDS_APPROVAL, client(cover(), plans=CHECKED), ask()),
    (
        Reason.COVERED_IN_GRACE,
        Verdict.ALLOW_WITH_WARNING,
        client(cover(), plans=under(grace_days=10)),
        ask("2027-04-05", **CONSULTATION),
    ),
    (Reason.COVERED_BY_OVERAGE, Verdict.ALLOW_WITH_WARNING, client(cover(), plans=BILL, pools=EMPTY), ask()),
    (Reason.COVERED_LOW_BALANCE, Verdict.ALLOW_WITH_WARNING, client(cover(), pools=given(60)), ask(minutes=60)),
    (
        Reason.COVERED_RENEWAL_DUE,
        Verdict.ALLOW_WITH_WARNING,
        client(cover(), plans=under(expiring_days=30)),
        ask("2027-03-20", **CONSULTATION),
    ),
    (Reason.COVERED_PAYMENT_DUE, Verdict.ALLOW_WITH_WARNING, client(DUE), ask(**CONSULTATION)),
    (Reason.COVERED, Verdict.ALLOW, client(cover()), ask()),
    (Reason.COVERED_FREE_PERIOD, Verdict.ALLOW, client(FREE), ask()),
    (Reason.COVERED_BY_OVERRIDE, Verdict.ALLOW, client(approvals=(APPROVED,)), ask()),
    (Reason.ROUTED_TO_VENDOR, Verdict.ALLOW, client(registrations=(basic(),)), ask(**CONSULTATION)),
]
MADE_BY_THE_DESK = {Reason.CLIENT_UNKNOWN, Reason.CLIENT_AMBIGUOUS}


@pytest.mark.parametrize(("reason", "verdict", "facts", "question"), ROWS, ids=[row[0] for row in ROWS])
def test_every_reason_is_reached_d2(reason: Reason, verdict: Verdict, facts: ClientFacts, question: Question) -> None:
    answer = decide(facts, question)
    assert (answer.reason, answer.verdict) == (reason, verdict)
    assert answer.is_served == (verdict in (Verdict.ALLOW, Verdict.ALLOW_WITH_WARNING))


def test_no_reason_is_without_a_row_d2() -> None:
    assert {row[0] for row in ROWS} == set(Reason) - MADE_BY_THE_DESK


# Two failures at once: the earlier reason, the rules that failed.
BOTH: list[tuple[Reason, set[str], ClientFacts, Question]] = [
    (
        Reason.CONTRACT_NOT_STARTED,
        {"TERM_STARTED", "PRODUCT_COVERED"},
        client(cover()),
        ask("2026-03-01", registration_number="801", service="consultation"),
    ),
    (
        Reason.CONTRACT_CANCELLED,
        {"NOT_CANCELLED", "SERVICE_INCLUDED"},
        client(CANCELLED),
        ask("2026-10-01", service="training"),
    ),
    (
        Reason.CONTRACT_SUSPENDED,
        {"NOT_SUSPENDED", "SERVICE_INCLUDED"},
        client(SUSPENDED),
        ask(service="training"),
    ),
    (Reason.CONTRACT_LAPSED, {"TERM_RUNNING", "MINUTES_AVAILABLE"}, client(cover(), pools=EMPTY), ask("2027-05-01")),
    (
        Reason.PRODUCT_NOT_COVERED,
        {"PRODUCT_COVERED", "SERVICE_INCLUDED"},
        client(cover()),
        ask(registration_number="801", service="training"),
    ),
    (
        Reason.PRODUCT_NOT_COVERED,
        {"PRODUCT_COVERED", "MINUTES_AVAILABLE"},
        client(cover(), pools=EMPTY),
        ask(registration_number="801"),
    ),
    (
        Reason.CHANNEL_NOT_INCLUDED,
        {"CHANNEL_INCLUDED", "LINE_INCLUDED", "MINUTES_AVAILABLE"},
        client(
            cover(), plans=under(channels=(Channel.PHONE,), highest_line=1, over_limit=OverLimit.BLOCK), pools=EMPTY
        ),
        ask(channel=Channel.MESSENGER, line=2),
    ),
    (
        Reason.COVERED_IN_GRACE,
        {"MINUTES_AVAILABLE"},
        client(cover(), plans=under(grace_days=10, over_limit=OverLimit.BILL), pools=EMPTY),
        ask("2027-04-05"),
    ),
    (
        Reason.SERVICE_NOT_INCLUDED,
        {"SERVICE_INCLUDED", "PAID_OR_APPROVED"},
        client(OVERDUE, plans=APPROVED_UNPAID),
        ask(service="training"),
    ),
    (
        Reason.HOURS_EXHAUSTED,
        {"PAID_OR_APPROVED", "MINUTES_AVAILABLE"},
        client(OVERDUE, plans=under(unpaid=Unpaid.APPROVE, over_limit=OverLimit.BLOCK), pools=EMPTY),
        ask(),
    ),
    *(
        (
            Reason.PAYMENT_OVERDUE_HOLD,
            {"PAID_OR_APPROVED", "MINUTES_AVAILABLE"},
            client(OVERDUE, plans=under(unpaid=Unpaid.APPROVE, over_limit=policy), pools=EMPTY),
            ask(),
        )
        for policy in (OverLimit.BILL, OverLimit.APPROVE)
    ),
    (
        Reason.COVERED_LOW_BALANCE,
        set(),
        client(FREE, pools=given(15), plans=under(expiring_days=400)),
        ask(),
    ),
]


@pytest.mark.parametrize(("reason", "failed", "facts", "question"), BOTH)
def test_of_two_reasons_the_earlier_is_told_and_both_rules_d2(
    reason: Reason, failed: set[str], facts: ClientFacts, question: Question
) -> None:
    answer = decide(facts, question)
    assert answer.reason is reason
    assert {rule.code for rule in answer.rules if not rule.holds} == failed


def test_all_rules_are_returned_with_their_clauses_d2() -> None:
    answer = decide(client(cover()), ask(minutes=60))
    assert [rule.code for rule in answer.rules] == [
        "CONTRACT_EXISTS",
        "TERM_STARTED",
        "NOT_CANCELLED",
        "NOT_SUSPENDED",
        "TERM_RUNNING",
        "REGISTERED_WITH_US",
        "SIGNED",
        "PAID",
        "PRODUCT_COVERED",
        "BASE_PLAN_ACTIVE",
        "CONTACT_NAMED",
        "SERVICE_INCLUDED",
        "CHANNEL_INCLUDED",
        "LINE_INCLUDED",
        "COUNT_AVAILABLE",
        "PAID_OR_APPROVED",
        "SERVICE_IN_PRICE",
        "MINUTES_AVAILABLE",
        "REGISTER_CHECKED",
    ]
    assert all(rule.holds and rule.clause == CLAUSES[rule.code] for rule in answer.rules)
    assert (answer.rules[-2].need, answer.rules[-2].have) == (60, 480)


@pytest.mark.parametrize(
    ("sold", "at", "reason"),
    [
        (SIGNED, "2026-10-14 23:59", Reason.NOT_SIGNED),
        (SIGNED, "2026-10-15", Reason.COVERED),
        (replace(cover(), kind=CoverKind.FREE_PERIOD), "2026-10-14", Reason.COVERED_FREE_PERIOD),
    ],
)
def test_a_plan_that_asks_for_it_serves_from_the_day_of_the_signature_d2(sold: Cover, at: str, reason: Reason) -> None:
    answer = decide(client(sold, plans=TO_SIGN), ask(at))
    assert answer.reason is reason
    assert (Option("sign_contract") in answer.options) == (reason is Reason.NOT_SIGNED)
    assert reason is not Reason.NOT_SIGNED or answer.valid_until == moment("2026-10-15")
    assert decide(client(sold), ask(at)).is_served


@pytest.mark.parametrize("unpaid", Unpaid)
@pytest.mark.parametrize("at", ["2026-09-26", "2026-09-25 12:00"])
def test_an_unpaid_client_hears_what_would_change_the_answer_s8(unpaid: Unpaid, at: str) -> None:
    answer = decide(client(OVERDUE, plans=under(unpaid=unpaid)), ask(at, **CONSULTATION))
    late = {Unpaid.DENY: Reason.PAYMENT_OVERDUE, Unpaid.APPROVE: Reason.PAYMENT_OVERDUE_HOLD}[unpaid]
    assert answer.reason is (Reason.COVERED_PAYMENT_DUE if answer.is_served else late)
    assert answer.is_served == (at < "2026-09-26")
    assert answer.options == (Option("pay"),)


@pytest.mark.parametrize(
    ("asking", "have", "may_ask"),
    [
        ((), 0, False),
        (ANNA, 1, True),
        (ANNA[:1], 1, True),
        (ANNA[1:], 1, True),
        (PETR, 1, True),
        (("olga@example.org",), 1, False),
        ((ANNA[0], "+74950000000"), 1, False),
        ((*PETR, ANNA[1]), 1, False),  # the addresses of two people
    ],
)
def test_only_who_is_named_may_ask_where_the_plan_says_so_d2(asking: tuple[str, ...], have: int, may_ask: bool) -> None:
    facts = client(cover(), plans=ONLY_NAMED, contacts=(named(*ANNA), named(*PETR)))
    answer = decide(facts, ask(contact=asking))
    assert answer.reason is (Reason.COVERED if may_ask else Reason.CONTACT_NOT_NAMED)
    [rule] = [rule for rule in answer.rules if rule.code == "CONTACT_NAMED"]
    assert (rule.need, rule.have, Option("name_contact") in answer.options) == (1, have, not may_ask)
    assert decide(client(cover()), ask(contact=asking)).reason is Reason.COVERED


@pytest.mark.parametrize(
    ("at", "may_ask"),
    [
        ("2026-10-05 08:59:59", False),
        ("2026-10-05 09:00", True),
        ("2026-10-06 17:59:59", True),
        ("2026-10-06 18:00", False),
        ("2026-10-08 11:59:59", False),
        ("2026-10-08 12:00", True),
    ],
)
def test_who_asks_was_named_at_the_moment_of_the_request_d1_d2(at: str, may_ask: bool) -> None:
    first = named(*ANNA, since="2026-10-05 09:00", withdrawn="2026-10-06 18:00")
    facts = client(cover(), plans=ONLY_NAMED, contacts=(first, named(*ANNA, since="2026-10-08 12:00")))
    for asking in (ANNA, ANNA[:1], ANNA[1:]):
        reason = decide(facts, ask(at, contact=asking)).reason
        assert reason is (Reason.COVERED if may_ask else Reason.CONTACT_NOT_NAMED)


@pytest.mark.parametrize(("at", "stale"), [("2026-10-10 23:59", False), ("2026-10-11", True)])
def test_an_old_answer_of_the_register_serves_with_a_warning_that_names_its_day_d11(at: str, stale: bool) -> None:
    answer = decide(client(cover(), plans=CHECKED, registrations=ANSWERED), ask(at))
    assert answer.reason is Reason.COVERED
    assert answer.warnings == ((Warned("REGISTER_STALE", date(2026, 9, 10)),) if stale else ())
    assert stale or answer.valid_until == moment("2026-10-11")
    assert decide(client(cover(), registrations=ANSWERED), ask(at)).warnings == ()


def test_only_what_the_request_needs_must_have_been_answered_for_d11() -> None:
    both = cover(registrations=("800", "801"))
    unknown, gone = RegistrationFacts("801"), RegistrationFacts("801", surrendered_on=date(2026, 10, 1))
    facts = client(both, plans=CHECKED, registrations=(*ANSWERED, unknown))
    assert decide(facts, ask(registration_number="800")).reason is Reason.COVERED
    for number in ("801", None):
        answer = decide(facts, ask(registration_number=number))
        assert (answer.reason, answer.options) == (Reason.REGISTER_UNCHECKED, (Option("check_register"),))
    assert decide(client(both, plans=CHECKED, registrations=(*ANSWERED, gone)), ask()).reason is Reason.COVERED
    whole = cover(registrations=None)
    assert decide(client(whole, plans=CHECKED), ask(registration_number="801")).reason is Reason.COVERED


# D3: covers of a client; the id of the one that the answer rests on. Seller 2 has hours, seller 1 has none.
SELLERS = {SELLER: pool(), 2: pool([lot(GrantKind.PACKAGE, 480, OCTOBER, date(2028, 1, 1))])}
SOON, LATER = date(2026, 11, 1), date(2027, 11, 1)
EXHAUSTED, FULL = {"id": 1, "ends_on": SOON}, {"id": 2, "seller_id": 2, "ends_on": LATER}
OLD = {"starts_on": date(2024, 4, 1), "ends_on": date(2025, 4, 1)}
OLDER = {"starts_on": date(2023, 4, 1), "ends_on": date(2024, 4, 1)}
NEXT = {"starts_on": date(2027, 4, 1), "ends_on": date(2029, 4, 1)}
AFTER_NEXT = {"starts_on": date(2028, 4, 1), "ends_on": date(2028, 10, 1)}
OTHER_PRODUCT = {"registrations": ("801",)}
PREFERRED: dict[str, tuple[list[dict[str, Any]], dict[int, Any], int]] = {
    "hours left before overrun": ([EXHAUSTED, FULL], BILL, 2),
    "hours left before approval": (
        [EXHAUSTED, FULL],
        APPROVE,
        2,
    ),
    "hours left before a refusal": (
        [EXHAUSTED, FULL],
        BLOCK,
        2,
    ),
    "hours left before overrun in grace": (
        [EXHAUSTED | {"ends_on": date(2026, 10, 10)}, FULL],
        under(over_limit=OverLimit.BILL, grace_days=10),
        2,
    ),
    "hours left in grace before approval": (
        [{"id": 1, "seller_id": 2, "ends_on": date(2026, 10, 10)}, {"id": 2, "ends_on": LATER}],
        under(over_limit=OverLimit.APPROVE, grace_days=10),
        1,
    ),
    "overrun before a refusal": ([EXHAUSTED | OTHER_PRODUCT, {"id": 2, "ends_on": LATER}], BILL, 2),
    "approval before a refusal": (
        [EXHAUSTED | OTHER_PRODUCT, {"id": 2, "ends_on": LATER}],
        APPROVE,
        2,
    ),
    "the earliest end": ([{"id": 1, "ends_on": LATER}, {"id": 2, "ends_on": SOON}], BILL, 2),
    "the lower id": ([{"id": 2}, {"id": 1}], BILL, 1),
    "the latest rule that failed": (
        [{"id": 1, "ends_on": SOON, "plan_version_id": 11}, {"id": 2, "ends_on": LATER}],
        BLOCK | {11: plan(services=())},
        2,
    ),
    "what runs before what was": ([{"id": 1, **OLD}, {"id": 2}], BLOCK, 2),
    "what is suspended before what was": ([{"id": 1, **OLD}, {"id": 2, "stops": (stop("2026-10-01"),)}], BLOCK, 2),
    "what is suspended before its renewal": ([{"id": 1, **NEXT}, {"id": 2, "stops": (stop("2026-10-01"),)}], BLOCK, 2),
    "what will be before what was": ([{"id": 1, **OLD}, {"id": 2, **NEXT}], BLOCK, 2),
    "the next to start": ([{"id": 1, **AFTER_NEXT}, {"id": 2, **NEXT}], BLOCK, 2),
    "the last that ended": ([{"id": 1, **OLDER}, {"id": 2, **OLD}], BLOCK, 2),
    "the product asked about": ([{"id": 1, **OTHER_PRODUCT}, {"id": 2, **OLD}], BLOCK, 2),
}


@pytest.mark.parametrize(("covers", "plans", "preferred"), PREFERRED.values(), ids=PREFERRED)
def test_of_several_covers_the_best_is_the_answer_d3(
    covers: list[dict[str, Any]], plans: dict[int, Any], preferred: int
) -> None:
    sold = [cover(**changes) for changes in covers]
    for order in (sold, sold[::-1]):
        answer = decide(client(*order, plans=plans, pools=SELLERS), ask(registration_number="800"))
        assert answer.cover is not None
        assert answer.cover.id == preferred


@pytest.mark.parametrize(
    ("minutes", "have", "reason"),
    [
        (None, 0, Reason.HOURS_EXHAUSTED),
        (None, 14, Reason.REQUEST_EXCEEDS_BALANCE),  # the least that is billed is 15
        (None, 30, Reason.COVERED),
        (15, 30, Reason.COVERED),
        (16, 30, Reason.COVERED_LOW_BALANCE),
        (30, 30, Reason.COVERED_LOW_BALANCE),
        (31, 30, Reason.REQUEST_EXCEEDS_BALANCE),
    ],
)
def test_nothing_left_is_not_enough_for_a_new_request_d5(minutes: int | None, have: int, reason: Reason) -> None:
    facts = client(cover(), plans=BLOCK, pools=given(have) if have else EMPTY)
    assert decide(facts, ask(minutes=minutes)).reason is reason


@pytest.mark.parametrize(("lapsed", "reason"), [(False, Reason.HOURS_EXHAUSTED), (True, Reason.COVERED_LOW_BALANCE)])
def test_held_minutes_are_not_available_until_the_hold_lapses_d5(lapsed: bool, reason: Reason) -> None:
    held = hold(15, "2026-10-14 12:00", "2026-10-15 12:00")
    facts = client(cover(), plans=BLOCK, pools=given(15, reserves=(held,)))
    assert decide(facts, ask("2026-10-15 12:00" if lapsed else "2026-10-15 11:59")).reason is reason


@pytest.mark.parametrize(
    ("question", "need"),
    [
        ({"service": "remote_work", "minutes": 61}, 75),
        ({"service": "visit", "minutes": 20}, 60),
        ({"service": "visit"}, 60),
        ({"service": "consultation", "minutes": 600}, 0),
        ({"service": "training", "minutes": 600}, 0),
        ({"service": None}, 15),
        ({"service": None, "minutes": 31}, 45),
        ({"minutes": 0}, 15),
    ],
)
def test_a_request_needs_what_it_would_be_billed_d5(question: dict[str, Any], need: int) -> None:
    answer = decide(client(cover()), ask(**question))
    assert answer.cost is not None
    assert answer.cost.billed_minutes == need


@pytest.mark.parametrize(
    ("changes", "pools"),
    [({}, EMPTY), ({"services": (ServiceTerms("consultation", False),)}, given(60))],
    ids=["no hours are part of the deal today", "no service draws hours"],
)
def test_a_general_question_needs_hours_only_where_they_are_part_of_the_deal_d5(
    changes: dict[str, Any], pools: dict[int, HoursFacts]
) -> None:
    answer = decide(client(cover(), plans=under(**changes), pools=pools), ask(service=None))
    assert answer.reason is Reason.COVERED


def test_the_answer_tells_the_hours_of_the_pool_d5() -> None:
    package = lot(GrantKind.PACKAGE, 120, OCTOBER, DECEMBER)
    gone = lot(GrantKind.BONUS, 45, OCTOBER, date(2026, 10, 10))
    held = hold(60, "2026-10-14 12:00", "2026-10-17 12:00")
    entries = (work("2026-10-12 10:00", 450), work("2026-10-13 10:00", 60, charge=Charge.PAID))
    answer = decide(client(cover(), pools=given(480, package, gone, reserves=(held,), entries=entries)), ask())
    hours = answer.hours
    assert hours is not None
    assert (hours.given_minutes, hours.used_minutes, hours.held_minutes, hours.available_minutes) == (600, 450, 60, 90)
    assert (hours.period_starts_on, hours.period_last_day) == (OCTOBER, date(2026, 10, 31))
    assert [(grant.kind, grant.remaining_minutes, grant.last_day) for grant in hours.grants] == [
        (GrantKind.PACKAGE, 90, date(2026, 11, 30))
    ]


@pytest.mark.parametrize(("minutes", "reason"), [(45, Reason.COVERED), (60, Reason.COVERED_LOW_BALANCE)])
def test_the_balance_is_low_from_exactly_the_threshold_h13(minutes: int, reason: Reason) -> None:
    answer = decide(client(cover(), pools=given(75)), ask(minutes=minutes))  # 80 % of 75 are 60
    assert answer.reason is reason
    assert (Warned("BALANCE_BELOW_80") in answer.warnings) == (reason is Reason.COVERED_LOW_BALANCE)


def test_used_and_held_minutes_bring_the_balance_down_h13() -> None:
    entries, held = (work("2026-10-12 10:00", 30),), hold(15, "2026-10-14 12:00", "2026-10-17 12:00")
    facts = client(cover(), pools=given(75, entries=entries, reserves=(held,)))
    assert decide(facts, ask(minutes=15)).reason is Reason.COVERED_LOW_BALANCE
    assert decide(facts, ask(service="consultation")).reason is Reason.COVERED  # it takes nothing


# The pool gave 600 minutes, so 10 % are 60; it has none left and `so_far` minutes of overage in the period.
@pytest.mark.parametrize(
    ("over_limit", "overrun_percent", "so_far", "reason"),
    [
        (OverLimit.BLOCK, None, 0, Reason.HOURS_EXHAUSTED),
        (OverLimit.BLOCK, 10, 0, Reason.HOURS_EXHAUSTED),
        (OverLimit.APPROVE, None, 6_000, Reason.OVERAGE_NEEDS_APPROVAL),
        (OverLimit.APPROVE, 10, 30, Reason.OVERAGE_NEEDS_APPROVAL),
        (OverLimit.APPROVE, 10, 45, Reason.OVERAGE_NEEDS_APPROVAL),
        (OverLimit.APPROVE, 10, 60, Reason.OVERRUN_LIMIT_REACHED),
        (OverLimit.BILL, None, 6_000, Reason.COVERED_BY_OVERAGE),
        (OverLimit.BILL, 10, 30, Reason.COVERED_BY_OVERAGE),
        (OverLimit.BILL, 10, 45, Reason.COVERED_BY_OVERAGE),  # 60 after this request: at the ceiling
        (OverLimit.BILL, 10, 60, Reason.OVERRUN_LIMIT_REACHED),
        (OverLimit.BILL, 0, 0, Reason.OVERRUN_LIMIT_REACHED),
    ],
)
def test_the_plan_decides_over_the_limit_up_to_its_ceiling_d6(
    over_limit: OverLimit, overrun_percent: int | None, so_far: int, reason: Reason
) -> None:
    plans = under(over_limit=over_limit, overrun_percent=overrun_percent)
    pools = given(600, entries=(work("2026-10-02 10:00", 600 + so_far),))
    assert decide(client(cover(), plans=plans, pools=pools), ask(minutes=15)).reason is reason


DECIDED_AT = "2026-10-10 12:00"


@pytest.mark.parametrize(
    ("state", "over_limit", "at", "reason"),
    [
        (CaseState.WATCH, OverLimit.APPROVE, DECIDED_AT, Reason.COVERED_BY_OVERAGE),
        (CaseState.BILL, OverLimit.APPROVE, DECIDED_AT, Reason.COVERED_BY_OVERAGE),
        (CaseState.FORGIVEN, OverLimit.APPROVE, "2026-10-31 23:59", Reason.COVERED_BY_OVERAGE),
        (CaseState.REFUSE, OverLimit.APPROVE, DECIDED_AT, Reason.HOURS_EXHAUSTED),
        (CaseState.REFUSE, OverLimit.BILL, DECIDED_AT, Reason.COVERED_BY_OVERAGE),
        (CaseState.BILL, OverLimit.BLOCK, DECIDED_AT, Reason.HOURS_EXHAUSTED),
        (CaseState.BILL, OverLimit.APPROVE, "2026-10-10 11:59", Reason.OVERAGE_NEEDS_APPROVAL),
        (CaseState.BILL, OverLimit.APPROVE, "2026-11-01", Reason.OVERAGE_NEEDS_APPROVAL),
    ],
)
def test_what_a_manager_said_holds_from_then_to_the_end_of_the_month_d6(
    state: CaseState, over_limit: OverLimit, at: str, reason: Reason
) -> None:
    case = CaseFacts(5, SELLER, OCTOBER, (moment("2026-10-09"),), ((moment(DECIDED_AT), state),))
    facts = client(cover(), plans=under(over_limit=over_limit), pools=EMPTY, cases=(case,))
    assert decide(facts, ask(at)).reason is reason
    assert decide(replace(facts, cases=(replace(case, seller_id=2),)), ask(at)).case is None


@pytest.mark.parametrize(
    ("state", "amount"),
    [(CaseState.BILL, Money(270_000)), (CaseState.WATCH, Money(270_000)), (CaseState.FORGIVEN, Money(0))],
)
def test_what_is_forgiven_costs_nothing_d6(state: CaseState, amount: Money) -> None:
    case = CaseFacts(5, SELLER, OCTOBER, (moment("2026-10-09"),), ((moment(DECIDED_AT), state),))
    facts = client(cover(), plans=under(overage_rate_minor=270_000), pools=EMPTY, cases=(case,))
    cost = decide(facts, ask(DECIDED_AT, minutes=60)).cost
    assert cost is not None
    assert (cost.overage_minutes, cost.amount) == (60, amount)


def test_a_decided_case_is_told_and_the_ceiling_still_holds_d6() -> None:
    case = CaseFacts(5, SELLER, OCTOBER, (moment("2026-10-09"),), ((moment(DECIDED_AT), CaseState.BILL),))
    facts = client(cover(), plans=under(overrun_percent=10), pools=given(600), cases=(case,))
    served = decide(facts, ask(minutes=660))
    assert (served.reason, served.case) == (
        Reason.COVERED_BY_OVERAGE,
        CaseView(5, CaseState.BILL, OCTOBER, held_requests=1),
    )
    assert Warned("OVER_LIMIT_CASE", OCTOBER) in served.warnings
    assert decide(facts, ask(minutes=675)).reason is Reason.OVERRUN_LIMIT_REACHED
    assert decide(facts, ask(minutes=600)).case is None


@pytest.mark.parametrize(
    ("per", "closed_on", "reason"),
    [
        (IncludedPer.SUBSCRIPTION_MONTH, "2026-09-30", Reason.COVERED_BY_OVERAGE),
        (IncludedPer.SUBSCRIPTION_MONTH, "2026-10-01", Reason.OVERRUN_LIMIT_REACHED),
        (IncludedPer.TERM, "2026-09-30", Reason.OVERRUN_LIMIT_REACHED),
        (IncludedPer.TERM, "2026-03-31", Reason.COVERED_BY_OVERAGE),
    ],
)
def test_overage_of_closed_months_counts_in_a_usage_period_that_reaches_back_d6(
    per: IncludedPer, closed_on: str, reason: Reason
) -> None:
    plans = under(over_limit=OverLimit.BILL, overrun_percent=10, included_per=per)
    pools = given(600, entries=(work("2026-10-02 10:00", 600),))
    pools[SELLER] = replace(pools[SELLER], closed_overage=((date.fromisoformat(closed_on), 60),))
    assert decide(client(cover(), plans=plans, pools=pools), ask(minutes=15)).reason is reason


def test_the_last_usage_period_and_its_ceiling_go_on_in_grace_d6() -> None:
    plans = under(over_limit=OverLimit.BILL, overrun_percent=50, grace_days=30)
    package = lot(GrantKind.PACKAGE, 60, date(2027, 4, 1))
    facts = client(cover(), plans=plans, pools={SELLER: pool([package], [work("2027-04-02 10:00", 90)])})
    assert decide(facts, ask("2027-04-05", minutes=15)).reason is Reason.OVERRUN_LIMIT_REACHED


def test_held_minutes_that_no_grant_backs_count_towards_the_ceiling_d6() -> None:
    plans = under(over_limit=OverLimit.BILL, overrun_percent=10)
    held = hold(645, "2026-10-14 12:00", "2026-10-17 12:00")
    facts = client(cover(), plans=plans, pools=given(600, reserves=(held,)))
    assert decide(facts, ask(minutes=15)).reason is Reason.COVERED_BY_OVERAGE
    assert decide(facts, ask(minutes=30)).reason is Reason.OVERRUN_LIMIT_REACHED


def test_overrun_is_told_with_its_price_and_a_package_that_would_pay_d6() -> None:
    answer = decide(client(cover(), plans=BILL, pools=given(60), packages=PACKAGES), ask(minutes=90))
    assert answer.cost is not None
    assert (answer.cost.covered_minutes, answer.cost.overage_minutes) == (60, 30)
    assert answer.cost.amount == Money(90_000)  # half an hour at 1 800.00
    assert Warned("OVERAGE") in answer.warnings
    assert answer.options == (Option("buy_package", minutes=300, price=Money(1_500_000)),)


def test_no_package_is_offered_where_its_hours_would_not_serve_or_its_money_is_another_h8() -> None:
    lapsed = decide(client(cover(), plans=BILL, pools=EMPTY, packages=PACKAGES), ask("2027-06-01", minutes=90))
    assert lapsed.reason is Reason.CONTRACT_LAPSED
    in_euro = tuple(replace(package, currency="EUR") for package in PACKAGES)
    other = decide(client(cover(), plans=BILL, pools=EMPTY, packages=in_euro), ask(minutes=90))
    for answer in (lapsed, other):
        assert "buy_package" not in {option.action for option in answer.options}


@pytest.mark.parametrize(("minutes", "offered"), [(300, 300), (315, 1_200), (6_000, 1_200)])
def test_the_smallest_package_that_pays_is_offered_or_the_largest_h8(minutes: int, offered: int) -> None:
    answer = decide(client(cover(), pools=EMPTY, packages=PACKAGES), ask(minutes=minutes))
    assert [option.minutes for option in answer.options] == [offered]


def test_without_an_agreed_rate_the_overrun_has_no_price_d6() -> None:
    plans = under(over_limit=OverLimit.BILL, overage_rate_minor=None)
    answer = decide(client(cover(), plans=plans, pools=EMPTY), ask())
    assert answer.cost is not None
    assert answer.cost.amount is None


@pytest.mark.parametrize(
    ("at", "reason"),
    [
        ("2027-03-31 23:59:59", Reason.COVERED),
        ("2027-04-01 00:00", Reason.COVERED_IN_GRACE),
        ("2027-04-10 23:59:59", Reason.COVERED_IN_GRACE),
        ("2027-04-11 00:00", Reason.CONTRACT_LAPSED),
    ],
)
def test_grace_serves_from_its_first_day_to_its_last_t5(at: str, reason: Reason) -> None:
    answer = decide(client(cover(), plans=under(grace_days=10, expiring_days=-1)), ask(at, service="consultation"))
    assert answer.reason is reason
    assert answer.cover is not None
    assert answer.cover.grace_until == (date(2027, 4, 10) if reason is Reason.COVERED_IN_GRACE else None)
    assert (Warned("IN_GRACE", date(2027, 4, 10)) in answer.warnings) == (reason is Reason.COVERED_IN_GRACE)


def test_a_free_period_has_no_grace_and_no_renewal_s1() -> None:
    facts = client(FREE, plans=under(grace_days=10, expiring_days=30))
    expiring = decide(facts, ask("2027-03-31", service="consultation"))
    assert (expiring.reason, expiring.warnings, expiring.options) == (Reason.COVERED_FREE_PERIOD, (), ())
    assert decide(facts, ask("2027-04-01", service="consultation")).reason is Reason.CONTRACT_LAPSED


@pytest.mark.parametrize("time_zone", ["Europe/Moscow", "Asia/Kamchatka", "America/New_York"])
def test_the_last_day_is_covered_to_its_last_second_t4(time_zone: str) -> None:
    facts = client(cover(), pools={SELLER: pool(time_zone=time_zone)})
    for clock, reason in [
        ("2027-03-31 23:59:30", Reason.COVERED_RENEWAL_DUE),
        ("2027-04-01 00:00:10", Reason.CONTRACT_LAPSED),
    ]:
        assert decide(facts, Question(moment(clock, time_zone), service="consultation")).reason is reason


@pytest.mark.parametrize(
    ("at", "has_successor", "options"),
    [
        ("2026-10-15", False, ()),
        ("2027-03-20", False, (Option("renew", date(2027, 4, 1), price=Money(3_381_600)),)),
        ("2027-03-20", True, ()),
        ("2027-04-05", False, (Option("renew", date(2027, 4, 1), price=Money(3_381_600)),)),
        ("2027-05-05", False, (Option("renew", date(2027, 5, 5), price=Money(3_600_000)),)),
    ],
)
def test_a_renewal_is_offered_from_the_day_after_the_last_when_the_term_runs_out_s4(
    at: str, has_successor: bool, options: tuple[Option, ...]
) -> None:
    facts = client(cover(has_successor=has_successor), plans=under(expiring_days=30, grace_days=10))
    answer = decide(facts, ask(at, service="consultation"))
    assert answer.options == options
    due = Warned("RENEWAL_DUE", date(2027, 3, 31))
    assert (due in answer.warnings) == (at == "2027-03-20" and not has_successor)


RENEWED = cover(has_successor=True, succeeded_on=date(2027, 4, 1))
RENEWED_LATER = cover(has_successor=True, succeeded_on=date(2027, 4, 6))
NEXT_YEAR = cover(id=2, plan_version_id=PLAN + 1, starts_on=date(2027, 4, 1), ends_on=date(2028, 4, 1))
LATER = replace(NEXT_YEAR, starts_on=date(2027, 4, 6), ends_on=date(2028, 4, 6))
DEARER = under(grace_days=10) | {PLAN + 1: plan(plan_version_id=PLAN + 1, grace_days=10, overage_rate_minor=200_000)}


def test_a_client_who_renewed_is_served_by_the_successor_and_not_in_grace_d3_s4() -> None:
    facts = client(RENEWED, NEXT_YEAR, plans=DEARER, pools=EMPTY)
    for at in ("2027-04-01", "2027-04-05 12:00"):
        answer = decide(facts, ask(at, minutes=60, **CONSULTATION))
        assert (answer.reason, answer.warnings) == (Reason.COVERED, ())
        assert answer.cover is not None
        assert (answer.cover.id, answer.cover.last_day) == (2, date(2028, 3, 31))
        cost = decide(facts, ask(at, minutes=60)).cost
        assert cost is not None
        assert cost.amount == Money(200_000)
    assert decide(facts, ask("2027-03-31 23:59:59", **CONSULTATION)).valid_until == moment("2027-04-01")


@pytest.mark.parametrize(
    ("at", "reason"),
    [("2027-04-05 23:59", Reason.COVERED_IN_GRACE), ("2027-04-06", Reason.COVERED), ("2027-04-10", Reason.COVERED)],
)
def test_grace_lasts_until_a_later_successor_begins_t5(at: str, reason: Reason) -> None:
    answer = decide(client(RENEWED_LATER, LATER, plans=DEARER), ask(at, **CONSULTATION))
    assert answer.reason is reason
    assert answer.cover is not None
    assert answer.cover.grace_until == (date(2027, 4, 5) if answer.cover.id == 1 else None)


def test_what_a_term_included_is_not_taken_from_after_its_renewal_began_d2() -> None:
    visits = {"services": (ServiceTerms("visit", False, included_count=1),), "grace_days": 10}
    plans = under(**visits) | {PLAN + 1: plan(plan_version_id=PLAN + 1, **visits)}
    used = replace(USED, cover_id=2, used_at=moment("2027-04-02"), used_on=date(2027, 4, 2))
    answer = decide(client(RENEWED, NEXT_YEAR, plans=plans, uses=(used,)), ask("2027-04-05", service="visit"))
    assert answer.reason is Reason.COUNT_EXHAUSTED


SERVICE = plan(plan_version_id=PLAN + 1, code="service", services=(ServiceTerms("training", False),))
ONE, OTHER = cover(), {"id": 2, "plan_version_id": PLAN + 1}


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ({"ends_on": date(2026, 10, 14)}, Reason.CONTRACT_LAPSED),
        ({"stops": (stop("2026-10-01"),)}, Reason.CONTRACT_SUSPENDED),
        ({"starts_on": date(2026, 10, 16)}, Reason.CONTRACT_NOT_STARTED),
        ({"paid_until": date(2026, 9, 20), "served_unpaid_until": date(2026, 9, 25)}, Reason.PAYMENT_OVERDUE),
        ({"ends_on": date(2026, 10, 1), "has_successor": True}, Reason.SERVICE_NOT_INCLUDED),
        ({"serves_until": date(2026, 10, 1), "has_successor": True}, Reason.SERVICE_NOT_INCLUDED),
    ],
)
def test_a_refusal_speaks_of_the_contract_that_has_the_service_d2(other: dict[str, Any], reason: Reason) -> None:
    facts = client(ONE, cover(**(OTHER | other)), plans=under() | {PLAN + 1: SERVICE})
    answer = decide(facts, ask(service="training"))
    assert answer.reason is reason
    assert answer.cover is not None
    assert answer.cover.id == (1 if reason is Reason.SERVICE_NOT_INCLUDED else 2)


def test_the_answer_names_the_cover_that_it_rests_on_t5() -> None:
    view = decide(client(cover()), ask("2026-10-15")).cover
    assert view is not None
    assert (view.contract_number, view.plan_code, view.plan_version) == ("2026/1", "prof", 1)
    assert (view.starts_on, view.last_day, view.days_left) == (date(2026, 4, 1), date(2027, 3, 31), 167)
    assert view.standing is Standing.ACTIVE


@pytest.mark.parametrize(
    ("registrations", "covered", "number", "reason"),
    [
        (("800",), ("800",), "800", Reason.COVERED),
        (("800", "801"), ("800",), "801", Reason.PRODUCT_NOT_COVERED),
        (("800", "801"), None, "801", Reason.COVERED),  # every product of the client
        (("800",), None, "999", Reason.PRODUCT_NOT_COVERED),  # not the client's
        (("800",), ("800",), None, Reason.COVERED),
    ],
)
def test_a_cover_serves_its_registrations_d2(
    registrations: tuple[str, ...], covered: tuple[str, ...] | None, number: str | None, reason: Reason
) -> None:
    facts = client(cover(registrations=covered), registrations=tuple(map(RegistrationFacts, registrations)))
    assert decide(facts, ask(registration_number=number)).reason is reason


@pytest.mark.parametrize("covered", [("800",), None])
def test_a_surrendered_copy_is_covered_up_to_the_day_before_the_upgrade_s1(covered: tuple[str, ...] | None) -> None:
    copies = (RegistrationFacts("800", surrendered_on=date(2026, 10, 15)),)
    facts = client(cover(registrations=covered), registrations=copies)
    asked = [decide(facts, ask(at, registration_number="800")) for at in ("2026-10-14 23:59", "2026-10-15")]
    assert [answer.reason for answer in asked] == [Reason.COVERED, Reason.PRODUCT_NOT_COVERED]


GONE = {"surrendered_on": date(2026, 10, 15)}


@pytest.mark.parametrize(
    ("registrations", "question", "routed"),
    [
        ([basic()], {"registration_number": "800", "service": "consultation"}, True),
        ([basic()], {"registration_number": "800", "service": "remote_work"}, False),  # the vendor does not give it
        ([basic()], {"registration_number": "800", "service": None}, True),
        ([basic()], {"registration_number": "999", "service": "consultation"}, False),
        ([basic(), RegistrationFacts("801")], {"registration_number": "800", "service": "consultation"}, True),
        ([basic(), RegistrationFacts("801")], {"registration_number": "801", "service": "consultation"}, False),
        ([basic(), RegistrationFacts("801")], {"service": "consultation"}, False),  # it may be about the other
        ([basic(), basic("801")], {"service": "consultation"}, True),
        ([], {"service": "consultation"}, False),
        ([basic(**GONE)], {"registration_number": "800", "service": "consultation"}, False),
        ([basic(), RegistrationFacts("801", **GONE)], {"service": "consultation"}, True),
    ],
)
def test_the_vendors_line_serves_basic_products_s2(
    registrations: list[RegistrationFacts], question: dict[str, Any], routed: bool
) -> None:
    answer = decide(client(registrations=tuple(registrations)), ask(**question))
    assert answer.reason is (Reason.ROUTED_TO_VENDOR if routed else Reason.NO_CONTRACT)
    assert (answer.routed_to, answer.line) == (("vendor", 4) if routed else ("own_desk", 1))


def test_the_day_of_an_upgrade_is_that_of_the_client_s2() -> None:
    facts = client(registrations=(basic(**GONE),), time_zone="Asia/Kamchatka")
    reasons = [decide(facts, ask(f"2026-10-14 {clock}", **CONSULTATION)).reason for clock in ("14:59", "15:00")]
    assert reasons == [Reason.ROUTED_TO_VENDOR, Reason.NO_CONTRACT]


def test_the_vendor_is_asked_only_when_the_own_desk_does_not_serve_s2() -> None:
    both = replace(basic(), vendor_services=("consultation", "remote_work"))
    question = ask(registration_number="800")
    assert decide(client(cover(), registrations=(both,)), question).routed_to == "own_desk"
    routed = decide(client(cover(), registrations=(both,), pools=EMPTY, packages=PACKAGES), question)
    assert (routed.reason, routed.options) == (Reason.ROUTED_TO_VENDOR, ())


def test_the_line_asked_for_is_kept_d9() -> None:
    assert decide(client(cover()), ask(line=3)).line == 3
    assert decide(client(), ask(line=3)).line == 3


def test_hours_are_rounded_by_the_plan_of_the_cover_h3() -> None:
    plans = {PLAN: plan(rounding=RoundingPolicy(30, 60))}
    answer = decide(client(cover(), plans=plans), ask(minutes=61))
    assert answer.cost is not None
    assert answer.cost.billed_minutes == 90


def without_validity(answer: Decision) -> Decision:
    """The answer without the moment until which it holds."""
    return replace(answer, valid_until=None)


@for_any(facts=a_client, question=a_question)
def test_what_happens_later_does_not_change_the_answer_d1(facts: ClientFacts, question: Question) -> None:
    [(seller_id, hours)] = facts.pools.items()
    known = replace(
        hours,
        entries=tuple(entry for entry in hours.entries if entry.counts_at < question.at),
        reserves=tuple(reserve for reserve in hours.reserves if reserve.placed_at <= question.at),
    )
    before = decide(replace(facts, pools={seller_id: known}), question)
    assert decide(facts, question) == decide(facts, question)
    assert without_validity(before) == without_validity(decide(facts, question))


@for_any(facts=a_client, question=a_question)
def test_the_order_in_which_covers_are_read_changes_nothing_d3(facts: ClientFacts, question: Question) -> None:
    assert decide(replace(facts, covers=facts.covers[::-1]), question) == decide(facts, question)


@for_any(facts=a_client, question=a_question)
def test_an_answer_agrees_with_its_own_rules_and_hours_d2_d5(facts: ClientFacts, question: Question) -> None:
    answer = decide(facts, question)
    failed = {rule.code for rule in answer.rules if not rule.holds}
    if answer.reason not in (Reason.ROUTED_TO_VENDOR, Reason.COVERED_IN_GRACE, Reason.COVERED_BY_OVERRIDE):
        if answer.reason in HOURS_REASONS:
            assert "MINUTES_AVAILABLE" in failed
            others = failed - {"MINUTES_AVAILABLE"}
            assert all(ASKING_RULES[rule].rank > answer.reason.rank for rule in others)
        else:
            assert failed != {"MINUTES_AVAILABLE"}
        assert answer.is_served or failed
    if answer.hours is not None and answer.cost is not None:
        hours, cost = answer.hours, answer.cost
        assert hours.given_minutes == hours.used_minutes + hours.held_minutes + hours.available_minutes
        assert sum(grant.remaining_minutes for grant in hours.grants) == hours.available_minutes >= 0
        assert cost.billed_minutes == cost.covered_minutes + cost.overage_minutes
        assert cost.covered_minutes <= hours.available_minutes


ASKING_RULES = {
    "PAID_OR_APPROVED": Reason.PAYMENT_OVERDUE_HOLD,
    "SERVICE_IN_PRICE": Reason.SERVICE_PAID_SEPARATELY,
    "REGISTER_CHECKED": Reason.REGISTER_UNCHECKED,
}
"""What asks for approval and may stand behind what the hours say."""
HOURS_REASONS = {
    Reason.HOURS_EXHAUSTED,
    Reason.REQUEST_EXCEEDS_BALANCE,
    Reason.OVERRUN_LIMIT_REACHED,
    Reason.OVERAGE_NEEDS_APPROVAL,
    Reason.COVERED_BY_OVERAGE,
}


def test_the_moment_of_the_request_is_kept_as_it_was_asked_d1() -> None:
    at = datetime.fromisoformat("2026-10-15T12:00:00+03:00")
    answer = decide(client(cover()), Question(at, service="remote_work"))
    assert (answer.at, answer.client_id, answer.state_version) == (at, 7, 3)


def test_the_last_day_of_a_cancellation_is_served_and_no_grace_follows_it_s11() -> None:
    facts = client(CANCELLED, plans=under(grace_days=30, expiring_days=30))
    answer = decide(facts, ask("2026-09-30 23:59:30", **CONSULTATION))
    assert (answer.reason, answer.valid_until) == (Reason.COVERED, moment("2026-10-01"))
    assert (answer.options, answer.warnings) == ((), ())
    assert answer.cover is not None
    assert (answer.cover.last_day, answer.cover.days_left) == (date(2026, 9, 30), 0)
    for at in ("2026-10-01 00:00:10", "2026-10-20"):
        assert decide(facts, ask(at)).reason is Reason.CONTRACT_CANCELLED


def test_what_never_serves_is_cancelled_from_the_beginning_s11() -> None:
    never = client(cover(cancelled_on=date(2026, 3, 31)))
    for at in ("2026-03-01", "2026-04-01", "2027-06-01"):
        assert decide(never, ask(at)).reason is Reason.CONTRACT_CANCELLED


def test_of_two_that_ended_the_later_one_is_told_whichever_way_it_ended_d3() -> None:
    lapsed = cover(id=2, ends_on=date(2026, 9, 1))
    assert decide(client(CANCELLED, lapsed), ask()).reason is Reason.CONTRACT_CANCELLED
    assert decide(client(cover(cancelled_on=date(2026, 8, 1)), lapsed), ask()).reason is Reason.CONTRACT_LAPSED


def amended(serves_until: date, **after: Any) -> tuple[Cover, Cover]:
    """A year whose plan or registrations an amendment changes from a day on."""
    return cover(has_successor=True, serves_until=serves_until), cover(serves_from=serves_until, **after)


def test_an_amendment_takes_over_on_its_day_and_neither_part_ends_the_other_s9() -> None:
    before, after = amended(date(2026, 10, 15), plan_version_id=PLAN + 1)
    plans = under(grace_days=30) | {PLAN + 1: replace(plan(), plan_version_id=PLAN + 1, code="more")}
    facts = client(before, after, plans=plans)
    for at, code in (("2026-10-14 23:59:59", plan().code), ("2026-10-15", "more"), ("2027-03-31", "more")):
        answer = decide(facts, ask(at, **CONSULTATION))
        assert answer.is_served
        assert answer.cover is not None
        assert (answer.cover.plan_code, answer.cover.last_day) == (code, date(2027, 3, 31))
    assert decide(facts, ask("2026-10-01")).valid_until == moment("2026-10-15")


def test_a_product_that_an_amendment_left_out_is_told_until_when_it_was_covered_s9() -> None:
    before, after = amended(date(2026, 10, 15), registrations=("801",))
    answer = decide(client(before, after), ask("2026-10-15", registration_number="800"))
    assert answer.reason is Reason.CONTRACT_LAPSED
    assert answer.cover is not None
    assert (answer.cover.last_day, answer.options) == (date(2026, 10, 14), ())


@pytest.mark.parametrize("channel", [None, *Channel])
def test_a_plan_without_channels_includes_every_channel_d9(channel: Channel | None) -> None:
    assert decide(client(cover()), ask(channel=channel)).reason is Reason.COVERED


@pytest.mark.parametrize(
    ("line", "minutes", "reason"),
    [
        (1, 600, Reason.REQUEST_EXCEEDS_BALANCE),
        (2, 600, Reason.REQUEST_EXCEEDS_BALANCE),
        (3, 600, Reason.REQUEST_EXCEEDS_BALANCE),
        (4, 0, Reason.COVERED),
    ],
)
def test_a_line_that_draws_no_hours_takes_none_d9(line: int, minutes: int, reason: Reason) -> None:
    answer = decide(client(cover(), plans=BLOCK), ask(minutes=600, line=line))
    assert answer.cost is not None
    assert (answer.reason, answer.cost.billed_minutes, answer.line) == (reason, minutes, line)


@pytest.mark.parametrize(
    "facts",
    [
        client(),
        client(SUSPENDED),
        client(registrations=(basic(),)),
        client(cover(), plans=under(services=())),
        client(cover()),
        client(DUE),
    ],
)
def test_self_service_is_open_without_a_cover_that_serves_d9(facts: ClientFacts) -> None:
    answer = decide(facts, ask(line=0))
    assert (answer.reason, answer.routed_to, answer.line) == (Reason.COVERED, "self_service", 0)
    assert (answer.cover, answer.hours, answer.cost, answer.options, answer.due) == (None, None, None, (), None)
    assert answer.rules
    assert not answer.warnings


@pytest.mark.parametrize(
    ("at", "service", "reason"),
    [
        ("2026-09-30 23:59", "remote_work", Reason.NO_CONTRACT),
        ("2026-10-01", "remote_work", Reason.COVERED_BY_OVERRIDE),
        ("2026-10-19 23:59", "remote_work", Reason.COVERED_BY_OVERRIDE),
        ("2026-10-20", "remote_work", Reason.NO_CONTRACT),
        ("2026-10-10", "consultation", Reason.NO_CONTRACT),
    ],
)
def test_an_override_holds_in_its_span_for_its_service_d7(at: str, service: str, reason: Reason) -> None:
    facts = client(approvals=(replace(APPROVED, service="remote_work"),))
    assert decide(facts, ask(at, service=service)).reason is reason


def test_an_override_shows_its_person_and_keeps_the_rules_that_failed_d7() -> None:
    facts = client(SUSPENDED, plans=BLOCK, pools=EMPTY, approvals=(APPROVED,))
    answer = decide(facts, ask())
    assert answer.override is not None
    assert (answer.override.approved_by, answer.override.reason) == ("Орлова", "Ждём оплату")
    assert answer.override.last_day == date(2026, 10, 19)
    assert {rule.code for rule in answer.rules if not rule.holds} == {"NOT_SUSPENDED", "MINUTES_AVAILABLE"}
    assert (answer.options, answer.valid_until) == ((), moment("2026-10-20"))


def test_an_override_is_not_named_where_the_rules_serve_d7() -> None:
    answer = decide(client(cover(), approvals=(APPROVED,)), ask())
    assert (answer.reason, answer.override) == (Reason.COVERED, None)


@pytest.mark.parametrize("line", [1, 2, 3, 4])
def test_the_highest_line_of_a_plan_is_still_included_d9(line: int) -> None:
    reason = decide(client(cover(), plans=UP_TO_SPECIALISTS), ask(line=line)).reason
    assert reason is (Reason.COVERED if line <= 2 else Reason.LINE_NOT_INCLUDED)
