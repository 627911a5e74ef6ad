"""A press that all tests of papers share, and a market whose papers they read."""

from collections.abc import Callable, Iterator

import msgspec
import pytest
from sqlmodel import Session

from documents.render import Press
from documents.typesetting import Sheet
from tests.builders import a_client, a_plan, a_seller, its_catalogue
from tests.documents.market import Market


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


@pytest.fixture
def market(session: Session) -> Market:
    """A seller of the ITS catalogue and of the plan "support", and a client with one registration."""
    its_catalogue(session)
    a_plan(session)
    return Market(session, a_seller(session), a_client(session))
