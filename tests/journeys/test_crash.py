"""A process killed at any point of its work is as if it had never begun, or had come to its end (M6, E7).

Every point that a run passes is named from outside (`faults`). At each one a process is killed with SIGKILL on a fresh
copy of the same database; then the run is done again to its end, and all rows are those of a run that nobody disturbed.
"""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from signal import SIGKILL
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from api import month_journeys
from api.database import open_engine, transaction
from api.journeys import sell_subscription
from api.printing import print_papers
from billing.bills import Invoice
from billing.taking_payments import Put, Received, take_payment
from contracts.money import Money
from contracts.parties import Seller
from documents.archive import LEASE
from documents.render import Press
from documents.store import Store
from entitlements.hours_facts import Charge
from tests.builders import Customer, a_client, a_plan, a_sale, a_seller, an_order, its_catalogue, moment, worked
from tests.databases import PostgresServer
from tests.journeys.books import OCTOBER, SOLD_AT, assert_books_add_up, close, contents, some_clients
from tests.journeys.faults import Faults, Point, copy_of, run_processes, url_of

CHUNK = 2


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two clients a transaction, so that a run has several."""
    monkeypatch.setattr(month_journeys, "CHUNK", CHUNK)


REFUSE = {
    "sqlite": "CREATE TRIGGER refused BEFORE INSERT ON statement WHEN NEW.client_id = {}"
    " BEGIN SELECT RAISE(ABORT, 'refused'); END",
    "postgresql": "ALTER TABLE statement ADD CONSTRAINT refused CHECK (client_id <> {})",
}


@pytest.fixture
def months(engine: Engine, seller: Seller) -> Engine:
    """Two months of four clients to close; the database takes no statement of the second one."""
    prepare_months(engine, seller)
    return engine


def prepare_months(engine: Engine, seller: Seller) -> None:
    """Work that is included, over the limit and paid, in September and October, and paid work of August taken back."""
    credited = charge_august(engine, seller)
    with transaction(engine) as session:
        a_plan(session, "rolling", included_minutes=60, rollover_cap_minutes=60, rollover_periods=1)
        clients = [*some_clients(session, seller, 2), *some_clients(session, seller, 1, plan_code="rolling")]
        for customer in clients:
            worked(session, customer, "2026-09-10 10:00", 30)
            worked(session, customer, "2026-10-12 10:00", 120)
            worked(session, customer, "2026-10-13 10:00", 30, charge=Charge.PAID)
        worked(session, credited, "2026-08-12 10:00", 0, at=moment("2026-09-05 10:00"), **OVERTURNED)
        session.connection().execute(text(REFUSE[engine.dialect.name].format(clients[1].id)))


OVERTURNED: dict[str, Any] = {"external_id": "SD-overturned", "charge": Charge.PAID}


def charge_august(engine: Engine, seller: Seller) -> Customer:
    """A client whose August is closed with an invoice, of which a half is paid."""
    with transaction(engine) as session:
        customer = a_client(session, "Должник")
        a_sale(session, seller, customer, at=moment("2026-08-01 12:00"))
        worked(session, customer, "2026-08-12 10:00", 60, **OVERTURNED)
    close(engine, seller.id, date(2026, 8, 1))
    with transaction(engine) as session:
        invoice = session.exec(select(Invoice)).one()
        half = Received(seller.id, customer.entity.id, "118", date(2026, 9, 2), Money(1350_00), "За август")
        take_payment(session, half, [Put(invoice.id)], at=moment("2026-09-02 12:00"))
    return customer


def close_under(url: str, seller_id: int, strike: Point) -> None:
    """Close both months in a process of its own, which does not live to see the end."""
    month_journeys.CHUNK = CHUNK
    engine = open_engine(url)
    with Faults(strike).watching(engine):
        close(engine, seller_id, OCTOBER)


def crash_the_close(months: Engine, seller: Seller, folder: Path, chosen: Callable[[Faults], Sequence[Point]]) -> None:
    """Kill the close at each of the chosen points, and do it again to its end."""
    with copy_of(months, folder) as undisturbed, Faults().watching(undisturbed) as faults:
        report = close(undisturbed, seller.id, OCTOBER)
        expected = contents(undisturbed)
    assert (report.closed, len(report.parked)) == (6, 2)
    for point in chosen(faults):
        with copy_of(months, folder) as crashed:
            assert run_processes(close_under, [(url_of(crashed), seller.id, point)]) == [-SIGKILL], point
            assert close(crashed, seller.id, OCTOBER).parked == report.parked, point
            assert contents(crashed) == expected, point
            assert_books_add_up(crashed)


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)  # on both by the next
def test_a_close_killed_at_any_kind_of_point_ends_as_if_undisturbed_m6(
    months: Engine, seller: Seller, tmp_path: Path
) -> None:
    crash_the_close(months, seller, tmp_path, Faults.middle_points)


@pytest.mark.long
def test_a_close_killed_at_any_point_ends_as_if_undisturbed_m6(months: Engine, seller: Seller, tmp_path: Path) -> None:
    crash_the_close(months, seller, tmp_path, Faults.points)


def test_the_points_of_a_close_are_all_its_writes_and_commits(months: Engine, seller: Seller) -> None:
    with Faults().watching(months) as faults:
        close(months, seller.id, OCTOBER)
    assert set(faults.passed) >= {
        *(f"before INSERT {table}" for table in ("month_run", "month_task", "number_series", "paper")),
        *(f"before INSERT {table}" for table in ("statement", "statement_line", "closing_lot")),
        *(f"before INSERT {table}" for table in ("act", "act_line", "invoice", "invoice_line")),
        *(f"before INSERT {table}" for table in ("credit_note", "credit_note_line", "payment_part")),
        *(f"before UPDATE {table}" for table in ("client", "month_task")),
        *(f"before {verb}SAVEPOINT" for verb in ("", "RELEASE ", "ROLLBACK TO ")),
        *(f"{when} COMMIT of {table}" for when in ("before", "after") for table in ("month_run", "client")),
    }


@pytest.fixture
def queue(engine: Engine, seller: Seller) -> Engine:
    """A contract and an invoice that wait to be printed."""
    with transaction(engine) as session:
        sell_subscription(session, an_order(seller, a_client(session)), at=SOLD_AT)
    return engine


def print_all(engine: Engine, press: Press, folder: Path, at: Any = SOLD_AT) -> int:
    """Print what waits, one paper at a time."""
    return print_papers(engine, Store(f"file://{folder}"), press, clock=lambda: at, tell=lambda paper: None)


def print_under(url: str, folder: Path, strike: Point) -> None:
    """Print in a process of its own, which does not live to see the end."""
    engine = open_engine(url)
    with Press(1) as press, Faults(strike).watching(engine):
        print_all(engine, press, folder)


def crash_the_printing(queue: Engine, press: Press, folder: Path, chosen: Callable[[Faults], Sequence[Point]]) -> None:
    """Kill the printing at each of the chosen points, and do it again to its end when the claim has lapsed."""
    with copy_of(queue, folder) as undisturbed, Faults().watching(undisturbed) as faults:
        assert print_all(undisturbed, press, folder / "undisturbed") == 2
        expected = contents(undisturbed)
    kept = kept_in(folder / "undisturbed")
    assert {name.rpartition(" ")[2] for name in faults.passed} == {"paper", "render", "put", "nothing"}
    for number, point in enumerate(chosen(faults)):
        papers = folder / f"crashed {number}"
        with copy_of(queue, folder) as crashed:
            assert run_processes(print_under, [(url_of(crashed), papers, point)]) == [-SIGKILL], point
            print_all(crashed, press, papers, SOLD_AT + LEASE)
            assert contents(crashed) == expected, point
        assert kept_in(papers) == kept, point


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)  # on both by the next
def test_printing_killed_at_any_kind_of_point_ends_with_the_same_bytes_p2(
    queue: Engine, tmp_path: Path, press: Press
) -> None:
    crash_the_printing(queue, press, tmp_path, Faults.middle_points)


@pytest.mark.long
def test_printing_killed_at_any_point_ends_with_the_same_bytes_p2(queue: Engine, tmp_path: Path, press: Press) -> None:
    crash_the_printing(queue, press, tmp_path, Faults.points)


def kept_in(folder: Path) -> dict[str, bytes]:
    """What the store holds, by its keys; nothing else lies beside it."""
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_a_close_ends_with_one_set_of_papers_after_the_server_crashed_in_its_middle(
    durable_postgresql: PostgresServer, durable_engine: Engine, tmp_path: Path
) -> None:
    with transaction(durable_engine) as session:
        its_catalogue(session)
        a_plan(session)
        seller = a_seller(session)
    prepare_months(durable_engine, seller)
    with copy_of(durable_engine, tmp_path) as undisturbed, Faults().watching(undisturbed) as faults:
        report = close(undisturbed, seller.id, OCTOBER)
        expected = contents(undisturbed)
    [commit] = [point for point in faults.middle_points() if point.name == "after COMMIT of client"]
    for strike in (Point("before INSERT invoice", 1), commit):
        with copy_of(durable_engine, tmp_path) as crashed:
            with Faults(strike, durable_postgresql.crash).watching(crashed), pytest.raises(DBAPIError):
                close(crashed, seller.id, OCTOBER)
            durable_postgresql.start()
            crashed.dispose()
            assert close(crashed, seller.id, OCTOBER).parked == report.parked
            assert contents(crashed) == expected
            assert_books_add_up(crashed)
