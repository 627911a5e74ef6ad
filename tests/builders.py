"""Sellers, clients and what they have, made by the verbs themselves: one line each, with defaults a test may override.

Nothing is committed here. Times are those of the seller: `moment("2026-10-05 10:00")` is a Monday morning in Moscow.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import count
from threading import Barrier
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import ColumnElement, Engine, Table, func, literal, select, union_all
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session
from stdnum.ru import inn

from api.database import open_engine, transaction
from api.schema import metadata
from billing.month import Closed, close_clients
from contracts.catalogue import PlanVersion, Registration, Service
from contracts.enrolling import NewRegistration, add_client, add_entity, add_registration, add_seller
from contracts.errors import Refusal
from contracts.locking import lock_client
from contracts.parties import Client, Entity, Seller
from contracts.publishing import load_catalogue, publish_plan
from contracts.selling import Order, Sale, sell
from contracts.tax_modes import TaxMode
from contracts.terms import next_month
from entitlements.answers import Decision, Question
from entitlements.desk import Asked, Caller, hold
from entitlements.granting import give_for_free_period, give_for_subscription
from entitlements.holds import Hold
from entitlements.logging_work import Logged, Work, log

MOSCOW = "Europe/Moscow"
BANK = {
    "bank_name": "ПАО Сбербанк",
    "bic": "044525225",
    "bank_account": "40702810438000060473",
    "correspondent_account": "30101810400000000225",
}
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Customer:
    """A client with its first entity and the numbers of its registrations."""

    client: Client
    entity: Entity
    registrations: tuple[str, ...]

    @property
    def id(self) -> int:
        return self.client.id


def moment(text: str, time_zone: str = MOSCOW) -> datetime:
    """The instant of a local time, "2026-10-05 10:00"; midnight when only the day is given."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(time_zone)).astimezone(UTC)


def noon(day: date, time_zone: str = MOSCOW) -> datetime:
    """Noon of a day."""
    return datetime.combine(day, time(12), ZoneInfo(time_zone)).astimezone(UTC)


def an_inn() -> str:
    """A company's INN with a right check digit, another one each time."""
    stem = f"77{next(_numbers):07}"
    return stem + inn.calc_company_check_digit(stem)


def a_seller(session: Session, code: str = "north", **changes: Any) -> Seller:
    """A seller in Moscow with all requisites, taxed in the general mode; `changes` are arguments of `add_seller`.

    `requisites` among them replace those of Moscow.
    """
    requisites = {
        "name": "ООО «Северный ветер»",
        "full_name": "Общество с ограниченной ответственностью «Северный ветер»",
        "inn": an_inn(),
        "kpp": "770901001",
        "address": "105064, г. Москва, ул. Земляной Вал, д. 9",
        "signatory_post": "директор",
        "signatory_name": "Мартынюк Наталья Александровна",
        "signatory_basis": "Устава",
        **BANK,
    }
    given: dict[str, Any] = {"tax_mode": TaxMode.GENERAL, "taxed_from": date(2000, 1, 1)}
    return add_seller(session, code, changes.pop("requisites", requisites), **(given | changes))


PUBLISHED_AT = datetime(2020, 1, 1, tzinfo=UTC)
"""When the plans of tests were published."""


def its_catalogue(session: Session) -> None:
    """The built-in catalogue: its-techno, its-prof (an hour a month), its-industry, service-8h (8 hours a month).

    It is published once in a process: where nothing is on sale, its rows are put as they are, in a tenth of the time.
    """
    if session.exec(select(Service.id)).first() is not None:
        load_catalogue(session, "its", at=PUBLISHED_AT)
        return
    for table, rows in _rows_of_its():
        session.connection().execute(table.insert(), rows)
    if session.get_bind().dialect.name == "postgresql":  # its sequences do not see the ids that they did not give
        session.connection().execute(select(*(_next_id(table, len(rows) + 1) for table, rows in _rows_of_its())))


@cache
def _rows_of_its() -> list[tuple[Table, list[dict[str, Any]]]]:
    """What publishing the catalogue on an empty database leaves in each table, with ids from 1 on."""
    engine = open_engine("sqlite://")
    metadata.create_all(engine)
    with Session(engine) as session:
        load_catalogue(session, "its", at=PUBLISHED_AT)
        found = {table: session.connection().execute(table.select()) for table in metadata.sorted_tables}
        return [(table, kept) for table, rows in found.items() if (kept := [dict(row._mapping) for row in rows])]


def _next_id(table: Table, number: int) -> ColumnElement[int]:
    return func.setval(func.pg_get_serial_sequence(table.name, "id"), number, False)


def a_plan(session: Session, code: str = "support", **settings: Any) -> PlanVersion:
    """A plan of a kind of its own, an hour a month, 2 700.00 an hour over the limit; needs the ITS catalogue."""
    definition: dict[str, Any] = {"code": code, "name": code, "name_en": code, "kind": code, "valid_from": "2020-01-01"}
    definition |= {"included_minutes": 60, "over_limit": "bill", "overage_rate": "2700.00"}
    definition["services"] = [
        {"code": "consultation_line"},
        {"code": "remote_work", "draws_hours": True},
        {"code": "visit", "draws_hours": True, "minimum_minutes": 60},
    ]
    definition["prices"] = [{"term_months": months, "price": f"{months}000.00"} for months in (1, 3, 6, 12, 24)]
    return publish_plan(session, definition | settings, at=PUBLISHED_AT)


