"""Editing many entries over HTTP: shown first, then done once (H10, H14)."""

from api.database import transaction
from tests.api.conftest import House
from tests.builders import worked

EDIT = {"chosen": {"ticket": "SD-1"}, "change": {"charge": "paid"}}


def with_work(house: House) -> None:
    """Two works of an hour for one ticket, of which the client's hour a month pays one."""
    with transaction(house.engine) as session:
        for hour in ("09", "11"):
            worked(session, house.own, f"2026-10-05 {hour}:00", 60, ticket="SD-1", external_id=f"SD-1/{hour}")
    house.clock.forward(hours=5)


def test_an_edit_is_shown_with_what_it_moves_and_writes_nothing_h14(house: House) -> None:
    with_work(house)
    before = house.rows()
    shown = house.post("sales", "/v1/work-entries:preview-edit", EDIT).json()
    assert [(one["external_id"], one["id"], one["reversal_id"]) for one in shown["edited"]] == [
        ("SD-1/09", None, None),
        ("SD-1/11", None, None),
    ]
    (pool,) = shown["moved"]
    assert (pool["client_id"], pool["overage_minutes"], pool["amounts"]) == (house.own.id, -60, {"RUB": "2700.00"})
    assert house.post("desk", "/v1/work-entries:preview-edit", EDIT).json()["moved"][0]["amounts"] is None
    assert house.rows() == before


def test_an_edit_is_done_once_h10(house: House) -> None:
    with_work(house)
    done = house.post("desk", "/v1/work-entries:edit", EDIT, once="edit-1")
    assert done.status_code == 200
    assert (
        len({one["id"] for one in done.json()["edited"]} | {one["reversal_id"] for one in done.json()["edited"]}) == 4
    )
    assert house.post("desk", "/v1/work-entries:edit", EDIT, once="edit-1").json() == done.json()
    assert house.rows()["work_entry"] == 6
    assert house.post("desk", "/v1/work-entries:edit", EDIT).json() == {"edited": []}
