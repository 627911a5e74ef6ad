"""The archive: papers wait as rows, are claimed by one worker at a time, printed once, and kept (P2)."""

from datetime import timedelta
from pathlib import Path

import msgspec
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from api.database import reading, transaction
from documents import archive
from documents.archive import ATTEMPTS, LEASE
from documents.invoice import InvoiceSheet
from documents.paper_kinds import PaperKind
from documents.papers import Paper, PaperState
from documents.store import Store
from tests.builders import a_client, a_seller, at_once, its_catalogue, moment
from tests.documents import samples

NOW = moment("2026-11-02 12:00")
SECOND = timedelta(seconds=1)


def queue_papers(session: Session, count: int, **changes: str) -> list[Paper]:
    """So many queued invoices of one client."""
    its_catalogue(session)
    seller, customer = a_seller(session), a_client(session)
    return [
        archive.queue(
            session,
            PaperKind.INVOICE,
            number,
            f"2026-{number:04}",
            seller.id,
            customer.id,
            samples.invoice(),
            at=NOW,
            **changes,
        )
        for number in range(1, count + 1)
    ]


def claimed(session: Session, limit: int = 100) -> list[int]:
    """The ids of the papers that a worker gets now."""
    return [paper.id for paper in archive.claim(session, limit, at=NOW)]


def stored(session: Session, paper: Paper) -> Paper:
    """The paper as the database has it."""
    session.flush()
    session.refresh(paper)
    return paper


def test_a_paper_is_queued_with_all_it_prints_in_the_clients_language_p2(session: Session) -> None:
    [paper] = queue_papers(session, 1)
    assert (paper.state, paper.language, paper.template, paper.revision) == (PaperState.QUEUED, "ru", 1, 1)
    assert msgspec.json.decode(paper.sheet, type=InvoiceSheet) == samples.invoice()


def test_a_paper_is_queued_in_another_language_when_asked(session: Session) -> None:
    assert queue_papers(session, 1, language="en")[0].language == "en"


def test_workers_at_once_never_get_the_same_paper(engine: Engine) -> None:
    with transaction(engine) as session:
        queued = [paper.id for paper in queue_papers(session, 40)]
    shares = at_once(engine, *[lambda session: claimed(session, 10)] * 4)
    assert sorted(paper_id for share in shares for paper_id in share) == queued
    with transaction(engine) as session:
        assert claimed(session) == []


def test_the_oldest_papers_are_claimed_first(session: Session) -> None:
    queued = [paper.id for paper in queue_papers(session, 3)]
    assert claimed(session, 2) == queued[:2]
    assert claimed(session, 2) == queued[2:]


def test_the_papers_of_a_killed_worker_come_free_when_its_lease_is_over(session: Session) -> None:
    [paper] = queue_papers(session, 1)
    assert claimed(session) == [paper.id]
    assert archive.claim(session, 1, at=NOW + LEASE - SECOND) == []
    assert archive.claim(session, 1, at=NOW + LEASE) == [paper]


def test_the_bytes_are_kept_under_their_sum_and_may_be_kept_again_p2(session: Session, tmp_path: Path) -> None:
    [paper], store = queue_papers(session, 1), Store(f"file://{tmp_path}")
    key = archive.keep(store, paper, b"%PDF paper")
    assert archive.keep(store, paper, b"%PDF paper") == key
    assert key.startswith("invoice/2026-11/")
    assert store.get(key) == b"%PDF paper"


def test_the_first_record_of_a_printed_paper_stands_p2(session: Session) -> None:
    [paper] = queue_papers(session, 1)
    archive.record(session, paper.id, "invoice/2026-11/aaaa.pdf", 10, at=NOW)
    archive.record(session, paper.id, "invoice/2026-11/bbbb.pdf", 20, at=NOW + SECOND)
    kept = stored(session, paper)
    assert (kept.state, kept.sha256, kept.size_bytes) == (PaperState.RENDERED, "aaaa", 10)
    assert (kept.store_key, kept.rendered_at) == ("invoice/2026-11/aaaa.pdf", NOW)
    assert archive.claim(session, 1, at=NOW + LEASE) == []


def test_a_failure_after_another_workers_success_changes_nothing(session: Session) -> None:
    [paper] = queue_papers(session, 1)
    claimed(session)
    archive.record(session, paper.id, "invoice/2026-11/aaaa.pdf", 10, at=NOW)
    archive.record_failure(session, paper, "it took longer than 60 s")
    assert stored(session, paper).state is PaperState.RENDERED


def test_a_paper_that_keeps_failing_waits_for_a_person_and_hurts_no_other(engine: Engine) -> None:
    with transaction(engine) as session:
        broken, sound = (paper.id for paper in queue_papers(session, 2))
    for attempt in range(ATTEMPTS):
        with transaction(engine) as session:
            for paper in archive.claim(session, 10, at=NOW):
                if paper.id == broken:
                    archive.record_failure(session, paper, f"attempt {attempt + 1}")
                else:
                    archive.record(session, paper.id, "invoice/2026-11/aaaa.pdf", 10, at=NOW)
    with transaction(engine) as session:
        assert archive.claim(session, 10, at=NOW + LEASE) == []
    with reading(engine) as session:
        states = {paper.id: (paper.state, paper.problem) for paper in session.exec(select(Paper))}
    assert states == {broken: (PaperState.FAILED, f"attempt {ATTEMPTS}"), sound: (PaperState.RENDERED, "")}


def test_a_paper_that_failed_once_is_tried_again_at_once(session: Session) -> None:
    [paper] = queue_papers(session, 1)
    [mine] = archive.claim(session, 1, at=NOW)
    archive.record_failure(session, mine, "its process died")
    assert stored(session, paper).problem == ""
    assert claimed(session) == [paper.id]
    assert session.exec(select(Paper.attempts).where(col(Paper.id) == paper.id)).one() == 2
