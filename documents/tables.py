"""Tables as files: CSV for programs, XLSX for people. What is text stays text, whatever it begins with."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import xlsxwriter

from contracts.money import Money

Cell = str | int | date | Money | None

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMULAS = ("=", "+", "-", "@", "\t", "\r")
"""How a text begins that a spreadsheet program would compute."""
WIDEST = 60
"""Characters in a column of a workbook."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under their heads; an amount stands without its currency, which is a column of its own."""

    name: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def as_csv(table: Table) -> bytes:
    """The table as CSV of RFC 4180 in UTF-8 with its mark; an apostrophe keeps a text from being a formula."""
    content = io.StringIO(newline="")
    writer = csv.writer(content)
    writer.writerow(table.heads)
    writer.writerows([plain(cell) for cell in row] for row in table.rows)
    return content.getvalue().encode("utf-8-sig")


def as_xlsx(table: Table) -> bytes:
    """The table as a workbook: amounts and days as such, every text typed as text, the heads always in sight."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet(table.name)
        bold, amount, day = (
            book.add_format(form) for form in ({"bold": True}, {"num_format": "#,##0.00"}, {"num_format": "dd.mm.yyyy"})
        )
        for column, head in enumerate(table.heads):
            sheet.write_string(0, column, head, bold)
            widths = [len(plain(cell)) for row in table.rows for cell in row[column : column + 1]]
            sheet.set_column(column, column, min(max([len(head), *widths]) + 2, WIDEST))
        for number, row in enumerate(table.rows, 1):
            for column, cell in enumerate(row):
                match cell:
                    case Money():
                        sheet.write_number(number, column, Decimal(cell.minor).scaleb(-2), amount)
                    case date():
                        sheet.write_datetime(number, column, cell, day)
                    case int():
                        sheet.write_number(number, column, cell)
                    case str():
                        sheet.write_string(number, column, cell)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(len(table.rows), 1), len(table.heads) - 1)
    return content.getvalue()


def plain(cell: Cell, decimal_mark: str = ".") -> str:
    """The cell as CSV says it; an apostrophe keeps a text from being a formula."""
    if cell is None:
        return ""
    if isinstance(cell, Money):
        return str(cell).replace(".", decimal_mark)
    text = str(cell)
    return f"'{text}" if isinstance(cell, str) and text.startswith(FORMULAS) else text
