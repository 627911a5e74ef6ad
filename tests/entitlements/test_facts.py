"""Reading the facts of a pool: what was written, as it was known, since the last closed month or from zero (H1, D1)."""

from datetime import date, timedelta

import pytest
from sqlmodel import Session, select

from contracts.parties import Seller
from contracts.terms import Term
from entitlements.desk import release_hold
from entitlements.facts import hours_facts, overage_between
from entitlements.granting import give_minutes, void_grant
from entitlements.grants import Grant
from entitlements.hours import account, day_starts_at
from entitlements.hours_facts import Charge, Entry, GrantKind, HoursFacts, Lot, LotOrigin, Parts, Reserve
from entitlements.logging_work import log
from entitlements.rounding import RoundingPolicy
from tests.builders import (
    Customer,
    a_client,
    a_plan,
    a_sale,
    a_seller,
    closed,
    held,
    its_catalogue,
    moment,
    some_work,
    worked,
)

APRIL, MAY = date(2026, 4, 1), date(2026, 5, 1)


@pytest.fixture
def session(session: Session) -> Session:
    its_catalogue(session)
    a_plan(session, rollover_cap_minutes=30, rollover_periods=1, quantum_minutes=30)
    return session


@pytest.fixture
def client(session: Session, seller: Seller) -> Customer:
    """Three months from 01.04.2026 with an hour in each; sold on 20.03."""
    client = a_client(session)
    a_sale(session, seller, client, term_months=3, starts_on=APRIL, at=moment("2026-03-20"))
    return client


def goodwill(session: Session, client: Customer, seller: Seller, at: str) -> Grant:
    details = {"reason": "извинения", "source_key": f"goodwill:{at}", "at": moment(at)}
    return give_minutes(session, client.id, seller.id, GrantKind.GOODWILL, 15, Term.calendar_month(MAY), **details)


def test_a_pool_of_which_nothing_is_written_is_empty(session: Session) -> None:
    kamchatka = a_seller(session, "east", time_zone="Asia/Kamchatka")
    client = a_client(session, "Лютик")
    assert hours_facts(session, client.id, kamchatka.id) == HoursFacts("Asia/Kamchatka")


def test_facts_are_what_was_written_of_this_client_with_this_seller(
    session: Session, seller: Seller, client: Customer
) -> None:
    other, south = a_client(session, "Лютик"), a_seller(session, "south")
    worked(session, other, "2026-04-06 10:00", 15, seller_id=seller.id)
    worked(session, client, "2026-04-06 10:00", 15, seller_id=south.id)
    entry = worked(session, client, "2026-04-25 10:00", 20, ticket="SD-1", service="visit").entry
    _, hold = held(session, client, "2026-04-27 10:00", 20, hold_hours=5)
    assert entry is not None
    assert hold is not None
    release_hold(session, hold.id, at=moment("2026-04-27 11:00"))
    facts = hours_facts(session, client.id, seller.id)
    first = session.exec(select(Grant)).all()[0]
    assert facts.lots[0] == Lot(
        LotOrigin.GRANT, first.id, GrantKind.INCLUDED, 60, APRIL, MAY, 0, 30, date(2026, 6, 1), None
    )
    assert facts.entries == (
        Entry(
            id=entry.id,
            source="desk",
            external_id=entry.external_id,
            revision=1,
            started_at=moment("2026-04-25 10:00"),
            counts_at=moment("2026-04-25 10:00"),
            counts_on=date(2026, 4, 25),
            weighted_hundredths=4000,
            minimum_minutes=60,
            plan_version_id=entry.plan_version_id,
            ticket="SD-1",
            charge=Charge.DRAW,
        ),
    )
    placed, expires, ended = (moment(f"2026-04-27 {hour}:00") for hour in (10, 15, 11))
    assert facts.reserves == (Reserve(hold.id, 30, placed, expires, ended),)
    assert facts.policies == {entry.plan_version_id: RoundingPolicy(30, 15)}
    assert facts.since is None


def test_facts_begin_with_the_opening_balance_of_the_last_closed_month_h1(
    session: Session, seller: Seller, client: Customer
) -> None:
    worked(session, client, "2026-04-06 10:00", 25)
    closed(session, seller, client, APRIL)
    facts = hours_facts(session, client.id, seller.id)
    assert facts.since == moment("2026-05-01")
    assert facts.entries == ()
    assert [(lot.origin, lot.minutes, lot.starts_on, lot.ends_on) for lot in facts.lots] == [
        (LotOrigin.GRANT, 60, MAY, date(2026, 6, 1)),
        (LotOrigin.GRANT, 60, date(2026, 6, 1), date(2026, 7, 1)),
        (LotOrigin.ROLLOVER, 30, MAY, date(2026, 6, 1)),
    ]


