"""Whatever the documentation allows to be sent, and much that it does not, is answered as the documentation says."""

from typing import Any

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

from api.authorisation import ALLOWED, PUBLIC
from api.keys import Role
from tests.api.conftest import House

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
schemathesis.serializer.alias("message/rfc822", "application/octet-stream")
SLOW = {("POST", "/v1/sellers/{seller_id}/forms:preview")}
"""Each answer is a paper printed in a process of its own."""
BOUNDED = settings(deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))


def send(house: House, role: Role, case: Any) -> Any:
    """The answer to a generated case, sent with a key of the role."""
    sent = case.as_transport_kwargs(base_url="http://testserver")
    sent.pop("cookies", None)
    if isinstance(sent.get("data"), str | bytes):
        sent["content"] = sent.pop("data")
    sent["headers"] = dict(sent["headers"]) | {"Authorization": f"Bearer {house.tokens[role.value]}"}
    return house.client.request(**sent)


def modes(operation: dict[str, Any]) -> list[GenerationMode]:
    """What can be sent: something that fits, and, where anything is asked for, something that does not."""
    asks = operation.get("parameters") or "requestBody" in operation
    return [GenerationMode.POSITIVE, *([GenerationMode.NEGATIVE] if asks else [])]


def send_everything(house: House, role: Role, examples: int) -> None:
    """So many examples to each operation that the role may call, one to each that it may not."""
    document = house.app.openapi()
    for found in schemathesis.openapi.from_dict(document).get_all_operations():
        operation = found.ok()
        place = (operation.method.upper(), operation.path)
        may = place not in PUBLIC and role in ALLOWED[place]
        for mode in modes(document["paths"][operation.path][operation.method]):

            @settings(BOUNDED, max_examples=examples if may and place not in SLOW else 1)
            @given(case=operation.as_strategy(generation_mode=mode))
            def conforms(case: Any) -> None:
                case.validate_response(send(house, role, case), checks=CHECKS)

            conforms()


@pytest.mark.parametrize("role", Role)
def test_every_role_gets_documented_answers_only(common_house: House, role: Role) -> None:
    send_everything(common_house, role, examples=3 if common_house.engine.dialect.name == "sqlite" else 1)


@pytest.mark.long
def test_an_administrator_gets_documented_answers_to_much_more(common_house: House) -> None:
    send_everything(common_house, Role.ADMIN, examples=100)
