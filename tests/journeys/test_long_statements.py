"""A client with thousands of works a month: closed and printed within the limits, and nobody else waits for it (P5)."""

import re
from datetime import date
from pathlib import Path
from threading import Event

import psutil
import pytest
from sqlalchemy import Engine, func
from sqlmodel import Session, select

from api.database import reading, transaction
from api.printing import print_papers
from contracts.parties import Seller
from contracts.spreadsheet import Spreadsheet
from documents import archive
from documents.paper_kinds import PaperKind
from documents.papers import Paper
from documents.render import Press
from documents.store import Store
from entitlements.importing import import_work
from entitlements.work_file import read_work
from entitlements.work_mapping import WorkMapping
from tests.builders import MOSCOW, Customer, a_client, noon, worked
from tests.documents.reading import whole_text
from tests.documents.samples import act, statement
from tests.journeys.books import OCTOBER, SOLD_AT, assert_books_add_up, close, some_clients

WORKS = 5_000
MEMORY = 512 * 2**20
FEW_SECONDS = 30


class WaitingPress(Press):
    """A press on which a statement takes until everything else is told to be printed."""

    def __init__(self, others: int) -> None:
        super().__init__(children=2)
        self.others, self.all_told, self.told = others, Event(), []

    def render(self, kind: str, version: int, language: str, sheet_json: bytes, form_json: bytes = b"") -> bytes:
        if kind == PaperKind.STATEMENT and not self.all_told.wait(FEW_SECONDS):
            raise AssertionError(f"only {len(self.told)} of {self.others} others were printed meanwhile")
        return b"%PDF"

    def tell(self, paper: Paper) -> None:
        self.told.append(paper.kind)
        if len(self.told) == self.others:
            self.all_told.set()


def queue(session: Session, seller: Seller, customer: Customer, kind: PaperKind, number: int, sheet: object) -> None:
    archive.queue(session, kind, number, f"{number}", seller.id, customer.id, sheet, at=SOLD_AT)


def test_a_long_paper_keeps_no_other_waiting(engine: Engine, seller: Seller, tmp_path: Path) -> None:
    with transaction(engine) as session:
        customer = a_client(session)
        queue(session, seller, customer, PaperKind.STATEMENT, 1, statement(15))
        for number in range(20):
            queue(session, seller, customer, PaperKind.ACT, number, act(1))
    press = WaitingPress(others=20)
    store = Store(f"file://{tmp_path}")
    assert print_papers(engine, store, press, clock=lambda: SOLD_AT, tell=press.tell) == 21
    assert press.told == [PaperKind.ACT] * 20 + [PaperKind.STATEMENT]


def much_work(customer: Customer) -> Spreadsheet:
    """Five thousand works of October, as a service desk would hand them over."""
    heads = ("client", "id", "started at", "hours", "service", "ticket", "engineer", "summary")
    day = (f"2026-10-{1 + number % 31:02}T{9 + number % 8:02}:{number % 60:02}" for number in range(WORKS))
    works = [
        (f"{customer.id}", f"{number}", at, "0:20", "remote_work", f"SD-{number}", f"Инженер {number % 9}", "Закрытие")
        for number, at in enumerate(day)
    ]
    return Spreadsheet((heads, *works), "CSV")


@pytest.mark.long
def test_a_statement_of_5_000_works_is_closed_and_printed_within_the_limits_p5(
    engine: Engine, seller: Seller, tmp_path: Path
) -> None:
    with transaction(engine) as session:
        large, small = some_clients(session, seller, 2)
        read = read_work(much_work(large), WorkMapping({}, client_by="id"))
        assert import_work(session, read, time_zone=MOSCOW, at=noon(date(2026, 10, 31))).new == WORKS
        worked(session, small, "2026-10-12 10:00", 90)
    assert close(engine, seller.id, OCTOBER).parked == ()
    assert_books_add_up(engine)
    store, peaks = Store(f"file://{tmp_path}"), [0]
    with Press(2) as press:

        def tell(paper: Paper) -> None:
            peaks.extend(peak_bytes(child) for child in psutil.Process().children())

        print_papers(engine, store, press, clock=lambda: SOLD_AT, tell=tell)
    with reading(engine) as session:
        longest = session.exec(select(Paper).order_by(func.length(Paper.sheet).desc())).first()
    assert longest is not None
    text = whole_text(store.get(longest.store_key or ""))
    assert len(re.findall(r"\bSD-\d+", text)) == WORKS
    assert "Итого 1666:40 → " in text
    assert 0 < max(peaks) < MEMORY


def peak_bytes(child: psutil.Process) -> int:
    """The most memory that a process has had at once; nothing when it is gone."""
    try:
        status = Path(f"/proc/{child.pid}/status").read_text()
    except FileNotFoundError:
        return 0
    return 1024 * next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
