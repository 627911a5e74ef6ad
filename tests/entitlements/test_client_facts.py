"""Everything that an answer about a client rests on, and the snapshot of it, which may save time and change nothing."""

import dataclasses
from contextlib import suppress
from datetime import date, timedelta
from importlib.metadata import version
from random import Random
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import Engine, update
from sqlmodel import Session, col, select

from api.database import transaction
from contracts.blocking import lift_block, raise_block
from contracts.catalogue import Registration
from contracts.enrolling import add_client
from contracts.errors import Refusal
from contracts.locking import lock_client
from contracts.on_sale import package_on_sale
from contracts.parties import Seller
from contracts.policies import Channel, IncludedPer, Purchase
from contracts.publishing import load_catalogue
from contracts.renewing import renew
from contracts.subscriptions import Block, Subscription
from contracts.terms import Term, boundary, first_of_month, next_month
from entitlements.answers import Question
from entitlements.calendar import calendar_digest
from entitlements.client_facts import (
    SHAPE,
    ClientSnapshot,
    current_facts,
    decode,
    encode,
    keep_snapshot,
    lock_facts,
    read_facts,
    shape_of,
    store_snapshot,
)
from entitlements.covers import CoverKind, RegistrationFacts, Stop
from entitlements.desk import check, extend_hold, hold, release_hold, settle_hold
from entitlements.facts import hours_facts
from entitlements.granting import give_for_subscription, give_minutes, give_package, open_from, void_grant
from entitlements.grants import Grant
from entitlements.holds import Hold
from entitlements.hours import account, local_day
from entitlements.hours_facts import GrantKind
from entitlements.logging_work import Work, log
from entitlements.plan_terms import DueTerms, PackageOffer, ServiceTerms
from entitlements.reasons import Reason
from tests.builders import (
    PUBLISHED_AT,
    Customer,
    a_client,
    a_plan,
    a_registration,
    a_sale,
    a_seller,
    ask,
    asked,
    asking,
    close_client,
    closed,
    held,
    its_catalogue,
    moment,
    worked,
)

AT = moment("2026-05-01 10:00")


@pytest.fixture
def session(session: Session) -> Session:
    its_catalogue(session)
    return session


def test_facts_are_what_was_sold_granted_and_stopped(session: Session, seller: Seller, client: Customer) -> None:
    number = a_registration(session, client.entity, bought_on=date(2026, 4, 20)).number
    [old] = client.registrations
    sale = a_sale(session, seller, client, "its-prof", registrations=(old, number), at=AT)
    successor = renew(session, sale.subscription.id, at=AT).subscription
    raise_block(session, client.id, "долг", at=AT, subscription_id=successor.id)
    raise_block(session, client.id, "спор", at=AT, until_at=moment("2026-05-03"))
    facts = read_facts(session, client.id)
    first, second, free = facts.covers
    assert [cover.kind for cover in facts.covers] == [CoverKind.SUBSCRIPTION] * 2 + [CoverKind.FREE_PERIOD]
    assert (first.term, first.has_successor, first.registrations) == (sale.subscription.term, True, (old, number))
    assert (second.term, second.has_successor, second.contract_number) == (successor.term, False, sale.contract.number)
    assert (first.succeeded_on, second.succeeded_on) == (successor.starts_on, None)
    assert (free.term, free.registrations, free.term_months) == (sale.free_periods[0].term, (number,), 3)
    whole = Stop(AT, moment("2026-05-03"))
    assert (first.stops, second.stops, free.stops) == ((whole,), (Stop(AT, None), whole), (whole,))
    assert facts.registrations == (RegistrationFacts(old), RegistrationFacts(number))
    assert list(facts.pools) == [seller.id]
    assert facts.packages[0] == PackageOffer("hours-20", 1200, 6_175_000, "RUB")
    plan = facts.plans[first.plan_version_id]
    assert (plan.code, plan.version, plan.overage_rate_minor) == ("its-prof", 1, 270_000)
    [on_sale] = facts.versions("its-prof")
    assert (on_sale.currency, on_sale.prices_minor[12]) == ("RUB", (3_381_600, 4_057_200))
    assert (plan.name_en, facts.service_names["visit"]) == (
        "1C:ITS PROF",
        ("Выезд специалиста", "Visit of an engineer"),
    )
    assert plan.service("visit") == ServiceTerms("visit", True, 60)
    assert plan.service("updates") == ServiceTerms("updates", False)


