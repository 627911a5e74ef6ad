"""Every endpoint is in the table of roles, and every role meets exactly what `rights_of_keys.txt` says."""

from collections.abc import Iterator

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.routing import iter_route_contexts

from api import authorisation, refusals
from api.app import create_app
from api.authorisation import ALLOWED, FEED, PUBLIC
from api.keys import Role
from api.pages.admission import OPEN_PAGES, PAGES
from api.request import GuardedRoute
from api.settings import Settings
from tests.api.conftest import ON_ONE, ROUTES, House, TestClient
from tests.rights import written

UNDOCUMENTED = {("GET", f"/{path}") for path in ("docs", "docs/{asset}", "openapi.json", "paper", "verify")}
RIGHTS = written("rights_of_keys.txt")
PLACES = sorted(RIGHTS.allowed)


def application() -> FastAPI:
    return create_app(Settings(_env_file=None), works=False)


def places(app: FastAPI) -> Iterator[tuple[str, str]]:
    for route in iter_route_contexts(app.routes):
        yield from ((method, route.path or "") for method in route.methods or ())


def address(path: str) -> str:
    """An address of the path, with ids of nothing."""
    for name in [part.partition("}")[0] for part in path.split("{")[1:]]:
        path = path.replace(f"{{{name}}}", {"month": "2026-09", "asset": "docs.js"}.get(name, "999999999"))
    return path


def test_every_endpoint_is_in_the_table_and_everything_in_the_table_is_an_endpoint() -> None:
    found = list(places(application()))
    assert len(found) == len(set(found))
    tables = [set(ALLOWED), PUBLIC, set(PAGES), OPEN_PAGES]
    assert set(found) == set.union(*tables)
    assert sum(map(len, tables)) == len(found), "a place stands in one table only"


def test_the_documentation_names_the_same_endpoints() -> None:
    documented = {
        (method.upper(), path) for path, operations in application().openapi()["paths"].items() for method in operations
    }
    assert documented == set(places(application())) - UNDOCUMENTED - set(PAGES) - OPEN_PAGES


def test_the_table_says_what_is_written_beside_the_tests() -> None:
    assert RIGHTS.differ_at(PUBLIC, ALLOWED) == set()


def test_one_role_more_or_less_on_any_line_is_noticed() -> None:
    for place in ALLOWED:
        for role in Role:
            assert RIGHTS.differ_at(PUBLIC, ALLOWED | {place: ALLOWED[place] ^ {role}}) == {place}


def test_every_endpoint_stands_behind_the_guard() -> None:
    routes = {(method, one.path): one.original_route for one in iter_route_contexts(ROUTES) for method in one.methods}
    assert [place for place in PLACES if type(routes[place]) is not GuardedRoute] == []


def test_every_role_may_do_something_and_only_an_administrator_everything() -> None:
    for role in Role:
        allowed = {place for place, roles in ALLOWED.items() if role in roles}
        assert allowed
        assert (allowed == set(ALLOWED)) == (role is Role.ADMIN)


@ON_ONE
def test_without_a_key_nobody_gets_in(common_house: House) -> None:
    for method, path in PLACES:
        answer = common_house.call(None, method, address(path))
        assert (answer.status_code, answer.json()["code"]) == (401, "KEY_REQUIRED"), path
        scheme = "Basic" if (method, path) == FEED else "Bearer"
        assert answer.headers["www-authenticate"].startswith(scheme)


@ON_ONE
@pytest.mark.parametrize("role", Role)
def test_each_role_gets_in_exactly_where_is_written(common_house: House, role: Role) -> None:
    before = common_house.rows()
    met = {place: common_house.call(role.value, place[0], address(place[1]), {}) for place in PLACES}
    shut = {place for place, answer in met.items() if answer.status_code == 403}
    assert shut == {place for place in PLACES if role not in RIGHTS.allowed[place]}
    assert {met[place].json()["code"] for place in shut} <= {"ROLE_NOT_ALLOWED"}
    assert {met[place].status_code for place in PLACES if place not in shut} <= {200, 404, 422}
    assert common_house.rows() == before


def test_what_is_public_needs_no_key(common_house: House) -> None:
    for method, path in RIGHTS.opened:
        found = 422 if "{sha256}" in path or method == "POST" else 200  # 1 is no fingerprint, nothing no token
        assert common_house.call(None, method, address(path)).status_code == found, path


def test_an_endpoint_that_nobody_put_into_the_table_lets_nobody_in(common_house: House) -> None:
    router = APIRouter(route_class=GuardedRoute)
    router.add_api_route("/v1/forgotten", lambda: "open", methods=["GET"])
    app = FastAPI()
    app.include_router(router)
    app.state.__dict__.update(common_house.app.state.__dict__)
    refusals.install(app)
    with TestClient(app) as client:
        answer = client.get("/v1/forgotten", headers={"Authorization": f"Bearer {common_house.tokens['admin']}"})
    assert answer.status_code == 403


def test_a_place_taken_out_of_the_table_is_shut_at_once(common_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    assert common_house.get("admin", "/v1/sellers").status_code == 200
    monkeypatch.delitem(authorisation.ALLOWED, ("GET", "/v1/sellers"))
    assert common_house.get("admin", "/v1/sellers").status_code == 403


def test_a_role_that_is_not_allowed_learns_nothing_about_its_body(common_house: House) -> None:
    headers = {"Authorization": f"Bearer {common_house.tokens['verdict']}", "Content-Type": "application/json"}
    answer = common_house.client.post("/v1/clients", content=b"{" * 2_000_000, headers=headers)
    assert answer.status_code == 403
