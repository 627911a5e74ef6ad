"""A book that two people import at once is one book, and a process killed in its middle leaves nothing."""

from multiprocessing.synchronize import Barrier
from pathlib import Path
from signal import SIGKILL

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from api.book import ImportedBook, import_book, read_book_file
from api.database import open_engine, transaction
from contracts.parties import Seller
from contracts.subscriptions import Subscription
from entitlements.book_mapping import BookMapping
from tests.api.test_book import AT, a_row, lines
from tests.builders import an_inn, at_once
from tests.databases import shortly_on
from tests.journeys.books import assert_books_add_up, contents
from tests.journeys.faults import PROCESSES, Faults, Point, copy_of, run_processes, url_of

INNS = [an_inn() for _ in range(30)]


def a_book() -> bytes:
    return lines(
        *(
            a_row(client=f"Клиент {number}", inn=inn, registration=f"9{number}", contract=f"К-{number}", phone="")
            for number, inn in enumerate(INNS)
        )
    )


def take_over(session: Session) -> ImportedBook:
    seller = session.exec(select(Seller)).one()
    return import_book(session, read_book_file(a_book(), BookMapping()), seller, at=AT)


def take_over_in_a_process(url: str, start: Barrier) -> None:
    engine = open_engine(url)
    start.wait(60)
    with transaction(engine) as session:
        assert take_over(session).faults == ()


def test_threads_that_import_the_same_file_at_once_end_with_one_book(engine: Engine, seller: Seller) -> None:
    done = at_once(engine, *[take_over] * 3)
    assert sorted(one.kinds["subscriptions"].new for one in done) == [0, 0, len(INNS)]
    assert [one.faults for one in done] == [(), (), ()]
    assert_one_book(engine)


def test_processes_that_import_the_same_file_at_once_end_with_one_book(engine: Engine, seller: Seller) -> None:
    start = PROCESSES.Barrier(2)
    assert run_processes(take_over_in_a_process, [(url_of(engine), start)] * 2) == [0, 0]
    assert_one_book(engine)


def assert_one_book(engine: Engine) -> None:
    with Session(engine) as session:
        assert len(session.exec(select(Subscription)).all()) == len(INNS)
    assert_books_add_up(engine)


def take_over_under(url: str, strike: Point) -> None:
    """Import in a process that does not live to see the end."""
    engine = open_engine(url)
    with Faults(strike).watching(engine), transaction(engine) as session:
        take_over(session)


@shortly_on("sqlite")
def test_an_import_killed_at_any_kind_of_point_leaves_nothing_or_all(
    engine: Engine, seller: Seller, tmp_path: Path
) -> None:
    before = contents(engine)
    with copy_of(engine, tmp_path) as undisturbed:
        with Faults().watching(undisturbed) as faults, transaction(undisturbed) as session:
            take_over(session)
        expected = contents(undisturbed)
    points = [point for point in faults.middle_points() if "SAVEPOINT" not in point.name]
    assert {"before INSERT client", "before INSERT grant", "before INSERT coverage"} <= {point.name for point in points}
    for point in points:
        with copy_of(engine, tmp_path) as crashed:
            assert run_processes(take_over_under, [(url_of(crashed), point)]) == [-SIGKILL], point
            assert contents(crashed) == (expected if point.name.startswith("after COMMIT") else before), point
            with transaction(crashed) as session:
                take_over(session)
            assert contents(crashed) == expected, point


@pytest.mark.long
def test_ten_thousand_rows_are_taken_over(engine: Engine, seller: Seller) -> None:
    rows = [
        a_row(client=f"К {number}", inn=an_inn(), registration=f"7{number:07}", contract=f"Д-{number}", phone="")
        for number in range(10_000)
    ]
    with transaction(engine) as session:
        own = session.get_one(Seller, seller.id)
        done = import_book(session, read_book_file(lines(*rows), BookMapping()), own, at=AT)
    assert (done.faults, done.kinds["subscriptions"].new) == ((), 10_000)
