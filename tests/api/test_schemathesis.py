"""Whatever the documentation allows to be sent, and much that it does not, is answered as the documentation says."""

from functools import cache
from typing import Any, NamedTuple

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.app import create_app
from api.authorisation import ALLOWED
from api.keys import Role
from api.settings import Settings
from tests.api.conftest import House

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
schemathesis.serializer.alias("message/rfc822", "application/octet-stream")
SLOW = {("POST", "/v1/sellers/{seller_id}/forms:preview")}
"""Each answer is a paper printed in a process of its own."""
BOUNDED = settings(deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine is no fault: nothing here is told 503 for being read slowly."""
    monkeypatch.setattr("api.waiting.WAIT_SECONDS", 60.0)


def send(house: House, role: Role, case: Any) -> Any:
    """The answer to a generated case, sent with a key of the role."""
    sent = case.as_transport_kwargs(base_url="http://testserver")
    sent.pop("cookies", None)
    if isinstance(sent.get("data"), str | bytes):
        sent["content"] = sent.pop("data")
    sent["headers"] = dict(sent["headers"]) | {"Authorization": f"Bearer {house.tokens[role.value]}"}
    return house.client.request(**sent)


class Sort(NamedTuple):
    """What can be sent to an operation: something that fits, or something that does not."""

    place: tuple[str, str]
    cases: Any


@cache
def sorts() -> list[Sort]:
    """All that can be sent, made once for all roles: taking a schema apart takes longer than the calls themselves.

    What does not fit is sent where anything is asked for.
    """
    document = create_app(Settings(_env_file=None)).openapi()
    found = []
    for result in schemathesis.openapi.from_dict(document).get_all_operations():
        operation = result.ok()
        place = (operation.method.upper(), operation.path)
        described = document["paths"][operation.path][operation.method]
        asks = described.get("parameters") or "requestBody" in described
        for mode in (GenerationMode.POSITIVE, *([GenerationMode.NEGATIVE] if asks else [])):
            found.append(Sort(place, operation.as_strategy(generation_mode=mode)))
    return found


def is_called(role: Role, place: tuple[str, str]) -> bool:
    """Whether the role may call the operation, or is the first that may not: the guard says the same to the others."""
    may = ALLOWED.get(place, ())
    return role in may or role is next((one for one in Role if one not in may), None)


def send_everything(house: House, role: Role, examples: int, *, everywhere: bool = False) -> None:
    """So many examples to each operation that the role may call, one to each that it may not."""
    for place, cases in sorts():
        if not (everywhere or is_called(role, place)):
            continue
        may = role in ALLOWED.get(place, ())

        @settings(BOUNDED, max_examples=examples if may and place not in SLOW else 1)
        @given(case=cases)
        def conforms(case: Any) -> None:
            case.validate_response(send(house, role, case), checks=CHECKS)

        conforms()


@pytest.mark.parametrize("role", Role)
def test_every_role_gets_documented_answers_only(common_house: House, role: Role) -> None:
    send_everything(common_house, role, examples=3 if common_house.engine.dialect.name == "sqlite" else 1)


@pytest.mark.long
@pytest.mark.parametrize("role", Role)
def test_every_role_gets_documented_answers_everywhere(common_house: House, role: Role) -> None:
    send_everything(common_house, role, examples=1, everywhere=True)


MUCH = dict.fromkeys(Role, 100) | dict.fromkeys((Role.SALES, Role.ACCOUNTANT), 10)
"""Fewer for those who call what an administrator calls, and see the same: a hundred would take a quarter of an hour."""


@pytest.mark.long
@pytest.mark.parametrize("role", Role)
def test_every_role_gets_documented_answers_to_much_more(common_house: House, role: Role) -> None:
    send_everything(common_house, role, MUCH[role])
