"""A press that all tests of papers share."""

from collections.abc import Callable, Iterator

import msgspec
import pytest

from documents.render import Press
from documents.typesetting import Sheet


@pytest.fixture(scope="session")
def press() -> Iterator[Press]:
    with Press() as press:
        yield press


@pytest.fixture(scope="session")
def render(press: Press) -> Callable[..., bytes]:
    """Render a sheet as version 1, in Russian unless told otherwise."""

    def rendered(kind: str, sheet: Sheet, language: str = "ru") -> bytes:
        return press.render(kind, 1, language, msgspec.json.encode(sheet))

    return rendered
