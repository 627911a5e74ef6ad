"""Every "no" has one form, a status that a program can decide upon, and a sentence in both languages."""

import ast
import json
import re
import sqlite3
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import structlog
from fastapi import FastAPI
from sqlalchemy import Engine, UniqueConstraint, text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from sqlmodel import Session, SQLModel
from structlog.testing import LogCapture

from api import public, refusals
from api.app import Answering
from api.refusals import CONSTRAINTS, STATUSES, plain, refusal_of, status_of
from api.schema import metadata
from contracts.errors import Refusal
from contracts.money import Money
from contracts.policies import Level
from contracts.subscriptions import Coverage
from documents.refusal_wording import REFUSALS
from tests.api.conftest import House, TestClient
from tests.rows import NOW, model_of, put_row

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("contracts", "entitlements", "billing", "documents", "api")
SPEAKERS = re.compile(r"_?(Refusal|refusal|refuse|wrong)")
TABLES = {mapper.class_.__name__: str(mapper.class_.__tablename__) for mapper in SQLModel._sa_registry.mappers}


def raised_codes() -> Iterator[tuple[str, str]]:
    """Each code that is raised anywhere, with the file that raises it; also that of a row that may be unknown."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not isinstance(node, ast.Call) or not node.args:
                    continue
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                first = node.args[0]
                if name == "known_row" and isinstance(node.args[1], ast.Name) and node.args[1].id in TABLES:
                    yield f"{TABLES[node.args[1].id].upper()}_UNKNOWN", path.name
                if SPEAKERS.fullmatch(name) and isinstance(first, ast.Constant) and isinstance(first.value, str):
                    yield first.value, path.name


CODES = {code for code, _ in raised_codes()} | set(STATUSES) | {code for code, _ in CONSTRAINTS.values()}


def test_every_refusal_that_is_raised_has_its_sentences() -> None:
    assert {(code, file) for code, file in raised_codes() if code not in REFUSALS} == set()
    assert CODES - set(REFUSALS) == set()
    assert len(CODES) > 90


def test_no_sentence_is_kept_for_a_refusal_that_nobody_raises() -> None:
    assert set(REFUSALS) - CODES == set()


@pytest.mark.parametrize("code", sorted(REFUSALS))
def test_each_sentence_says_what_is_wrong_and_what_to_do_next(code: str) -> None:
    ru, en = REFUSALS[code]["ru"], REFUSALS[code]["en"]
    assert set(REFUSALS[code]) == {"ru", "en"}
    assert re.search("[а-яё]", ru)
    assert not re.search("[а-яё]", en.lower())
    for sentence in (ru, en):
        assert len(re.findall(r"[.!?](?: |$)", sentence)) >= 2, sentence  # the fault, and the next step
        assert sentence[0].isupper()
        assert len(sentence) < 160


@pytest.mark.parametrize(
    ("code", "field", "path", "status"),
    [
        ("CLIENT_UNKNOWN", "client_id", {"client_id": "7"}, 404),
        ("CLIENT_UNKNOWN", "client_id", {}, 422),
        ("PLAN_UNKNOWN", "plan", {"subscription_id": "7"}, 422),
        ("CLIENT_EXISTS", "external_id", {}, 409),
        ("EXTERNAL_ID_TAKEN", "external_id", {}, 409),
        ("COVERAGE_OVERLAPS", "registrations", {}, 409),
        ("ALREADY_RENEWED", "subscription_id", {"subscription_id": "7"}, 409),
        ("HOLD_ENDED", "hold_id", {"hold_id": "7"}, 409),
        ("KEY_REUSED", "Idempotency-Key", {}, 409),
        ("MONTH_CLOSED", "last_day", {}, 409),
        ("TERM_NOT_ON_SALE", "term_months", {}, 422),
        ("INN_WRONG", "inn", {}, 422),
        ("KEY_WRONG", None, {}, 401),
        ("ROLE_NOT_ALLOWED", None, {}, 403),
        ("BODY_TOO_LARGE", None, {}, 413),
        ("BODY_NOT_JSON", "Content-Type", {}, 415),
        ("UNAVAILABLE", None, {}, 503),
    ],
)
def test_the_status_tells_whose_fault_it_is(code: str, field: str | None, path: dict[str, str], status: int) -> None:
    assert status_of(Refusal(code, field=field), path) == status


@pytest.mark.parametrize(
    ("fact", "told"),
    [
        (date(2026, 4, 1), "2026-04-01"),
        (Money(3381600), "33816.00"),
        (Level.PROF, "prof"),
        ([1, (2, Level.KORP)], [1, [2, "korp"]]),
        ("x" * 300, "x" * 200 + "…"),
        ("half \ud800", "half \\ud800"),
        ({"a": object()}, {"a": "object"}),
        (list(range(100)), list(range(50))),
        (True, True),
        (None, None),
    ],
)
def test_facts_are_told_as_plain_short_data(fact: object, told: object) -> None:
    assert plain(fact) == told
    json.dumps(plain(fact)).encode()


def test_a_problem_is_a_problem_of_rfc_9457(common_house: House) -> None:
    answer = common_house.get("admin", "/v1/clients/999999999")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "urn:abonement:problem:client-unknown",
        "title": "No such client. Check how it is named.",
        "status": 404,
        "code": "CLIENT_UNKNOWN",
        "field": "client_id",
        "value": 999999999,
    }


@pytest.mark.parametrize(
    ("wanted", "language"),
    [
        ("ru", "ru"),
        ("ru-RU,ru;q=0.9,en;q=0.8", "ru"),
        ("en-GB", "en"),
        ("de, en;q=0.5, ru;q=0.7", "ru"),
        ("ru;q=0, en;q=0.1", "en"),
        ("de", "en"),  # what the installation speaks
        ("", "en"),
        (";;q=x,,ru;q=nonsense", "en"),
        ("*", "en"),
    ],
)
def test_the_sentence_is_in_the_language_of_the_caller(common_house: House, wanted: str, language: str) -> None:
    answer = common_house.get("admin", "/v1/clients/999999999", headers={"Accept-Language": wanted})
    assert answer.json()["title"] == REFUSALS["CLIENT_UNKNOWN"][language]
    assert answer.headers["content-language"] == language
    assert answer.headers["vary"] == "Accept-Language"


def test_a_refusal_carries_what_is_allowed_and_the_facts_behind_it(house: House) -> None:
    order = {
        "seller_id": house.seller.id,
        "entity_id": house.own.entity.id,
        "plan": "support",
        "term_months": 5,
        "registrations": list(house.own.registrations),
    }
    problem = house.post("sales", "/v1/subscriptions", order).json()
    assert (problem["status"], problem["field"], problem["value"]) == (422, "term_months", 5)
    assert problem["allowed"] == [1, 3, 6, 12, 24]
    problem = house.post("sales", "/v1/subscriptions", order | {"term_months": 12}).json()
    assert (problem["status"], problem["code"]) == (409, "COVERAGE_OVERLAPS")
    assert problem["value"] == house.own.registrations[0]
    assert (problem["starts_on"], problem["last_day"]) == ("2026-10-05", "2027-10-04")


def test_an_address_that_is_not_there_is_a_problem_too(common_house: House) -> None:
    for path in (
        "/v1/nothing",
        "/v1/sellers/",
        "/nothing",
        "/docs/%2e%2e%2fapp.py",
        "/docs/app.py",
        "/v1/../api/app.py",
    ):
        answer = common_house.get("admin", path)
        assert (answer.status_code, answer.json()["code"]) == (404, "ROUTE_UNKNOWN"), path
    answer = common_house.call("admin", "DELETE", "/v1/sellers")
    assert (answer.status_code, answer.json()["code"]) == (405, "METHOD_NOT_ALLOWED")
    assert answer.headers["allow"]


def keys_of(table: str) -> set[tuple[str, ...]]:
    """The columns of each of a table's unique keys."""
    described = metadata.tables[table]
    keys = {tuple(key.columns.keys()) for key in described.constraints if isinstance(key, UniqueConstraint)}
    return keys | {tuple(index.columns.keys()) for index in described.indexes if index.unique}