def a_client(session: Session, name: str = "Ромашка", *, registrations: int = 1, **requisites: str) -> Customer:
    """A client with one entity and so many registrations of a PROF product, bought long ago."""
    client = add_client(session, name, at=moment("2026-01-01"))
    given = {"name": f"ООО «{name}»", "inn": an_inn(), "kpp": "770901001"} | requisites
    entity = add_entity(session, client.id, given)
    owned = tuple(a_registration(session, entity).number for _ in range(registrations))
    return Customer(client, entity, owned)


def a_registration(
    session: Session, entity: Entity, product_code: str = "accounting-prof", at: datetime | None = None, **changes: Any
) -> Registration:
    """A registered copy with a number of its own, known since 2020; `changes` are fields of `NewRegistration`."""
    given: dict[str, Any] = {"number": f"800{next(_numbers):06}", "bought_on": date(2020, 1, 15)}
    new = NewRegistration(product_code=product_code, **(given | changes))
    return add_registration(session, entity.id, new, at=at or moment("2020-01-15"))


def an_order(seller: Seller, customer: Customer, plan_code: str = "support", **changes: Any) -> Order:
    """An order of 12 months for all registrations of the client."""
    given: dict[str, Any] = {"term_months": 12, "registrations": customer.registrations}
    return Order(seller.id, customer.entity.id, plan_code, **(given | changes))


def a_sale(
    session: Session, seller: Seller, customer: Customer, plan_code: str = "support", *, at: datetime, **changes: Any
) -> Sale:
    """A sold subscription with its hours and those of the free periods; `changes` are fields of `Order`."""
    sale = sell(session, an_order(seller, customer, plan_code, **changes), at=at)
    for free in sale.free_periods:
        give_for_free_period(session, free, at=at)
    give_for_subscription(session, sale.subscription, at=at)
    return sale


def some_work(customer: Customer, started: str, worked_minutes: int, **changes: Any) -> Work:
    """Remote work for the client, under an external id of its own."""
    given: dict[str, Any] = {"source": "desk", "external_id": f"SD-{next(_numbers)}", "service": "remote_work"}
    given["started_at"] = moment(started)
    return Work(customer.id, worked_minutes=worked_minutes, **(given | changes))


def worked(
    session: Session,
    customer: Customer,
    started: str,
    worked_minutes: int,
    *,
    at: datetime | None = None,
    **changes: Any,
) -> Logged:
    """Work that was logged, an hour after it began unless told when."""
    work = some_work(customer, started, worked_minutes, **changes)
    return log(session, work, at=at or moment(started) + timedelta(hours=1))


def asking(customer: Customer) -> Caller:
    """The client itself as the caller."""
    return Caller({"id": customer.id})


def ask(at: str, minutes: int | None = None, **changes: Any) -> Question:
    """A question about remote work at a local time."""
    return Question(moment(at), minutes=minutes, **({"service": "remote_work"} | changes))


def asked(at: datetime, **changes: str) -> Asked:
    """The envelope of an answer, with an id of its own."""
    number = next(_numbers)
    given = {"id": f"decision-{number}", "asked_by": "desk", "ticket": f"SD-{number}", "question": "{}"} | changes
    return Asked(evaluated_at=at, **given)


def held(
    session: Session, customer: Customer, at: str, minutes: int, *, hold_hours: int | None = None
) -> tuple[Decision, Hold | None]:
    """The answer to a request for so many minutes of remote work, and the hold when it is served."""
    question = ask(at, minutes)
    return hold(session, asking(customer), question, asked(question.at), hold_hours=hold_hours)


def close_client(session: Session, seller: Seller, client_id: int, month: date, *, at: datetime) -> Closed | None:
    """One client's month, closed once: none when it is closed already; what is wrong with its facts is raised (E7)."""
    lock_client(session, client_id)
    done, broken = close_clients(session, seller, [client_id], month, at=at)
    if broken:
        raise broken[client_id]
    return done[0] if done else None


def closed(session: Session, seller: Seller, customer: Customer, month: date) -> Closed | None:
    """The client's month, closed at noon of the first day after it."""
    return close_client(session, seller, customer.id, month, at=noon(next_month(month), seller.time_zone))


def row_counts(session: Session) -> dict[str, int]:
    """How many rows each table holds."""
    session.flush()
    counts = [select(literal(name), func.count()).select_from(table) for name, table in metadata.tables.items()]
    return dict(session.connection().execute(union_all(*counts)).all())


@contextmanager
def refused(session: Session, code: str, **facts: Any) -> Iterator[pytest.ExceptionInfo[Refusal]]:
    """That the verb inside refuses with the code, the `field` and the facts named, and that it has written no row."""
    before = row_counts(session)
    with pytest.raises(Refusal) as caught:
        yield caught
    refusal = caught.value
    assert refusal.code == code, refusal
    assert {name: ({"field": refusal.field} | refusal.facts).get(name) for name in facts} == facts
    assert row_counts(session) == before


def at_once(engine: Engine, *verbs: Callable[[Session], Any]) -> list[Any]:
    """What each verb returned, or how it was refused; each runs in a thread and a transaction of its own, at once."""
    start = Barrier(len(verbs))

    def run(verb: Callable[[Session], Any]) -> Any:
        start.wait(30)
        try:
            with transaction(engine) as session:
                return verb(session)
        except (Refusal, IntegrityError) as no:
            return no

    with ThreadPoolExecutor(len(verbs)) as threads:
        return list(threads.map(run, verbs))
