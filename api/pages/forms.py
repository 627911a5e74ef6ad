"""What a person typed into a form: texts, read as the trade reads them, and shown again as typed when one is wrong."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Annotated, Any, TypeVar, get_origin

from fastapi import Depends, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from starlette.datastructures import FormData, UploadFile

from api.inputs import LARGEST_BODY, LARGEST_FILE, LARGEST_ID, YEARS, require_printable, wrong
from contracts.errors import Refusal
from contracts.money import Money
from contracts.phone_numbers import without_marks
from entitlements.durations import parse_minutes

FORM_KEY = "form_key"
"""The hidden field that says which form this is, so that one that is sent twice acts once."""
MOST_FIELDS = 400


class Typed(BaseModel):
    """The fields of a form. A field that was left empty is as good as not there."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Shape = TypeVar("Shape", bound=Typed)


class Form:
    """What was sent: the texts by their fields, the files, and the form's own key."""

    def __init__(self, sent: FormData, files: Mapping[str, bytes] = {}) -> None:
        self._sent, self._files = sent, files
        self.key = str(sent.get(FORM_KEY, ""))
        self.typed = {name: value if isinstance(value, str) else "" for name, value in sent.items() if name != FORM_KEY}
        """Each field as it was typed, to be shown again."""
        texts = ((name, value) for name, value in sent.multi_items() if isinstance(value, str))
        self.sent = sorted((name, value) for name, value in texts if name != FORM_KEY)
        """Every text that was sent, also of fields that come several times."""

    def read(self, shape: type[Shape]) -> Shape:
        """The fields in their types. Raises `RequestValidationError`, which names each field that is wrong."""
        many = {name for name, field in shape.model_fields.items() if get_origin(field.annotation) is list}
        given: dict[str, Any] = {name: value.strip() for name, value in self.typed.items() if value.strip()}
        given |= {name: self.all(name) for name in many}
        try:
            return shape.model_validate(given)
        except ValidationError as broken:
            errors = [{**error, "loc": ("form", *error["loc"])} for error in broken.errors()]
            raise RequestValidationError(errors) from broken

    def all(self, name: str) -> list[str]:
        """Every value of a field that may come several times, such as boxes that are ticked."""
        return [value for value in self._sent.getlist(name) if isinstance(value, str) and value.strip()]

    def attached(self, name: str) -> bytes:
        """The file of a field; empty when none was chosen."""
        return self._files.get(name, b"")

    def file(self, name: str) -> bytes:
        """The file of a field. Raises `Refusal("FILE_EMPTY")`."""
        if not self.attached(name):
            raise Refusal("FILE_EMPTY", field=name, value=None)
        return self.attached(name)


async def read_form(request: Request) -> Form:
    """The form of a request. Raises `Refusal("BODY_TOO_LARGE")`."""
    kind = request.headers.get("content-type", "")
    allowed = LARGEST_FILE if kind.startswith("multipart/") else LARGEST_BODY
    declared = request.headers.get("content-length", "")
    if not declared.isdecimal() or int(declared) > allowed:
        raise Refusal("BODY_TOO_LARGE", value=declared, allowed=allowed)
    sent = await request.form(max_files=1, max_fields=MOST_FIELDS, max_part_size=LARGEST_FILE)
    files = {name: await one.read() for name, one in sent.items() if isinstance(one, UploadFile)}
    await sent.close()
    return Form(sent, files)


SentForm = Annotated[Form, Depends(read_form)]


def _line(value: Any) -> Any:
    return require_printable(value) if isinstance(value, str) else value


def _phone(value: Any) -> Any:
    """A number as it was pasted, without the marks that come with it."""
    return without_marks(value) if isinstance(value, str) else value


def _day(value: Any) -> Any:
    """A day as a browser's calendar sends it, or as people write it."""
    try:
        if isinstance(value, str) and value[2:3] == ".":
            day, month, year = map(int, value.split("."))
            read = date(year, month, day)
        else:
            read = date.fromisoformat(value)
        if read.year in YEARS:
            return read
    except (TypeError, ValueError):
        pass
    raise wrong("DATE_WRONG", "31.12.2026")


def _month(value: Any) -> Any:
    return _day(f"{value}-01")


def _money(value: Any) -> Any:
    """An amount as people write it: 33816, 33 816,00 or 33816.00."""
    text = str(value).replace(" ", "").replace("\u00a0", "").replace(",", ".")
    whole, _, cents = text.partition(".")
    try:
        return Money.parse(f"{whole}.{cents:0<2}")
    except Refusal as refused:
        raise wrong(refused.code, "33 816,00") from refused


def _minutes(value: Any) -> Any:
    """A length of time as people write it (H2): 1:30, 1,5 or 90 мин; a number alone means hours."""
    try:
        return parse_minutes(str(value))
    except Refusal as refused:
        raise wrong(refused.code, "1:30") from refused


def _typed(read: Callable[[Any], Any]) -> BeforeValidator:
    return BeforeValidator(read)


Text = Annotated[str, _typed(_line), Field(max_length=2000)]
Name = Annotated[str, _typed(_line), Field(max_length=300)]
Phone = Annotated[Text, _typed(_phone)]
Id = Annotated[int, Field(ge=1, le=LARGEST_ID)]
Day = Annotated[date, _typed(_day)]
Month = Annotated[date, _typed(_month)]
Amount = Annotated[Money, _typed(_money)]
TypedMinutes = Annotated[int, _typed(_minutes)]
