"""The addresses to which mail no longer goes, each with why, since when, and the papers mailed there (P2)."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlalchemy.orm import load_only
from sqlmodel import Session, col, select

from contracts.queries import client_names
from documents.bouncing import bounces
from documents.letters import Letter
from documents.mailings import MailedPaper
from documents.papers import Paper

MOST_PAPERS = 10
"""How many papers of an address are named, the latest first."""


@dataclass(frozen=True, slots=True)
class ListedAddress:
    """An address of the bounce list."""

    address: str
    said: str
    """What the mail server said last."""
    status: str
    since: datetime
    """When the first letter came back that is not cleared."""
    clients: Mapping[int, str]
    """Whose letters came back, by name."""
    papers: Sequence[Paper]
    """What was or is to be mailed there."""


def bounce_list(session: Session) -> list[ListedAddress]:
    """Every address that is listed now, the one that was listed last first."""
    by_address = defaultdict(list)
    for bounce in bounces(session, listed=True):
        by_address[bounce.address].append(bounce)
    names = client_names(session, {one.client_id for own in by_address.values() for one in own if one.client_id})
    papers = _papers_to(session, by_address)
    listed = [
        ListedAddress(
            address=address,
            said=own[-1].said,
            status=own[-1].status,
            since=own[0].bounced_at,
            clients={one.client_id: names[one.client_id] for one in own if one.client_id},
            papers=list(papers[address].values())[:MOST_PAPERS],
        )
        for address, own in by_address.items()
    ]
    return sorted(listed, key=lambda one: (one.since, one.address), reverse=True)


def _papers_to(session: Session, addresses: Collection[str]) -> Mapping[str, Mapping[int, Paper]]:
    """The papers in letters to some addresses, without what they print, the latest first, each once."""
    to = func.lower(col(Letter.recipient))
    named = load_only(*(getattr(Paper, name) for name in ("id", "kind", "number")), raiseload=True)
    mailed = select(to, Paper).options(named).join(MailedPaper, col(MailedPaper.paper_id) == col(Paper.id))
    mailed = mailed.join(Letter, col(Letter.mailing_id) == col(MailedPaper.mailing_id)).where(to.in_(addresses))
    papers: dict[str, dict[int, Paper]] = defaultdict(dict)
    for address, paper in session.exec(mailed.order_by(col(Paper.id).desc())):
        papers[address][paper.id] = paper
    return papers
