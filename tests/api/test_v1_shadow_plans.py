"""Shadow plans over HTTP: set once, listed, reported and ended (H15)."""

from api.database import transaction
from tests.api.conftest import House
from tests.builders import a_plan

WHO = {"set_by": "Котова И. Л.", "reason": "К продлению"}
DAYS = {"starts_on": "2026-10-01", "last_day": "2026-12-31"}


def test_a_shadow_plan_is_set_reported_and_ended_h15(house: House) -> None:
    with transaction(house.engine) as session:
        a_plan(session, "more", kind="support", included_minutes=240)
    new = {"seller_id": house.seller.id, "client_id": house.own.id, "plan": "more", **DAYS, **WHO}
    first, again = (house.post("sales", "/v1/shadow-plans", new, once="shadow-1") for _ in range(2))
    assert (first.status_code, first.json()) == (201, again.json())
    made = first.json()
    assert (made["plan"], made["version"], made["of_plan"], made["ended_at"]) == ("more", 1, None, None)
    body = {"client": {"id": house.own.id}, "service": "remote_work", "requested_minutes": 90, "ticket": "SD-7"}
    house.post("desk", "/v1/entitlement-checks", body)
    house.app.state.checking.writer.close()
    told = house.get("sales", f"/v1/shadow-plans/{made['id']}/report").json()
    assert told["shadow_plan"] == made
    (client,) = told["clients"]
    assert (client["client_id"], client["problem"], client["replay"]["asked"]) == (house.own.id, None, 1)
    (answer,) = client["replay"]["answers"]
    assert (answer["held"]["reason"], answer["tried"]["reason"]) == ("COVERED_BY_OVERAGE", "COVERED")
    end = {"ended_by": "Орлова Н. В.", "reason": "Клиент выбрал"}
    ended = house.post("sales", f"/v1/shadow-plans/{made['id']}:end", end)
    assert (ended.status_code, ended.json()["last_day"], ended.json()["end_reason"]) == (
        200,
        "2026-10-05",
        end["reason"],
    )
    assert house.get("sales", f"/v1/shadow-plans?client_id={house.own.id}").json() == [ended.json()]
    assert house.get("sales", f"/v1/shadow-plans?client_id={house.foreign.id}").json() == []
    over = house.post("sales", f"/v1/shadow-plans/{made['id']}:end", end)
    assert (over.status_code, over.json()["code"]) == (409, "SHADOW_PLAN_ENDED")
    nothing = house.get("sales", "/v1/shadow-plans/999999/report")
    assert (nothing.status_code, nothing.json()["code"]) == (404, "SHADOW_PLAN_UNKNOWN")
