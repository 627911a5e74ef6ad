"""Hours over HTTP: grants, blocks, holds, work and what is left (rules H4, H8–H12, S10, D5)."""

from typing import Any

import pytest
from sqlmodel import select

from api.database import reading, transaction
from entitlements.holds import Hold
from entitlements.work import WorkEntry
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


def test_a_call_counts_by_its_seconds_rounded_up_once_h3(house: House) -> None:
    call = work(house, connected_seconds=431)
    del call["worked_minutes"]
    told = house.post("desk", "/v1/work-entries", call).json()
    assert (told["worked_minutes"], told["billed_minutes"]) == (8, 15)
    both = house.post("desk", "/v1/work-entries", call | {"worked_minutes": 8})
    assert (both.status_code, both.json()["code"], both.json()["field"]) == (422, "WORKED_ONCE", "worked_minutes")


def test_a_preview_answers_the_same_and_writes_nothing(house: House) -> None:
    before = house.rows()
    version = house.get("sales", f"/v1/clients/{house.own.id}").json()["state_version"]
    preview = house.post("desk", "/v1/work-entries:preview", work(house))
    assert preview.status_code == 200
    assert house.rows() == before
    assert house.get("sales", f"/v1/clients/{house.own.id}").json()["state_version"] == version
    recorded = house.post("desk", "/v1/work-entries", work(house)).json()
    shown = preview.json()
    assert (shown.pop("moved")["amounts"], recorded) == (None, shown | {"id": recorded["id"]})


def test_a_preview_of_late_work_tells_every_line_and_grant_that_it_moves_h14(house: House) -> None:
    """Work at eight, typed after that at nine, takes its minutes; money is for those who may know prices."""
    later = work(house, 60, external_id="SD-9")
    early = work(house, 20, started_at="2026-10-05T08:00:00+03:00")
    later_id = house.post("desk", "/v1/work-entries", later).json()["id"]
    moved = house.post("sales", "/v1/work-entries:preview", early).json()["moved"]
    assert [
        (line["id"], line["external_id"], line["before"] and line["before"]["amount"], line["after"]["amount"])
        for line in moved["lines"]
    ] == [(None, "SD-1", None, "0.00"), (later_id, "SD-9", "0.00", "1350.00")]
    assert (moved["overage_minutes"], moved["amounts"], moved["grants"]) == (30, {"RUB": "1350.00"}, [])
    house.post("desk", "/v1/work-entries", early)
    again = house.post("sales", "/v1/work-entries:preview", early).json()["moved"]
    assert again == {"grants": [], "lines": [], "overage_minutes": 0, "amounts": {}}
    back = house.post("sales", "/v1/work-entries:preview", early | {"worked_minutes": 0}).json()["moved"]
    assert (back["overage_minutes"], back["amounts"]) == (-30, {"RUB": "-1350.00"})


def test_work_of_a_ticket_settles_its_hold(house: House) -> None:
    hold = a_hold(house)
    assert available(house) == 30
    told = house.post("desk", "/v1/work-entries", work(house, hold_id=hold.id)).json()
    assert told["hold"] == {"id": hold.id, "end": "settled", "settled_minutes": 30}
    assert told["available_minutes"] == 0


def test_work_is_recorded_although_its_hold_has_ended_already(house: House) -> None:
    hold = a_hold(house)
    house.post("desk", f"/v1/holds/{hold.id}:release")
    told = house.post("desk", "/v1/work-entries", work(house, hold_id=hold.id))
    assert (told.status_code, told.json()["hold"]) == (
        201,
        {"id": hold.id, "end": "released", "settled_minutes": None},
    )


def an_extended_hold(house: House) -> tuple[int, int]:
    """The id that the desk was told with its answer, and that of the hold which took its place."""
    first = a_hold(house).id
    longer = house.post("desk", f"/v1/holds/{first}:extend", {"hold_hours": 100}).json()["id"]
    house.clock.forward(hours=80)
    return first, longer


def test_work_on_the_old_id_of_an_extended_hold_settles_the_one_that_took_its_place_h12(house: House) -> None:
    first, longer = an_extended_hold(house)
    before = house.rows()
    seen = house.post("desk", "/v1/work-entries:preview", work(house, 60, hold_id=first)).json()
    assert house.rows() == before
    told = house.post("desk", "/v1/work-entries", work(house, 60, hold_id=first)).json()
    assert told["hold"] == seen["hold"] == {"id": longer, "end": "settled", "settled_minutes": 30}
    card = house.get("desk", f"/v1/clients/{house.own.id}/coverage").json()
    hours = card["hours"][str(house.seller.id)]
    assert (card["holds"], hours["used"], hours["held"], hours["overage"]) == ([], 60, 0, 0)
    once_more = house.post("desk", "/v1/work-entries", work(house, 60, hold_id=first)).json()
    assert once_more["hold"] == told["hold"]


@pytest.mark.parametrize("with_work", [False, True])
def test_the_old_id_of_an_extended_hold_settles_releases_and_extends_h12(house: House, with_work: bool) -> None:
    first, longer = an_extended_hold(house)
    reported = {"source": "desk", "external_id": "SD-9", "worked_minutes": 10, "work_on": "2026-10-08"}
    last = house.post("desk", f"/v1/holds/{first}:extend", {"hold_hours": 9}).json()
    assert last["successor_of"] == longer
    asked = ("settle", {"work": reported}) if with_work else ("release", None)
    told = house.post("desk", f"/v1/holds/{first}:{asked[0]}", asked[1]).json()
    assert (told["hold_id"], told["end"]) == (last["id"], "settled" if with_work else "released")
    assert house.get("desk", "/v1/holds").json() == []
    assert available(house) == (45 if with_work else 60)


