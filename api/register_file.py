"""Answers of the vendor's register out of a file: JSON as the register writes it, or a table with a row for a period.

Either every row can be read or the file has faults; what is wrong is collected row by row.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from api.inputs import decode
from api.register_wire import AnswerEntry
from api.wrong_input import refusal_of_input
from contracts.errors import Refusal
from contracts.file_rows import RowFault, clean, read_day
from contracts.register import Answers, Held, HeldPeriod, Partner, Unanswered, register_day
from contracts.requisites import require_registration, require_text, search_key
from contracts.spreadsheet import LONGEST_FILE_BYTES, read_spreadsheet
from contracts.terms import ONE_DAY
from entitlements.work_file import read_moment

Read = TypeVar("Read")

HEADS = {
    "number": ("registration number", "number", "регистрационный номер", "рег номер", "номер"),
    "code": ("code", "vendor code", "код"),
    "starts_on": ("starts on", "дата начала", "начало"),
    "starts_at": ("starts at",),
    "last_day": ("last day", "последний день", "дата окончания", "окончание"),
    "ends_at": ("ends at",),
    "partner": ("partner", "партнер"),
}
"""The columns of a table and their heads; start and end are days, the last one inside, or instants as in JSON."""
REQUIRED = (("number",), ("code",), ("starts_on", "starts_at"), ("last_day", "ends_at"))
NOTHING = ("none", "нет")
"""A code that says that the register holds nothing for the number; an empty one is not known."""
PARTNERS = {
    **{partner.value: partner for partner in Partner},
    "": Partner.UNKNOWN,
    "наш": Partner.OWN,
    "мы": Partner.OWN,
    "другой": Partner.OTHER,
}


@dataclass(frozen=True, slots=True)
class RegisterFile:
    """A file of answers, which can be asked as the register can; `rows` says where each number stands first."""

    source: str
    form: str
    answers: Mapping[str, Held]
    rows: Mapping[str, int]
    faults: tuple[RowFault, ...]

    def ask(self, numbers: Sequence[str]) -> Iterator[Answers]:
        """What it says of the numbers; of one that it does not name it says nothing."""
        yield {number: self.answers.get(number, Unanswered.LEFT_OUT) for number in numbers}


def read_register_file(content: bytes, *, encoding: str | None = None, delimiter: str | None = None) -> RegisterFile:
    """The answers in a file. Raises the refusals of `read_spreadsheet`, REGISTER_COLUMNS_WRONG or FILE_EMPTY."""
    source = f"file {hashlib.sha256(content).hexdigest()}"
    if len(content) > LONGEST_FILE_BYTES:
        raise Refusal("FILE_TOO_LARGE", field="file", value=len(content), allowed=LONGEST_FILE_BYTES)
    text = content.removeprefix(b"\xef\xbb\xbf").strip()
    if text.startswith((b"{", b"[")):
        return _from_json(text, source)
    table = read_spreadsheet(content, encoding=encoding, delimiter=delimiter)
    return _from_table(table.rows, source, table.form)


def _from_json(text: bytes, source: str) -> RegisterFile:
    try:
        document = decode(text)
    except Refusal as unreadable:
        raise Refusal("FILE_UNREADABLE", field="file", value=unreadable.facts.get("problem")) from None
    entries = document.get("answers") if isinstance(document, dict) and document.keys() == {"answers"} else None
    if not isinstance(entries, list) or not entries:
        raise Refusal("FILE_EMPTY", field="file", value=None, allowed='{"answers": [...]}')
    answers: dict[str, Held] = {}
    rows: dict[str, int] = {}
    faults = []
    for row, given in enumerate(entries, 1):
        try:
            entry = AnswerEntry.model_validate(given)
        except ValidationError as wrong:
            faults.append(_fault_of_entry(row, wrong))
            continue
        if entry.number in rows:
            again = Refusal("REGISTER_ROW_WRONG", field="number", first_row=rows[entry.number])
            faults.append(RowFault(row, "number", entry.number, again))
        rows.setdefault(entry.number, row)
        answers[entry.number] = entry.answer
    return RegisterFile(source, "JSON", answers, rows, tuple(faults))


def _fault_of_entry(row: int, wrong: ValidationError) -> RowFault:
    errors = [{**error, "loc": ("entry", *error["loc"])} for error in wrong.errors()]
    refusal = refusal_of_input(RequestValidationError(errors))
    value = refusal.facts.get("value")
    return RowFault(row, refusal.field or "", "null" if value is None else str(value)[:100], refusal)


def _from_table(table: Sequence[tuple[str, ...]], source: str, form: str) -> RegisterFile:
    filled = [(number, cells) for number, cells in enumerate(table, 1) if any(map(clean, cells))]
    if len(filled) < 2:
        raise Refusal("FILE_EMPTY", field="file", value=None)
    places = _places([clean(head) for head in filled[0][1]])
    said: dict[str, dict[HeldPeriod | None, int]] = defaultdict(dict)
    faults: list[RowFault] = []
    for row, cells in filled[1:]:
        reading = _Row(row, cells, places)
        number, period = reading.number(), reading.period()
        known = said[number] if number else {}
        if not reading.faults and (period in known or (known and None in (period, *known))):
            reading.fault(
                "number", number, Refusal("REGISTER_ROW_WRONG", field="number", first_row=min(known.values()))
            )
        faults += reading.faults
        if number and not reading.faults:
            known[period] = row
    answers = {number: Held(tuple(filter(None, periods))) for number, periods in said.items() if periods}
    rows = {number: min(periods.values()) for number, periods in said.items() if periods}
    return RegisterFile(source, form, answers, rows, tuple(faults))


def _places(heads: Sequence[str]) -> dict[str, int]:
    """Where each column stands; every column must be one of ours, so that a mistyped head is no unknown value."""
    columns = {usual: name for name, known in HEADS.items() for usual in known}
    places: dict[str, int] = {}
    allowed = [known[0] for known in HEADS.values()]
    for place, head in enumerate(heads):
        name = columns.get(search_key(head.replace("_", " ").replace(".", " ")))
        if name is None or name in places:
            raise Refusal("REGISTER_COLUMNS_WRONG", field="column", value=head, allowed=allowed)
        places[name] = place
    for either in REQUIRED:
        if len(places.keys() & set(either)) != 1:
            raise Refusal("REGISTER_COLUMNS_WRONG", field="column", value=" / ".join(either), allowed=allowed)
    return places


class _Row:
    """One row of a table while it is read, and the faults found so far."""

    def __init__(self, row: int, cells: tuple[str, ...], places: Mapping[str, int]) -> None:
        self._row = row
        self._cells = {name: clean(cells[place]) if place < len(cells) else "" for name, place in places.items()}
        self.faults: list[RowFault] = []
        beyond = [cell for cell in cells[len(places) :] if clean(cell)]
        if beyond:
            self.fault("", beyond[0], Refusal("CELLS_EXTRA", field="file", allowed=len(places)))

    def number(self) -> str:
        """The registration number; empty when it cannot be read."""
        if not self._cells["number"]:
            self.fault("number", "", Refusal("VALUE_REQUIRED", field="number"))
        return self._read("number", lambda text: require_registration(text, "number")) or ""

    def period(self) -> HeldPeriod | None:
        """The period that the row says; none for a row that says that there is none."""
        if search_key(self._cells["code"]) in NOTHING:
            for name, text in self._cells.items():
                if text and name not in ("number", "code"):
                    self.fault(name, text, Refusal("REGISTER_ROW_WRONG", field=name))
            return None
        code = self._read("code", lambda text: require_text(text, "code", 60))
        starts_on = self._read_day("starts_on") or self._read("starts_at", _read_instant)
        last_day = self._read_day("last_day")
        ends_on = (last_day + ONE_DAY if last_day else None) or self._read("ends_at", _read_instant)
        partner = self._read("partner", _read_partner) or Partner.UNKNOWN
        try:
            return HeldPeriod(code, starts_on, ends_on, partner)
        except Refusal as empty:
            self.fault("last_day" if "last_day" in self._cells else "ends_at", str(ends_on), empty)
            return None

    def fault(self, name: str, value: str, refusal: Refusal) -> None:
        """Something in the row is wrong."""
        self.faults.append(RowFault(self._row, name, value, refusal))

    def _read_day(self, name: str) -> date | None:
        return self._read(name, lambda text: read_day(text, name))

    def _read(self, name: str, reader: Callable[[str], Read]) -> Read | None:
        text = self._cells.get(name, "")
        try:
            return reader(text) if text else None
        except Refusal as wrong:
            self.fault(name, text, wrong)
            return None


def _read_instant(text: str) -> date:
    """The day that begins at an instant, which names its offset."""
    return register_day(read_moment(text))


def _read_partner(text: str) -> Partner:
    if search_key(text) not in PARTNERS:
        raise Refusal("PARTNER_UNKNOWN", field="partner", value=text, allowed=list(PARTNERS))
    return PARTNERS[search_key(text)]
