"""What comes in is read strictly: one reading of a JSON body, and the types of its fields.

A number is a number, not "1_000", true or 1e3; a date exists; a text is one line; nothing comes twice or unasked.
"""

import hashlib
import json
import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any, TypeVar

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
)
from pydantic_core import PydanticCustomError

from contracts.errors import Refusal
from contracts.money import Money
from contracts.phone_numbers import without_marks

LARGEST_BODY = 1_000_000
"""Bytes that a body may have."""
LARGEST_FILE = 16 * 2**20
"""Bytes that a file may have that is sent as a body."""
DEEPEST = 12
"""How deep objects and lists of a body may be nested."""
LARGEST_ID = 2**63 - 1
YEARS = range(1990, 2200)
"""The years that a date may lie in; any other is a typing error."""

PHONES = ("phone", "phones")
"""Fields whose texts may have the marks that come with a number when it is pasted."""

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(_DAY.pattern + r"T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})")
_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


class Input(BaseModel):
    """A body, or a part of one: exactly the fields it names, each in its own type, texts in one printable line."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    @field_validator("*", mode="before")
    @classmethod
    def _printable(cls, value: Any, field: ValidationInfo) -> Any:
        texts = value if isinstance(value, list) else [value]
        if field.field_name in PHONES:
            texts = [without_marks(text) if isinstance(text, str) else text for text in texts]
        for text in texts:
            if isinstance(text, str):
                require_printable(text)
        return value


def require_printable(text: str) -> str:
    """The text, unless it has control characters, line breaks, or marks that turn its order round."""
    if _UNFIT.search(text):
        raise wrong("TEXT_WRONG", "one line without control characters")
    return text


def wrong(code: str, allowed: str) -> PydanticCustomError:
    """The error of a field, with the code of a refusal and what is allowed instead."""
    return PydanticCustomError("refused", "{code}: {allowed}", {"code": code, "allowed": allowed})


def _read_day(value: Any) -> date:
    try:
        if isinstance(value, str) and _DAY.fullmatch(value) and int(value[:4]) in YEARS:
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise wrong("DATE_WRONG", f"a day that exists, YYYY-MM-DD, {YEARS[0]} to {YEARS[-1]}")


def read_moment(value: Any) -> datetime:
    """An instant in ISO 8601 with its offset; else the error of a field."""
    try:
        if isinstance(value, str) and _MOMENT.fullmatch(value) and int(value[:4]) in YEARS:
            return datetime.fromisoformat(value)
    except ValueError:
        pass
    raise wrong("MOMENT_WRONG", f"an instant with its offset, 2026-05-03T09:12:00+03:00, {YEARS[0]} to {YEARS[-1]}")


def _read_month(value: Any) -> date:
    if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}", value):
        return _read_day(f"{value}-01")
    raise wrong("DATE_WRONG", "a month, YYYY-MM")


def _read_money(value: Any) -> Money:
    allowed = 'a text with two decimals, "33816.00"'
    if not isinstance(value, str):
        raise wrong("AMOUNT_UNREADABLE", allowed)
    try:
        return Money.parse(value)
    except Refusal as refused:
        raise wrong(refused.code, allowed) from refused


def _number_up_to(highest: int) -> tuple[BeforeValidator, WithJsonSchema]:
    """A number in an address, where everything is text: plain digits, from 1."""

    def read(value: Any) -> int:
        if isinstance(value, int):
            return value  # the default
        if re.fullmatch(r"[1-9][0-9]{0,18}", value) and int(value) <= highest:
            return int(value)
        raise wrong("FIELD_WRONG", f"a whole number, 1 to {highest}")

    return BeforeValidator(read), WithJsonSchema({"type": "integer", "minimum": 1, "maximum": highest})


def _typed(read: Callable[[Any], Any], **schema: Any) -> tuple[BeforeValidator, WithJsonSchema]:
    return BeforeValidator(read), WithJsonSchema({"type": "string", **schema})


Id = Annotated[int, Field(ge=1, le=LARGEST_ID, examples=[1])]
PathId = Annotated[int, *_number_up_to(LARGEST_ID)]
Limit = Annotated[int, *_number_up_to(100)]
Number = Annotated[int, Field(ge=-(2**31), le=2**31 - 1)]
Day = Annotated[date, *_typed(_read_day, format="date", examples=["2026-04-01"])]
Moment = Annotated[datetime, *_typed(read_moment, format="date-time", examples=["2026-05-03T09:12:00+03:00"])]
Month = Annotated[date, *_typed(_read_month, pattern="^[0-9]{4}-[0-9]{2}$", examples=["2026-10"])]
Amount = Annotated[Money, *_typed(_read_money, examples=["33816.00"])]
Searched = Annotated[str, Field(min_length=1, max_length=100), BeforeValidator(require_printable)]


def line(longest: int, **more: Any) -> Any:
    """A required text of 1 to `longest` characters."""
    return Field(min_length=1, max_length=longest, **more)


async def read_body(request: Request) -> Any:
    """The JSON value of the body; none for an empty one.

    Raises `Refusal` with BODY_TOO_LARGE, BODY_NOT_JSON, BODY_UNREADABLE, FIELD_REPEATED or BODY_TOO_DEEP.
    """
    content = bytearray()
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > LARGEST_BODY:
        raise Refusal("BODY_TOO_LARGE", value=int(declared), allowed=LARGEST_BODY)
    async for chunk in request.stream():
        content += chunk
        if len(content) > LARGEST_BODY:
            raise Refusal("BODY_TOO_LARGE", allowed=LARGEST_BODY)
    if not content:
        return None
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise Refusal("BODY_NOT_JSON", field="Content-Type", value=kind, allowed=["application/json"])
    return decode(bytes(content))


async def read_file(request: Request) -> bytes:
    """The body of a call that sends a file, whatever it is declared as; its digest is kept in `request.state.body`.

    Raises `Refusal` with BODY_TOO_LARGE, or FILE_EMPTY without any.
    """
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > LARGEST_FILE:
            raise Refusal("BODY_TOO_LARGE", allowed=LARGEST_FILE)
    if not content:
        raise Refusal("FILE_EMPTY", field="body", value=None)
    request.state.body = hashlib.sha256(content).hexdigest()
    return bytes(content)


Shape = TypeVar("Shape", bound=Input)


async def read_input(request: Request, shape: type[Shape]) -> Shape:
    """The body in its shape, for an endpoint that reads it itself; both are kept in `request.state`.

    Raises as `read_body`, and `RequestValidationError`.
    """
    request.state.shape, request.state.body = shape, await read_body(request)
    try:
        return shape.model_validate(request.state.body)
    except ValidationError as wrong_fields:
        errors = [{**error, "loc": ("body", *error["loc"])} for error in wrong_fields.errors()]
        raise RequestValidationError(errors) from wrong_fields


def decode(content: bytes) -> Any:
    """The value of a JSON text in UTF-8, read strictly; raises as `read_body`."""
    try:
        value = _JSON.decode(content.decode("utf-8"))
    except (ValueError, RecursionError) as unreadable:
        raise Refusal("BODY_UNREADABLE", problem=_where(unreadable)) from unreadable
    if content.count(b"{") + content.count(b"[") > DEEPEST and _depth(value) > DEEPEST:
        raise Refusal("BODY_TOO_DEEP", allowed=DEEPEST)
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Refusal("FIELD_REPEATED", field=twice)
    return read


def _constant(name: str) -> Any:
    raise ValueError(f"{name} is no number")


_JSON = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant)


def _where(unreadable: Exception) -> str:
    match unreadable:
        case json.JSONDecodeError():
            return f"line {unreadable.lineno}, column {unreadable.colno}: {unreadable.msg}"
        case UnicodeDecodeError():
            return f"byte {unreadable.start} is not UTF-8"
        case RecursionError():
            return "nested too deep"
    return str(unreadable)[:100]


def _depth(value: Any, above: int = 0) -> int:
    if above > DEEPEST or not isinstance(value, dict | list):
        return above
    inside = value.values() if isinstance(value, dict) else value
    return max((_depth(item, above + 1) for item in inside), default=above + 1)
