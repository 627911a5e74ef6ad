"""The feed of changes over HTTP (D12)."""

from api.keys import Role
from api.telling import tell_changes
from tests.api.conftest import House


def block(house: House, client_id: int) -> None:
    assert house.post("admin", "/v1/blocks", {"client_id": client_id, "reason": "Спор"}).status_code == 201


def test_who_reads_on_from_the_last_change_learns_each_once_d12(house: House) -> None:
    assert house.get("desk", "/v1/changes").json() == {"changes": [], "last": None}
    tell_changes(house.engine, house.clock)
    first = house.get("desk", "/v1/changes?limit=1").json()
    assert [one["client_id"] for one in first["changes"]] == [house.own.id]
    second = house.get("desk", f"/v1/changes?after={first['last']}").json()
    assert [one["client_id"] for one in second["changes"]] == [house.foreign.id]
    assert house.get("desk", f"/v1/changes?after={second['last']}").json() == {"changes": [], "last": second["last"]}
    block(house, house.own.id)
    tell_changes(house.engine, house.clock)
    (one,) = house.get("desk", f"/v1/changes?after={second['last']}").json()["changes"]
    assert one["kinds"] == ["client.changed", "standing.changed", "block.raised"]
    assert one["told_at"].startswith("2026-10-05T07:00:00")


def test_a_change_carries_what_the_coverage_of_the_client_says_d12(house: House) -> None:
    block(house, house.own.id)
    tell_changes(house.engine, house.clock)
    (one,) = house.get("desk", f"/v1/changes?client_id={house.own.id}").json()["changes"]
    coverage = house.get("desk", f"/v1/clients/{house.own.id}/coverage").json()
    assert one["state"].pop("warned") == {}  # nothing was drawn yet (H13)
    assert one["state"] == {name: coverage[name] for name in one["state"]}
    assert one["state"]["covers"][0]["standing"] == "suspended"
    assert one["state_version"] == coverage["state_version"]


def test_a_key_of_one_client_reads_the_changes_of_that_client_alone(house: House) -> None:
    tell_changes(house.engine, house.clock)
    for role in ("own client", "own desk"):
        told = house.get(role, "/v1/changes").json()["changes"]
        assert {one["client_id"] for one in told} == {house.own.id}
    assert len(house.get("desk", "/v1/changes").json()["changes"]) == 2


def test_a_verdict_key_reads_no_changes(house: House) -> None:
    assert house.get(Role.VERDICT, "/v1/changes").status_code == 403
