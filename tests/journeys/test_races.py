"""Several workers at once, and everybody else at their work meanwhile: one set of papers, nothing lost (E7, S13)."""

import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from multiprocessing.synchronize import Barrier
from pathlib import Path
from random import Random
from threading import Event
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Engine, insert
from sqlmodel import func, select

from api import month_journeys
from api.database import open_engine, reading, transaction
from api.journeys import renew_subscription, sell_subscription
from api.month_journeys import close_months
from api.printing import print_papers
from billing.bills import Invoice
from billing.month_runs import MonthTask, TaskState
from contracts.enrolling import add_contact
from contracts.errors import Refusal
from contracts.parties import ClientContact, ContactAddress, Seller
from contracts.subscriptions import Subscription
from documents.archive import LEASE
from documents.papers import Paper, PaperState
from documents.render import Press
from documents.store import Store
from entitlements.decision_log import StoredDecision
from entitlements.logging_work import log
from entitlements.statements import Statement, StatementLine
from entitlements.work import WorkEntry
from tests.builders import Customer, a_client, a_plan, an_order, held, moment, noon, some_work, worked
from tests.journeys.books import NOVEMBER, OCTOBER, SEPTEMBER, SOLD_AT, assert_books_add_up, close, some_clients
from tests.journeys.faults import PROCESSES, run_processes, url_of

CLIENTS = 40


def close_in_a_process(url: str, seller_id: int, at: datetime, start: Barrier) -> None:
    """Close September and October, a few clients a transaction, as soon as the others are ready too."""
    month_journeys.CHUNK = 5
    engine = open_engine(url)
    with reading(engine) as session:
        session.get_one(Seller, seller_id)
    start.wait(60)
    close_months(engine, seller_id, OCTOBER, clock=lambda: at, tell=lambda *progress: None)


@pytest.fixture
def busy(engine: Engine, seller: Seller) -> list[Customer]:
    """Forty clients with overage in September."""
    with transaction(engine) as session:
        clients = some_clients(session, seller, CLIENTS)
        for number, customer in enumerate(clients):
            worked(session, customer, "2026-09-10 09:00", 45 + 15 * (number % 4))
    return clients


def assert_closed_once(engine: Engine, clients: list[Customer]) -> None:
    """Each client has one statement of each month, with an act, an invoice and papers where it was charged."""
    with reading(engine) as session:
        told = session.exec(select(Statement.client_id, Statement.month).order_by(Statement.month)).all()
        papers = dict(session.exec(select(Paper.kind, func.count()).group_by(Paper.kind)).all())
        states = set(session.exec(select(MonthTask.state)))
    assert sorted(told) == sorted((client.id, month) for client in clients for month in (SEPTEMBER, OCTOBER))
    charged = CLIENTS // 2
    assert papers == {"statement": 2 * CLIENTS, "act": charged, "invoice": charged}
    assert states == {TaskState.CLOSED}
    assert_books_add_up(engine)


def test_processes_that_close_the_same_months_give_one_set_of_papers_e7(
    engine: Engine, seller: Seller, busy: list[Customer]
) -> None:
    start = PROCESSES.Barrier(3)
    arguments = (url_of(engine), seller.id, noon(NOVEMBER), start)
    assert run_processes(close_in_a_process, [arguments] * 3) == [0, 0, 0]
    assert_closed_once(engine, busy)


def renew_in_a_process(url: str, subscription_id: int, at: datetime, start: Barrier) -> None:
    """Renew, as soon as the other is ready too; it ends with 0 when renewed, with 3 when it was renewed already."""
    engine = open_engine(url)
    with reading(engine) as session:
        session.get_one(Subscription, subscription_id)
    start.wait(60)
    try:
        with transaction(engine) as session:
            renew_subscription(session, subscription_id, 12, at=at)
    except Refusal as no:
        sys.exit(3 if no.code == "ALREADY_RENEWED" else 4)


def test_two_processes_that_renew_at_once_end_with_one_successor_and_one_invoice_s4(
    engine: Engine, seller: Seller
) -> None:
    with transaction(engine) as session:
        years = [
            sell_subscription(session, an_order(seller, a_client(session, f"Клиент {number}")), at=SOLD_AT)
            for number in range(2)
        ]
    for year in years:
        old, start = year.sale.subscription, PROCESSES.Barrier(2)
        arguments = (url_of(engine), old.id, noon(NOVEMBER), start)
        assert sorted(run_processes(renew_in_a_process, [arguments] * 2)) == [0, 3]
        with reading(engine) as session:
            [successor] = session.exec(select(Subscription).where(Subscription.predecessor_id == old.id))
            [invoice] = session.exec(select(Invoice).where(Invoice.subscription_id == successor.id))
            papers = session.exec(select(Paper.kind).where(Paper.client_id == old.client_id).order_by(Paper.kind)).all()
        assert (successor.starts_on, invoice.total) == (old.ends_on, successor.price)
        assert papers == ["contract", "contract", "invoice", "invoice"]
    assert_books_add_up(engine)


