"""The journey of a book of business from another system into this one, all of it or nothing (S1, S6, S13, T1, H5)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from contracts.book import book_of
from contracts.booked_programs import Occasion, Offered
from contracts.errors import Refusal
from contracts.file_mapping import read_mapping
from contracts.file_rows import RowFault, by_row
from contracts.parties import Seller
from contracts.saved_mappings import saved_mapping
from contracts.spreadsheet import read_spreadsheet
from contracts.taking_over import take_over, take_turn
from entitlements.book_file import BookFile, read_book
from entitlements.book_mapping import BookMapping
from entitlements.calendar import load_calendar
from entitlements.opening_hours import open_balances, open_free_periods, open_subscriptions

OLDEST_BOOK_DAYS = 366
STAGES = 11
"""How many stages an import passes."""

Tell = Callable[[int, int], None]
"""Told how many stages are passed, and how many there are."""


@dataclass(frozen=True, slots=True)
class Counted:
    """How many things of one kind the book knew already, and how many were taken over."""

    known: int
    new: int


@dataclass(frozen=True, slots=True)
class ImportedBook:
    """What importing a book did, or would have done without its faults: with any of them nothing is written."""

    rows: int
    kinds: Mapping[str, Counted]
    opening_minutes: int
    faults: tuple[RowFault, ...]


def mapping_for(session: Session, name: str | None, changes: Mapping[str, Any]) -> BookMapping:
    """The mapping of that name, or none, with the changes: columns and values are added, the rest is replaced.

    Raises `Refusal` with MAPPING_UNKNOWN or MAPPING_WRONG.
    """
    document = dict(saved_mapping(session, name)) if name is not None else {}
    for key, value in changes.items():
        merges = isinstance(value, dict) and isinstance(document.get(key), dict)
        document[key] = _merged(document[key], value) if merges else value
    return read_mapping(BookMapping, document)


def _merged(known: Mapping[str, Any], added: Mapping[str, Any]) -> dict[str, Any]:
    both = {name: {**known[name], **value} for name, value in added.items() if isinstance(known.get(name), dict)}
    return {**known, **added, **both}


def read_book_file(content: bytes, mapping: BookMapping) -> BookFile:
    """The book in a file. Raises the refusals of `read_spreadsheet` and `read_book`."""
    form = {"encoding": mapping.encoding, "delimiter": mapping.delimiter, "sheet": mapping.sheet}
    return read_book(read_spreadsheet(content, **form), mapping)


def import_book(
    session: Session,
    file: BookFile,
    seller: Seller,
    *,
    at: datetime,
    on: date | None = None,
    tell: Tell = lambda done, total: None,
) -> ImportedBook:
    """Take over the book as it was on a day, today unless it is told; rows without a seller are of the one given.

    What is wrong in rows is in the answer, and then nothing is written; nor is it when all is known already. Raises
    `Refusal("DAY_OUT_OF_RANGE")` for a day to come, or one more than a year ago.
    """
    today = load_calendar(seller.calendar, seller.time_zone).day_of(at)
    occasion = Occasion(on or today, at)
    if not 0 <= (today - occasion.on).days <= OLDEST_BOOK_DAYS:
        raise Refusal("DAY_OUT_OF_RANGE", field="on", value=occasion.on, allowed=f"until {today}, within a year")
    passed = iter(range(1, STAGES + 1))
    with session.begin_nested() as savepoint:
        take_turn(session)
        offered = Offered(session)
        book = book_of(file.rows, seller.code, offered.codes)
        taken = take_over(session, book, occasion, tell=lambda kind: tell(next(passed), STAGES))
        minutes, hour_faults = open_subscriptions(session, taken.sold, on=occasion.on, at=at)
        tell(next(passed), STAGES)
        open_free_periods(session, taken.free_period_ids, on=occasion.on, at=at)
        balances = open_balances(session, book, taken.kinds["clients"], offered.seller_id, on=occasion.on, at=at)
        tell(next(passed), STAGES)
        wrong = [*taken.faults, *hour_faults, *balances.faults]
        found = [*file.faults, *(file.fault(row, refusal) for row, refusal in wrong)]
        faults = by_row(list({(one.row, one.column, one.refusal.code): one for one in found}.values()))
        kinds = {name: Counted(one.known, one.new) for name, one in {**taken.kinds, "balances": balances}.items()}
        if faults or not any(counted.new for counted in kinds.values()):
            savepoint.rollback()  # not even a state version is raised for nothing
    tell(STAGES, STAGES)
    return ImportedBook(len(file.rows), kinds, minutes, faults)
