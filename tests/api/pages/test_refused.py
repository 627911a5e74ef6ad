"""A "no" of the pages speaks to people: of their role and of pages, with their menu, never of keys or of /docs."""

import re

import pytest

from api.pages.rooms import menu
from api.roles import PersonRole
from tests.api.conftest import ON_ONE
from tests.api.pages.conftest import Pages

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def menu_of(told: str) -> list[str]:
    return re.findall(r'<li><a href="(/[^"]+)"', told)


@ON_ONE
@pytest.mark.parametrize("role", PersonRole)
def test_whose_role_may_not_is_told_of_the_role_and_keeps_the_menu(common_pages: Pages, role: PersonRole) -> None:
    place = "/work" if role.startswith("client") else "/my"
    answer = common_pages.browser(role, **{"Accept-Language": "en"}).get(place)
    assert answer.status_code == 403
    assert "Your role does not open this page." in answer.text
    assert "key" not in re.sub("<[^>]*>", "", answer.text)
    assert menu_of(answer.text)[:-1] == [path for path, _ in menu(role)]


@ON_ONE
def test_a_page_that_is_not_there_is_told_as_a_page_with_the_menu_and_a_way_back(common_pages: Pages) -> None:
    answer = common_pages.browser(PersonRole.SALES, **BROWSER).get("/nope")
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert "There is no such page." in answer.text
    assert "/docs." not in answer.text
    assert menu_of(answer.text)[:-1] == [path for path, _ in menu(PersonRole.SALES)]
    assert '<a href="/">' in answer.text


@ON_ONE
def test_a_form_that_is_opened_as_a_page_is_no_page(common_pages: Pages) -> None:
    answer = common_pages.browser(PersonRole.SALES, **BROWSER).get("/language")
    assert answer.status_code == 405
    assert "There is no such page." in answer.text


@ON_ONE
def test_a_stranger_is_told_of_a_page_that_is_not_there_too(common_pages: Pages) -> None:
    answer = common_pages.browser(**(BROWSER | {"Accept-Language": "ru"})).get("/nope")
    assert answer.status_code == 404
    assert "Такой страницы нет." in answer.text
    assert menu_of(answer.text) == []


@ON_ONE
@pytest.mark.parametrize(("place", "accept"), [("/v1/nope", BROWSER["Accept"]), ("/nope", "*/*")])
def test_a_program_is_told_as_a_problem(common_pages: Pages, place: str, accept: str) -> None:
    answer = common_pages.browser(PersonRole.SALES, Accept=accept).get(place)
    assert answer.status_code == 404
    assert answer.json()["code"] == "ROUTE_UNKNOWN"


@ON_ONE
@pytest.mark.parametrize("said", ["sent", "resent_letter", "paper_mailed"])
def test_a_letter_that_is_queued_where_mail_is_not_set_up_is_said_to_wait(common_pages: Pages, said: str) -> None:
    browser = common_pages.browser(PersonRole.SALES)
    assert "Mail is not set up" in browser.get(f"/clients?said={said}").text
    assert "Mail is not set up" not in browser.get("/clients?said=signed").text
