"""The shelf: every printed paper once more, under a name that a person can read."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from sqlmodel import Session, col, select

from billing.bills import Act, CreditNote, Invoice
from contracts.parties import Client, Seller
from documents.paper_kinds import PaperKind
from documents.paper_names import paper_name
from documents.papers import Paper, PaperState
from documents.store import Store
from entitlements.statements import Statement


def put_on_shelf(session: Session, store: Store, folder: Path) -> list[Path]:
    """Write each printed paper to `folder/<month>/<client> — <kind> <number>.pdf`; returns where they are."""
    return [_put(store, folder, paper, name) for paper, name in _printed(session)]


def _put(store: Store, folder: Path, paper: Paper, name: str) -> Path:
    assert paper.store_key is not None
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(store.get(paper.store_key))
    return file


def _printed(session: Session) -> Iterator[tuple[Paper, str]]:
    papers = select(Paper, Client.name).join(Client).where(Paper.state == PaperState.RENDERED).order_by(col(Paper.id))
    for paper, client in session.exec(papers):
        name = paper_name(client, paper.language, paper.called, paper.number)
        yield paper, f"{_month(session, paper):%Y-%m}/{name}.pdf"


def _month(session: Session, paper: Paper) -> date:
    """The month that a paper is about; of a sale the month in which it was made."""
    if paper.kind is PaperKind.STATEMENT:
        return session.get_one(Statement, paper.subject_id).month
    if paper.kind is PaperKind.ACT:
        return session.get_one(Act, paper.subject_id).issued_on
    statement_id = None
    if paper.kind is PaperKind.INVOICE:
        statement_id = session.get_one(Invoice, paper.subject_id).statement_id
    elif paper.kind is PaperKind.CREDIT_NOTE:
        statement_id = session.get_one(CreditNote, paper.subject_id).statement_id
    if statement_id is not None:
        return session.get_one(Statement, statement_id).month
    return session.get_one(Seller, paper.seller_id).day_of(paper.issued_at)
