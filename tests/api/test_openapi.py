"""The documentation is valid and whole: every operation explained, every body with an example, every "no" told."""

from collections.abc import Iterator
from typing import Any

import pytest
from openapi_spec_validator import validate

from api.app import create_app
from api.authorisation import ALLOWED, PUBLIC
from api.settings import Settings

DOCUMENT: dict[str, Any] = create_app(Settings(_env_file=None)).openapi()
FILES = {
    ".xml": "application/xml",
    "/file": "application/pdf",
    "/forms:preview": "application/pdf",
    ".html": "text/html",
    "/export": "application/zip",
    ".zip": "application/zip",
    ".csv": "text/csv",
    ".ics": "text/calendar",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
SCHEMAS: dict[str, Any] = DOCUMENT["components"]["schemas"]


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in DOCUMENT["paths"].items():
        yield from ((method.upper(), path, operation) for method, operation in methods.items())


OPERATIONS = [pytest.param(*operation, id=f"{operation[0]} {operation[1]}") for operation in operations()]


def test_the_document_is_valid() -> None:
    validate(DOCUMENT)


def test_each_operation_has_a_name_of_its_own() -> None:
    names = [operation["operationId"] for _, _, operation in operations()]
    assert len(set(names)) == len(names)
    assert "holds.extend" in names


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS)
def test_each_operation_is_explained_and_names_its_key(method: str, path: str, operation: dict[str, Any]) -> None:
    assert operation["summary"].endswith((".", "?"))
    assert operation["tags"]
    public = (method, path) in PUBLIC
    assert ("security" in operation) != public
    if not public:
        roles = operation["description"].rpartition("Roles: ")[2].strip(".").split(", ")
        assert set(roles) == {role.value for role in ALLOWED[method, path]}


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS)
def test_each_operation_tells_its_answer_and_every_problem(method: str, path: str, operation: dict[str, Any]) -> None:
    (success,) = [answer for status, answer in operation["responses"].items() if status.startswith("2")]
    for kind, content in success["content"].items():
        assert kind == next((media for end, media in FILES.items() if path.endswith(end)), "application/json")
        assert content["schema"]
    for status, answer in operation["responses"].items():
        if not status.startswith("2"):
            assert answer == {"$ref": f"#/components/responses/{status}"}
            told = DOCUMENT["components"]["responses"][status]["content"]
            assert told == {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    assert {"500", "503"} <= set(operation["responses"])


def fields_of_bodies() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for _, _, operation in operations():
        if "application/json" in operation.get("requestBody", {}).get("content", ()):
            schema = operation["requestBody"]["content"]["application/json"]["schema"]
            shape = next(one for one in schema.get("anyOf", [schema]) if "$ref" in one)["$ref"].rpartition("/")[2]
            for name, field in SCHEMAS[shape]["properties"].items():
                yield shape, name, field


def test_every_required_field_of_a_body_shows_an_example() -> None:
    without = {
        f"{shape}.{name}"
        for shape, name, field in fields_of_bodies()
        if name in SCHEMAS[shape].get("required", ()) and not {"examples", "$ref", "enum", "items"} & set(field)
    }
    assert without == set()


def test_bodies_take_no_field_that_is_not_listed() -> None:
    assert {
        shape for shape, _, _ in fields_of_bodies() if SCHEMAS[shape].get("additionalProperties") is not False
    } == set()


def test_every_shape_is_explained() -> None:
    assert [name for name, shape in SCHEMAS.items() if not shape.get("description")] == []


def test_the_problem_is_shown_by_an_example() -> None:
    problem = SCHEMAS["Problem"]
    assert set(problem["examples"][0]) <= set(problem["properties"])
    assert not {"HTTPValidationError", "ValidationError"} & set(SCHEMAS)


def test_a_call_with_a_key_tells_how_a_repetition_is_known() -> None:
    keyed = [op for _, _, op in operations() if any(p["name"] == "Idempotency-Key" for p in op.get("parameters", ()))]
    assert len(keyed) > 10
    for operation in keyed:
        assert "Idempotent-Replayed" in next(iter(operation["responses"].values()))["headers"]
