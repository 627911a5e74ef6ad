"""`make bench`: speed and memory as ratios, each measured side by side in one run; only ratios compare machines."""

import argparse
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from sqlalchemy import Engine

from api.database import open_engine
from tests.benchmarks import bench_check, bench_desk, bench_month, bench_papers, bench_writes
from tests.benchmarks.book import Book, fill
from tests.benchmarks.years import fill_years
from tests.databases import PostgresServer

SMALL, MIDDLE, LARGE, MILLION = 1_000, 10_000, 100_000, 1_000_000
YEARS = 5
console = Console()


def main() -> None:
    """Measure everything on both databases; `--clients` makes the large book smaller for a quick look."""
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("--clients", type=int, default=LARGE, help="clients in the large book")
    wanted.add_argument(
        "--million", action="store_true", help="a check at a million clients too; filling takes minutes"
    )
    wanted.add_argument("--only", choices=("sqlite", "postgresql", "papers"), help="measure one part")
    chosen = wanted.parse_args()
    if chosen.only in (None, "papers"):
        bench_papers.run()
    for database in ("sqlite", "postgresql"):
        if chosen.only in (None, database):
            _measure(database, chosen.clients)
            _grow(database, [MIDDLE, MILLION] if chosen.million else [MIDDLE])
            _age(database)


def _measure(database: str, clients: int) -> None:
    console.print(f"{database}: {SMALL} and {clients} clients, each with 3 subscriptions and 50 work entries")
    with _book(database, SMALL) as small, _book(database, clients) as large:
        check = bench_check.against_bare(large)
        console.print(f"  check over HTTP: {check.answers:.2f} x a bare endpoint ({check.a_second:.0f} a second)")
        console.print(f"  check over HTTP: {check.p99:.2f} x the p99 of a bare endpoint")
        console.print(f"  batch of 100: {bench_check.batch(large):.1f} x one check")
        console.print(f"  two server processes: {bench_check.two_servers(large):.2f} x one")
        console.print(f"  check, {clients} clients: {bench_check.growth(small, large):.2f} x its time at {SMALL}")
        console.print(f"  hold: {bench_writes.holds(large):.2f} x the same rows by raw SQL")
        console.print(f"  work entry: {bench_writes.entries(large):.2f} x the same rows by raw SQL")
        for page, took in bench_desk.pages(large).items():
            console.print(f"  desk, {page}: {took.p50:.0f} ms, {took.p95:.0f} ms at most for 95 of 100")
        few, many = bench_month.milliseconds_a_client(small), bench_month.milliseconds_a_client(large)
        console.print(f"  month close: {many:.2f} ms a client, {many / few:.2f} x its time at {SMALL}")


def _grow(database: str, sizes: list[int]) -> None:
    with _book(database, SMALL) as small:
        for clients in sizes:
            with _book(database, clients) as large:
                console.print(
                    f"  check, {clients} clients: {bench_check.growth(small, large):.2f} x its time at {SMALL}"
                )


def _age(database: str) -> None:
    with _book(database, 0, fill_years) as young, _book(database, YEARS, fill_years) as old:
        console.print(f"  check, {YEARS} years of data: {bench_check.growth(young, old):.2f} x its time without any")


@contextmanager
def _book(database: str, size: int, fill: Callable[[Engine, int], Book] = fill) -> Iterator[Book]:
    """A database of its own, filled to a size, gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        server = PostgresServer(durable=True) if database == "postgresql" else None
        engine = open_engine(server.url if server is not None else f"sqlite:///{Path(folder) / 'book.db'}")
        try:
            with console.status(f"filling {database}"):
                book = fill(engine, size)
            yield book
        finally:
            engine.dispose()
            if server is not None:
                server.remove()


if __name__ == "__main__":
    main()
