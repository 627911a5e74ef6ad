"""A book of business of any size, written in bulk: clients with three subscriptions one after another, and their work.

One client is made by the verbs themselves; the others are copies of its rows with ids of their own. Of its closed
months only the last one is copied, since no answer rests on those before. Snapshots are copies too, and a few are
compared with what reading the tables gives, so that no figure rests on rows that do not fit.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from msgspec.structs import replace
from sqlalchemy import Connection, Engine, String, Table, cast, func, insert, literal, select, update
from sqlmodel import Session, col

from api.database import reading, transaction
from api.identity import create_key
from api.keys import Role
from api.migrations import migrate
from billing.bills import Invoice, InvoiceLine
from billing.invoicing import invoice_subscription
from contracts.money import Money
from contracts.numbering import NumberSeries, Series
from contracts.parties import Client, ClientWord, Entity, Seller
from contracts.subscriptions import Contract, Specification, Subscription
from contracts.terms import Term
from entitlements.client_facts import SHAPE, ClientSnapshot, encode, read_facts
from entitlements.covers import ClientFacts
from entitlements.grants import Grant
from entitlements.statements import ClosingLot, Statement
from entitlements.work import WorkEntry
from tests.builders import Customer, a_client, a_sale, a_seller, closed, its_catalogue, worked

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TERMS = tuple(date(year, 11, 1) for year in (2024, 2025, 2026))
CLOSED_DAYS, OPEN_DAYS = (5, 19), (5, 16)
"""On these days there is work: 48 entries in two years of closed months, 2 in the month that is open."""
COPIED = (
    *(Client, ClientWord, Entity, Contract, Subscription, Specification, Invoice, InvoiceLine),
    *(Grant, WorkEntry, Statement, ClosingLot),
)
INN_WEIGHTS = (2, 4, 10, 3, 5, 9, 4, 6, 8)
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
    """The INN of a copied client."""
    return str(_inn(client_id))


def _inn(client_id: Any) -> Any:
    """The same as a number, also of a column of ids."""
    number = 10**8 + client_id
    weighted = sum(weight * (number // 10**place % 10) for place, weight in enumerate(reversed(INN_WEIGHTS)))
    return number * 10 + weighted % 11 % 10


def fill(engine: Engine, clients: int) -> Book:
    """Fill an empty database with so many clients of the plan service-8h, served for two years until now."""
    migrate(engine)
    with transaction(engine) as session:
        its_catalogue(session)
        seller = a_seller(session)
        _serve(session, seller, a_client(session, "Client", registrations=0))
        _, key = create_key(session, "bench", Role.SALES, at=NOW)
    for start in range(2, clients + 1, GROUP):
        _copy(engine, range(start, min(start + GROUP, clients + 1)))
    _name(engine)
    _analyse(engine)
    _compare(engine, clients)
    return Book(engine, clients, seller.id, key)


def _serve(session: Session, seller: Seller, customer: Customer) -> None:
    """A subscription a year, work of every month, and every month closed but the one that runs."""
    contract_id = None
    for month in Term(TERMS[0], date(2026, 12, 1)).calendar_months():
        start = month.starts_on
        if start in TERMS:
            sold = {"starts_on": start, "registrations": (), "price": Money(6_000_000), "contract_id": contract_id}
            sold_at = datetime(start.year, 10, 20, 9, tzinfo=UTC)
            sale = a_sale(session, seller, customer, "service-8h", at=sold_at, **sold)
            contract_id = sale.contract.id
            invoice_subscription(session, sale.subscription, at=sold_at)
        is_over = NOW.date() not in month
        for day in CLOSED_DAYS if is_over else OPEN_DAYS:
            worked(session, customer, f"{start:%Y-%m}-{day:02} 10:00", 20, external_id=f"1/{start:%Y-%m}-{day}")
        if is_over:
            closed(session, seller, customer, start)


def _copy(engine: Engine, ids: range) -> None:
    """The rows of the first client for the others too, made in the database by one statement for each table."""
    series = select(literal(ids.start).label("k")).cte("series", recursive=True)
    series = series.union_all(select(series.c.k + 1).where(series.c.k < ids.stop - 1))
    with transaction(engine) as session:
        facts, connection = read_facts(session, 1), session.connection()
        if engine.dialect.name == "postgresql":  # what its originals were checked for need not be checked again
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        counts = _counts_of_the_first(connection)
        last = counts["statement"]
        for table in COPIED:
            own = table.__table__  # type: ignore[attr-defined]
            first = own.c.id <= counts[own.name]
            if table in (Statement, ClosingLot):
                first = first & (own.c.get("statement_id", own.c.id) == last)
            copies = select(*_changed(own, series.c.k, counts)).join_from(series, own, first)
            connection.execute(insert(own).from_select(own.c.keys(), copies.order_by(series.c.k, own.c.id)))
        snapshots = [
            {
                "client_id": k,
                "state_version": facts.state_version,
                "shape": SHAPE,
                "facts": encode(_facts_of(facts, k, counts)),
            }
            for k in ids
        ]
        connection.execute(insert(ClientSnapshot), snapshots)


def _name(engine: Engine) -> None:
    """Let each client be found by its own number, beside the words that all of them have."""
    last = select(func.max(ClientWord.id)).scalar_subquery()
    numbered = select(last + col(Client.id), col(Client.id), cast(col(Client.id), String))
    with transaction(engine) as session:
        session.connection().execute(insert(ClientWord).from_select(["id", "client_id", "word"], numbered))


def _counts_of_the_first(connection: Connection) -> dict[str, int]:
    """How many rows of each table are the first client's: they were written first, so these are its highest ids."""
    counts = {}
    for table in COPIED:
        own = table.__table__  # type: ignore[attr-defined]
        client = {"client": own.c.id}.get(own.name, own.c.get("client_id"))
        if client is None:
            of, key = (Invoice, own.c.invoice_id) if own.name == "invoice_line" else (Statement, own.c.statement_id)
            client = select(of.client_id).where(col(of.id) == key).scalar_subquery()
        counts[own.name] = connection.execute(select(func.max(own.c.id)).where(client == 1)).scalar_one()
    return counts


