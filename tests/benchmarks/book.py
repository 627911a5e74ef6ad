"""A book of business of any size, written in bulk: clients with a subscription, its grants, and some work this month.

One client is made by the verbs themselves; the others are copies of its rows with ids of their own. Their snapshots are
copies too, and a few are compared with what reading the tables gives, so that no figure rests on rows that do not fit.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from msgspec.structs import replace
from sqlalchemy import Engine, String, case, cast, func, insert, literal, select
from sqlmodel import Session, SQLModel

from api.database import reading, transaction
from api.identity import create_key
from api.keys import Role
from api.migrations import migrate
from contracts.parties import Client, Entity, Seller
from contracts.subscriptions import Contract, Specification, Subscription
from entitlements.client_facts import SHAPE, ClientSnapshot, encode, read_facts
from entitlements.covers import ClientFacts
from entitlements.grants import Grant
from entitlements.work import WorkEntry
from tests.builders import a_client, a_sale, a_seller, its_catalogue, worked

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ENTRIES = 5
COPIED = (Client, Entity, Contract, Subscription, Specification, Grant, WorkEntry)
GROUP = 50_000
COMPARED = 20


@dataclass(frozen=True, slots=True)
class Book:
    """A filled database: how many clients it has, its seller, and a key that may ask."""

    engine: Engine
    clients: int
    seller_id: int
    key: str


def inn_of(client_id: int) -> str:
    """The INN of a copied client; it has no right check digit, since nobody checks it again."""
    return f"{10**9 + client_id}"


def fill(engine: Engine, clients: int) -> Book:
    """Fill an empty database with so many clients of the plan service-8h, sold for 2026."""
    migrate(engine)
    with transaction(engine) as session:
        its_catalogue(session)
        seller = a_seller(session)
        first = a_client(session, "Client", registrations=0)
        sold = {"starts_on": date(2026, 11, 1), "registrations": (), "price": _price()}
        a_sale(session, seller, first, "service-8h", at=datetime(2026, 10, 20, 9, tzinfo=UTC), **sold)
        for day in range(ENTRIES):
            worked(session, first, f"2026-11-{10 + day} 10:00", 20, external_id=f"1/{day}", ticket=f"SD-{day}")
        _, key = create_key(session, "bench", Role.SALES, at=NOW)
    for start in range(2, clients + 1, GROUP):
        _copy(engine, range(start, min(start + GROUP, clients + 1)))
    _analyse(engine)
    _compare(engine, clients)
    return Book(engine, clients, seller.id, key)


def _price() -> object:
    from contracts.money import Money

    return Money(6_000_000)


def _copy(engine: Engine, ids: range) -> None:
    """The rows of the first client for the others too, made in the database by one statement for each table."""
    series = select(literal(ids.start).label("k")).cte("series", recursive=True)
    series = series.union_all(select(series.c.k + 1).where(series.c.k < ids.stop - 1))
    with transaction(engine) as session:
        facts = read_facts(session, 1)
        for table in COPIED:
            own = table.__table__  # type: ignore[attr-defined]
            first = own.c.id == 1 if table is Client else own.c.client_id == 1
            rows = session.connection().execute(select(func.count()).select_from(own).where(first)).scalar_one()
            copies = select(*_changed(table, own.c, series.c.k, rows)).join_from(series, own, first)
            session.connection().execute(insert(own).from_select(own.c.keys(), copies.order_by(series.c.k, own.c.id)))
        snapshots = [
            {
                "client_id": k,
                "state_version": facts.state_version,
                "shape": SHAPE,
                "facts": encode(_facts_of(facts, k)),
            }
            for k in ids
        ]
        session.connection().execute(insert(ClientSnapshot), snapshots)


def _changed(table: type[SQLModel], own: Any, k: Any, rows: int) -> list[Any]:
    """The columns as the k-th client has them: ids continue those of the client before."""
    place, text = own.id + (k - 1) * rows, cast(k, String)
    changed = {"id": place, "client_id": k, "contract_id": k, "subscription_id": k}
    if "entity_id" in own:
        changed["entity_id"] = case((own.entity_id.is_not(None), k))
    if table is Entity:
        changed["inn"] = cast(k + 10**9, String)
    if table is Contract:
        changed |= {"sequence": k, "number": literal("2026-") + text}
    if table is Grant:
        changed["source_key"] = literal("copy:") + cast(place, String)
    if table is WorkEntry:
        changed["external_id"] = text + func.substr(own.external_id, 2)
    return [changed.get(name, column) for name, column in own.items()]


def _facts_of(facts: ClientFacts, k: int) -> ClientFacts:
    """The first client's facts as the k-th client's."""
    (seller_id, pool), cover = next(iter(facts.pools.items())), facts.covers[0]
    lots = tuple(replace(lot, source_id=lot.source_id + (k - 1) * len(pool.lots)) for lot in pool.lots)
    entries = tuple(
        replace(entry, id=entry.id + (k - 1) * len(pool.entries), external_id=f"{k}{entry.external_id[1:]}")
        for entry in pool.entries
    )
    covers = (replace(cover, id=k, contract_number=f"2026-{k}"),)
    return replace(facts, client_id=k, covers=covers, pools={seller_id: replace(pool, lots=lots, entries=entries)})


def _analyse(engine: Engine) -> None:
    """Let the database know its own tables, as it would in time, and let its ids go on after the copies."""
    with transaction(engine) as session:
        session.connection().exec_driver_sql("ANALYZE")
        if engine.dialect.name == "postgresql":
            for table in COPIED:
                name = table.__table__.name  # type: ignore[attr-defined]
                session.connection().exec_driver_sql(
                    f"SELECT setval(pg_get_serial_sequence('\"{name}\"', 'id'), (SELECT max(id) FROM \"{name}\"))"
                )


def _compare(engine: Engine, clients: int) -> None:
    with reading(engine) as session:
        for k in {max(2, clients * place // COMPARED) for place in range(1, COMPARED + 1)} & set(range(2, clients + 1)):
            kept = session.get_one(ClientSnapshot, k)
            if kept.facts != encode(read_facts(session, k)):
                raise AssertionError(f"the snapshot of client {k} is not what its rows say")


def seller_of(session: Session) -> Seller:
    """The one seller of the book."""
    return session.get_one(Seller, 1)
