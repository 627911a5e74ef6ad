"""Work read out of a table row by row: what each row says, and what is wrong with each that cannot be read (H2)."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TypeVar

from contracts.errors import Refusal
from contracts.requisites import breaks_the_line, search_key
from entitlements.durations import parse_minutes
from entitlements.hours_facts import Charge
from entitlements.spreadsheet import Row, Spreadsheet
from entitlements.work_mapping import USUAL_CHARGES, Columns, WorkMapping, find_columns

Read = TypeVar("Read")

WORDS = ("ticket", "service", "channel", "asked_by", "engineer", "summary")
"""What a row may say in words."""

ISO_DAY = r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"
RUSSIAN_DAY = r"(?P<day>[0-9]{2})\.(?P<month>[0-9]{2})\.(?P<year>[0-9]{4})"
CLOCK = r"[ T](?P<time>[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?)(?P<offset>Z|[+-][0-9]{2}:[0-9]{2})?"
DAYS = [re.compile(ISO_DAY), re.compile(RUSSIAN_DAY)]
MOMENTS = [re.compile(f"{day}{CLOCK}") for day in (ISO_DAY, RUSSIAN_DAY)]


@dataclass(frozen=True, slots=True)
class WorkRow:
    """What one row says; a `started_at` without an offset is in the seller's time, with none only the day is known."""

    row: int
    client: str
    external_id: str
    worked_minutes: int
    worked_on: date | None
    started_at: datetime | None
    charge: Charge
    words: dict[str, str]


@dataclass(frozen=True, slots=True)
class RowFault:
    """What is wrong in a row: under which head, the value, and the code and facts of the refusal."""

    row: int
    column: str
    value: str
    refusal: Refusal


@dataclass(frozen=True, slots=True)
class WorkFile:
    """A file of work as it was read; `cleaned` is how many texts had control characters or line breaks taken out."""

    columns: Columns
    mapping: WorkMapping
    form: str
    rows: tuple[WorkRow, ...]
    faults: tuple[RowFault, ...]
    cleaned: int


def read_work(table: Spreadsheet, mapping: WorkMapping) -> WorkFile:
    """The rows of work under the heads in the first row that has any; empty rows are passed over.

    Raises the refusals of `find_columns`, and `Refusal("FILE_EMPTY")` for a table without rows of work.
    """
    filled = [(number, cells) for number, cells in enumerate(table.rows, 1) if any(map(clean, cells))]
    if len(filled) < 2:
        raise Refusal("FILE_EMPTY", field="file", value=None)
    columns = find_columns([clean(head) for head in filled[0][1]], mapping)
    read = [_Reading(number, cells, columns, mapping) for number, cells in filled[1:]]
    rows = [row for reading in read if (row := reading.row()) is not None]
    faults = [fault for reading in read for fault in reading.faults]
    told_apart, repeated = _told_apart(rows, columns, mapping.occurrences)
    faults = sorted([*faults, *repeated], key=lambda fault: fault.row)
    cleaned = sum(reading.cleaned for reading in read)
    return WorkFile(columns, mapping, table.form, tuple(told_apart), tuple(faults), cleaned)


def clean(text: str) -> str:
    """The text on one line: control characters, line breaks and marks that turn it round become single spaces."""
    plain = (" " if breaks_the_line(letter) else letter for letter in unicodedata.normalize("NFC", text))
    return " ".join("".join(plain).split())


def read_day(text: str) -> date:
    """A day, 2006-01-31 or 31.01.2006. Raises `Refusal("DAY_UNREADABLE")`."""
    for form in DAYS:
        if match := form.fullmatch(text):
            try:
                return date(int(match["year"]), int(match["month"]), int(match["day"]))
            except ValueError:
                break
    raise Refusal("DAY_UNREADABLE", field="worked_on", value=text, allowed="2006-01-31, 31.01.2006")


def read_moment(text: str) -> datetime:
    """A moment, "2006-01-31 09:30", with an offset or in the seller's time. Raises `Refusal("MOMENT_UNREADABLE")`."""
    for form in MOMENTS:
        if match := form.fullmatch(text):
            clock = match["time"].zfill(len("00:00") if match["time"].count(":") == 1 else len("00:00:00"))
            try:
                day = f"{match['year']}-{match['month']}-{match['day']}"
                return datetime.fromisoformat(f"{day}T{clock}{match['offset'] or ''}")
            except ValueError:
                break
    raise Refusal("MOMENT_UNREADABLE", field="started_at", value=text, allowed="2006-01-31 09:30, 31.01.2006 09:30")


