"""P6 over HTTP: a client answers the lines of its statement, the staff decides, the next statement credits."""

from datetime import date
from typing import Any

import pytest

from api.database import transaction
from api.telling import tell_changes
from tests.api.conftest import House
from tests.builders import closed, moment, worked

WORDS = {"text": "Звонок длился десять минут", "said_by": "Седова А. П."}
UPHELD = {"outcome": "upheld", "reason": "По записи звонка", "decided_by": "Орлова Н. В."}


@pytest.fixture
def statement(house: House) -> int:
    """October, closed on the first of November, with three entries of the client; it may be objected to until 09.11."""
    with transaction(house.engine) as session:
        for day in (6, 7, 8):
            worked(session, house.own, f"2026-10-0{day} 10:00", 30)
        done = closed(session, house.seller, house.own, date(2026, 10, 1))
    assert done is not None
    house.clock.at = moment("2026-11-03 10:00")
    return done.statement.id


def objected(house: House, statement: int, line: int = 3) -> Any:
    return house.post("own client", f"/v1/statements/{statement}:object", {"line": line, **WORDS})


def states(house: House, statement: int) -> list[tuple[int, str]]:
    told = house.get("own client", f"/v1/statements/{statement}").json()
    return [(line["position"], line["state"]) for line in told["lines"]]


def test_a_client_answers_its_lines_and_silence_accepts_the_rest_p6(house: House, statement: int) -> None:
    accepted = house.post("own client", f"/v1/statements/{statement}:accept", {"line": 1, "said_by": "Седова А. П."})
    objection = objected(house, statement)
    assert (accepted.status_code, objection.status_code) == (201, 201)
    assert states(house, statement) == [(1, "accepted"), (2, "open"), (3, "undecided")]
    again = objected(house, statement)
    assert (again.status_code, again.json()["code"], again.json()["stance"]) == (409, "LINE_ANSWERED", "objected")
    house.clock.at = moment("2026-11-10 00:00")
    late = objected(house, statement, 2)
    assert (late.status_code, late.json()["code"], late.json()["allowed"]) == (
        409,
        "OBJECTION_LATE",
        "until 2026-11-09",
    )
    assert states(house, statement) == [(1, "accepted"), (2, "accepted_by_silence"), (3, "undecided")]


def test_the_staff_decides_once_after_both_sides_spoke_p6(house: House, statement: int) -> None:
    objection = objected(house, statement).json()["id"]
    path = f"/v1/objections/{objection}"
    for role in ("sales", "own client"):
        assert house.post(role, f"{path}:comment", {"text": role, "said_by": "Кто-то"}).status_code == 201
    assert house.post("own client", f"{path}:decide", UPHELD).status_code == 403
    no = house.post("sales", f"{path}:decide", UPHELD | {"outcome": "rejected", "standing_minutes": 5})
    assert (no.status_code, no.json()["field"]) == (422, "standing_minutes")
    decided = house.post("sales", f"{path}:decide", UPHELD | {"standing_minutes": 10})
    assert (decided.status_code, decided.json()["state"], decided.json()["standing_minutes"]) == (200, "upheld", 10)
    second = house.post("accountant", f"{path}:decide", UPHELD | {"outcome": "rejected"})
    assert (second.status_code, second.json()["code"], second.json()["decided_by"]) == (
        409,
        "OBJECTION_DECIDED",
        "Орлова Н. В.",
    )
    whole = house.get("own client", path).json()
    assert [(one["side"], one["text"]) for one in whole["comments"]] == [("staff", "sales"), ("client", "own client")]
    assert (whole["month"], whole["line"], whole["reason"]) == ("2026-10-01", 3, "По записи звонка")
    assert whole["reversal_id"] != whole["entry_id"]
    assert states(house, statement)[2] == (3, "upheld")


def test_an_objection_and_its_decision_are_changes_of_the_feed_p6_d12(house: House, statement: int) -> None:
    tell_changes(house.engine, house.clock)
    objection = objected(house, statement).json()["id"]
    tell_changes(house.engine, house.clock)
    house.post("sales", f"/v1/objections/{objection}:decide", UPHELD)
    tell_changes(house.engine, house.clock)
    told = house.get("sales", f"/v1/changes?client_id={house.own.id}").json()["changes"][-2:]
    assert [[kind for kind in one["kinds"] if kind.startswith("objection")] for one in told] == [
        ["objection.opened"],
        ["objection.decided"],
    ]


def test_a_rejected_objection_leaves_the_line_as_it_is_p6(house: House, statement: int) -> None:
    objection = objected(house, statement).json()["id"]
    before = house.rows()["work_entry"]
    told = house.post("sales", f"/v1/objections/{objection}:decide", UPHELD | {"outcome": "rejected"}).json()
    assert (told["state"], told["reversal_id"], house.rows()["work_entry"]) == ("rejected", None, before)


def test_objections_are_listed_by_state_seller_and_client_page_by_page_p6(house: House, statement: int) -> None:
    one, two = (objected(house, statement, line).json()["id"] for line in (1, 3))
    house.post("sales", f"/v1/objections/{one}:decide", UPHELD)

    def found(query: str) -> list[int]:
        return [objection["id"] for objection in house.get("sales", f"/v1/objections?{query}").json()]

    assert found("") == [one, two]
    assert found("state=undecided") == [two]
    assert found(f"state=upheld&seller_id={house.seller.id}") == [one]
    assert found("state=rejected") == []
    assert found(f"client_id={house.foreign.id}") == []
    assert found(f"client_id={house.own.id}&after={one}&limit=1") == [two]
    assert house.get("sales", "/v1/objections?state=open").status_code == 422
