"""The desk check's read on PostgreSQL, apart: an installation on SQLite does not load the driver for it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import asyncpg
from sqlalchemy import URL
from sqlalchemy.dialects.postgresql.asyncpg import dialect
from sqlalchemy.exc import OperationalError

from api import waiting
from api.check_reader import Found, find_statement


class PostgresReader:
    """A small pool of asyncpg connections in autocommit, so that prepared statements stay."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    @classmethod
    async def open(cls, url: URL) -> "PostgresReader":
        """The reader of a database that answers; its pool is made once, before anybody asks."""
        address = url.set(drivername="postgresql").render_as_string(hide_password=False)
        pool = asyncpg.create_pool(
            address, min_size=1, max_size=8, timeout=waiting.WAIT_SECONDS, reset=_nothing_to_reset
        )
        return cls(await pool)

    async def find(self, keys: Iterable[str], values: Mapping[str, str | int | datetime]) -> Sequence[Found]:
        """The clients in the order of their ids. Raises `OperationalError` when the database gives no answer."""
        sql, names = find_statement(tuple(keys), dialect)
        try:
            async with self._pool.acquire(timeout=waiting.WAIT_SECONDS) as connection:
                rows = await connection.fetch(sql, *(values[name] for name in names), timeout=waiting.WAIT_SECONDS)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as broken:
            raise OperationalError(sql, None, broken) from broken
        return [Found(*row) for row in rows]

    async def close(self) -> None:
        """Let go of the connections."""
        await self._pool.close()


async def _nothing_to_reset(connection: object) -> None:
    """Selects leave nothing behind in a session, so the statement that would clear it up after each one is saved."""
