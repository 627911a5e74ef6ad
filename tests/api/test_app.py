"""The application as a whole: it starts on a ready database only, guards its answers, commits before it answers."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, select

from api.app import HEADERS, create_app
from api.database import reading
from api.keys import ApiKey
from api.public import ASSETS
from api.settings import Settings
from contracts.errors import Refusal
from contracts.parties import Client
from tests.api.conftest import Clock, House, TestClient, furnish, open_house, settings_for

VENDOR = Path(__file__).resolve().parents[2] / "api" / "static" / "vendor"


def test_it_does_not_start_on_a_database_that_was_never_migrated(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, database_url=f"sqlite:///{tmp_path}/empty.db", store_url=tmp_path.as_uri())
    with pytest.raises(Refusal, match="SCHEMA_MISSING"), TestClient(create_app(settings)):
        pass


def test_every_answer_carries_the_headers_that_keep_it_harmless(common_house: House) -> None:
    for role, method, path in (
        (None, "GET", "/health"),
        (None, "GET", "/docs"),
        (None, "GET", "/nothing"),
        (None, "GET", "/v1/sellers"),
        ("admin", "GET", "/v1/sellers"),
        ("admin", "POST", "/v1/clients"),
        ("verdict", "GET", "/v1/sellers"),
        ("admin", "DELETE", "/v1/sellers"),
    ):
        answer = common_house.call(role, method, path)
        assert set(map(str.lower, HEADERS)) <= set(answer.headers), path
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert "server" not in answer.headers


def test_answers_about_clients_are_kept_in_no_cache(common_house: House) -> None:
    assert common_house.get("admin", f"/v1/clients/{common_house.own.id}").headers["cache-control"] == "no-store"


@pytest.mark.skipif(not VENDOR.is_dir(), reason="Swagger UI is not fetched: make setup")
def test_the_documentation_loads_nothing_from_anywhere_else(common_house: House) -> None:
    page = common_house.get(None, "/docs")
    policy = page.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert not re.search(r"https?:|\*", policy)
    assert not re.search(r"https?://", page.text)
    assert "<script>" not in page.text
    for name in re.findall(r'(?:src|href)="([^"]+)"', page.text):
        answer = common_house.get(None, f"/{name}")
        assert answer.status_code == 200, name
        assert answer.content


def test_only_the_listed_assets_are_served(common_house: House) -> None:
    for path in ASSETS.values():
        assert path in ("text/javascript", "text/css", "image/png")
    for name in ("docs.html", "app.py", "..%2fapp.py", "%2e%2e", "vendor", ""):
        assert common_house.get(None, f"/docs/{name}").status_code == 404, name


def test_a_write_is_committed_before_its_answer_leaves(house: House) -> None:
    seen: list[str] = []

    async def watch(scope: object, receive: object, send: object) -> None:
        async def looking(message: dict[str, object]) -> None:
            if message["type"] == "http.response.start":
                with reading(house.engine) as session:
                    seen.extend(session.exec(select(Client.name).where(Client.name == "Лютик")))
            await send(message)  # type: ignore[operator]

        await house.app(scope, receive, looking)  # type: ignore[arg-type]

    client = TestClient(watch)
    headers = {"Authorization": f"Bearer {house.tokens['sales']}"}
    assert client.post("/v1/clients", json={"name": "Лютик"}, headers=headers).status_code == 201
    assert seen == ["Лютик"]


def test_an_answer_that_cannot_be_committed_is_not_given(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(self: Session) -> None:
        raise OperationalError("COMMIT", None, ConnectionError("gone"))

    monkeypatch.setattr(Session, "commit", lost)
    answer = house.post("sales", "/v1/clients", {"name": "Лютик"})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    monkeypatch.undo()
    assert house.get("sales", "/v1/clients?search=Лютик").json() == []


def test_readers_cannot_write_whatever_they_try(house: House) -> None:
    before = house.rows()
    for path in ("/v1/sellers", "/v1/plans", "/v1/clients?search=Р", f"/v1/clients/{house.own.id}/coverage"):
        assert house.get("admin", path).status_code == 200
    assert house.rows() == before


def test_more_callers_than_connections_are_all_answered(house: House) -> None:
    with ThreadPoolExecutor(30) as threads:
        answers = threads.map(lambda n: house.post("sales", "/v1/clients", {"name": f"Лютик {n}"}), range(60))
    assert {answer.status_code for answer in answers} == {201}


def test_the_uses_of_keys_are_written_when_the_server_stops(engine: Engine, tmp_path: Path) -> None:
    with open_house(engine, furnish(engine), tmp_path) as house:
        house.get("admin", "/v1/sellers")
    with reading(engine) as session:
        used = dict(session.exec(select(ApiKey.name, ApiKey.last_used_at)).all())
    assert used["admin"] == house.clock()
    assert used["verdict"] is None


def test_on_sqlite_the_server_is_its_own_worker_and_stops_with_it(sqlite_engine: Engine, tmp_path: Path) -> None:
    with TestClient(create_app(settings_for(sqlite_engine, tmp_path), clock=Clock())):
        assert "worker" in {thread.name for thread in threading.enumerate()}
    assert "worker" not in {thread.name for thread in threading.enumerate()}
