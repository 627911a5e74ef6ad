"""The replay over HTTP: as data and as a part of a page, with every wrong word named (H15)."""

from xml.etree import ElementTree

import pytest

from api.database import transaction
from tests.api.conftest import House
from tests.builders import a_plan, moment, worked


def path_of(house: House, more: str = "") -> str:
    return f"/v1/clients/{house.own.id}/replay{more}?from=2026-10&to=2026-10"


def test_months_are_told_side_by_side_with_the_requests_that_would_be_answered_otherwise_h15(house: House) -> None:
    with transaction(house.engine) as session:
        a_plan(session, "more", kind="support", included_minutes=240, over_limit="block")
        worked(session, house.own, "2026-10-05 09:00", 50, at=moment("2026-10-05 10:00"))
    body = {"client": {"id": house.own.id}, "service": "remote_work", "requested_minutes": 60, "ticket": "SD-7"}
    house.clock.forward(hours=1)
    asked = house.post("desk", "/v1/entitlement-checks", body).json()
    assert asked["reason"] == "COVERED_BY_OVERAGE"
    house.app.state.checking.writer.close()
    told = house.get("sales", f"{path_of(house)}&plan=more&set=quantum_minutes=30").json()
    (october,) = told["months"]
    assert (october["month"], october["is_closed"], october["worked_minutes"]) == ("2026-10", False, 50)
    names = ("billed_minutes", "given_minutes", "closing_minutes", "charged", "currency")
    sides = [tuple(october[side][name] for name in names) for side in ("held", "tried")]
    assert sides == [(60, 60, 0, "0.00", "RUB"), (60, 240, 180, "0.00", "RUB")]
    assert told["trial"] == {
        "plan": "more",
        "version": 1,
        "settings": {"quantum_minutes": "30"},
        "subscription_ids": [house.sold.sale.subscription.id],
    }
    (answer,) = told["answers"]
    assert (told["asked"], answer["decision_id"], answer["ticket"]) == (1, asked["decision_id"], "SD-7")
    assert answer["held"] == {"decision": "allow_with_warning", "reason": "COVERED_BY_OVERAGE", "available_minutes": 0}
    assert answer["tried"] == {"decision": "allow", "reason": "COVERED", "available_minutes": 180}
    assert told["total"]["held"] == october["held"]
    shown = house.get("sales", f"{path_of(house, '.html')}&plan=more", headers={"Accept-Language": "ru"})
    assert shown.headers["content-language"] == "ru"
    assert "не закрыт" in "".join(ElementTree.fromstring(shown.text).itertext())


@pytest.mark.parametrize(
    ("query", "code", "field"),
    [
        ("from=2026-13&to=2026-10", "DATE_WRONG", "from"),
        ("from=2026-11", "MONTHS_OUT_OF_RANGE", "from"),
        ("from=2026-10&to=2026-11", "MONTHS_OUT_OF_RANGE", "to"),
        ("from=2026-10&to=2026-10&plan=nothing", "PLAN_UNKNOWN", "plan"),
        ("from=2026-10&to=2026-10&version=1", "FIELD_REQUIRED", "plan"),
        ("from=2026-10&to=2026-10&plan=support&version=9", "PLAN_VERSION_UNKNOWN", "version"),
        ("from=2026-10&to=2026-10&set=quantum=30", "FIELD_UNKNOWN", "set"),
        ("from=2026-10&to=2026-10&set=quantum_minutes=0", "FIELD_WRONG", "quantum_minutes"),
        ("from=2026-10&to=2026-10&plan=%00", "TEXT_WRONG", "plan"),
        ("from=2026-10&to=2026-10&subscription_id=999", "SUBSCRIPTION_UNKNOWN", "subscription_id"),
        ("from=2026-10&to=2026-10&seller_id=999", "SELLER_UNKNOWN", "seller_id"),
    ],
)
def test_what_is_wrong_is_named_h15(common_house: House, query: str, code: str, field: str) -> None:
    answer = common_house.get("sales", f"/v1/clients/{common_house.own.id}/replay?{query}")
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, code, field)


def test_a_client_that_is_not_there_cannot_be_replayed_h15(common_house: House) -> None:
    answer = common_house.get("sales", "/v1/clients/999999/replay?from=2026-10&to=2026-10")
    assert (answer.status_code, answer.json()["code"]) == (404, "CLIENT_UNKNOWN")
