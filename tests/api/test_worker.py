"""The worker: whatever waits as a row is done once, by however many workers, and a worker that dies loses nothing."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from sqlmodel import func, select
from structlog.testing import capture_logs

from api import daily_findings, worker
from api.database import reading, transaction
from api.findings import Finding, State
from api.worker import close_what_waits, work
from api.worker_faults import WorkerFault, faults_that_last
from billing.month_queue import open_run
from billing.month_runs import MonthTask, TaskState
from documents.archive import LEASE
from documents.papers import Paper, PaperState
from entitlements.statements import Statement
from tests.api.conftest import Clock, settings_for
from tests.builders import Customer, a_client, a_plan, a_sale, a_seller, its_catalogue, moment

NOVEMBER = moment("2026-11-02 10:00")


def sold_in_september(engine: Engine, clients: int = 2) -> tuple[int, list[Customer]]:
    """A seller with so many clients that are served since September."""
    at = moment("2026-09-01 10:00")
    with transaction(engine) as session:
        its_catalogue(session)
        a_plan(session)
        seller = a_seller(session)
        customers = [a_client(session, f"Клиент {n}") for n in range(clients)]
        for customer in customers:
            a_sale(session, seller, customer, at=at)
        return seller.id, customers


def ask_to_close(engine: Engine, seller_id: int, *months: date) -> None:
    with transaction(engine) as session:
        for month in months:
            open_run(session, seller_id, month, at=NOVEMBER)


def statements(engine: Engine) -> list[tuple[int, date]]:
    with reading(engine) as session:
        rows = session.exec(select(Statement.client_id, Statement.month).order_by(Statement.client_id, Statement.month))
        return [(client_id, month) for client_id, month in rows]


def states(engine: Engine) -> dict[str, int]:
    with reading(engine) as session:
        return dict(session.exec(select(MonthTask.state, func.count()).group_by(MonthTask.state)).all())


def test_nothing_is_closed_that_nobody_asked_for(engine: Engine) -> None:
    sold_in_september(engine)
    close_what_waits(engine, Clock(NOVEMBER))
    assert statements(engine) == []


def test_what_was_asked_for_is_closed_with_every_open_month_before_it(engine: Engine) -> None:
    seller_id, customers = sold_in_september(engine)
    ask_to_close(engine, seller_id, date(2026, 10, 1))
    close_what_waits(engine, Clock(NOVEMBER))
    months = (date(2026, 9, 1), date(2026, 10, 1))
    assert statements(engine) == [(customer.id, month) for customer in customers for month in months]
    assert states(engine) == {TaskState.CLOSED: 4}


def test_two_workers_close_each_client_once(engine: Engine) -> None:
    seller_id, customers = sold_in_september(engine, clients=6)
    ask_to_close(engine, seller_id, date(2026, 9, 1))
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(lambda _: close_what_waits(engine, Clock(NOVEMBER)), range(2)))
    assert statements(engine) == [(customer.id, date(2026, 9, 1)) for customer in customers]


def test_a_month_that_may_not_be_closed_yet_waits_and_stops_nobody(engine: Engine) -> None:
    seller_id, _ = sold_in_september(engine)
    ask_to_close(engine, seller_id, date(2026, 9, 1))
    close_what_waits(engine, Clock(moment("2026-09-30 10:00")))
    assert statements(engine) == []
    close_what_waits(engine, Clock(NOVEMBER))
    assert len(statements(engine)) == 2


def test_a_worker_that_is_told_to_stop_does_not_begin(engine: Engine, tmp_path: Path) -> None:
    seller_id, _ = sold_in_september(engine)
    ask_to_close(engine, seller_id, date(2026, 9, 1))
    stop = Event()
    stop.set()
    work(engine, settings_for(engine, tmp_path), stop, clock=Clock(NOVEMBER))
    assert statements(engine) == []


def test_a_worker_outlives_a_database_that_goes_away(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seller_id, _ = sold_in_september(engine)
    ask_to_close(engine, seller_id, date(2026, 9, 1))
    stop, tries = Event(), []

    def closing(engine: Engine, clock: Clock, verify_at: str) -> None:
        tries.append(1)
        if len(tries) == 1:
            raise OperationalError("SELECT 1", None, ConnectionError("gone"))
        close_what_waits(engine, clock, verify_at)
        stop.set()

    monkeypatch.setattr(worker, "close_what_waits", closing)
    monkeypatch.setattr(worker, "EVERY_SECONDS", 0.01)
    monkeypatch.setattr(worker, "_papers_wait", lambda engine: False)
    work(engine, settings_for(engine, tmp_path), stop, clock=Clock(NOVEMBER))
    assert len(tries) == 2
    assert len(statements(engine)) == 2


def test_papers_that_wait_are_printed_and_put_into_the_store(sqlite_engine: Engine, tmp_path: Path) -> None:
    seller_id, _ = sold_in_september(sqlite_engine, clients=1)
    ask_to_close(sqlite_engine, seller_id, date(2026, 9, 1))
    work(sqlite_engine, settings_for(sqlite_engine, tmp_path), Event(), once=True, clock=Clock(NOVEMBER))
    with reading(sqlite_engine) as session:
        papers = session.exec(select(Paper)).all()
    assert papers
    for paper in papers:
        assert paper.state is PaperState.RENDERED
        assert (tmp_path / "papers" / (paper.store_key or "")).read_bytes().startswith(b"%PDF")


def test_a_store_that_takes_nothing_keeps_papers_waiting_and_the_worker_alive(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    seller_id, _ = sold_in_september(sqlite_engine, clients=1)
    ask_to_close(sqlite_engine, seller_id, date(2026, 9, 1))
    clock, settings = Clock(NOVEMBER), settings_for(sqlite_engine, tmp_path)
    (tmp_path / "papers").mkdir()
    in_the_way = tmp_path / "papers" / "statement"
    in_the_way.write_text("where the folder of the statements should be")
    work(sqlite_engine, settings, Event(), once=True, clock=clock)
    assert paper_states(sqlite_engine) == {PaperState.QUEUED: 1}
    in_the_way.unlink()
    clock.forward(seconds=LEASE.total_seconds())
    work(sqlite_engine, settings, Event(), once=True, clock=clock)
    assert paper_states(sqlite_engine) == {PaperState.RENDERED: 1}


def paper_states(engine: Engine) -> dict[str, int]:
    with reading(engine) as session:
        return dict(session.exec(select(Paper.state, func.count()).group_by(Paper.state)).all())


def test_a_fault_in_one_duty_keeps_no_other_waiting(
    sqlite_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seller_id, _ = sold_in_september(sqlite_engine)
    ask_to_close(sqlite_engine, seller_id, date(2026, 9, 1))

    def fault(*_: object) -> None:
        raise RuntimeError("a mistake of ours")

    monkeypatch.setattr(worker, "notify", fault)
    with capture_logs() as logs:
        work(sqlite_engine, settings_for(sqlite_engine, tmp_path), Event(), once=True, clock=Clock(NOVEMBER))
    assert states(sqlite_engine) == {"closed": 2}
    with reading(sqlite_engine) as session:
        assert set(session.exec(select(Paper.state))) == {PaperState.RENDERED}
    assert [one["duty"] for one in logs if one["event"] == "worker fault"] == ["webhooks"]


def test_a_fault_is_kept_for_the_doctor_until_the_duty_is_done_again(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, clock = settings_for(engine, tmp_path), Clock(NOVEMBER)
    mended = worker.notify

    def fault(*_: object) -> None:
        raise RuntimeError("a secret of somebody's")

    monkeypatch.setattr(worker, "notify", fault)
    for _ in range(2):
        work(engine, settings, Event(), once=True, clock=clock)
    assert finding(engine).state is State.BROKEN
    assert "webhooks, 2026-11-02 07:00 UTC, RuntimeError, test_worker.py:" in finding(engine).what.en
    assert "secret" not in finding(engine).what.en
    monkeypatch.setattr(worker, "notify", mended)
    work(engine, settings, Event(), once=True, clock=clock)
    assert finding(engine).state is State.OK
    with reading(engine) as session:
        (kept,) = session.exec(select(WorkerFault)).all()
    assert (kept.duty, kept.happened_at, kept.passed_at) == ("webhooks", NOVEMBER, NOVEMBER)


def finding(engine: Engine) -> Finding:
    """What the doctor says of the worker."""
    with reading(engine) as session:
        return daily_findings.worker(faults_that_last(session))
