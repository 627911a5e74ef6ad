"""A desk's client on a real server of the house."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from api.app import create_app
from api.client import DeskClient
from tests.api.conftest import House, settings_for
from tests.loopback import served

PATIENCE_SECONDS = 60.0


@contextmanager
def server_of(house: House, folder: Path, port: int = 0) -> Iterator[str]:
    """The house behind a port of its own, or behind this one again."""
    with served(create_app(settings_for(house.engine, folder), clock=house.clock, works=False), port) as url:
        yield url


@contextmanager
def desk_of(house: House, folder: Path, role: str = "desk", **more: Any) -> Iterator[DeskClient]:
    """A client of the house with a key of the role."""
    told = {"patience_seconds": PATIENCE_SECONDS, "language": "en"} | more
    with server_of(house, folder) as url, DeskClient(url, house.tokens[role], **told) as desk:
        yield desk
