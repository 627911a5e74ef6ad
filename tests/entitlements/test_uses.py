"""D2, D8: uses of counted services are taken with the answer, counted once, and can be given back."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from api.database import transaction
from contracts.parties import Seller
from entitlements.answers import Decision
from entitlements.client_facts import current_facts, read_facts
from entitlements.decision import decide
from entitlements.desk import check, hold
from entitlements.reasons import Reason
from entitlements.uses import ServiceUse, give_back_use, use_of_decision
from tests.builders import (
    Customer,
    a_client,
    a_plan,
    a_sale,
    a_seller,
    ask,
    asked,
    asking,
    at_once,
    its_catalogue,
    moment,
    refused,
)

AT = moment("2026-10-01")
FEATURE = {"service": None, "feature": "auditor_question"}
INCLUDED = [{"code": "auditor_question", "included_count": 2}, {"code": "visit", "draws_hours": True}]


@pytest.fixture
def seller(session: Session) -> Seller:
    its_catalogue(session)
    a_plan(session, services=INCLUDED)
    return a_seller(session)


@pytest.fixture
def client(session: Session, seller: Seller) -> Customer:
    client = a_client(session)
    a_sale(session, seller, client, at=AT)
    return client


def taken(session: Session, client: Customer, at: str) -> tuple[Decision, ServiceUse | None]:
    envelope = asked(moment(at))
    decision, held = hold(session, asking(client), ask(at, **FEATURE), envelope)
    assert held is None
    return decision, use_of_decision(session, envelope.id)


def told(session: Session, client: Customer, at: str, **more: str) -> tuple[Reason, int]:
    known_at = moment(more["known_at"]) if more else None
    answer = check(session, asking(client), ask(at, **FEATURE), known_at=known_at)
    return answer.reason, answer.counts[0].available


def test_so_many_are_taken_as_there_are_and_no_more_d2(session: Session, client: Customer) -> None:
    for at, used in (("2026-10-05 10:00", True), ("2026-10-05 10:00", True), ("2026-10-05 10:00", False)):
        decision, use = taken(session, client, at)
        assert (use is not None) is used
        assert decision.reason is (Reason.COVERED if used else Reason.COUNT_EXHAUSTED)
    assert told(session, client, "2026-10-20 10:00") == (Reason.COUNT_EXHAUSTED, 0)
    assert told(session, client, "2026-11-01") == (Reason.COVERED, 2)
    assert current_facts(session, client.id) == read_facts(session, client.id)


def test_a_use_that_is_given_back_is_there_again_and_the_past_stays_d1(session: Session, client: Customer) -> None:
    _, use = taken(session, client, "2026-10-05 10:00")
    assert use is not None
    give_back_use(session, use.id, "Котова И. Л.", "Вопрос снят", at=moment("2026-10-07 10:00"))
    assert told(session, client, "2026-10-08")[1] == 2
    assert told(session, client, "2026-10-06")[1] == 1
    assert told(session, client, "2026-10-08", known_at="2026-10-06")[1] == 1
    assert told(session, client, "2026-10-08", known_at="2026-10-05 09:00")[1] == 2
    assert told(session, client, "2026-10-08", known_at="2026-10-07 10:00")[1] == 2
    with refused(session, "USE_RETURNED", field="use_id", value=use.id):
        give_back_use(session, use.id, "Котова И. Л.", "Ещё раз", at=moment("2026-10-09"))
    with refused(session, "USE_UNKNOWN", field="use_id"):
        give_back_use(session, 999, "Котова И. Л.", "Нет", at=moment("2026-10-09"))
    with refused(session, "TEXT_WRONG", field="reason"):
        give_back_use(session, use.id, "Котова И. Л.", " ", at=moment("2026-10-09"))


def test_work_on_a_counted_service_takes_a_use_beside_its_hours_d2(session: Session, client: Customer) -> None:
    a_plan(session, "visits", services=[{"code": "visit", "draws_hours": True, "included_count": 1, "count_months": 3}])
    seller = session.exec(select(Seller)).one()
    other = a_client(session, "Лютик")
    a_sale(session, seller, other, "visits", at=AT)
    envelope = asked(moment("2026-10-05 10:00"))
    _, held = hold(session, asking(other), ask("2026-10-05 10:00", 15, service="visit"), envelope)
    use = use_of_decision(session, envelope.id)
    assert held is not None
    assert use is not None
    assert (held.minutes, use.service) == (15, "visit")
    again = ask("2026-11-20", 15, service="visit")
    assert check(session, asking(other), again).reason is Reason.COUNT_EXHAUSTED


def test_a_check_alone_takes_nothing_d2(session: Session, client: Customer) -> None:
    for _ in range(3):
        assert told(session, client, "2026-10-05 10:00") == (Reason.COVERED, 2)
    assert session.exec(select(ServiceUse)).all() == []


def test_of_many_who_ask_at_once_exactly_so_many_are_served_d2(engine: Engine) -> None:
    with transaction(engine) as session:
        its_catalogue(session)
        a_plan(session, services=INCLUDED)
        client = a_client(session)
        a_sale(session, a_seller(session), client, at=AT)
        asker = asking(client)
    at = moment("2026-10-05 10:00")

    def take(session: Session) -> Reason:
        return hold(session, asker, ask("2026-10-05 10:00", **FEATURE), asked(at))[0].reason

    reasons = at_once(engine, *[take] * 8)
    assert sorted(reasons) == [Reason.COUNT_EXHAUSTED] * 6 + [Reason.COVERED] * 2
    with transaction(engine) as session:
        assert len(session.exec(select(ServiceUse)).all()) == 2
        facts = read_facts(session, asker.keys["id"])
        assert decide(facts, ask("2026-10-05 10:00", **FEATURE)).reason is Reason.COUNT_EXHAUSTED
        assert max(use.used_at for use in facts.uses) - at < timedelta(seconds=1)
