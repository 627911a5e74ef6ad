"""H15: under its own terms, worked out anew, a subscription is given and charged to the minute what it was."""

from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace
from sqlmodel import Session

from api.journeys import amend_subscription, cancel_subscription, renew_subscription, sell_subscription
from contracts.amending import Change
from contracts.parties import Seller
from contracts.policies import LapseRenewal
from entitlements.client_facts import read_facts
from entitlements.hours_facts import Charge, HoursFacts, Lot, LotOrigin
from entitlements.replay import Trial, tried_pool
from entitlements.trying_plans import record_of, trial_of
from tests.builders import Customer, a_client, a_plan, a_seller, an_order, closed, its_catalogue, moment, worked

WHO = ("Котова И. Л.", "Нужны часы")
SOLD_AT = moment("2026-03-20 10:00")
APRIL = date(2026, 4, 15)


@pytest.fixture
def customer(session: Session) -> Customer:
    its_catalogue(session)
    return a_client(session)


@pytest.fixture
def seller(session: Session, customer: Customer) -> Seller:
    return a_seller(session)


def anew(trial: Trial) -> Trial:
    """The trial, as if another version said the same: minutes are given and work is weighed anew."""
    exchanges = {one: replace(exchange, same_version=False) for one, exchange in trial.exchanges.items()}
    return replace(trial, exchanges=exchanges)


def both(session: Session, customer: Customer, seller: Seller) -> tuple[HoursFacts, HoursFacts]:
    """The pool as it was, and under its own terms worked out anew."""
    trial = anew(trial_of(session, customer.id, seller.id, None, {}))
    record = record_of(session, customer.id, seller.id, trial.subscription_ids)
    facts = read_facts(session, customer.id, from_zero=True)
    pool = facts.pools[seller.id]
    return pool, tried_pool(pool, facts.covers, trial, record)


def given(pool: HoursFacts) -> list[Lot]:
    """What can pay for anything, without its number."""
    lots = [replace(lot, source_id=0) for lot in pool.lots if lot.origin is LotOrigin.GRANT]
    begun = [lot for lot in lots if lot.voided_on is None or lot.voided_on > lot.starts_on]
    spent = [replace(lot, voided_on=None) if _outlives(lot) else lot for lot in begun]
    return sorted(spent, key=str)


def _outlives(lot: Lot) -> bool:
    """Whether all of it ends before it is voided."""
    return lot.voided_on is not None and lot.voided_on >= max(lot.ends_on, lot.rollover_ends_on or lot.ends_on)


PLANS: dict[str, dict[str, Any]] = {
    "by the month of the subscription": {},
    "by calendar months": {"included_per": "calendar_month"},
    "by calendar months and days": {"included_per": "calendar_month", "first_month": "pro_rata"},
    "for the whole term": {"included_per": "term", "included_minutes": 480},
    "rolling over": {"included_minutes": 480, "rollover_cap_minutes": 480, "rollover_periods": 2},
    "with none": {"included_minutes": 0},
}


@pytest.mark.parametrize("settings", PLANS.values(), ids=PLANS)
@pytest.mark.parametrize("end", ["runs", "cancelled", "amended", "amended twice and cancelled"])
def test_minutes_given_anew_are_those_that_were_given_h5_h6_h15(
    session: Session, customer: Customer, seller: Seller, settings: dict[str, Any], end: str
) -> None:
    a_plan(session, **settings)
    a_plan(session, "more", kind="support", included_minutes=120)
    a_plan(session, "by-term", kind="support", included_minutes=600, included_per="term")
    order = an_order(seller, customer, starts_on=APRIL)
    sold = sell_subscription(session, order, at=SOLD_AT).sale.subscription
    if "amended" in end:
        change = Change(date(2026, 6, 20), *WHO, plan_code="more")
        amend_subscription(session, sold.id, change, at=moment("2026-06-10 12:00"))
    if "twice" in end:
        change = Change(date(2026, 9, 1), *WHO, plan_code="by-term")
        amend_subscription(session, sold.id, change, at=moment("2026-08-10 12:00"))
    if "cancelled" in end:
        cancel_subscription(session, sold.id, date(2026, 11, 3), *WHO, at=moment("2026-10-10 12:00"))
    was, would = both(session, customer, seller)
    assert given(would) == given(was)