def test_the_account_since_the_last_closed_month_equals_that_from_zero_h1(
    session: Session, seller: Seller, client: Customer
) -> None:
    worked(session, client, "2026-04-06 10:00", 25)
    closed(session, seller, client, APRIL)
    worked(session, client, "2026-05-06 10:00", 40)
    at = moment("2026-05-20")
    since = account(hours_facts(session, client.id, seller.id), at)
    zero = account(hours_facts(session, client.id, seller.id, from_zero=True), at)
    assert since.available_minutes == zero.available_minutes == 30
    assert since.lines == zero.lines[1:]


def test_a_reversal_of_closed_work_knows_how_that_was_paid_h10(
    session: Session, seller: Seller, client: Customer
) -> None:
    work = some_work(client, "2026-04-06 10:00", 85)
    log(session, work, at=moment("2026-04-06 12:00"))
    closed(session, seller, client, APRIL)
    log(session, some_work(client, "2026-04-06 10:00", 0, external_id=work.external_id), at=moment("2026-05-06"))
    [reversal] = hours_facts(session, client.id, seller.id).entries
    assert reversal.reversed_parts == Parts(included_minutes=60, overage_minutes=30)
    assert reversal.counts_at == moment("2026-05-01")


@pytest.mark.parametrize(("before", "since"), [("2026-04-30 23:59", None), ("2026-05-01", "2026-05-01")])
def test_a_moment_in_a_closed_month_is_read_from_what_was_open_then_d1(
    session: Session, seller: Seller, client: Customer, before: str, since: str | None
) -> None:
    worked(session, client, "2026-04-06 10:00", 25)
    as_it_was = account(hours_facts(session, client.id, seller.id), moment("2026-04-20"))
    closed(session, seller, client, APRIL)
    facts = hours_facts(session, client.id, seller.id, before=moment(before))
    assert facts.since == (moment(since) if since else None)
    if since is None:
        assert account(facts, moment("2026-04-20")) == as_it_was


def test_known_at_replays_what_was_known_then_whatever_came_later_d1(
    session: Session, seller: Seller, client: Customer
) -> None:
    work = some_work(client, "2026-04-06 10:00", 25)
    log(session, work, at=moment("2026-04-06 12:00"))
    goodwill(session, client, seller, "2026-04-07")
    _, hold = held(session, client, "2026-04-10 10:00", 15)
    assert hold is not None
    known_at = moment("2026-04-10 10:00")
    then = hours_facts(session, client.id, seller.id)
    assert hours_facts(session, client.id, seller.id, known_at=known_at) == then
    log(session, some_work(client, "2026-04-06 10:00", 45, external_id=work.external_id), at=moment("2026-04-11"))
    worked(session, client, "2026-04-08 10:00", 15, at=moment("2026-04-11"))
    goodwill(session, client, seller, "2026-04-11")
    void_grant(session, then.lots[0].source_id, "ошибка", on=date(2026, 4, 8), at=moment("2026-04-11"))
    release_hold(session, hold.id, at=moment("2026-04-11"))
    held(session, client, "2026-04-11 10:00", 15)
    closed(session, seller, client, APRIL)
    assert hours_facts(session, client.id, seller.id, known_at=known_at) == then
    earlier = hours_facts(session, client.id, seller.id, known_at=known_at - timedelta(days=365))
    assert earlier == HoursFacts("Europe/Moscow")


def test_a_day_begins_at_midnight_where_the_seller_is_t4() -> None:
    assert day_starts_at(date(2026, 4, 1), "Asia/Kamchatka") == moment("2026-03-31 15:00")


def test_overage_that_closed_months_charged_is_read_day_by_day_d6(
    session: Session, seller: Seller, client: Customer
) -> None:
    for day in ("2026-04-06", "2026-04-07", "2026-04-07", "2026-04-20"):
        worked(session, client, f"{day} 10:00", 60)
    worked(session, client, "2026-05-06 10:00", 240)
    closed(session, seller, client, APRIL)

    def between(starts_on: date, ends_on: date) -> list[tuple[int, int]]:
        days = overage_between(session, client.id, seller.id, starts_on, ends_on)
        return [(day.day, minutes) for day, minutes in days]

    assert between(APRIL, date(2026, 7, 1)) == [(7, 120), (20, 60)]
    assert between(date(2026, 4, 7), date(2026, 4, 20)) == [(7, 120)]