def test_the_facts_tell_what_the_plan_promises_and_whose_holidays_the_seller_keeps_d10(
    session: Session, seller: Seller, client: Customer
) -> None:
    due = {"priority": "high", "name": "Срочно", "name_en": "Urgent", "respond_minutes": 60}
    last = {"priority": "low", "name": "Потом", "name_en": "Later", "respond_minutes": 600, "resolve_minutes": 900}
    version = a_plan(session, due_times=[due, last], desk_hours="08:00-20:00", channels=["chat"], highest_line=3)
    seller.calendar = "KZ"
    a_sale(session, seller, client, at=AT)
    facts = read_facts(session, client.id)
    plan = facts.plans[version.id]
    assert plan.due_times == (DueTerms("high", 60), DueTerms("low", 600, 900))
    assert (plan.channels, plan.highest_line) == ((Channel.CHAT,), 3)
    assert (plan.desk_hours, facts.pools[seller.id].country) == ("08:00-20:00", "KZ")


def test_a_plan_that_covers_no_named_registration_covers_every_product(
    session: Session, seller: Seller, client: Customer
) -> None:
    a_plan(session, covers_registrations=False)
    a_sale(session, seller, client, registrations=(), at=AT)
    [cover] = read_facts(session, client.id).covers
    assert cover.registrations is None


def test_days_are_those_of_the_clients_seller_else_of_the_first_one_t4(session: Session, seller: Seller) -> None:
    kamchatka = a_seller(session, "east", time_zone="Asia/Kamchatka")
    client = a_client(session)
    assert read_facts(session, client.id).time_zone == "Europe/Moscow"
    worked(session, client, "2026-04-29 10:00", 20, seller_id=kamchatka.id)
    assert read_facts(session, client.id).time_zone == "Asia/Kamchatka"


@pytest.mark.parametrize(
    ("per", "expected"),
    [
        (IncludedPer.TERM, Reason.OVERRUN_LIMIT_REACHED),
        (IncludedPer.SUBSCRIPTION_MONTH, Reason.OVERRUN_LIMIT_REACHED),
        (IncludedPer.CALENDAR_MONTH, Reason.COVERED_BY_OVERAGE),
    ],
)
def test_overage_of_a_closed_month_still_counts_in_a_usage_period_that_reaches_back_into_it_d6(
    session: Session, seller: Seller, client: Customer, per: IncludedPer, expected: Any
) -> None:
    a_plan(session, included_per=per, overrun_percent=50)
    a_sale(session, seller, client, starts_on=date(2026, 4, 15), at=moment("2026-04-15"))
    worked(session, client, "2026-04-20 10:00", 90)
    worked(session, client, "2026-05-05 10:00", 60) if per is IncludedPer.CALENDAR_MONTH else None
    question = ask("2026-05-06 10:00", 15)
    before = check(session, asking(client), question)
    closed(session, seller, client, date(2026, 4, 1))
    after = check(session, asking(client), question)
    assert after.reason is before.reason is expected
    assert after.hours == before.hours


# The snapshot


def test_a_snapshot_is_used_only_while_the_client_has_its_version(
    session: Session, seller: Seller, client: Customer
) -> None:
    facts = read_facts(session, client.id)
    forged = replace(facts, packages=())
    store_snapshot(session, forged)
    assert current_facts(session, client.id) == forged
    locked = lock_facts(session, client.id)
    assert locked == replace(forged, state_version=facts.state_version + 1)
    assert current_facts(session, client.id) == replace(facts, state_version=locked.state_version)
    assert lock_facts(session, client.id) == replace(facts, state_version=locked.state_version + 1)


def test_a_snapshot_of_another_shape_is_not_used_and_is_replaced(session: Session, client: Customer) -> None:
    """After an update of the product the same places of a snapshot may mean something else."""
    facts = read_facts(session, client.id)
    store_snapshot(session, replace(facts, packages=()))
    session.exec(update(ClientSnapshot).values(shape="of the release before"))
    assert current_facts(session, client.id) == facts
    keep_snapshot(session, facts)
    assert session.exec(select(ClientSnapshot.shape)).one() == SHAPE
    assert current_facts(session, client.id) == facts


@pytest.mark.parametrize("later", [("other days", version("abonement")), (calendar_digest(), "later release")])
def test_a_snapshot_outlives_neither_the_calendars_nor_the_release_that_read_it_d10(later: tuple[str, str]) -> None:
    """Until when an unpaid term is served is computed from the calendars and kept; its reader may have been mended."""
    assert shape_of(calendar_digest(), version("abonement")) == SHAPE
    assert shape_of(*later) != SHAPE


