"""The statement carries its data as JSON and as CSV, and they say what is printed and what was stored (P5)."""

import csv
import hashlib
import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import msgspec
import pypdf
import pytest
from sqlmodel import select

from contracts.money import Money
from documents.entry_lines import DifferenceKind, DifferenceSheet, PaidFrom
from documents.paper_kinds import PaperKind
from documents.render import Press
from documents.statement import StatementSheet
from documents.statement_data import difference_in_words, statement_csv
from documents.words import Language, price
from entitlements.hours_facts import Charge
from entitlements.statements import StatementLine
from tests.documents import samples
from tests.documents.market import Market
from tests.documents.reading import whole_text


def reader_of(pdf: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(pdf))


def inside(pdf: bytes, name: str) -> bytes:
    [content] = reader_of(pdf).attachments[name]
    return content


def parts_of(content: bytes, separator: str = ";") -> list[list[list[str]]]:
    """The three tables of the CSV, each as rows of cells."""
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=separator))
    first, second = (number for number, row in enumerate(rows) if not row)
    return [rows[:first], rows[first + 1 : second], rows[second + 1 :]]


def records(table: list[list[str]]) -> list[dict[str, str]]:
    head, *rows = table
    return [dict(zip(head, row, strict=True)) for row in rows]


def test_the_files_inside_add_up_to_what_is_printed_and_stored_p5(market: Market, press: Press) -> None:
    market.sell()
    market.work("2026-10-05 10:00", 90, ticket="SD-1")
    market.work("2026-10-06 10:00", 20, charge=Charge.PAID, ticket="SD-2")
    statement = market.close().statement
    paper = market.paper(PaperKind.STATEMENT, statement.id)
    pdf = press.render("statement", 1, "ru", paper.sheet.encode())
    sheet = msgspec.json.decode(inside(pdf, "statement.json"), type=StatementSheet)
    _, *tables = parts_of(inside(pdf, "statement.csv"))
    pools, entries = map(records, tables)
    query = select(StatementLine).where(StatementLine.statement_id == statement.id).order_by(StatementLine.position)
    lines = market.session.exec(query).all()
    *told, total = entries
    assert [int(one["Учтено, мин"]) for one in told] == [line.billed_minutes for line in lines]
    assert [one.billed_minutes for one in sheet.entries] == [line.billed_minutes for line in lines]
    assert [int(one["Включённые в план"]) for one in told] == [line.included_minutes for line in lines]
    assert [one["Сумма"] for one in told] == [str(Money(line.amount_minor)).replace(".", ",") for line in lines]
    assert sum(line.amount_minor for line in lines) == statement.total_minor == sheet.total.minor
    assert total["Сумма"] == str(sheet.total).replace(".", ",")
    assert int(pools[-1]["На конец"]) == statement.closing_minutes
    assert price(sheet.total, Language.RU).replace("\u00a0", " ") in whole_text(pdf)
    assert inside(pdf, "statement.json") == paper.sheet.encode()
    assert hashlib.sha256(inside(pdf, "statement.json")).hexdigest() in whole_text(pdf)


def test_each_file_is_named_once_with_how_it_stands_to_the_page_p5(render: Callable[..., bytes]) -> None:
    pdf = render("statement", samples.statement(4))
    root: Any = reader_of(pdf).trailer["/Root"]
    files = [one.get_object() for one in root["/AF"]]
    told = [
        (one["/UF"], one["/AFRelationship"], one["/EF"]["/F"]["/Subtype"], one["/EF"]["/F"]["/Params"]["/ModDate"])
        for one in files
    ]
    assert told == [
        ("statement.csv", "/Alternative", "/text/csv", "D:20261101000000Z"),
        ("statement.json", "/Data", "/application/json", "D:20261101000000Z"),
    ]
    assert list(root["/Names"]["/EmbeddedFiles"]["/Names"][::2]) == ["statement.csv", "statement.json"]
    assert [reference.idnum for reference in root["/AF"]] == sorted({reference.idnum for reference in root["/AF"]})


def test_papers_without_data_of_their_own_name_no_files(render: Callable[..., bytes]) -> None:
    assert "/AF" not in reader_of(render("act", samples.act())).trailer["/Root"]


@pytest.mark.parametrize(
    ("language", "separator", "rate", "why"),
    [(Language.RU, ";", "2700,00", "минимум 1 ч"), (Language.EN, ",", "2700.00", "minimum 1 h")],
)
def test_a_spreadsheet_of_the_language_reads_it(language: Language, separator: str, rate: str, why: str) -> None:
    about, pools, entries = parts_of(
        statement_csv(
            samples.statement(4),
            language,
        ),
        separator,
    )
    assert about[0][1:] == ["ОЧ-2026/311"]
    assert [len({len(row) for row in table}) for table in (pools, entries)] == [1, 1]
    *_, last, total = entries
    assert (last[12], last[11].replace("\u00a0", " ")) == (rate, why)
    assert [int(minutes) for minutes in total[15:]] == [60, 0, 0, 60, 0, 15, 15, 0, 0]


def test_parties_abroad_are_numbered_as_in_their_countries_p1() -> None:
    sheet = replace(samples.statement(), seller=samples.BERLIN, client=samples.ALMATY)
    about, *_ = parts_of(statement_csv(sheet, Language.RU))
    assert [row[0] for row in about if row[-1] in (samples.BERLIN.inn, samples.ALMATY.inn)] == ["USt-IdNr.", "БИН"]


@pytest.mark.parametrize("title", ["=1+1", "+7 495", "-5", "@SUM(A1)", "\tтаб", '=HYPERLINK("http://x";"y")'])
def test_a_clients_text_is_never_a_formula_p7(title: str) -> None:
    entries = samples.entries(4)
    sheet = replace(samples.statement(4), entries=(replace(entries[0], title=title), *entries[1:]))
    assert parts_of(statement_csv(sheet, Language.RU))[2][1][3] == f"'{title}"


def test_each_difference_has_its_words_in_both_languages_h3() -> None:
    told = {
        difference_in_words(DifferenceSheet(kind, 60, 150), language)
        for kind in DifferenceKind
        for language in Language
    }
    assert len(told) == 2 * len(DifferenceKind)
    assert difference_in_words(DifferenceSheet(DifferenceKind.DAY_OFF, percent=150), Language.RU).endswith("×1,5")


def test_each_source_has_a_column() -> None:
    for language, separator in ((Language.RU, ";"), (Language.EN, ",")):
        _, _, entries = parts_of(statement_csv(samples.statement(1), language), separator)
        assert len(entries[0]) == 15 + len(PaidFrom)
