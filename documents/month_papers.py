"""The papers of a seller's month: those that are about it, and those that were issued in it and are about no month."""

from collections.abc import Iterator, Sequence
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
from documents.papers import CALLED, Paper, PaperState
from entitlements.hours import day_starts_at
from entitlements.statements import Statement

TOLD = (
    *("id", "kind", "subject_id", "number", "language", "revision", "issued_at"),
    *("state", "problem", "sha256", "size_bytes", "store_key"),
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
    own = _of_month(_told(), seller, month)
    if client_id is not None:
        own = own.where(col(Paper.client_id) == client_id)
    taken: set[str] = set()
    for row in session.connection().execute(own):
        name = paper_name(row.client, row.language, row.called, row.number)
        if name in taken:
            name = f"{name} ({row.id})"
        taken.add(name)
        yield NamedPaper(f"{name}.pdf", row.client, row)


def some_papers_of_month(
    session: Session, seller: Seller, month: date, kind: PaperKind | None, *, after: int, limit: int
) -> Sequence[Row[Any]]:
    """The papers of a seller's month, or those of one kind, a page after the id of the last."""
    own = _of_month(_told(), seller, month).where(col(Paper.id) > after).limit(limit)
    if kind is not None:
        own = own.where(col(Paper.kind) == kind)
    return session.connection().execute(own).all()


def count_papers(session: Session, seller: Seller, month: date) -> dict[tuple[PaperKind, PaperState], int]:
    """How many papers of a seller's month there are of each kind and state."""
    told = select(col(Paper.kind), col(Paper.state), func.count(col(Paper.id)))
    own = _of_month(told, seller, month).order_by(None).group_by(col(Paper.kind), col(Paper.state))
    return {(kind, state): number for kind, state, number in session.connection().execute(own)}


def failed_papers(session: Session, seller_id: int, *, limit: int) -> Sequence[Row[Any]]:
    """The oldest papers of a seller, of whatever month, that could not be printed and wait for a person."""
    own = _told().select_from(Paper).join(Client, col(Client.id) == col(Paper.client_id))
    own = own.where(col(Paper.state) == PaperState.FAILED, col(Paper.seller_id) == seller_id)
    return session.connection().execute(own.order_by(col(Paper.id)).limit(limit)).all()


def _told() -> Any:
    return select(*(col(getattr(Paper, name)) for name in TOLD), CALLED, col(Client.name).label("client"))


def _of_month(told: Any, seller: Seller, month: date) -> Any:
    """What is told of papers, of those of a seller's month alone, in the order of their ids."""
    stated, billed, credited = (aliased(Statement) for _ in range(3))
    term = Term.calendar_month(month)
    from_at, before = (day_starts_at(day, seller.time_zone) for day in (term.starts_on, term.ends_on))
    about = func.coalesce(col(stated.month), col(Act.issued_on), col(billed.month), col(credited.month))
    within = and_(about >= term.starts_on, about < term.ends_on)
    issued = and_(about.is_(None), col(Paper.issued_at) >= from_at, col(Paper.issued_at) < before)
    subject, kind = col(Paper.subject_id), col(Paper.kind)
    return (
        told.select_from(Paper)
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
