"""Everything that a firm has, so that it can leave: a CSV file of each table, its book, and a manifest.

All is read as it was at one moment, and goes out as it is read, so that its size is no matter of memory. Money is
"33816.00", days and instants are ISO, minutes are whole numbers, what is not known is empty. A text that a spreadsheet
program would take for a formula has an apostrophe before it (`contracts.spreadsheet.harmless`).
"""

import csv
import hashlib
import io
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from sqlalchemy import Engine, Table, func, select
from sqlmodel import Session, col

from api.book_telling import tell_book
from api.database import reading
from api.schema import metadata
from contracts.money import Money
from contracts.spreadsheet import harmless
from documents.papers import Paper
from documents.store import Store, StoreDamaged
from entitlements.book_mapping import USUAL_HEADS

LEFT_OUT = {"api_key", "call_answer", "client_change", "client_snapshot", "receipt_key"} | {
    *("person", "person_session", "sign_in_link", "asked_link", "failed_sign_in"),
}
LEFT_OUT |= {"webhook_attempt", "webhook_delivery", "webhook_endpoint"}
"""Tables that are no part of the business: secrets, answers to calls, and what can be computed again."""
BOOK = "book.csv"
MANIFEST = "manifest.json"
FORMAT = 1
ROWS_AT_ONCE = 1000
BLOCK_BYTES = 64 * 1024

Tell = Callable[[str, int, int], None]
"""Told which file is being written, how many of its rows are, and how many it has; 0 where that is not known."""
Blocks = Iterator[tuple[int, bytes]]
"""Pieces of a file, each with how many rows it holds."""


def export_zip(
    engine: Engine, *, at: datetime, store: Store | None = None, tell: Tell = lambda *_: None
) -> Iterator[bytes]:
    """The export as the pieces of one ZIP file; with the store also the bytes of printed papers."""
    pipe = Pipe()
    with reading(engine) as session, ZipFile(pipe, "w", ZIP_DEFLATED) as packed:
        for name, pieces in _files(session, at, store, tell):
            with packed.open(name, "w", force_zip64=True) as file:
                for piece in pieces:
                    file.write(piece)
                    yield from pipe.pieces(BLOCK_BYTES)
    yield from pipe.pieces(1)


def export_folder(
    engine: Engine, folder: Path, *, at: datetime, store: Store | None = None, tell: Tell = lambda *_: None
) -> None:
    """The same as files in an empty or a new folder; the manifest comes last, without it the export is not whole."""
    folder.mkdir(parents=True, exist_ok=True)
    with reading(engine) as session:
        for name, pieces in _files(session, at, store, tell):
            place = folder / name
            place.parent.mkdir(parents=True, exist_ok=True)
            with place.open("xb") as file:
                for piece in pieces:
                    file.write(piece)


class Pipe(io.RawIOBase):
    """Takes what is written at one end and gives it out in pieces at the other."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def writable(self) -> bool:
        """It is there to be written to."""
        return True

    def write(self, piece: Any) -> int:
        """Keep a piece."""
        self._waiting += piece
        return len(piece)

    def pieces(self, least: int) -> Iterator[bytes]:
        """What waits, once it is so many bytes."""
        if len(self._waiting) >= least:
            yield bytes(self._waiting)
            self._waiting.clear()


def _files(session: Session, at: datetime, store: Store | None, tell: Tell) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Every file with its pieces; the manifest, which counts and measures them, is the last."""
    files: dict[str, dict[str, Any]] = {}
    missing: list[str] = []

    def measured(name: str, blocks: Blocks, total: int) -> Iterator[bytes]:
        digest, rows, size = hashlib.sha256(), 0, 0
        for count, block in blocks:
            digest.update(block)
            rows, size = rows + count, size + len(block)
            tell(name, rows, total)
            yield block
        files[name] = {"rows": rows, "bytes": size, "sha256": digest.hexdigest()}

    for table in exported_tables():
        total = session.connection().execute(select(func.count()).select_from(table)).scalar_one()
        yield f"{table.name}.csv", measured(f"{table.name}.csv", _blocks(*_table(session, table)), total)
    yield BOOK, measured(BOOK, _blocks(list(USUAL_HEADS), _book(session, at)), 0)
    for key, content in _papers(session, store) if store is not None else ():
        if content is None:
            missing.append(key)
        else:
            yield f"papers/{key}", measured(f"papers/{key}", iter([(0, content)]), 0)
    manifest = {"format": FORMAT, "exported_at": at.isoformat(), "files": files, "missing_papers": missing}
    yield MANIFEST, iter([json.dumps(manifest, indent=2).encode()])


def exported_tables() -> list[Table]:
    """The tables of the business, each after those that it refers to."""
    return [table for table in metadata.sorted_tables if table.name not in LEFT_OUT]


def _table(session: Session, table: Table) -> tuple[list[str], Iterator[list[str]]]:
    """The heads of a table's columns and its rows; amounts lose the "_minor" of their names."""
    heads = [column.name.removesuffix("_minor") for column in table.columns]
    tellers = [_amount if column.name.endswith("_minor") else _plain for column in table.columns]
    rows = session.connection().execute(
        select(table).order_by(*table.primary_key), execution_options={"yield_per": ROWS_AT_ONCE}
    )
    return heads, ([tell(cell) for tell, cell in zip(tellers, row, strict=True)] for row in rows)


def _book(session: Session, at: datetime) -> Iterator[list[str]]:
    for row in tell_book(session, at=at):
        yield [_plain(row.get(name)) for name in USUAL_HEADS]


def _amount(minor: Any) -> str:
    return "" if minor is None else str(Money(minor))


def _plain(cell: Any) -> str:
    """A value as it stands in a file."""
    match cell:
        case None:
            return ""
        case bool():
            return str(cell).lower()
        case Enum():
            return str(cell.value)
        case str():
            return harmless(cell)
        case date():  # an instant is one too
            return cell.isoformat()
    return str(cell)


def _blocks(heads: list[str], rows: Iterable[list[str]]) -> Blocks:
    """A CSV file: UTF-8, commas, each line ended as RFC 4180 says."""
    text, count = io.StringIO(newline=""), 0
    writer = csv.writer(text)
    writer.writerow(heads)
    for row in rows:
        writer.writerow(row)
        count += 1
        if count == ROWS_AT_ONCE:
            yield count, text.getvalue().encode()
            text.seek(text.truncate(0))
            count = 0
    yield count, text.getvalue().encode()


def _papers(session: Session, store: Store) -> Iterator[tuple[str, bytes | None]]:
    """The keys of printed papers with their bytes; none where the store does not hold them."""
    keys = select(col(Paper.store_key)).where(col(Paper.store_key).is_not(None)).distinct().order_by(Paper.store_key)
    found = session.connection().execute(keys, execution_options={"yield_per": ROWS_AT_ONCE}).scalars()
    for key in found:
        try:
            yield str(key), store.get(str(key))
        except (FileNotFoundError, StoreDamaged):
            yield str(key), None
