"""Inserting many rows by one statement with one parameter.

A driver gives the interpreter's lock away and takes it back for every row. In a thread beside a busy event loop that
makes each row wait for the loop, and the loop for each row; so the database is handed all rows as one JSON text.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Dialect, Table


class GroupInsert:
    """The insert into one table, for rows that name every column."""

    def __init__(self, table: Table, dialect: Dialect) -> None:
        stored = {column.name: column.type.dialect_impl(dialect).bind_processor(dialect) for column in table.c}
        self._stored = {name: as_stored for name, as_stored in stored.items() if as_stored is not None}
        columns = ", ".join(stored)
        if dialect.name == "sqlite":
            values, rows = ", ".join(f"value ->> '{name}'" for name in stored), "json_each(?)"
        else:
            values, rows = columns, f"json_populate_recordset(NULL::{table.name}, %s)"
        self._sql = f"INSERT INTO {table.name} ({columns}) SELECT {values} FROM {rows}"

    def execute(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert the rows, all or none."""
        stored = [{**row, **{name: stored(row[name]) for name, stored in self._stored.items()}} for row in rows]
        connection.exec_driver_sql(self._sql, (msgspec.json.encode(stored).decode(),))