def test_a_hold_of_another_client_is_as_good_as_none(house: House) -> None:
    hold = a_hold(house)
    before = house.rows()
    body = work(house, client_id=house.foreign.id, hold_id=hold.id)
    answer = house.post("desk", "/v1/work-entries", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "HOLD_UNKNOWN")
    assert house.rows() == before


def test_a_hold_is_settled_by_a_part_of_its_minutes_and_the_rest_is_released(house: House) -> None:
    path = f"/v1/holds/{a_hold(house).id}:settle"
    over = house.post("desk", path, {"minutes": 31})
    assert (over.status_code, over.json()["code"], over.json()["allowed"]) == (422, "MINUTES_WRONG", "0 to 30")
    reported = {"source": "desk", "external_id": "SD-9", "worked_minutes": 10, "work_on": "2026-10-05"}
    both = house.post("desk", path, {"minutes": 15, "work": reported})
    assert (both.status_code, both.json()["code"]) == (422, "SETTLED_BY_TWO")
    told = house.post("desk", path, {"minutes": 15}).json()
    assert (told["end"], told["settled_minutes"], told["work"]) == ("settled", 15, None)
    assert available(house) == 60


def test_a_hold_and_the_work_on_it_are_settled_in_one_call_once_d8(house: House) -> None:
    hold = a_hold(house)
    reported = {"source": "desk", "external_id": "SD-9", "worked_minutes": 10, "work_on": "2026-10-05"}
    before = house.rows()
    calls = [house.post("desk", f"/v1/holds/{hold.id}:settle", {"work": reported}, once="k") for _ in range(3)]
    assert {call.text for call in calls} == {calls[0].text}
    told = calls[0].json()
    assert (told["end"], told["settled_minutes"]) == ("settled", 15)
    assert (told["work"]["billed_minutes"], told["work"]["available_minutes"]) == (15, 45)
    assert available(house) == 45
    grown = {name: count - before[name] for name, count in house.rows().items() if count != before[name]}
    assert (grown["work_entry"], grown["hold_ending"], grown["call_answer"]) == (1, 1, 1)
    with reading(house.engine) as session:
        entry = session.exec(select(WorkEntry)).one()
    assert (entry.client_id, entry.seller_id, entry.ticket) == (hold.client_id, hold.seller_id, hold.ticket)


def test_work_that_more_than_uses_up_its_hold_settles_it_wholly(house: House) -> None:
    hold = a_hold(house)
    reported = {"source": "desk", "external_id": "SD-9", "worked_minutes": 90, "work_on": "2026-10-05"}
    told = house.post("desk", f"/v1/holds/{hold.id}:settle", {"work": reported}).json()
    assert (told["settled_minutes"], told["work"]["parts"]["overage_minutes"]) == (30, 30)
    assert available(house) == 0


def test_work_on_a_lapsed_hold_is_kept_and_counted_once_h12(house: House) -> None:
    hold = a_hold(house)
    house.clock.forward(hours=73)
    assert house.get("desk", f"/v1/holds?client_id={house.own.id}").json() == []
    assert available(house) == 60
    reported = {"source": "desk", "external_id": "SD-9", "worked_minutes": 30, "work_on": "2026-10-06"}
    told = house.post("desk", f"/v1/holds/{hold.id}:settle", {"work": reported}).json()
    assert (told["settled_minutes"], told["work"]["available_minutes"]) == (30, 30)
    again = house.post("desk", f"/v1/holds/{hold.id}:settle", {"work": reported})
    assert (again.status_code, again.json()["code"]) == (409, "HOLD_ENDED")
    same = {"client_id": house.own.id, "hold_id": hold.id, "ticket": hold.ticket, **reported}
    known = house.post("desk", "/v1/work-entries", same).json()
    assert (known["unchanged"], available(house)) == (True, 30)


def test_a_hold_that_ended_takes_no_work_and_nothing_is_written(house: House) -> None:
    hold = a_hold(house)
    house.post("desk", f"/v1/holds/{hold.id}:release")
    reported = {"source": "desk", "external_id": "SD-9", "worked_minutes": 30, "work_on": "2026-10-05"}
    before = house.rows()
    for path in (f"/v1/holds/{hold.id}:settle", "/v1/holds/999999:settle"):
        assert house.post("desk", path, {"work": reported}).status_code in (404, 409)
    assert house.rows() == before


def test_live_holds_are_listed_with_their_expiry_until_they_end(house: House) -> None:
    first, second = a_hold(house, 15), a_hold(house, 15)
    path = f"/v1/holds?client_id={house.own.id}"
    listed = house.get("desk", path).json()
    assert [(one["id"], one["minutes"], one["expires_at"]) for one in listed] == [
        (hold.id, 15, "2026-10-08T07:00:00Z") for hold in (first, second)
    ]
    assert [one["id"] for one in house.get("own desk", f"/v1/holds?after={first.id}").json()] == [second.id]
    house.post("desk", f"/v1/holds/{first.id}:release")
    longer = house.post("desk", f"/v1/holds/{second.id}:extend", {"hold_hours": 100}).json()
    assert [one["id"] for one in house.get("sales", "/v1/holds").json()] == [longer["id"]]
    assert house.get("desk", f"/v1/holds?client_id={house.foreign.id}").json() == []
    unknown = house.get("desk", "/v1/holds?client_id=999999")
    assert (unknown.status_code, unknown.json()["code"]) == (422, "CLIENT_UNKNOWN")


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
