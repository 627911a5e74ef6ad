"""What Alembic runs: on the connection that `api.migrations` gives it, or on its own when started as `alembic`."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import BigInteger, Connection
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

from api.database import open_engine
from api.migrations import COMPARED
from api.schema import metadata
from api.settings import Settings


def render_type(kind: str, item: Any, _: AutogenContext) -> str | Literal[False]:
    """SQLModel's types in SQLAlchemy's terms, so that a migration stays as it is when SQLModel changes."""
    if kind != "type":
        return False
    if isinstance(item, AutoString):
        return f"sa.String({item.length})"
    if isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    if isinstance(item, BigInteger):
        return "Id"  # defined in script.py.mako
    return False


def run(connection: Connection) -> None:
    """Run what was asked for, in the transaction that is open, or else in one of its own."""
    context.configure(
        connection=connection,
        target_metadata=metadata,
        autogenerate_plugins=COMPARED,
        render_as_batch=bool(context.script.get_heads()),  # the first makes tables, SQLite has to rebuild them later
        render_item=render_type,
    )
    with context.begin_transaction():
        context.run_migrations()


given: Connection | None = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    with open_engine(Settings().database_url.get_secret_value()).connect() as own:
        run(own)