def test_a_renewal_bought_late_is_given_nothing_for_days_before_its_service_s5_h15(
    session: Session, customer: Customer, seller: Seller
) -> None:
    a_plan(session, lapse_renewal=LapseRenewal.CONTINUOUS)
    order = an_order(seller, customer, starts_on=APRIL, term_months=1)
    old = sell_subscription(session, order, at=SOLD_AT).sale.subscription
    closed(session, seller, customer, date(2026, 4, 1))
    closed(session, seller, customer, date(2026, 5, 1))
    renew_subscription(session, old.id, 3, at=moment("2026-06-20 12:00"))
    was, would = both(session, customer, seller)
    assert given(would) == given(was)
    assert min(lot.starts_on for lot in would.lots if lot.starts_on > APRIL) == date(2026, 6, 20)


def test_months_that_were_closed_when_it_was_sold_are_given_nothing_h15(
    session: Session, customer: Customer, seller: Seller
) -> None:
    a_plan(session)
    worked(session, customer, "2026-04-20 10:00", 10, seller_id=seller.id, charge=Charge.GOODWILL)
    closed(session, seller, customer, date(2026, 4, 1))
    order = an_order(seller, customer, starts_on=APRIL)
    sell_subscription(session, order, at=moment("2026-05-10 12:00"))
    was, would = both(session, customer, seller)
    assert given(would) == given(was)
    assert min(lot.starts_on for lot in would.lots) == date(2026, 5, 1)


def test_in_the_vendors_register_a_plan_that_is_tried_is_what_the_held_one_is_s8_h15(
    session: Session, customer: Customer, seller: Seller
) -> None:
    held, other = a_plan(session), a_plan(session, "other")
    sell_subscription(session, an_order(seller, customer, starts_on=APRIL), at=SOLD_AT)
    exchange = trial_of(session, customer.id, seller.id, other, {}).exchanges[held.id]
    assert (exchange.tried.plan.kind_id, exchange.tried.plan.code) == (exchange.held.plan.kind_id, "other")


@pytest.mark.parametrize("scope", ["entry", "ticket", "ticket_day"])
def test_work_weighed_anew_is_what_it_weighed_h3_h15(
    session: Session, customer: Customer, seller: Seller, scope: str
) -> None:
    """In and out of hours, on a day off, over midnight, of an unknown time, a visit, and what was taken back."""
    a_plan(session, rounding_scope=scope, out_of_hours_percent=170)
    sell_subscription(session, an_order(seller, customer, starts_on=APRIL), at=SOLD_AT)
    for started, minutes, more in (
        ("2026-04-30 16:30", 120, {"ticket": "SD-1"}),
        ("2026-04-30 23:40", 40, {"ticket": "SD-1"}),
        ("2026-05-02 12:00", 7, {"service": "visit"}),
        ("2026-05-06 12:00", 35, {"service": "call", "external_id": "SD-2/1"}),
        ("2026-05-06 12:00", 20, {"service": "call", "external_id": "SD-2/1"}),
        ("2026-05-07 12:00", 50, {"started_at": None, "work_on": date(2026, 5, 8)}),
    ):
        worked(session, customer, started, minutes, at=moment("2026-05-12 12:00"), **more)
    was, would = both(session, customer, seller)
    assert len(was.entries) == 7
    for own, tried in zip(was.entries, would.entries, strict=True):
        assert tried.plan_version_id == -(own.plan_version_id or 0)
        assert replace(tried, plan_version_id=own.plan_version_id) == own
