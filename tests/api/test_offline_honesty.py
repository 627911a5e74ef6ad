"""A pass never says yes where the server, at the same moment and knowing the same, says no (D1, D5)."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session

from api.client import CallWrong, Passes
from api.client.gate import SERVED
from api.database import reading, transaction
from api.v1.asking import QuestionInput
from api.v1.offline_answers import PassAnswer
from contracts.enrolling import add_contact
from entitlements.client_facts import current_facts
from entitlements.decision import decide
from entitlements.overriding import give_override
from tests.api.conftest import TODAY, House
from tests.builders import Customer, a_client, a_plan, a_sale, a_seller

NAMED = "anna@romashka.example"
VISITS = [
    {"code": "remote_work", "draws_hours": True},
    {"code": "visit", "draws_hours": True, "included_count": 2},
    {"code": "consultation_line"},
]
PLANS: dict[str, dict[str, Any]] = {
    "blocked": {"over_limit": "block"},
    "asking": {"over_limit": "approve"},
    "billed": {"over_limit": "bill", "overrun_percent": 50},
    "narrow": {"channels": ["email"], "highest_line": 2, "over_limit": "block"},
    "named": {"named_contacts_only": True, "over_limit": "block"},
    "counted": {"services": VISITS, "over_limit": "block"},
    "coarse": {"over_limit": "block", "quantum_minutes": 30, "minimum_minutes": 60},
    "priced": {"services": [{"code": "visit", "price": "500.00"}, {"code": "consultation_line"}]},
    "empty": {"over_limit": "block", "included_minutes": 0},
    "half": {"over_limit": "block", "included_minutes": 30},
}
ASKED = [{}, *({"service": code} for code in ("remote_work", "visit", "consultation_line", "auditing"))]
ASKED += [{"feature": code} for code in ("visit", "consultation_line")]
MINUTES = [{}, *({"requested_minutes": minutes} for minutes in (1, 31, 60))]
OTHERWISE = [{"channel": "phone"}, {"line": 0}, {"line": 3}, {"line": 4}, {"contact": {"email": NAMED}}]
OTHERWISE += [{"contact": {"email": "nobody@elsewhere.example"}}, {"channel": "phone", "contact": {"email": NAMED}}]
OTHERWISE += [{"channel": "email", "line": 2}, {"channel": "email", "line": 4, "contact": {"email": NAMED}}]
KINDS = (*PLANS, "two sellers", "two plans", "approved", "lapsed", "none")


class Desk:
    """The server of the house as `Passes` calls it, without a network between."""

    def __init__(self, house: House) -> None:
        self.house = house

    def public_keys(self) -> bytes:
        content: bytes = self.house.get(None, "/.well-known/jwks.json").content
        return content

    def offline_pass(self, client_id: int) -> PassAnswer:
        answer = self.house.get("desk", f"/v1/clients/{client_id}/offline-pass")
        return PassAnswer.model_validate_json(answer.content)

    def record_offline(self, offline_pass: str, uses: list[Any], *, once: str) -> None:
        told = self.house.post("desk", "/v1/offline-uses", {"offline_pass": offline_pass, "uses": uses}, once=once)
        if told.status_code != 201:
            raise CallWrong(told.status_code, told.json())


def sold(session: Session, house: House, kind: str) -> Customer:
    """A client with two registrations, of which what was sold covers the first alone."""
    customer = a_client(session, kind, registrations=2)
    add_contact(session, customer.id, "Анна", at=TODAY, emails=(NAMED,))
    sale: dict[str, Any] = {"at": TODAY, "registrations": customer.registrations[:1], "starts_on": TODAY.date()}
    for code in ("narrow", "blocked") if kind == "two plans" else (kind,) if kind in PLANS else ():
        a_plan(session, code, kind=code, **PLANS[code])
        a_sale(session, house.seller, customer, code, **sale)
    if kind == "two sellers":
        for seller, code in ((house.seller, "first"), (a_seller(session, "east"), "second")):
            a_plan(session, code, kind=code, **PLANS["half"])
            a_sale(session, seller, customer, code, **sale)
    if kind == "lapsed":
        a_sale(session, house.seller, customer, **sale | {"starts_on": TODAY.date().replace(month=1), "term_months": 6})
    if kind == "approved":
        until_at = TODAY + timedelta(days=2)
        give_override(session, customer.id, "Котова И. Л.", "Обещали", until_at=until_at, at=TODAY)
    return customer


def questions(customer: Customer, otherwise: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Every question of the table."""
    numbers = [{}, *({"registration_number": number} for number in customer.registrations)]
    for number, asked, minutes, more in product(numbers, ASKED, MINUTES, otherwise):
        yield {"client": {"id": customer.id}, **number, **asked, **minutes, **more}


def judged(house: House, passes: Passes, customer: Customer, *otherwise: dict[str, Any]) -> list[dict[str, Any]]:
    """The questions that the pass answers; each yes of it is a yes of the server, and each no a no."""
    told = []
    with reading(house.engine) as session:
        facts = current_facts(session, customer.id)
    for question in questions(customer, [{}, *otherwise]):
        verdict = passes.verdict(**question)
        if verdict is not None:
            decision = decide(facts, QuestionInput.model_validate(question).question(house.clock()))
            assert (verdict.decision in SERVED) == decision.is_served, (question, decision.reason, verdict.reason)
            told.append(question)
    return told


@pytest.fixture
def passes(house: House, tmp_path: Path) -> Passes:
    """An empty folder of passes, by the clock of the house."""
    return Passes(tmp_path / "passes", clock=house.clock)


def a_use(number: int, **more: Any) -> dict[str, Any]:
    """A quarter of an hour of work before the moment of the house."""
    return {"source": "desk", "external_id": f"SD-{number}", "worked_minutes": 15, "started_at": TODAY} | more


@pytest.mark.parametrize("kind", KINDS)
def test_a_pass_never_says_yes_where_the_server_says_no(house: House, passes: Passes, kind: str) -> None:
    with transaction(house.engine) as session:
        customer = sold(session, house, kind)
    desk: Any = Desk(house)
    assert passes.keep(desk, [{"id": customer.id}]) == []
    assert {"client": {"id": customer.id}} in judged(house, passes, customer, *OTHERWISE)
    for number in range(3):
        verdict = passes.verdict(client={"id": customer.id}, service="visit")
        if verdict is None or verdict.decision not in SERVED:
            break
        passes.log(verdict, **a_use(number, service="visit"))
        house.clock.forward(minutes=30)
        tell(house, passes)
        judged(house, passes, customer)  # what waits here is known there
        passes.deliver(desk)
        judged(house, passes, customer)  # and no new pass was fetched since


def tell(house: House, passes: Passes) -> None:
    """Tell the server what waits, as the queue would, and leave it waiting."""
    for waiting in passes.uses.waiting():
        Desk(house).record_offline(waiting.work["offline_pass"], [waiting.work["use"]], once=waiting.key)
