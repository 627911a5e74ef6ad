"""Printing queued papers: claimed in one transaction, rendered outside of any, recorded in another (P2)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from sqlalchemy import Engine

from api.database import reading, transaction
from contracts.errors import Refusal
from documents import archive
from documents.papers import Paper
from documents.render import PaperFailed, Press
from documents.store import Store, StoreDamaged, StoreUnavailable


def print_papers(
    engine: Engine, store: Store, press: Press, *, clock: Callable[[], datetime], tell: Callable[[Paper], None]
) -> int:
    """Print every queued paper, as many at once as the press has children; returns how many were printed.

    Each child takes the next paper when it is free, so that a long one keeps none waiting but those that it must.
    `tell` is called from several threads.
    """

    def print_on(_: int) -> int:
        printed = 0
        while (paper := _next(engine, clock())) is not None:
            if print_one(engine, store, press, clock, paper):
                printed += 1
                tell(paper)
        return printed

    with ThreadPoolExecutor(press.children) as threads:
        return sum(threads.map(print_on, range(press.children)))


def _next(engine: Engine, at: datetime) -> Paper | None:
    with transaction(engine) as session:
        return next(iter(archive.claim(session, 1, at=at)), None)


def print_one(engine: Engine, store: Store, press: Press, clock: Callable[[], datetime], paper: Paper) -> bool:
    """Print a paper and record it; false when it failed, whatever the reason, which is recorded too.

    Raises StoreUnavailable, which is no paper's fault.
    """
    with reading(engine) as session:
        form = archive.form_of(session, paper)
    try:
        pdf = press.render(paper.kind, paper.template, paper.language, paper.sheet.encode(), form)
        key = archive.keep(store, paper, pdf)
    except StoreUnavailable:
        raise
    except Exception as failed:  # a fault of ours with one paper must keep no other waiting
        with transaction(engine) as session:
            archive.record_failure(session, paper, _reason(failed))
        return False
    with transaction(engine) as session:
        archive.record(session, paper.id, key, len(pdf), at=clock())
    return True


def _reason(failed: Exception) -> str:
    """Why a paper was not printed; the press says it in words of its own."""
    return str(failed) if isinstance(failed, PaperFailed | StoreDamaged) else f"{type(failed).__name__}: {failed}"


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
