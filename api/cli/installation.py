"""The installation that a command works on: its settings, its database and its clock."""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from pwd import getpwuid
from typing import TYPE_CHECKING

from contracts.errors import Refusal

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlmodel import Session

    from api.settings import Settings

typed = ContextVar("typed", default="abonement")
"""The command that runs, without what was typed after its name, which may be a secret."""


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
    """The database, with the schema of this code; what is written to it stands in the audit, as this command's.

    Raises the refusals of `require_current_schema`.
    """
    with current_database() as engine:
        yield noted(engine)


@contextmanager
def current_database() -> Iterator["Engine"]:
    """The same for who does what waits, which is in the audit already, as somebody else's."""
    from api.migrations import require_current_schema

    with any_database() as engine:
        require_current_schema(engine)
        yield engine


def noted(engine: "Engine") -> "Engine":
    """The engine whose transactions leave an entry in the audit: the command, and the user who typed it."""
    from api.audit import COMMAND, audited

    def noting(session: "Session") -> AbstractContextManager[None]:
        return audited(session, caller=COMMAND, name=_user(), action=typed.get(), at=now())

    return engine.execution_options(noting=noting)


def _user() -> str:
    """The user of the operating system, by number where there is no name for it, as in a container."""
    number = os.getuid()
    try:
        return getpwuid(number).pw_name
    except KeyError:
        return str(number)


@contextmanager
def any_database() -> Iterator["Engine"]:
    """The database, whatever is in it."""
    from api.database import open_engine

    engine = open_engine(settings().database_url.get_secret_value())
    try:
        yield engine
    finally:
        engine.dispose()
