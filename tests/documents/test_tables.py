"""Tables as files: what is text stays text in every program, amounts and days are such (M1)."""

import csv
import io
import zipfile
from datetime import date

import pytest
from python_calamine import CalamineWorkbook

from contracts.money import Money
from documents.tables import FORMULAS, Table, as_csv, as_xlsx

ROWS = [("Ромашка, ООО", 12, date(2026, 10, 5), Money(3_381_600), None), ('a"b', 0, date(2027, 1, 1), Money(5), "x")]
TABLE = Table("Окончания", ("Клиент", "Число", "День", "Цена", "Пусто"), ROWS)


def test_csv_is_read_back_as_it_was() -> None:
    content = as_csv(TABLE)
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\r\n") == 3
    assert list(csv.reader(io.StringIO(content.decode("utf-8-sig")))) == [
        ["Клиент", "Число", "День", "Цена", "Пусто"],
        ["Ромашка, ООО", "12", "2026-10-05", "33816.00", ""],
        ['a"b', "0", "2027-01-01", "0.05", "x"],
    ]


def test_a_workbook_has_numbers_days_and_texts() -> None:
    (sheet,) = (book.get_sheet_by_index(0) for book in [CalamineWorkbook.from_filelike(io.BytesIO(as_xlsx(TABLE)))])
    assert sheet.name == "Окончания"
    assert sheet.to_python()[1:] == [
        ["Ромашка, ООО", 12, date(2026, 10, 5), 33816, ""],
        ['a"b', 0, date(2027, 1, 1), 0.05, "x"],
    ]


@pytest.mark.parametrize("start", FORMULAS)
def test_no_text_becomes_a_formula(start: str) -> None:
    evil = f'{start}HYPERLINK("http://example.org","x")'
    table = Table("x", ("Клиент",), [(evil,)])
    assert list(csv.reader(io.StringIO(as_csv(table).decode("utf-8-sig"), newline="")))[1] == [f"'{evil}"]
    with zipfile.ZipFile(io.BytesIO(as_xlsx(table))) as book:
        sheet = book.read("xl/worksheets/sheet1.xml")
        assert b"<f>" not in sheet
        assert b'<c r="A2" t="s">' in sheet
        assert b"HYPERLINK" in book.read("xl/sharedStrings.xml")


def test_an_empty_table_is_a_file_with_its_heads() -> None:
    empty = Table("x", ("Клиент", "День"), [])
    assert as_csv(empty).decode("utf-8-sig") == "Клиент,День\r\n"
    assert CalamineWorkbook.from_filelike(io.BytesIO(as_xlsx(empty))).get_sheet_by_index(0).to_python() == [
        ["Клиент", "День"]
    ]
