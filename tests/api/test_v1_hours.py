"""Hours over HTTP: grants, blocks, holds, work and what is left (rules H4, H8–H12, S10, D5)."""

from typing import Any

import pytest

from api.database import transaction
from entitlements.holds import Hold
from tests.api.conftest import House
from tests.builders import held


def work(house: House, minutes: int = 50, **changes: Any) -> dict[str, Any]:
    given = {"client_id": house.own.id, "source": "desk", "external_id": "SD-1", "worked_minutes": minutes}
    return given | {"started_at": "2026-10-05T09:00:00+03:00", "service": "remote_work"} | changes


def a_hold(house: House, minutes: int = 30) -> Hold:
    with transaction(house.engine) as session:
        _, placed = held(session, house.own, "2026-10-05 10:00", minutes)
    assert placed is not None
    return placed


def available(house: House, role: str = "desk") -> int:
    covered = house.get(role, f"/v1/clients/{house.own.id}/coverage").json()
    return covered["hours"][str(house.seller.id)]["available"]


def goodwill(house: House, **changes: Any) -> dict[str, Any]:
    given = {"client_id": house.own.id, "seller_id": house.seller.id, "kind": "goodwill", "minutes": 45}
    return given | {"starts_on": "2026-10-01", "last_day": "2026-10-31", "reason": "За ожидание"} | changes


def test_work_is_told_with_what_pays_for_it(house: House) -> None:
    answer = house.post("desk", "/v1/work-entries", work(house))
    told = answer.json()
    assert answer.status_code == 201
    assert (told["worked_minutes"], told["billed_minutes"]) == (50, 60)
    assert {kind: minutes for kind, minutes in told["parts"].items() if minutes} == {"included_minutes": 60}
    assert (told["available_minutes"], told["counts_on"], told["unchanged"]) == (0, "2026-10-05", False)
    over = house.post("desk", "/v1/work-entries", work(house, 16, external_id="SD-2")).json()
    assert {kind: minutes for kind, minutes in over["parts"].items() if minutes} == {"overage_minutes": 30}


def test_the_same_event_again_changes_nothing_and_with_other_minutes_corrects(house: House) -> None:
    first = house.post("desk", "/v1/work-entries", work(house)).json()
    again = house.post("desk", "/v1/work-entries", work(house)).json()
    assert (again["id"], again["unchanged"], again["reversal"]) == (first["id"], True, None)
    mended = house.post("desk", "/v1/work-entries", work(house, 20)).json()
    assert mended["reversal"]["reverses_id"] == first["id"]
    assert mended["billed_minutes"] == 30
    gone = house.post("desk", "/v1/work-entries", work(house, 0)).json()
    assert (gone["id"], gone["reversal"]["reverses_id"], gone["available_minutes"]) == (None, mended["id"], 60)


def test_a_preview_answers_the_same_and_writes_nothing(house: House) -> None:
    before = house.rows()
    version = house.get("sales", f"/v1/clients/{house.own.id}").json()["state_version"]
    preview = house.post("desk", "/v1/work-entries:preview", work(house))
    assert preview.status_code == 200
    assert house.rows() == before
    assert house.get("sales", f"/v1/clients/{house.own.id}").json()["state_version"] == version
    recorded = house.post("desk", "/v1/work-entries", work(house)).json()
    assert recorded == preview.json() | {"id": recorded["id"]}


def test_work_of_a_ticket_settles_its_hold(house: House) -> None:
    hold = a_hold(house)
    assert available(house) == 30
    told = house.post("desk", "/v1/work-entries", work(house, hold_id=hold.id)).json()
    assert told["hold"] == {"id": hold.id, "end": "settled"}
    assert told["available_minutes"] == 0


def test_work_is_recorded_although_its_hold_has_ended_already(house: House) -> None:
    hold = a_hold(house)
    house.post("desk", f"/v1/holds/{hold.id}:release")
    told = house.post("desk", "/v1/work-entries", work(house, hold_id=hold.id))
    assert (told.status_code, told.json()["hold"]) == (201, {"id": hold.id, "end": "released"})


def test_a_hold_of_another_client_is_as_good_as_none(house: House) -> None:
    hold = a_hold(house)
    before = house.rows()
    body = work(house, client_id=house.foreign.id, hold_id=hold.id)
    answer = house.post("desk", "/v1/work-entries", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "HOLD_UNKNOWN")
    assert house.rows() == before


def test_a_hold_ends_once(house: House) -> None:
    path = f"/v1/holds/{a_hold(house).id}"
    assert house.post("desk", f"{path}:release").json()["end"] == "released"
    assert available(house) == 60
    for again in ("release", "settle"):
        answer = house.post("desk", f"{path}:{again}")
        assert (answer.status_code, answer.json()["code"], answer.json()["end"]) == (409, "HOLD_ENDED", "released")


