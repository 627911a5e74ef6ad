"""The report of a month over HTTP, as data and as a CSV file."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest

from tests.api.conftest import House
from tests.builders import noon


def test_the_report_tells_counts_sums_and_subscriptions(house: House) -> None:
    own, foreign = house.sold.sale.subscription, house.foreign_sold.sale.subscription
    renewed = house.post("sales", f"/v1/subscriptions/{own.id}:renew", {}).json()["subscription"]
    house.clock.at = noon(own.last_day + timedelta(1))
    path = f"/v1/renewal-reports/2027-10?seller_id={house.seller.id}"
    told: dict[str, Any] = house.get("accountant", path).json()
    counts = {name: group["count"] for name, group in told.items() if isinstance(group, dict)}
    assert counts == {"ended": 2, "renewed": 1, "lapsed": 1, "cancelled": 0, "in_grace": 0, "won_back": 0}
    assert told["ended"]["sums"] == [{"amount": "24000.00", "currency": "RUB"}]
    (line,) = told["renewed"]["subscriptions"]
    assert line == {
        "subscription_id": own.id,
        "client_id": house.own.id,
        "client": "Ромашка",
        "contract_number": "2026-0001",
        "plan": "support",
        "last_day": "2027-10-04",
        "served_until": "2027-10-04",
        "price": "12000.00",
        "currency": "RUB",
        "following": {"subscription_id": renewed["id"], "sold_on": "2026-10-05", "price": "12000.00"},
    }
    assert [one["subscription_id"] for one in told["lapsed"]["subscriptions"]] == [foreign.id]
    file = house.get("accountant", path.replace("2027-10", "2027-10.csv"))
    rows = list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"))))
    assert [(row[2], row[4]) for row in rows[1:]] == [("renewed", "Ромашка"), ("lapsed", "Василёк")]
    assert file.headers["content-disposition"] == 'attachment; filename="renewals-2027-10.csv"'


@pytest.mark.parametrize("form", ["", ".csv"])
@pytest.mark.parametrize(
    ("asked", "code", "field"),
    [
        ("2026-13{}?seller_id=1", "DATE_WRONG", "month"),
        ("2026-10{}", "FIELD_REQUIRED", "seller_id"),
        ("2026-10{}?seller_id=999", "SELLER_UNKNOWN", "seller_id"),
    ],
)
def test_what_is_wrong_is_named(common_house: House, form: str, asked: str, code: str, field: str) -> None:
    answer = common_house.get("sales", f"/v1/renewal-reports/{asked.format(form)}")
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, code, field)
