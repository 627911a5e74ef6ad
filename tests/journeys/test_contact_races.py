"""A person gets an address while somebody lets the same person speak for another client, who is to hear of it (D4)."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session, select

from api.book import import_book, read_book_file
from api.database import reading, transaction
from contracts.enrolling import add_contact
from contracts.locking import lock_client
from contracts.parties import Seller
from entitlements.book_mapping import BookMapping
from entitlements.client_facts import current_facts, keep_snapshot, read_facts
from tests.api.test_book import AT, a_row, lines
from tests.builders import Customer, a_client, a_plan, a_sale, a_seller, an_inn, its_catalogue

ANNA, EMAIL, PHONE = "Анна Белова", "anna@romashka.example", "+74951234567"
INN = an_inn()


def by_hand(session: Session, known: Customer) -> None:
    add_contact(session, known.id, ANNA, at=AT, emails=(EMAIL,), phones=(PHONE,))


def by_a_book(session: Session, known: Customer) -> None:
    """The book knows Anna as somebody of another client, by her address."""
    row = a_row(client="Лютик", inn=INN, registration="977", contract="К-1", contact=ANNA, email=EMAIL, phone=PHONE)
    seller = session.exec(select(Seller)).one()
    assert import_book(session, read_book_file(lines(row), BookMapping()), seller, at=AT).faults == ()


@pytest.mark.parametrize("tell", [by_hand, by_a_book])
def test_an_address_reaches_clients_who_come_to_it_meanwhile_d4(
    postgresql_engine: Engine, tell: Callable[[Session, Customer], None]
) -> None:
    """Both wait for the first client's row; the second one's facts are read, and kept, before the first gets on."""
    engine = postgresql_engine
    with transaction(engine) as session:
        its_catalogue(session)
        a_plan(session, "named", kind="named", named_contacts_only=True)
        seller, known, later = a_seller(session), a_client(session, "Ромашка"), a_client(session, "Лилия")
        a_sale(session, seller, later, "named", at=AT)
        add_contact(session, known.id, ANNA, at=AT, emails=(EMAIL,))

    def speak_for_the_later() -> None:
        with transaction(engine) as session:
            add_contact(session, later.id, ANNA, at=AT, emails=(EMAIL,))
            keep_snapshot(session, read_facts(session, later.id))

    def tell_the_phone() -> None:
        with transaction(engine) as session:
            tell(session, known)

    with ThreadPoolExecutor(2) as threads:
        with transaction(engine) as session:
            lock_client(session, known.id)
            begun = [threads.submit(speak_for_the_later)]
            wait_for(engine, 1)
            begun.append(threads.submit(tell_the_phone))
            wait_for(engine, 2)
        for one in begun:
            one.result(60)
    with reading(engine) as session:
        current = current_facts(session, later.id)
        assert [set(one.since) for one in current.contacts] == [{EMAIL, PHONE}]
        assert current == read_facts(session, later.id)


def wait_for(engine: Engine, waiting: int) -> None:
    """Until so many transactions wait for a lock."""
    told, until = text("SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted"), time.monotonic() + 60
    with engine.connect() as connection:
        while connection.execute(told).scalar_one() < waiting:
            assert time.monotonic() < until, "nobody waits"
