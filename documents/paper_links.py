"""Links that open one paper without a key, for as long as their letter said (P2)."""

import re
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256

from sqlmodel import Session, select

from contracts.appending import append
from contracts.errors import Refusal
from contracts.parties import Seller
from documents.letters import Letter
from documents.mailings import LinkRevocation, PaperLink
from documents.papers import Paper

TOKEN = "[A-Za-z0-9_-]{43}"
"""32 random bytes in Base64 for addresses."""


def keep_links(session: Session, letter: Letter, tokens: Mapping[int, str], *, at: datetime) -> None:
    """Keep the digests of the tokens that the letter carries, one for each of its papers."""
    for paper_id, token in tokens.items():
        link = {"client_id": letter.client_id, "letter_id": letter.id, "paper_id": paper_id}
        append(
            session,
            PaperLink,
            {**link, "token_sha256": _digest(token), "last_day": letter.links_end_on, "made_at": at},
        )


def linked_paper(session: Session, token: str, *, at: datetime) -> Paper:
    """The paper that a token opens.

    Raises `Refusal` with LINK_UNKNOWN, LINK_REVOKED or LINK_ENDED, which say since when; none repeats the token.
    """
    known = select(PaperLink, Paper, Seller).join(Paper, Paper.id == PaperLink.paper_id)  # type: ignore[arg-type]
    known = known.join(Seller, Seller.id == Paper.seller_id)  # type: ignore[arg-type]
    found = session.exec(known.where(PaperLink.token_sha256 == _digest(token))).first()
    if found is None or not re.fullmatch(TOKEN, token):
        raise Refusal("LINK_UNKNOWN", field="token")
    link, paper, seller = found
    revoked = session.exec(select(LinkRevocation).where(LinkRevocation.letter_id == link.letter_id)).first()
    if revoked is not None:
        raise Refusal("LINK_REVOKED", field="token", revoked_on=seller.day_of(revoked.revoked_at))
    if seller.day_of(at) > link.last_day:
        raise Refusal("LINK_ENDED", field="token", last_day=link.last_day)
    return paper


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()
