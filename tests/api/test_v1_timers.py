"""Timers over HTTP: the clock runs on the server, its end is one entry (H10)."""

import pytest

from tests.api.conftest import House


@pytest.fixture
def task(house: House) -> dict:
    return {"client_id": house.own.id, "engineer": "Ильин А. С.", "ticket": "SD-1", "service": "remote_work"}


def test_a_timer_is_started_paused_resumed_and_logged_once_h10(house: House, task: dict) -> None:
    begun = house.post("desk", "/v1/timers", task)
    assert (begun.status_code, begun.json()["state"], begun.json()["measured_minutes"]) == (201, "running", 0)
    path = f"/v1/timers/{begun.json()['id']}"
    second = house.post("desk", "/v1/timers", task | {"ticket": "SD-2"})
    assert (second.status_code, second.json()["code"], second.json()["ticket"]) == (409, "TIMER_RUNNING", "SD-1")
    house.clock.forward(seconds=610)
    assert house.post("desk", f"{path}:pause").json()["measured_minutes"] == 11
    house.clock.forward(hours=1)
    assert house.post("desk", f"{path}:resume").json()["state"] == "running"
    house.clock.forward(hours=13)
    (listed,) = house.get("sales", "/v1/timers?engineer=Ильин А. С.").json()
    assert (listed["id"], listed["is_forgotten"]) == (begun.json()["id"], True)
    ended = {"ended_at": "2026-10-05T11:20:00+03:00", "summary": "Перенос"}  # ten minutes after it went on
    stopped = house.post("desk", f"{path}:stop", ended, once="stop-1")
    assert (stopped.status_code, stopped.json()["state"]) == (200, "stopped")
    assert (stopped.json()["work"]["worked_minutes"], stopped.json()["work"]["billed_minutes"]) == (20, 30)
    again = house.post("desk", f"{path}:stop", ended, once="stop-1")
    assert (again.json(), again.headers["Idempotent-Replayed"]) == (stopped.json(), "true")
    other = house.post("desk", f"{path}:stop")
    assert (other.status_code, other.json()["code"]) == (409, "TIMER_STOPPED")
    assert house.rows()["work_entry"] == 1
    assert house.get("desk", "/v1/timers").json() == []


def test_a_running_timer_of_a_client_that_the_key_does_not_see_is_a_no_too(house: House, task: dict) -> None:
    assert house.post("desk", "/v1/timers", task | {"client_id": house.foreign.id}).status_code == 201
    refused = house.post("own desk", "/v1/timers", task)
    assert (refused.status_code, refused.json()["code"]) == (409, "TIMER_RUNNING")
    assert "ticket" not in refused.json()
