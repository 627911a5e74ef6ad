"""The papers of a seller's month: those that are about it, and those that were issued in it and are about no month."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, and_, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from billing.bills import Act, CreditNote, Invoice
from contracts.parties import Client, Seller
from contracts.terms import Term
from documents.paper_kinds import PaperKind
from documents.paper_names import paper_name
from documents.papers import Paper
from entitlements.hours import day_starts_at
from entitlements.statements import Statement

TOLD = (
    *("id", "kind", "subject_id", "number", "language", "revision", "issued_at"),
    *("state", "sha256", "size_bytes", "store_key"),
)


@dataclass(frozen=True, slots=True)
class NamedPaper:
    """A paper with the name of its file, which no other paper of the month has."""

    name: str
    client: str
    paper: Row[Any]


def papers_of_month(
    session: Session, seller: Seller, month: date, client_id: int | None = None
) -> Iterator[NamedPaper]:
    """The papers of a seller's month, or those of one client, in the order of their ids."""
    stated, billed, credited = (aliased(Statement) for _ in range(3))
    term = Term.calendar_month(month)
    from_at, before = (day_starts_at(day, seller.time_zone) for day in (term.starts_on, term.ends_on))
    about = func.coalesce(col(stated.month), col(Act.issued_on), col(billed.month), col(credited.month))
    within = and_(about >= term.starts_on, about < term.ends_on)
    issued = and_(about.is_(None), col(Paper.issued_at) >= from_at, col(Paper.issued_at) < before)
    subject, kind = col(Paper.subject_id), col(Paper.kind)
    own: Any = (
        select(*(col(getattr(Paper, name)) for name in TOLD), col(Client.name).label("client"))
        .join(Client, col(Client.id) == col(Paper.client_id))
        .outerjoin(stated, and_(kind == PaperKind.STATEMENT, col(stated.id) == subject))
        .outerjoin(Act, and_(kind == PaperKind.ACT, col(Act.id) == subject))
        .outerjoin(Invoice, and_(kind == PaperKind.INVOICE, col(Invoice.id) == subject))
        .outerjoin(billed, col(billed.id) == col(Invoice.statement_id))
        .outerjoin(CreditNote, and_(kind == PaperKind.CREDIT_NOTE, col(CreditNote.id) == subject))
        .outerjoin(credited, col(credited.id) == col(CreditNote.statement_id))
        .where(col(Paper.seller_id) == seller.id, or_(within, issued))
        .order_by(col(Paper.id))
    )
    if client_id is not None:
        own = own.where(col(Paper.client_id) == client_id)
    taken: set[str] = set()
    for row in session.connection().execute(own):
        name = paper_name(row.client, row.language, row.kind, row.number)
        if name in taken:
            name = f"{name} ({row.id})"
        taken.add(name)
        yield NamedPaper(f"{name}.pdf", row.client, row)
