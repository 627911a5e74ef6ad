"""H15: months side by side under two plans; under its own plan a client's months are those of the statements."""

from datetime import date
from typing import Any

import pytest
from msgspec import json as msgspec_json
from sqlmodel import Session, select

from billing.replay import Replay, Side
from billing.replaying import MOST_MONTHS, Tried, months_between, replay, seller_to_replay
from contracts.money import Money
from contracts.parties import Seller
from contracts.terms import Term
from contracts.trying import settings_named, version_named
from entitlements import redeciding
from entitlements.case_states import CaseState
from entitlements.desk import Asked, hold
from entitlements.hours_facts import Charge
from entitlements.over_limit import decide_case
from entitlements.over_limit_facts import list_cases
from entitlements.reasons import Reason
from entitlements.statements import Statement, StatementLine
from entitlements.timing import Task, pause, resume, start, stop
from tests.builders import (
    Customer,
    a_client,
    a_plan,
    a_sale,
    a_seller,
    ask,
    asking,
    closed,
    its_catalogue,
    moment,
    refused,
    row_counts,
    worked,
)

SEPTEMBER, OCTOBER, NOVEMBER, DECEMBER = (date(2026, month, 1) for month in (9, 10, 11, 12))
AT = moment("2026-11-20 12:00")
TWO_MONTHS = Term(OCTOBER, DECEMBER)
YEAR_PRICE = [{"term_months": 12, "price": "24000.00"}]


@pytest.fixture
def seller(session: Session) -> Seller:
    its_catalogue(session)
    a_plan(session)
    return a_seller(session)


@pytest.fixture
def customer(session: Session, seller: Seller) -> Customer:
    """A client with an hour a month from October on, who used it up."""
    customer = a_client(session)
    a_sale(session, seller, customer, at=moment("2026-09-01 12:00"), starts_on=OCTOBER)
    worked(session, customer, "2026-10-05 10:00", 10, external_id="SD-A")
    worked(session, customer, "2026-10-12 10:00", 50)
    worked(session, customer, "2026-10-20 10:00", 7, charge=Charge.PAID)
    worked(session, customer, "2026-10-27 10:00", 35, service="visit")
    return customer


def question(session: Session, customer: Customer, at: str, minutes: int, ticket: str) -> Reason:
    """A request for so many minutes, held where it is served, with its words as they came."""
    words = {"client": {"id": customer.id}, "service": "remote_work", "requested_minutes": minutes}
    asked = Asked(f"{ticket} {at}", "desk", moment(at), ticket, msgspec_json.encode(words).decode())
    return hold(session, asking(customer), ask(at, minutes), asked)[0].reason


def replayed(
    session: Session,
    customer: Customer,
    seller: Seller,
    *settings: str,
    plan: str | None = None,
    months: Term = TWO_MONTHS,
    **more: Any,
) -> Replay:
    version = None if plan is None else version_named(session, plan, None)
    before = row_counts(session)
    found = replay(session, customer.id, seller, months, Tried(version, settings_named(settings), **more))
    assert row_counts(session) == before
    return found


def figures(side: Side) -> tuple[int, int, int, str, str]:
    """Billed, drawn and overage minutes, and what is charged and paid for the term."""
    parts = side.parts
    return parts.billed_minutes, parts.drawn_minutes, parts.overage_minutes, str(side.charged), str(side.price)


def test_a_quantum_of_thirty_is_shown_beside_one_of_fifteen_h15(
    session: Session, seller: Seller, customer: Customer
) -> None:
    """15 + 60 + 15 + 60 become 30 + 60 + 30 + 60; the price of the term stays."""
    found = replayed(session, customer, seller, "quantum_minutes=30")
    october, november = found.months
    assert figures(october.held) == (150, 60, 75, "4050.00", "1019.18")
    assert figures(october.tried) == (180, 60, 90, "5400.00", "1019.18")
    assert (october.worked_minutes, november.worked_minutes) == (102, 0)
    assert figures(found.tried_sum) == (180, 60, 90, "5400.00", "2005.48")
    assert figures(november.held) == figures(november.tried) == (0, 0, 0, "0.00", "986.30")


