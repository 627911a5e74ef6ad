"""The thread that writes answers and snapshots, beside others that write the same rows."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, text
from sqlmodel import Session, col, select

from api.database import reading, transaction
from api.decision_writer import DecisionWriter
from entitlements.client_facts import ClientSnapshot, keep_snapshot, read_facts
from tests.builders import a_client, a_seller, its_catalogue


def wait_until_somebody_waits_for_a_row(engine: Engine) -> None:
    waiting, until = text("SELECT count(*) FROM pg_locks WHERE NOT granted"), time.monotonic() + 60
    with engine.connect() as connection:
        while not connection.execute(waiting).scalar_one():
            assert time.monotonic() < until, "nobody waits"


@contextmanager
def closed_at_the_end(engine: Engine) -> Iterator[DecisionWriter]:
    writer = DecisionWriter(engine)
    try:
        yield writer
    finally:
        writer.close()


def test_two_servers_that_keep_the_same_snapshots_never_wait_for_each_other(postgresql_engine: Engine) -> None:
    """Rows are taken in the order of their ids, whatever the order in which the clients were asked about."""
    engine = postgresql_engine
    with transaction(engine) as session:
        its_catalogue(session)
        a_seller(session)
        first, second = (read_facts(session, a_client(session, name).id) for name in ("Лютик", "Ромашка"))
        for facts in (first, second):
            keep_snapshot(session, facts)
    with closed_at_the_end(engine) as writer, transaction(engine) as other:
        keep_snapshot(other, first)
        writer.add_facts(second)
        writer.add_facts(first)
        wait_until_somebody_waits_for_a_row(engine)
        keep_snapshot(other, second)
    with reading(engine) as session:
        assert _kept(session) == [first.client_id, second.client_id]


def _kept(session: Session) -> list[int]:
    return list(session.exec(select(ClientSnapshot.client_id).order_by(col(ClientSnapshot.client_id))))
