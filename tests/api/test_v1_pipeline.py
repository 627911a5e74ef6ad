"""The pipeline over HTTP: a list in pages, a CSV, a workbook, and a calendar that asks for a password."""

import base64
import csv
import io
from typing import Any

import pytest
from icalendar import Calendar
from python_calamine import CalamineWorkbook

from api.authorisation import ALLOWED
from api.keys import Role
from tests.api.conftest import House
from tests.builders import moment

FILES = ("/v1/pipeline.csv", "/v1/pipeline.xlsx", "/v1/pipeline.ics")


def told(house: House, query: str = "", role: str = "sales") -> Any:
    answer = house.get(role, f"/v1/pipeline{query}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def with_password(house: House, token: str, path: str = "/v1/pipeline.ics", name: str = "calendar") -> Any:
    credentials = base64.b64encode(f"{name}:{token}".encode()).decode()
    return house.client.get(path, headers={"Authorization": f"Basic {credentials}"})


def test_a_line_tells_what_ends_when_and_at_what_price(common_house: House) -> None:
    house, sold = common_house, common_house.sold.sale.subscription
    assert told(house)[0] == {
        "subscription_id": sold.id,
        "client_id": house.own.id,
        "client": "Ромашка",
        "manager": "",
        "seller_id": house.seller.id,
        "seller": "north",
        "contract_number": "2026-0001",
        "plan": "support",
        "registrations": list(house.own.registrations),
        "starts_on": "2026-10-05",
        "last_day": "2027-10-04",
        "days_left": 364,
        "term_months": 12,
        "last_price": "12000.00",
        "price": "12000.00",
        "currency": "RUB",
        "standing": "active",
        "renewed": False,
        "risks": [],
    }


def test_pages_follow_each_other(common_house: House) -> None:
    first = told(common_house, "?limit=1")
    second = told(common_house, f"?limit=1&after={first[0]['subscription_id']}")
    assert [line["client"] for line in first + second] == ["Ромашка", "Василёк"]
    assert told(common_house, f"?after={second[0]['subscription_id']}") == []


@pytest.mark.parametrize(
    ("query", "clients"),
    [
        ("?ends_until=2027-10-03", []),
        ("?ends_from=2027-10-04&ends_until=2027-10-04", ["Ромашка", "Василёк"]),
        ("?renewed=yes", []),
        ("?renewed=no", ["Ромашка", "Василёк"]),
        ("?manager=Котова", []),
        ("?plan=its-prof", []),
        ("?risk=hours_refused", []),
    ],
)
def test_lines_are_chosen(common_house: House, query: str, clients: list[str]) -> None:
    assert [line["client"] for line in told(common_house, query)] == clients


def test_today_is_the_sellers_day_also_just_after_its_midnight_t4(house: House) -> None:
    """What ended a month and a day ago is left out from midnight in Moscow on, where UTC has the day before."""
    house.clock.at = moment("2027-11-04 00:30")
    for query in ("", f"?seller_id={house.seller.id}"):
        assert told(house, query) == []
    house.clock.at = moment("2027-11-03 23:30")
    assert len(told(house)) == 2


@pytest.mark.parametrize(
    ("query", "code", "field"),
    [
        ("seller_id=999", "SELLER_UNKNOWN", "seller_id"),
        ("plan=gold", "PLAN_UNKNOWN", "plan"),
        ("ends_from=2026-12-01&ends_until=2026-11-30", "FIELD_WRONG", "ends_until"),
        ("ends_from=2026-02-30", "DATE_WRONG", "ends_from"),
        ("renewed=maybe", "FIELD_WRONG", "renewed"),
        ("risk=war", "FIELD_WRONG", "risk"),
        ("manager=%00", "TEXT_WRONG", "manager"),
    ],
)
@pytest.mark.parametrize("path", ["/v1/pipeline", *FILES])
def test_what_cannot_be_chosen_is_named(common_house: House, path: str, query: str, code: str, field: str) -> None:
    answer = common_house.get("sales", f"{path}?{query}")
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, code, field)


