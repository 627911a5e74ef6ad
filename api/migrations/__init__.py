"""Migrations: bringing a database to the schema of this code, and saying how far it is from it."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from api.database import reading, transaction
from api.migrations import operations
from api.schema import metadata
from contracts.errors import Refusal
from contracts.locking import take_turn

COMPARED = ["alembic.autogenerate.*", "alembic.ext.checkconstraint_byname", operations.PLUGIN]
"""What a comparison looks at: tables and columns with their types, CHECKs, and the rules of the schema."""


def migrate(engine: Engine, revision: str = "head") -> None:
    """Bring a database up to `revision`, wholly or not at all; two processes that do it at once do it once.

    Raises `Refusal("DATABASE_UNREACHABLE")`, or `Refusal("SCHEMA_NEWER")` when only newer code knows the database.
    """
    refusal = _refusal(engine)
    if refusal is not None and refusal.code == "SCHEMA_NEWER":
        raise refusal
    _run(engine, command.upgrade, revision)


def downgrade(engine: Engine, revision: str = "base") -> None:
    """Take a database down to `revision`; what was in the tables dropped on the way is lost."""
    _run(engine, command.downgrade, revision)


def require_current_schema(engine: Engine) -> None:
    """Make sure that the database is there and has the schema of this code; each refusal names what mends it.

    Raises `Refusal("DATABASE_UNREACHABLE")`, `Refusal("SCHEMA_MISSING")` for a database without tables,
    `Refusal("SCHEMA_OLDER")` or `Refusal("SCHEMA_NEWER")`.
    """
    refusal = _refusal(engine)
    if refusal is not None:
        raise refusal


def differences(engine: Engine) -> list[Any]:
    """What a migration would still have to change, in Alembic's terms: nothing after `migrate`."""
    with reading(engine) as session:
        context = MigrationContext.configure(session.connection(), opts={"autogenerate_plugins": COMPARED})
        return list(compare_metadata(context, metadata))


def _config(**attributes: Any) -> Config:
    config = Config(attributes=attributes)
    config.set_main_option("script_location", "api:migrations")
    return config


def _refusal(engine: Engine) -> Refusal | None:
    head, known = _revisions()
    found = _revision(engine)
    if found == head:
        return None
    facts = {"database": found, "expected": head}
    if found is None:
        return Refusal("SCHEMA_MISSING", **facts, mend="abonement migrate")
    if found in known:
        return Refusal("SCHEMA_OLDER", **facts, mend="abonement migrate")
    return Refusal("SCHEMA_NEWER", **facts, mend="pip install --upgrade abonement")


@cache
def _revisions() -> tuple[str | None, frozenset[str]]:
    """The last revision of this code and all that it knows; reading them takes as long as many selects."""
    script = ScriptDirectory.from_config(_config())
    return script.get_current_head(), frozenset(revision.revision for revision in script.walk_revisions())


def _revision(engine: Engine) -> str | None:
    url = engine.url
    file = Path(url.database or "")
    if url.get_backend_name() == "sqlite" and file.parent.is_dir() and not file.exists():
        return None  # asking would create the file
    try:
        with reading(engine) as session:
            return MigrationContext.configure(session.connection()).get_current_revision()
    except DBAPIError as error:
        address = url.render_as_string(hide_password=True)
        raise Refusal("DATABASE_UNREACHABLE", url=address, problem=str(error.orig).strip()) from error


def _run(engine: Engine, direction: Callable[[Config, str], None], revision: str) -> None:
    try:
        with transaction(engine.execution_options(rebuilds_tables=True)) as session:
            connection = session.connection()
            take_turn(session, "migrate")
            direction(_config(connection=connection), revision)
            if connection.dialect.name == "sqlite":
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
                if broken:
                    raise Refusal("REFERENCES_BROKEN", rows=broken[:5])
    finally:
        engine.dispose()  # its connections know the old tables, and on SQLite check no references
