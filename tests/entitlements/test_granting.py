"""Giving minutes with a sale, a free period, a package or as goodwill, and voiding what is left (H5, H6, H8, S3)."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from contracts.changing_requisites import change_entity, change_seller
from contracts.on_sale import package_on_sale
from contracts.parties import Seller
from contracts.terms import Term
from entitlements.facts import hours_facts
from entitlements.granting import give_for_subscription, give_minutes, give_package, open_from, void_grant
from entitlements.grants import Grant
from entitlements.hours import HoursAccount, account
from entitlements.hours_facts import GrantKind
from tests.builders import (
    Customer,
    a_plan,
    a_registration,
    a_sale,
    closed,
    its_catalogue,
    moment,
    refused,
    worked,
)

AT = moment("2026-03-20 10:00")
APRIL, MAY, JUNE = (Term.calendar_month(date(2026, month, 1)) for month in (4, 5, 6))


@pytest.fixture
def session(session: Session) -> Session:
    its_catalogue(session)
    return session


def given(session: Session) -> list[tuple[date, date, int]]:
    """All grants, as their first and last day and their minutes."""
    grants = session.exec(select(Grant).order_by(col(Grant.id)))
    return [(one.starts_on, Term(one.starts_on, one.ends_on).last_day, one.minutes) for one in grants]


def pool(session: Session, client: Customer, seller: Seller, at: str) -> HoursAccount:
    return account(hours_facts(session, client.id, seller.id), moment(at))


def goodwill(
    session: Session, client: Customer, seller: Seller, term: Term, minutes: int = 60, **changes: Any
) -> Grant:
    key = f"goodwill:{term.starts_on}:{changes.pop('number', 1)}"
    details: dict[str, Any] = {"reason": "извинения", "source_key": key, "at": AT} | changes
    return give_minutes(session, client.id, seller.id, GrantKind.GOODWILL, minutes, term, **details)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (
            {},
            [
                (date(2026, 3, 15), date(2026, 4, 14), 60),
                (date(2026, 4, 15), date(2026, 5, 14), 60),
                (date(2026, 5, 15), date(2026, 6, 14), 60),
            ],
        ),
        (
            {"included_per": "calendar_month"},
            [
                (date(2026, 3, 15), date(2026, 3, 31), 60),
                (date(2026, 4, 1), date(2026, 4, 30), 60),
                (date(2026, 5, 1), date(2026, 5, 31), 60),
            ],
        ),
        (
            {"included_per": "calendar_month", "first_month": "pro_rata"},
            [
                (date(2026, 3, 15), date(2026, 3, 31), 33),
                (date(2026, 4, 1), date(2026, 4, 30), 60),
                (date(2026, 5, 1), date(2026, 5, 31), 60),
                (date(2026, 6, 1), date(2026, 6, 14), 27),
            ],
        ),
        ({"included_per": "term", "included_minutes": 180}, [(date(2026, 3, 15), date(2026, 6, 14), 180)]),
    ],
)
def test_a_sale_gives_its_minutes_once_for_each_usage_period_h5(
    session: Session, seller: Seller, client: Customer, settings: dict[str, Any], expected: list[tuple[date, date, int]]
) -> None:
    a_plan(session, **settings)
    a_sale(session, seller, client, term_months=3, starts_on=date(2026, 3, 15), at=AT)
    assert given(session) == expected
    assert sum(minutes for _, _, minutes in expected) == 180


def test_what_rolls_over_is_written_with_the_grant_h6(session: Session, seller: Seller, client: Customer) -> None:
    a_plan(session, rollover_cap_minutes=30, rollover_periods=2)
    a_sale(session, seller, client, term_months=3, starts_on=date(2026, 3, 15), at=AT)
    grant = session.exec(select(Grant).order_by(col(Grant.id))).first()
    assert grant is not None
    assert (grant.rollover_cap_minutes, grant.rollover_ends_on) == (30, date(2026, 6, 15))


def test_the_worked_example_of_a_roll_over_comes_out_of_the_database_h6(
    session: Session, seller: Seller, client: Customer
) -> None:
    a_plan(session, included_minutes=480, rollover_cap_minutes=480, rollover_periods=1)
    a_sale(session, seller, client, starts_on=date(2026, 4, 1), at=AT)
    worked(session, client, "2026-04-06 10:00", 300)
    worked(session, client, "2026-05-12 10:00", 120)
    assert pool(session, client, seller, "2026-05-01").available_minutes == 660
    assert pool(session, client, seller, "2026-06-01").available_minutes == 960
    closed(session, seller, client, date(2026, 4, 1))
    assert pool(session, client, seller, "2026-05-31").available_minutes == 540
    closed(session, seller, client, date(2026, 5, 1))
    assert pool(session, client, seller, "2026-06-01").available_minutes == 960


@pytest.mark.parametrize(("free_minutes", "expected"), [(0, []), (30, [30, 30, 30])])
def test_a_free_period_gives_what_the_plan_sets_each_month_and_nothing_by_default_s3(
    session: Session, seller: Seller, client: Customer, free_minutes: int, expected: list[int]
) -> None:
    a_plan(session, free_box_months=3, **({"free_minutes": free_minutes} if free_minutes else {}))
    number = a_registration(session, client.entity, bought_on=date(2026, 3, 15)).number
    a_sale(session, seller, client, registrations=(number,), at=AT)
    free = session.exec(select(Grant).where(Grant.subscription_id == None).order_by(col(Grant.id))).all()  # noqa: E711
    assert [one.minutes for one in free] == expected
    assert [one.starts_on for one in free] == [date(2026, month, 15) for month in (3, 4, 5)][: len(expected)]
    assert {one.rollover_ends_on for one in free} <= {None}


def test_a_package_is_valid_for_its_life_h8(session: Session, seller: Seller, client: Customer) -> None:
    package = package_on_sale(session, "hours-20")
    grant = give_package(session, client.id, seller.id, package, "package:1", on=date(2026, 3, 20), at=AT)
    assert (grant.kind, grant.minutes, grant.reason) == (GrantKind.PACKAGE, 1200, "hours-20")
    assert pool(session, client, seller, "2026-03-19 23:59").available_minutes == 0
    assert pool(session, client, seller, "2026-03-20").available_minutes == 1200
    assert pool(session, client, seller, "2027-03-19 23:59").available_minutes == 1200
    assert pool(session, client, seller, "2027-03-20").available_minutes == 0


def test_one_source_gives_its_minutes_once(session: Session, seller: Seller, client: Customer) -> None:
    goodwill(session, client, seller, APRIL)
    with pytest.raises(IntegrityError, match="source_key"):
        goodwill(session, client, seller, APRIL)


def test_a_closed_month_is_given_nothing_any_more(session: Session, seller: Seller, client: Customer) -> None:
    assert open_from(session, client.id, seller.id) is None
    closed(session, seller, client, date(2026, 4, 1))
    assert open_from(session, client.id, seller.id) == date(2026, 5, 1)
    with refused(session, "MONTH_CLOSED", field="last_day", value=date(2026, 4, 30)):
        goodwill(session, client, seller, APRIL)
    package = package_on_sale(session, "hours-20")
    with refused(session, "MONTH_CLOSED", field="last_day"):
        give_package(session, client.id, seller.id, package, "package:1", on=date(2025, 4, 15), at=AT)
    goodwill(session, client, seller, Term(date(2026, 4, 15), date(2026, 6, 1)))
    a_plan(session)
    a_sale(session, seller, client, term_months=3, starts_on=date(2026, 3, 15), at=AT)
    assert given(session) == [
        (date(2026, 5, 1), date(2026, 5, 31), 60),
        (date(2026, 5, 1), date(2026, 5, 14), 60),
        (date(2026, 5, 15), date(2026, 6, 14), 60),
    ]


def test_a_package_bought_in_a_closed_month_keeps_its_last_day_h8(
    session: Session, seller: Seller, client: Customer
) -> None:
    closed(session, seller, client, date(2026, 4, 1))
    package = package_on_sale(session, "hours-20")
    give_package(session, client.id, seller.id, package, "package:1", on=date(2026, 4, 15), at=AT)
    assert given(session) == [(date(2026, 5, 1), date(2027, 4, 14), 1200)]


@pytest.mark.parametrize(
    ("wrong", "code", "facts"),
    [
        ({"client_id": 404}, "CLIENT_UNKNOWN", {"field": "client_id", "value": 404}),
        ({"seller_id": 404}, "SELLER_UNKNOWN", {"field": "seller_id", "value": 404}),
        ({"kind": GrantKind.INCLUDED}, "KIND_NOT_GIVEN", {"field": "kind", "allowed": ["bonus", "goodwill"]}),
        ({"kind": GrantKind.ROLLOVER}, "KIND_NOT_GIVEN", {"field": "kind"}),
        ({"minutes": 0}, "MINUTES_WRONG", {"field": "minutes", "allowed": "1 to 527040"}),
        ({"minutes": -15}, "MINUTES_WRONG", {"field": "minutes", "value": -15}),
        ({"minutes": 527041}, "MINUTES_WRONG", {"field": "minutes", "value": 527041}),
        ({"reason": ""}, "TEXT_WRONG", {"field": "reason"}),
    ],
)
def test_minutes_that_cannot_be_given_are_refused(
    session: Session, seller: Seller, client: Customer, wrong: dict[str, Any], code: str, facts: dict[str, Any]
) -> None:
    right: dict[str, Any] = {"client_id": client.id, "seller_id": seller.id, "kind": GrantKind.GOODWILL}
    right |= {"minutes": 60, "term": APRIL, "reason": "извинения", "source_key": "goodwill:1", "at": AT}
    with refused(session, code, **facts):
        give_minutes(session, **(right | wrong))


def test_a_void_takes_back_what_is_left_and_what_was_used_stays_used(
    session: Session, seller: Seller, client: Customer
) -> None:
    grant = goodwill(session, client, seller, MAY)
    worked(session, client, "2026-05-12 10:00", 20)
    void_grant(session, grant.id, "ошибка", on=date(2026, 5, 20), at=AT)
    worked(session, client, "2026-05-21 10:00", 15)
    assert pool(session, client, seller, "2026-05-19 23:59").available_minutes == 30
    after = pool(session, client, seller, "2026-05-22")
    [state] = after.lots
    assert (after.available_minutes, state.used_minutes, state.voided_minutes) == (0, 30, 30)
    assert [line.parts.overage_minutes for line in after.lines] == [0, 15]


@pytest.mark.parametrize(
    ("on", "voided_on"),
    [
        (date(2026, 4, 20), date(2026, 5, 2)),
        (date(2026, 5, 1), date(2026, 5, 2)),
        (date(2026, 5, 20), date(2026, 5, 20)),
    ],
)
def test_a_grant_in_a_closed_balance_is_void_from_the_second_open_day_at_the_earliest_e3(
    session: Session, seller: Seller, client: Customer, on: date, voided_on: date
) -> None:
    grant = goodwill(session, client, seller, Term(date(2026, 4, 10), date(2026, 6, 1)))
    closed(session, seller, client, date(2026, 4, 1))
    assert void_grant(session, grant.id, "ошибка", on=on, at=AT).voided_on == voided_on
    assert pool(session, client, seller, voided_on.isoformat()).available_minutes == 0
    month = closed(session, seller, client, date(2026, 5, 1))
    assert month is not None
    assert (month.statement.opening_minutes, month.statement.burnt_minutes, month.statement.closing_minutes) == (
        60,
        60,
        0,
    )


def test_a_grant_of_the_open_month_can_be_void_before_its_first_day(
    session: Session, seller: Seller, client: Customer
) -> None:
    closed(session, seller, client, date(2026, 4, 1))
    grant = goodwill(session, client, seller, MAY)
    assert void_grant(session, grant.id, "ошибка", on=date(2026, 4, 20), at=AT).voided_on == date(2026, 5, 1)
    assert pool(session, client, seller, "2026-05-01").available_minutes == 0


def test_a_void_takes_the_rolled_minutes_too_also_when_the_month_was_closed_h1(
    session: Session, seller: Seller, client: Customer
) -> None:
    a_plan(session, rollover_cap_minutes=60, rollover_periods=2)
    a_sale(session, seller, client, term_months=1, starts_on=date(2026, 4, 1), at=AT)
    grant = session.exec(select(Grant)).one()
    closed(session, seller, client, date(2026, 4, 1))
    assert pool(session, client, seller, "2026-05-10").available_minutes == 60
    void_grant(session, grant.id, "ошибка", on=date(2026, 5, 5), at=AT)
    from_zero = account(hours_facts(session, client.id, seller.id, from_zero=True), moment("2026-05-10"))
    assert pool(session, client, seller, "2026-05-10").available_minutes == from_zero.available_minutes == 0


def test_a_grant_is_voided_once(session: Session, seller: Seller, client: Customer) -> None:
    with refused(session, "GRANT_UNKNOWN", field="grant_id", value=404):
        void_grant(session, 404, "ошибка", on=date(2026, 5, 1), at=AT)
    grant = goodwill(session, client, seller, MAY)
    with refused(session, "TEXT_WRONG", field="reason"):
        void_grant(session, grant.id, "", on=date(2026, 5, 1), at=AT)
    void_grant(session, grant.id, "ошибка", on=date(2026, 5, 20), at=AT)
    with refused(session, "GRANT_VOIDED", field="grant_id", value=grant.id, voided_on=date(2026, 5, 20)):
        void_grant(session, grant.id, "ошибка", on=date(2026, 5, 21), at=AT)


def test_hours_are_not_given_twice_whatever_is_called_otherwise_in_between_h5(
    session: Session, seller: Seller, client: Customer
) -> None:
    """What tells grants apart is made of ids and days alone: the database refuses the second one under any name."""
    a_plan(session)
    sold = a_sale(session, seller, client, starts_on=date(2026, 4, 1), at=AT).subscription
    before = given(session)
    change_entity(session, client.entity.id, {"name": "ООО «Василёк»", "kpp": "770901002"})
    change_seller(session, seller.id, {"name": "ООО «Южный ветер»"})
    a_plan(session, name="Сопровождение", included_minutes=600, valid_from="2026-04-02")
    with pytest.raises(IntegrityError, match="source_key"), session.begin_nested():
        give_for_subscription(session, sold, at=moment("2026-04-20 10:00"))
    assert given(session) == before
