"""Writers and readers behave alike on SQLite and PostgreSQL: nothing is lost, nothing half-done stays, no one waits."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Engine, Enum, inspect, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, StatementError
from sqlmodel import Session, SQLModel, select

from api.database import open_engine, reading, transaction, wal_is_safe
from api.schema import metadata
from contracts.catalogue import PlanVersion, Product
from contracts.errors import Refusal
from contracts.locking import lock_client
from contracts.numbering import Series, take_number
from contracts.parties import Client, Contact, Seller
from contracts.subscriptions import Contract, Coverage, Subscription
from documents.papers import Paper
from entitlements.grants import Grant
from entitlements.work import WorkEntry
from tests.databases import PostgresServer
from tests.rows import NOW, put_row

ROOT = Path(__file__).resolve().parents[2]


class GaveUp(Exception):
    """What a writer raises to leave nothing behind."""


def contacts(engine: Engine) -> list[str]:
    with reading(engine) as session:
        return list(session.exec(select(Contact.name).order_by(Contact.name)))


def at_once(threads: int, work: Callable[[int], Any]) -> list[Any]:
    """What `work(0)`, `work(1)`, ... answer when all begin at the same moment."""
    start = Barrier(threads)

    def begin(number: int) -> Any:
        start.wait()
        return work(number)

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(begin, range(threads)))


# Writers


def test_two_writers_of_one_row_lose_nothing(engine: Engine) -> None:
    with transaction(engine) as session:
        client_id = put_row(session, Client).id

    def write(_: int) -> None:
        with transaction(engine) as session:
            lock_client(session, client_id)

    for _ in range(30):
        at_once(2, write)
    with reading(engine) as session:
        assert session.get_one(Client, client_id).state_version == 60


def test_numbers_have_no_gap_although_takers_give_up(engine: Engine) -> None:
    """S13, E6: eight threads take numbers of one series, and each gives up every third time."""
    with transaction(engine) as session:
        seller_id = put_row(session, Seller).id

    def take(thread: int) -> list[int]:
        taken = []
        for attempt in range(9):
            with suppress(GaveUp), transaction(engine) as session:
                number = take_number(session, seller_id, Series.INVOICE, 2026)
                if (thread + attempt) % 3 == 0:
                    raise GaveUp
                taken.append(number["sequence"])
        return taken

    assert sorted(number for taken in at_once(8, take) for number in taken) == list(range(1, 8 * 6 + 1))


def test_a_writer_who_fails_leaves_nothing(engine: Engine) -> None:
    def write_half() -> None:
        with transaction(engine) as session:
            put_row(session, Contact, name="half")
            raise GaveUp

    with pytest.raises(GaveUp):
        write_half()
    assert contacts(engine) == []


def test_what_was_written_can_be_read_after_the_end(engine: Engine) -> None:
    with transaction(engine) as session:
        contact = put_row(session, Contact, name="Ирина")
    assert contact.name == "Ирина"


def test_one_broken_part_of_a_transaction_stops_no_other(engine: Engine) -> None:
    with transaction(engine) as session:
        for name in ("first", None, "last"):
            with suppress(IntegrityError), session.begin_nested():
                session.add(Contact(name=f"kept or not: {name}"))
                session.flush()
                session.add(Contact(name=name))
                session.flush()
    assert contacts(engine) == ["first", "kept or not: first", "kept or not: last", "last"]


def test_a_killed_writer_leaves_nothing_and_blocks_nobody(engine: Engine) -> None:
    with transaction(engine) as session:
        put_row(session, Contact, name="whole")
    half_way = (
        "import sys\n"
        "from api.database import open_engine, transaction\n"
        "from contracts.parties import Contact\n"
        "with transaction(open_engine(sys.argv[1])) as session:\n"
        "    session.add(Contact(name='half'))\n"
        "    session.flush()\n"
        "    print('written', flush=True)\n"
        "    sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", half_way, engine.url.render_as_string(hide_password=False)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as writer:
        assert writer.stdout.readline() == "written\n"
        writer.kill()
    with transaction(engine) as session:
        put_row(session, Contact, name="next")
    assert contacts(engine) == ["next", "whole"]


def test_what_was_committed_outlives_a_crash_of_the_server(
    durable_postgresql: PostgresServer, durable_engine: Engine
) -> None:

    def write(name: str, then: Callable[[], None]) -> None:
        with transaction(durable_engine) as session:
            put_row(session, Contact, name=name)
            then()

    write("committed", then=lambda: None)
    durable_postgresql.crash()
    durable_postgresql.start()
    write("after the first crash", then=lambda: None)  # on a connection that was idle and is dead
    with pytest.raises(OperationalError):
        write("in flight", then=durable_postgresql.crash)
    durable_postgresql.start()
    assert contacts(durable_engine) == ["after the first crash", "committed"]


# Readers


def test_a_reader_does_not_wait_for_a_writer_and_sees_nothing_half_done(engine: Engine) -> None:
    with transaction(engine) as session:
        put_row(session, Contact, name="half")
        assert contacts(engine) == []
    assert contacts(engine) == ["half"]


def test_a_reader_sees_one_state_however_long_it_reads(engine: Engine) -> None:
    with reading(engine) as reader:
        before = reader.exec(select(Contact.name)).all()
        with transaction(engine) as session:
            put_row(session, Contact, name="new")
        assert reader.exec(select(Contact.name)).all() == before == []
    assert contacts(engine) == ["new"]


def test_a_reader_cannot_write_and_a_writer_after_it_can(engine: Engine) -> None:
    with reading(engine) as session, pytest.raises(DBAPIError, match=r"read-?only"):
        put_row(session, Contact)
    with transaction(engine) as session:
        put_row(session, Contact, name="written")
    assert contacts(engine) == ["written"]


# What the database itself refuses


def test_a_reference_to_nothing_is_refused(session: Session) -> None:
    with pytest.raises(IntegrityError, match=r"(?i)foreign key"):
        put_row(session, Contract, seller_id=404)


@pytest.mark.parametrize(
    ("model", "nonsense", "check"),
    [
        (Grant, {"minutes": -60}, "ck_grant_minutes"),
        (Grant, {"minutes": 0}, "ck_grant_minutes"),
        (WorkEntry, {"worked_minutes": -15}, "ck_work_entry_worked_minutes"),
        (PlanVersion, {"quantum_minutes": 0}, "ck_plan_version_quantum_minutes"),
        (PlanVersion, {"included_minutes": -1}, "ck_plan_version_minutes_given"),
        (Subscription, {"price_minor": -1}, "ck_subscription_price_minor"),
        (Coverage, {"starts_on": NOW.date(), "ends_on": NOW.date() - timedelta(days=1)}, "ck_coverage_term"),
        (Paper, {"sha256": "0" * 64}, "ck_paper_rendered"),
    ],
)
def test_nonsense_is_refused_by_the_check_of_its_name(
    session: Session, model: type[SQLModel], nonsense: dict[str, Any], check: str
) -> None:
    with pytest.raises(IntegrityError, match=check):
        put_row(session, model, **nonsense)


def test_a_value_that_its_enum_does_not_know_is_refused(session: Session) -> None:
    put_row(session, Product)
    with pytest.raises(IntegrityError, match="ck_product_level_known"):
        session.execute(text("UPDATE product SET level = 'golden'"))


def test_every_enum_column_has_a_check_of_its_values(engine: Engine) -> None:
    columns = [(table.name, column) for table in metadata.sorted_tables for column in table.columns]
    enums = [(table, column) for table, column in columns if isinstance(column.type, Enum)]
    assert len(enums) > 20
    for table, column in enums:
        checks = [check["sqltext"] for check in inspect(engine).get_check_constraints(table)]
        assert any(all(f"'{value}'" in check for value in column.type.enums) for check in checks), (table, column)


# Instants


@pytest.fixture(params=["UTC", "Asia/Kamchatka", "America/New_York"])
def time_zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The process, and PostgreSQL for it, in another time zone (T4)."""
    monkeypatch.setenv("TZ", request.param)
    monkeypatch.setenv("PGTZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("time_zone")
def test_an_instant_comes_back_as_the_same_one_in_utc(engine: Engine) -> None:
    """The last minute of a year in Moscow, and both times of the hour that New York repeats."""
    moscow = datetime(2026, 12, 31, 23, 59, 30, tzinfo=timezone(timedelta(hours=3)))
    repeated = [datetime(2026, 11, 1, hour, 30, tzinfo=UTC) for hour in (5, 6)]
    for written in (moscow, *repeated):
        with transaction(engine) as session:
            client_id = put_row(session, Client, created_at=written).id
        with reading(engine) as session:
            read = session.get_one(Client, client_id).created_at
            found = session.exec(select(Client.id).where(Client.created_at == written)).one()
        assert (read, read.tzinfo, found) == (written, UTC, client_id)


def test_an_instant_without_a_zone_is_refused(session: Session) -> None:
    with pytest.raises(StatementError, match="timezone"):
        put_row(session, Client, created_at=datetime(2026, 5, 3, 9, 12))  # noqa: DTZ001 - that is the point


# Opening


@pytest.mark.parametrize("spelling", ["postgres", "postgresql", "postgresql+psycopg"])
def test_any_spelling_of_postgresql_means_psycopg_3(spelling: str) -> None:
    engine = open_engine(f"{spelling}://user:secret@host/name")
    assert (engine.dialect.driver, engine.url.password, engine.url.database) == ("psycopg", "secret", "name")


@pytest.mark.parametrize("url", ["mysql://user:secret@host/name", "no url, but a secret", "", "oracle+x://secret@a"])
def test_another_database_is_refused_without_naming_its_password(url: str) -> None:
    with pytest.raises(Refusal) as refusal:
        open_engine(url)
    assert (refusal.value.code, refusal.value.field) == ("DATABASE_URL_UNKNOWN", "database_url")
    assert "secret" not in str(refusal.value)


def test_sqlite_is_opened_with_all_that_makes_it_safe(sqlite_engine: Engine) -> None:
    safe = {"foreign_keys": 1, "recursive_triggers": 1, "synchronous": 2, "busy_timeout": 30_000}
    with sqlite_engine.connect() as connection:
        found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in safe}
        mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
    version = sqlite_engine.dialect.dbapi.sqlite_version_info
    assert (found, mode) == (safe, "wal" if wal_is_safe(version) else "delete")


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 0), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 53, 4), True),
        ((4, 0, 0), True),
    ],
)
def test_wal_is_used_only_where_sqlite_cannot_corrupt_it(version: tuple[int, int, int], safe: bool) -> None:
    assert wal_is_safe(version) is safe
