"""Facts are only ever added (H1, H10, M4): both databases refuse whatever would change or remove one."""

import sqlite3
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, Table, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from api.database import transaction
from api.schema import append_only_tables, metadata
from tests.rows import model_of, put_row

LEDGER = {"grant", "grant_void", "work_entry", "hold", "hold_ending", "decision", "statement", "statement_line"}
LEDGER |= {"closing_lot", "invoice", "invoice_line", "act", "act_line", "free_period", "call_answer"}


def test_the_ledger_is_among_the_facts() -> None:
    assert set(append_only_tables()) >= LEDGER


@pytest.mark.parametrize("name", append_only_tables())
def test_a_fact_outlives_every_way_of_changing_it(engine: Engine, name: str) -> None:
    table = metadata.tables[name]
    with transaction(engine) as session:
        put_row(session, model_of(name))
        before = session.execute(table.select()).all()
        for way in ways_of_changing(table, engine.dialect.name):
            with pytest.raises(IntegrityError, match="append_only"), session.begin_nested():
                session.execute(text(way))
        assert session.execute(table.select()).all() == before


def ways_of_changing(table: Table, dialect: str) -> Iterator[str]:
    """Statements that would leave the table's only row changed, replaced or removed."""
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    key = ", ".join(f'"{column.name}"' for column in table.primary_key)
    one = next(column.name for column in table.columns if not column.primary_key)
    same_again = f'INTO "{table.name}" ({columns}) SELECT {columns} FROM "{table.name}" WHERE true'
    yield f'UPDATE "{table.name}" SET "{one}" = "{one}"'
    yield f'DELETE FROM "{table.name}"'
    yield f'INSERT {same_again} ON CONFLICT ({key}) DO UPDATE SET "{one}" = excluded."{one}"'
    if dialect == "sqlite":
        yield f"INSERT OR REPLACE {same_again}"
        yield f'UPDATE OR REPLACE "{table.name}" SET "{one}" = "{one}"'
    else:
        yield f'TRUNCATE "{table.name}" CASCADE'
        yield f'MERGE INTO "{table.name}" USING client ON true WHEN MATCHED THEN DELETE'


@pytest.mark.parametrize("name", append_only_tables())
def test_another_program_cannot_replace_a_fact_in_the_file(sqlite_engine: Engine, name: str) -> None:
    """It has `recursive_triggers` off, as SQLite has by default, so that REPLACE asks no DELETE trigger."""
    with transaction(sqlite_engine) as session:
        put_row(session, model_of(name))
    columns = ", ".join(f'"{column.name}"' for column in metadata.tables[name].columns)
    other = sqlite3.connect(str(sqlite_engine.url.database))
    try:
        before = other.execute(f'SELECT * FROM "{name}"').fetchall()
        with pytest.raises(sqlite3.IntegrityError, match=f"append_only: {name}"):
            other.execute(f'INSERT OR REPLACE INTO "{name}" ({columns}) SELECT {columns} FROM "{name}"')
        assert other.execute(f'SELECT * FROM "{name}"').fetchall() == before
    finally:
        other.close()


def test_a_truncated_client_takes_no_fact_along(postgresql_engine: Engine) -> None:
    with Session(postgresql_engine) as session, pytest.raises(IntegrityError, match="append_only"):
        session.execute(text("TRUNCATE client CASCADE"))


def test_a_fact_may_still_be_inserted_or_left_out_when_it_is_there(session: Session) -> None:
    """The refusal of REPLACE must not stop `ON CONFLICT DO NOTHING`, by which a retried insert does nothing."""
    grant = put_row(session, model_of("grant"))
    columns = ", ".join(f'"{column.name}"' for column in metadata.tables["grant"].columns)
    again = f'INSERT INTO "grant" ({columns}) SELECT {columns} FROM "grant" WHERE true ON CONFLICT (id) DO NOTHING'
    session.execute(text(again))
    assert session.execute(text('SELECT id FROM "grant"')).scalars().all() == [grant.id]
