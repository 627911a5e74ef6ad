"""D6: requests beyond the hours wait in a case of their month until a manager decides all of them at once."""

from datetime import date, timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from sqlmodel import Session, col, select

from contracts.parties import Seller
from entitlements.answers import Decision
from entitlements.case_states import CaseState
from entitlements.client_facts import current_facts, read_facts
from entitlements.desk import check, hold, release_hold
from entitlements.equations import hold_breaches
from entitlements.holds import Hold
from entitlements.over_limit import decide_case
from entitlements.over_limit_cases import CaseChange, HeldRequest, HeldRequestEnding, OverLimitCase, RequestEnd
from entitlements.over_limit_facts import list_cases, requests_of
from entitlements.reasons import Reason
from entitlements.uses import use_of_decision
from tests.builders import (
    Customer,
    a_client,
    a_plan,
    a_sale,
    a_seller,
    ask,
    asked,
    asking,
    closed,
    held,
    its_catalogue,
    moment,
    refused,
    worked,
)

NOON = "2026-05-13 12:00"
LATER = moment("2026-05-14 10:00")


@pytest.fixture
def seller(session: Session) -> Seller:
    its_catalogue(session)
    a_plan(session, over_limit="approve")
    return a_seller(session)


@pytest.fixture
def client(session: Session, seller: Seller) -> Customer:
    """A client with an hour a month from 01.05.2026, beyond which a manager is asked."""
    customer = a_client(session)
    a_sale(session, seller, customer, starts_on=date(2026, 5, 1), at=moment("2026-05-01"))
    return customer


def the_case(session: Session) -> int:
    return session.exec(select(OverLimitCase.id)).one()


def decided(session: Session, state: str, **changes: Any) -> CaseChange:
    given: dict[str, Any] = {"decided_by": "Орлова Н. В.", "at": LATER} | changes
    return decide_case(session, the_case(session), CaseState(state), **given)


def reason(session: Session, client: Customer, at: str, minutes: int = 90, **more: Any) -> Reason:
    return check(session, asking(client), ask(at, minutes), **more).reason


def endings(session: Session) -> list[HeldRequestEnding]:
    return list(session.exec(select(HeldRequestEnding).order_by(col(HeldRequestEnding.id))))


# Waiting


def test_requests_beyond_the_hours_wait_in_one_case_of_the_month_and_reserve_nothing_d6(
    session: Session, seller: Seller, client: Customer
) -> None:
    answers = [held(session, client, at, 90) for at in (NOON, NOON, "2026-05-31 23:59", "2026-06-01 00:00")]
    assert [placed for _, placed in answers] == [None] * 4
    assert {answer.reason for answer, _ in answers} == {Reason.OVERAGE_NEEDS_APPROVAL}
    told = [answer.case for answer, _ in answers if answer.case is not None]
    may, june = list_cases(session)
    assert [(one.id, one.state, one.month, one.held_requests) for one in told] == [
        (may.id, CaseState.NEW, date(2026, 5, 1), 1),
        (may.id, CaseState.NEW, date(2026, 5, 1), 2),
        (may.id, CaseState.NEW, date(2026, 5, 1), 3),
        (june.id, CaseState.NEW, date(2026, 6, 1), 1),
    ]
    assert (may.seller_id, may.client_id, may.waiting_requests) == (seller.id, client.id, 3)
    hours = answers[2][0].hours
    assert hours is not None
    assert (hours.available_minutes, hours.held_minutes) == (60, 0)


def test_a_held_request_keeps_who_asked_what_and_when_d6(session: Session, client: Customer) -> None:
    question = ask(NOON, 90)
    answer, _ = hold(session, asking(client), question, asked(question.at, ticket="SD-9"), hold_hours=5)
    waiting = session.exec(select(HeldRequest)).one()
    assert (waiting.ticket, waiting.service, waiting.minutes, waiting.asked_by) == ("SD-9", "remote_work", 90, "desk")
    assert (waiting.asked_at, waiting.hold_hours) == (moment(NOON), 5)
    assert answer.case is not None
    assert waiting.case_id == answer.case.id


def test_an_answer_with_its_case_is_what_its_facts_come_to_d6_d1(session: Session, client: Customer) -> None:
    answers = [held(session, client, NOON, 90)[0] for _ in range(3)]
    assert len({answer.at for answer in answers}) == 3
    for answer in answers:
        again = check(session, asking(client), replace(ask(NOON, 90), at=answer.at), known_at=answer.at)
        assert told(again) == told(answer)


