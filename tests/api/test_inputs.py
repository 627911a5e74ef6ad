"""What comes in is read strictly: JSON without doubt, values of exactly their type, texts of one printable line."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import Field, TypeAdapter, ValidationError

from api.inputs import DEEPEST, LARGEST_BODY, Amount, Day, Id, Input, Moment, Month, Number, PathId, decode, line
from api.v1.asking import ClientKeys, QuestionInput
from contracts.errors import Refusal
from contracts.money import Money
from contracts.policies import Channel, Level
from entitlements.client_state import ChangeKind
from tests.api.conftest import ON_ONE, House


class Sample(Input):
    """A body of every type."""

    name: str = line(10)
    minutes: Number = 0
    day: Day | None = None
    at: Moment | None = None
    month: Month | None = None
    price: Amount | None = None
    level: Level = Field(default=Level.PROF, strict=False)
    sure: bool = False
    names: list[str] = Field(default=[])
    id: Id | None = None


def read(**given: Any) -> Sample:
    return Sample.model_validate({"name": "a"} | given)


GOOD = [
    ("name", "Ромашка", "Ромашка"),
    ("name", "<b>x</b>", "<b>x</b>"),  # markup is text like any other
    ("name", "👩‍🔧", "👩‍🔧"),
    ("minutes", -5, -5),
    ("day", "2028-02-29", date(2028, 2, 29)),
    ("at", "2026-05-03T09:12:00+03:00", datetime(2026, 5, 3, 6, 12, tzinfo=UTC)),
    ("at", "2026-05-03T06:12Z", datetime(2026, 5, 3, 6, 12, tzinfo=UTC)),
    ("at", "2026-05-03T06:12:00.000001Z", datetime(2026, 5, 3, 6, 12, 0, 1, tzinfo=UTC)),
    ("month", "2026-10", date(2026, 10, 1)),
    ("price", "33816.00", Money(3381600)),
    ("level", "korp", Level.KORP),
    ("sure", True, True),
]
BAD = [
    (
        "name",
        ["", "x" * 11, 1, None, True, ["a"], {"a": 1}, "a\nb", "a\x00", "a\x1b[31m", "\u202eabc", "\ud800", "a\u2028b"],
    ),
    ("names", [["fine", "a\tb"], "a", [1], [None], {"0": "a"}]),
    ("minutes", [True, False, "1", "1_000", 1.0, 1e3, 1.5, None, [], 2**31, -(2**31) - 1, 10**400]),
    (
        "day",
        ["2026-02-30", "2026-2-3", "03.02.2026", "2026-02-03T00:00:00", 20260203, "20260203", "2026-W05-2", "", True],
    ),
    ("day", ["0001-01-01", "1989-12-31", "2200-01-01", "9999-12-31", " 2026-02-03", "２０２６-02-03"]),
    (
        "at",
        ["2026-05-03T09:12:00", "2026-05-03", "2026-05-03 09:12:00+03:00", 1777777777, "2026-05-03T24:00:00Z", "now"],
    ),
    ("at", ["2026-05-03T09:12:60Z", "2026-05-03T09:12:00+0300", "2026-05-03T09:12:00+25:00", "0001-01-01T00:00:00Z"]),
    ("month", ["2026-13", "2026-00", "2026", "2026-1", "2026-10-01", 202610]),
    ("price", [33816, 33816.0, "1e3", "1_000", "", "abc", "1.234", True, "--1", "NaN", "٣.00"]),
    ("level", ["PROF", "", 1, "unknown", ["prof"]]),
    ("sure", ["true", 1, 0, "yes", None]),
    ("id", [0, -1, 2**63, "1", True, 1.0]),
]


@pytest.mark.parametrize(("field", "given", "meant"), GOOD)
def test_a_value_of_its_type_is_read_as_it_is(field: str, given: object, meant: object) -> None:
    assert getattr(read(**{field: given}), field) == meant


@pytest.mark.parametrize(("field", "given"), [(field, value) for field, values in BAD for value in values])
def test_a_value_of_another_type_is_refused_by_its_field(field: str, given: object) -> None:
    with pytest.raises(ValidationError) as refused:
        read(**{field: given})
    assert {error["loc"][0] for error in refused.value.errors()} == {field}


def test_a_field_that_nobody_asked_for_is_refused() -> None:
    with pytest.raises(ValidationError, match="extra_forbidden"):
        read(nmae="x")


@pytest.mark.parametrize(
    "given", ["0", "-1", "01", "1_000", "1e3", " 1", "1.0", "１", str(2**63), "9" * 400, "abc", ""]
)
def test_an_id_in_an_address_is_plain_digits(given: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(PathId).validate_python(given)


def test_the_largest_id_is_the_largest_that_both_databases_hold() -> None:
    assert TypeAdapter(PathId).validate_python(str(2**63 - 1)) == 2**63 - 1


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "BODY_UNREADABLE"),
        (b"{", "BODY_UNREADABLE"),
        (b'{"a": 1,}', "BODY_UNREADABLE"),
        (b"{'a': 1}", "BODY_UNREADABLE"),
        (b'{"a": NaN}', "BODY_UNREADABLE"),
        (b'{"a": -Infinity}', "BODY_UNREADABLE"),
        (b'{"a": "\xff"}', "BODY_UNREADABLE"),
        (b'\xef\xbb\xbf{"a": 1}', "BODY_UNREADABLE"),
        ('{"a": 1}'.encode("utf-16"), "BODY_UNREADABLE"),
        (b'{"a": "a\nb"}', "BODY_UNREADABLE"),
        (b'{"a": 1} {"a": 2}', "BODY_UNREADABLE"),
        (b'{"a": ' + b"9" * 5000 + b"}", "BODY_UNREADABLE"),
        (b"[" * 100_000, "BODY_UNREADABLE"),
        (b"[" * 500 + b"]" * 500, "BODY_TOO_DEEP"),
        (b'{"a":' * 20 + b"1" + b"}" * 20, "BODY_TOO_DEEP"),
        (b'{"a": 1, "a": 2}', "FIELD_REPEATED"),
        (b'{"b": [{"a": 1, "c": 2, "a": 1}]}', "FIELD_REPEATED"),
        (b'{"a": 1, "\\u0061": 2}', "FIELD_REPEATED"),
    ],
)
def test_a_json_text_with_any_doubt_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        decode(content)
    assert refused.value.code == code
    assert refused.value.field == ("a" if code == "FIELD_REPEATED" else None)


def test_a_json_text_may_be_as_deep_as_said() -> None:
    assert decode(b"[" * DEEPEST + b"]" * DEEPEST)
    with pytest.raises(Refusal):
        decode(b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1))


def post(house: House, content: Any, kind: str = "application/json", **headers: str) -> Any:
    sent = {"Authorization": f"Bearer {house.tokens['sales']}", "Content-Type": kind, "Idempotency-Key": "k"} | headers
    return house.client.post("/v1/clients", content=content, headers=sent)


@pytest.mark.parametrize(
    ("content", "kind", "status", "code"),
    [
        (b'{"name": "a", "name": "b"}', "application/json", 422, "FIELD_REPEATED"),
        (b'{"name": "a"', "application/json", 400, "BODY_UNREADABLE"),
        (b"[" * 50 + b"]" * 50, "application/json", 400, "BODY_TOO_DEEP"),
        (b'{"name": "a"}', "text/plain", 415, "BODY_NOT_JSON"),
        (b"name=a", "application/x-www-form-urlencoded", 415, "BODY_NOT_JSON"),
        (b'{"name": "a"}', "", 415, "BODY_NOT_JSON"),
        (b"", "application/json", 422, "FIELD_REQUIRED"),
        (b"null", "application/json", 422, "FIELD_REQUIRED"),
        (b"[]", "application/json", 422, "FIELD_WRONG"),
        (b'"text"', "application/json", 422, "FIELD_WRONG"),
        (b"{}", "application/json", 422, "FIELD_REQUIRED"),
        (b'{"name": "a", "role": "admin"}', "application/json", 422, "FIELD_UNKNOWN"),
        (b'{"name": "a' + b" " * LARGEST_BODY + b'"}', "application/json", 413, "BODY_TOO_LARGE"),
    ],
    ids=range(13),
)
def test_a_bad_body_is_told_what_is_wrong_and_changes_nothing(
    common_house: House, content: bytes, kind: str, status: int, code: str
) -> None:
    before = common_house.rows()
    answer = post(common_house, content, kind)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert common_house.rows() == before


def test_a_body_of_unsaid_length_is_cut_off_where_the_limit_is(common_house: House) -> None:
    sent = []

    def chunks() -> Any:
        for _ in range(100):
            sent.append(1)
            yield b" " * 100_000

    answer = post(common_house, chunks())
    assert (answer.status_code, answer.json()["code"]) == (413, "BODY_TOO_LARGE")


def test_a_json_body_may_say_its_charset(house: House) -> None:
    assert post(house, '{"name": "Ромашка"}'.encode(), "Application/JSON; charset=utf-8").status_code == 201


def test_the_problem_names_the_field_by_its_path_its_value_and_what_is_allowed(common_house: House) -> None:
    body = {"name": "Иванова", "emails": ["a@example.org", "b\x00"]}
    problem = common_house.post("sales", f"/v1/clients/{common_house.own.id}/contacts", body).json()
    assert (problem["status"], problem["code"], problem["field"]) == (422, "TEXT_WRONG", "emails")
    order = {"seller_id": 1, "entity_id": 1, "plan": "support", "term_months": "1_000", "registrations": []}
    problem = common_house.post("sales", "/v1/subscriptions", order).json()
    assert (problem["code"], problem["field"], problem["value"]) == ("FIELD_WRONG", "term_months", "1_000")
    assert problem["allowed"] == "a whole number, -2147483648 to 2147483647"


CHECKS, CLIENT = "/v1/entitlement-checks", {"inn": "7707083893"}


@ON_ONE
@pytest.mark.parametrize(
    ("path", "body", "field", "allowed"),
    [
        (CHECKS, {"client": CLIENT, "hours": 1}, "hours", [*QuestionInput.model_fields]),
        (CHECKS, {"client": CLIENT | {"kpp": "1"}}, "client.kpp", [*ClientKeys.model_fields]),
        (f"{CHECKS}:batch", {"questions": [{"client": {"x": 1}}]}, "questions.0.client.x", [*ClientKeys.model_fields]),
        (CHECKS, {"client": CLIENT, "requested_minutes": 0}, "requested_minutes", "a whole number, 1 to 44640"),
        (CHECKS, {"client": CLIENT, "line": 5}, "line", "a whole number, 0 to 4"),
        (CHECKS, {"client": CLIENT, "channel": "fax"}, "channel", [*Channel]),
        (CHECKS, {"client": CLIENT, "mode": "ask"}, "mode", ["check", "hold"]),
        (CHECKS, {"client": CLIENT, "ticket": ""}, "ticket", "a text of 1 to 100 characters"),
        (CHECKS, {"client": CLIENT, "receipt": 1}, "receipt", "true or false"),
        (CHECKS, {"client": 7}, "client", f"an object with {', '.join(ClientKeys.model_fields)}"),
        (f"{CHECKS}:batch", {"questions": []}, "questions", "a list of 1 to 100 values"),
        ("/v1/webhooks", {"url": "https://a.example/", "kinds": ["x"]}, "kinds.0", [*ChangeKind]),
    ],
)
def test_what_a_field_allows_is_said_from_the_shape_of_the_body(
    common_house: House, path: str, body: dict[str, Any], field: str, allowed: Any
) -> None:
    problem = common_house.post("admin", path, body).json()
    assert (problem["status"], problem["field"], problem["allowed"]) == (422, field, allowed)


def test_all_wrong_fields_are_told_at_once(common_house: House) -> None:
    problem = common_house.post("sales", "/v1/clients", {"name": 1, "locale": "de", "x": 1}).json()
    assert [fault["field"] for fault in problem["errors"]] == ["name", "locale", "x"]
