"""The bounce list: nothing goes to who is on it, a person takes an address off it, one report is one bounce (P2)."""

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from api.database import transaction
from documents.bounces import MailBounce
from documents.bouncing import bounces, clear_address, listed_addresses, record_refused_address, record_report
from documents.letters import Letter, LetterState
from documents.mailing_by_hand import resend_letter
from documents.post import claim, record_sent
from tests.builders import a_client, a_plan, a_seller, at_once, its_catalogue, refused
from tests.documents.market import CLOSED_AT, SOLD_AT, Market
from tests.documents.test_bounce_report import a_report
from tests.documents.test_mailing import EMAIL, chosen, mailed, printed
from tests.rows import put_row

WHO = ("Котова", "Ящик починили")


def a_mailed_letter(market: Market) -> Letter:
    """A letter with the papers of a sale, which the mail server took."""
    chosen(market.session, market.customer.id)
    market.sell()
    printed(market.session)
    (letter,) = mailed(market.session)
    record_sent(market.session, letter, at=SOLD_AT)
    market.session.refresh(letter)
    return letter


@pytest.fixture
def sent(market: Market) -> Letter:
    return a_mailed_letter(market)


def reported(session: Session, letter: Letter, status: str = "5.1.1") -> MailBounce | None:
    return record_report(session, a_report(status, key=letter.message_key), at=SOLD_AT)


def next_letter(market: Market) -> Letter:
    """The papers of October, to the same address."""
    market.close()
    printed(market.session)
    (letter,) = mailed(market.session, CLOSED_AT)
    return letter


def test_nothing_goes_to_an_address_after_a_hard_bounce_until_a_person_clears_it_p2(
    market: Market, sent: Letter
) -> None:
    assert reported(market.session, sent) is not None
    later = next_letter(market)
    assert claim(market.session, 5, at=CLOSED_AT) == []
    assert (later.state, "No such user" in later.problem) == (LetterState.STOPPED, True)
    assert [one.letter_id for one in bounces(market.session, listed=True)] == [sent.id]
    with refused(market.session, "ADDRESS_BOUNCED"):
        resend_letter(market.session, sent.id, "Котова", "Ещё раз", None, at=CLOSED_AT)
    assert clear_address(market.session, EMAIL.upper(), *WHO, at=CLOSED_AT) == [later]
    assert claim(market.session, 5, at=CLOSED_AT) == [later]
    assert (bounces(market.session, listed=True), len(bounces(market.session))) == ([], 1)


def test_an_address_that_bounces_again_after_it_was_cleared_is_listed_again_p2(market: Market, sent: Letter) -> None:
    reported(market.session, sent)
    clear_address(market.session, EMAIL, *WHO, at=SOLD_AT)
    assert listed_addresses(market.session, {EMAIL}) == {}
    record_report(market.session, a_report("5.1.2", key=sent.message_key), at=CLOSED_AT)
    assert set(listed_addresses(market.session, {EMAIL, "other@a.example"})) == {EMAIL}


@pytest.mark.parametrize("asked", ["buh@ромашка.рф", "BUH@РОМАШКА.РФ", f"buh@{'ромашка.рф'.encode('idna').decode()}"])
def test_an_address_is_cleared_in_whatever_writing_p2(session: Session, asked: str) -> None:
    letter = put_row(session, Letter, recipient="buh@ромашка.рф", state=LetterState.STOPPED)
    record_refused_address(session, letter, "550 5.1.1 No such user", at=SOLD_AT)
    assert set(listed_addresses(session, {asked})) == {asked}
    assert clear_address(session, asked, *WHO, at=SOLD_AT) == [letter]


@pytest.mark.parametrize("status", ["4.4.7", "5.2.2", "5.7.1"])
def test_a_soft_bounce_counts_and_stops_nothing_p2(market: Market, sent: Letter, status: str) -> None:
    reported(market.session, sent, status)
    later = next_letter(market)
    assert claim(market.session, 5, at=CLOSED_AT) == [later]
    assert [one.is_hard for one in bounces(market.session)] == [False]


def test_the_bounce_of_another_mailbox_stops_nothing_p2(market: Market, sent: Letter) -> None:
    """The client's server hands its letters on to three people, one of whom has left."""
    gone = ("Final-Recipient: rfc822; ivan@gone.example",)
    report = a_report(key=sent.message_key, told="smtp; 550 5.1.1 <ivan@gone.example>", recipients=gone)
    bounce = record_report(market.session, report, at=SOLD_AT)
    assert bounce is not None
    assert (bounce.is_hard, "ivan@gone.example" in bounce.said) == (False, True)
    assert listed_addresses(market.session, {EMAIL}) == {}
    later = next_letter(market)
    assert claim(market.session, 5, at=CLOSED_AT) == [later]


def test_the_same_report_twice_is_one_bounce_p2(market: Market, sent: Letter) -> None:
    first, second = reported(market.session, sent), reported(market.session, sent)
    assert first is not None
    assert second is not None
    assert first.id == second.id


def test_an_address_refused_at_once_is_listed_and_one_refused_for_our_sake_is_not_p2(
    market: Market, sent: Letter
) -> None:
    record_refused_address(market.session, sent, "550 5.7.1 Blocked", at=SOLD_AT)
    assert listed_addresses(market.session, {EMAIL}) == {}
    later = next_letter(market)
    record_refused_address(market.session, later, "550 5.1.1 No such user", at=CLOSED_AT)
    assert listed_addresses(market.session, {EMAIL}) == {EMAIL: "550 5.1.1 No such user"}


def test_a_report_of_a_delivery_or_of_a_foreign_letter_changes_nothing_p2(market: Market, sent: Letter) -> None:
    assert (
        record_report(market.session, a_report("2.0.0", action="delivered", key=sent.message_key), at=SOLD_AT) is None
    )
    with refused(market.session, "LETTER_UNKNOWN", value="foreign"):
        record_report(market.session, a_report(key="foreign"), at=SOLD_AT)
    assert market.session.exec(select(MailBounce)).all() == []


def test_an_address_that_is_not_listed_cannot_be_cleared(session: Session) -> None:
    with refused(session, "ADDRESS_NOT_LISTED", value=EMAIL):
        clear_address(session, EMAIL, *WHO, at=SOLD_AT)
    with refused(session, "EMAIL_WRONG"):
        clear_address(session, "nobody", *WHO, at=SOLD_AT)


def test_the_same_report_brought_twice_at_once_is_one_bounce_p2(engine: Engine) -> None:
    with transaction(engine) as session:
        its_catalogue(session)
        a_plan(session)
        market = Market(session, a_seller(session), a_client(session))
        key = a_mailed_letter(market).message_key
    content = a_report("5.1.1", key=key)
    done = at_once(engine, *[lambda session: record_report(session, content, at=SOLD_AT)] * 4)
    assert len({one.id for one in done}) == 1