@pytest.mark.parametrize("sellers", [1, 2])
def test_a_client_from_before_the_first_seller_goes_by_its_time_zone_then_t4(session: Session, sellers: int) -> None:
    """The second seller changes nothing for it, and raises no version."""
    client_id = add_client(session, "Ромашка", at=AT).id
    keep_snapshot(session, read_facts(session, client_id))
    assert current_facts(session, client_id).time_zone == "Europe/Moscow"
    for time_zone in ("Asia/Kamchatka", "Europe/Kaliningrad")[:sellers]:
        a_seller(session, code=time_zone, time_zone=time_zone)
    current = current_facts(session, client_id)
    assert (current.time_zone, current.state_version) == ("Asia/Kamchatka", 1)
    assert current == read_facts(session, client_id)


def test_an_older_reading_never_replaces_a_newer_snapshot(session: Session, client: Customer) -> None:
    old = read_facts(session, client.id)
    lock_client(session, client.id)
    new = read_facts(session, client.id)
    for facts in (new, old):
        keep_snapshot(session, facts)
    assert session.exec(select(ClientSnapshot.state_version)).one() == new.state_version


def test_a_hold_leaves_the_snapshot_that_the_next_one_reads(session: Session, seller: Seller, client: Customer) -> None:
    a_plan(session, over_limit="block")
    a_sale(session, seller, client, at=AT)
    for minutes in (15, 600, 15):
        held(session, client, "2026-05-13 12:00", minutes)
        kept = session.exec(select(ClientSnapshot.facts)).one()
        assert decode(kept) == read_facts(session, client.id)
        session.expire_all()


def test_what_is_newly_on_sale_is_in_the_next_answer(session: Session, seller: Seller, client: Customer) -> None:
    store_snapshot(session, read_facts(session, client.id))
    a_plan(session)
    assert current_facts(session, client.id) == read_facts(session, client.id)
    store_snapshot(session, replace(read_facts(session, client.id), packages=()))
    load_catalogue(session, "its", at=PUBLISHED_AT)
    assert current_facts(session, client.id) == read_facts(session, client.id)


# Whatever happens, a snapshot is what the tables say


