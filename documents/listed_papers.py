"""Papers as lists and pages show them: those of a client, and those about an invoice (select only)."""

from collections.abc import Collection, Mapping, Sequence

from sqlmodel import Session, and_, col, or_, select

from documents.paper_kinds import PaperKind
from documents.papers import Paper


def papers_of(
    session: Session, client_id: int, kind: PaperKind | None = None, *, before: int | None = None, limit: int
) -> Sequence[Paper]:
    """The papers of a client, the latest first, of every kind or of one; those before one of them where it is named."""
    own = select(Paper).where(Paper.client_id == client_id)
    if kind is not None:
        own = own.where(Paper.kind == kind)
    if before is not None:
        own = own.where(col(Paper.id) < before)
    return session.exec(own.order_by(col(Paper.id).desc()).limit(limit)).all()


def papers_about(session: Session, invoice_id: int, note_ids: Collection[int]) -> Mapping[tuple[PaperKind, int], Paper]:
    """The papers of an invoice and of its credit notes, by kind and subject; of several the last."""
    own = or_(
        and_(Paper.kind == PaperKind.INVOICE, Paper.subject_id == invoice_id),
        and_(Paper.kind == PaperKind.CREDIT_NOTE, col(Paper.subject_id).in_(note_ids)),
    )
    return {(one.kind, one.subject_id): one for one in session.exec(select(Paper).where(own).order_by(col(Paper.id)))}


def first_paper(session: Session, kind: PaperKind, subject_id: int) -> Paper | None:
    """The first paper of the kind about a subject."""
    own = select(Paper).where(Paper.kind == kind, Paper.subject_id == subject_id)
    return session.exec(own.order_by(col(Paper.id))).first()
