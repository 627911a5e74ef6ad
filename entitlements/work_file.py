"""Work read out of a table row by row: what each row says, and what is wrong with each that cannot be read (H2)."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from contracts.errors import Refusal
from contracts.file_mapping import Columns
from contracts.file_rows import ISO_DAY, RUSSIAN_DAY, RowFault, RowReading, by_row, filled_rows, read_day
from contracts.requisites import search_key
from contracts.spreadsheet import Spreadsheet
from entitlements.durations import parse_minutes
from entitlements.hours_facts import Charge
from entitlements.stretches import whole_minutes
from entitlements.work_mapping import USUAL_CHARGES, WorkMapping, work_columns

WORDS = ("ticket", "service", "channel", "asked_by", "engineer", "summary")
"""What a row may say in words."""

CLOCK = r"[ T](?P<time>[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?)(?P<offset>Z|[+-][0-9]{2}:[0-9]{2})?"
MOMENTS = [re.compile(f"{day}{CLOCK}") for day in (ISO_DAY, RUSSIAN_DAY)]


@dataclass(frozen=True, slots=True)
class WorkRow:
    """What one row says; a `started_at` without an offset is in the seller's time, with none only the day is known."""

    row: int
    client: str
    external_id: str
    worked_minutes: int
    travel_minutes: int
    worked_on: date | None
    started_at: datetime | None
    charge: Charge
    words: dict[str, str]


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

    Raises the refusals of `work_columns`, and `Refusal("FILE_EMPTY")` for a table without rows of work.
    """
    heads, filled = filled_rows(table)
    columns = work_columns(heads, mapping)
    read = [_Reading(number, cells, columns, mapping) for number, cells in filled]
    rows = [row for reading in read if (row := reading.row()) is not None]
    faults = [fault for reading in read for fault in reading.faults]
    told_apart, repeated = _told_apart(rows, columns, mapping.occurrences)
    cleaned = sum(reading.cleaned for reading in read)
    return WorkFile(columns, mapping, table.form, tuple(told_apart), by_row([*faults, *repeated]), cleaned)


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


def read_seconds(text: str) -> int:
    """The minutes of a call that was connected for so many seconds (H3). Raises `Refusal("DURATION_UNREADABLE")`."""
    if not re.fullmatch("[0-9]{1,8}", text):
        raise Refusal("DURATION_UNREADABLE", field="connected_seconds", value=text, allowed="431")
    return whole_minutes(timedelta(seconds=int(text)))


def _read_day(text: str) -> date:
    return read_day(text, "worked_on")


class _Reading(RowReading):
    """A row of work while it is read."""

    def row(self) -> WorkRow | None:
        """What the row says; none when anything in it is wrong."""
        client, key = self.required("client"), self._key()
        minutes, travel = self._minutes(), self.read("travel", parse_minutes) or 0
        worked_on, started_at = self.read("worked_on", _read_day), self.read("started_at", read_moment)
        if not self.text("worked_on") and not self.text("started_at"):
            self.required("worked_on" if "worked_on" in self.columns.places else "started_at")
        charge = self._charge()
        words = {name: self.text(name) for name in WORDS if self.text(name)}
        if self.faults or charge is None or minutes is None:
            return None
        return WorkRow(self.number, client, key, minutes, travel, worked_on, started_at, charge, words)

    def _minutes(self) -> int | None:
        """The time worked, or that of a call by the seconds connected; one of both."""
        if self.text("connected_seconds") and self.text("duration"):
            self.fault("connected_seconds", self.text("connected_seconds"), Refusal("WORKED_ONCE", field="duration"))
        if self.text("connected_seconds"):
            return self.read("connected_seconds", read_seconds)
        return self.read("duration", parse_minutes) if self.required("duration") else None

    def _key(self) -> str:
        """The key of the row; that of several columns keeps their bounds, so that no two keys run together."""
        parts = self.cells["external_id"]
        if not any(parts):
            self.fault("external_id", "", Refusal("VALUE_REQUIRED", field="external_id"))
        if len(parts) == 1:
            return parts[0]
        return "/".join(part.replace("%", "%25").replace("/", "%2F") for part in parts)

    def _charge(self) -> Charge | None:
        text = self.text("charge")
        charge = USUAL_CHARGES.get(search_key(text)) if text else Charge.DRAW
        if charge is None:
            allowed = list(self.mapping.values.get("charge", {})) or list(USUAL_CHARGES)
            self.fault("charge", text, Refusal("CHARGE_UNKNOWN", field="charge", allowed=allowed))
        return charge


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