def test_a_hold_is_extended_by_a_successor(house: House) -> None:
    hold = a_hold(house)
    house.clock.forward(hours=1)
    longer = house.post("desk", f"/v1/holds/{hold.id}:extend", {"hold_hours": 48})
    assert (longer.status_code, longer.json()["successor_of"]) == (201, hold.id)
    assert longer.json()["expires_at"] == "2026-10-07T08:00:00Z"
    assert available(house) == 30


def test_a_hold_that_lapsed_is_not_extended_but_can_be_settled(house: House) -> None:
    hold = a_hold(house)
    house.clock.forward(hours=73)
    lapsed = house.post("desk", f"/v1/holds/{hold.id}:extend", {"hold_hours": 1})
    assert (lapsed.status_code, lapsed.json()["code"]) == (409, "HOLD_LAPSED")
    assert house.post("desk", f"/v1/holds/{hold.id}:settle").json()["end"] == "settled"


def test_goodwill_is_given_and_taken_back(house: House) -> None:
    given = house.post("admin", "/v1/grants", goodwill(house))
    assert (given.status_code, given.json()["last_day"]) == (201, "2026-10-31")
    assert available(house) == 105
    path = f"/v1/grants/{given.json()['id']}:void"
    gone = house.post("admin", path, {"reason": "Ошибка"})
    assert (gone.status_code, gone.json()["voided_on"]) == (200, "2026-10-05")
    assert available(house) == 60
    again = house.post("admin", path, {"reason": "Ошибка"})
    assert (again.status_code, again.json()["code"]) == (409, "GRANT_VOIDED")


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"kind": "included"}, "KIND_NOT_GIVEN", "kind"),
        ({"minutes": 0}, "MINUTES_WRONG", "minutes"),
        ({"minutes": 10**9}, "MINUTES_WRONG", "minutes"),
        ({"last_day": "2026-09-30"}, "TERM_EMPTY", "last_day"),
        ({"seller_id": 999}, "SELLER_UNKNOWN", "seller_id"),
        ({"client_id": 999}, "CLIENT_UNKNOWN", "client_id"),
        ({"reason": " "}, "TEXT_WRONG", "reason"),
    ],
)
def test_minutes_that_cannot_be_given_are_refused(
    common_house: House, changes: dict[str, Any], code: str, field: str
) -> None:
    before = common_house.rows()
    problem = common_house.post("admin", "/v1/grants", goodwill(common_house, **changes)).json()
    assert (problem["status"], problem["code"], problem["field"]) == (422, code, field)
    assert common_house.rows() == before


def test_two_blocks_with_one_lifted_still_block(house: House) -> None:
    first, second = (
        house.post("admin", "/v1/blocks", {"client_id": house.own.id, "reason": reason}).json()
        for reason in ("Нет оплаты", "Спор")
    )
    assert standing(house) == "suspended"
    assert house.post("admin", f"/v1/blocks/{first['id']}:lift").status_code == 200
    assert standing(house) == "suspended"
    assert house.post("admin", f"/v1/blocks/{second['id']}:lift").json()["lifted_at"] is not None
    assert standing(house) == "active"
    again = house.post("admin", f"/v1/blocks/{second['id']}:lift")
    assert (again.status_code, again.json()["code"]) == (409, "BLOCK_LIFTED")


def standing(house: House) -> str:
    return house.get("sales", f"/v1/subscriptions/{house.sold.sale.subscription.id}").json()["standing"]


def test_a_block_ends_when_it_was_said_to(house: House) -> None:
    body = {"client_id": house.own.id, "reason": "Отпуск", "until_at": "2026-10-06T00:00:00+03:00"}
    house.post("admin", "/v1/blocks", body)
    assert standing(house) == "suspended"
    house.clock.forward(days=1)
    assert standing(house) == "active"
    over = house.post("admin", "/v1/blocks", body)
    assert (over.status_code, over.json()["code"]) == (422, "BLOCK_EMPTY")


def test_coverage_tells_every_cover_and_the_hours(house: House) -> None:
    told = house.get("desk", f"/v1/clients/{house.own.id}/coverage").json()
    (cover,) = told["covers"]
    assert (cover["kind"], cover["standing"], cover["last_day"]) == ("subscription", "active", "2027-10-04")
    hours = told["hours"][str(house.seller.id)]
    assert (hours["given"], hours["available"]) == (60, 60)
    assert told["valid_until"] == "2026-11-04T21:00:00Z"


def test_coverage_is_told_for_any_moment(house: House) -> None:
    path = f"/v1/clients/{house.own.id}/coverage"
    (cover,) = house.get("desk", path, params={"at": "2027-10-05T00:00:10+03:00"}).json()["covers"]
    assert cover["standing"] == "lapsed"
    (cover,) = house.get("desk", path, params={"at": "2026-10-04T23:59:00+03:00"}).json()["covers"]
    assert cover["standing"] == "upcoming"


def test_a_client_without_anything_is_covered_by_nothing(house: House) -> None:
    client = house.post("sales", "/v1/clients", {"name": "Лютик"}).json()
    told = house.get("desk", f"/v1/clients/{client['id']}/coverage").json()
    assert (told["covers"], told["hours"]) == ([], {})
