"""A file of the register's answers is read strictly, and what is wrong is told row by row (S8)."""

import json
from datetime import date
from typing import Any

import pytest

from api.register_file import RegisterFile, read_register_file
from contracts.errors import Refusal
from contracts.register import Held, HeldPeriod, Partner, Unanswered
from tests.vendor_register import SPOILT, Asked, holding, period

YEAR = HeldPeriod("prof-12", date(2026, 4, 1), date(2027, 4, 1), Partner.OWN)
NEXT = HeldPeriod("prof-12", date(2027, 4, 1), None, Partner.OWN)
ANSWERS = {
    "800000001": Held((YEAR, NEXT)),
    "800000002": Held((HeldPeriod(None, None, None),)),
    "800000003": Held(()),
}
TABLE = """Registration number;Code;Starts on;Last day;Partner
800000001;prof-12;01.04.2026;31.03.2027;own
800000001;prof-12;2027-04-01;;own
;;;;
800000002;;;;
800000003;none;;;
"""
JSON = {
    "answers": [
        {
            "number": "800000001",
            "held": [holding("prof-12", period("2026-04-01", "2027-04-01"), period("2027-04-01", None))],
        },
        {"number": "800000002", "held": [holding(None, None, by_another_partner=None)]},
        {"number": "800000003", "held": []},
    ]
}


def read(text: str, encoding: str = "utf-8") -> RegisterFile:
    return read_register_file(text.encode(encoding))


def read_json(document: Any) -> RegisterFile:
    return read(json.dumps(document))


def faults(file: RegisterFile) -> list[tuple[int, str, str, str]]:
    return [(fault.row, fault.column, fault.value, fault.refusal.code) for fault in file.faults]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (TABLE, "utf-8"),
        (TABLE, "utf-8-sig"),
        (TABLE, "utf-16"),
        (TABLE.replace(";", ","), "utf-8"),
        (TABLE.replace(";", "\t"), "utf-8"),
        (TABLE.replace("\n", "\r\n"), "utf-8"),
        (
            TABLE.replace(
                "Registration number;Code;Starts on;Last day;Partner", "Рег. номер;Код;Начало;Окончание;Партнёр"
            )
            .replace("own", "наш")
            .replace("none", "Нет"),
            "cp1251",
        ),
        (
            "ends_at,starts_at,number,code,partner\n"
            "2027-03-31T21:00:00Z,2026-03-31T21:00:00Z,800000001,prof-12,OWN\n"
            ",2027-04-01T00:00:00+03:00,800000001,prof-12,own\n"
            ",,800000002,,\n,,800000003,none,\n",
            "utf-8",
        ),
        (json.dumps(JSON), "utf-8"),
        (json.dumps(JSON, indent=2), "utf-8-sig"),
    ],
)
def test_a_table_and_json_say_the_same_in_every_writing_s8(text: str, encoding: str) -> None:
    file = read(text, encoding)
    assert file.faults == ()
    assert file.answers == ANSWERS


def test_a_table_of_a_spreadsheet_program_is_read_too_s8(tmp_path: Any) -> None:
    import xlsxwriter

    book = xlsxwriter.Workbook(tmp_path / "answers.xlsx")
    sheet = book.add_worksheet()
    day = book.add_format({"num_format": "dd.mm.yyyy"})
    sheet.write_row(0, 0, ["Рег. номер", "Код", "Начало", "Окончание", "Партнёр"])
    sheet.write_row(1, 0, [800000001, "prof-12"])
    sheet.write_datetime(1, 2, date(2026, 4, 1), day)
    sheet.write_datetime(1, 3, date(2027, 3, 31), day)
    sheet.write(1, 4, "own")
    book.close()
    file = read_register_file((tmp_path / "answers.xlsx").read_bytes())
    assert (file.answers, file.faults) == ({"800000001": Held((YEAR,))}, ())


def test_a_number_that_the_file_does_not_name_has_no_answer_d11() -> None:
    (answers,) = read(TABLE).ask(["800000003", "800000009"])
    assert answers == {"800000003": Held(()), "800000009": Unanswered.LEFT_OUT}


def test_a_file_is_known_again_by_its_bytes_s8() -> None:
    assert read(TABLE).source == read(TABLE).source
    assert read(TABLE).source != read(TABLE + "\n").source


