"""A form of papers from a TOML file; the logo lies in a file beside it (P1)."""

import base64
import tomllib
from pathlib import Path
from typing import Any

from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from api.v1.forms import FormInput
from api.wrong_input import refusal_of_input
from contracts.errors import Refusal
from documents.logo import LARGEST_BYTES
from documents.look import Form


def read_form(file: Path) -> Form:
    """The form in the file, with the fields of `FormInput`; `logo` is the path of a picture, layouts are whole texts.

    Raises `Refusal` with FILE_UNREADABLE, or as an API call would for the field that is wrong.
    """
    try:
        given = tomllib.loads(file.read_text("utf-8-sig"))
        picture = _start_of(file.parent / given["logo"]) if given.get("logo") else b""
    except (OSError, ValueError, TypeError) as broken:
        raise Refusal("FILE_UNREADABLE", field="file", value=str(file), problem=str(broken)) from None
    if picture:
        given["logo"] = base64.b64encode(picture).decode()
    try:
        return FormInput.model_validate({name: _by_lines(value) for name, value in given.items()}).form()
    except ValidationError as wrong:
        errors = [{**error, "loc": ("file", *error["loc"])} for error in wrong.errors()]
        raise refusal_of_input(RequestValidationError(errors)) from None


def _start_of(logo: Path) -> bytes:
    """As much of the picture as is needed to know that it is too large."""
    with logo.open("rb") as content:
        return content.read(LARGEST_BYTES + 1)


def _by_lines(wording: Any) -> Any:
    """A language's words with each layout cut into its lines."""
    if not isinstance(wording, dict) or not isinstance(wording.get("papers"), dict):
        return wording
    papers = {
        kind: text.strip("\n").split("\n") if isinstance(text, str) else text
        for kind, text in wording["papers"].items()
    }
    return wording | {"papers": papers}
