"""Tables out of the bytes of a file: any encoding, any delimiter, quotes, BOM, and workbooks."""

import io
from datetime import date, datetime, time, timedelta

import pytest
import xlsxwriter

from contracts.errors import Refusal
from contracts.spreadsheet import as_meant, harmless, read_spreadsheet

HEADS = ("Клиент", "Дата", "Часы", "Содержание")
ROW = ("ООО Ромашка", "31.01.2006", "2,5", "Настройка обмена, проверка; отчёты")
LONGER = "\n".join(
    f"ООО Ромашка\t31.01.2006\t2,5\tНастройка обмена между базами, проверка отчётов {n}" for n in range(9)
)


def workbook(*rows: tuple[object, ...], sheet: str = "Работы") -> bytes:
    """An XLSX file whose cells are typed as a spreadsheet program types them."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        page = book.add_worksheet(sheet)
        forms = {
            datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
            date: book.add_format({"num_format": "dd.mm.yyyy"}),
            time: book.add_format({"num_format": "hh:mm"}),
            timedelta: book.add_format({"num_format": "[h]:mm"}),
        }
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                page.write(number, place, cell, forms.get(type(cell)))
    return content.getvalue()


def lines(*rows: tuple[str, ...], delimiter: str = ",") -> str:
    return "\r\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in rows) + "\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251", "koi8-r", "cp866"])
def test_an_encoding_is_found_out(encoding: str) -> None:
    text = lines(HEADS, ROW) + LONGER.replace("\t", ",").replace("2,5", "2.5")
    table = read_spreadsheet(text.encode(encoding))
    assert table.rows[:2] == (HEADS, ROW)


@pytest.mark.parametrize("encoding", ["cp1251", "koi8-r", "utf-16-le"])
def test_an_encoding_can_be_given(encoding: str) -> None:
    table = read_spreadsheet(lines(HEADS, ROW).encode(encoding), encoding=encoding)
    assert table.rows == (HEADS, ROW)


@pytest.mark.parametrize(("delimiter", "name"), [(",", ","), (";", ";"), ("\t", "tab"), ("|", "|")])
def test_a_delimiter_is_found_out_or_given(delimiter: str, name: str) -> None:
    content = lines(HEADS, ROW, delimiter=delimiter).encode()
    assert read_spreadsheet(content).rows == (HEADS, ROW)
    assert read_spreadsheet(content, delimiter=name).rows == (HEADS, ROW)
    assert read_spreadsheet(content).form == f"CSV, utf-8, {name}"


def test_quotes_keep_delimiters_quotes_and_line_breaks_in_one_cell() -> None:
    table = read_spreadsheet(b'a,b\r\n"1, ""2""\nand 3",4\r\n')
    assert table.rows == (("a", "b"), ('1, "2"\nand 3', "4"))


def test_an_empty_line_keeps_its_place_so_that_rows_are_those_of_a_spreadsheet() -> None:
    assert read_spreadsheet(b"a,b\n\n1,2\n").rows == (("a", "b"), (), ("1", "2"))


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("Ромашка", "Ромашка"),
        ("7.0", "7.0"),
        (3824, "3824"),
        (7.0, "7"),
        (0.75, "0.75"),
        (16.25, "16.25"),
        (date(2006, 1, 3), "2006-01-03"),
        (datetime(2006, 1, 3, 9, 30), "2006-01-03T09:30:00"),  # noqa: DTZ001 - cells have no zone
        (time(2, 30), "02:30"),
        (timedelta(hours=26, minutes=15), "26:15"),
        (True, "true"),
    ],
)
def test_a_cell_of_a_workbook_is_what_a_person_would_type(cell: object, text: str) -> None:
    assert read_spreadsheet(workbook(("head",), (cell,))).rows == (("head",), (text,))


def test_rows_of_a_workbook_keep_their_numbers_when_the_first_are_empty() -> None:
    table = read_spreadsheet(workbook((), ("Клиент",), ("Ромашка",)))
    assert [any(row) for row in table.rows] == [False, True, True]


def test_a_sheet_is_chosen_by_its_name() -> None:
    content = workbook(("a",), sheet="Май")
    assert read_spreadsheet(content, sheet="Май").form == "XLSX, Май"
    with pytest.raises(Refusal, match="SHEET_UNKNOWN") as caught:
        read_spreadsheet(content, sheet="Июнь")
    assert caught.value.facts["allowed"] == ["Май"]


def test_other_sheets_that_hold_something_are_named_unless_one_was_chosen() -> None:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        for name, cell in (("Май", "a"), ("Июнь", "b"), ("Лист3", "")):
            book.add_worksheet(name).write(0, 0, cell)
    assert read_spreadsheet(content.getvalue()).other_sheets == ("Июнь",)
    assert read_spreadsheet(content.getvalue(), sheet="Май").other_sheets == ()


def test_what_is_merged_over_rows_is_said_of_each_of_them() -> None:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ["Клиент", "Номер", "Примечание"])
        page.merge_range(1, 0, 3, 0, "Ромашка")
        page.write_column(1, 1, ["1", "2", "3"])
        page.merge_range(4, 0, 4, 2, "Итого")
    assert read_spreadsheet(content.getvalue()).rows[1:] == (
        ("Ромашка", "1", ""),
        ("Ромашка", "2", ""),
        ("Ромашка", "3", ""),
        ("Итого", "", ""),
    )


def test_a_formula_counts_as_what_it_came_to_and_an_error_as_nothing() -> None:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        page = book.add_worksheet()
        page.write_formula(0, 0, '="Ромаш"&"ка"', None, "Ромашка")
        page.write_formula(0, 1, "=1/0", None, "#DIV/0!")
        page.write(0, 2, "!")
    assert read_spreadsheet(content.getvalue()).rows == (("Ромашка", "", "!"),)


def test_a_workbook_that_unpacks_to_too_much_is_refused_before_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("contracts.spreadsheet.MOST_UNPACKED_BYTES", 100)
    with pytest.raises(Refusal, match="FILE_TOO_LARGE"):
        read_spreadsheet(workbook(("Клиент",)))


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+7 495 1", "'+7 495 1"),
        ("-cmd|' /C calc'!A0", "'-cmd|' /C calc'!A0"),
        ("@SUM(1)", "'@SUM(1)"),
        ("\tx", "'\tx"),
        ("'=1", "''=1"),
        ("'Ромашка'", "'Ромашка'"),
        ("+74951234567", "+74951234567"),
        ("-5", "-5"),
        ("33816.00", "33816.00"),
        ("Ромашка", "Ромашка"),
        ("", ""),
    ],
)
def test_a_text_becomes_no_formula_and_is_read_back_as_it_was(text: str, cell: str) -> None:
    assert harmless(text) == cell
    assert as_meant(cell) == text


@pytest.mark.parametrize(
    ("content", "given", "code"),
    [
        (b'a,b\n"1,2\n', {}, "FILE_UNREADABLE"),
        (b'a,b\n"1"2,3\n', {}, "FILE_UNREADABLE"),
        (b"PK\x03\x04 not a workbook", {}, "FILE_UNREADABLE"),
        (b"\xd0\xcf\x11\xe0 not a workbook", {}, "FILE_UNREADABLE"),
        ("Часы".encode("cp1251"), {"encoding": "utf-8"}, "ENCODING_WRONG"),
        (b"a,b", {"encoding": "klingon"}, "ENCODING_WRONG"),
        (b"a,b", {"delimiter": "/"}, "DELIMITER_UNKNOWN"),
    ],
)
def test_what_cannot_be_read_is_refused(content: bytes, given: dict[str, str], code: str) -> None:
    with pytest.raises(Refusal, match=code):
        read_spreadsheet(content, **given)


def test_a_huge_file_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("contracts.spreadsheet.LONGEST_FILE_BYTES", 10)
    with pytest.raises(Refusal, match="FILE_TOO_LARGE"):
        read_spreadsheet(b"a,b,c,d,e,f")
