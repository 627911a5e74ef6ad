"""The calendar of a contract over HTTP: its whole life, the proof of its months, and nobody else's (T1, T5, S1, S4)."""

from typing import Any

import pytest

from tests.api.conftest import House


def calendar_of(house: House, contract_id: int, role: str = "sales") -> Any:
    answer = house.get(role, f"/v1/contracts/{contract_id}/calendar")
    assert answer.status_code == 200, answer.text
    return answer.json()


def a_sale_after_a_purchase(house: House) -> dict[str, Any]:
    """3 months for a copy bought on 15.09.2026, which begin when its free period is over."""
    copy = {"entity_id": house.own.entity.id, "number": "800999001", "product": "trade", "bought_on": "2026-09-15"}
    house.post("sales", "/v1/registrations", copy)
    order = {"seller_id": house.seller.id, "entity_id": house.own.entity.id, "plan": "its-prof", "term_months": 3}
    sold = house.post("sales", "/v1/subscriptions", order | {"registrations": ["800999001"]})
    found: dict[str, Any] = sold.json()["subscription"]
    return found


def test_the_calendar_tells_the_free_period_the_months_the_renewal_and_the_end_t1_s1_s4(house: House) -> None:
    sold = a_sale_after_a_purchase(house)
    renewal = house.post("sales", f"/v1/subscriptions/{sold['id']}:renew", {"term_months": 1}).json()["subscription"]
    calendar = calendar_of(house, sold["contract_id"])
    assert calendar["contract_number"] == sold["contract_number"]
    assert [(one["on"], one["kind"], one["last_day"], one["subscription_id"]) for one in calendar["events"]] == [
        ("2026-09-15", "free_period_start", "2026-12-14", None),
        ("2026-12-14", "free_period_last_day", None, None),
        ("2026-12-15", "term_start", "2027-03-14", sold["id"]),
        ("2026-12-15", "month_start", "2027-01-14", sold["id"]),
        ("2027-01-15", "month_start", "2027-02-14", sold["id"]),
        ("2027-02-15", "month_start", "2027-03-14", sold["id"]),
        ("2027-03-14", "last_day", None, sold["id"]),
        ("2027-03-15", "renewal_start", "2027-04-14", renewal["id"]),
        ("2027-03-15", "month_start", "2027-04-14", renewal["id"]),
        ("2027-03-15", "expiring", None, renewal["id"]),
        ("2027-04-14", "last_day", None, renewal["id"]),
    ]
    assert [one["registration_number"] for one in calendar["events"]] == ["800999001"] * 2 + [None] * 9


def test_each_term_is_proved_to_be_tiled_by_its_months_t1(house: House) -> None:
    sold = a_sale_after_a_purchase(house)
    assert calendar_of(house, sold["contract_id"])["terms"] == [
        {
            "subscription_id": sold["id"],
            "plan": "its-prof",
            "starts_on": "2026-12-15",
            "last_day": "2027-03-14",
            "term_months": 3,
            "term_days": 90,
            "months": [
                {"starts_on": "2026-12-15", "last_day": "2027-01-14", "days": 31},
                {"starts_on": "2027-01-15", "last_day": "2027-02-14", "days": 31},
                {"starts_on": "2027-02-15", "last_day": "2027-03-14", "days": 28},
            ],
            "month_count": 3,
            "month_days": 90,
            "tiles": True,
        }
    ]


def test_a_calendar_holds_no_other_contract_of_the_same_client(house: House) -> None:
    a_sale_after_a_purchase(house)
    first = house.sold.sale
    calendar = calendar_of(house, first.contract.id)
    assert {one["subscription_id"] for one in calendar["events"]} == {first.subscription.id}
    assert [one["subscription_id"] for one in calendar["terms"]] == [first.subscription.id]


@pytest.mark.parametrize("role", ["admin", "sales", "accountant", "own client"])
def test_whoever_may_read_a_subscription_may_read_the_calendar(common_house: House, role: str) -> None:
    assert calendar_of(common_house, common_house.sold.sale.contract.id, role)["terms"][0]["tiles"] is True


def test_a_foreign_contract_is_answered_like_one_that_is_missing(common_house: House) -> None:
    foreign = common_house.foreign_sold.sale.contract.id
    assert calendar_of(common_house, foreign)["contract_id"] == foreign
    answers = [common_house.get("own client", f"/v1/contracts/{one}/calendar") for one in (foreign, 999_999)]
    assert [(one.status_code, one.json()["code"]) for one in answers] == [(404, "CONTRACT_UNKNOWN")] * 2
    problems = [{name: fact for name, fact in one.json().items() if name != "value"} for one in answers]
    assert problems[0] == problems[1]
