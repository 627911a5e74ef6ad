"""Printing queued papers: claimed in one transaction, rendered outside of any, recorded in another (P2)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial

from sqlalchemy import Engine

from api.database import reading, transaction
from contracts.errors import Refusal
from documents import archive
from documents.papers import Paper
from documents.render import PaperFailed, Press
from documents.store import Store, StoreDamaged


def print_papers(
    engine: Engine, store: Store, press: Press, *, clock: Callable[[], datetime], tell: Callable[[Paper], None]
) -> int:
    """Print every queued paper, as many at once as the press has children; returns how many were printed."""
    printed = 0
    with ThreadPoolExecutor(press.children) as threads:
        while True:
            with transaction(engine) as session:
                papers = archive.claim(session, 4 * press.children, at=clock())
            if not papers:
                return printed
            for paper in threads.map(partial(print_one, engine, store, press, clock), papers):
                if paper is not None:
                    printed += 1
                    tell(paper)


def print_one(engine: Engine, store: Store, press: Press, clock: Callable[[], datetime], paper: Paper) -> Paper | None:
    """Print a paper and record it; none when it failed, which is recorded too."""
    try:
        pdf = press.render(paper.kind, paper.template, paper.language, paper.sheet.encode())
        key = archive.keep(store, paper, pdf)
    except (PaperFailed, StoreDamaged) as failed:
        with transaction(engine) as session:
            archive.record_failure(session, paper, str(failed))
        return None
    with transaction(engine) as session:
        archive.record(session, paper.id, key, len(pdf), at=clock())
    return paper


def print_paper(engine: Engine, store: Store, press: Press, paper_id: int, *, clock: Callable[[], datetime]) -> str:
    """Print one paper now, unless it is printed; its key in the store. Raises `Refusal("PAPER_NOT_PRINTED")`.

    A worker that prints it at the same time makes the same bytes.
    """
    with reading(engine) as session:
        paper = session.get_one(Paper, paper_id)
    if paper.store_key is None:
        print_one(engine, store, press, clock, paper)
        with reading(engine) as session:
            paper = session.get_one(Paper, paper_id)
    if paper.store_key is None:
        raise Refusal("PAPER_NOT_PRINTED", field="paper_id", value=paper.id, state=paper.state)
    return paper.store_key
