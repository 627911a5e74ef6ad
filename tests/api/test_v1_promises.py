"""What plans promise besides hours, in the answers over HTTP (D9, D10)."""

from datetime import timedelta
from typing import Any

import pytest

from api.database import transaction
from api.v1.answers import CheckAnswer
from contracts.appending import append
from contracts.catalogue import PlanVersion
from contracts.due_times import PlanDueTime
from contracts.locking import touch_every_client
from contracts.policies import Channel
from entitlements.reasons import Reason
from tests.api.conftest import House
from tests.builders import a_plan, a_sale

CHECKS = "/v1/entitlement-checks"


def asking(house: House, **changes: Any) -> dict[str, Any]:
    """A request of the client for half an hour of remote work."""
    return {"client": {"id": house.own.id}, "service": "remote_work", "requested_minutes": 30} | changes


@pytest.fixture
def promising(house: House) -> House:
    """The plan that was sold answers what is urgent within an hour and solves it within eight."""
    with transaction(house.engine) as session:
        version_id = house.sold.sale.subscription.plan_version_id
        for priority, minutes, until in (("normal", 240, None), ("high", 60, 480)):
            promise = {"plan_version_id": version_id, "priority": priority, "name": priority, "name_en": priority}
            append(session, PlanDueTime, promise | {"respond_minutes": minutes, "resolve_minutes": until})
        touch_every_client(session)
    return house


def test_a_served_request_is_told_by_when_d10(promising: House) -> None:
    asked = asking(promising, priority="high", at="2026-10-05T10:00:00+03:00")
    answer = promising.post("desk", CHECKS, asked)
    assert CheckAnswer.model_validate_json(answer.content).due is not None
    assert answer.json()["due"] == {
        "priority": "high",
        "respond_by": "2026-10-05T08:00:00Z",
        "resolve_by": "2026-10-05T15:00:00Z",
        "calendar": "RU 09:00-18:00 Europe/Moscow",
    }
    unknown = promising.post("desk", CHECKS, asked | {"priority": "P1"}).json()["due"]
    assert (unknown["priority"], unknown["resolve_by"]) == ("normal", None)
    assert promising.post("desk", CHECKS, asked | {"service": "updates"}).json()["due"] is None
    assert "due" not in promising.post("verdict", CHECKS, asked).json()


def test_a_stored_answer_keeps_its_due_times_d10(promising: House) -> None:
    given = promising.post("desk", CHECKS, asking(promising, explain="full", priority="high")).json()
    assert given["due"]["priority"] == "high"
    read = promising.get("desk", f"{CHECKS}/{given['decision_id']}").json()
    assert read == given | {"receipt": read["receipt"]}


def test_a_plan_that_promises_nothing_has_nothing_due_d10(house: House) -> None:
    assert house.post("desk", CHECKS, asking(house, priority="high")).json()["due"] is None


def test_plans_on_sale_tell_their_promises_d10(house: House) -> None:
    plans = {plan["code"]: plan for plan in house.get("sales", "/v1/plans").json()}
    assert plans["service-8h"]["due_times"][1] == {
        "priority": "high",
        "name": "Срочное",
        "name_en": "Urgent",
        "respond_minutes": 60,
        "resolve_minutes": 480,
    }
    assert (plans["its-prof"]["due_times"], plans["its-prof"]["desk_hours"]) == ([], "09:00-18:00")


def test_an_unknown_channel_or_line_is_bad_input_that_names_what_is_known_d9(house: House) -> None:
    before = house.rows()
    refused = house.post("desk", CHECKS, asking(house, channel="pigeon"))
    assert (refused.status_code, refused.json()["field"]) == (422, "channel")
    assert all(channel in refused.json()["allowed"] for channel in Channel)
    for line in (-1, 5, "2", True):
        refused = house.post("desk", CHECKS, asking(house, line=line))
        assert (refused.status_code, refused.json()["field"]) == (422, "line")
    assert house.rows() == before


def test_a_channel_and_a_line_beyond_the_plan_are_a_no_with_the_clause_d9(house: House) -> None:
    with transaction(house.engine) as session:
        version = session.get_one(PlanVersion, house.sold.sale.subscription.plan_version_id)
        version.channels, version.highest_line = "phone email", 2
        touch_every_client(session)
    answer = house.post("desk", CHECKS, asking(house, channel="chat", line=3)).json()
    assert (answer["decision"], answer["reason"]) == ("deny", Reason.CHANNEL_NOT_INCLUDED)
    assert [(rule["code"], rule["clause"]) for rule in answer["rules"]] == [
        ("CHANNEL_INCLUDED", "2.5"),
        ("LINE_INCLUDED", "2.5"),
    ]
    assert house.post("desk", CHECKS, asking(house, channel="email", line=2)).json()["reason"] == Reason.COVERED
    assert house.post("desk", CHECKS, asking(house, line=3)).json()["reason"] == Reason.LINE_NOT_INCLUDED


