"""Each role enters exactly where `rights_of_people.txt` says, and no page stands without its guard."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import Request
from fastapi.routing import iter_route_contexts

from api.pages import page
from api.pages.admission import ANYBODY, OF_A_CLIENT, OPEN_PAGES, PAGES
from api.pages.guarding import Visitor, visitor_of
from api.pages.page import PageRoute
from api.pages.rooms import ROOMS, first_room, menu, room_of
from api.roles import PersonRole
from tests.api.conftest import ON_ONE, ROUTES
from tests.api.pages.conftest import Pages
from tests.rights import Place, written

RIGHTS = written("rights_of_people.txt")
STAFF_ONLY = {role for role in PersonRole if not role.startswith("client")}
CHANGES = sorted(place for place in RIGHTS.allowed if place[0] != "GET")

PAGES_OF_DOCS = Path(__file__).resolve().parents[3] / "docs" / "pages.md"
CALLED = {
    "everybody": ANYBODY,
    "sales": {PersonRole.SALES},
    "the desk": {PersonRole.DESK},
    "engineers": {PersonRole.ENGINEER},
    "accountant": {PersonRole.ACCOUNTANT},
    "auditor": {PersonRole.AUDITOR},
    "the client's people": OF_A_CLIENT,
}
"""Whom the documentation means, beside the administrator, who enters every page of the staff."""


def address(path: str) -> str:
    """An address of the page, with ids of nothing."""
    for name in [part.partition("}")[0] for part in path.split("{")[1:]]:
        path = path.replace(f"{{{name}}}", {"month": "2026-09"}.get(name, "999999999"))
    return path


def met(pages: Pages, role: PersonRole | None, places: Iterable[Place] = RIGHTS.allowed) -> Iterator[tuple[Place, Any]]:
    """What the role is answered at each of the places."""
    browser = pages.browser(role)
    for method, path in sorted(places):
        sent = {"data": {"nothing": "1"}} if method == "POST" else {}
        yield (method, path), browser.request(method, address(path), **sent)


def led_to_the_way_in(answer: Any) -> bool:
    return answer.status_code == 303 and answer.headers["location"].partition("?")[0] == "/sign-in"


def test_the_table_says_what_is_written_beside_the_tests() -> None:
    assert RIGHTS.differ_at(OPEN_PAGES, PAGES) == set()


def test_one_role_more_or_less_on_any_line_is_noticed() -> None:
    for place in PAGES:
        for role in PersonRole:
            assert RIGHTS.differ_at(OPEN_PAGES, PAGES | {place: PAGES[place] ^ {role}}) == {place}


def test_the_documentation_tells_of_every_row_who_enters() -> None:
    for line in (line for line in PAGES_OF_DOCS.read_text("utf-8").splitlines() if line.startswith("| `/")):
        _, places, who, *_ = line.split("|")
        shown = {_unnamed(place) for place in re.findall("`(.+?)`", places)}
        enter = [roles for (method, path), roles in PAGES.items() if method == "GET" and _unnamed(path) in shown]
        assert len(enter) >= len(shown), places
        named = {role for words, roles in CALLED.items() if words in who for role in roles}
        assert named | (set() if "/my" in places else {PersonRole.ADMIN}) == set().union(*enter), places


def _unnamed(path: str) -> str:
    return re.sub(r"\{\w+\}", "{}", path)


def test_every_page_stands_behind_the_guard() -> None:
    routes = {(method, one.path): one.original_route for one in iter_route_contexts(ROUTES) for method in one.methods}
    assert [place for place in RIGHTS.allowed.keys() | RIGHTS.opened if type(routes[place]) is not PageRoute] == []


@ON_ONE
def test_without_a_session_every_page_leads_to_the_way_in(common_pages: Pages) -> None:
    assert [place for place, answer in met(common_pages, None) if not led_to_the_way_in(answer)] == []


@ON_ONE
@pytest.mark.parametrize("role", PersonRole)
def test_each_role_enters_exactly_where_is_written(common_pages: Pages, role: PersonRole) -> None:
    before = common_pages.house.rows()
    found = {place: answer.status_code for place, answer in met(common_pages, role)}
    assert {place for place, status in found.items() if status == 403} == {
        place for place, roles in RIGHTS.allowed.items() if role not in roles
    }
    assert {status for status in found.values() if status != 403} <= {200, 303, 404, 409, 422}
    assert common_pages.house.rows() == before


@ON_ONE
def test_a_page_that_lost_its_guard_is_noticed(common_pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the table whoever is kept out is let in, at every single page."""

    async def let_in(request: Request, path: str) -> Visitor | None:
        return visitor_of(request)

    monkeypatch.setattr(page, "admitted", let_in)
    for place, roles in RIGHTS.allowed.items():
        kept_out = next((role for role in PersonRole if role not in roles), None)
        ((_, answer),) = met(common_pages, kept_out, [place])
        assert answer.status_code != 403, place
        assert kept_out is not None or not led_to_the_way_in(answer), place


@ON_ONE
def test_no_form_is_taken_from_another_site(common_pages: Pages) -> None:
    browser = common_pages.browser(PersonRole.ADMIN, Origin="https://evil.example")
    for method, path in CHANGES + sorted(place for place in OPEN_PAGES if place[0] != "GET"):
        assert browser.request(method, address(path), data={"a": "b"}).status_code == 403, path


@ON_ONE
def test_a_page_taken_out_of_the_table_is_shut_at_once(common_pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    assert common_pages.browser(PersonRole.ADMIN).get("/people").status_code == 200
    monkeypatch.delitem(PAGES, ("GET", "/people"))
    assert common_pages.browser(PersonRole.ADMIN).get("/people").status_code == 403


def test_an_auditor_changes_nothing_but_the_own_account() -> None:
    changes = {path for path in CHANGES if PersonRole.AUDITOR in PAGES[path]}
    assert {path for _, path in changes} == {"/account/password", "/account/codes", "/account/codes:stop"}


def test_a_client_enters_no_room_of_the_staff() -> None:
    for (method, path), roles in PAGES.items():
        if not path.startswith(("/account", "/my")):
            assert roles <= STAFF_ONLY, (method, path)


def test_every_role_has_a_room_to_begin_its_day_in() -> None:
    for role in PersonRole:
        assert role in PAGES["GET", first_room(role)]
        assert all(path in ROOMS for path, _ in menu(role))


@pytest.mark.parametrize("place", ["/keys", "/webhooks/1/deliveries", "/people", "/calendars", "/audit", "/plans/x"])
def test_what_the_settings_lead_to_is_lit_as_the_settings(place: str) -> None:
    assert room_of(place, PersonRole.ADMIN) == "/settings"
    assert room_of("/audit", PersonRole.AUDITOR) == "/audit"
    assert room_of("/clients/3", PersonRole.ADMIN) == "/clients"


@ON_ONE
def test_what_the_settings_lead_to_has_a_way_back_for_who_may_enter_them(common_pages: Pages) -> None:
    for place in ("/keys", "/webhooks", "/people", "/calendars", "/audit", "/installation"):
        assert '<a href="/settings">←' in common_pages.browser(PersonRole.ADMIN).get(place).text, place
    assert '<a href="/settings">' not in common_pages.browser(PersonRole.AUDITOR).get("/audit").text
