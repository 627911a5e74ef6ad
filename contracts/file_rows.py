"""Reading a table row by row: the texts under each head, and what is wrong with each that cannot be read."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from contracts.errors import Refusal
from contracts.file_mapping import Columns, FileMapping
from contracts.requisites import breaks_the_line
from contracts.spreadsheet import Row, Spreadsheet, as_meant

Read = TypeVar("Read")

ISO_DAY = r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"
RUSSIAN_DAY = r"(?P<day>[0-9]{2})\.(?P<month>[0-9]{2})\.(?P<year>[0-9]{4})"
DAYS = [re.compile(ISO_DAY), re.compile(RUSSIAN_DAY)]


@dataclass(frozen=True, slots=True)
class RowFault:
    """What is wrong in a row: under which head, the value, and the code and facts of the refusal."""

    row: int
    column: str
    value: str
    refusal: Refusal


def filled_rows(table: Spreadsheet) -> tuple[list[str], list[tuple[int, Row]]]:
    """The heads, which stand in the first row that has any, and the rows below by their numbers; empty ones are passed
    over. Raises `Refusal("FILE_EMPTY")` for a table without rows below its heads."""
    filled = [(number, cells) for number, cells in enumerate(table.rows, 1) if any(map(clean, cells))]
    if len(filled) < 2:
        raise Refusal("FILE_EMPTY", field="file", value=None)
    return [clean(head) for head in filled[0][1]], filled[1:]


def clean(text: str) -> str:
    """The text on one line: control characters, line breaks and marks that turn it round become single spaces."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    plain = (" " if breaks_the_line(letter) else letter for letter in unicodedata.normalize("NFC", text))
    return " ".join("".join(plain).split())


def read_day(text: str, field: str) -> date:
    """A day, 2006-01-31 or 31.01.2006. Raises `Refusal("DAY_UNREADABLE")`."""
    for form in DAYS:
        if match := form.fullmatch(text):
            try:
                return date(int(match["year"]), int(match["month"]), int(match["day"]))
            except ValueError:
                break
    raise Refusal("DAY_UNREADABLE", field=field, value=text, allowed="2006-01-31, 31.01.2006")


class RowReading:
    """One row while it is read: its texts, and the faults found so far."""

    def __init__(self, number: int, cells: Row, columns: Columns, mapping: FileMapping) -> None:
        self.number, self.columns, self.mapping = number, columns, mapping
        self.faults: list[RowFault] = []
        self.cleaned = 0
        self.cells = {
            name: [self._clean(cells[place]) if place < len(cells) else "" for place in places]
            for name, places in columns.places.items()
        }
        beyond = [cell for cell in cells[len(columns.heads) :] if clean(cell)]
        if beyond:
            self.fault("", beyond[0], Refusal("CELLS_EXTRA", field="file", allowed=len(columns.heads)))

    def _clean(self, cell: str) -> str:
        plain = clean(as_meant(cell))
        if plain != cell:
            self.cleaned += any(map(breaks_the_line, cell.strip()))
        return plain

    def text(self, name: str) -> str:
        """What stands in the columns of a thing, translated as the mapping says."""
        text = " ".join(filter(None, self.cells.get(name, ())))
        return self.mapping.values.get(name, {}).get(text, text)

    def read(self, name: str, reader: Callable[[str], Read]) -> Read | None:
        """What the text says; none when there is none, or, with a fault, when it cannot be read."""
        text = self.text(name)
        try:
            return reader(text) if text else None
        except Refusal as wrong:
            self.fault(name, text, wrong)
            return None

    def required(self, name: str) -> str:
        """The text, which has to be there."""
        text = self.text(name)
        if not text:
            self.fault(name, "", Refusal("VALUE_REQUIRED", field=name))
        return text

    def fault(self, name: str, value: str, refusal: Refusal) -> None:
        """Note what is wrong."""
        self.faults.append(RowFault(self.number, self.columns.over(name) if name else "", value, refusal))


def by_row(faults: Sequence[RowFault]) -> tuple[RowFault, ...]:
    """The faults of a file in the order of its rows."""
    return tuple(sorted(faults, key=lambda fault: fault.row))
