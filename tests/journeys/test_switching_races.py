"""A plan is switched while eight callers use its hours: each is spent once, none beyond what is given (S9, S11, D5)."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from multiprocessing.synchronize import Event
from typing import Any, NamedTuple

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, func, select

from api.database import open_engine, reading, transaction
from api.journeys import amend_subscription, cancel_subscription, sell_package, sell_subscription
from contracts.amending import Change
from contracts.subscriptions import Subscription
from contracts.terms import Term
from entitlements.desk import Caller, check, hold, settle_hold
from entitlements.facts import hours_facts
from entitlements.granting import give_minutes
from entitlements.holds import Hold, HoldEnding
from entitlements.hours import account
from entitlements.hours_facts import GrantKind
from entitlements.logging_work import Work, log
from entitlements.work import WorkEntry
from tests.builders import Customer, a_client, a_plan, a_seller, an_order, ask, asked, asking, its_catalogue, moment
from tests.journeys.books import assert_books_add_up, close
from tests.journeys.faults import PROCESSES, run_processes, url_of

CALLERS = 8
MAY, TODAY, TOMORROW = date(2026, 5, 1), date(2026, 5, 13), date(2026, 5, 14)
AT, NEXT_DAY = "2026-05-13 12:00", "2026-05-14 12:00"
WHO = ("Котова И. Л.", "Нужны часы")
HOUR, INCLUDED, GOODWILL = 60, 180, 120


class World(NamedTuple):
    """A client with three hours a month and two of goodwill that lapse today, and nothing beyond them."""

    client: Customer
    sold: Subscription


@pytest.fixture
def world(engine: Engine) -> World:
    with transaction(engine) as session:
        its_catalogue(session)
        a_plan(session, included_minutes=INCLUDED, over_limit="block")
        a_plan(session, "more", kind="support", included_minutes=INCLUDED + 310, over_limit="block")
        client, seller, at = a_client(session), a_seller(session), moment("2026-05-01")
        sold = sell_subscription(session, an_order(seller, client, starts_on=MAY), at=at).sale.subscription
        pool, term = (client.id, seller.id), Term(MAY, TOMORROW)
        give_minutes(session, *pool, GrantKind.GOODWILL, GOODWILL, term, reason="Сбой", source_key="goodwill", at=at)
    return World(client, sold)


def nothing(session: Session, world: World) -> None:
    """The goodwill lapses by itself."""


def more_hours(session: Session, world: World) -> None:
    """Another plan with more hours from today on."""
    amend_subscription(session, world.sold.id, Change(TODAY, *WHO, plan_code="more"), at=moment(AT))


def a_package(session: Session, world: World) -> None:
    """Twenty hours from today on."""
    sell_package(session, world.sold.contract_id, "hours-20", at=moment(AT))


def a_cancellation(session: Session, world: World) -> None:
    """Today is the last day."""
    cancel_subscription(session, world.sold.id, TODAY, *WHO, at=moment(AT))


Switch = Callable[[Session, World], None]
SWITCHES: list[tuple[Switch, int, str]] = [
    (nothing, INCLUDED + GOODWILL, "HOURS_EXHAUSTED"),
    (more_hours, INCLUDED + GOODWILL + 190, "REQUEST_EXCEEDS_BALANCE"),  # 310 more for 19 of 31 days
    (a_package, INCLUDED + GOODWILL + 1200, "HOURS_EXHAUSTED"),
    (a_cancellation, INCLUDED + GOODWILL, "CONTRACT_CANCELLED"),
]
"""What is switched, how many minutes today gives in the end, and why the next day gives no hour."""


def take(session: Session, client_id: int, name: str, at: str) -> bool:
    """Ask, hold an hour and work it in one transaction; whether the caller was served."""
    _, placed = hold(session, Caller({"id": client_id}), ask(at, HOUR), asked(moment(at), id=name, ticket=name))
    if placed is None:
        return False
    log(session, Work(client_id, "desk", name, HOUR, placed.placed_at, service="remote_work"), at=placed.placed_at)
    settle_hold(session, placed.id, at=placed.placed_at)
    return True


def take_until(engine: Engine, client_id: int, caller: int, switched: threading.Event | Event) -> int:
    """Take hour after hour until there are none although the switch was made; how many there were."""
    won, asked_times = 0, 0
    while True:
        is_last = switched.is_set()
        with transaction(engine) as session:
            served = take(session, client_id, f"SD-{caller}-{asked_times}", AT)
        won, asked_times = won + served, asked_times + 1
        if is_last and not served:
            return won


def take_in_a_process(url: str, client_id: int, caller: int, ready: Any, switched: Event) -> None:
    """The same in a process of its own, which ends with the number of hours it got."""
    engine = open_engine(url)
    ready.wait(60)
    raise SystemExit(take_until(engine, client_id, caller, switched))


def switch(engine: Engine, world: World, what: Switch, ready: Any, switched: threading.Event | Event) -> None:
    """Make the switch, as soon as all callers are at work."""
    ready.wait(60)
    with transaction(engine) as session:
        what(session, world)
    switched.set()


def in_threads(engine: Engine, world: World, what: Switch) -> int:
    """How many hours eight threads get meanwhile."""
    ready, switched = threading.Barrier(CALLERS + 1), threading.Event()

    def call(caller: int) -> int:
        ready.wait(60)
        return take_until(engine, world.client.id, caller, switched)

    with ThreadPoolExecutor(CALLERS + 1) as pool:
        switching = pool.submit(switch, engine, world, what, ready, switched)
        won = sum(pool.map(call, range(CALLERS)))
        switching.result()
    return won


def in_processes(engine: Engine, world: World, what: Switch) -> int:
    """How many hours eight processes get meanwhile."""
    ready, switched = PROCESSES.Barrier(CALLERS + 1), PROCESSES.Event()
    arguments = [(url_of(engine), world.client.id, caller, ready, switched) for caller in range(CALLERS)]
    with ThreadPoolExecutor(1) as pool:
        switching = pool.submit(switch, engine, world, what, ready, switched)
        won = run_processes(take_in_a_process, arguments)
        switching.result()
    assert None not in won
    return sum(one for one in won if one is not None)


def assert_spent_once(engine: Engine, world: World, won: int, given: int) -> None:
    """What was won was used, all of it out of grants, and less than an hour is left."""
    with reading(engine) as session:
        hours = account(hours_facts(session, world.client.id, world.sold.seller_id), moment("2026-05-13 18:00"))
        worked = session.exec(select(func.count()).select_from(WorkEntry)).one()
        placed = session.exec(select(func.count()).select_from(Hold)).one()
        ended = session.exec(select(func.count()).select_from(HoldEnding)).one()
    assert won == worked == placed == ended
    assert sum(line.parts.overage_minutes for line in hours.lines) == hours.held_beyond_minutes == 0
    assert hours.available_minutes == given - HOUR * won
    assert 0 <= hours.available_minutes < HOUR


@pytest.mark.parametrize("callers", [in_threads, in_processes], ids=lambda callers: callers.__name__)
@pytest.mark.parametrize(("what", "given", "why"), SWITCHES, ids=[one[0].__name__ for one in SWITCHES])
def test_hours_that_are_used_while_the_plan_is_switched_are_spent_once_s9_d5(
    engine: Engine,
    world: World,
    callers: Callable[[Engine, World, Switch], int],
    what: Switch,
    given: int,
    why: str,
) -> None:
    won = callers(engine, world, what)
    assert_spent_once(engine, world, won, given)
    with transaction(engine) as session:
        assert check(session, asking(world.client), ask(NEXT_DAY, HOUR)).reason == why
        assert not take(session, world.client.id, "the next day", NEXT_DAY)
    close(engine, world.sold.seller_id, MAY)
    assert_books_add_up(engine)