def _changed(own: Table, k: Any, counts: dict[str, int]) -> list[Any]:
    """The columns as the k-th client has them: each id continues those of the client before."""
    place, text = own.c.id + (k - 1) * counts[own.name], cast(k, String)
    changed: dict[str, Any] = {"id": place}
    for key in own.foreign_keys:
        target = key.column.table.name
        if target in counts:
            changed[key.parent.name] = key.parent + (k - 1) * counts[target]
    match own.name:
        case "client":
            changed |= {"name": literal("Client ") + text, "search_key": literal("client ") + text}
        case "entity":
            changed["inn"] = cast(_inn(k), String)
        case "contract" | "statement" | "invoice":
            changed |= {"sequence": place, "number": literal("2026-") + cast(place, String)}
        case "grant":
            changed["source_key"] = literal("copy:") + cast(place, String)
        case "work_entry":
            changed["external_id"] = text + func.substr(own.c.external_id, 2)
        case "closing_lot":
            changed["source_id"] = own.c.source_id + (k - 1) * counts["grant"]
    return [changed.get(name, column) for name, column in own.c.items()]


def _facts_of(facts: ClientFacts, k: int, counts: dict[str, int]) -> ClientFacts:
    """The first client's facts as the k-th client's."""
    (seller_id, pool), contract = next(iter(facts.pools.items())), 1 + (k - 1) * counts["contract"]
    lots = tuple(replace(lot, source_id=lot.source_id + (k - 1) * counts["grant"]) for lot in pool.lots)
    entries = tuple(
        replace(entry, id=entry.id + (k - 1) * counts["work_entry"], external_id=f"{k}{entry.external_id[1:]}")
        for entry in pool.entries
    )
    covers = tuple(
        replace(cover, id=cover.id + (k - 1) * counts["subscription"], contract_number=f"2026-{contract}")
        for cover in facts.covers
    )
    return replace(facts, client_id=k, covers=covers, pools={seller_id: replace(pool, lots=lots, entries=entries)})


def _analyse(engine: Engine) -> None:
    """Let the database know its own tables, as it would in time, and let ids and numbers go on after the copies."""
    with transaction(engine) as session:
        for paper, given in ((Statement, Series.STATEMENT), (Invoice, Series.INVOICE)):
            last = select(func.max(paper.sequence)).scalar_subquery()
            series = update(NumberSeries).where(col(NumberSeries.series) == given)
            session.connection().execute(series.values(last_number=last))
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
