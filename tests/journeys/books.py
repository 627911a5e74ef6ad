"""The books of sellers as tests read them: closed, told row by row without the ids, and held to add up."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, Table, select
from sqlmodel import Session

from api.database import reading
from api.month_journeys import MonthReport, close_months
from api.reconcile import exceptions
from api.schema import metadata
from contracts.parties import Seller
from contracts.terms import next_month
from tests.builders import Customer, a_client, a_sale, noon

SEPTEMBER, OCTOBER, NOVEMBER, DECEMBER = (date(2026, month, 1) for month in (9, 10, 11, 12))
SOLD_AT = noon(date(2026, 9, 1))


def close(engine: Engine, seller_id: int, through: date, *, at: datetime | None = None) -> MonthReport:
    """Every open month up to one, closed at noon of the day after it."""
    clock = at or noon(next_month(through))
    return close_months(engine, seller_id, through, clock=lambda: clock, tell=lambda *progress: None)


def some_clients(session: Session, seller: Seller, count: int, **changes: Any) -> list[Customer]:
    """Clients with a year of the plan "support" from the 1st of September 2026; `changes` are fields of the order."""
    clients = [a_client(session, f"Клиент {number}") for number in range(1, count + 1)]
    for client in clients:
        a_sale(session, seller, client, at=SOLD_AT, **changes)
    return clients


def rows(engine: Engine, *tables: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, or of those named, as they are."""
    with reading(engine) as session:
        connection = session.connection()
        chosen = [metadata.tables[name] for name in tables or metadata.tables]
        return {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
            for table in chosen
        }


RETOLD = {"state_version", "attempts", "claimed_until", "rendered_at", "subject_id", "source_key"}
"""Columns that differ when a run was broken off and done again; a paper's subject is told by its number."""
SEALED = {"previous_sha256", "record", "sha256"}
"""What a seal says, ids included: the equations prove it of the rows as they are (P5)."""


def contents(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table with its place among the rows in place of its id, so that two databases compare."""
    places: dict[str, dict[int, int]] = defaultdict(dict)
    told = {}
    with reading(engine) as session:
        for table in metadata.sorted_tables:
            found = _in_order(session.connection(), table)
            if "id" in table.c:
                places[table.name] = {row.id: place for place, row in enumerate(found, 1)}
            told[table.name] = [_without_ids(table, row, places) for row in found]
    return told


def _in_order(connection: Connection, table: Table) -> Sequence[Row[Any]]:
    return connection.execute(select(table).order_by(*table.primary_key)).all()


def _without_ids(table: Table, row: Row[Any], places: Mapping[str, Mapping[int, int]]) -> dict[str, Any]:
    told = {name: value for name, value in row._mapping.items() if name != "id" and name not in RETOLD}
    if table.name == "statement_seal":
        told = {name: value for name, value in told.items() if name not in SEALED}
    if table.name == "paper":
        del told["issued_sha256"]  # it holds the ids and the chain
        told["sheet"] = {name: value for name, value in json.loads(told["sheet"]).items() if name != "chain"}
    for column in table.columns:
        for key in column.foreign_keys:
            target = key.column.table.name
            if told.get(column.name) is not None and target in places and target != table.name:
                told[column.name] = places[target][told[column.name]]
    return told


def assert_books_add_up(engine: Engine) -> None:
    """Every equation of the trade holds (E1-E7); `some_clients` are sold to without the papers of their contracts."""
    assert [one for one in exceptions(engine) if not one.subject.startswith("contract ")] == []
