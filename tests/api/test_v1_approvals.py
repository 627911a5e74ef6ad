"""P6 over HTTP and on the command line: single entries are approved before the close, where the plan asks."""

from pathlib import Path
from typing import Any

import pytest

from api.database import transaction
from tests.api.conftest import House
from tests.api.test_cli import done, installed
from tests.builders import a_plan, a_sale, worked

SEDOVA = {"said_by": "Седова А. П."}


@pytest.fixture
def entries(house: House) -> list[int]:
    """Two entries of the client about which its plan asks."""
    with transaction(house.engine) as session:
        a_plan(session, "asking", entry_approval=True, services=[{"code": "call", "draws_hours": True}])
        a_sale(session, house.seller, house.own, "asking", at=house.clock(), starts_on=house.clock().date())
        made = [worked(session, house.own, f"2026-10-05 0{hour}:00", 30, service="call") for hour in (8, 9)]
    return [one.entry.id for one in made if one.entry is not None]


def listed(house: House) -> list[tuple[int, str]]:
    told: list[dict[str, Any]] = house.get("own client", "/v1/work-approvals").json()
    return [(one["id"], one["state"]) for one in told]


def test_a_client_approves_and_objects_once_p6(house: House, entries: list[int]) -> None:
    first, second = entries
    approved = house.post("own client", f"/v1/work-entries/{first}:approve", SEDOVA, once="a-1")
    assert (approved.status_code, approved.json()["stance"]) == (201, "approved")
    assert house.post("own client", f"/v1/work-entries/{first}:approve", SEDOVA, once="a-1").json() == approved.json()
    again = house.post("own client", f"/v1/work-entries/{first}:approve", SEDOVA)
    assert (again.status_code, again.json()["code"]) == (409, "ENTRY_ANSWERED")
    objected = house.post("own client", f"/v1/work-entries/{second}:object", SEDOVA | {"text": "Не было"})
    assert (objected.status_code, objected.json()["text"]) == (201, "Не было")
    assert listed(house) == [(first, "approved"), (second, "objected")]
    assert house.get("sales", "/v1/work-approvals?state=awaiting").json() == []


def test_the_staff_records_what_a_client_said_p6(house: House, entries: list[int], tmp_path: Path) -> None:
    with installed(house.engine, tmp_path) as run:
        shown = " ".join(done(run("work", "approvals", "--state", "awaiting", at="2026-10-06 10:00")).split())
        assert f"{entries[0]} {house.own.id} 2026-10-05 30 awaiting" in shown
        done(run("work", "approve", str(entries[0]), "--by", "Седова", at="2026-10-06 10:00"))
        objection = ("--by", "Седова", "--object", "Никто не приезжал")
        done(run("work", "approve", str(entries[1]), *objection, at="2026-10-06 10:00"))
        assert "Седова: Никто не приезжал" in done(run("work", "approvals", at="2026-10-06 10:00"))
        assert "Таких работ нет" in done(run("work", "approvals", "--state", "awaiting", at="2026-10-06 10:00"))
