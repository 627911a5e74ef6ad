"""S4, S5 and S8: what the desk's answer offers is what the sale of that day would be."""

from datetime import date
from typing import Any

import pytest
from sqlmodel import Session

from contracts.money import Money
from contracts.parties import Seller
from contracts.policies import LapseRenewal
from contracts.renewing import renew
from entitlements.answers import Decision, Option
from entitlements.client_facts import read_facts
from entitlements.client_state import state_of
from entitlements.desk import check
from entitlements.hours import day_starts_at
from tests.builders import Customer, a_plan, a_sale, ask, asking, its_catalogue, moment, noon

SOLD_AT = moment("2026-03-20 10:00")
PRICES = [{"term_months": 12, "price": "36500.00", "after_break": "40000.00"}]
"""100.00 a day; the term ends on 31.03.2027, and its 10 days of grace on 10.04."""


@pytest.fixture
def session(session: Session) -> Session:
    its_catalogue(session)
    return session


def sold(session: Session, seller: Seller, client: Customer, **settings: Any) -> int:
    """A subscription of the year from the 1st of April 2026 on a plan with such settings."""
    a_plan(session, **{"prices": PRICES, "grace_days": 10, "expiring_days": 30} | settings)
    return a_sale(session, seller, client, at=SOLD_AT, starts_on=date(2026, 4, 1)).subscription.id


def answered(session: Session, client: Customer, day: str) -> Decision:
    return check(session, asking(client), ask(f"{day} 12:00", service="consultation_line"))


def renewal(session: Session, client: Customer, day: str) -> Option:
    """The one renewal that is offered."""
    [option] = [one for one in answered(session, client, day).options if one.action == "renew"]
    return option


@pytest.mark.parametrize("day", ["2027-03-20", "2027-04-10", "2027-04-11", "2027-05-05"])
@pytest.mark.parametrize("alignment", ["any_day", "first_of_month"])
@pytest.mark.parametrize("policy", LapseRenewal)
def test_the_renewal_that_is_offered_is_the_one_that_is_sold_that_day_s5(
    session: Session, seller: Seller, client: Customer, policy: LapseRenewal, alignment: str, day: str
) -> None:
    subscription_id = sold(session, seller, client, lapse_renewal=policy, alignment=alignment)
    offered = renewal(session, client, day)
    renewed = renew(session, subscription_id, at=noon(date.fromisoformat(day))).subscription
    assert offered == Option("renew", renewed.starts_on, price=renewed.price + renewed.gap_price)


def test_after_a_lapse_the_price_is_that_after_a_break_s5(session: Session, seller: Seller, client: Customer) -> None:
    sold(session, seller, client)
    assert renewal(session, client, "2027-04-10") == Option("renew", date(2027, 4, 1), price=Money(3_650_000))
    assert renewal(session, client, "2027-04-11") == Option("renew", date(2027, 4, 11), price=Money(4_000_000))


def test_the_price_is_that_of_the_version_on_sale_not_of_the_one_sold_s4(
    session: Session, seller: Seller, client: Customer
) -> None:
    sold(session, seller, client)
    dearer = [{"term_months": 12, "price": "50000.00"}]
    a_plan(session, valid_from="2027-03-25", prices=dearer, lapse_renewal="pay_gap")
    assert renewal(session, client, "2027-03-24").price == Money(3_650_000)
    assert answered(session, client, "2027-03-24").valid_until == day_starts_at(date(2027, 3, 25), seller.time_zone)
    assert renewal(session, client, "2027-03-25").price == Money(5_000_000)
    assert renewal(session, client, "2027-04-11") == Option("renew", date(2027, 4, 11))  # sold after a break by word


def test_without_a_list_price_only_the_day_is_told_s4(session: Session, seller: Seller, client: Customer) -> None:
    sold(session, seller, client)
    a_plan(session, valid_from="2027-01-01", prices=[{"term_months": 6, "price": "1.00"}])
    assert renewal(session, client, "2027-03-20") == Option("renew", date(2027, 4, 1))
    assert renewal(session, client, "2027-05-05") == Option("renew", date(2027, 5, 5))


def test_after_a_lapse_the_answer_holds_for_the_day_and_nothing_is_told_daily_d1(
    session: Session, seller: Seller, client: Customer
) -> None:
    sold(session, seller, client)
    lapsed = answered(session, client, "2027-05-05")
    assert lapsed.valid_until == day_starts_at(date(2027, 5, 6), seller.time_zone)
    state = state_of(read_facts(session, client.id), noon(date(2027, 5, 5)))
    assert state.valid_until is None
