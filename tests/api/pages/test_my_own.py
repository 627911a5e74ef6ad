"""The clients' pages show a client its own and nobody else's, with as many statements however much it has."""

import re
from dataclasses import asdict
from datetime import date
from typing import Any

import pytest
from sqlmodel import select

from api.database import reading, transaction
from api.pages.admission import PAGES
from api.roles import PersonRole
from billing.bills import Invoice
from billing.settling import standing_of, standings_of
from documents import archive
from tests.api.conftest import House
from tests.api.pages.conftest import Pages
from tests.api.pages.own_story import ids_of, lived, objected
from tests.api.test_v1_coverage import counted
from tests.builders import a_registration, a_sale, worked

ADMIN = PersonRole.CLIENT_ADMIN
NOTHING = 888_888_888
OWN_PAGES = sorted(place for place in PAGES if place[1].startswith("/my"))
WITH_ID = [place for place in OWN_PAGES if "{" in place[1]]
FORMS = {
    "/my/statements/{statement_id}/lines/{line}:object": {"text": "Нет"},
    "/my/objections/{objection_id}:comment": {"text": "Нет"},
    "/my/approvals/{entry_id}:object": {"text": "Нет"},
    "/my/renewals/{subscription_id}": {"choice": "continuous 12  1200000", "is_agreed": "yes"},
}


@pytest.fixture(scope="module")
def two_clients(common_pages: Pages) -> Pages:
    """Both clients have something of everything; the first paper is printed."""
    house = common_pages.house
    lived(common_pages)
    objected(house)
    with transaction(house.engine) as session:
        key = archive.content_key("contract/2026-10", b"%PDF-1.7")
        house.app.state.store.put(key, b"%PDF-1.7")
        archive.record(session, ids_of(house, house.own).paper_id, key, 8, at=house.clock())
    return common_pages


def address(path: str, ids: dict[str, Any]) -> str:
    return path.format(**{"line": 1} | ids)


def asked(pages: Pages, place: tuple[str, str], ids: dict[str, Any], key: str) -> Any:
    method, path = place
    data = {"data": FORMS.get(path, {}) | {"form_key": key}} if method == "POST" else {}
    return pages.browser(ADMIN).request(method, address(path, ids), **data)


def told(answer: Any, *ids: int) -> tuple[int, str]:
    """The answer, but for keys of forms and for the ids that were asked for."""
    return answer.status_code, re.sub(rf"[0-9a-f]{{32}}|\b({'|'.join(map(str, ids))})\b", "", answer.text)


@pytest.mark.parametrize("place", WITH_ID, ids=" ".join)
def test_an_id_of_another_client_is_answered_like_an_id_of_nothing(two_clients: Pages, place: tuple[str, str]) -> None:
    house, names = two_clients.house, re.findall(r"{(\w+_id)}", place[1])
    before = house.rows()
    foreign = {name: asdict(ids_of(house, house.foreign))[name] for name in names}
    nothing = dict.fromkeys(names, NOTHING)
    answers = [
        told(asked(two_clients, place, ids, key), *foreign.values(), NOTHING)
        for ids, key in ((foreign, "f"), (nothing, "n"))
    ]
    assert answers[0] == answers[1]
    assert answers[0][0] == 404
    assert house.rows() == before


def test_a_package_is_not_bought_under_a_contract_of_another_client(two_clients: Pages) -> None:
    house = two_clients.house
    before, shown = house.rows(), two_clients.browser(ADMIN).get("/my/packages").text
    package = re.search(r'name="package" value="([^"]+)"', shown)
    assert package is not None
    form = {"package": package[1], "is_agreed": "yes", "form_key": "p"}
    browser, foreign = two_clients.browser(ADMIN), ids_of(house, house.foreign).contract_id
    answers = [
        told(browser.post("/my/packages", data=form | {"contract_id": str(one)}), foreign, NOTHING)
        for one in (foreign, NOTHING)
    ]
    assert answers[0] == answers[1]
    assert answers[0][0] == 422
    assert house.rows() == before


