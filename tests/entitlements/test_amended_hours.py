"""Hours after an amendment: more at once by days, fewer from the next period on, nothing lost or given twice (S9)."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session

from api.journeys import AmendedSubscription, amend_subscription, cancel_subscription, sell_subscription
from billing.bills import InvoiceKind
from billing.equations import number_breaches, sum_breaches
from contracts.amending import Change
from contracts.money import Money
from contracts.subscriptions import Subscription
from entitlements.answers import Question
from entitlements.desk import check
from entitlements.facts import hours_facts
from entitlements.hours import account
from entitlements.reasons import Reason
from tests.builders import (
    Customer,
    a_client,
    a_plan,
    a_registration,
    a_seller,
    an_order,
    asking,
    its_catalogue,
    moment,
    worked,
)

WHO = ("Котова И. Л.", "Нужны часы")
PRICES = [{"term_months": 12, "price": "24000.00"}]
AT = moment("2026-06-10 12:00")


@pytest.fixture(autouse=True)
def plans(session: Session) -> None:
    its_catalogue(session)
    a_plan(session)


@pytest.fixture
def customer(session: Session) -> Customer:
    return a_client(session)


def a_year(session: Session, customer: Customer, plan: str = "support") -> Subscription:
    order = an_order(a_seller(session), customer, plan, starts_on=date(2026, 4, 1))
    return sell_subscription(session, order, at=moment("2026-03-20 10:00")).sale.subscription


def amended(session: Session, sold: Subscription, on: date, **what: Any) -> AmendedSubscription:
    return amend_subscription(session, sold.id, Change(on, *WHO, **what), at=AT)


def left(session: Session, customer: Customer, sold: Subscription, day: str) -> int:
    return account(hours_facts(session, customer.id, sold.seller_id), moment(day)).available_minutes


def test_more_hours_come_at_once_for_the_days_left_of_the_month_s9(session: Session, customer: Customer) -> None:
    a_plan(session, "more", kind="support", included_minutes=120, prices=PRICES)
    sold = a_year(session, customer)
    made = amended(session, sold, date(2026, 6, 16), plan_code="more")
    assert (made.hours.given_minutes, made.hours.taken_back_minutes) == (30 + 9 * 120, 9 * 60)
    assert [left(session, customer, sold, day) for day in ("2026-06-15", "2026-06-16", "2026-07-01")] == [60, 90, 120]


def test_fewer_hours_begin_with_the_next_month_and_used_ones_are_never_charged_s9(
    session: Session, customer: Customer
) -> None:
    a_plan(session, "less", kind="support", included_minutes=30, prices=PRICES)
    sold = a_year(session, customer)
    worked(session, customer, "2026-06-09 10:00", 45)
    made = amended(session, sold, date(2026, 6, 16), plan_code="less")
    assert (made.hours.given_minutes, made.hours.taken_back_minutes) == (9 * 30, 9 * 60)
    assert made.hours.used_beyond_minutes == 15
    assert [left(session, customer, sold, day) for day in ("2026-06-16", "2026-06-30", "2026-07-01")] == [15, 15, 30]
    lines = account(hours_facts(session, customer.id, sold.seller_id), moment("2026-07-02")).lines
    assert [line.parts.overage_minutes for line in lines] == [0]


def test_an_amendment_on_the_first_day_of_a_month_gives_whole_months_s9(session: Session, customer: Customer) -> None:
    a_plan(session, "more", kind="support", included_minutes=120, prices=PRICES)
    sold = a_year(session, customer)
    made = amended(session, sold, date(2026, 7, 1), plan_code="more")
    assert (made.hours.given_minutes, made.hours.taken_back_minutes) == (9 * 120, 9 * 60)
    assert left(session, customer, sold, "2026-07-01") == 120


def test_another_price_or_registration_moves_no_minute_s9(session: Session, customer: Customer) -> None:
    sold = a_year(session, customer)
    before = hours_facts(session, customer.id, sold.seller_id)
    made = amended(session, sold, date(2026, 6, 16), price=Money(13_000_00))
    assert (made.hours.given_minutes, made.hours.taken_back_minutes) == (0, 0)
    assert hours_facts(session, customer.id, sold.seller_id) == before


def test_hours_for_the_term_that_become_fewer_start_over_with_their_share_s9(
    session: Session, customer: Customer
) -> None:
    term = {"kind": "support", "included_per": "term", "prices": PRICES}
    a_plan(session, "big", included_minutes=730, **term)
    a_plan(session, "small", included_minutes=365, **term)
    sold = a_year(session, customer, "big")
    worked(session, customer, "2026-06-09 10:00", 60)
    made = amended(session, sold, date(2026, 7, 1), plan_code="small")
    assert (made.hours.given_minutes, made.hours.taken_back_minutes) == (274, 730)
    days = ("2026-06-30", "2026-07-01", "2027-03-31")
    assert [left(session, customer, sold, day) for day in days] == [670, 274, 274]


def test_the_difference_is_an_invoice_or_a_credit_note_of_the_days_left_m4_s9(
    session: Session, customer: Customer
) -> None:
    a_plan(session, "more", kind="support", included_minutes=120, prices=PRICES)
    sold = a_year(session, customer)
    dearer = amended(session, sold, date(2026, 7, 1), plan_code="more")
    assert dearer.invoice is not None
    assert dearer.credit_notes == []
    assert (dearer.invoice.kind, dearer.invoice.total) == (InvoiceKind.AMENDMENT, Money(12_000_00).share(274, 365))
    cheaper = amended(session, sold, date(2026, 8, 1), price=Money(20_000_00))
    assert cheaper.invoice is None
    assert [note.total for note in cheaper.credit_notes] == [Money(4_000_00).share(243, 365)]
    same = amended(session, sold, date(2026, 9, 1), plan_code="support", price=Money(20_000_00))
    assert (same.invoice, same.credit_notes) == (None, [])
    assert [*sum_breaches(session), *number_breaches(session)] == []


def test_the_desk_serves_by_the_plan_of_the_day_and_remembers_what_was_known_d1_s9(
    session: Session, customer: Customer
) -> None:
    services = [{"code": "remote_work", "draws_hours": True}]
    a_plan(session, "narrow", kind="support", services=services, prices=PRICES)
    sold = a_year(session, customer)
    amended(session, sold, date(2026, 7, 1), plan_code="narrow")

    def reason(day: str, known_at: Any = None) -> Reason:
        question = Question(moment(day), service="consultation_line")
        return check(session, asking(customer), question, known_at=known_at).reason

    assert reason("2026-06-30 23:59:59") is Reason.COVERED
    assert reason("2026-07-01") is Reason.SERVICE_NOT_INCLUDED
    assert reason("2026-07-01", known_at=moment("2026-06-10 11:59")) is Reason.COVERED


def test_work_is_rounded_by_the_plan_of_its_day_h3_s9(session: Session, customer: Customer) -> None:
    a_plan(session, "coarse", kind="support", quantum_minutes=60, minimum_minutes=60, prices=PRICES)
    sold = a_year(session, customer)
    amended(session, sold, date(2026, 6, 16), plan_code="coarse")
    for day in ("2026-06-15 10:00", "2026-06-16 10:00"):
        worked(session, customer, day, 10)
    lines = account(hours_facts(session, customer.id, sold.seller_id), moment("2026-06-30")).lines
    assert [line.billed_minutes for line in lines] == [15, 60]


def test_amending_a_running_contract_pauses_it_for_no_hour_s9(session: Session, customer: Customer) -> None:
    a_plan(session, "more", kind="support", included_minutes=120, prices=PRICES)
    sold = a_year(session, customer)
    number = a_registration(session, customer.entity).number
    amended(session, sold, date(2026, 6, 16), plan_code="more")
    amended(session, sold, date(2026, 6, 17), add=(number,))
    amended(session, sold, date(2026, 6, 18), price=Money(1_00))

    def reason(at: datetime) -> Reason:
        question = Question(at, customer.registrations[0], "remote_work", 15)
        return check(session, asking(customer), question).reason

    hours = [AT + timedelta(hours=hour) for hour in range(10 * 24)]
    assert {reason(at) for at in (*hours, moment("2026-06-15 23:59:59"), moment("2026-06-16"))} == {Reason.COVERED}


def test_a_cancellation_before_an_amendment_to_come_leaves_no_minute_after_its_last_day_s9_s11(
    session: Session, customer: Customer
) -> None:
    a_plan(session, "big", kind="support", included_per="term", included_minutes=730, prices=PRICES)
    sold = a_year(session, customer, "big")
    amended(session, sold, date(2026, 9, 1), plan_code="support")
    cancel_subscription(session, sold.id, date(2026, 7, 31), *WHO, at=AT)
    days = ("2026-07-31", "2026-08-01", "2026-08-31", "2026-09-01")
    assert [left(session, customer, sold, day) for day in days] == [730, 0, 0, 0]
