"""The offline pass: the answers of one moment, and until when they stand (D1)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace
from sqlalchemy import Engine

from api.client.gate import SERVED
from api.database import reading, transaction
from api.v1.offline_passes import claims_of
from contracts.blocking import raise_block
from contracts.errors import Refusal
from contracts.policies import Channel
from documents.words import Language
from entitlements.answers import Question
from entitlements.calendar import load_calendar, weighted_hundredths
from entitlements.client_facts import read_facts
from entitlements.covers import ClientFacts
from entitlements.decision import decide
from entitlements.hours import local_day
from entitlements.hours_facts import Entry
from entitlements.offline_pass import GivenAnswer, OfflinePass, offline_pass
from entitlements.pass_claims import PassClaims, read_claims
from entitlements.reasons import Reason
from entitlements.rounding import RoundingPolicy
from tests.builders import Customer, a_client, a_plan, a_registration, a_sale, a_seller, its_catalogue, moment
from tests.entitlements.random_facts import a_client as some_client
from tests.entitlements.random_facts import a_question, for_any

AT = moment("2026-10-05 10:00")
DAY = timedelta(hours=24)


def given(engine: Engine, customer: Customer, longest: timedelta = DAY) -> OfflinePass:
    with reading(engine) as session:
        facts = read_facts(session, customer.id)
        return offline_pass(facts, dict.fromkeys(facts.pools, "RU"), at=AT, longest=longest)


def answer(shown: OfflinePass, service: str | None = None, *, feature: str | None = None) -> GivenAnswer:
    """The answer to a question that names no registration."""
    asked = [one for one in shown.answers if (one.service, one.feature) == (service, feature)]
    [found] = [one for one in asked if None in one.registrations]
    return found


@pytest.fixture
def sold(engine: Engine) -> Customer:
    with transaction(engine) as session:
        its_catalogue(session)
        a_plan(session)
        customer = a_client(session)
        a_sale(session, a_seller(session), customer, starts_on=AT.date(), at=AT)
    return customer


def test_a_pass_says_of_each_service_what_the_desk_would_be_told(engine: Engine, sold: Customer) -> None:
    shown = given(engine, sold)
    assert {one.service for one in shown.answers} == {None, "consultation_line", "remote_work", "visit"}
    with reading(engine) as session:
        facts = read_facts(session, sold.id)
    for one in shown.answers:
        for number in one.registrations:
            assert one.decision == decide(facts, Question(AT, number, one.service, feature=one.feature))
    assert shown.registrations == tuple(sold.registrations)


def test_a_pass_says_how_far_an_answer_goes(engine: Engine, sold: Customer) -> None:
    shown = given(engine, sold)
    work, visit = answer(shown, "remote_work").limits, answer(shown, "visit").limits
    assert (work.billed_minutes, work.least_minutes, work.quantum_minutes, work.most_minutes) == (15, 15, 15, 60)
    assert (visit.billed_minutes, visit.least_minutes) == (60, 60)
    assert (work.channels, work.lines, work.any_contact, work.uses_left) == (
        tuple(Channel),
        (0, 1, 2, 3, 4),
        True,
        None,
    )
    for free in (answer(shown, "consultation_line"), answer(shown, feature="visit")):
        assert (free.limits.billed_minutes, free.limits.least_minutes) == (0, 0)
    [billing] = shown.billing
    assert (billing.country, billing.time_zone, billing.minimums) == ("RU", "Europe/Moscow", {"visit": 60})
    assert billing.billed_minutes(moment("2026-10-05 17:30"), 90, "remote_work") == 120  # H3
    assert billing.billed_minutes(moment("2026-10-05 10:00"), 1, "visit") == 60


def test_registrations_with_the_same_answer_share_it(engine: Engine, sold: Customer) -> None:
    with transaction(engine) as session:
        other, another = (a_registration(session, sold.entity).number for _ in range(2))
    shown = [one for one in given(engine, sold).answers if one.service == "remote_work"]
    assert [(one.registrations, one.decision.reason) for one in shown] == [
        ((None, *sold.registrations), Reason.COVERED),
        ((other, another), Reason.PRODUCT_NOT_COVERED),
    ]


def test_a_pass_ends_after_its_longest_time(engine: Engine, sold: Customer) -> None:
    assert given(engine, sold).valid_until == AT + DAY


def test_a_pass_ends_with_the_first_change_that_is_known(engine: Engine, sold: Customer) -> None:
    change = answer(given(engine, sold)).decision.valid_until
    assert change is not None
    assert given(engine, sold, timedelta(days=3000)).valid_until == change


def test_a_suspended_client_gets_no_pass(engine: Engine, sold: Customer) -> None:
    with transaction(engine) as session:
        raise_block(session, sold.id, "Не оплачен счёт", at=AT)
    with pytest.raises(Refusal, match="PASS_WITHHELD"):
        given(engine, sold)


def claims_by(facts: ClientFacts, at: datetime) -> PassClaims | None:
    """What the pass of a moment says to a desk that reads it; none for a suspended client."""
    try:
        shown = offline_pass(facts, {1: "RU"}, at=at, longest=DAY)
    except Refusal:
        return None
    return read_claims(msgspec.json.decode(msgspec.json.encode(claims_of(shown, facts, Language.EN))))


def some_uses(chance: Random) -> tuple[int, ...]:
    """How long the works were that a desk did since."""
    return tuple(chance.choice([1, 15, 40, 200]) for _ in range(chance.choice([0, 0, 1, 2])))


def done(facts: ClientFacts, minutes: Sequence[int], at: datetime) -> tuple[ClientFacts, list[dict[str, Any]]]:
    """The facts with work of so many minutes just before the moment, and that work as the desk's queue tells it."""
    zone, started_at = facts.pools[1].time_zone, at - timedelta(minutes=1)
    entries, uses = [], []
    for number, one in enumerate(minutes, start=9000):
        weighted = weighted_hundredths(load_calendar("RU", zone).zone_parts(started_at, one), RoundingPolicy())
        day = local_day(started_at, zone)
        entries.append(Entry(number, "desk", str(number), 1, started_at, started_at, day, weighted, 15, 1))
        uses.append({"worked_minutes": one, "started_at": started_at.isoformat(), "service": "remote_work"})
    pool = replace(facts.pools[1], entries=(*facts.pools[1].entries, *entries))
    return replace(facts, pools={1: pool}), uses


@for_any(facts=some_client, question=a_question, minutes=some_uses)
def test_a_pass_answers_as_the_server_would_that_knows_all_that_was_done_since(
    facts: ClientFacts, question: Question, minutes: Sequence[int]
) -> None:
    claims = claims_by(facts, question.at)
    if claims is None:
        return
    later = question.at + (claims.valid_until - question.at) / 2
    known, uses = done(facts, minutes, later)
    said = {name: getattr(question, name) for name in ("registration_number", "service", "feature", "channel", "line")}
    said |= {"requested_minutes": question.minutes, "contact": {"email": "a@b.example"} if question.contact else None}
    told = claims.answer(said, uses)
    if told is not None:
        decision = decide(known, replace(question, at=later))
        assert (told.decision in SERVED) == decision.is_served, (told, decision)


def test_a_client_without_a_contract_gets_a_pass_that_says_no(engine: Engine, sold: Customer) -> None:
    with transaction(engine) as session:
        customer = a_client(session, "Василёк")
    assert answer(given(engine, customer)).decision.reason is Reason.NO_CONTRACT
    assert given(engine, customer).valid_until == AT + DAY
