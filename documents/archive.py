"""The archive: papers are queued with all they print when they are issued, printed later, and kept for ever (P2).

Nothing is rendered inside a transaction: a worker claims papers, renders them, puts the bytes into the store under
their SHA-256, and only then records that they are there. Each step can be killed and done again.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import or_
from sqlmodel import Session, col, select, update

from contracts.errors import Refusal
from contracts.parties import Client
from documents.forms import PaperForm
from documents.paper_kinds import PaperKind
from documents.papers import Paper, PaperState, digest_of
from documents.store import Store, content_key

LEASE = timedelta(minutes=5)
"""How long a worker may take for the papers that it has claimed."""
ATTEMPTS = 3
"""How often a paper is tried before it waits for a person."""


def queue(
    session: Session,
    kind: PaperKind,
    subject_id: int,
    number: str,
    seller_id: int,
    client_id: int,
    sheet: object,
    *,
    at: datetime,
    language: str | None = None,
    revision: int = 1,
    reason: str = "",
    issued_by: str = "",
) -> Paper:
    """Queue a paper with its sheet as it is now, in the client's language unless another is asked for."""
    language = language or session.get_one(Client, client_id).locale
    printed = msgspec.json.encode(sheet).decode()
    paper = Paper(
        client_id=client_id,
        seller_id=seller_id,
        kind=kind,
        subject_id=subject_id,
        number=number,
        language=language,
        revision=revision,
        sheet=printed,
        issued_sha256=digest_of(kind, subject_id, number, language, revision, printed),
        issued_at=at,
        form_id=session.exec(_last_form(seller_id)).first(),
        reason=reason,
        issued_by=issued_by,
    )
    session.add(paper)
    session.flush()
    return paper


def _last_form(seller_id: int) -> Any:
    own = select(PaperForm.id).where(PaperForm.seller_id == seller_id)
    return own.order_by(col(PaperForm.version).desc()).limit(1)


def form_of(session: Session, paper: Paper) -> bytes:
    """The form that a paper is printed in, as it was stored; empty for that of the house."""
    return b"" if paper.form_id is None else session.get_one(PaperForm, paper.form_id).form.encode()


def last_revision(session: Session, kind: PaperKind, subject_id: int) -> int:
    """The latest revision of a subject's papers of the kind, in whatever language; 0 before the first."""
    known = select(Paper.revision).where(Paper.kind == kind, Paper.subject_id == subject_id)
    return session.exec(known.order_by(col(Paper.revision).desc())).first() or 0


def claim(session: Session, limit: int, *, at: datetime) -> Sequence[Paper]:
    """The oldest queued papers that no other worker has, claimed for this one."""
    free = or_(col(Paper.claimed_until).is_(None), col(Paper.claimed_until) <= at)
    queued = select(Paper).where(Paper.state == PaperState.QUEUED, free).order_by(col(Paper.id)).limit(limit)
    papers = session.exec(queued.with_for_update(skip_locked=True)).all()
    for paper in papers:
        paper.claimed_until = at + LEASE
        paper.attempts += 1
    session.flush()
    return papers


def keep(store: Store, paper: Paper, pdf: bytes) -> str:
    """Put a printed paper's bytes into the store; doing it again changes nothing."""
    key = content_key(f"{paper.kind}/{paper.issued_at:%Y-%m}", pdf)
    store.put(key, pdf)
    return key


def record(session: Session, paper_id: int, key: str, pdf_size: int, *, at: datetime) -> None:
    """That the paper's bytes are in the store; the first record stands."""
    printed = {
        "state": PaperState.RENDERED,
        "sha256": key.rsplit("/", 1)[1].removesuffix(".pdf"),
        "size_bytes": pdf_size,
        "store_key": key,
        "rendered_at": at,
    }
    _record(session, paper_id, printed)


def record_failure(session: Session, paper: Paper, problem: str) -> None:
    """That an attempt failed: the paper is tried again, and after `ATTEMPTS` it waits for a person.

    A paper that another worker has printed meanwhile stays printed.
    """
    failed = {"claimed_until": None, "state": PaperState.QUEUED, "problem": ""}
    if paper.attempts >= ATTEMPTS:
        failed |= {"state": PaperState.FAILED, "problem": problem[:1000]}
    _record(session, paper.id, failed)


def print_again(session: Session, paper_id: int) -> Paper:
    """Queue a paper once more that could not be printed, after what was wrong is mended.

    Raises `Refusal` with PAPER_UNKNOWN or PAPER_NOT_FAILED.
    """
    paper = session.exec(select(Paper).where(Paper.id == paper_id).with_for_update()).first()
    if paper is None:
        raise Refusal("PAPER_UNKNOWN", field="paper_id", value=paper_id)
    if paper.state is not PaperState.FAILED:
        raise Refusal("PAPER_NOT_FAILED", field="paper_id", value=paper_id, state=paper.state)
    paper.state, paper.problem, paper.attempts = PaperState.QUEUED, "", 0
    session.flush()
    return paper


def print_failed_again(session: Session) -> None:
    """Queue every paper once more that could not be printed, after what was wrong is mended."""
    anew = {"state": PaperState.QUEUED, "problem": "", "attempts": 0}
    session.exec(update(Paper).where(col(Paper.state) == PaperState.FAILED).values(**anew))


def _record(session: Session, paper_id: int, outcome: dict[str, Any]) -> None:
    waiting = (col(Paper.id) == paper_id, col(Paper.state) == PaperState.QUEUED)
    session.exec(update(Paper).where(*waiting).values(**outcome))