class _Reading:
    """One row while it is read: its texts, and the faults found so far."""

    def __init__(self, number: int, cells: Row, columns: Columns, mapping: WorkMapping) -> None:
        self._number, self._columns, self._mapping = number, columns, mapping
        self.faults: list[RowFault] = []
        self.cleaned = 0
        self._cells = {
            name: [self._clean(cells[place]) if place < len(cells) else "" for place in places]
            for name, places in columns.places.items()
        }
        beyond = [cell for cell in cells[len(columns.heads) :] if clean(cell)]
        if beyond:
            self._fault("", beyond[0], Refusal("CELLS_EXTRA", field="file", allowed=len(columns.heads)))

    def _clean(self, cell: str) -> str:
        self.cleaned += any(map(breaks_the_line, cell.strip()))
        return clean(cell)

    def row(self) -> WorkRow | None:
        """What the row says; none when anything in it is wrong."""
        client, key = self._required("client"), self._key()
        minutes = self._read("duration", parse_minutes) if self._required("duration") else None
        worked_on, started_at = self._read("worked_on", read_day), self._read("started_at", read_moment)
        if not self._text("worked_on") and not self._text("started_at"):
            self._required("worked_on" if "worked_on" in self._columns.places else "started_at")
        charge = self._charge()
        words = {name: self._text(name) for name in WORDS if self._text(name)}
        if self.faults or charge is None or minutes is None:
            return None
        return WorkRow(self._number, client, key, minutes, worked_on, started_at, charge, words)

    def _text(self, name: str) -> str:
        """What stands in the columns of a thing, translated as the mapping says."""
        text = " ".join(filter(None, self._cells.get(name, ())))
        return self._mapping.values.get(name, {}).get(text, text)

    def _read(self, name: str, reader: Callable[[str], Read]) -> Read | None:
        text = self._text(name)
        try:
            return reader(text) if text else None
        except Refusal as wrong:
            self._fault(name, text, wrong)
            return None

    def _required(self, name: str) -> str:
        text = self._text(name)
        if not text:
            self._fault(name, "", Refusal("VALUE_REQUIRED", field=name))
        return text

    def _key(self) -> str:
        """The key of the row; that of several columns keeps their bounds, so that no two keys run together."""
        parts = self._cells["external_id"]
        if not any(parts):
            self._fault("external_id", "", Refusal("VALUE_REQUIRED", field="external_id"))
        if len(parts) == 1:
            return parts[0]
        return "/".join(part.replace("%", "%25").replace("/", "%2F") for part in parts)

    def _charge(self) -> Charge | None:
        text = self._text("charge")
        charge = USUAL_CHARGES.get(search_key(text)) if text else Charge.DRAW
        if charge is None:
            allowed = list(self._mapping.values.get("charge", {})) or list(USUAL_CHARGES)
            self._fault("charge", text, Refusal("CHARGE_UNKNOWN", field="charge", allowed=allowed))
        return charge

    def _fault(self, name: str, value: str, refusal: Refusal) -> None:
        self.faults.append(RowFault(self._number, self._columns.over(name) if name else "", value, refusal))


def _told_apart(rows: Sequence[WorkRow], columns: Columns, occurrences: bool) -> tuple[list[WorkRow], list[RowFault]]:
    """The rows with keys of their own; a key that comes again is numbered, or a fault that names the first row."""
    first: dict[str, int] = {}
    seen: Counter[str] = Counter()
    kept, faults = [], []
    for row in rows:
        seen[row.external_id] += 1
        again = occurrences and seen[row.external_id] > 1
        key = f"{row.external_id}#{seen[row.external_id]}" if again else row.external_id
        if key in first:
            repeated = Refusal("ROW_REPEATED", field="external_id", first_row=first[key])
            faults.append(RowFault(row.row, columns.over("external_id"), key, repeated))
        else:
            first[key] = row.row
            kept.append(replace(row, external_id=key))
    return kept, faults
