"""P6: who is told what about objections, on which day, each once, and what is no news any more."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, event
from sqlmodel import Session, col, select

from api.database import reading, transaction
from contracts.enrolling import add_contact, assign_manager, choose_manager_address
from contracts.paper_addresses import choose_paper_address
from contracts.paper_ways import PaperWay
from contracts.parties import Client, Seller
from documents.letters import Letter, LetterState
from documents.objection_due import DueNews, due_news
from documents.objection_mail import queue_news
from documents.objection_reminders import ObjectionReminder
from documents.post import claim
from documents.words import Language
from entitlements.objecting import accept, object_to, reject, uphold
from entitlements.objections import LineReply
from entitlements.statements import Statement
from tests.builders import (
    a_client,
    a_plan,
    a_sale,
    a_seller,
    at_once,
    close_client,
    closed,
    its_catalogue,
    moment,
    worked,
)

OCTOBER, ANNA, STAFF = date(2026, 10, 1), "anna@romashka.example", "office@north.example"
QUERIES = 8
"""However many clients there are."""


def billed(session: Session, name: str = "Ромашка", lines: int = 3, contact: str | None = ANNA) -> Statement:
    """The statement of October of a client, issued on 2 November 2026, with a last day for objecting on the 9th."""
    seller = session.exec(select(Seller)).first()
    if seller is None:
        its_catalogue(session)
        a_plan(session)
        seller = a_seller(session)
        seller.email = STAFF
    customer = a_client(session, name)
    if contact:
        add_contact(session, customer.id, "Анна", at=moment("2026-09-01"), emails=(contact,))
    a_sale(session, seller, customer, at=moment("2026-09-01"), starts_on=OCTOBER)
    for day in range(5, 5 + lines):
        worked(session, customer, f"2026-10-{day:02} 10:00", 30)
    done = closed(session, seller, customer, OCTOBER)
    assert done is not None
    assert done.statement.object_until == date(2026, 11, 9)
    return done.statement


def objected(session: Session, statement: Statement, line: int = 1, at: str = "2026-11-03 10:00") -> LineReply:
    return object_to(session, statement.id, line, text="Нет", said_by="Седова", at=moment(at))


def accepted(session: Session, statement: Statement, *lines: int) -> None:
    for line in lines:
        accept(session, statement.id, line, said_by="Седова", at=moment("2026-11-03 10:00"))


def due(session: Session, day: str) -> list[DueNews]:
    """What is due at noon of a day."""
    session.flush()
    seller = session.exec(select(Seller)).one()
    return due_news(session, seller, Language.RU, at=moment(f"{day} 12:00"))


def told(session: Session, day: str) -> list[tuple[str, int | None, list[str]]]:
    """What is told at noon of a day: the news, the line, and to whom."""
    found = due(session, day)
    seller_id = session.exec(select(Seller.id)).one()
    queued = queue_news(session, seller_id, found, at=moment(f"{day} 12:00"))
    return [(one.news.value, one.line, list(one.letters)) for one in queued]


def letters(session: Session) -> list[Letter]:
    return list(session.exec(select(Letter).order_by(col(Letter.id))))


def test_everybody_is_told_on_their_days_each_once_p6(session: Session) -> None:
    statement = billed(session)
    objected(session, statement, 2, "2026-11-06 00:30")  # the 5th in UTC, the 6th in Moscow: due on the 13th
    accepted(session, statement, 1)
    days = {}
    for number in range(20):
        day = f"{date(2026, 11, 1) + timedelta(days=number)}"
        if day == "2026-11-16":
            objection = session.exec(select(LineReply).where(LineReply.text != "")).one()
            reject(session, objection.id, reason="Есть запись", decided_by="Орлова", at=moment("2026-11-16 09:00"))
        days[day] = told(session, day)
        assert due(session, day) == []
    assert {day: news for day, news in days.items() if news} == {
        "2026-11-05": [("last_day", None, [ANNA])],
        "2026-11-11": [("decision_soon", 2, [STAFF])],
        "2026-11-13": [("decision_due", 2, [STAFF])],
        "2026-11-16": [("decided", 2, [ANNA])],
    }
    assert len({letter.message_key for letter in letters(session)}) == len(letters(session)) == 4
    assert {letter.language for letter in letters(session)} == {"ru"}


def test_each_reads_its_own_language_at_its_own_address_p6(session: Session) -> None:
    statement = billed(session)
    session.get_one(Client, statement.client_id).locale = "en"
    choose_paper_address(session, statement.client_id, ANNA, PaperWay.LINK, at=moment("2026-11-01"))
    add_contact(session, statement.client_id, "Вера", at=moment("2026-11-01"), emails=("vera@romashka.example",))
    assign_manager(session, statement.client_id, "Котова И. Л.")
    choose_manager_address(session, "Котова И. Л.", "kotova@north.example", at=moment("2026-11-01"))
    objected(session, statement)
    told(session, "2026-11-09")
    assert [(one.recipient, one.language, one.reply_to) for one in letters(session)] == [
        (ANNA, "en", STAFF),  # who gets the papers, not every contact
        ("kotova@north.example", "ru", STAFF),
    ]


@pytest.mark.parametrize(
    ("acceptances", "objections", "is_told"),
    [((), (), True), ((1,), (2,), True), ((1, 2), (3,), False), ((1, 2, 3), (), False), ((), (1, 2, 3), False)],
)
def test_a_statement_is_reminded_of_while_a_line_is_open_p6(
    session: Session, acceptances: tuple[int, ...], objections: tuple[int, ...], is_told: bool
) -> None:
    statement = billed(session)
    accepted(session, statement, *acceptances)
    for line in objections:
        objected(session, statement, line)
    assert [one.news for one in due(session, "2026-11-06")] == ["last_day"] * is_told


def test_a_line_that_gives_back_waits_for_no_answer_p6(session: Session) -> None:
    statement = billed(session, lines=1)
    uphold(session, objected(session, statement).id, reason="Да", decided_by="Орлова", at=moment("2026-11-03 11:00"))
    seller = session.exec(select(Seller)).one()
    november = close_client(session, seller, statement.client_id, date(2026, 11, 1), at=moment("2026-12-01 12:00"))
    assert november is not None
    assert due(session, str(november.statement.object_until)) == []


def test_a_statement_without_lines_is_not_reminded_of_p6(session: Session) -> None:
    billed(session, lines=0)
    assert due(session, "2026-11-06") == []


def test_what_was_decided_is_no_news_to_the_staff_and_a_week_long_to_the_client_p6(session: Session) -> None:
    statement = billed(session, lines=1)
    reject(session, objected(session, statement).id, reason="Нет", decided_by="Орлова", at=moment("2026-11-09 13:00"))
    assert [one.news for one in due(session, "2026-11-16")] == ["decided"]
    assert due(session, "2026-11-17") == []


def test_days_without_a_worker_lose_nothing_and_tell_only_the_last_p6(session: Session) -> None:
    statement = billed(session, lines=1)
    objected(session, statement)
    assert told(session, "2026-12-20") == [("decision_due", 1, [STAFF])]
    assert told(session, "2026-11-09") == []  # the clock was set back


def test_while_nobody_can_be_written_to_it_stays_due_and_is_named_p6(session: Session) -> None:
    statement = billed(session, contact=None)
    session.exec(select(Seller)).one().email = ""
    objected(session, statement)
    assert [(one.news, one.client, one.letters) for one in due(session, "2026-11-09")] == [
        ("last_day", "Ромашка", {}),
        ("decision_soon", "Ромашка", {}),
    ]
    assert told(session, "2026-11-09") == []
    assert session.exec(select(ObjectionReminder)).all() == []
    add_contact(session, statement.client_id, "Анна", at=moment("2026-11-09"), emails=(ANNA,))
    assert told(session, "2026-11-09") == [("last_day", None, [ANNA])]


def test_a_letter_that_waited_too_long_is_withdrawn_p6(session: Session) -> None:
    statement = billed(session)
    first, second = objected(session, statement, 1), objected(session, statement, 2)
    told(session, "2026-11-09")
    reject(session, first.id, reason="Нет", decided_by="Орлова", at=moment("2026-11-10 09:00"))
    told(session, "2026-11-11")
    sent = claim(session, 9, at=moment("2026-11-11 13:00"))
    news = {one.id: one.news for one in session.exec(select(ObjectionReminder))}
    states = [(news[one.objection_reminder_id], one.state) for one in letters(session)]
    withdrawn, queued = LetterState.WITHDRAWN, LetterState.QUEUED
    assert states == [
        ("last_day", withdrawn),  # the 9th is over
        ("decision_soon", withdrawn),  # the first is decided
        ("decision_soon", withdrawn),  # the second is due
        ("decision_due", queued),
        ("decided", queued),
    ]
    assert len(sent) == 2
    reject(session, second.id, reason="Нет", decided_by="Орлова", at=moment("2026-11-11 13:00"))
    assert [news[one.objection_reminder_id] for one in claim(session, 9, at=moment("2026-11-12"))] == ["decided"]


def test_the_client_that_answered_while_its_letter_waited_is_not_written_to_p6(session: Session) -> None:
    statement = billed(session, lines=2)
    told(session, "2026-11-06")
    accepted(session, statement, 1)
    assert len(claim(session, 9, at=moment("2026-11-06 13:00"))) == 1
    accepted(session, statement, 2)
    assert claim(session, 9, at=moment("2026-11-06 14:00")) == []
    assert [one.state for one in letters(session)] == [LetterState.WITHDRAWN]


def test_workers_at_once_record_each_once_p6(engine: Engine) -> None:
    with transaction(engine) as session:
        for name in "АБВ":
            objected(session, billed(session, name, lines=2))
        seller_id = session.exec(select(Seller.id)).one()
    with reading(engine) as session:
        found = due(session, "2026-11-09")

    def work(session: Session) -> int:
        return len(queue_news(session, seller_id, found, at=moment("2026-11-09 12:00")))

    assert sorted(at_once(engine, *[work] * 4)) == [0, 0, 0, 6]
    with reading(engine) as session:
        assert len(letters(session)) == 6


def test_a_worker_that_dies_before_its_commit_has_told_nothing_p6(engine: Engine) -> None:
    with transaction(engine) as session:
        billed(session)

    def die(session: Session) -> None:
        assert told(session, "2026-11-09") == [("last_day", None, [ANNA])]
        raise InterruptedError

    with pytest.raises(InterruptedError), transaction(engine) as session:
        die(session)
    with transaction(engine) as session:
        assert told(session, "2026-11-09") == [("last_day", None, [ANNA])]


@pytest.mark.parametrize("clients", [1, 4])
def test_how_much_is_due_costs_no_more_queries_p6(session: Session, clients: int) -> None:
    for number in range(clients):
        objected(session, billed(session, f"Клиент {number}", lines=2))
    session.flush()
    session.expire_all()
    statements: list[str] = []
    connection = session.connection()
    event.listen(connection, "before_cursor_execute", lambda *said: statements.append(said[2]))
    assert len(due(session, "2026-11-09")) == 2 * clients
    assert len(statements) == QUERIES


def test_what_is_due_is_found_by_indexes_of_what_is_due_p6(sqlite_engine: Engine) -> None:
    """SQLite says how it reads: hundreds of thousands of statements must not be looked through."""
    asked: list[tuple[str, Sequence[object]]] = []
    with transaction(sqlite_engine) as session:
        objected(session, billed(session))
        connection = session.connection()
        event.listen(connection, "before_cursor_execute", lambda *said: asked.append((said[2], said[3])))
        due(session, "2026-11-09")
        plans = [connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", said).all() for sql, said in asked[:QUERIES]]
    steps = {row[3] for plan in plans for row in plan if " statement " in row[3] or " work_entry " in row[3]}
    assert steps == {
        "SEARCH statement USING INDEX ix_statement_object_until (seller_id=? AND object_until>? AND object_until<?)",
        "SEARCH statement USING INTEGER PRIMARY KEY (rowid=?)",
        "SEARCH work_entry USING INTEGER PRIMARY KEY (rowid=?)",
    }
    objections = [row[3] for plan in plans for row in plan if " line_reply USING INDEX" in row[3]]
    own = "SEARCH line_reply USING INDEX ix_line_reply_stance (seller_id=? AND stance=?"
    assert [plan.removeprefix(own) for plan in objections] == [")", " AND id=?)"]
