"""The answer to the desk's question is what the documentation says, for every reason, every role and both languages."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator

from api.app import create_app
from api.checking import encoded
from api.demonstration.questions import Answered
from api.demonstration.stage import TODAY, Stage, moment
from api.demonstration.story import play
from api.roles import Role
from api.settings import Settings
from api.v1.answers import CheckAnswer, Telling, answer_of
from documents.words import Language
from entitlements.holds import Hold
from entitlements.reasons import Reason
from tests.databases import SqliteTemplates

DOCUMENT: dict[str, Any] = create_app(Settings(_env_file=None)).openapi()
SCHEMA = {"$ref": "#/components/schemas/CheckAnswer", "components": DOCUMENT["components"]}
VALIDATOR = Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER)
AT = moment(TODAY, "11:00")
HELD = Hold(
    id=7, client_id=1, seller_id=1, decision_id="d", minutes=60, placed_at=AT, expires_at=moment(TODAY, "23:00")
)


@pytest.fixture(scope="module")
def answers(sqlite_templates: SqliteTemplates, tmp_path_factory: pytest.TempPathFactory) -> list[Answered]:
    """The answers to every question of the demonstration, which reach every reason."""
    folder: Path = tmp_path_factory.mktemp("played")
    with sqlite_templates.copy(folder) as engine:
        return play(Stage(engine), lambda *_: None)[1]


def told(answered: Answered, role: Role, language: Language, hold: Hold | None, full: bool = True) -> Any:
    """The body of the answer as it goes out."""
    telling = Telling("0" * 36, AT, language, role, explain_full=full)
    return msgspec.json.decode(encoded(answer_of(answered.decision, telling, hold)))


def every_way(answers: list[Answered]) -> Iterator[Any]:
    for answered in answers:
        for role in Role:
            for hold in (None, HELD):
                yield told(answered, role, Language.RU, hold)
        yield told(answered, Role.DESK, Language.EN, None, full=False)


def test_a_real_answer_of_every_reason_is_what_the_documentation_says(answers: list[Answered]) -> None:
    assert {answered.decision.reason for answered in answers} == set(Reason)
    for body in every_way(answers):
        faults = [f"{body['reason']}: {fault.json_path}: {fault.message}" for fault in VALIDATOR.iter_errors(body)]
        assert faults == []


def test_a_real_answer_of_every_reason_is_read_by_the_shapes_that_the_client_shares(answers: list[Answered]) -> None:
    for body in every_way(answers):
        read = CheckAnswer.model_validate_json(msgspec.json.encode(body))
        assert read.model_dump(mode="json", exclude_unset=True).keys() == body.keys()


def test_the_documentation_would_find_an_answer_that_is_another() -> None:
    """So that the two tests above can fail: the shapes are closed, and their parts are typed."""
    right = {"decision": "allow", "reason": "COVERED", "text": "", "decision_id": "d", "at": "2026-10-05T10:00:00Z"}
    right |= {"evaluated_at": "2026-10-05T10:00:00Z", "state_version": 1, "valid_until": None, "coverage": None}
    right |= {"route": {"line": 1, "to": "own_desk"}}
    assert VALIDATOR.is_valid(right)
    wrongs: list[dict[str, Any]] = [
        {"novelty": 1},
        {"decision": "perhaps"},
        {"route": {"line": 1}},
        {"coverage": {"last_day": "tomorrow"}},
        {"hours": {"available": 60}},
        {"cost": {"billed_minutes": "many"}},
        {"rules": [{"code": "PAID"}]},
        {"options": [{"action": "renew", "price": 5}]},
        {"candidates": ["x"]},
    ]
    for wrong in wrongs:
        assert not VALIDATOR.is_valid(right | wrong), wrong


def objects_of(name: str, seen: set[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The shape of this name and all that it is made of."""
    if name in seen:
        return
    seen.add(name)
    shape = DOCUMENT["components"]["schemas"][name]
    yield name, shape
    for part in set(_names(shape)):
        yield from objects_of(part, seen)


def _names(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        if "$ref" in schema:
            yield schema["$ref"].rpartition("/")[2]
        for part in schema.values():
            yield from _names(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from _names(part)


def test_no_part_of_the_answer_is_a_free_object_and_each_is_explained() -> None:
    shapes = dict(objects_of("BatchAnswer", set()))
    assert {"CoverTold", "HoursTold", "GrantTold", "CostTold", "RuleTold", "OptionTold", "HoldTold"} <= shapes.keys()
    for name, shape in shapes.items():
        assert shape.get("description"), name
        if shape.get("type") == "object":
            assert shape["properties"], name
            assert shape["additionalProperties"] is False, name
        for field, schema in shape.get("properties", {}).items():
            assert schema.get("type") != "object", f"{name}.{field}"
