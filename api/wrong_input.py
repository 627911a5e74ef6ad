"""The refusal of input whose fields are wrong, each with its place, its value and what is allowed."""

from collections.abc import Mapping
from typing import Any

from fastapi.exceptions import RequestValidationError

from api.allowed import allowed_names, allowed_values
from contracts.errors import Refusal

MOST_VALUES = 50
"""How many faults, or values of one, are told."""


def refusal_of_input(broken: RequestValidationError, shape: Any = None) -> Refusal:
    """The first field that is wrong, by its dotted path, with its value and what is allowed; then all of them.

    What the fields of a body allow is said by its `shape`. A key that is missing comes before all: without it the call
    is not to be repeated.
    """
    faults = [_fault(error, shape) for error in broken.errors()[:MOST_VALUES]]
    first = next((fault for fault in faults if fault["code"] == "CALL_KEY_REQUIRED"), faults[0])
    facts = {name: fact for name, fact in first.items() if name not in ("code", "field")}
    return Refusal(first["code"], field=first["field"], **facts, errors=faults)


def _fault(error: Mapping[str, Any], shape: Any) -> dict[str, Any]:
    (place, *path), context, kind = error["loc"], error.get("ctx", {}), error["type"]
    field, is_shaped = ".".join(map(str, path)) or str(place), place == "body" and shape is not None
    if kind == "missing":
        is_call_key = error["loc"] == ("header", "Idempotency-Key")
        return {"code": "CALL_KEY_REQUIRED" if is_call_key else "FIELD_REQUIRED", "field": field}
    if kind == "extra_forbidden":
        names = {"allowed": allowed_names(shape, path[:-1])} if is_shaped else {}
        return {"code": "FIELD_UNKNOWN", "field": field, **names}
    fault = {"field": field, "value": error.get("input")}
    if kind == "refused":
        return fault | {"code": context["code"], "allowed": context["allowed"]}
    allowed = allowed_values(shape, path) if is_shaped else None
    return fault | {"code": "FIELD_WRONG", "allowed": allowed or error["msg"]}
