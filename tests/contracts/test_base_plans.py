"""An industry plan is sold, renewed and amended only beside an active base plan (S7)."""

from datetime import date

import pytest
from sqlmodel import Session

from contracts.amending import Change, amend
from contracts.free_periods import grant_free_period
from contracts.money import Money
from contracts.on_sale import plan_in_force
from contracts.parties import Seller
from contracts.renewing import renew
from contracts.selling import sell
from contracts.subscriptions import Subscription
from tests.builders import (
    Customer,
    a_client,
    a_plan,
    a_registration,
    a_seller,
    an_order,
    its_catalogue,
    moment,
    refused,
)

AT = moment("2026-03-20 10:00")
APRIL = date(2026, 4, 1)


@pytest.fixture
def seller(session: Session) -> Seller:
    its_catalogue(session)
    return a_seller(session)


@pytest.fixture
def customer(session: Session, seller: Seller) -> Customer:
    return a_client(session, registrations=2)


def industry(session: Session, seller: Seller, customer: Customer, *numbers: str) -> Subscription:
    price = {"price": Money(9_600_00), "term_months": 12, "starts_on": APRIL, "registrations": numbers}
    return sell(session, an_order(seller, customer, "its-industry", **price), at=AT).subscription


def base(session: Session, seller: Seller, customer: Customer, *numbers: str, months: int = 12) -> Subscription:
    order = an_order(seller, customer, "its-prof", registrations=numbers, starts_on=APRIL, term_months=months)
    return sell(session, order, at=AT).subscription


def test_it_is_sold_only_where_every_registration_has_the_base_plan_s7(
    session: Session, seller: Seller, customer: Customer
) -> None:
    first, second = customer.registrations
    lacks = {"field": "plan", "requires": "its-prof", "on": APRIL}
    with refused(session, "BASE_PLAN_REQUIRED", registration=first, **lacks):
        industry(session, seller, customer, first)
    base(session, seller, customer, first)
    with refused(session, "BASE_PLAN_REQUIRED", registration=second, **lacks):
        industry(session, seller, customer, first, second)
    assert industry(session, seller, customer, first).starts_on == APRIL


def test_a_base_plan_of_another_client_or_of_another_time_does_not_help_s7(
    session: Session, seller: Seller, customer: Customer
) -> None:
    stranger = a_client(session, "Василёк")
    base(session, seller, stranger, *stranger.registrations)
    early = an_order(seller, customer, "its-prof", registrations=customer.registrations, term_months=1)
    sell(session, early, at=moment("2026-02-28"))  # its last day is 27.03.2026
    with refused(session, "BASE_PLAN_REQUIRED", on=APRIL):
        industry(session, seller, customer, customer.registrations[0])


def test_a_free_period_of_the_base_plan_is_a_base_plan_s1_s7(
    session: Session, seller: Seller, customer: Customer
) -> None:
    bought = a_registration(session, customer.entity, bought_on=date(2026, 3, 1))
    _, version = plan_in_force(session, "its-prof", date(2026, 3, 1))
    grant_free_period(session, bought, version, seller.id, at=AT)
    assert industry(session, seller, customer, bought.number).starts_on == APRIL


def test_it_is_renewed_only_after_its_base_plan_s7(session: Session, seller: Seller, customer: Customer) -> None:
    first = customer.registrations[0]
    prof = base(session, seller, customer, first)
    sold = industry(session, seller, customer, first)
    with refused(session, "BASE_PLAN_REQUIRED", on=date(2027, 4, 1)):
        renew(session, sold.id, price=Money(1), at=moment("2027-03-01"))
    renew(session, prof.id, at=moment("2027-03-01"))
    assert renew(session, sold.id, price=Money(1), at=moment("2027-03-01")).subscription.starts_on == date(2027, 4, 1)


def test_an_amendment_adds_no_registration_without_the_base_plan_s7_s9(
    session: Session, seller: Seller, customer: Customer
) -> None:
    first, second = customer.registrations
    base(session, seller, customer, first)
    sold = industry(session, seller, customer, first)
    change = Change(date(2026, 6, 1), "Котова", "Рост", add=(second,))
    with refused(session, "BASE_PLAN_REQUIRED", registration=second, on=date(2026, 6, 1)):
        amend(session, sold.id, change, at=moment("2026-05-01"))


def test_a_plan_for_all_products_needs_a_base_plan_of_the_client_s7(
    session: Session, seller: Seller, customer: Customer
) -> None:
    a_plan(session, "portal", requires="its-prof", covers_registrations=False)
    order = an_order(seller, customer, "portal", registrations=(), starts_on=APRIL)
    with refused(session, "BASE_PLAN_REQUIRED", registration=None, requires="its-prof"):
        sell(session, order, at=AT)
    base(session, seller, customer, customer.registrations[0])
    assert sell(session, order, at=AT).subscription.starts_on == APRIL


def test_a_base_plan_for_all_products_serves_each_of_them_s7(
    session: Session, seller: Seller, customer: Customer
) -> None:
    a_plan(session, "whole", covers_registrations=False)
    a_plan(session, "special", requires="whole")
    order = an_order(seller, customer, "special", starts_on=APRIL)
    with refused(session, "BASE_PLAN_REQUIRED", registration=customer.registrations[0]):
        sell(session, order, at=AT)
    sell(session, an_order(seller, customer, "whole", registrations=(), starts_on=APRIL), at=AT)
    assert sell(session, order, at=AT).subscription.starts_on == APRIL
