"""D6 over HTTP: a request that waits, its case, and one decision for all of them."""

from typing import Any

import pytest

from api.database import transaction
from api.v1.answers import CheckAnswer
from tests.api.conftest import House
from tests.builders import a_client, a_plan, a_sale

CHECKS, CASES = "/v1/entitlement-checks", "/v1/over-limit-cases"
DECISION = {"state": "bill", "decided_by": "Орлова Н. В.", "note": "Отчётный период"}


@pytest.fixture
def clients(house: House) -> list[int]:
    """Two clients with an hour a month, beyond which a manager is asked."""
    with transaction(house.engine) as session:
        a_plan(session, "on-request", over_limit="approve")
        made = [a_client(session, name) for name in ("Лютик", "Мак")]
        for one in made:
            a_sale(session, house.seller, one, "on-request", starts_on=house.clock().date(), at=house.clock())
    return [one.id for one in made]


def waiting(house: House, client_id: int, once: str | None = None, **changes: Any) -> dict[str, Any]:
    """The answer to a request for two hours of the one there is."""
    question = {"client": {"id": client_id}, "service": "remote_work", "requested_minutes": 120, "mode": "hold"}
    answer = house.post("desk", CHECKS, question | {"ticket": "SD-7"} | changes, once=once)
    assert answer.status_code == 200
    return CheckAnswer.model_validate_json(answer.content).model_dump(mode="json")


def test_a_request_beyond_the_hours_is_told_to_wait_in_a_case_once_d6_d8(house: House, clients: list[int]) -> None:
    first, again = (waiting(house, clients[0], once="k") for _ in range(2))
    assert first == again
    case = first["case"]
    assert (case["state"], case["month"], case["held_requests"]) == ("new", "2026-10-01", 1)
    assert (first["decision"], first["hold"]) == ("needs_approval", None)
    assert (first["held_request"]["case_id"], first["held_request"]["minutes"]) == (case["id"], 120)
    assert f"over-limit case No. {case['id']}" in first["text"]
    card = house.get("desk", f"/v1/clients/{clients[0]}/coverage").json()
    assert (card["cases"], card["holds"]) == ([case], [])
    verdict = house.post("verdict", CHECKS, {"client": {"id": clients[0]}, "requested_minutes": 120}).json()
    assert "case" not in verdict
    assert str(case["id"]) not in verdict["text"]


def test_a_manager_decides_and_the_desk_reads_what_became_of_the_requests_d6(house: House, clients: list[int]) -> None:
    case_id = waiting(house, clients[0])["case"]["id"]
    assert house.post("desk", f"{CASES}/{case_id}:decide", DECISION).status_code == 403
    house.clock.forward(minutes=1)
    decided = house.post("sales", f"{CASES}/{case_id}:decide", DECISION)
    assert (decided.status_code, decided.json()["state"]) == (200, "bill")
    assert (decided.json()["waiting_requests"], decided.json()["decided_by"]) == (0, "Орлова Н. В.")
    whole = house.get("desk", f"{CASES}/{case_id}").json()
    ((request,), (change,)) = whole["requests"], whole["changes"]
    assert (request["ticket"], request["end"]) == ("SD-7", "released")
    assert (change["state"], change["note"]) == ("bill", "Отчётный период")
    (held,) = house.get("desk", f"/v1/holds?client_id={clients[0]}").json()
    assert (held["id"], held["minutes"]) == (request["hold_id"], 120)
    served = waiting(house, clients[0])
    assert (served["reason"], served["case"]["state"], served["held_request"]) == ("COVERED_BY_OVERAGE", "bill", None)
    assert "OVER_LIMIT_CASE" in [warned["code"] for warned in served["warnings"]]
    second = house.post("sales", f"{CASES}/{case_id}:decide", DECISION | {"state": "refuse"})
    assert (second.status_code, second.json()["code"]) == (409, "CASE_DECIDED")
    assert (second.json()["state"], second.json()["decided_by"]) == ("bill", "Орлова Н. В.")
    assert house.get("sales", f"{CASES}/404").status_code == 404


def test_cases_are_listed_by_state_seller_and_month_page_by_page_d6(house: House, clients: list[int]) -> None:
    one, two = (waiting(house, client_id)["case"]["id"] for client_id in clients)
    house.post("admin", f"{CASES}/{two}:decide", DECISION)

    def found(query: str) -> list[int]:
        return [case["id"] for case in house.get("desk", f"{CASES}?{query}").json()]

    assert found("") == [one, two]
    assert found("state=new") == [one]
    assert found(f"state=bill&seller_id={house.seller.id}&month=2026-10") == [two]
    assert found("month=2026-11") == []
    assert found(f"after={one}&limit=1") == [two]
    assert house.get("desk", f"{CASES}?state=open").status_code == 422


def test_several_cases_are_decided_each_by_itself_d6(house: House, clients: list[int]) -> None:
    one, two = (waiting(house, client_id)["case"]["id"] for client_id in clients)
    house.post("sales", f"{CASES}/{one}:decide", DECISION)
    answer = house.post("sales", f"{CASES}:decide", DECISION | {"case_ids": [two, 404, one], "state": "refuse"})
    told = [(one["case_id"], one["refused"], one["case"] and one["case"]["state"]) for one in answer.json()["results"]]
    assert told == [(two, None, "refuse"), (404, "CASE_UNKNOWN", None), (one, "CASE_DECIDED", None)]
    assert answer.json()["results"][2]["facts"]["state"] == "bill"