def test_another_plan_gives_rounds_prices_and_refuses_by_its_own_terms_h15(
    session: Session, seller: Seller, customer: Customer
) -> None:
    """Two hours a month by half hours with a visit of two hours: nothing is charged but what was paid work anyhow."""
    visit = {"code": "visit", "draws_hours": True, "minimum_minutes": 120}
    services = [{"code": "remote_work", "draws_hours": True}, visit]
    plan = {"kind": "support", "included_minutes": 240, "quantum_minutes": 30, "overage_rate": "1800.00"}
    a_plan(session, "more", **plan, services=services, prices=YEAR_PRICE, rollover_cap_minutes=30, rollover_periods=1)
    found = replayed(session, customer, seller, plan="more")
    assert figures(found.months[0].tried) == (240, 210, 0, "900.00", "2038.36")
    hours = found.months[0].tried.hours
    assert (hours.given_minutes, hours.rolled_minutes, hours.burnt_minutes) == (240, 30, 0)
    assert found.months[1].tried.hours.opening_minutes == 30
    assert found.trial.plan == "more"


def test_the_way_to_a_visit_and_the_stretches_of_a_timer_are_weighed_as_they_were_measured_h3_h15(
    session: Session, seller: Seller
) -> None:
    """A plan that bills the way adds its 30 minutes; half of the timer's hour was out of hours, at twice its time."""
    customer = a_client(session)
    a_sale(session, seller, customer, at=moment("2026-09-01 12:00"), starts_on=OCTOBER)
    worked(session, customer, "2026-10-05 10:00", 60, service="visit", travel_minutes=30)
    timer = start(session, Task(customer.id, "Ильин", service="remote_work"), at=moment("2026-10-06 17:00")).id
    pause(session, timer, at=moment("2026-10-06 17:30"))
    resume(session, timer, at=moment("2026-10-06 19:00"))
    stop(session, timer, at=moment("2026-10-06 19:30"))
    ways = {"bills_travel": True, "services": [{"code": "visit", "draws_hours": True}]}
    a_plan(session, "with-the-way", kind="support", **ways)
    for tried, held, minutes in (
        (replayed(session, customer, seller, plan="with-the-way"), 60 + 75, 60 + 30 + 75),
        (replayed(session, customer, seller, "out_of_hours_percent=200"), 60 + 75, 60 + 90),
    ):
        october = tried.months[0]
        assert (october.held.parts.billed_minutes, october.tried.parts.billed_minutes) == (held, minutes)


def test_requests_are_decided_again_on_what_was_known_then_h15(
    session: Session, seller: Seller, customer: Customer
) -> None:
    """Refused by the plan that was held for want of hours, served by one with more; asked twice it is one request."""
    a_plan(session, "strict", kind="strict", over_limit="block")
    a_plan(session, "more", kind="strict", included_minutes=240, over_limit="block")
    other = a_client(session, "Василёк")
    a_sale(session, seller, other, "strict", at=moment("2026-09-01 12:00"), starts_on=OCTOBER)
    said = [
        question(session, other, "2026-10-05 10:00", 30, "SD-1"),
        question(session, other, "2026-10-06 10:00", 45, "SD-2"),
        question(session, other, "2026-10-06 11:00", 45, "SD-2"),
        question(session, other, "2026-11-01 00:30", 90, "SD-3"),
    ]
    assert said == [Reason.COVERED, *[Reason.REQUEST_EXCEEDS_BALANCE] * 3]
    worked(session, other, "2026-10-05 09:00", 600, at=moment("2026-11-02 10:00"))  # nobody knew of it
    found = replayed(session, other, seller, plan="more")
    october, november = found.months
    assert (october.held.refused, october.tried.refused, found.asked) == (1, 0, 4)
    assert (november.held.refused, november.tried.refused) == (1, 0)
    changed = [(one.held.reason, one.tried.reason) for one in found.answers if one.held.reason != one.tried.reason]
    assert changed == [(Reason.REQUEST_EXCEEDS_BALANCE, Reason.COVERED)] * 3
    assert [one.tried.available_minutes for one in found.answers] == [240, 210, 210, 240]
    own = replayed(session, other, seller)
    assert (own.answers, own.months[0].tried) == ((), own.months[0].held)


