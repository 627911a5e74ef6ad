"""A seller's month for an accounting program as one ZIP file; the same month twice is the same bytes."""

from collections.abc import Iterable, Iterator
from datetime import date
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from sqlalchemy import Engine

from api.database import reading
from api.export import BLOCK_BYTES, Pipe, Tell
from billing.exchange import Records, month_records
from contracts.known_rows import known_row
from contracts.parties import Seller
from documents.exchange_files import csv_file, xml_file


def books_zip(engine: Engine, seller_id: int, month: date, *, tell: Tell = lambda *_: None) -> Iterator[bytes]:
    """The month as the pieces of one ZIP: a CSV of each kind of record, and all of them in `books.xml`.

    All is read as it was at one moment. Raises `Refusal("SELLER_UNKNOWN")`.
    """
    pipe = Pipe()
    with reading(engine) as session, ZipFile(pipe, "w", ZIP_DEFLATED) as packed:
        seller = known_row(session, Seller, seller_id)
        about = {"seller": seller.name, "inn": seller.inn, "kpp": seller.kpp, "month": f"{month:%Y-%m}"}
        for name, pieces in _files(month_records(session, seller, month), about, tell):
            with packed.open(_entry(name), "w", force_zip64=True) as file:
                for piece in pieces:
                    file.write(piece)
                    yield from pipe.pieces(BLOCK_BYTES)
    yield from pipe.pieces(1)


def _files(records: list[Records], about: dict[str, str], tell: Tell) -> Iterator[tuple[str, Iterable[bytes]]]:
    """Every file of the set; told as each is written."""
    for done, one in enumerate(records, 1):
        yield f"{one.name}.csv", csv_file(one)
        tell("books", done, len(records) + 1)
    yield "books.xml", xml_file(records, about)
    tell("books", len(records) + 1, len(records) + 1)


def _entry(name: str) -> ZipInfo:
    """A file of the ZIP that says nothing of when it was made."""
    entry = ZipInfo(name)
    entry.compress_type = ZIP_DEFLATED
    return entry