HEAD = "number;code;starts_on;last_day;partner\n"


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (";prof-12;;;", ("number", "", "VALUE_REQUIRED")),
        ("8" * 41 + ";;;;", ("number", "8" * 41, "TEXT_WRONG")),
        (f"8;{'x' * 61};;;", ("code", "x" * 61, "TEXT_WRONG")),
        ("8;prof-12;2026-02-30;;", ("starts_on", "2026-02-30", "DAY_UNREADABLE")),
        ("8;prof-12;1.4.2026;;", ("starts_on", "1.4.2026", "DAY_UNREADABLE")),
        ("8;prof-12;2026-03-31T21:00:00Z;;", ("starts_on", "2026-03-31T21:00:00Z", "DAY_UNREADABLE")),
        ("8;prof-12;;null;", ("last_day", "null", "DAY_UNREADABLE")),
        ("8;prof-12;2026-04-02;2026-04-01;", ("last_day", "2026-04-02", "TERM_EMPTY")),
        ("8;prof-12;;;ours", ("partner", "ours", "PARTNER_UNKNOWN")),
        ("8;prof-12;;;other;more", ("", "more", "CELLS_EXTRA")),
        ("8;none;2026-04-01;;", ("starts_on", "2026-04-01", "REGISTER_ROW_WRONG")),
        ("8;none;;;own", ("partner", "own", "REGISTER_ROW_WRONG")),
        ("7;PROF-12;2026-04-01;2027-03-31;own\n7;none;;;", ("number", "7", "REGISTER_ROW_WRONG")),
        ("7;none;;;\n7;PROF-12;;;own", ("number", "7", "REGISTER_ROW_WRONG")),
        ("7;;;;\n7;;;;", ("number", "7", "REGISTER_ROW_WRONG")),
    ],
)
def test_each_row_that_is_wrong_is_named_with_its_column_and_value_s8(row: str, fault: tuple[str, str, str]) -> None:
    file = read(f"{HEAD}1;prof-12;2026-04-01;2027-03-31;own\n{row}\n")
    last = len(row.splitlines()) + 2
    assert faults(file) == [(last, *fault)]
    assert file.faults[0].refusal.field != "worked_on"
    assert file.answers["1"] == Held((YEAR,))


@pytest.mark.parametrize(
    ("starts_at", "code"),
    [
        ("2026-04-01T00:00:00Z", "NOT_MIDNIGHT"),
        ("2026-03-31T21:00:00", "NOT_MIDNIGHT"),  # of no zone
        ("2026-04-01", "MOMENT_UNREADABLE"),
        ("1774990800", "MOMENT_UNREADABLE"),
    ],
)
def test_an_instant_in_a_table_is_a_midnight_in_moscow_s8(starts_at: str, code: str) -> None:
    file = read(f"number,code,starts_at,ends_at\n8,prof-12,{starts_at},\n")
    assert faults(file) == [(2, "starts_at", starts_at, code)]


def test_every_fault_of_a_file_is_told_at_once_s8() -> None:
    file = read(f"{HEAD};;1;2;x\n8;none;1;;\n8;;;;\n")
    assert [fault[:2] for fault in faults(file)] == [
        *[(2, "number"), (2, "starts_on"), (2, "last_day"), (2, "partner")],
        (3, "starts_on"),
    ]


@pytest.mark.parametrize(
    ("head", "value"),
    [
        ("number;code;starts_on;lastday;partner", "lastday"),
        ("number;code;starts_on;last_day;client", "client"),
        ("number;code;starts_on;last_day;number", "number"),
        ("number;code;starts_on;last_day;", ""),
        ("code;starts_on;last_day", "number"),
        ("number;starts_on;last_day", "code"),
        ("number;code;last_day", "starts_on / starts_at"),
        ("number;code;starts_on;starts_at;last_day", "starts_on / starts_at"),
        ("number;code;starts_on", "last_day / ends_at"),
    ],
)
def test_a_head_that_is_not_known_is_refused_so_that_no_value_gets_lost_s8(head: str, value: str) -> None:
    with pytest.raises(Refusal, match="REGISTER_COLUMNS_WRONG") as refused:
        read(f"{head}\n8;prof-12;;;x\n")
    assert refused.value.facts["value"] == value
    assert "registration number" in refused.value.facts["allowed"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "FILE_EMPTY"),
        (b"\n;;\n", "FILE_EMPTY"),
        (HEAD.encode(), "FILE_EMPTY"),
        (b'{"answers": []}', "FILE_EMPTY"),
        (b'{"answers": {}}', "FILE_EMPTY"),
        (b'{"answer": []}', "FILE_EMPTY"),
        (b'{"answers": [], "more": 1}', "FILE_EMPTY"),
        (b"[]", "FILE_EMPTY"),
        (b'{"answers": [', "FILE_UNREADABLE"),
        (b'{"answers": NaN}', "FILE_UNREADABLE"),
        (b'{"answers": [], "answers": []}', "FILE_UNREADABLE"),
        (b'number;code;starts_on;last_day\n8;"prof', "FILE_UNREADABLE"),
        (b" " * (64 * 2**20 + 1), "FILE_TOO_LARGE"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_file_that_is_none_is_refused_as_a_whole_s8(content: bytes, code: str) -> None:
    with pytest.raises(Refusal, match=code) as refused:
        read_register_file(content)
    assert refused.value.field == "file"


@pytest.mark.parametrize("name", SPOILT)
def test_an_entry_that_the_register_must_not_send_is_no_row_of_a_file_s8(name: str) -> None:
    """JSON is read as strictly from a file as over HTTP."""
    asked = Asked(["800000001", "800000002"], {}, "", {})
    body = json.loads(SPOILT[name](asked).partition(b"\r\n\r\n")[2])
    file = read_json(body)
    assert [fault.row for fault in file.faults] == [1]
    assert file.faults[0].column.startswith("held")
    assert file.answers == {"800000002": Held(())}


def test_a_number_that_comes_twice_in_json_names_the_first_s8() -> None:
    file = read_json({"answers": [JSON["answers"][0], JSON["answers"][0]]})
    assert faults(file) == [(2, "number", "800000001", "REGISTER_ROW_WRONG")]
    assert file.faults[0].refusal.facts == {"first_row": 1}