class World:
    """One client of one seller, to which anything may happen; what is refused has not happened."""

    def __init__(self, session: Session, seller: Seller, client: Customer) -> None:
        self.session, self.seller, self.client = session, seller, client
        self.now = moment("2026-01-12 10:00")
        self.works: list[Work] = []
        self.number = 0

    @property
    def today(self) -> date:
        return local_day(self.now, self.seller.time_zone)

    def key(self, noun: str) -> str:
        self.number += 1
        return f"{noun}-{self.number}"

    def one(self, table: Any, which: int) -> Any:
        """One of the rows of a table, by any number."""
        rows = self.session.exec(select(table).order_by(col(table.id))).all()
        if not rows:
            raise Refusal("NOTHING_THERE")
        return rows[which % len(rows)]

    def wait(self, a: int, b: int) -> None:
        self.now += timedelta(hours=(1, 30, 240, 750)[a % 4] + b)

    def sell(self, a: int, b: int) -> None:
        starts_on = self.today + timedelta(days=10 * (b - 3)) if a % 2 else None
        plan, months = ("support", "rolling", "its-prof")[a % 3], (1, 3, 12)[b % 3]
        a_sale(self.session, self.seller, self.client, plan, term_months=months, starts_on=starts_on, at=self.now)

    def renew(self, a: int, b: int) -> None:
        sold = renew(self.session, self.one(Subscription, a).id, at=self.now, term_months=(1, 3)[b % 2]).subscription
        give_for_subscription(self.session, sold, at=self.now)

    def block(self, a: int, b: int) -> None:
        until_at = self.now + timedelta(days=b) if b else None
        subject = {} if a % 2 else {"subscription_id": self.one(Subscription, a).id}
        raise_block(self.session, self.client.id, "долг", at=self.now, until_at=until_at, **subject)

    def lift(self, a: int, b: int) -> None:
        lift_block(self.session, self.one(Block, a).id, at=self.now)

    def log(self, a: int, b: int) -> None:
        started_at, service = self.now - timedelta(days=a * a, minutes=7 * b), ("remote_work", "visit", "")[b % 3]
        work = Work(self.client.id, "desk", self.key("SD"), 25 * b + 5, started_at, service=service)
        log(self.session, work, at=self.now)
        self.works.append(work)

    def correct(self, a: int, b: int) -> None:
        if self.works:
            log(self.session, dataclasses.replace(self.works[a % len(self.works)], worked_minutes=20 * b), at=self.now)

    def hold(self, a: int, b: int) -> None:
        question = Question(self.now, service="remote_work", minutes=15 * a + 1)
        hold(self.session, asking(self.client), question, asked(self.now), hold_hours=12 * b or None)

    def settle(self, a: int, b: int) -> None:
        settle_hold(self.session, self.one(Hold, a).id, at=self.now)

    def release(self, a: int, b: int) -> None:
        release_hold(self.session, self.one(Hold, a).id, at=self.now)

    def extend(self, a: int, b: int) -> None:
        extend_hold(self.session, self.one(Hold, a).id, b + 1, at=self.now)

    def give(self, a: int, b: int) -> None:
        starts_on = self.today + timedelta(days=9 * (a - 6))
        pool, term = (self.client.id, self.seller.id), Term(starts_on, boundary(starts_on, 1 + b % 3))
        details = {"reason": "извинения", "source_key": self.key("goodwill"), "at": self.now}
        give_minutes(self.session, *pool, GrantKind.GOODWILL, 45, term, **details)

    def buy(self, a: int, b: int) -> None:
        lock_client(self.session, self.client.id)
        package, key = package_on_sale(self.session, "hours-20"), self.key("package")
        give_package(self.session, self.client.id, self.seller.id, package, key, on=self.today, at=self.now)

    def void(self, a: int, b: int) -> None:
        on = self.today + timedelta(days=5 * (b - 4))
        void_grant(self.session, self.one(Grant, a).id, "ошибка", on=on, at=self.now)

    def register(self, a: int, b: int) -> None:
        bought_on = self.today - timedelta(days=20 * b)
        upgrade = {"purchase": Purchase.UPGRADE, "replaces": self.one(Registration, b).number} if a % 2 else {}
        a_registration(self.session, self.client.entity, bought_on=bought_on, **upgrade)

    def publish(self, a: int, b: int) -> None:
        a_plan(self.session, "support", valid_from=self.today.isoformat(), included_minutes=30 * a)

    def close(self, a: int, b: int) -> None:
        month = open_from(self.session, self.client.id, self.seller.id) or date(2025, 10, 1)
        if next_month(month) <= first_of_month(self.today):
            close_client(self.session, self.seller, self.client.id, month, at=self.now)

    def holds_together(self) -> None:
        """The snapshot kept before the last event, and the account since the last closed month, equal the tables."""
        session, client_id = self.session, self.client.id
        anew = read_facts(session, client_id)
        assert current_facts(session, client_id) == anew
        assert decode(encode(anew)) == anew
        with session.begin_nested() as savepoint:
            assert lock_facts(session, client_id) == read_facts(session, client_id)
            savepoint.rollback()
        for seller_id, pool in anew.pools.items():
            since = account(pool, self.now)
            zero = account(hours_facts(session, client_id, seller_id, from_zero=True), self.now)
            assert since.available_minutes == zero.available_minutes
            opened = local_day(pool.since, pool.time_zone) if pool.since is not None else date.min
            assert since.lines == tuple(line for line in zero.lines if line.counts_on >= opened)
        keep_snapshot(session, anew)


OFTEN = ("wait", "log", "correct", "hold", "close")
EVENTS = OFTEN * 3 + ("sell", "renew", "block", "lift", "settle", "release", "extend", "give", "buy", "void")
EVENTS += ("register", "publish")


@pytest.mark.parametrize("length", ["short", pytest.param("long", marks=pytest.mark.long)])
def test_whatever_happens_a_snapshot_is_what_the_tables_say_h1(engine: Engine, length: str) -> None:
    with transaction(engine) as session:
        its_catalogue(session)
        a_plan(session)
        a_plan(session, "rolling", kind="support", rollover_cap_minutes=45, rollover_periods=2, grace_days=10)
        seller, client = a_seller(session), a_client(session, registrations=2)
    lives = {"short": 4, "long": 400}[length] // (1 if engine.dialect.name == "sqlite" else 4)
    for seed in range(lives):
        chance, happened = Random(seed), []
        with Session(engine, expire_on_commit=False) as session:
            world = World(session, seller, client)
            world.sell(0, 2)
            for _ in range(50):
                event, a, b = chance.choice(EVENTS), chance.randrange(10), chance.randrange(10)
                with suppress(Refusal), session.begin_nested():
                    getattr(world, event)(a, b)
                happened.append((event, a, b))
                try:
                    world.holds_together()
                except AssertionError as broken:
                    broken.add_note(f"seed {seed}: {happened}")
                    raise