def test_the_page_before_must_be_known(common_house: House) -> None:
    answer = common_house.get("sales", "/v1/pipeline?after=999999")
    assert (answer.status_code, answer.json()["code"]) == (422, "SUBSCRIPTION_UNKNOWN")


@pytest.mark.parametrize(("language", "head"), [("ru", "Клиент"), ("en", "Client")])
def test_the_files_hold_every_line_in_the_language_asked(common_house: House, language: str, head: str) -> None:
    files = {path: common_house.get("sales", f"{path}?language={language}") for path in FILES}
    rows = list(csv.reader(io.StringIO(files[FILES[0]].content.decode("utf-8-sig"))))
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(files[FILES[1]].content)).get_sheet_by_index(0).to_python()
    for table in (rows, sheet):
        assert table[0][3] == head
        assert [row[3] for row in table[1:]] == ["Ромашка", "Василёк"]
    events = Calendar.from_ical(files[FILES[2]].content).walk("VEVENT")
    assert [event["SUMMARY"].partition(":")[0] for event in events] == ["Ромашка", "Василёк"]
    assert files[FILES[2]].headers["content-type"] == "text/calendar; charset=utf-8"


def test_without_a_language_that_of_the_caller_is_spoken(common_house: House) -> None:
    answer = common_house.get("sales", FILES[0], headers={"Accept-Language": "ru"})
    assert "Клиент" in answer.content.decode()
    assert "Client" in common_house.get("sales", FILES[0]).content.decode()


def test_a_calendar_takes_its_key_as_a_password(common_house: House) -> None:
    token = common_house.tokens["calendar"]
    for name in ("calendar", "", "кто угодно"):
        answer = with_password(common_house, token, name=name)
        assert (answer.status_code, answer.headers["content-type"][:13]) == (200, "text/calendar")
    assert common_house.get("calendar", FILES[2]).status_code == 200  # or as any other key


def test_a_key_of_the_calendar_opens_nothing_else(common_house: House) -> None:
    assert {place for place, roles in ALLOWED.items() if Role.CALENDAR in roles} == {("GET", "/v1/pipeline.ics")}
    assert common_house.get("calendar", "/v1/pipeline").json()["code"] == "ROLE_NOT_ALLOWED"


@pytest.mark.parametrize("path", ["/v1/pipeline", "/v1/pipeline.csv", "/v1/sellers"])
def test_a_password_is_taken_nowhere_else(common_house: House, path: str) -> None:
    answer = with_password(common_house, common_house.tokens["admin"], path)
    assert (answer.status_code, answer.json()["code"]) == (401, "KEY_REQUIRED")
    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("header", ["Basic", "Basic !!!", "Basic Og==", "Basic 0J/RgNC40LI=", "Basic /////w=="])
def test_a_wrong_password_is_asked_for_again(common_house: House, header: str) -> None:
    answer = common_house.client.get(FILES[2], headers={"Authorization": header})
    assert (answer.status_code, answer.json()["code"]) == (401, "KEY_WRONG")
    assert answer.headers["www-authenticate"] == 'Basic realm="abonement", charset="UTF-8"'


def test_a_key_in_the_address_opens_nothing(common_house: House) -> None:
    answer = common_house.client.get(f"{FILES[2]}?key={common_house.tokens['calendar']}")
    assert answer.status_code == 401


def test_a_renewal_and_a_cancellation_change_the_calendar(house: House) -> None:
    first, second = house.sold.sale.subscription.id, house.foreign_sold.sale.subscription.id
    house.post("sales", f"/v1/subscriptions/{first}:renew", {})
    said = {"last_day": "2026-12-31", "cancelled_by": "Котова", "reason": "Закрытие"}
    house.post("sales", f"/v1/subscriptions/{second}:cancel", said)
    everything = "?ends_until=2030-01-01"
    assert [(line["client"], line["renewed"]) for line in told(house, everything)] == [
        ("Ромашка", True),
        ("Ромашка", False),
    ]
    events = Calendar.from_ical(with_password(house, house.tokens["sales"], FILES[2] + everything).content).walk(
        "VEVENT"
    )
    assert [event["SUMMARY"] for event in events] == [
        "Ромашка: support, last day (renewed)",
        "Ромашка: support, last day",
    ]
