"""What a field of a body may hold, said from the schema of the body."""

from collections.abc import Sequence
from typing import Any

from pydantic import TypeAdapter

Schema = dict[str, Any]


def allowed_names(shape: Any, path: Sequence[str | int]) -> list[str]:
    """The names of the fields at a place of a body."""
    return list(_at(shape, path).get("properties", ()))


def allowed_values(shape: Any, path: Sequence[str | int]) -> list[str] | str | None:
    """The values that the field at a place of a body takes, or words that say which; none where nothing is known."""
    return _told(_at(shape, path))


def _at(shape: Any, path: Sequence[str | int]) -> Schema:
    """The schema of a place; an empty one for a place that the shape does not have."""
    whole = TypeAdapter(shape).json_schema()
    found = _plain(whole, whole)
    for step in path:
        inner = found.get("items") if isinstance(step, int) else found.get("properties", {}).get(step)
        found = _plain(inner or {}, whole)
    return found


def _plain(schema: Schema, whole: Schema) -> Schema:
    """A schema without its references, and of what may be left out that which may stand there."""
    while True:
        if "$ref" in schema:
            schema = whole["$defs"][schema["$ref"].rpartition("/")[2]]
        elif "anyOf" in schema:
            schema = next(one for one in schema["anyOf"] if one.get("type") != "null")
        else:
            return schema


def _told(schema: Schema) -> list[str] | str | None:
    if "enum" in schema:
        return list(schema["enum"])
    match schema.get("type"):
        case "integer":
            return _within("a whole number", schema.get("minimum"), schema.get("maximum"))
        case "string":
            return _length("a text", "characters", schema.get("minLength"), schema.get("maxLength"))
        case "array":
            return _length("a list", "values", schema.get("minItems"), schema.get("maxItems"))
        case "object":
            return "an object with " + ", ".join(schema.get("properties", ["names and values"]))
        case "boolean":
            return "true or false"
    return None


def _within(kind: str, least: int | None, most: int | None) -> str:
    if least is None or most is None:
        return kind if least is None else f"{kind}, {least} or more"
    return f"{kind}, {least} to {most}"


def _length(kind: str, what: str, least: int | None, most: int | None) -> str:
    return kind if most is None else f"{kind} of {least or 0} to {most} {what}"
