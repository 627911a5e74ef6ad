"""What plans promise besides hours, in the answers over HTTP (D9, D10)."""

from typing import Any

import pytest

from api.database import transaction
from api.v1.answers import CheckAnswer
from contracts.appending import append
from contracts.due_times import PlanDueTime
from contracts.locking import touch_every_client
from tests.api.conftest import House

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
    assert promising.get("desk", f"{CHECKS}/{given['decision_id']}").json() == given


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
