"""Goodwill over HTTP: how much engineers may give, and who lets them give more (H9)."""

from typing import Any

import pytest

from api.database import transaction
from tests.api.conftest import House
from tests.builders import a_plan, a_sale, moment

OCTOBER = {"month": "2026-10", "minutes": 30, "allowed_by": "Орлова Н. В.", "reason": "Наша ошибка"}


@pytest.fixture
def budget(house: House) -> House:
    """A plan that lets engineers give the client half an hour a month."""
    with transaction(house.engine) as session:
        a_plan(session, "generous", goodwill_minutes=30)
        a_sale(session, house.seller, house.own, "generous", at=house.clock(), starts_on=house.clock().date())
    return house


def give(house: House, name: str, minutes: int) -> Any:
    given = {"client_id": house.own.id, "source": "desk", "external_id": name, "worked_minutes": minutes}
    given |= {"started_at": "2026-10-05T08:00:00+03:00", "charge": "goodwill", "seller_id": house.seller.id}
    return house.post("desk", "/v1/work-entries", given)


def test_beyond_the_budget_the_refusal_names_who_may_allow_more_h9(budget: House) -> None:
    assert give(budget, "A", 30).status_code == 201
    spent = give(budget, "B", 10)
    assert (spent.status_code, spent.json()["code"], spent.json()["who_may_allow"]) == (409, "GOODWILL_SPENT", "sales")
    more = OCTOBER | {"client_id": budget.own.id, "seller_id": budget.seller.id}
    assert budget.post("desk", "/v1/goodwill-allowances", more).status_code == 403
    told = budget.post("sales", "/v1/goodwill-allowances", more, once="more-1").json()
    assert (told["budget_minutes"], told["allowed_minutes"], told["left_minutes"]) == (30, 60, 30)
    assert budget.post("sales", "/v1/goodwill-allowances", more, once="more-1").json() == told
    assert give(budget, "B", 10).status_code == 201
    (month,) = budget.get("desk", f"/v1/clients/{budget.own.id}/goodwill").json()
    assert (month["given_minutes"], month["allowances"][0]["allowed_by"]) == (40, "Орлова Н. В.")
    assert budget.get("desk", f"/v1/clients/{budget.own.id}/goodwill?month=2026-11").json()[0]["given_minutes"] == 0


def test_the_card_of_the_client_shows_what_may_still_be_given_h9(budget: House) -> None:
    give(budget, "A", 20)
    card = budget.get("desk", f"/v1/clients/{budget.own.id}/coverage").json()
    assert [(one["allowed_minutes"], one["left_minutes"]) for one in card["goodwill"]] == [(30, 10)]
    assert budget.get("desk", f"/v1/clients/{budget.foreign.id}/coverage").json()["goodwill"] == []


def test_overlapping_work_is_named_in_the_answer_and_in_the_list_h10(house: House) -> None:
    given = {"client_id": house.own.id, "source": "desk", "worked_minutes": 60, "engineer": "Ильин А. С."}
    for name, at in (("A", "08:00"), ("B", "08:45")):
        event = given | {"external_id": name, "started_at": f"2026-10-05T{at}:00+03:00"}
        told = house.post("desk", "/v1/work-entries", event).json()
    assert [(one["external_id"], one["common_minutes"]) for one in told["overlaps"]] == [("A", 15)]
    days = "first_day=2026-10-01&last_day=2026-10-31"
    (listed,) = house.get("accountant", f"/v1/work-overlaps?{days}").json()
    assert (listed["first"]["external_id"], listed["second"]["external_id"], listed["minutes"]) == ("A", "B", 15)
    assert house.get("accountant", f"/v1/work-overlaps?{days}&client_id={house.foreign.id}").json() == []
    wrong = house.get("accountant", "/v1/work-overlaps?first_day=2026-10-02&last_day=2026-10-01")
    assert (wrong.status_code, wrong.json()["field"]) == (422, "last_day")
    assert moment("2026-10-05 08:45").isoformat()[:16] in listed["second"]["started_at"]
