"""The books of sellers as tests read them: every row without the ids, and the equations that always hold."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, Engine, Row, Table, select
from sqlmodel import Session

from api.database import reading
from api.journeys import MonthReport, close_months
from api.schema import metadata
from contracts.numbering import Series
from contracts.parties import Seller
from contracts.terms import next_month
from tests.builders import Customer, a_client, a_sale, noon, some_work

SERIES = {Series.CONTRACT: "contract", Series.STATEMENT: "statement", Series.ACT: "act", Series.INVOICE: "invoice"}
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


RETOLD = {"state_version", "attempts", "claimed_until", "rendered_at", "subject_id"}
"""Columns that differ when a run was broken off and done again; a paper's subject is told by its number."""


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
    for column in table.columns:
        for key in column.foreign_keys:
            target = key.column.table.name
            if told.get(column.name) is not None and target in places and target != table.name:
                told[column.name] = places[target][told[column.name]]
    return told


def assert_books_add_up(engine: Engine) -> None:
    """The equations of bills and statements: E3, E4, E6, and that each entry is told once (E1)."""
    with reading(engine) as session:
        tables = {name: _in_order(session.connection(), table) for name, table in metadata.tables.items()}
    _assert_no_gaps(tables)
    _assert_each_entry_is_told_once(tables)
    acts = {act.statement_id: act for act in tables["act"]}
    invoices = {invoice.statement_id: invoice for invoice in tables["invoice"] if invoice.statement_id is not None}
    for statement in tables["statement"]:
        lines = [row for row in tables["statement_line"] if row.statement_id == statement.id]
        assert sum(line.amount_minor for line in lines) == statement.total_minor
        charged = {line.id: line.amount_minor for line in lines if line.rate_minor is not None}
        assert (statement.id in acts) == (statement.id in invoices) == bool(charged)
        for kind, bill in (("act", acts.get(statement.id)), ("invoice", invoices.get(statement.id))):
            if bill is not None:
                own = [row for row in tables[f"{kind}_line"] if getattr(row, f"{kind}_id") == bill.id]
                assert {line.statement_line_id: line.amount_minor for line in own} == charged
                assert bill.total_minor == statement.total_minor
                assert bill.tax_minor == sum(line.tax_minor for line in own)
    _assert_balances_carry_over(tables["statement"])


def _assert_no_gaps(tables: Mapping[str, Sequence[Row[Any]]]) -> None:
    """Numbers have no gap and no double within a seller's series and year, and the series ends at the last (E6)."""
    for series, name in SERIES.items():
        taken = defaultdict(list)
        for row in tables[name]:
            taken[row.seller_id, row.year].append(row.sequence)
        counted = {key: sorted(given) for key, given in taken.items()}
        assert counted == {key: list(range(1, len(given) + 1)) for key, given in taken.items()}, name
        ends = {(row.seller_id, row.year): row.last_number for row in tables["number_series"] if row.series is series}
        assert ends == {key: len(given) for key, given in taken.items()}, name


def _assert_each_entry_is_told_once(tables: Mapping[str, Sequence[Row[Any]]]) -> None:
    """An entry that counts in a closed month is a line of its statement, unless it was reversed in the open month."""
    closed = {(row.seller_id, row.client_id, row.month): row.id for row in tables["statement"]}
    told = {row.work_entry_id: row.statement_id for row in tables["statement_line"]}
    assert len(told) == len(tables["statement_line"])
    reversed_ids = {row.reverses_id for row in tables["work_entry"]}
    for entry in tables["work_entry"]:
        statement_id = closed.get((entry.seller_id, entry.client_id, entry.counts_on.replace(day=1)))
        if entry.id in told:
            assert told[entry.id] == statement_id
        elif statement_id is not None:
            assert entry.reverses_id is not None or entry.id in reversed_ids, entry


def _assert_balances_carry_over(statements: Sequence[Row[Any]]) -> None:
    """What a month of a pool leaves is what its next statement opens with (E3)."""
    pools = defaultdict(list)
    for statement in sorted(statements, key=lambda row: row.month):
        pools[statement.seller_id, statement.client_id].append(statement)
    for pool in pools.values():
        for earlier, later in pairwise(pool):
            assert earlier.closing_minutes == later.opening_minutes, (earlier, later)


def worked_by(customers: Sequence[Customer], started: str, worked_minutes: int) -> list[Any]:
    """The same work for each of the clients, each under an external id of its own."""
    return [some_work(customer, started, worked_minutes) for customer in customers]
