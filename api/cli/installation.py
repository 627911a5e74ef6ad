"""The installation that a command works on: its settings, its database and its clock."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from contracts.errors import Refusal

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from api.settings import Settings


def now() -> datetime:
    """The moment at which a command is run."""
    return datetime.now(UTC)


def settings() -> "Settings":
    """The settings. Raises `Refusal("SETTING_WRONG")`, naming the variable and what is allowed."""
    from pydantic import ValidationError

    from api.settings import Settings

    try:
        return Settings()
    except ValidationError as wrong:
        first = wrong.errors(include_input=False, include_url=False)[0]
        variable = f"ABONEMENT_{first['loc'][0]}".upper()
        raise Refusal("SETTING_WRONG", field=variable, allowed=first["msg"]) from None


@contextmanager
def database() -> Iterator["Engine"]:
    """The database, with the schema of this code. Raises the refusals of `require_current_schema`."""
    from api.migrations import require_current_schema

    with any_database() as engine:
        require_current_schema(engine)
        yield engine


@contextmanager
def any_database() -> Iterator["Engine"]:
    """The database, whatever is in it."""
    from api.database import open_engine

    engine = open_engine(settings().database_url.get_secret_value())
    try:
        yield engine
    finally:
        engine.dispose()
