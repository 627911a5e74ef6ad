"""Finding clients as somebody types: words of names, numbers, phones, e-mails, by indexes alone (D4)."""

import re
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlmodel import Session, select

from api.database import reading, transaction
from contracts.client_words import keep_words
from contracts.enrolling import add_contact
from contracts.errors import Refusal
from contracts.parties import ClientWord
from contracts.recording_domains import record_domain
from contracts.requisites import search_words
from contracts.typed_search import TypedClient, client_typed, find_typed
from tests.builders import a_client, its_catalogue, moment

AT = moment("2026-05-03 10:00")


@pytest.fixture
def session(session: Session) -> Session:
    its_catalogue(session)
    return session


def names(session: Session, text: str, **more: int) -> list[str]:
    return [one.name for one in find_typed(session, text, **more)]


def test_a_text_is_searched_by_its_words_each_once_in_one_case() -> None:
    assert search_words("ООО «Ёлка-Сервис», ооо 1С:ИТС") == ["ооо", "елка", "сервис", "1с", "итс"]
    assert search_words("«» — …") == []


def test_a_client_is_found_by_the_beginnings_of_any_of_its_words(session: Session) -> None:
    a_client(session, "Ёлочный базар", inn="7707083893")
    a_client(session, "Базальт", inn="7736050003", full_name="Общество «Каменный цветок»")
    assert names(session, "баз") == ["Базальт", "Ёлочный базар"]
    assert names(session, "базар елоч") == ["Ёлочный базар"]
    assert names(session, "баз кам") == ["Базальт"]
    assert names(session, "ООО «БАЗАЛ") == ["Базальт"]
    assert names(session, "цветок") == ["Базальт"]
    assert names(session, "азар") == []
    assert names(session, "") == names(session, " «» ") == names(session, "%") == names(session, "_аз") == []


def test_what_is_found_tells_the_client_and_its_entities(session: Session) -> None:
    customer = a_client(session, "Ромашка", inn="7707083893")
    (found,) = find_typed(session, "ромашка")
    assert found == TypedClient(customer.id, "Ромашка", "", (("ООО «Ромашка»", "7707083893"),))


def test_a_client_is_found_by_the_first_digits_of_its_numbers_in_any_writing(session: Session) -> None:
    own = a_client(session, "Ромашка", inn="7707083893")
    a_client(session, "Василёк", inn="7736050003")
    add_contact(session, own.id, "Анна", at=AT, phones=("8 (999) 123-45-67",))
    for typed in ("77070", "7707083893", "770 708", own.registrations[0], "+7 999 12", "8 (999) 123-45-67", "999123"):
        assert names(session, typed) == ["Ромашка"], typed
    assert names(session, "77") == []
    assert sorted(names(session, "77" + "0")) == ["Ромашка"]
    assert names(session, "99999999999") == []


def test_a_whole_email_finds_as_the_desks_question_does_d4(session: Session) -> None:
    own, other = a_client(session, "Ромашка"), a_client(session, "Василёк")
    add_contact(session, own.id, "Анна", at=AT, emails=("anna@romashka.example",))
    record_domain(session, other.id, "vasilek.example", at=AT)
    assert names(session, "Anna@Romashka.example") == ["Ромашка"]
    assert names(session, "somebody@vasilek.example") == ["Василёк"]
    assert names(session, "anna@romashka") == []


def test_no_more_are_told_than_asked_for_each_once(session: Session) -> None:
    for number in range(4):
        a_client(session, f"Альфа {number}", full_name=f"Алмаз Алтай Алтын Альфа {number}")
    assert len(names(session, "ал", limit=3)) == 3
    assert len(names(session, "ал")) == 4


def test_a_word_that_is_known_is_kept_once(session: Session) -> None:
    own = a_client(session, "Ромашка")
    before = session.exec(select(ClientWord.word).where(ClientWord.client_id == own.id)).all()
    assert sorted(before) == ["ооо", "ромашка"]
    keep_words(session, [(own.id, "Ромашка-2"), (own.id, "ромашка")])
    after = session.exec(select(ClientWord.word).where(ClientWord.client_id == own.id)).all()
    assert sorted(after) == ["2", "ооо", "ромашка"]


def test_no_search_reads_through_a_whole_table(engine: Engine) -> None:
    asked: list[tuple[str, Any]] = []
    with transaction(engine) as session:
        its_catalogue(session)
        a_client(session, "Альфа 12", inn="7707083893")
    with reading(engine) as session:
        event.listen(engine, "before_cursor_execute", lambda *call: asked.append((call[2], call[3])))
        for typed in ("альфа 12", "770708"):
            assert len(find_typed(session, typed)) == 1
        searches = [one for one in asked if one[0].startswith("SELECT")]
        assert len(searches) == 6
        plans = [line for one in searches for line in plan_of(session, *one)]
    assert [line for line in plans if re.search(r"SCAN (?!anon|CONSTANT)|Seq Scan", line)] == []


def plan_of(session: Session, statement: str, parameters: Any) -> list[str]:
    """How the database would read it; PostgreSQL without its liking for small tables."""
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        return list(connection.exec_driver_sql(f"EXPLAIN {statement}", parameters).scalars())
    return [row.detail for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]


def test_one_client_is_named_by_its_number_its_inn_or_a_name_that_means_it_alone_d4(session: Session) -> None:
    own = a_client(session, "Ромашка", inn="7707083893")
    other = a_client(session, "Ромашка-Сервис", inn="7736050003")
    for typed in (str(own.id), f" {own.id} ", "7707083893", "770 708 3893", own.registrations[0]):
        assert client_typed(session, typed, "client_id") == own.id, typed
    assert client_typed(session, "сервис", "client_id") == other.id


@pytest.mark.parametrize(("typed", "code"), [("ромашка", "CLIENT_AMBIGUOUS"), ("лютик", "CLIENT_UNKNOWN"), ("99", "")])
def test_between_two_clients_nobody_guesses_d4(session: Session, typed: str, code: str) -> None:
    a_client(session, "Ромашка", inn="7707083893")
    a_client(session, "Ромашка-Сервис", inn="7736050003")
    with pytest.raises(Refusal) as refused:
        client_typed(session, typed, "client_id")
    assert (refused.value.code, refused.value.field) == (code or "CLIENT_UNKNOWN", "client_id")
    if code == "CLIENT_AMBIGUOUS":
        assert refused.value.facts["allowed"] == ["Ромашка (7707083893)", "Ромашка-Сервис (7736050003)"]