def told(answer: Decision) -> tuple[Any, ...]:
    return answer.reason, answer.case, answer.warnings, answer.rules, answer.valid_until


def test_what_is_within_the_hours_or_only_checked_opens_no_case_d6(session: Session, client: Customer) -> None:
    assert reason(session, client, NOON) is Reason.OVERAGE_NEEDS_APPROVAL
    assert held(session, client, NOON, 60)[1] is not None
    assert list_cases(session) == []


def test_the_snapshot_with_a_case_is_what_the_tables_say_d6(session: Session, client: Customer) -> None:
    for _ in range(2):
        held(session, client, NOON, 90)
        assert current_facts(session, client.id) == read_facts(session, client.id)
    decided(session, "bill")
    assert current_facts(session, client.id).cases == read_facts(session, client.id).cases
    held(session, client, "2026-05-15", 90)
    assert current_facts(session, client.id) == read_facts(session, client.id)


# Deciding


@pytest.mark.parametrize("state", ["watch", "bill", "forgiven"])
def test_leaving_new_releases_every_held_request_as_a_hold_at_once_d6(
    session: Session, client: Customer, state: str
) -> None:
    for minutes in (90, 120):
        held(session, client, NOON, minutes, hold_hours=30)
    change = decided(session, state, note="До конца отчётности")
    assert (change.state, change.changed_by, change.note, change.changed_at) == (
        state,
        "Орлова Н. В.",
        "До конца отчётности",
        LATER,
    )
    holds = session.exec(select(Hold).order_by(col(Hold.id))).all()
    assert [(one.minutes, one.placed_at, one.expires_at) for one in holds] == [
        (minutes, LATER, LATER + timedelta(hours=30)) for minutes in (90, 120)
    ]
    assert [(one.end, one.hold_id) for one in endings(session)] == [(RequestEnd.RELEASED, one.id) for one in holds]
    hours = check(session, asking(client), ask("2026-05-14 10:00")).hours
    assert hours is not None
    assert (hours.held_minutes, hours.available_minutes, hours.overage_minutes) == (60, 0, 150)
    assert list(hold_breaches(session)) == []
    release_hold(session, holds[0].id, at=LATER)


def test_refusing_closes_every_held_request_and_blocks_later_ones_of_the_month_d6(
    session: Session, client: Customer
) -> None:
    held(session, client, NOON, 90)
    decided(session, "refuse")
    assert [one.end for one in endings(session)] == [RequestEnd.CLOSED]
    assert session.exec(select(Hold)).all() == []
    assert reason(session, client, "2026-05-14 10:00") is Reason.REQUEST_EXCEEDS_BALANCE
    assert reason(session, client, "2026-06-01") is Reason.OVERAGE_NEEDS_APPROVAL


def test_later_requests_of_a_served_month_are_served_at_once_d6_d1(session: Session, client: Customer) -> None:
    first, _ = held(session, client, NOON, 90)
    assert first.valid_until == moment("2026-06-01")
    decided(session, "watch")
    answer, placed = held(session, client, "2026-05-14 11:00", 30)
    assert placed is not None
    assert (answer.reason, answer.case and answer.case.state) == (Reason.COVERED_BY_OVERAGE, CaseState.WATCH)
    assert reason(session, client, "2026-05-14 09:59") is Reason.OVERAGE_NEEDS_APPROVAL
    before = LATER - timedelta(seconds=1)
    assert reason(session, client, "2026-05-14 11:00", known_at=before) is Reason.OVERAGE_NEEDS_APPROVAL
    assert reason(session, client, "2026-05-14 11:00", known_at=LATER) is Reason.COVERED_BY_OVERAGE


def test_a_case_goes_on_while_its_month_is_open_and_not_after_d6(
    session: Session, seller: Seller, client: Customer
) -> None:
    held(session, client, NOON, 90)
    for seen, state in (("new", "watch"), ("watch", "bill"), ("bill", "forgiven"), ("forgiven", "bill")):
        decided(session, state, seen=CaseState(seen))
    assert len(endings(session)) == 1
    changes = session.exec(select(CaseChange).order_by(col(CaseChange.position))).all()
    assert [one.position for one in changes] == [1, 2, 3, 4]
    assert sorted({one.changed_at for one in changes}) == [one.changed_at for one in changes]
    closed(session, seller, client, date(2026, 5, 1))
    with refused(session, "MONTH_CLOSED", field="case_id"):
        decided(session, "forgiven", seen=CaseState.BILL)


