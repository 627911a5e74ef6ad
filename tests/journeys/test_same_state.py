"""The same commands leave the same rows on SQLite and on PostgreSQL: every table, every column, every id."""

from collections.abc import Sequence
from itertools import count
from random import Random
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, func, select
from sqlmodel import Session

from api.database import transaction
from api.schema import metadata
from tests import builders
from tests.journeys.lives import ACTS, BIRTHDAYS, Life, Shop, open_shop

LOGS, COMMANDS = 8, 8
LOGS_OF_A_LONG_PART = 1_250
TOLD_APART = 1_675
"""A log of which the databases once gave two answers: of several programs that overlapped, each named another one."""

Rows = dict[str, Sequence[tuple[Any, ...]]]


@pytest.fixture
def shops(
    sqlite_engine: Engine, postgresql_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> tuple[tuple[Engine, Shop], ...]:
    """The same shop on both databases."""
    opened = []
    for engine in (sqlite_engine, postgresql_engine):
        monkeypatch.setattr(builders, "_numbers", count(1))
        with transaction(engine) as session:
            opened.append((engine, open_shop(session)))
    return tuple(opened)


def state_after(engine: Engine, shop: Shop, seed: int, monkeypatch: pytest.MonkeyPatch) -> tuple[list[str], Rows]:
    """What happened, and every row of the database after it; none of it is kept."""
    monkeypatch.setattr(builders, "_numbers", count(1_000))
    chance = Random(seed)
    with Session(engine, expire_on_commit=False) as session:
        life = Life(session, shop, chance.randrange(len(shop.sellers)), chance.choice(BIRTHDAYS))
        for command in ("sell", *chance.choices(ACTS, k=COMMANDS)):
            number_as_if_nothing_was_refused(session.connection())
            life.act(command, chance)
        session.flush()
        return life.story, rows_of(session.connection())


SEQUENCES = select(
    *(
        func.setval(
            func.pg_get_serial_sequence(f'"{table.name}"', column.name),
            select(func.coalesce(func.max(column), 0) + 1).scalar_subquery(),
            False,
        )
        for table in metadata.sorted_tables
        if (column := table.autoincrement_column) is not None
    )
)


def number_as_if_nothing_was_refused(connection: Connection) -> None:
    """PostgreSQL gives no number twice, also when the row that had it was taken back; SQLite does."""
    if connection.dialect.name == "postgresql":
        connection.execute(SEQUENCES)


def rows_of(connection: Connection) -> Rows:
    """All rows by table, as the house reads them."""
    return {
        table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
        for table in metadata.sorted_tables
    }


def require_the_same(shops: tuple[tuple[Engine, Shop], ...], seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    (story, on_sqlite), (other, on_postgresql) = (state_after(*shop, seed, monkeypatch) for shop in shops)
    assert story == other
    for table, rows in on_sqlite.items():
        assert rows == on_postgresql[table], "\n".join([table, *story])


def test_the_same_commands_leave_the_same_rows_on_both_databases(
    shops: tuple[tuple[Engine, Shop], ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    for seed in (*range(LOGS), TOLD_APART):
        require_the_same(shops, seed, monkeypatch)


@pytest.mark.long
@pytest.mark.parametrize("part", range(4))
def test_5_000_logs_of_commands_leave_the_same_rows_on_both_databases(
    shops: tuple[tuple[Engine, Shop], ...], monkeypatch: pytest.MonkeyPatch, part: int
) -> None:
    for seed in range(part * LOGS_OF_A_LONG_PART, (part + 1) * LOGS_OF_A_LONG_PART):
        require_the_same(shops, seed, monkeypatch)
