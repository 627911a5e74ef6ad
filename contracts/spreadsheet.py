"""A table of texts out of the bytes of a file: CSV in any encoding, or a workbook of a spreadsheet program."""

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from charset_normalizer import from_bytes
from python_calamine import CalamineError, CalamineWorkbook

from contracts.errors import Refusal

LONGEST_FILE_BYTES = 64 * 2**20
MOST_UNPACKED_BYTES = 16 * LONGEST_FILE_BYTES
"""A workbook is a packed file: so much may it say to hold."""
DELIMITERS = {",": ",", ";": ";", "tab": "\t", "|": "|"}
"""What separates the cells of a CSV, as a person writes it."""
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How the files of Excel begin, new and old."""
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
MIDNIGHT = "T00:00:00"

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Spreadsheet:
    """The rows of a table, the first of which is row 1 as spreadsheet programs count; `form` says how it was read.

    `other_sheets` are those of the workbook that hold something too and were not read, where none was chosen.
    """

    rows: tuple[Row, ...]
    form: str
    other_sheets: tuple[str, ...] = ()


def read_spreadsheet(
    content: bytes, *, encoding: str | None = None, delimiter: str | None = None, sheet: str | None = None
) -> Spreadsheet:
    """The table in a file; encoding and delimiter of a CSV are found out unless they are given.

    Raises `Refusal` with FILE_TOO_LARGE, FILE_UNREADABLE, ENCODING_WRONG, DELIMITER_UNKNOWN or SHEET_UNKNOWN.
    """
    if len(content) > LONGEST_FILE_BYTES:
        raise Refusal("FILE_TOO_LARGE", field="file", value=len(content), allowed=LONGEST_FILE_BYTES)
    if content.startswith(WORKBOOKS):
        return _workbook(content, sheet)
    text, encoding = _decoded(content, encoding)
    if delimiter is not None and delimiter not in (*DELIMITERS, "\t"):
        raise Refusal("DELIMITER_UNKNOWN", field="delimiter", value=delimiter, allowed=list(DELIMITERS))
    name = delimiter or max(DELIMITERS, key=lambda one: _width(text, DELIMITERS[one]))
    return Spreadsheet(tuple(_records(text, DELIMITERS.get(name, name))), f"CSV, {encoding}, {name}")


def _decoded(content: bytes, encoding: str | None) -> tuple[str, str]:
    """The text, and its encoding: the one given, else UTF-8 where it is that, else the most likely one."""
    given = encoding or ("utf-16" if content.startswith(UTF_16) else "utf-8")
    try:
        return content.decode("utf-8-sig" if given == "utf-8" else given), given
    except LookupError:
        raise Refusal("ENCODING_WRONG", field="encoding", value=given, allowed="utf-8, cp1251, koi8-r") from None
    except UnicodeDecodeError as wrong:
        found = from_bytes(content).best() if encoding is None else None
        if found is None:
            raise Refusal("ENCODING_WRONG", field="encoding", value=given, at_byte=wrong.start) from None
        return str(found), found.encoding.replace("_", "-")


def _width(text: str, delimiter: str) -> int:
    """How many cells the head has when this delimiter separates them."""
    try:
        return len(next(csv.reader(io.StringIO(text), delimiter=delimiter), []))
    except csv.Error:
        return 0


def _records(text: str, delimiter: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        yield from map(tuple, reader)
    except csv.Error as wrong:
        raise Refusal("FILE_UNREADABLE", field="file", value=f"{wrong}, line {reader.line_num}") from None


def _workbook(content: bytes, sheet: str | None) -> Spreadsheet:
    _require_unpackable(content)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        name = sheet or book.sheet_names[0]
        if name not in book.sheet_names:
            raise Refusal("SHEET_UNKNOWN", field="sheet", value=sheet, allowed=book.sheet_names)
        page = book.get_sheet_by_name(name)
        rows = [list(map(_text, row)) for row in page.to_python(skip_empty_area=False)]
        unread = [other for other in book.sheet_names if other != name] if sheet is None else []
        others = tuple(other for other in unread if book.get_sheet_by_name(other).height)
    except CalamineError as wrong:
        raise Refusal("FILE_UNREADABLE", field="file", value=str(wrong)) from None
    for (top, left), (bottom, _) in page.merged_cell_ranges or ():
        for row in rows[top + 1 : bottom + 1]:  # what is merged over rows is said of each of them
            row[left] = rows[top][left]
    return Spreadsheet(tuple(map(tuple, rows)), f"XLSX, {name}", others)


def _require_unpackable(content: bytes) -> None:
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return  # the old form is not packed, anything else cannot be read
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        size = sum(part.file_size for part in packed.infolist())
    if size > MOST_UNPACKED_BYTES:
        raise Refusal("FILE_TOO_LARGE", field="file", value=size, allowed=MOST_UNPACKED_BYTES)


def _text(cell: object) -> str:
    """The cell as a person would type it: whole numbers without a fraction, days and times in ISO, spans as 26:15."""
    match cell:
        case str():
            return cell
        case bool():
            return str(cell).lower()
        case timedelta():
            seconds = cell // timedelta(seconds=1)
            return f"{seconds // 3600}:{seconds // 60 % 60:02d}"
        case datetime() | date():
            return cell.isoformat().removesuffix(MIDNIGHT)
        case time():
            return f"{cell:%H:%M}"
    return str(cell).removesuffix(".0")


_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_PLAIN = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?")


def harmless(text: str) -> str:
    """A text as a cell of a file that we write: an apostrophe stands before what would become a formula when a
    spreadsheet program opens it. Plain numbers, such as +74951234567, are none and stay as they are."""
    return f"'{text}" if _FORMULA.match(text) and not _PLAIN.fullmatch(text) else text


def as_meant(cell: str) -> str:
    """The text behind a cell that `harmless` made."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell[1:]) else cell
