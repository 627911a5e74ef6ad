"""A link opens one paper without a key until the end of its last day, unless it was revoked (P2)."""

from datetime import date

import pytest
from sqlmodel import Session, col, select

from documents.letters import Letter
from documents.mailing_by_hand import revoke_links
from documents.mailings import PaperLink
from documents.paper_links import keep_links, linked_paper
from documents.papers import Paper
from tests.builders import moment, refused
from tests.documents.market import SOLD_AT, Market
from tests.documents.test_mailing import chosen, mailed, printed

TOKENS = ["a" * 43, "b" * 43]


@pytest.fixture
def letter(market: Market) -> Letter:
    """A letter with links to contract and invoice until 20 October 2026."""
    chosen(market.session, market.customer.id)
    market.sell()
    printed(market.session, size=10**8)
    (letter,) = mailed(market.session, link_days=30)
    papers = market.session.exec(select(Paper.id).order_by(col(Paper.id))).all()
    keep_links(market.session, letter, dict(zip(papers, TOKENS, strict=True)), at=SOLD_AT)
    return letter


def test_each_token_opens_its_paper_until_the_end_of_the_sellers_day_p2(session: Session, letter: Letter) -> None:
    last = moment("2026-10-20 23:59")
    assert [linked_paper(session, token, at=last).kind.value for token in TOKENS] == ["contract", "invoice"]
    with refused(session, "LINK_ENDED", last_day=date(2026, 10, 20)):
        linked_paper(session, TOKENS[0], at=moment("2026-10-21 00:00"))


@pytest.mark.parametrize("token", ["c" * 43, "", "a" * 42, "a" * 44, "%" * 43])
def test_any_other_token_opens_nothing_p2(session: Session, letter: Letter, token: str) -> None:
    with refused(session, "LINK_UNKNOWN") as refusal:
        linked_paper(session, token, at=SOLD_AT)
    assert "value" not in refusal.value.facts


def test_revoked_links_open_nothing_and_say_since_when_p2(session: Session, letter: Letter) -> None:
    revoke_links(session, letter.id, "Котова", "Не тому", at=SOLD_AT)
    with refused(session, "LINK_REVOKED", revoked_on=date(2026, 9, 20)):
        linked_paper(session, TOKENS[0], at=SOLD_AT)
    with refused(session, "LINKS_REVOKED"):
        revoke_links(session, letter.id, "Котова", "Не тому", at=SOLD_AT)


def test_no_token_is_kept_p2(session: Session, letter: Letter) -> None:
    kept = [one.model_dump_json() for one in session.exec(select(PaperLink))]
    assert len(kept) == 2
    assert not any(token in row for token in TOKENS for row in [*kept, letter.body])
