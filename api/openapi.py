"""The documentation of the API: what FastAPI knows of the routes, completed by what the guard and the refusals add."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel

from api.authorisation import ALLOWED, FEED, PUBLIC
from api.calls import KEY_PATTERN

PROBLEM = {
    "type": "object",
    "description": "Why not (RFC 9457). Besides these fields it carries the facts behind the refusal.",
    "required": ["type", "title", "status", "code"],
    "properties": {
        "type": {"type": "string", "description": "A URN made of the code."},
        "title": {"type": "string", "description": "A sentence in the language of `Accept-Language`: what to do next."},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "Stable; to be decided upon by programs."},
        "field": {"type": ["string", "null"], "description": "The field, parameter or header, as a dotted path."},
        "value": {"description": "The value that was refused, shortened."},
        "allowed": {"description": "What may stand there instead."},
        "instance": {"type": "string", "description": "The id of a fault of ours in the log."},
    },
    "examples": [
        {
            "type": "urn:abonement:problem:term-not-on-sale",
            "title": "The plan is not sold for this term. Choose one of those listed.",
            "status": 422,
            "code": "TERM_NOT_ON_SALE",
            "field": "term_months",
            "value": 5,
            "allowed": [1, 3, 6, 12, 24],
        }
    ],
}
RESPONSES = {
    "400": "The body is no JSON, or the header `Idempotency-Key` is missing",
    "401": "No valid API key",
    "403": "The role of the key may not do this",
    "404": "Nothing of that id, or nothing that the caller may see",
    "409": "It stands against what is already there",
    "410": "The link has ended, or was taken back",
    "413": "The body is too large",
    "415": "The body is not declared as JSON",
    "422": "A field is wrong; the problem names it, its value and what is allowed",
    "500": "A fault of ours, found in the log by its `instance`",
    "503": "No honest answer can be given now; try again after `Retry-After` seconds",
}
REPLAYED = {
    "description": "`true` when this key got its answer before, and nothing was done now.",
    "schema": {"type": "string", "enum": ["true"]},
}
LINKED = ("POST", "/paper/file")
"""What opens by the link of a letter alone."""
BEARER = {"type": "http", "scheme": "bearer", "description": "An API key, `abk_…`."}
BASIC = {"type": "http", "scheme": "basic", "description": "The API key as the password of any user name."}


def takes(shape: type[BaseModel], *, call_key: bool = False) -> dict[str, Any]:
    """What the documentation says of an endpoint that reads its request itself; the shape is documented elsewhere."""
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{shape.__name__}"}}}
    header = {
        "name": "Idempotency-Key",
        "in": "header",
        "required": False,
        "schema": {"type": "string", "pattern": KEY_PATTERN},
    }
    return {"requestBody": {"required": True, "content": content}, "parameters": [header] if call_key else []}


def document(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document, made once."""
    if app.openapi_schema is None:
        made = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        schemas = made.setdefault("components", {}).setdefault("schemas", {})
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        schemas["Problem"] = PROBLEM
        made["components"]["securitySchemes"] = {"key": BEARER, "password": BASIC}
        made["components"]["responses"] = {status: _response(words) for status, words in RESPONSES.items()}
        for path, operations in made["paths"].items():
            for method, operation in operations.items():
                _complete(operation, (method.upper(), path))
        app.openapi_schema = made
    return app.openapi_schema


def _response(words: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": words, "content": {"application/problem+json": {"schema": schema}}}


def _complete(operation: dict[str, Any], place: tuple[str, str]) -> None:
    """Say which key the operation needs and which problems it can answer."""
    operation["summary"], _, more = operation["description"].partition("\n")
    if place not in PUBLIC:
        operation["security"] = [{"key": []}, *([{"password": []}] if place == FEED else [])]
        more = f"{more}\n\nRoles: {', '.join(sorted(ALLOWED.get(place, frozenset())))}."
    operation["description"] = more.strip()
    if _is_keyed(operation):
        next(iter(operation["responses"].values()))["headers"] = {"Idempotent-Replayed": REPLAYED}
    operation["responses"].pop("422", None)
    for status in _problems(operation, place):
        operation["responses"].setdefault(status, {"$ref": f"#/components/responses/{status}"})


def _is_keyed(operation: dict[str, Any]) -> bool:
    return any(parameter["name"] == "Idempotency-Key" for parameter in operation.get("parameters", ()))


def _problems(operation: dict[str, Any], place: tuple[str, str]) -> list[str]:
    method, path = place
    statuses = ["500", "503"]
    if place not in PUBLIC:
        statuses += ["401", "403"]
    if "requestBody" in operation:
        statuses += ["413", "415"]
    if "requestBody" in operation or _is_keyed(operation):
        statuses.append("400")
    if "requestBody" in operation or operation.get("parameters"):
        statuses.append("422")
    if "{" in path:
        statuses.append("404")
    if place == LINKED:
        statuses += ["404", "410"]
    if method == "POST" or path.endswith("/file"):
        statuses.append("409")
    return sorted(statuses)