def test_every_unique_key_that_callers_can_break_is_known() -> None:
    tables = ("client", "entity", "seller", "registration", "hold_ending", "grant", "grant_void", "free_period")
    assert {f"uq_{table}_{'_'.join(columns)}" for table in tables for columns in keys_of(table)} == {
        name for name in CONSTRAINTS if any(name.startswith(f"uq_{table}_") for table in tables)
    }


def a_broken_key(session: Session, name: str) -> IntegrityError:
    """What the database says to a second row with the unique key of a first one."""
    table = max((table for table in metadata.tables if name.startswith(f"uq_{table}_")), key=len)
    columns = next(columns for columns in keys_of(table) if name == f"uq_{table}_{'_'.join(columns)}")
    given = {"external_id": "crm-1"} if columns == ("external_id",) else {}
    if columns == ("predecessor_id",):
        given = {"predecessor_id": put_row(session, model_of(table)).id}
    if columns == ("running_engineer",):
        given = {"running_engineer": "Ильин А. С.", "running_since": NOW}
    first = put_row(session, model_of(table), **given)
    same = {column: getattr(first, column) for column in columns}
    with pytest.raises(IntegrityError) as broken:
        put_row(session, model_of(table), **given | same)
    return broken.value


@pytest.mark.parametrize("name", sorted(name for name in CONSTRAINTS if name.startswith("uq_")))
def test_a_broken_key_is_told_by_its_name_on_both_databases(session: Session, name: str) -> None:
    refusal = refusal_of(a_broken_key(session, name))
    assert refusal is not None
    assert (refusal.code, refusal.field) == CONSTRAINTS[name]
    assert status_of(refusal) == 409


