"""Papers are mailed once, with what was issued with them, to whom the client chose; again only by name (P2)."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from api.database import transaction
from contracts.enrolling import add_contact
from contracts.paper_addresses import choose_paper_address
from contracts.paper_ways import PaperWay
from contracts.parties import Client, Seller
from contracts.renewing import renew
from documents.archive import ATTEMPTS, LEASE, print_again, record, record_failure
from documents.issuing import issue_offer
from documents.letters import Letter, LetterState
from documents.mailing import ATTACHED_AT_MOST, link_instead, queue_mailings
from documents.mailing_by_hand import resend_letter, revoke_links, send_papers
from documents.mailings import MailedPaper
from documents.paper_kinds import PaperKind
from documents.papers import Paper, PaperState
from documents.post import claim, record_sent
from documents.words import NBSP
from tests.builders import a_client, a_plan, a_seller, at_once, its_catalogue, moment, refused
from tests.documents.market import CLOSED_AT, SOLD_AT, Market

CHOSEN_AT = moment("2026-09-01 12:00")
EMAIL = "buh@romashka.example"


@pytest.fixture
def market(market: Market) -> Market:
    """A market whose client has its papers mailed."""
    chosen(market.session, market.customer.id)
    return market


def chosen(
    session: Session, client_id: int, email: str = EMAIL, way: PaperWay = PaperWay.ATTACHMENT, at: datetime = CHOSEN_AT
) -> None:
    add_contact(session, client_id, f"Бухгалтер {email}", at=at, emails=(email,))
    choose_paper_address(session, client_id, email, way, at=at)


def printed(session: Session, *kinds: PaperKind, size: int = 1000) -> None:
    """The papers that wait, or those of the kinds, are printed."""
    waiting = select(Paper).where(Paper.state == PaperState.QUEUED)
    for paper in session.exec(waiting).all():
        if not kinds or paper.kind in kinds:
            record(session, paper.id, f"{paper.kind}/{paper.id:064x}.pdf", size, at=paper.issued_at)
    session.expire_all()


def mailed(session: Session, at: datetime = SOLD_AT, link_days: int | None = None) -> list[Letter]:
    """The letters that are queued now."""
    known = set(session.exec(select(Letter.id)))
    count = sum(queue_mailings(session, one, link_days, at=at) for one in session.exec(select(Seller.id)).all())
    new = [one for one in session.exec(select(Letter).order_by(col(Letter.id))) if one.id not in known]
    assert len(new) == count
    return new


def kinds_in(session: Session, letter: Letter) -> list[str]:
    own = select(Paper.kind).join(MailedPaper).where(MailedPaper.mailing_id == letter.mailing_id)
    return [kind.value for kind in session.exec(own.order_by(col(MailedPaper.id)))]


def test_contract_and_invoice_go_in_one_letter_once_both_are_printed_p2(market: Market) -> None:
    market.sell()
    assert mailed(market.session) == []
    printed(market.session, PaperKind.CONTRACT)
    assert mailed(market.session) == []
    printed(market.session)
    (letter,) = mailed(market.session)
    assert kinds_in(market.session, letter) == ["contract", "invoice"]
    assert (letter.recipient, letter.subject) == (EMAIL, "Договор № 2026-0001, счёт № 2026-0001")
    assert mailed(market.session, SOLD_AT + timedelta(days=400)) == []


def test_a_paper_that_cannot_be_printed_holds_back_no_other_and_follows_once_it_is_mended_p2(market: Market) -> None:
    market.sell()
    contract = market.session.exec(select(Paper).where(Paper.kind == PaperKind.CONTRACT)).one()
    for attempt in range(1, ATTEMPTS + 1):
        contract.attempts = attempt
        record_failure(market.session, contract, "OSError: no space left")
        printed(market.session, PaperKind.INVOICE)
        letters = mailed(market.session)
        assert len(letters) == (attempt == ATTEMPTS)  # until then it may still be printed
    assert kinds_in(market.session, letters[0]) == ["invoice"]
    assert mailed(market.session, SOLD_AT + timedelta(days=400)) == []
    print_again(market.session, contract.id)
    assert mailed(market.session) == []
    printed(market.session)
    (later,) = mailed(market.session)
    assert kinds_in(market.session, later) == ["contract"]
    assert later.message_key != letters[0].message_key


def test_the_papers_of_a_closed_month_go_in_one_letter_a_client_and_month_p2(market: Market) -> None:
    market.sell()
    market.work("2026-10-12 10:00", 120)
    market.close()
    market.close(date(2026, 11, 1))
    printed(market.session)
    sale, october, november = mailed(market.session, CLOSED_AT)
    assert kinds_in(market.session, october) == ["statement", "act", "act", "invoice"]
    assert kinds_in(market.session, november) == ["statement", "act"]
    subject = october.subject.replace(NBSP, " ")
    assert subject.startswith(
        "Документы за октябрь 2026 г.: отчёт о часах № 2026-0001, акт № 2026-0001, акт № 2026-0002"
    )
    days = re.findall("от (.*) г", october.body.replace(NBSP, " "))
    assert days == ["31 октября 2026"] * 3 + ["02 ноября 2026"]  # as the papers say themselves
    assert len({letter.message_key for letter in (sale, october, november)}) == 3


def test_each_chosen_address_gets_a_letter_of_its_own_in_its_own_way_p2(market: Market) -> None:
    chosen(market.session, market.customer.id, "dir@romashka.example", PaperWay.LINK)
    market.sell()
    printed(market.session)
    attached, linked = mailed(market.session, link_days=30)
    assert (attached.links_end_on, "приложены" in attached.body) == (None, True)
    assert (linked.links_end_on, "до 20 октября 2026 г." in linked.body.replace(NBSP, " ")) == (
        date(2026, 10, 20),
        True,
    )
    assert attached.message_key != linked.message_key


def test_without_a_public_address_everything_is_attached_p2(market: Market) -> None:
    choose_paper_address(market.session, market.customer.id, EMAIL, PaperWay.LINK, at=SOLD_AT)
    market.sell()
    printed(market.session)
    assert [letter.links_end_on for letter in mailed(market.session)] == [None]


def test_papers_too_large_for_a_letter_come_as_links_and_the_letter_says_so_p2(market: Market) -> None:
    market.sell()
    printed(market.session, size=ATTACHED_AT_MOST // 2 + 1)
    (letter,) = mailed(market.session, link_days=30)
    assert letter.links_end_on is not None
    assert "Для вложения документы слишком велики." in letter.body


def test_a_letter_that_a_server_finds_too_large_becomes_links_under_the_same_id_p2(market: Market) -> None:
    market.sell()
    printed(market.session)
    (letter,) = mailed(market.session)
    before = letter.message_key
    linked = link_instead(market.session, letter.id, 30, at=SOLD_AT)
    assert (linked.message_key, linked.links_end_on) == (before, date(2026, 10, 20))
    assert "слишком велики" in linked.body


def test_an_english_client_reads_english_p2(market: Market) -> None:
    market.session.get_one(Client, market.customer.id).locale = "en"
    market.sell()
    printed(market.session)
    (letter,) = mailed(market.session)
    assert (letter.language, letter.subject) == ("en", "Contract No. 2026-0001, invoice No. 2026-0001")
    assert "The papers are attached:" in letter.body
    assert (letter.sender_name, "Severnyi veter LLC" in letter.body) == ("Severnyi veter LLC", True)


def test_nothing_is_mailed_to_who_chose_nowhere_nor_what_was_issued_before_the_choice_p2(market: Market) -> None:
    other = Market(market.session, market.seller, a_client(market.session, "Василёк"))
    other.sell()
    printed(market.session)
    assert mailed(market.session) == []
    chosen(market.session, other.customer.id, "late@vasilek.example", at=SOLD_AT + timedelta(seconds=1))
    assert mailed(market.session, SOLD_AT + timedelta(days=1)) == []


def test_an_offer_that_a_later_one_supersedes_or_that_was_taken_is_no_news_p2(market: Market) -> None:
    sold = market.sell().sale.subscription
    printed(market.session)
    for letter in mailed(market.session):
        record_sent(market.session, letter, at=SOLD_AT)
    near = moment("2027-08-20 12:00")
    for later in (0, 1):
        issue_offer(market.session, sold.id, at=near + timedelta(hours=later))
    printed(market.session)
    first, second = mailed(market.session, near)
    assert [letter.id for letter in claim(market.session, 5, at=near)] == [second.id]
    assert first.state is LetterState.WITHDRAWN
    renew(market.session, sold.id, at=near)
    assert claim(market.session, 5, at=near + LEASE * 2) == []
    assert second.state is LetterState.WITHDRAWN


def a_certificate(market: Market) -> Paper:
    """A paper that is mailed only when somebody asks."""
    paper = Paper(
        client_id=market.customer.id,
        seller_id=market.seller.id,
        kind=PaperKind.CERTIFICATE,
        subject_id=1,
        number="1",
        language="ru",
        sheet="{}",
        issued_sha256="",
        issued_at=SOLD_AT,
    )
    market.session.add(paper)
    market.session.flush()
    return paper


def test_what_is_not_mailed_by_itself_is_mailed_by_name_and_only_once_p2(market: Market) -> None:
    paper = a_certificate(market)
    with refused(market.session, "PAPER_NOT_PRINTED", value=paper.id):
        send_papers(market.session, [paper.id], "Котова", None, at=SOLD_AT)
    printed(market.session)
    assert mailed(market.session) == []
    (letter,) = send_papers(market.session, [paper.id], "Котова", None, at=SOLD_AT)
    assert letter.subject == "Сертификат № 1"
    with refused(market.session, "PAPER_MAILED", letter_ids=[letter.id]):
        send_papers(market.session, [paper.id], "Котова", None, at=SOLD_AT)


def of_another(market: Market, paper: Paper) -> list[int]:
    other = Market(market.session, market.seller, a_client(market.session, "Василёк"))
    other.sell()
    return [paper.id, *market.session.exec(select(Paper.id).where(Paper.client_id == other.customer.id))]


def to_nowhere(market: Market, paper: Paper) -> list[int]:
    return of_another(market, paper)[1:]


@pytest.mark.parametrize(
    ("papers", "code"),
    [
        (lambda market, paper: [paper.id, 999], "PAPER_UNKNOWN"),
        (of_another, "PAPERS_OF_SEVERAL"),
        (to_nowhere, "NOWHERE_TO_MAIL"),
    ],
)
def test_papers_that_cannot_be_mailed_together_are_refused(
    market: Market, papers: Callable[[Market, Paper], list[int]], code: str
) -> None:
    ids = papers(market, a_certificate(market))
    printed(market.session)
    with refused(market.session, code):
        send_papers(market.session, ids, "Котова", None, at=SOLD_AT)


def test_a_letter_goes_again_only_by_name_and_with_a_reason_under_an_id_of_its_own_p2(market: Market) -> None:
    market.sell()
    printed(market.session)
    (first,) = mailed(market.session)
    asked = ("Котова", "Не нашли письмо")
    with refused(market.session, "LETTER_WAITS"):
        resend_letter(market.session, first.id, *asked, None, at=SOLD_AT)
    record_sent(market.session, first, at=SOLD_AT)
    with refused(market.session, "TEXT_WRONG", field="reason"):
        resend_letter(market.session, first.id, "Котова", " ", None, at=SOLD_AT)
    again = resend_letter(market.session, first.id, *asked, None, at=SOLD_AT)
    assert (again.recipient, again.subject, again.body) == (first.recipient, first.subject, first.body)
    assert again.message_key != first.message_key
    assert kinds_in(market.session, again) == kinds_in(market.session, first)
    assert mailed(market.session) == []


def test_only_letters_with_papers_are_sent_again_or_have_links_to_revoke(market: Market) -> None:
    asked: tuple[Any, ...] = ("Котова", "Надо")
    with refused(market.session, "LETTER_UNKNOWN"):
        resend_letter(market.session, 7, *asked, None, at=SOLD_AT)
    with refused(market.session, "LETTER_UNKNOWN"):
        revoke_links(market.session, 7, *asked, at=SOLD_AT)


def test_two_workers_at_once_record_a_mailing_once_p2(engine: Engine) -> None:
    with transaction(engine) as session:
        its_catalogue(session)
        a_plan(session)
        market = Market(session, a_seller(session), a_client(session))
        chosen(session, market.customer.id)
        market.sell()
        printed(session)
        seller_id = market.seller.id
    queued = at_once(engine, *[lambda session: queue_mailings(session, seller_id, None, at=SOLD_AT)] * 4)
    assert sorted(queued) == [0, 0, 0, 1]
