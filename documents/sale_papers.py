"""The papers of one sale, its contract, its invoice and the certificates of free periods, and their letters (P2)."""

from collections.abc import Sequence

from sqlmodel import Session, and_, col, or_, select

from billing.bills import Invoice
from contracts.subscriptions import Coverage, FreePeriod, Specification, Subscription
from documents.letters import Letter
from documents.mailings import MailedPaper
from documents.paper_kinds import PaperKind
from documents.papers import Paper


def papers_of_sale(session: Session, sold: Subscription) -> Sequence[Paper]:
    """The papers that the sale or the renewal queued, the contract first; none where it came with a taken-over book."""
    invoiced = select(Invoice.id).where(Invoice.subscription_id == sold.id)
    covered = select(Coverage.registration_id).join(Specification).where(Specification.subscription_id == sold.id)
    given = select(FreePeriod.id).where(
        FreePeriod.granted_at == sold.sold_at, col(FreePeriod.registration_id).in_(covered)
    )
    own = or_(
        and_(Paper.kind == PaperKind.CONTRACT, Paper.subject_id == sold.id),
        and_(Paper.kind == PaperKind.INVOICE, col(Paper.subject_id).in_(invoiced)),
        and_(Paper.kind == PaperKind.CERTIFICATE, col(Paper.subject_id).in_(given)),
    )
    return session.exec(select(Paper).where(Paper.client_id == sold.client_id, own).order_by(col(Paper.id))).all()


def letters_with(session: Session, papers: Sequence[Paper]) -> Sequence[Letter]:
    """The letters in which any of the papers went out or waits to, the first first."""
    mailed = select(MailedPaper.mailing_id).where(col(MailedPaper.paper_id).in_([paper.id for paper in papers]))
    return session.exec(select(Letter).where(col(Letter.mailing_id).in_(mailed)).order_by(col(Letter.id))).all()
