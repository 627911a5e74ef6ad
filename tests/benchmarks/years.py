"""A small book of clients with years of data, and one of clients whose ledger is empty, both made by the verbs."""

from datetime import UTC, date, datetime

from sqlalchemy import Engine
from sqlmodel import Session

from api.database import transaction
from api.identity import create_key
from api.keys import Role
from api.migrations import migrate
from contracts.money import Money
from contracts.parties import Seller
from contracts.terms import Term
from tests.benchmarks.book import NOW, Book, inn_of
from tests.builders import a_client, a_sale, a_seller, closed, its_catalogue, worked

CLIENTS = 4
WORK_DAYS = (3, 8, 13, 18, 21)


def fill_years(engine: Engine, years: int) -> Book:
    """Fill an empty database with clients that were served for so many years until now; with 0 they were just sold."""
    migrate(engine)
    with transaction(engine) as session:
        its_catalogue(session)
        seller = a_seller(session)
        for _ in range(CLIENTS):
            _lives(session, seller, years)
        _, key = create_key(session, "bench", Role.SALES, at=NOW)
        return Book(engine, CLIENTS, seller.id, key)


def _lives(session: Session, seller: Seller, years: int) -> None:
    """A subscription a year, work of every month, and every month closed but the one that runs."""
    customer = a_client(session, "Client", registrations=0)
    customer.entity.inn = inn_of(customer.id)
    for month in Term.of_months(date(NOW.year - years, 11, 1), 12 * years + 1).months():
        start = month.starts_on
        if start.month == 11:
            sold_at = datetime(start.year, 10, 20, 9, tzinfo=UTC)
            sold = {"starts_on": start, "registrations": (), "price": Money(6_000_000)}
            a_sale(session, seller, customer, "service-8h", at=sold_at, **sold)
        for day in WORK_DAYS if years else ():
            worked(session, customer, f"{start:%Y-%m}-{day:02} 10:00", 90)
        if NOW.date() not in month:
            closed(session, seller, customer, start)
