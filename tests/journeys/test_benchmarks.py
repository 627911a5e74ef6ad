"""What `make bench` measures gives answers: its books hold together, and its parts run through on small ones."""

import pytest
from sqlalchemy import Engine

from tests.benchmarks import bench_check, bench_desk, bench_month, bench_writes
from tests.benchmarks.book import fill
from tests.benchmarks.years import fill_years

CLIENTS = 40


def test_checks_writes_pages_and_months_of_a_copied_book(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    for part, short in ((bench_check, {"ROUNDS": 1, "SECONDS": 0.05}), (bench_writes, {"ROUNDS": 1, "EACH": 2})):
        for name, value in short.items():
            monkeypatch.setattr(part, name, value)
    monkeypatch.setattr(bench_desk, "PRESSES", 3)
    book = fill(engine, CLIENTS)
    assert bench_check.against_bare(book).a_second > 0
    assert bench_check.batch(book) > 0
    assert bench_writes.holds(book) > 0
    assert bench_writes.entries(book) > 0
    assert len(bench_desk.pages(book)) == 4
    assert bench_month.milliseconds_a_client(book, CLIENTS) > 0


def test_checks_of_two_servers_on_a_book_of_years(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_check, "ROUNDS", 1)
    monkeypatch.setattr(bench_check, "SECONDS", 0.05)
    book = fill_years(engine, 1)
    assert bench_check.growth(book, book) > 0
