"""The register over HTTP: a reconciliation for staff, from the register itself or from answers that are brought."""

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import SecretStr

from api.database import transaction
from contracts.taking_answers import mean_plan
from tests.api.conftest import House
from tests.builders import PUBLISHED_AT
from tests.vendor_register import VendorRegister, holding, period, status

PATH = "/v1/register:reconcile"
COUNTS = {"found", "other_kind", "other_partner", "missing", "other_end_date", "answer_failed"}


@pytest.fixture
def sold(house: House) -> House:
    """Both clients' subscriptions are of a plan that the vendor has a code for."""
    with transaction(house.engine) as session:
        mean_plan(session, "support-12", "support", at=PUBLISHED_AT)
    return house


@pytest.fixture
def register(sold: House) -> Iterator[VendorRegister]:
    """A register that holds the first client's copy as it was sold, and the other's through another partner."""
    year = period("2026-10-05", "2027-10-05")
    own, foreign = sold.own.registrations[0], sold.foreign.registrations[0]
    book = {
        own: [holding("support-12", year)],
        foreign: [holding("support-12", year, by_another_partner=True)],
    }
    with VendorRegister(book) as running:
        changes = {"register_url": running.url, "register_authorization": SecretStr("Bearer abc")}
        sold.app.state.settings = sold.app.state.settings.model_copy(update=changes)
        yield running


def reconciled(house: House, body: dict[str, Any], role: str = "sales") -> dict[str, Any]:
    before = house.rows()
    answer = house.post(role, PATH, body)
    assert answer.status_code == 200, answer.text
    assert house.rows() == before
    told: dict[str, Any] = answer.json()
    assert set(told["counts"]) == COUNTS
    assert sum(told["counts"].values()) == len(told["lines"])
    return told


def test_every_line_is_told_with_the_period_it_rests_on_s8(sold: House, register: VendorRegister) -> None:
    told = reconciled(sold, {})
    assert told["counts"] | {"found": 0, "other_partner": 0} == dict.fromkeys(COUNTS, 0)
    own = next(line for line in told["lines"] if line["client_id"] == sold.own.id)
    assert own == {
        "registration_number": sold.own.registrations[0],
        "client_id": sold.own.id,
        "subscription_id": sold.sold.sale.subscription.id,
        "plan": "support",
        "starts_on": "2026-10-05",
        "last_day": "2027-10-04",
        "finding": "found",
        "register_period": {
            "code": "support-12",
            "starts_on": "2026-10-05",
            "last_day": "2027-10-04",
            "partner": "own",
        },
        "reason": None,
    }
    assert register.asked[0].headers["authorization"] == "Bearer abc"


def test_one_client_is_asked_about_alone_s8(sold: House, register: VendorRegister) -> None:
    told = reconciled(sold, {"client_id": sold.foreign.id}, "accountant")
    assert [line["finding"] for line in told["lines"]] == ["other_partner"]
    assert register.asked[0].numbers == list(sold.foreign.registrations)


def test_answers_that_are_brought_are_compared_and_nobody_is_asked_s8(sold: House, register: VendorRegister) -> None:
    own = sold.own.registrations[0]
    entry = {"number": own, "held": [holding("support-12", period("2026-10-05", None), by_another_partner=None)]}
    foreign = {"number": "999", "held": []}
    told = reconciled(sold, {"answers": [entry, foreign]})
    assert {line["client_id"]: (line["finding"], line["reason"]) for line in told["lines"]} == {
        sold.own.id: ("found", None),
        sold.foreign.id: ("answer_failed", "left_out"),
    }
    assert told["lines"][0]["register_period"]["last_day"] is None
    assert reconciled(sold, {"answers": [entry, entry]})["lines"][0]["reason"] == "repeated"
    assert register.asked == []


def test_a_register_that_is_away_concludes_nothing_d11(sold: House, register: VendorRegister) -> None:
    register.always = status(403)
    told = reconciled(sold, {})
    assert {(line["finding"], line["reason"]) for line in told["lines"]} == {("answer_failed", "refused")}


def test_without_an_address_the_caller_is_told_what_to_set(sold: House) -> None:
    answer = sold.post("sales", PATH, {})
    assert (answer.status_code, answer.json()["code"]) == (422, "REGISTER_NOT_SET")
    assert answer.json()["field"] == "ABONEMENT_REGISTER_URL"


@pytest.mark.parametrize("role", ["client", "desk", "verdict", "own desk"])
def test_nobody_but_staff_sees_the_register(house: House, role: str) -> None:
    assert house.post(role, PATH, {}).status_code == 403
