"""Mailing papers because somebody asks: for the first time, or again with a reason; and revoking links (P2)."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from contracts.appending import append
from contracts.errors import Refusal
from contracts.known_rows import known_row
from contracts.paper_addresses import paper_addresses
from contracts.paper_ways import PaperWay
from contracts.parties import PaperAddress
from contracts.requisites import require_text
from documents.bouncing import listed_addresses
from documents.letters import Letter, LetterState
from documents.mailing import MailAsked, Recipient, mail, mailed_papers, printed_papers, take_seller
from documents.mailings import LinkRevocation, MailedPaper, PaperMailing
from documents.papers import PaperState


def send_papers(
    session: Session, paper_ids: Sequence[int], asked_by: str, link_days: int | None, *, at: datetime
) -> list[Letter]:
    """Queue a letter with papers that were never mailed to every address that the client chose for papers.

    Raises `Refusal` with PAPER_UNKNOWN, PAPERS_OF_SEVERAL, PAPER_NOT_PRINTED, PAPER_MAILED, NOWHERE_TO_MAIL or
    TEXT_WRONG.
    """
    asked = MailAsked(require_text(asked_by, "asked_by", 200))
    papers = printed_papers(session, list(dict.fromkeys(paper_ids)))
    if missing := sorted(set(paper_ids) - {paper.id for paper in papers}):
        raise Refusal("PAPER_UNKNOWN", field="paper_ids", value=missing[0])
    if len({(paper.client_id, paper.seller_id) for paper in papers}) != 1:
        raise Refusal("PAPERS_OF_SEVERAL", field="paper_ids", value=[paper.id for paper in papers])
    seller = take_seller(session, papers[0].seller_id)
    for paper in papers:
        if paper.state != PaperState.RENDERED:
            raise Refusal("PAPER_NOT_PRINTED", field="paper_ids", value=paper.id, state=paper.state)
        known = select(Letter.id).join(MailedPaper, col(MailedPaper.mailing_id) == col(Letter.mailing_id))
        if letters := session.exec(known.where(MailedPaper.paper_id == paper.id).order_by(col(Letter.id))).all():
            raise Refusal("PAPER_MAILED", field="paper_ids", value=paper.id, letter_ids=letters)
    client_id = papers[0].client_id
    to = [Recipient(one.email, one.way) for one in paper_addresses(session, {client_id})[client_id]]
    if not to:
        raise Refusal("NOWHERE_TO_MAIL", field="client_id", value=client_id)
    return mail(session, seller, papers, to, asked, link_days, at=at)


def resend_letter(
    session: Session, letter_id: int, asked_by: str, reason: str, link_days: int | None, *, at: datetime
) -> Letter:
    """Queue a new letter with the same papers to the same address, under a Message-ID of its own.

    Raises `Refusal` with LETTER_UNKNOWN, LETTER_WITHOUT_PAPERS, LETTER_WAITS, ADDRESS_BOUNCED or TEXT_WRONG.
    """
    asked = MailAsked(require_text(asked_by, "asked_by", 200), require_text(reason, "reason", 300))
    letter, mailing = _mailed(session, letter_id)
    seller = take_seller(session, mailing.seller_id)
    session.refresh(letter)
    if letter.state is LetterState.QUEUED:
        raise Refusal("LETTER_WAITS", field="letter_id", value=letter.id)
    if listed := listed_addresses(session, {letter.recipient}):
        raise Refusal("ADDRESS_BOUNCED", field="letter_id", value=letter.id, said=listed[letter.recipient])
    chosen = select(PaperAddress.way).where(
        PaperAddress.client_id == letter.client_id, PaperAddress.email == letter.recipient
    )
    before = PaperWay.ATTACHMENT if letter.links_end_on is None else PaperWay.LINK
    way = PaperWay(session.exec(chosen).first() or before)
    papers = mailed_papers(session, mailing.id)
    return mail(session, seller, papers, [Recipient(letter.recipient, way)], asked, link_days, at=at)[0]


def revoke_links(session: Session, letter_id: int, revoked_by: str, reason: str, *, at: datetime) -> LinkRevocation:
    """The links of a letter open nothing any more.

    Raises `Refusal` with LETTER_UNKNOWN, LETTER_WITHOUT_PAPERS, LINKS_REVOKED or TEXT_WRONG.
    """
    by, why = require_text(revoked_by, "revoked_by", 200), require_text(reason, "reason", 300)
    letter, mailing = _mailed(session, letter_id)
    take_seller(session, mailing.seller_id)
    known = session.exec(select(LinkRevocation).where(LinkRevocation.letter_id == letter.id)).first()
    if known is not None:
        raise Refusal("LINKS_REVOKED", field="letter_id", value=letter.id, revoked_at=known.revoked_at)
    revoked = {"client_id": letter.client_id, "letter_id": letter.id, "revoked_by": by, "reason": why}
    return append(session, LinkRevocation, {**revoked, "revoked_at": at})


def _mailed(session: Session, letter_id: int) -> tuple[Letter, PaperMailing]:
    letter = known_row(session, Letter, letter_id)
    if letter.mailing_id is None:
        raise Refusal("LETTER_WITHOUT_PAPERS", field="letter_id", value=letter_id)
    return letter, session.get_one(PaperMailing, letter.mailing_id)
