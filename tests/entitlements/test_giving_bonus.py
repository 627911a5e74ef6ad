"""H7: the bonus hour follows what is sold, amended and cancelled; account and statement hold it as any grant."""

from datetime import date
from typing import Any

import pytest
from sqlmodel import Session, col, select

from api.journeys import amend_subscription, cancel_subscription, sell_subscription
from contracts.amending import Change
from contracts.money import Money
from contracts.parties import Seller
from entitlements.facts import hours_facts
from entitlements.giving_bonus import follow_with_bonus
from entitlements.grants import Grant, GrantVoid
from entitlements.hours import account
from entitlements.hours_facts import Charge, GrantKind
from entitlements.statements import StatementLine
from tests.builders import (
    Customer,
    a_client,
    a_plan,
    a_seller,
    an_order,
    closed,
    its_catalogue,
    moment,
    row_counts,
    worked,
)

OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)
SOLD_AT = moment("2026-09-28 12:00")


@pytest.fixture
def seller(session: Session) -> Seller:
    its_catalogue(session)
    a_plan(session, "care", bonus_minutes=60, included_minutes=0)
    return a_seller(session)


def sold(session: Session, seller: Seller, customer: Customer, plan_code: str, **changes: Any) -> int:
    """A subscription of three months from October on, by its id."""
    given: dict[str, Any] = {"term_months": 3, "starts_on": OCTOBER} | changes
    return sell_subscription(session, an_order(seller, customer, plan_code, **given), at=SOLD_AT).sale.subscription.id


def bonus(session: Session, customer: Customer) -> list[tuple[int, int]]:
    """The month and the minutes of each bonus that stands."""
    voided = select(GrantVoid.grant_id)
    standing = select(Grant).where(Grant.client_id == customer.id, Grant.kind == GrantKind.BONUS)
    standing = standing.where(col(Grant.id).not_in(voided)).order_by(col(Grant.starts_on))
    return [(grant.starts_on.month, grant.minutes) for grant in session.exec(standing)]


def test_a_client_with_both_is_given_the_hour_of_every_month_once_h7(session: Session, seller: Seller) -> None:
    customer = a_client(session)
    sold(session, seller, customer, "its-prof")
    assert bonus(session, customer) == []
    sold(session, seller, customer, "care")
    assert bonus(session, customer) == [(10, 60), (11, 60), (12, 60)]
    before = row_counts(session)
    assert follow_with_bonus(session, customer.id, at=SOLD_AT) == []
    assert row_counts(session) == before


def test_without_a_bonus_the_hour_of_its_is_not_charged_against_the_service_contracts_own_h7(
    session: Session, seller: Seller
) -> None:
    """The other reading: of 60 and 240 minutes an hour of work leaves the 240 whole, and nothing more is given."""
    a_plan(session, "plain", kind="care", included_minutes=240)
    customer = a_client(session)
    for plan_code in ("its-prof", "plain"):
        sold(session, seller, customer, plan_code)
    worked(session, customer, "2026-10-05 10:00", 60)
    hours = account(hours_facts(session, customer.id, seller.id), moment("2026-10-06"))
    assert sorted(state.remaining_minutes for state in hours.usable()) == [0, 240]
    assert bonus(session, customer) == []


def test_a_cancellation_takes_the_hours_of_coming_months_back_and_a_new_sale_gives_them_h7_s11(
    session: Session, seller: Seller
) -> None:
    customer = a_client(session)
    sold(session, seller, customer, "its-prof")
    care = sold(session, seller, customer, "care")
    at = moment("2026-10-10 12:00")
    ended = cancel_subscription(session, care, date(2026, 10, 20), "Орлова", "Закрытие", at=at)
    assert bonus(session, customer) == [(10, 60)]
    assert ended.minutes_not_given == 120
    order = an_order(seller, customer, "care", term_months=3, starts_on=NOVEMBER)
    sell_subscription(session, order, at=at)
    assert bonus(session, customer) == [(10, 60), (11, 60), (12, 60)]


def test_an_amendment_changes_the_hours_of_coming_months_alone_h7_s9(session: Session, seller: Seller) -> None:
    a_plan(session, "care-plus", kind="care", bonus_minutes=90, included_minutes=0)
    customer = a_client(session)
    sold(session, seller, customer, "its-prof")
    change = Change(NOVEMBER, "Орлова", "Больше часов", plan_code="care-plus")
    amend_subscription(session, sold(session, seller, customer, "care"), change, at=moment("2026-10-10 12:00"))
    assert bonus(session, customer) == [(10, 60), (11, 90), (12, 90)]


def test_its_without_an_included_hour_earns_nothing_h7(session: Session, seller: Seller) -> None:
    customer = a_client(session)
    sold(session, seller, customer, "its-techno", price=Money.parse("9000.00"))
    sold(session, seller, customer, "care")
    assert bonus(session, customer) == []


def test_the_worked_month_of_a_client_with_both_h7(session: Session, seller: Seller) -> None:
    """October 2026 of the rule book, from sale to statement; before the sale was known there was no hour."""
    customer = a_client(session)
    a_plan(session, "its-hour", kind="its")
    sold(session, seller, customer, "its-hour")
    sold(session, seller, customer, "care")
    for started, minutes, more in (
        ("2026-10-05 10:00", 10, {}),
        ("2026-10-12 10:00", 50, {}),
        ("2026-10-20 10:00", 7, {"charge": Charge.PAID}),
        ("2026-10-27 10:00", 35, {"service": "visit"}),
    ):
        worked(session, customer, started, minutes, **more)
    facts = hours_facts(session, customer.id, seller.id, known_at=moment("2026-09-28 11:59"))
    assert account(facts, moment("2026-10-02")).available_minutes == 0
    facts = hours_facts(session, customer.id, seller.id)
    assert account(facts, moment("2026-10-02")).available_minutes == 120
    done = closed(session, seller, customer, OCTOBER)
    assert done is not None
    lines = session.exec(select(StatementLine).order_by(StatementLine.position)).all()
    assert [
        (one.billed_minutes, one.bonus_minutes, one.included_minutes, one.overage_minutes, one.paid_minutes)
        for one in lines
    ] == [(15, 15, 0, 0, 0), (60, 45, 15, 0, 0), (15, 0, 0, 0, 15), (60, 0, 45, 15, 0)]
    assert [one.amount_minor for one in lines] == [0, 0, 67500, 67500]
    assert done.statement.total_minor == 135000
    assert account(facts, moment("2026-11-02")).available_minutes == 120
