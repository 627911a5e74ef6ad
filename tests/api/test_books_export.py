"""A month for an accounting program as one file: over HTTP, by a command, and the same bytes twice."""

import csv
import io
from datetime import date
from pathlib import Path
from xml.etree import ElementTree
from zipfile import ZipFile

from sqlalchemy import Engine

from api.books_export import books_zip
from api.database import transaction
from tests.api.conftest import House
from tests.api.test_cli import done, installed, opened
from tests.builders import closed, worked

NAMES = ["counterparties", "contracts", "items", "invoices", "invoice_lines", "acts", "act_lines", "credit_notes"]
NAMES += ["credit_note_lines", "journal", "totals"]


def test_the_set_holds_the_same_in_csv_and_xml_and_twice_is_the_same_bytes(house: House) -> None:
    with transaction(house.engine) as session:
        worked(session, house.own, "2026-10-05 09:00", 150)
        closed(session, house.seller, house.own, date(2026, 10, 1))
    answer = house.get("accountant", f"/v1/accounting/2026-10.zip?seller_id={house.seller.id}")
    assert 'filename="books-2026-10.zip"' in answer.headers["content-disposition"]
    steps: list[tuple[int, int]] = []
    again = books_zip(house.engine, house.seller.id, date(2026, 10, 1), tell=lambda _, *step: steps.append(step))
    assert b"".join(again) == answer.content
    assert steps[-1] == (12, 12)
    with ZipFile(io.BytesIO(answer.content)) as packed:
        assert packed.namelist() == [*(f"{name}.csv" for name in NAMES), "books.xml"]
        books = ElementTree.fromstring(packed.read("books.xml"))
        assert [one.tag for one in books] == NAMES
        for kind in books:
            rows = list(csv.DictReader(io.StringIO(packed.read(f"{kind.tag}.csv").decode())))
            assert [{name: row[name] for name in row if row[name]} for row in rows] == [
                {name: value for name, value in one.attrib.items() if value} for one in kind
            ]
    assert len(books.find("counterparties")) == 2
    assert len(books.find("acts")) == 1


def test_the_books_are_for_who_keeps_them(house: House) -> None:
    assert house.get("sales", "/v1/accounting/2026-10.zip?seller_id=1").json()["code"] == "ROLE_NOT_ALLOWED"
    assert house.get("accountant", "/v1/accounting/2026-10.zip?seller_id=999").json()["code"] == "SELLER_UNKNOWN"


def test_a_command_writes_the_books_and_no_file_twice(engine: Engine, tmp_path: Path) -> None:
    with installed(engine, tmp_path) as run:
        opened(run)
        assert "Выгружено: books.zip" in done(run("export-books", "2026-09", "books.zip"))
        with ZipFile(tmp_path / "books.zip") as packed:
            assert packed.testzip() is None
        again = run("export-books", "2026-09", "books.zip")
        assert (again.exit_code, "books.zip" in again.stderr) == (2, True)
        assert [file.name for file in tmp_path.glob("books*")] == ["books.zip"]
