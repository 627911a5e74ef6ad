"""Whoever asks, in whatever writing and about whatever moment, is the same client on the check's own read and through a
session (D1, D4)."""

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from api.check_reader import open_check_reader
from api.database import reading, transaction
from contracts.enrolling import add_client, add_contact
from contracts.introducing import withdraw_contact
from contracts.queries import clients_named, parameters_of
from contracts.recording_domains import record_domain, withdraw_domain
from tests.builders import moment

AT = moment("2026-10-05 10:00")
GONE_AT = moment("2026-10-05 14:00")
BEFORE, MEANWHILE, SINCE = MOMENTS = (AT - timedelta.resolution, GONE_AT - timedelta.resolution, GONE_AT)
WORLDS = count(1)
PEOPLE, DOMAINS, CLIENTS = 4, 3, 3
Keys = dict[str, str | int]


@dataclass(frozen=True)
class World:
    """Who speaks for which clients, from which domain each of them writes, and which clients own a domain.

    Some of the people and domains are withdrawn by everybody.
    """

    speaks_for: Sequence[frozenset[int]]
    writes_from: Sequence[int]
    owners: Sequence[frozenset[int]]
    gone_people: frozenset[int]
    gone_domains: frozenset[int]

    def at(self, when: datetime) -> "World":
        """Who spoke and who owned at one of the moments."""
        nobody: frozenset[int] = frozenset()

        def then(clients: Sequence[frozenset[int]], gone: frozenset[int]) -> list[frozenset[int]]:
            gone = gone if when == SINCE else nobody
            return [nobody if when == BEFORE or one in gone else some for one, some in enumerate(clients)]

        return replace(
            self, speaks_for=then(self.speaks_for, self.gone_people), owners=then(self.owners, self.gone_domains)
        )


some = st.frozensets(st.integers(0, CLIENTS - 1), max_size=CLIENTS)
worlds = st.builds(
    World,
    st.tuples(*[some] * PEOPLE),
    st.tuples(*[st.integers(0, DOMAINS - 1)] * PEOPLE),
    st.tuples(*[some] * DOMAINS),
    st.frozensets(st.integers(0, PEOPLE - 1), max_size=PEOPLE),
    st.frozensets(st.integers(0, DOMAINS - 1), max_size=DOMAINS),
)
PHONES: Sequence[Callable[[str], str]] = (
    lambda ten: f"+7{ten}",
    lambda ten: f"8 ({ten[:3]}) {ten[3:6]}-{ten[6:8]}-{ten[8:]}",
    lambda ten: f"7-{ten[:3]}-{ten[3:6]}-{ten[6:]} доб. 12",
    lambda ten: f"тел. {ten[:3]} {ten[3:]}, ext 5",
)
EMAILS: Sequence[Callable[[str], str]] = (str, str.upper, str.title, lambda text: f"  {text} ")


class Told:
    """A world that the database was told of, with names that no world before it had."""

    def __init__(self, engine: Engine, world: World) -> None:
        self.world, self._number = world, next(WORLDS)
        with transaction(engine) as session:
            self.ids = [add_client(session, f"Клиент {one}", at=AT).id for one in range(CLIENTS)]
            for person, clients in enumerate(world.speaks_for):
                for client in clients:
                    reached = {"emails": (self.email(person),), "phones": (f"+7{self.phone(person)}",)}
                    named = add_contact(session, self.ids[client], f"Человек {person}", at=AT, **reached).id
                    if person in world.gone_people:
                        withdraw_contact(session, self.ids[client], named, at=GONE_AT)
            for domain, owners in enumerate(world.owners):
                for owner in owners:
                    record_domain(session, self.ids[owner], self.domain(domain), at=AT)
                    if domain in world.gone_domains:
                        withdraw_domain(session, self.ids[owner], self.domain(domain), at=GONE_AT)

    def domain(self, one: int) -> str:
        return f"d{one}-{self._number}.example"

    def email(self, person: int) -> str:
        return f"p{person}@{self.domain(self.world.writes_from[person])}"

    def phone(self, person: int) -> str:
        return f"495{self._number:05d}{person:02d}"

    def meant(self, clients: frozenset[int]) -> list[int]:
        return sorted(self.ids[one] for one in clients)

    def questions(self, random: Random, world: World) -> Iterator[tuple[Keys, list[int]]]:
        """Ways to name somebody, each with the clients that are meant as the world was."""
        for person, clients in enumerate(world.speaks_for):
            domain = world.writes_from[person]
            phone = random.choice(PHONES)(self.phone(person))
            email = random.choice(EMAILS)(self.email(person))
            by_email = clients or world.owners[domain]
            yield {"phone": phone}, self.meant(clients)
            yield {"email": email}, self.meant(by_email)
            yield {"email": email, "phone": phone}, self.meant(by_email & clients)
            for client in range(CLIENTS):
                yield {"id": self.ids[client], "email": email}, self.meant(by_email & {client})
        for domain, owners in enumerate(world.owners):
            yield {"email": f"stranger@{self.domain(domain)}"}, self.meant(owners)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(world=worlds, random=st.randoms(use_true_random=False))
def test_two_clients_are_never_mixed_up_d1_d4(engine: Engine, world: World, random: Random) -> None:
    told = Told(engine, world)
    asked = [(keys, at, meant) for at in MOMENTS for keys, meant in told.questions(random, world.at(at))]
    due = [meant for _, _, meant in asked]
    today = list(told.questions(random, world.at(SINCE)))
    with reading(engine) as session:
        assert [clients_named(session, keys, at=at) for keys, at, _ in asked] == due
        assert [clients_named(session, keys) for keys, _ in today] == [meant for _, meant in today]
    assert asyncio.run(read(engine, [(keys, at) for keys, at, _ in asked])) == due


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_a_read_is_one_statement_on_postgresql(engine: Engine) -> None:
    """Clearing a session up after each read would be a second one. A connection tells what it did when it has ended."""
    before = transactions(engine)
    asyncio.run(read(engine, [({"id": 1, "email": "anna@example.org"}, AT)] * 100))
    while transactions(engine) < before + 100:
        time.sleep(0.05)
    assert transactions(engine) < before + 150


def transactions(engine: Engine) -> int:
    """How many ended in the database; a statement by itself is one."""
    with engine.connect() as connection:
        sql = "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"
        counted: int = connection.exec_driver_sql(sql).scalar_one()
        return counted


async def read(engine: Engine, questions: Sequence[tuple[Mapping[str, str | int], datetime]]) -> list[list[int]]:
    """The ids of the clients that the check's own read finds."""
    reader = await open_check_reader(engine)
    try:
        found = [await reader.find(keys, parameters_of(keys, at)) for keys, at in questions]
    finally:
        await reader.close()
    return [[one.client_id for one in some] for some in found]
