"""Printing one paper at once, for a person who waits for it."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Engine

from api.database import reading
from api.journeys import print_one
from contracts.errors import Refusal
from documents.papers import Paper
from documents.render import Press
from documents.store import Store


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
