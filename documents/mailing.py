"""Mailing papers: once by itself, one letter for what was issued together, and again when somebody asks (P2).

What is to be mailed is "issued, and not mailed yet", so whoever looks late loses nothing. Papers wait until they are
printed, and those issued together wait for each other; but not for one that cannot be printed, which follows alone.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

import msgspec
from sqlalchemy import Select, and_, case, func, select, true
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from billing.bills import Act, CreditNote, Invoice
from contracts.appending import append
from contracts.paper_addresses import paper_addresses
from contracts.paper_ways import PaperWay
from contracts.parties import Client, PaperAddress, Seller
from contracts.renewing import successor_of
from contracts.subscriptions import Subscription
from contracts.terms import ONE_DAY, next_month
from documents.addressing import staff_address, writer
from documents.contract import ContractSheet
from documents.letters import Letter
from documents.mailings import MailedPaper, PaperMailing
from documents.paper_kinds import PaperKind
from documents.paper_letter import Enclosed, PaperLetter, paper_letter
from documents.papers import CALLED, Paper, PaperState
from documents.typography import phone
from documents.words import Language
from entitlements.statements import Statement

BY_THEMSELVES = (
    PaperKind.CONTRACT,
    PaperKind.INVOICE,
    PaperKind.ACT,
    PaperKind.STATEMENT,
    PaperKind.CREDIT_NOTE,
    PaperKind.OFFER,
)
"""The kinds of paper that are mailed without being asked for."""
ATTACHED_AT_MOST = 15_000_000
"""Bytes of files that go into one letter; a third more on the way, which is what most mail servers take."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """To whom papers are mailed, and how."""

    email: str
    way: PaperWay


@dataclass(frozen=True, slots=True)
class MailAsked:
    """Who asked for a letter by name, and why; nobody where it is due by itself."""

    asked_by: str = ""
    reason: str = ""


def due_mailings(session: Session, seller: Seller) -> list[list[Any]]:
    """The printed papers of a seller that are to be mailed now, those of one letter together."""
    chosen = select(col(PaperAddress.id)).where(
        col(PaperAddress.client_id) == col(Paper.client_id), col(PaperAddress.since) <= col(Paper.issued_at)
    )
    mailed = select(col(MailedPaper.id)).where(col(MailedPaper.paper_id) == col(Paper.id))
    waiting = _papers().where(col(Paper.seller_id) == seller.id, col(Paper.kind).in_(BY_THEMSELVES))
    waiting = waiting.where(chosen.exists(), ~mailed.exists()).order_by(col(Paper.id))
    together: dict[tuple[int, datetime, date | None], list[Any]] = defaultdict(list)
    for paper in session.connection().execute(waiting):
        together[paper.client_id, paper.issued_at, paper.month].append(paper)
    done = [papers for papers in together.values() if all(paper.state != PaperState.QUEUED for paper in papers)]
    printed = ([paper for paper in papers if paper.state == PaperState.RENDERED] for papers in done)
    return [papers for papers in printed if papers]


def queue_mailings(session: Session, seller_id: int, link_days: int | None, *, at: datetime) -> int:
    """Record what is due and queue its letters; returns how many.

    The seller's row is taken first, so of two workers the second finds nothing due. `link_days` is for how long links
    open; without it everything is attached, since nobody outside reaches this server.
    """
    seller = take_seller(session, seller_id)
    due = due_mailings(session, seller)
    addresses = paper_addresses(session, {papers[0].client_id for papers in due})
    queued = 0
    for papers in due:
        to = [Recipient(one.email, one.way) for one in addresses[papers[0].client_id]]
        queued += len(mail(session, seller, papers, to, MailAsked(), link_days, at=at))
    return queued


def take_seller(session: Session, seller_id: int) -> Seller:
    """The seller, its row taken until the transaction ends: mailings of its papers are recorded one after another."""
    return session.get_one(Seller, seller_id, with_for_update={"key_share": True})


def mail(
    session: Session,
    seller: Seller,
    papers: Sequence[Any],
    to: Sequence[Recipient],
    asked: MailAsked,
    link_days: int | None,
    *,
    at: datetime,
) -> list[Letter]:
    """Record a mailing of one client's papers and queue its letters; the seller's row is taken."""
    client = session.get_one(Client, papers[0].client_id)
    copies = _copies(session, [paper.id for paper in papers])
    told = {"client_id": client.id, "seller_id": seller.id, "recorded_at": at}
    mailing = append(session, PaperMailing, {**told, "asked_by": asked.asked_by, "reason": asked.reason})
    for paper in papers:
        part = {"client_id": client.id, "mailing_id": mailing.id, "paper_id": paper.id}
        append(session, MailedPaper, {**part, "copy_number": copies[paper.id]})
    event = f"{seller.inn}.paper.{papers[0].id}.{copies[papers[0].id]}"
    letters = []
    for one in to:
        large = sum(paper.size_bytes for paper in papers) > ATTACHED_AT_MOST
        linked = link_days is not None and (large or one.way is PaperWay.LINK)
        letter = Letter(
            client_id=client.id,
            mailing_id=mailing.id,
            recipient=one.email,
            sender_name=writer(seller, Language(client.locale)),
            reply_to=staff_address(seller),
            language=client.locale,
            message_key=f"{event}.{sha256(one.email.encode()).hexdigest()[:16]}",
            links_end_on=seller.day_of(at) + timedelta(days=link_days or 0) if linked else None,
            subject="",
            body="",
            queued_at=at,
        )
        _say(letter, seller, papers, too_large=large and one.way is PaperWay.ATTACHMENT)
        letters.append(letter)
    session.add_all(letters)
    session.flush()
    return letters


def link_instead(session: Session, letter_id: int, link_days: int, *, at: datetime) -> Letter:
    """The waiting letter, whose papers a mail server found too large, with links in their place."""
    letter = session.get_one(Letter, letter_id)
    mailing = session.get_one(PaperMailing, letter.mailing_id)
    seller = session.get_one(Seller, mailing.seller_id)
    letter.links_end_on = seller.day_of(at) + timedelta(days=link_days)
    _say(letter, seller, mailed_papers(session, mailing.id), too_large=True)
    session.flush()
    return letter


def mailed_papers(session: Session, mailing_id: int | None) -> Sequence[Any]:
    """The papers of a mailing in their order."""
    own = _papers().join(MailedPaper, col(MailedPaper.paper_id) == col(Paper.id))
    own = own.where(col(MailedPaper.mailing_id) == mailing_id).order_by(col(MailedPaper.id))
    return session.connection().execute(own).all()


def still_to_be_mailed(session: Session, mailing_id: int) -> bool:
    """Whether a mailing is still news: a paper is none once another superseded it, nor an offer that was taken.

    What somebody asked for by name is always mailed.
    """
    if session.get_one(PaperMailing, mailing_id).asked_by:
        return True
    return not all(_is_past(session, paper) for paper in mailed_papers(session, mailing_id))


def printed_papers(session: Session, paper_ids: Sequence[int]) -> Sequence[Any]:
    """Papers by their ids, in the order of these; those that are not there are left out."""
    found = session.connection().execute(_papers().where(col(Paper.id).in_(paper_ids))).all()
    return sorted(found, key=lambda paper: paper_ids.index(paper.id))


def _papers() -> "Select[Any]":
    """What is needed of papers to mail them, without the sheets of any but contracts; `month` is the closed month that
    they are about."""
    stated, acted, billed, credited = (aliased(Statement) for _ in range(4))
    kind, subject = col(Paper.kind), col(Paper.subject_id)
    needed = ("id", "client_id", "seller_id", "kind", "subject_id", "number", "language", "revision", "issued_at")
    more = ("state", "size_bytes", "store_key")
    sheet = case((kind == PaperKind.CONTRACT, col(Paper.sheet))).label("contract_sheet")
    month = func.coalesce(*(col(one.month) for one in (stated, acted, billed, credited)))
    return (
        select(*(col(getattr(Paper, name)) for name in needed + more), CALLED, month.label("month"), sheet)
        .outerjoin(stated, and_(kind == PaperKind.STATEMENT, col(stated.id) == subject))
        .outerjoin(Act, and_(kind == PaperKind.ACT, col(Act.id) == subject))
        .outerjoin(acted, col(acted.id) == col(Act.statement_id))
        .outerjoin(Invoice, and_(kind == PaperKind.INVOICE, col(Invoice.id) == subject))
        .outerjoin(billed, col(billed.id) == col(Invoice.statement_id))
        .outerjoin(CreditNote, and_(kind == PaperKind.CREDIT_NOTE, col(CreditNote.id) == subject))
        .outerjoin(credited, col(credited.id) == col(CreditNote.statement_id))
    )


def _copies(session: Session, paper_ids: Sequence[int]) -> Mapping[int, int]:
    """The number of the copy of each paper that is mailed next."""
    known = select(col(MailedPaper.paper_id), func.max(col(MailedPaper.copy_number)))
    known = known.where(col(MailedPaper.paper_id).in_(paper_ids)).group_by(col(MailedPaper.paper_id))
    last = dict(session.connection().execute(known).all())
    return {paper_id: last.get(paper_id, 0) + 1 for paper_id in paper_ids}


def _say(letter: Letter, seller: Seller, papers: Sequence[Any], *, too_large: bool) -> None:
    contact, language = "\n".join(filter(None, (phone(seller.phone), letter.reply_to))), Language(letter.language)
    told = PaperLetter(
        writer(seller, language),
        contact,
        papers[0].month,
        tuple(_enclosed(paper, seller) for paper in papers),
        letter.links_end_on,
        too_large and bool(letter.links_end_on),
    )
    words = paper_letter(told, language)
    letter.subject, letter.body = words.subject, words.body


def _enclosed(paper: Any, seller: Seller) -> Enclosed:
    """The paper as it names itself: of contracts, only their sheets say of which day they are."""
    correction, day, agreement = _correction(paper), _day_of(paper, seller), None
    if paper.contract_sheet is not None:
        sheet = msgspec.json.decode(paper.contract_sheet, type=ContractSheet)
        agreement, day = sheet.agreement, day if correction else sheet.signed_on
    return Enclosed(paper.id, paper.kind, paper.number, day, correction, agreement)


def _day_of(paper: Any, seller: Seller) -> date:
    """The day that a paper bears, or its correction; statements and acts bear the last day of their month, whenever it
    was closed."""
    if paper.month is not None and not _correction(paper) and paper.kind in (PaperKind.STATEMENT, PaperKind.ACT):
        return next_month(paper.month) - ONE_DAY
    return seller.day_of(paper.issued_at)


def _correction(paper: Any) -> int:
    """Which correction of a paper it is, 0 for none; a further offer is an offer of its own."""
    return 0 if paper.kind == PaperKind.OFFER else paper.revision - 1


def _is_past(session: Session, paper: Any) -> bool:
    later = select(col(Paper.id)).where(
        col(Paper.kind) == paper.kind,
        col(Paper.subject_id) == paper.subject_id,
        col(Paper.language) == paper.language if paper.kind != PaperKind.OFFER else true(),
        col(Paper.revision) > paper.revision,
    )
    if session.connection().execute(later).first() is not None:
        return True
    if paper.kind != PaperKind.OFFER:
        return False
    return successor_of(session, session.get_one(Subscription, paper.subject_id)) is not None