def test_self_service_needs_no_cover_and_takes_no_hours_d9(house: House) -> None:
    lapsed = asking(house, line=0, at="2031-01-01T10:00:00Z")
    answer = house.post("desk", CHECKS, lapsed)
    CheckAnswer.model_validate_json(answer.content)
    told = answer.json()
    assert (told["reason"], told["route"], told["coverage"]) == (
        Reason.COVERED,
        {"line": 0, "to": "self_service"},
        None,
    )
    assert told["text"] == "Self-service needs no contract."
    assert house.post("verdict", CHECKS, lapsed).json()["text"] == "Self-service needs no contract."
    held = house.post("desk", CHECKS, asking(house, line=0, mode="hold", requested_minutes=600)).json()
    assert (held["reason"], held["hold"], held["cost"]) == (Reason.COVERED, None, None)


@pytest.fixture
def counting(house: House) -> House:
    """The client has a second plan, with two questions to an auditor a month and a disk for separate payment."""
    services = [{"code": "auditor_question", "included_count": 2}, {"code": "disk", "price": "150.00"}]
    with transaction(house.engine) as session:
        a_plan(session, "questions", services=services)
        a_sale(session, house.seller, house.own, "questions", at=house.clock())
    return house


def question(house: House, **changes: Any) -> dict[str, Any]:
    """A question for the auditor."""
    return {"client": {"id": house.own.id}, "feature": "auditor_question"} | changes


def test_a_feature_is_taken_once_by_its_key_and_can_be_given_back_d2_d8(counting: House) -> None:
    taking = question(counting, mode="hold")
    first, again = (counting.post("desk", CHECKS, taking, once="Q-1") for _ in range(2))
    assert CheckAnswer.model_validate_json(first.content).use is not None
    assert (first.json()["reason"], first.json()["hold"]) == (Reason.COVERED, None)
    assert again.json() == first.json()
    counting.post("desk", CHECKS, taking, once="Q-2")
    third = counting.post("desk", CHECKS, taking, once="Q-3").json()
    assert (third["reason"], third["use"]) == (Reason.COUNT_EXHAUSTED, None)
    assert [(rule["code"], rule["need"], rule["have"]) for rule in third["rules"]] == [("COUNT_AVAILABLE", 1, 0)]
    [count] = third["counts"]
    assert (count["service"], count["included"], count["used"], count["available"]) == ("auditor_question", 2, 2, 0)
    path = f"/v1/service-uses/{first.json()['use']['id']}:give-back"
    said = {"returned_by": "Котова И. Л.", "reason": "Вопрос снят"}
    assert counting.post("desk", path, said).status_code == 201
    assert (counting.post("desk", path, said).status_code, counting.post("desk", path, said).json()["code"]) == (
        409,
        "USE_RETURNED",
    )
    assert counting.post("desk", CHECKS, question(counting)).json()["counts"][0]["available"] == 1
    assert counting.post("desk", "/v1/service-uses/999:give-back", said).status_code == 404


def test_what_costs_extra_is_asked_first_and_only_who_may_sees_the_price_d2(counting: House) -> None:
    asked = question(counting, feature="disk")
    answer = counting.post("sales", CHECKS, asked).json()
    assert (answer["decision"], answer["reason"]) == ("needs_approval", Reason.SERVICE_PAID_SEPARATELY)
    assert (answer["cost"]["amount"], answer["options"][0]["action"]) == ("150.00", "pay_separately")
    assert (answer["options"][0]["price"], "150.00" in answer["text"]) == ("150.00", True)
    desk = counting.post("desk", CHECKS, asked).json()
    assert (desk["cost"]["amount"], desk["options"][0]["price"], "150" in desk["text"]) == (None, None, False)
    assert counting.post("desk", CHECKS, asked | {"mode": "hold"}).json()["use"] is None


def test_work_and_feature_are_asked_about_one_at_a_time(house: House) -> None:
    refused = house.post("desk", CHECKS, question(house, service="visit"))
    assert (refused.status_code, refused.json()["allowed"]) == (422, "either service or feature")


def test_an_override_ends_no_further_away_than_the_installation_allows_d7(house: House) -> None:
    house.app.state.settings = house.app.state.settings.model_copy(update={"override_days": 2})
    new = {"client_id": house.own.id, "approved_by": "Орлова", "reason": "Оплатят"}
    late = house.post("admin", "/v1/overrides", new | {"until_at": (house.clock() + timedelta(days=3)).isoformat()})
    assert (late.status_code, late.json()["code"], late.json()["field"]) == (422, "OVERRIDE_END_WRONG", "until_at")
    near = house.post("admin", "/v1/overrides", new | {"until_at": (house.clock() + timedelta(days=2)).isoformat()})
    assert near.status_code == 201
