"""What letters carry besides words: the files of their papers, or links whose tokens are made when they leave (P2)."""

from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from secrets import token_urlsafe
from typing import Any

from sqlalchemy import Engine

from api.database import reading, transaction
from api.mailer import Enclosures
from api.settings import Settings
from documents.letters import Letter
from documents.mailing import link_instead, mailed_papers
from documents.paper_letter import with_links
from documents.paper_links import keep_links
from documents.paper_names import KINDS, plain_name
from documents.store import Store


class Enclosing:
    """Makes what a letter carries, at the moment at which it leaves."""

    def __init__(self, engine: Engine, settings: Settings, clock: Callable[[], datetime]) -> None:
        self._engine, self._settings, self._clock = engine, settings, clock

    @cached_property
    def _store(self) -> Store:
        return Store(self._settings.papers)

    def enclosures(self, letter: Letter) -> Enclosures:
        """The letter's words with their links, and its files.

        The digests of the tokens are kept before the letter leaves, so that no link in a mailbox is unknown. Raises
        `StoreUnavailable`, `StoreDamaged` or `FileNotFoundError`.
        """
        if letter.mailing_id is None:
            return Enclosures(letter.body)
        with reading(self._engine) as session:
            papers = mailed_papers(session, letter.mailing_id)
        if letter.links_end_on is None:
            files = ((_file_name(paper), self._store.get(paper.store_key)) for paper in papers)
            return Enclosures(letter.body, tuple(files))
        tokens = {paper.id: token_urlsafe(32) for paper in papers}
        with transaction(self._engine) as session:
            keep_links(session, letter, tokens, at=self._clock())
        page = f"{self._settings.public_url}/paper"
        links = {paper_id: f"{page}#{token}" for paper_id, token in tokens.items()}
        return Enclosures(with_links(letter.body, links))

    def as_links(self, letter: Letter) -> Letter | None:
        """The letter with links in the place of files that are too large; none where there can be no links."""
        days = self._settings.link_days_outside
        if letter.mailing_id is None or letter.links_end_on is not None or days is None:
            return None
        with transaction(self._engine) as session:
            return link_instead(session, letter.id, days, at=self._clock())


def _file_name(paper: Any) -> str:
    return f"{KINDS[paper.language][paper.called]} {plain_name(paper.number)}.pdf"