def test_threads_that_close_the_same_months_give_one_set_of_papers_e7(
    engine: Engine, seller: Seller, busy: list[Customer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(month_journeys, "CHUNK", 3)
    reports = together([lambda: close(engine, seller.id, OCTOBER)] * 4)
    assert sum(report.closed for report in reports) == 2 * CLIENTS
    assert_closed_once(engine, busy)


def together(acts: list[Callable[[], Any]]) -> list[Any]:
    """What each of the acts came to, all of them begun at once; what one raises is raised here."""
    start = threading.Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        start.wait(30)
        return act()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(run, acts))


def test_work_holds_and_sales_during_the_close_are_all_kept(
    engine: Engine, seller: Seller, busy: list[Customer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(month_journeys, "CHUNK", 4)
    with transaction(engine) as session:
        newcomers = [a_client(session, f"Новый {number}") for number in range(8)]
    at = moment("2026-10-01 12:00")

    def close_september() -> None:
        close(engine, seller.id, SEPTEMBER, at=at)

    def log_late() -> None:
        for customer in shuffled(busy, 1):
            for day in ("2026-09-15", "2026-10-01"):
                with transaction(engine) as session:
                    log(session, some_work(customer, f"{day} 10:00", 30), at=at)

    def hold() -> None:
        for customer in shuffled(busy, 2):
            with transaction(engine) as session:
                held(session, customer, "2026-10-01 12:00", 15)

    def sell() -> None:
        for newcomer in newcomers:
            with transaction(engine) as session:
                sell_subscription(session, an_order(seller, newcomer, starts_on=SEPTEMBER), at=at)

    def answer() -> None:
        for number in range(20):
            answers = [a_decision(one.id, at) for one in shuffled(busy, number)]
            with transaction(engine) as session:
                session.connection().execute(insert(StoredDecision), answers)

    def publish() -> None:
        for number in range(10):
            with transaction(engine) as session:
                a_plan(session, f"new-{number}")

    together([close_september, close_september, log_late, hold, sell, answer, publish])
    close(engine, seller.id, OCTOBER)
    with reading(engine) as session:
        told = session.exec(select(StatementLine.work_entry_id)).all()
        done = session.exec(select(WorkEntry.id)).all()
    assert len(done) == 3 * CLIENTS
    assert sorted(told) == sorted(done)
    assert_books_add_up(engine)


def shuffled(clients: list[Customer], seed: int) -> list[Customer]:
    """The clients in an order that is nobody else's."""
    return Random(seed).sample(clients, len(clients))


def a_decision(client_id: int, at: datetime) -> dict[str, Any]:
    """An answer of the desk, as its writer stores many of them at once."""
    said = {"asked_by": "desk", "decision": "allowed", "reason": "COVERED", "question": "{}", "answer": "{}"}
    key = {"id": str(uuid4()), "client_id": client_id, "state_version": 1, "ticket": ""}
    return {**key, **said, "asked_at": at, "evaluated_at": at}


def test_workers_at_one_queue_print_each_paper_once_p2(
    engine: Engine, seller: Seller, press: Press, tmp_path: Path
) -> None:
    queue_six(engine, seller)
    store, told = Store(f"file://{tmp_path}"), []

    def print_all() -> int:
        return print_papers(engine, store, press, clock=lambda: SOLD_AT, tell=lambda paper: told.append(paper.id))

    assert sum(together([print_all] * 2)) == 6
    assert sorted(told) == sorted(set(told))
    assert_kept(engine, store, tmp_path)


def test_papers_that_two_workers_print_are_kept_once_p2(
    engine: Engine, seller: Seller, press: Press, tmp_path: Path
) -> None:
    """The second worker's clock says that the first one has had its papers for too long."""
    queue_six(engine, seller)
    store, claimed = Store(f"file://{tmp_path}"), Event()

    def print_slowly() -> None:
        def clock() -> datetime:
            claimed.set()
            return SOLD_AT

        print_papers(engine, store, press, clock=clock, tell=lambda paper: None)

    def print_again() -> None:
        claimed.wait(30)
        print_papers(engine, store, press, clock=lambda: SOLD_AT + LEASE, tell=lambda paper: None)

    together([print_slowly, print_again])
    assert_kept(engine, store, tmp_path)


def queue_six(engine: Engine, seller: Seller) -> None:
    """Three sales, each with a contract and an invoice to print."""
    with transaction(engine) as session:
        for number in range(3):
            sell_subscription(session, an_order(seller, a_client(session, f"Клиент {number}")), at=SOLD_AT)


def assert_kept(engine: Engine, store: Store, folder: Path) -> None:
    """Each of the six papers is printed, and its bytes are in the store once."""
    with reading(engine) as session:
        papers = session.exec(select(Paper)).all()
    assert {paper.state for paper in papers} == {PaperState.RENDERED}
    assert len({paper.store_key for paper in papers}) == len(list(folder.rglob("*.pdf"))) == 6
    assert [len(store.get(str(paper.store_key))) for paper in papers] == [paper.size_bytes for paper in papers]


def test_callers_that_record_one_person_at_once_make_one_contact_that_speaks_once_d4(engine: Engine) -> None:
    with transaction(engine) as session:
        client_id = a_client(session, registrations=0).id

    def record() -> int:
        with transaction(engine) as session:
            return add_contact(session, client_id, "Анна Белова", at=SOLD_AT, emails=("anna@romashka.example",)).id

    assert len(set(together([record] * 8))) == 1
    with reading(engine) as session:
        assert session.exec(select(func.count()).select_from(ClientContact)).one() == 1
        assert session.exec(select(func.count()).select_from(ContactAddress)).one() == 1