def test_who_comes_second_is_told_who_was_first_d6(session: Session, client: Customer) -> None:
    held(session, client, NOON, 90)
    decided(session, "watch")
    facts = {"state": CaseState.WATCH, "decided_by": "Орлова Н. В.", "decided_at": LATER}
    with refused(session, "CASE_DECIDED", field="state", **facts):
        decided(session, "bill", decided_by="Петров")


@pytest.mark.parametrize(
    ("state", "changes", "code", "field"),
    [
        ("new", {}, "CASE_STATE_WRONG", "state"),
        ("invoiced", {}, "CASE_STATE_WRONG", "state"),
        ("bill", {"seen": CaseState.WATCH}, "CASE_STATE_WRONG", "seen"),
        ("bill", {"decided_by": " "}, "TEXT_WRONG", "decided_by"),
        ("bill", {"note": "а" * 301}, "TEXT_WRONG", "note"),
    ],
)
def test_a_decision_that_makes_no_sense_is_refused_d6(
    session: Session, client: Customer, state: str, changes: dict[str, Any], code: str, field: str
) -> None:
    held(session, client, NOON, 90)
    with refused(session, code, field=field):
        decided(session, state, **changes)


def test_an_unknown_case_cannot_be_decided_d6(session: Session) -> None:
    with refused(session, "CASE_UNKNOWN", field="case_id"):
        decide_case(session, 404, CaseState.BILL, decided_by="Орлова", at=LATER)


def test_when_clocks_differ_a_decision_comes_after_what_it_decides_d6(session: Session, client: Customer) -> None:
    held(session, client, NOON, 90)
    change = decided(session, "bill", at=moment("2026-05-13 11:00"))
    assert change.changed_at == moment(NOON) + timedelta.resolution
    assert held(session, client, "2026-05-13 11:00", 90)[1] is not None


# The end of the month


def test_after_the_month_a_decision_closes_what_waited_d6(session: Session, client: Customer) -> None:
    held(session, client, NOON, 90)
    decided(session, "bill", at=moment("2026-06-01"))
    assert [one.end for one in endings(session)] == [RequestEnd.CLOSED]
    assert requests_of(session, the_case(session))[0].hold_id is None


def test_an_amount_of_work_without_a_case_is_no_case_d6(session: Session, seller: Seller, client: Customer) -> None:
    worked(session, client, NOON, 90)
    assert closed(session, seller, client, date(2026, 5, 1)) is not None
    assert list_cases(session) == []


def test_a_released_request_for_a_counted_service_takes_its_use_d2_d6(session: Session, seller: Seller) -> None:
    """One visit a month; what a manager lets through beyond it is counted all the same."""
    a_plan(
        session, "visits", over_limit="approve", services=[{"code": "visit", "included_count": 1, "draws_hours": True}]
    )
    client = a_client(session, "Лютик")
    a_sale(session, seller, client, "visits", starts_on=date(2026, 5, 1), at=moment("2026-05-01"))
    envelopes = [asked(moment(NOON)) for _ in range(2)]
    for envelope in envelopes:
        answer, _ = hold(session, asking(client), ask(NOON, 90, service="visit"), envelope)
        assert answer.reason is Reason.OVERAGE_NEEDS_APPROVAL
        assert use_of_decision(session, envelope.id) is None
    decided(session, "bill")
    uses = [use_of_decision(session, envelope.id) for envelope in envelopes]
    assert [(use.service, use.used_at, use.ticket) for use in uses if use is not None] == [
        ("visit", LATER, envelope.ticket) for envelope in envelopes
    ]
    later = check(session, asking(client), ask("2026-05-15", 30, service="visit"))
    assert (later.reason, later.counts[0].used) == (Reason.COUNT_EXHAUSTED, 2)
    assert current_facts(session, client.id) == read_facts(session, client.id)


def test_a_refused_request_for_a_counted_service_takes_none_d6(session: Session, seller: Seller) -> None:
    a_plan(
        session, "visits", over_limit="approve", services=[{"code": "visit", "included_count": 1, "draws_hours": True}]
    )
    client = a_client(session, "Лютик")
    a_sale(session, seller, client, "visits", starts_on=date(2026, 5, 1), at=moment("2026-05-01"))
    envelope = asked(moment(NOON))
    hold(session, asking(client), ask(NOON, 90, service="visit"), envelope)
    decided(session, "refuse")
    assert use_of_decision(session, envelope.id) is None
