"""The offer over HTTP: as data, as a part of a page and as a paper, all of the same value (S4, S5, P1)."""

from xml.etree import ElementTree

import pytest

from api.printing import print_papers
from documents.render import Press
from tests.api.conftest import House
from tests.documents.reading import whole_text


def path_of(house: House) -> str:
    return f"/v1/subscriptions/{house.sold.sale.subscription.id}"


def test_the_data_says_until_when_it_stands_the_vat_inside_and_the_packages_h8(common_house: House) -> None:
    house = common_house
    offer = house.get("own client", f"{path_of(house)}/renewal-choices").json()
    assert (offer["on"], offer["valid_until"]) == ("2026-10-05", "2027-10-04")
    [year] = [one for one in offer["choices"] if one["is_open"] and one["term_months"] == 12]
    assert (year["total"], year["vat"], year["currency"]) == ("12000.00", "2163.93", "RUB")
    assert offer["packages"][0] == {
        "code": "hours-20",
        "minutes": 1200,
        "price": "61750.00",
        "hour_price": "3087.50",
        "currency": "RUB",
        "life_months": 12,
        "starts_on": "2026-10-05",
        "last_day": "2027-10-04",
    }


@pytest.mark.parametrize(("asked", "language"), [("ru", "ru"), ("en-GB,ru;q=0.5", "en"), ("de", "en")])
def test_the_part_of_a_page_is_in_the_language_of_its_reader(common_house: House, asked: str, language: str) -> None:
    house = common_house
    answer = house.get("sales", f"{path_of(house)}/renewal-choices.html", headers={"Accept-Language": asked})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert (answer.headers["content-language"], answer.headers["vary"]) == (language, "Accept-Language")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    told = house.get("sales", f"{path_of(house)}/renewal-choices").json()["choices"]
    shown = ElementTree.fromstring(answer.text).find(".//table")
    assert len([row for row in shown.iter("tr") if row.find("td") is not None]) == len(told)


def test_an_offer_is_issued_once_and_printed_and_told_to_the_client_p1(house: House) -> None:
    first, again = (house.post("sales", f"{path_of(house)}:offer", {}, once="offer-1") for _ in range(2))
    assert (first.status_code, first.json(), again.json()) == (201, again.json(), first.json())
    english = house.post("sales", f"{path_of(house)}:offer", {"language": "en"}).json()
    assert [(one["revision"], one["language"]) for one in (first.json(), english)] == [(1, "ru"), (2, "en")]
    with Press(1) as press:
        print_papers(house.engine, house.app.state.store, press, clock=house.clock, tell=lambda paper: None)
    told = house.get("own client", "/v1/papers").json()
    assert [one["number"] for one in told if one["kind"] == "offer"] == [first.json()["number"], english["number"]]
    text = whole_text(house.get("own client", f"/v1/papers/{first.json()['id']}/file").content)
    assert f"Предложение о продлении № {first.json()['number']}" in text
    assert "12 000,00 руб. (Двенадцать тысяч рублей 00 копеек), в том числе НДС 22 % — 2 163,93 руб." in text


def test_what_cannot_be_offered_is_refused_and_nothing_is_issued(house: House) -> None:
    house.post("sales", f"{path_of(house)}:renew", {})
    before = house.rows()
    refused = house.post("sales", f"{path_of(house)}:offer", {})
    assert (refused.status_code, refused.json()["code"]) == (409, "ALREADY_RENEWED")
    unknown = house.post("sales", "/v1/subscriptions/999999:offer", {})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "SUBSCRIPTION_UNKNOWN")
    assert house.rows() == before
    shown = house.get("sales", f"{path_of(house)}/renewal-choices.html")
    assert (shown.status_code, "nothing to offer" in shown.text) == (200, True)
