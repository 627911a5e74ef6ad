"""Each warning is mailed once, to the client's contacts and to who looks after the client (H13)."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from api.database import transaction
from contracts.enrolling import add_contact, assign_manager, choose_manager_address
from contracts.parties import Seller
from documents.letters import Letter
from documents.post import claim
from documents.warning_mail import queue_warnings, unlettered
from documents.words import NBSP, Language
from entitlements.telling import due_clients, look_at_clients, tell
from tests.builders import (
    Customer,
    a_client,
    a_plan,
    a_sale,
    a_seller,
    at_once,
    its_catalogue,
    moment,
    worked,
)

AT = moment("2026-10-05 20:00")


def a_warned_client(session: Session, minutes: int = 390, *, name: str = "Ромашка", **settings: object) -> Customer:
    """A client that used so much of eight hours in October, with a contact and a manager who has an address."""
    if session.exec(select(Seller)).first() is None:
        its_catalogue(session)
        a_plan(session, included_minutes=480, warning_quiet_hours=0, **settings)
        a_seller(session).email = "office@north.example"
    seller, own = session.exec(select(Seller)).one(), a_client(session, name)
    add_contact(session, own.id, "Анна", at=AT, emails=(f"anna@{own.id}.example", f"home@{own.id}.example"))
    assign_manager(session, own.id, "Котова И. Л.")
    a_sale(session, seller, own, at=moment("2026-10-01 09:00"), starts_on=date(2026, 10, 1))
    worked(session, own, "2026-10-05 10:00", minutes)
    warn(session)
    return own


def warn(session: Session, at: object = AT) -> None:
    """What is to be warned of is told."""
    session.flush()
    tell(session, look_at_clients(session, due_clients(session, 100, at=at), at=at), at=at)  # type: ignore[arg-type]


def queue(session: Session, at: object = AT) -> list[Letter]:
    """The letters that are queued now."""
    known = set(session.exec(select(Letter.id)))
    for seller in session.exec(select(Seller)).all():
        queue_warnings(session, seller.id, Language.RU, at=at)  # type: ignore[arg-type]
    return [letter for letter in session.exec(select(Letter).order_by(col(Letter.id))) if letter.id not in known]


def test_contact_and_manager_are_written_to_once_h13(session: Session) -> None:
    own = a_warned_client(session)
    choose_manager_address(session, "Котова И. Л.", "Kotova@North.example", at=AT)
    assert [letter.recipient for letter in queue(session)] == ["kotova@north.example", f"anna@{own.id}.example"]
    assert queue(session) == []
    assert queue(session, AT + timedelta(days=1)) == []


def test_a_manager_without_an_address_is_told_at_the_sellers_h13(session: Session) -> None:
    a_warned_client(session)
    choose_manager_address(session, "Котова И. Л.", "kotova@north.example", at=AT)
    choose_manager_address(session, "Котова И. Л.", None, at=AT)
    assert queue(session)[0].recipient == "office@north.example"


def test_only_the_last_warning_about_the_same_hours_is_mailed_h13(session: Session) -> None:
    own = a_warned_client(session)
    worked(session, own, "2026-10-05 20:00", 90)
    warn(session, moment("2026-10-05 22:00"))
    subjects = {letter.subject for letter in queue(session, moment("2026-10-05 22:00"))}
    assert subjects == {"Ромашка: часы поддержки закончились", "Часы поддержки закончились"}


def test_a_letter_that_waited_until_the_next_warning_is_withdrawn_for_it_h13(session: Session) -> None:
    own = a_warned_client(session)
    first = queue(session)
    worked(session, own, "2026-10-05 20:00", 90)
    later = moment("2026-10-05 22:00")
    warn(session, later)
    second = queue(session, later)
    assert [one.id for one in claim(session, 10, at=later)] == [one.id for one in second]
    assert {one.state for one in first} == {"withdrawn"}


def test_what_waited_beyond_its_period_is_no_news_h13(session: Session) -> None:
    a_warned_client(session)
    letters, november = queue(session), moment("2026-11-01")
    assert len(letters) == 2
    assert claim(session, 10, at=november) == []


@pytest.mark.parametrize(("at", "news"), [("2026-10-12 19:59", 1), ("2026-10-12 20:00", 0), ("2026-11-01", 0)])
def test_an_old_warning_is_no_news_when_mail_is_set_up_late_h13(session: Session, at: str, news: int) -> None:
    a_warned_client(session)
    seller = session.exec(select(Seller)).one()
    assert len(unlettered(session, seller, at=moment(at))) == news


def test_while_there_is_nobody_to_write_to_it_waits_h13(session: Session) -> None:
    its_catalogue(session)
    a_plan(session)
    seller, own = a_seller(session), a_client(session)
    a_sale(session, seller, own, at=moment("2026-10-01 09:00"), starts_on=date(2026, 10, 1))
    worked(session, own, "2026-10-05 10:00", 60)
    warn(session)
    assert queue(session) == []
    add_contact(session, own.id, "Анна", at=AT, emails=("anna@late.example",))
    assert [letter.recipient for letter in queue(session)] == ["anna@late.example"]


def said(letter: Letter) -> str:
    return letter.body.replace(NBSP, " ")


def test_the_letters_say_how_the_hours_stand_and_what_comes_h13(session: Session) -> None:
    own = a_warned_client(session)
    own.client.locale = "en"
    staff, client = queue(session)
    assert staff.subject == "Ромашка: использовано 81\u00a0% часов поддержки"
    for words in (
        "Ведёт: Котова И. Л.",
        "На 05 октября 2026 г.: дано 8 ч, использовано 6 ч 30 мин, осталось 1 ч 30 мин. Период — по 31 октября 2026 г.",
        "часы закончатся 12 октября 2026 г.",
        "час сверх них стоит 2 700,00 руб.",
        f"abonement warnings --client {own.id}",
    ):
        assert words in said(staff)
    assert client.subject == "81% of the hours of support are used"
    for words in (
        "On 5 October 2026: given 8 h, used 6 h 30 min, left 1 h 30 min. The period lasts until 31 October 2026.",
        "they run out on 12 October 2026",
        "an hour beyond them costs 2,700.00 RUB",
        "Severnyi veter LLC",
    ):
        assert words in said(client)
    assert (staff.sender_name, client.sender_name) == ("ООО «Северный ветер»", "Severnyi veter LLC")


@pytest.mark.parametrize(
    ("over_limit", "words"), [("block", "не принимаются"), ("approve", "ждут согласования"), ("bill", "оплачиваются")]
)
def test_the_letters_say_what_the_plan_does_beyond_the_hours_h13_d6(
    session: Session, over_limit: str, words: str
) -> None:
    a_warned_client(session, 480, over_limit=over_limit)
    assert all(words in said(letter) for letter in queue(session))


def test_two_workers_at_once_queue_each_warning_once_h13(engine: Engine) -> None:
    with transaction(engine) as session:
        for name in "АБВ":
            a_warned_client(session, name=name)
        seller_id = session.exec(select(Seller.id)).one()

    def work(session: Session) -> int:
        return queue_warnings(session, seller_id, Language.RU, at=AT)

    assert sorted(at_once(engine, work, work)) == [0, 6]
