"""The equations of papers over the whole database: figures, words, QR codes, sheets, archived bytes (E4, E7, P2)."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec
from sqlalchemy import Row, exists, func, select, true
from sqlmodel import Session, col

from billing.bills import Act, CreditNote, Invoice
from billing.reconciliation_acts import ReconciliationAct
from contracts.catalogue import Registration
from contracts.imported import ImportedFreePeriod, ImportedSubscription
from contracts.money import Money
from contracts.subscriptions import Contract, FreePeriod, Subscription
from documents.act import ActSheet
from documents.credit_note import CreditNoteSheet
from documents.invoice import InvoiceSheet
from documents.number_words import read_amount
from documents.paper_kinds import PaperKind
from documents.papers import Paper, PaperState, digest_of
from documents.qr import asked_by, payment_payload
from documents.statement import StatementSheet
from documents.store import Store, StoreDamaged
from documents.words import Language, amount_in_words
from entitlements.breaches import Breach
from entitlements.statements import Statement

PAPERS_AT_ONCE, ROWS_AT_ONCE = 200, 1000

TOTALLED: dict[PaperKind, tuple[Any, Any]] = {
    PaperKind.STATEMENT: (StatementSheet, Statement),
    PaperKind.ACT: (ActSheet, Act),
    PaperKind.INVOICE: (InvoiceSheet, Invoice),
    PaperKind.CREDIT_NOTE: (CreditNoteSheet, CreditNote),
}
"""Papers that print a total: the sheet, and the rows that the total must be."""

STATEMENTS = col(Paper.kind) == PaperKind.STATEMENT
PRINTED = col(Paper.state) == PaperState.RENDERED

OnPapers = Callable[[int], None]
"""Told how many papers more were looked at."""


def paper_breaches(session: Session, *, tell: OnPapers) -> Iterator[Breach]:
    """Papers that no longer say what was issued (P2), and those whose total, in figures, in words or in the payment
    code, is not that of what they are about (E4)."""
    columns = ("id", "kind", "subject_id", "number", "language", "revision", "sheet", "issued_sha256")
    for papers in _chunks(session, columns, true()):
        totals = _totals(session, papers)
        for paper in papers:
            said = (paper.subject_id, paper.number, paper.language, paper.revision, paper.sheet)
            issued = digest_of(paper.kind, *said)
            if issued != paper.issued_sha256:
                subject = f"{paper.kind} {paper.number}"
                yield Breach("P2", subject, f"a sheet of SHA-256 {issued}", f"that issued, {paper.issued_sha256}")
            if paper.kind in TOTALLED:
                yield from _unlike(paper, totals.get((paper.kind, paper.subject_id)))
        tell(len(papers))


def missing_breaches(session: Session) -> Iterator[Breach]:
    """Whatever was issued without its paper, and papers that lack one of their revisions (E7).

    What was taken over from another system has no paper. Of an offer only its papers tell, so that of a subscription
    whose last offer is gone, or all of them, nothing is found.
    """
    for kind, subjects in _papered().items():
        subject = subjects.subquery()
        printed = exists().where(col(Paper.kind) == kind, col(Paper.subject_id) == subject.c.id)
        for (number,) in _rows(session, select(subject.c.number).where(~printed).order_by(subject.c.id)):
            yield Breach("E7", f"{kind} {number}", "no paper", "1 paper")
    revisions, last = func.count(col(Paper.revision).distinct()), func.max(col(Paper.revision))
    columns = (col(Paper.kind), func.min(col(Paper.number)), revisions, last)
    of_one = select(*columns).group_by(col(Paper.kind), col(Paper.subject_id)).having(revisions != last)
    for kind, number, found, right in _rows(session, of_one):
        yield Breach("E7", f"{kind} {number}", f"{found} papers", f"{right} revisions")


def _papered() -> dict[PaperKind, Any]:
    """The ids and numbers of what a paper was issued for, by its kind."""
    contracts = select(col(Subscription.id), col(Contract.number)).join(
        Contract, col(Contract.id) == col(Subscription.contract_id)
    )
    certificates = select(col(FreePeriod.id), col(Registration.number)).join(
        Registration, col(Registration.id) == col(FreePeriod.registration_id)
    )
    imported = exists().where(col(ImportedSubscription.subscription_id) == col(Subscription.id))
    imported_free = exists().where(col(ImportedFreePeriod.free_period_id) == col(FreePeriod.id))
    return {
        PaperKind.CONTRACT: contracts.where(~imported),
        PaperKind.CERTIFICATE: certificates.where(~imported_free),
        PaperKind.RECONCILIATION: select(col(ReconciliationAct.id), col(ReconciliationAct.number)),
        **{kind: select(table.id, table.number) for kind, (_, table) in TOTALLED.items()},
    }


def archive_breaches(session: Session, store: Store, *, tell: OnPapers) -> Iterator[Breach]:
    """Printed papers of which the store does not hold the bytes that were recorded (P2)."""
    columns = ("id", "kind", "number", "store_key", "sha256", "size_bytes")
    for papers in _chunks(session, columns, PRINTED):
        for paper in papers:
            right = f"{paper.size_bytes} bytes of SHA-256 {paper.sha256}"
            found = _stored(store, paper.store_key)
            if found != right:
                yield Breach("P2", f"{paper.kind} {paper.number}", found, right)
        tell(len(papers))


def _rows(session: Session, query: Any) -> Any:
    return session.connection().execute(query, execution_options={"yield_per": ROWS_AT_ONCE})


def _stored(store: Store, key: str) -> str:
    try:
        content = store.get(key)
    except FileNotFoundError:
        return "no bytes"
    except StoreDamaged as damaged:
        return str(damaged)
    return f"{len(content)} bytes of SHA-256 {hashlib.sha256(content).hexdigest()}"


def _chunks(session: Session, names: Sequence[str], chosen: Any) -> Iterator[Sequence[Row[Any]]]:
    """The papers, some at a time, in the order of their ids."""
    query = select(*(getattr(Paper, name) for name in names)).where(chosen).order_by(col(Paper.id))
    last = 0
    while papers := session.connection().execute(query.where(col(Paper.id) > last).limit(PAPERS_AT_ONCE)).all():
        yield papers
        last = papers[-1].id


def _totals(session: Session, papers: Sequence[Row[Any]]) -> dict[tuple[PaperKind, int], Money]:
    """What the subjects of the papers come to."""
    totals = {}
    for kind, (_, table) in TOTALLED.items():
        ids = [paper.subject_id for paper in papers if paper.kind is kind]
        rows = select(table.id, table.total_minor, table.currency).where(table.id.in_(ids))
        for subject_id, minor, currency in session.connection().execute(rows):
            totals[kind, subject_id] = Money(minor, currency)
    return totals


def _unlike(paper: Row[Any], total: Money | None) -> Iterator[Breach]:
    subject = f"{paper.kind} {paper.number}"
    try:
        sheet = msgspec.json.decode(paper.sheet, type=TOTALLED[paper.kind][0])
        language = Language(paper.language)
    except (msgspec.MsgspecError, ValueError) as wrong:
        yield Breach("E4", subject, str(wrong), "a sheet that adds up")
        return
    right = "nothing it is about" if total is None else f"{total} {total.currency}"
    if sheet.total != total:
        yield Breach("E4", subject, f"{sheet.total} {sheet.total.currency} in figures", right)
    words = amount_in_words(sheet.total, language)
    if read_amount(words) != sheet.total.minor:
        yield Breach("E4", subject, words, f"{sheet.total} in words")
    payload = payment_payload(sheet) if paper.kind is PaperKind.INVOICE else None
    asked = f"{sheet.total} {sheet.total.currency}"
    if payload is not None and asked_by(payload) != asked:
        yield Breach("E4", subject, payload, asked)