@pytest.mark.parametrize("place", [place for place in OWN_PAGES if place[0] == "GET"], ids=" ".join)
def test_its_own_is_shown_and_names_no_other_client(two_clients: Pages, place: tuple[str, str]) -> None:
    house = two_clients.house
    answer = asked(two_clients, place, asdict(ids_of(house, house.own)), "")
    assert answer.status_code == 200
    if place[1].endswith("/file"):
        assert (answer.content, answer.headers["content-type"]) == (b"%PDF-1.7", "application/pdf")
        assert "frame-ancestors 'self'" in answer.headers["content-security-policy"]
        return
    assert house.foreign.client.name not in answer.text
    assert house.foreign.entity.name not in answer.text


def test_what_waits_for_the_client_stands_on_its_first_page(two_clients: Pages) -> None:
    house, text = two_clients.house, two_clients.browser(ADMIN).get("/my").text
    ids = ids_of(house, house.own)
    for link in (f"/my/invoices/{ids.invoice_id}", f"/my/statements/{ids.statement_id}", "/my/approvals"):
        assert f'<a href="{link}">' in text, link
    assert f"/my/objections/{ids.objection_id}" in text
    assert "was due on" in text
    assert "objections are taken until 11.11.2026" in text
    assert "15 min left" in text.replace("\u00a0", " ")  # of two hours that two plans give until 04.11


def test_each_line_says_what_was_worked_what_was_billed_and_by_which_rule(two_clients: Pages) -> None:
    house = two_clients.house
    text = two_clients.browser(ADMIN).get(f"/my/statements/{ids_of(house, house.own).statement_id}").text
    plain = re.sub(r"\s+", " ", re.sub("<[^>]*>", " ", text.replace("\u00a0", " ")))
    assert "Line 1: 06.10.2026 · Настройка печати" in plain
    assert "30 min worked, 30 min billed (as it was worked)" in plain
    assert plain.count("Waits for your answer") == 2
    assert "The objection is being considered" in plain


def test_invoices_stand_together_as_each_stands_alone(two_clients: Pages) -> None:
    with reading(two_clients.house.engine) as session:
        invoices = session.exec(select(Invoice)).all()
        assert standings_of(session, invoices) == [standing_of(session, one) for one in invoices]


BUDGETS = {"/my": 30, "/my/statements": 6, "/my/invoices": 6, "/my/papers": 4, "/my/contacts": 7}
"""Selects of a page, those of the session and of the guard among them."""


def more_of_everything(house: House) -> None:
    with transaction(house.engine) as session:
        for month in (6, 7, 8):
            numbers = (a_registration(session, house.own.entity).number,)
            start = date(2026, 11, month)
            a_sale(session, house.seller, house.own, "asking", at=house.clock(), starts_on=start, registrations=numbers)
            worked(session, house.own, f"2026-11-02 1{month}:00", 15, service="call")


def test_a_page_takes_as_many_statements_however_much_the_client_has(pages: Pages) -> None:
    house = pages.house
    lived(pages)
    paths = [*BUDGETS, f"/my/statements/{ids_of(house, house.own).statement_id}", "/my/approvals"]
    seen: list[dict[str, int]] = []
    for _ in range(2):
        counts = {}
        for path in paths:
            with counted(house.engine) as selects:
                assert pages.browser(ADMIN).get(path).status_code == 200
            counts[path] = len(selects)
        seen.append(counts)
        more_of_everything(house)
    assert seen[0] == seen[1]
    assert {path: count for path, count in seen[0].items() if count > BUDGETS.get(path, 15)} == {}


def test_ids_are_of_the_client_that_is_meant(two_clients: Pages) -> None:
    house = two_clients.house
    own, foreign = ids_of(house, house.own), ids_of(house, house.foreign)
    assert None not in (*asdict(own).values(), *asdict(foreign).values())
    assert set(asdict(own).items()).isdisjoint(asdict(foreign).items())