def test_too_many_questions_are_refused_by_their_number_h15(
    session: Session, seller: Seller, customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for day in (5, 6):
        question(session, customer, f"2026-11-{day:02} 10:00", 15, f"SD-{day}")
    monkeypatch.setattr(redeciding, "MOST_QUESTIONS", 2)
    assert replayed(session, customer, seller).asked == 2
    monkeypatch.setattr(redeciding, "MOST_QUESTIONS", 1)
    with refused(session, "QUESTIONS_TOO_MANY", field="from", value=2, allowed=1):
        replayed(session, customer, seller)


def assert_statements_say_the_same(session: Session, found: Replay) -> None:
    """To the minute and the kopeck."""
    statements = select(Statement).where(Statement.client_id == found.client_id)
    by_month = {one.month: one for one in session.exec(statements)}
    for month in found.months:
        statement = by_month.get(month.term.starts_on)
        assert month.is_closed == (statement is not None)
        for side in (month.held, month.tried) if statement is not None else ():
            assert statement is not None
            for name in side.hours.__struct_fields__:
                assert getattr(side.hours, name) == getattr(statement, name), (month.term, name)
            assert side.charged == Money(statement.total_minor, statement.currency)
            lines = session.exec(select(StatementLine).where(StatementLine.statement_id == statement.id)).all()
            for name in side.parts.__struct_fields__:
                assert getattr(side.parts, name) == sum(getattr(line, name) for line in lines)


@pytest.mark.parametrize("twin", [False, True], ids=["its own version", "a version that says the same"])
def test_under_its_own_plan_the_months_are_those_of_the_statements_h15_e3(
    session: Session, seller: Seller, customer: Customer, twin: bool
) -> None:
    """With corrections of closed months, in money too; the other version gives and weighs everything anew."""
    closed(session, seller, customer, OCTOBER)
    worked(session, customer, "2026-10-05 10:00", 95, external_id="SD-A", at=moment("2026-11-03 12:00"))
    worked(session, customer, "2026-11-07 20:00", 25)
    closed(session, seller, customer, NOVEMBER)
    if twin:
        a_plan(session)
    found = replayed(session, customer, seller, plan="support" if twin else None)
    assert_statements_say_the_same(session, found)
    assert found.months[1].held.charged != Money(0)
    assert found.months[1].held.hours.burnt_minutes == 0


def test_what_was_forgiven_stays_forgiven_d6_h15(session: Session, seller: Seller) -> None:
    a_plan(session, "asks", kind="asks", over_limit="approve")
    other = a_client(session, "Лютик")
    a_sale(session, seller, other, "asks", at=moment("2026-09-01 12:00"), starts_on=OCTOBER)
    worked(session, other, "2026-10-05 10:00", 120)
    question(session, other, "2026-10-06 10:00", 60, "SD-1")
    (case,) = list_cases(session, client_id=other.id)
    decide_case(session, case.id, CaseState.FORGIVEN, decided_by="Орлова", at=moment("2026-10-28 12:00"))
    closed(session, seller, other, OCTOBER)
    found = replayed(session, other, seller, "quantum_minutes=60")
    assert_statements_say_the_same(session, replayed(session, other, seller))
    assert [side.charged for side in (found.months[0].held, found.months[0].tried)] == [Money(0), Money(0)]


def test_a_version_that_is_tried_in_its_own_place_keeps_the_agreed_price_h15(session: Session, seller: Seller) -> None:
    """Another one counts by its list, which has 12 000.00 for the year."""
    other = a_client(session, "Лютик")
    a_sale(session, seller, other, at=moment("2026-09-01 12:00"), starts_on=OCTOBER, price=Money(3_650_000))
    found = replayed(session, other, seller, plan="support")
    assert found.months[0].held.price == found.months[0].tried.price == Money(310_000)
    a_plan(session)
    assert replayed(session, other, seller, plan="support").months[0].tried.price == Money(101_918)


def test_a_plan_without_a_price_says_so_h15(session: Session, seller: Seller, customer: Customer) -> None:
    a_plan(session, "unpriced", kind="support", overage_rate_minor=None, prices=[{"term_months": 1}])
    version = version_named(session, "unpriced", None)
    version.overage_rate_minor = None
    session.flush()
    october = replayed(session, customer, seller, plan="unpriced").months[0]
    assert (october.tried.charged, october.tried.price, october.tried.total, october.tried.currency) == (None,) * 4


def test_a_plan_takes_the_place_of_what_its_kind_excludes_s6_h15(
    session: Session, seller: Seller, customer: Customer
) -> None:
    """A client of two kinds of plan names the subscription where the plan is of a third one."""
    a_plan(session, "second", kind="second", included_minutes=30)
    sold = a_sale(session, seller, customer, "second", at=moment("2026-09-02 12:00"), starts_on=OCTOBER).subscription
    a_plan(session, "of-second", kind="second", included_minutes=90)
    a_plan(session, "third", kind="third", included_minutes=120)
    assert replayed(session, customer, seller, plan="of-second").trial.subscription_ids == (sold.id,)
    with refused(session, "SUBSCRIPTION_REQUIRED", field="subscription_id"):
        replayed(session, customer, seller, plan="third")
    alone = replayed(session, customer, seller, plan="third", subscription_id=sold.id)
    assert alone.months[0].tried.hours.given_minutes == 60 + 120
    with refused(session, "SUBSCRIPTION_UNKNOWN", field="subscription_id"):
        replayed(session, customer, seller, plan="third", subscription_id=999)


def test_only_months_that_have_begun_are_replayed_h15(session: Session, seller: Seller, customer: Customer) -> None:
    """A running month is told to be open."""
    assert months_between(OCTOBER, NOVEMBER, seller, AT) == months_between(OCTOBER, None, seller, AT) == TWO_MONTHS
    assert months_between(None, None, seller, AT) == Term(date(2025, 12, 1), DECEMBER)
    assert replayed(session, customer, seller).open_months == (OCTOBER, NOVEMBER)
    closed(session, seller, customer, OCTOBER)
    assert replayed(session, customer, seller).open_months == (NOVEMBER,)
    for first, last, field, allowed in (
        (DECEMBER, DECEMBER, "from", "up to 2026-11"),
        (OCTOBER, DECEMBER, "to", "2026-10 to 2026-11"),
        (OCTOBER, SEPTEMBER, "to", "2026-10 to 2026-11"),
        (date(2020, 1, 1), NOVEMBER, "to", "2020-01 to 2022-12"),
    ):
        with refused(session, "MONTHS_OUT_OF_RANGE", field=field, allowed=allowed):
            months_between(first, last, seller, AT)
    assert MOST_MONTHS == 36


def test_the_seller_is_the_only_one_that_sold_or_is_named_h15(
    session: Session, seller: Seller, customer: Customer
) -> None:
    assert seller_to_replay(session, customer.id, None).id == seller.id
    south, nobody = a_seller(session, "south"), a_client(session, "Никто")
    with refused(session, "NOTHING_TO_REPLAY", field="client_id", value=nobody.id):
        seller_to_replay(session, nobody.id, None)
    with refused(session, "NOTHING_TO_REPLAY", field="client_id", value=customer.id):
        replayed(session, customer, south)
    with refused(session, "CLIENT_UNKNOWN", field="client_id"):
        seller_to_replay(session, 999, None)
    with refused(session, "SELLER_UNKNOWN", field="seller_id"):
        seller_to_replay(session, customer.id, 999)
    a_plan(session, "south", kind="south")
    a_sale(session, south, customer, "south", at=moment("2026-09-02 12:00"), starts_on=OCTOBER)
    with refused(session, "SELLER_REQUIRED", field="seller_id", allowed=[seller.id, south.id]):
        seller_to_replay(session, customer.id, None)
