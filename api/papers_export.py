"""The papers of a seller's month as one ZIP file: the bytes as they were archived, with their scans, and a list."""

import csv
import io
from collections.abc import Iterator
from datetime import date
from zipfile import ZIP_STORED, ZipFile

from sqlalchemy import Engine
from sqlmodel import Session

from api.database import reading
from api.export import BLOCK_BYTES, Pipe, Tell
from contracts.errors import Refusal
from contracts.known_rows import known_row
from contracts.parties import Seller
from contracts.spreadsheet import harmless
from documents.e_invoice import stored_e_invoice
from documents.month_papers import NamedPaper, papers_of_month
from documents.papers import Paper
from documents.scanning import standing_scans
from documents.scans import SignedScan
from documents.statement_data import DataFile
from documents.store import Store, StoreDamaged

INDEX = "index.csv"
SIGNED = {"ru": "подписан", "en": "signed"}
HEADS = ("file", "client", "kind", "number", "language", "revision", "issued_at", "state", "sha256", "size_bytes")


def papers_zip(
    engine: Engine,
    store: Store,
    seller_id: int,
    month: date,
    client_id: int | None = None,
    *,
    tell: Tell = lambda *_: None,
) -> Iterator[bytes]:
    """The month as the pieces of one ZIP; what is not printed, or has lost its bytes, is in the list without a file.

    Beside a paper that came back signed lies the scan that stands, listed as `scan`.

    PDFs are packed as they are: they hardly get smaller. Raises `Refusal("SELLER_UNKNOWN")`.
    """
    with reading(engine) as session:
        papers = list(papers_of_month(session, known_row(session, Seller, seller_id), month, client_id))
        scans = standing_scans(session, seller_id, [one.paper for one in papers])
    pipe, index = Pipe(), io.StringIO(newline="")
    writer = csv.writer(index)
    writer.writerow(HEADS)
    with ZipFile(pipe, "w", ZIP_STORED) as packed:
        for done, one in enumerate(papers, 1):
            content = _content(store, one.paper.store_key)
            if content is not None:
                packed.writestr(one.name, content)
            writer.writerow(_told(one, one.name if content is not None else ""))
            if scan := scans.get(one.paper.id):
                name = f"{one.name.removesuffix('.pdf')} — {SIGNED[one.paper.language]}.{scan.format}"
                content = _content(store, scan.store_key)
                if content is not None:
                    packed.writestr(name, content)
                writer.writerow(_scan_told(one, scan, name if content is not None else ""))
            tell("papers", done, len(papers))
            yield from pipe.pieces(BLOCK_BYTES)
        packed.writestr(INDEX, index.getvalue().encode("utf-8-sig"))
    yield from pipe.pieces(1)


def _content(store: Store, store_key: str | None) -> bytes | None:
    if store_key is None:
        return None
    try:
        return store.get(store_key)
    except (FileNotFoundError, StoreDamaged):
        return None


def _told(one: NamedPaper, file: str) -> list[str]:
    paper = one.paper
    told = (paper.kind.value, paper.number, paper.language, paper.revision, paper.issued_at.isoformat())
    more = (paper.state.value, paper.sha256 or "", "" if paper.size_bytes is None else paper.size_bytes)
    return [harmless(str(cell)) for cell in (file, one.client, *told, *more)]


def _scan_told(one: NamedPaper, scan: SignedScan, file: str) -> list[str]:
    told = ("scan", one.paper.number, one.paper.language, scan.revision, scan.added_at.isoformat())
    return [harmless(str(cell)) for cell in (file, one.client, *told, "signed", scan.sha256, scan.size_bytes)]


def e_invoice_of(session: Session, paper_id: int) -> DataFile:
    """The e-invoice of an invoice or a credit note, as it is inside its file.

    Raises `Refusal` with PAPER_UNKNOWN, or E_INVOICE_UNKNOWN for papers without any.
    """
    paper = known_row(session, Paper, paper_id)
    data = stored_e_invoice(paper.kind, paper.language, paper.sheet)
    if data is None:
        raise Refusal("E_INVOICE_UNKNOWN", field="paper_id", value=paper_id)
    return data
