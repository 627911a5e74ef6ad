"""Amending: from the effective day on it is something else, what was before stays, the difference is by days (S9)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from api.database import transaction
from contracts.amending import Amended, Change, amend, price_now
from contracts.cancelling import cancel
from contracts.catalogue import PlanVersion, Registration
from contracts.contract_calendar import EventKind
from contracts.errors import Refusal
from contracts.money import Money
from contracts.policies import Purchase
from contracts.queries import calendar_of
from contracts.renewing import renew
from contracts.selling import Sale, sell
from contracts.subscriptions import Coverage, Specification
from tests.builders import (
    Customer,
    a_client,
    a_plan,
    a_registration,
    a_seller,
    an_order,
    at_once,
    its_catalogue,
    moment,
    refused,
)

WHO = ("Котова И. Л.", "Открыли второй склад")
JULY, AT = date(2026, 7, 1), moment("2026-06-10 12:00")


@pytest.fixture
def session(session: Session) -> Session:
    its_catalogue(session)
    a_plan(session)
    a_plan(session, "more", kind="support", included_minutes=120, prices=[{"term_months": 12, "price": "24000.00"}])
    a_plan(
        session, "whole", kind="support", covers_registrations=False, prices=[{"term_months": 12, "price": "6000.00"}]
    )
    return session


@pytest.fixture
def customer(session: Session) -> Customer:
    return a_client(session, registrations=2)


@pytest.fixture
def year(session: Session, customer: Customer) -> Sale:
    """A year of the support plan from 01.04.2026 for 12 000.00, on the first of two registrations."""
    order = an_order(a_seller(session), customer, registrations=customer.registrations[:1], starts_on=date(2026, 4, 1))
    return sell(session, order, at=moment("2026-03-20 10:00"))


def change(session: Session, year: Sale, on: date = JULY, at: Any = AT, **what: Any) -> Amended:
    return amend(session, year.subscription.id, Change(on, *WHO, **what), at=at)


def parts(session: Session) -> list[tuple[str, str, int, Sequence[str]]]:
    """What each specification is: its days, its plan version, the numbers that it covers over the same days."""
    told = []
    for one in session.exec(select(Specification).order_by(Specification.starts_on, Specification.id)):
        rows = session.exec(
            select(Coverage, Registration.number).join(Registration).where(Coverage.specification_id == one.id)
        )
        covered = list(rows)
        assert all((row.starts_on, row.ends_on) == (one.starts_on, one.ends_on) for row, _ in covered)
        told.append(
            (str(one.starts_on), str(one.ends_on), one.plan_version_id, sorted(number for _, number in covered))
        )
    return told


def test_another_plan_begins_on_its_day_and_costs_the_days_left_s9(session: Session, year: Sale) -> None:
    sold = year.subscription
    made = change(session, year, plan_code="more")
    assert made.amendment.difference_minor == Money(12_000_00).share(274, 365).minor  # 01.07.2026 to 31.03.2027
    assert (made.amendment.price_minor, price_now(session, sold)) == (24_000_00, Money(24_000_00))
    assert (made.amendment.agreed_by, made.amendment.reason, made.amendment.amended_at) == (*WHO, AT)
    [first, number] = year.subscription.plan_version_id, session.exec(select(Registration.number)).all()[0]
    assert parts(session) == [
        ("2026-04-01", "2026-07-01", first, [number]),
        ("2026-07-01", "2027-04-01", made.after.plan_version_id, [number]),
    ]
    assert (sold.price, sold.plan_version_id) == (Money(12_000_00), first)  # what was sold stays


def test_registrations_come_and_go_and_the_others_stay_s9(session: Session, year: Sale, customer: Customer) -> None:
    first, second = customer.registrations
    change(session, year, add=(second,), price=Money(18_000_00))
    assert price_now(session, year.subscription) == Money(18_000_00)
    made = change(session, year, date(2026, 8, 1), remove=(first,))
    assert (made.amendment.difference_minor, made.amendment.price_minor) == (0, 18_000_00)
    assert [covered for *_, covered in parts(session)] == [[first], [first, second], [second]]


def test_a_cheaper_plan_gives_back_the_days_left_s9(session: Session, year: Sale) -> None:
    made = change(session, year, plan_code="whole")
    assert made.amendment.difference_minor == -Money(6_000_00).share(274, 365).minor
    assert parts(session)[1][3] == []  # it covers every product of the client


def test_the_version_in_force_is_sold_only_when_the_plan_is_named_s9(session: Session, year: Sale) -> None:
    a_plan(session, valid_from="2026-05-01", prices=[{"term_months": 12, "price": "15000.00"}])
    kept = change(session, year, price=Money(12_600_00))
    assert kept.after.plan_version_id == year.subscription.plan_version_id
    assert kept.amendment.difference_minor == Money(600_00).share(274, 365).minor
    newer = change(session, year, date(2026, 8, 1), plan_code="support")
    assert session.get_one(PlanVersion, newer.after.plan_version_id).version == 2
    assert newer.amendment.price_minor == 15_000_00


@pytest.mark.parametrize("day", ["2026-06-09", "2026-04-01", "2027-04-01"])
def test_the_effective_day_is_today_or_later_inside_the_term_s9(session: Session, year: Sale, day: str) -> None:
    allowed = (date(2026, 6, 10), date(2027, 3, 31))
    with refused(session, "EFFECTIVE_DAY_OUT_OF_RANGE", field="effective_on", allowed=allowed):
        change(session, year, date.fromisoformat(day), plan_code="more")


def test_amendments_follow_each_other_in_time_s9(session: Session, year: Sale) -> None:
    change(session, year, date(2026, 8, 1), plan_code="more")
    allowed = (date(2026, 8, 2), date(2027, 3, 31))
    for day in (JULY, date(2026, 8, 1)):
        with refused(session, "EFFECTIVE_DAY_OUT_OF_RANGE", field="effective_on", allowed=allowed):
            change(session, year, day, price=Money(1))


def test_what_cannot_be_amended_is_refused_and_nothing_is_written_s9(
    session: Session, year: Sale, customer: Customer
) -> None:
    first, second = customer.registrations
    a_plan(session, "short", prices=[{"term_months": 1, "price": "1.00"}])
    a_plan(session, "unpriced", prices=[{"term_months": 12}])
    refusals: list[tuple[str, str, dict[str, Any]]] = [
        ("NOTHING_AMENDED", "subscription_id", {}),
        ("NOTHING_AMENDED", "subscription_id", {"plan_code": "support"}),
        ("NOTHING_AMENDED", "subscription_id", {"add": (first,)}),
        ("PLAN_UNKNOWN", "plan", {"plan_code": "none"}),
        ("TERM_NOT_ON_SALE", "term_months", {"plan_code": "short"}),
        ("PRICE_REQUIRED", "price", {"plan_code": "unpriced"}),
        ("REGISTRATION_UNKNOWN", "add", {"add": ("800",)}),
        ("REGISTRATION_NOT_COVERED", "remove", {"remove": (second,)}),
        ("REGISTRATIONS_REQUIRED", "add", {"remove": (first,)}),
        ("REGISTRATIONS_NOT_WANTED", "add", {"plan_code": "whole", "add": (second,)}),
        ("CURRENCY_WRONG", "currency", {"price": Money(1, "EUR")}),
        ("PRICE_NEGATIVE", "price", {"price": Money(-1)}),
    ]
    for code, field, what in refusals:
        with refused(session, code, field=field):
            change(session, year, **what)
    with refused(session, "SUBSCRIPTION_UNKNOWN", field="subscription_id"):
        amend(session, year.subscription.id + 1, Change(JULY, *WHO, plan_code="more"), at=AT)
    for who, field in ((("", "why"), "agreed_by"), (("who", " "), "reason")):
        with refused(session, "TEXT_WRONG", field=field):
            amend(session, year.subscription.id, Change(JULY, *who, plan_code="more"), at=AT)
    assert len(parts(session)) == 1


def test_a_registration_that_another_subscription_covers_is_not_added_s6(
    session: Session, year: Sale, customer: Customer
) -> None:
    other = an_order(a_seller(session, "south"), customer, registrations=customer.registrations[1:], term_months=6)
    sell(session, other, at=moment("2026-09-01"))
    with refused(session, "COVERAGE_OVERLAPS", field="registrations", starts_on=date(2026, 9, 1)):
        change(session, year, add=customer.registrations[1:])


def test_a_copy_that_an_upgrade_replaced_is_not_added_and_one_covered_stays_s1(
    session: Session, year: Sale, customer: Customer
) -> None:
    first, second = customer.registrations
    for number in (first, second):
        a_registration(session, customer.entity, purchase=Purchase.UPGRADE, bought_on=date(2026, 6, 1), replaces=number)
    with refused(session, "REGISTRATION_SURRENDERED", field="registrations", surrendered_on=date(2026, 6, 1)):
        change(session, year, add=(second,))
    assert change(session, year, plan_code="more").after.starts_on == JULY


def test_a_cancelled_subscription_is_not_amended_and_an_amended_one_is_cancelled_s11(
    session: Session, year: Sale
) -> None:
    change(session, year, plan_code="more")
    change(session, year, date(2026, 12, 1), price=Money(30_000_00))
    kept = cancel(session, year.subscription.id, date(2026, 9, 30), *WHO, at=AT)
    more, later = Money(12_000_00).share(274, 365), Money(6_000_00).share(121, 365)
    assert kept.refund_minor == (Money(6_000_00) + more.share(182, 274) + later).minor
    assert [(start, end) for start, end, *_ in parts(session)] == [
        ("2026-04-01", "2026-07-01"),
        ("2026-07-01", "2026-10-01"),
        ("2026-12-01", "2026-12-01"),
    ]
    with refused(session, "ALREADY_CANCELLED", field="subscription_id", last_day=date(2026, 9, 30)):
        change(session, year, date(2026, 8, 1), price=Money(1))


def test_a_renewal_goes_on_with_what_was_amended_s4_s9(session: Session, year: Sale, customer: Customer) -> None:
    change(session, year, plan_code="more", add=customer.registrations[1:])
    renewed = renew(session, year.subscription.id, at=moment("2026-12-01")).subscription
    assert renewed.price == Money(24_000_00)
    assert parts(session)[-1][2:] == (renewed.plan_version_id, sorted(customer.registrations))


def test_the_calendar_shows_amendments_and_its_months_still_tile_t1_s9(session: Session, year: Sale) -> None:
    change(session, year, plan_code="more")
    calendar = calendar_of(session, year.contract)
    shown = [(event.on, event.last_day) for event in calendar.events if event.kind is EventKind.AMENDMENT]
    assert shown == [(JULY, date(2027, 3, 31))]
    assert all(tiling.tiles for tiling in calendar.tilings)


def test_four_who_amend_at_once_amend_once_s9(engine: Engine) -> None:
    with transaction(engine) as session:
        its_catalogue(session)
        a_plan(session)
        order = an_order(a_seller(session), a_client(session), starts_on=date(2026, 4, 1))
        sold = sell(session, order, at=moment("2026-03-20 10:00")).subscription

    def agree(session: Session) -> Amended:
        return amend(session, sold.id, Change(JULY, *WHO, price=Money(13_000_00)), at=AT)

    results = at_once(engine, *[agree] * 4)
    assert [one.code for one in results if isinstance(one, Refusal)] == ["EFFECTIVE_DAY_OUT_OF_RANGE"] * 3
