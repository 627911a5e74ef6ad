"""The feed of changes hides nothing from who reads on, however transactions overlap (D12)."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import Engine, text
from sqlmodel import Session, col, select

from api.database import reading, transaction
from contracts.blocking import raise_block
from contracts.locking import lock_client, lock_clients, touch_every_client
from contracts.parties import TELL_AT_ONCE, Client
from entitlements.changes import ClientChange
from entitlements.client_facts import read_facts, store_snapshot
from entitlements.client_state import ChangeKind, each_cover
from entitlements.telling import UNTELLABLE_WAITS, News, decoded_state, due_clients, look_at_clients, tell
from tests.builders import Customer, a_client, a_plan, a_sale, a_seller, held, its_catalogue, moment

AT = moment("2026-10-05 10:00")


def house(engine: Engine, clients: int = 2) -> list[Customer]:
    """Clients that are served, and told of."""
    with transaction(engine) as session:
        its_catalogue(session)
        a_plan(session)
        seller = a_seller(session)
        customers = [a_client(session, f"Клиент {n}") for n in range(clients)]
        for customer in customers:
            a_sale(session, seller, customer, at=AT)
    tell_all(engine)
    return customers


def seen(engine: Engine, at: Any = AT) -> list[News]:
    with reading(engine) as session:
        return look_at_clients(session, due_clients(session, 100, at=at), at=at)


def tell_all(engine: Engine, at: Any = AT) -> int:
    news = seen(engine, at)
    with transaction(engine) as session:
        return tell(session, news, at=at)


def feed(engine: Engine, after: int = 0) -> list[ClientChange]:
    with reading(engine) as session:
        return list(session.exec(select(ClientChange).where(ClientChange.id > after).order_by(col(ClientChange.id))))


def versions(engine: Engine) -> dict[int, int]:
    with reading(engine) as session:
        return dict(session.exec(select(Client.id, Client.state_version)).all())


def test_what_a_writer_changed_is_told_once_with_the_whole_state_d12(engine: Engine) -> None:
    own, other = house(engine)
    before = feed(engine)
    assert [(row.client_id, row.kinds) for row in before] == [
        (customer.id, "client.changed subscription.sold") for customer in (own, other)
    ]
    with transaction(engine) as session:
        held(session, own, "2026-10-05 10:00", 15)
    assert tell_all(engine) == 1
    assert tell_all(engine) == 0
    (row,) = feed(engine, before[-1].id)
    assert (row.client_id, row.kinds) == (own.id, "client.changed hold.placed")
    assert row.state_version == versions(engine)[own.id]
    with reading(engine) as session:
        facts = read_facts(session, own.id)
        state = decoded_state(row.state)
        assert state.covers == tuple(view.cover for view in each_cover(facts, AT))
        assert state.hours[each_cover(facts, AT)[0].cover.seller_id].held_minutes == 15


def test_what_is_undone_is_not_told(engine: Engine) -> None:
    own, _ = house(engine)
    with Session(engine) as session:
        raise_block(session, own.id, "Спор", at=AT)
        session.rollback()
    assert tell_all(engine) == 0


def test_every_way_of_taking_a_client_makes_it_due(engine: Engine) -> None:
    own, other = house(engine)
    for take in (
        lambda session: lock_client(session, own.id),
        lambda session: lock_clients(session, [own.id, other.id]),
        touch_every_client,
    ):
        with transaction(engine) as session:
            take(session)
        with reading(engine) as session:
            assert own.id in due_clients(session, 100, at=AT)
        assert tell_all(engine) > 0


def test_a_transaction_that_began_first_and_commits_last_is_told_last_d12(postgresql_engine: Engine) -> None:
    """A reader who has read the later one and goes on from it does not miss the earlier one."""
    engine = postgresql_engine
    slow, fast = house(engine)
    read = feed(engine)[-1].id
    with transaction(engine) as first:
        raise_block(first, slow.id, "Спор", at=AT)
        first.flush()
        with transaction(engine) as second:
            raise_block(second, fast.id, "Спор", at=AT)
        assert tell_all(engine) == 1
        page = feed(engine, read)
        assert [row.client_id for row in page] == [fast.id]
    assert tell_all(engine) == 1
    assert [row.client_id for row in feed(engine, page[-1].id)] == [slow.id]


def test_of_two_tellers_the_second_waits_so_that_no_id_is_seen_before_a_smaller_one_d12(
    postgresql_engine: Engine,
) -> None:
    """The first has numbered its change and not committed; the second must not be there before it."""
    engine = postgresql_engine
    own, other = house(engine)
    read = feed(engine)[-1].id
    with transaction(engine) as session:
        raise_block(session, own.id, "Спор", at=AT)
    first_news = seen(engine)
    with ThreadPoolExecutor(1) as threads:
        with transaction(engine) as first:
            assert tell(first, first_news, at=AT) == 1
            with transaction(engine) as session:
                raise_block(session, other.id, "Спор", at=AT)
            second = threads.submit(tell_all, engine)
            wait_until_somebody_waits(engine)
            assert feed(engine, read) == []
        assert second.result(30) == 1
    assert [row.client_id for row in feed(engine, read)] == [own.id, other.id]


def wait_until_somebody_waits(engine: Engine) -> None:
    waiting = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
    for _ in range(5000):
        with engine.connect() as connection:
            if connection.execute(waiting).scalar_one():
                return
    raise AssertionError("nobody waits")


def test_what_another_teller_told_meanwhile_is_not_told_twice(engine: Engine) -> None:
    own, _ = house(engine)
    with transaction(engine) as session:
        raise_block(session, own.id, "Спор", at=AT)
    both = [seen(engine), seen(engine)]
    told = []
    for news in both:
        with transaction(engine) as session:
            told.append(tell(session, news, at=AT))
    assert told == [1, 0]


def test_a_client_that_changes_while_it_is_told_is_told_again(engine: Engine) -> None:
    own, _ = house(engine)
    with transaction(engine) as session:
        raise_block(session, own.id, "Спор", at=AT)
    news = seen(engine)
    with transaction(engine) as session:
        held(session, own, "2026-10-05 10:00", 15)
    with transaction(engine) as session:
        assert tell(session, news, at=AT) == 1
    assert tell_all(engine) == 1
    assert feed(engine)[-1].state_version == versions(engine)[own.id]


def test_a_writer_is_not_kept_waiting_by_who_tells_and_stays_due(postgresql_engine: Engine) -> None:
    engine = postgresql_engine
    own, _ = house(engine)
    with transaction(engine) as session:
        lock_client(session, own.id)
    with Session(engine) as writer:
        lock_client(writer, own.id)
        assert tell_all(engine) == 1
        writer.rollback()
    with reading(engine) as session:
        assert due_clients(session, 100, at=AT) == [own.id]
    assert tell_all(engine) == 0
    with reading(engine) as session:
        assert due_clients(session, 100, at=AT) == []


def test_what_changes_by_the_clock_alone_is_told_when_it_does_d12(engine: Engine) -> None:
    own, _ = house(engine)
    with transaction(engine) as session:
        held(session, own, "2026-10-05 10:00", 15, hold_hours=1)
    tell_all(engine)
    last = feed(engine)[-1]
    assert tell_all(engine, moment("2026-10-05 10:59")) == 0
    assert tell_all(engine, moment("2026-10-05 11:00")) == 1
    (row,) = feed(engine, last.id)
    assert row.kinds.split() == [ChangeKind.CLIENT_CHANGED, ChangeKind.HOLD_LAPSED]
    assert row.state_version == last.state_version


def test_a_client_whose_facts_cannot_be_read_keeps_nobody_waiting(engine: Engine) -> None:
    own, other = house(engine)
    with transaction(engine) as session:
        for customer in (own, other):
            raise_block(session, customer.id, "Спор", at=AT)
    with transaction(engine) as session:
        facts = read_facts(session, own.id)
        nowhere = {seller_id: replace(pool, time_zone="Nowhere/Never") for seller_id, pool in facts.pools.items()}
        store_snapshot(session, replace(facts, pools=nowhere))
    assert tell_all(engine) == 1
    assert feed(engine)[-1].client_id == other.id
    with reading(engine) as session:
        assert due_clients(session, 100, at=AT) == []
        assert own.id in due_clients(session, 100, at=AT + UNTELLABLE_WAITS)


def test_what_somebody_changed_comes_before_what_changed_by_itself(engine: Engine) -> None:
    own, other = house(engine)
    with transaction(engine) as session:
        session.get_one(Client, own.id).tell_at = moment("2026-10-01")
        assert session.get_one(Client, other.id).tell_at > AT
        lock_client(session, other.id)
    with reading(engine) as session:
        assert due_clients(session, 100, at=AT) == [other.id, own.id]
        assert session.get_one(Client, other.id).tell_at == TELL_AT_ONCE


def test_who_reads_on_while_many_write_and_two_tell_misses_no_state_d12(engine: Engine) -> None:
    customers, stop = house(engine, 4), Event()
    start = feed(engine)[-1].id

    def write(customer: Customer) -> None:
        for _ in range(10):
            with transaction(engine) as session:
                lock_client(session, customer.id)

    def tell_on() -> None:
        while not stop.is_set():
            tell_all(engine)

    def read_on() -> list[ClientChange]:
        known, last = [], start
        while True:
            ending = stop.is_set()
            page = feed(engine, last)
            known += page
            last = page[-1].id if page else last
            if ending:
                return known

    with ThreadPoolExecutor(8) as threads:
        tellers, reader = [threads.submit(tell_on) for _ in range(2)], threads.submit(read_on)
        for writer in [threads.submit(write, customer) for customer in customers]:
            writer.result()
        while seen(engine):
            pass
        stop.set()
        for teller in tellers:
            teller.result()
        known = reader.result()
    everything = feed(engine, start)
    assert [row.id for row in known] == [row.id for row in everything]
    newest = {row.client_id: row.state_version for row in known}
    assert newest == versions(engine)
    for customer in customers:
        told = [row.state_version for row in everything if row.client_id == customer.id]
        assert told == sorted(set(told))


@pytest.mark.parametrize("clients", [0, 3])
def test_telling_a_whole_book_ends(engine: Engine, clients: int) -> None:
    house(engine, clients)
    assert len(feed(engine)) == clients
    assert tell_all(engine) == 0