def test_the_overlap_that_slipped_past_the_check_is_told_as_the_same_refusal(session: Session) -> None:
    first = put_row(session, Coverage)
    same = {"registration_id": first.registration_id, "plan_kind_id": first.plan_kind_id}
    with pytest.raises(IntegrityError) as broken:
        put_row(session, Coverage, **same)
    refusal = refusal_of(broken.value)
    assert refusal is not None
    assert (refusal.code, refusal.field) == ("COVERAGE_OVERLAPS", "registrations")


def test_any_other_broken_rule_is_a_fault_of_ours(session: Session) -> None:
    with pytest.raises(IntegrityError) as broken:
        session.connection().execute(text("INSERT INTO plan_kind (id, code) VALUES (1, NULL)"))
    assert refusal_of(broken.value) is None


def broken_app(error: Exception) -> Any:
    """An application of one endpoint that fails so."""

    async def fail() -> None:
        raise error

    app = FastAPI(openapi_url=None)
    app.add_api_route("/broken", fail)
    app.state.settings = type("Settings", (), {"language": "en"})()
    refusals.install(app)
    app.add_middleware(Answering)
    return TestClient(app)


@pytest.mark.parametrize(
    "error",
    [
        OperationalError("SELECT secret FROM vault", None, sqlite3.OperationalError("database is locked")),
        PoolExhausted("QueuePool limit of size 5 overflow 10 reached, connection timed out"),
        Refusal("UNAVAILABLE", waiting=3),
    ],
    ids=["away", "exhausted", "writer behind"],
)
def test_when_no_honest_answer_can_be_given_the_caller_is_told_to_come_again(error: Exception) -> None:
    answer = broken_app(error).get("/broken")
    assert (answer.status_code, answer.json()["code"]) == (503, "UNAVAILABLE")
    assert int(answer.headers["retry-after"]) > 0
    assert "vault" not in answer.text
    assert "Pool" not in answer.text


@pytest.mark.parametrize(
    "error", [RuntimeError("the secret is 42"), IntegrityError("INSERT secret", None, ValueError("secret"))]
)
def test_a_fault_of_ours_says_nothing_but_its_id(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    logs = LogCapture()
    monkeypatch.setattr(refusals, "log", structlog.wrap_logger(None, processors=[logs]))
    answer = broken_app(error).get("/broken")
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (500, "FAULT")
    assert "secret" not in answer.text
    assert [(entry["id"], entry["exc_info"]) for entry in logs.entries] == [
        (problem["instance"].removeprefix("urn:uuid:"), error)
    ]
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_database_that_goes_away_makes_the_server_unready_but_not_dead(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(engine: Engine) -> Any:
        raise OperationalError("SELECT 1", None, ConnectionError("gone"))

    monkeypatch.setattr(public, "reading", away)
    assert house.get(None, "/health").status_code == 200
    answer = house.get(None, "/health/ready")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
