"""The desk check's read on PostgreSQL, apart: an installation on SQLite does not load the driver for it."""

from collections.abc import Iterable, Mapping, Sequence

import asyncpg
from sqlalchemy import URL
from sqlalchemy.dialects.postgresql.asyncpg import dialect
from sqlalchemy.exc import OperationalError

from api.check_reader import WAIT_SECONDS, Found, find_statement


class PostgresReader:
    """A small pool of asyncpg connections in autocommit, so that prepared statements stay."""

    def __init__(self, url: URL) -> None:
        self._address = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._pool: asyncpg.Pool | None = None

    async def find(self, keys: Iterable[str], values: Mapping[str, str | int]) -> Sequence[Found]:
        """The clients in the order of their ids. Raises `OperationalError` when the database gives no answer."""
        sql, names = find_statement(tuple(keys), dialect)
        try:
            pool = self._pool or await self._open()
            async with pool.acquire(timeout=WAIT_SECONDS) as connection:
                rows = await connection.fetch(sql, *(values[name] for name in names), timeout=WAIT_SECONDS)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as broken:
            raise OperationalError(sql, None, broken) from broken
        return [Found(*row) for row in rows]

    async def _open(self) -> asyncpg.Pool:
        self._pool = await asyncpg.create_pool(self._address, min_size=1, max_size=8, timeout=WAIT_SECONDS)
        return self._pool

    async def close(self) -> None:
        """Let go of the connections."""
        if self._pool is not None:
            await self._pool.close()
