"""The table of pages is the truth: each role enters exactly where it says, and no page without its guard."""

from collections.abc import Iterator

import pytest

from api.pages.admission import OPEN_PAGES, PAGES
from api.pages.rooms import ROOMS, first_room, menu
from api.roles import PersonRole
from tests.api.conftest import ON_ONE
from tests.api.pages.conftest import Pages

STAFF_ONLY = {role for role in PersonRole if not role.startswith("client")}
CHANGES = sorted(place for place in PAGES if place[0] != "GET")


def address(path: str) -> str:
    """An address of the page, with ids of nothing."""
    for name in [part.partition("}")[0] for part in path.split("{")[1:]]:
        path = path.replace(f"{{{name}}}", {"month": "2026-09"}.get(name, "999999999"))
    return path


def met(pages: Pages, role: PersonRole | None) -> Iterator[tuple[tuple[str, str], int, str]]:
    browser = pages.browser(role)
    for method, path in sorted(PAGES):
        answer = browser.request(method, address(path), **({"data": {"nothing": "1"}} if method == "POST" else {}))
        yield (method, path), answer.status_code, answer.headers.get("location", "")


@ON_ONE
def test_without_a_session_every_page_leads_to_the_way_in(common_pages: Pages) -> None:
    for place, status, location in met(common_pages, None):
        assert (status, location.partition("?")[0]) == (303, "/sign-in"), place


@ON_ONE
@pytest.mark.parametrize("role", PersonRole)
def test_each_role_enters_exactly_where_the_table_says(common_pages: Pages, role: PersonRole) -> None:
    before = common_pages.house.rows()
    found = {place: status for place, status, _ in met(common_pages, role)}
    assert {place for place, status in found.items() if status == 403} == {
        place for place in PAGES if role not in PAGES[place]
    }
    assert {status for status in found.values() if status != 403} <= {200, 303, 404, 409, 422}
    assert common_pages.house.rows() == before


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
