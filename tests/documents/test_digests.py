"""Each manager is told once a month how the clients stand, whatever ticks were missed (H13)."""

from datetime import date, timedelta

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from api.database import transaction
from contracts.enrolling import assign_manager, choose_manager_address
from contracts.parties import Seller
from documents.digest_text import Digest, digest_text
from documents.digests import DueDigest, due_digests, made_digest, queue_digest
from documents.letters import Letter, ManagerDigest
from documents.post import claim
from documents.reminder_text import Wording
from documents.words import NBSP, Language
from tests.builders import a_client, a_seller, at_once, closed, held, moment
from tests.documents.test_warning_mail import AT, a_warned_client

NOVEMBER = moment("2026-11-02 10:00")
OCTOBER = date(2026, 10, 1)


def a_manager(session: Session) -> None:
    """A manager whose client used more than it had in October, was warned of that, and was denied a request."""
    own = a_warned_client(session, 480, over_limit="block")
    choose_manager_address(session, "Котова И. Л.", "kotova@north.example", at=AT)
    denied, hold = held(session, own, "2026-10-20 10:00", 60)
    assert (denied.is_served, hold) == (False, None)


def made(session: Session, at: object = NOVEMBER) -> list[tuple[DueDigest, Digest]]:
    session.flush()
    return [(due, made_digest(session, due, at=at)) for due in due_digests(session, at=at)]  # type: ignore[arg-type]


def send(session: Session, at: object = NOVEMBER) -> list[str]:
    """Who is written to now."""
    known = set(session.exec(select(Letter.id)))
    for due, digest in made(session, at):
        queue_digest(session, due, digest_text(digest, Language.RU) if digest.clients else None, at=at)  # type: ignore[arg-type]
    return [one.recipient for one in session.exec(select(Letter).order_by(col(Letter.id))) if one.id not in known]


def test_a_manager_is_told_once_of_a_month_h13(session: Session) -> None:
    a_manager(session)
    assert send(session) == ["kotova@north.example"]
    assert send(session) == []
    assert send(session, moment("2026-11-30 23:59")) == []
    assert send(session, moment("2026-12-01")) == ["kotova@north.example"]


def test_after_months_without_a_worker_the_last_month_is_told_h13(session: Session) -> None:
    a_manager(session)
    session.flush()
    (due,) = due_digests(session, at=moment("2027-01-20"))
    assert (due.month, due.recipient) == (date(2026, 12, 1), "kotova@north.example")


def test_the_digest_says_how_each_client_stands_h13(session: Session) -> None:
    a_manager(session)
    ((_, digest),) = made(session)
    words = digest_text(digest, Language.RU)
    assert words.subject.replace(NBSP, " ") == "Сводка: октябрь 2026 г."
    text = words.body.replace(NBSP, " ")
    for said in (
        "Котова И. Л., ваши клиенты, октябрь 2026 г.",
        "Ромашка",
        "дано 8 ч, использовано 8 ч, сгорело 0 мин, осталось 0 мин",
        "предупреждения о часах: 100 %",
        "отказано: 1 обращение",
    ):
        assert said in text
    english = digest_text(digest, Language.EN).body.replace(NBSP, " ")
    assert "given 8 h, used 8 h, burnt 0 min, left 0 min" in english
    assert "denied: 1 request\n" in english


def test_closed_and_open_months_are_told_alike_h13_e3(session: Session) -> None:
    own = a_warned_client(session, 400)
    ((_, before),) = made(session)
    closed(session, session.exec(select(Seller)).one(), own, OCTOBER)
    ((_, after),) = made(session)
    assert after == before
    assert after.clients[0].pools[0].used_minutes == 405


def test_what_ends_soon_is_told_h13(session: Session) -> None:
    a_manager(session)
    ((_, digest),) = made(session, moment("2027-08-10"))
    assert [one.ends for one in digest.clients] == [(("2026-0001", date(2027, 9, 30)),)]


def test_a_manager_without_anything_to_tell_gets_no_letter_and_is_not_asked_again_h13(session: Session) -> None:
    a_seller(session).email = "office@north.example"
    assign_manager(session, a_client(session, registrations=0).id, "Орлова")
    assert send(session) == []
    (told,) = session.exec(select(ManagerDigest)).all()
    assert (told.manager, told.month, told.is_sent) == ("Орлова", OCTOBER, False)
    assert made(session) == []


def test_without_an_address_a_digest_stays_due_h13(session: Session) -> None:
    seller = a_seller(session)
    assign_manager(session, a_client(session, registrations=0).id, "Орлова")
    session.flush()
    assert due_digests(session, at=NOVEMBER) == []
    seller.email = "office@north.example"
    session.flush()
    assert [one.recipient for one in due_digests(session, at=NOVEMBER)] == ["office@north.example"]


def test_each_manager_hears_of_the_own_clients_only_h13(session: Session) -> None:
    a_manager(session)
    other = a_warned_client(session, 60, name="Василёк")
    assign_manager(session, other.id, "Орлова")
    told = {due.manager: [one.client for one in digest.clients] for due, digest in made(session)}
    assert told == {"Котова И. Л.": ["Ромашка"], "Орлова": ["Василёк"]}


def test_a_digest_that_waits_is_still_sent_h13(session: Session) -> None:
    a_manager(session)
    send(session)
    assert [one.recipient for one in claim(session, 10, at=NOVEMBER + timedelta(days=9))] == ["kotova@north.example"]


def test_two_workers_at_once_queue_a_digest_once_h13(engine: Engine) -> None:
    with transaction(engine) as session:
        a_manager(session)
    with transaction(engine) as session:
        (due,) = due_digests(session, at=NOVEMBER)

    def queue(session: Session) -> int:
        return queue_digest(session, due, Wording("Сводка", "Клиенты"), at=NOVEMBER)

    assert sorted(at_once(engine, queue, queue)) == [0, 1]
