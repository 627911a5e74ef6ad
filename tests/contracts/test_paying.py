"""Payment is a clock only where the seller follows it, from the sale on; the last mark governs (S8)."""

from datetime import date, datetime

import pytest
from sqlmodel import Session, select

from api.journeys import sell_subscription
from contracts.paying import follow_payments, mark_paid
from contracts.subscriptions import PaymentMark, Subscription
from entitlements.answers import Question
from entitlements.desk import check
from entitlements.reasons import Reason
from tests.builders import Customer, a_client, a_plan, a_seller, an_order, asking, its_catalogue, moment, refused

SOLD_AT = moment("2026-10-01 12:00")


@pytest.fixture
def customer(session: Session) -> Customer:
    its_catalogue(session)
    a_plan(session)
    return a_client(session)


def a_year(session: Session, customer: Customer, payments_from: date | None = date(2026, 10, 1)) -> Subscription:
    """A year from 01.10.2026, its invoice due on 08.10.2026, five working days on."""
    seller = a_seller(session)
    follow_payments(session, seller.id, payments_from)
    order = an_order(seller, customer, starts_on=date(2026, 10, 1))
    return sell_subscription(session, order, at=SOLD_AT).sale.subscription


def reason(session: Session, customer: Customer, day: str, known_at: datetime | None = None) -> Reason:
    question = Question(moment(day), service="consultation_line")
    return check(session, asking(customer), question, known_at=known_at).reason


def test_without_payment_service_ends_after_the_payment_grace_of_working_days_s8(
    session: Session, customer: Customer
) -> None:
    a_year(session, customer)
    told = [reason(session, customer, day) for day in ("2026-10-08", "2026-10-09", "2026-10-15", "2026-10-16")]
    assert told == [Reason.COVERED, Reason.COVERED_PAYMENT_DUE, Reason.COVERED_PAYMENT_DUE, Reason.PAYMENT_OVERDUE]


def test_a_paid_subscription_serves_its_term_and_a_part_payment_its_part_s8(
    session: Session, customer: Customer
) -> None:
    sold = a_year(session, customer)
    mark_paid(session, sold.id, date(2026, 12, 31), "п/п 1", at=moment("2026-10-05"))
    assert reason(session, customer, "2026-12-31") is Reason.COVERED
    assert reason(session, customer, "2027-01-01") is Reason.COVERED_PAYMENT_DUE
    assert reason(session, customer, "2027-02-01") is Reason.PAYMENT_OVERDUE
    mark_paid(session, sold.id, None, "п/п 2", at=moment("2027-02-02"))
    assert reason(session, customer, "2027-02-01") is Reason.COVERED
    assert reason(session, customer, "2027-02-01", known_at=moment("2027-02-01")) is Reason.PAYMENT_OVERDUE


def test_a_mark_can_be_taken_back_by_a_later_one_s8(session: Session, customer: Customer) -> None:
    sold = a_year(session, customer)
    mark_paid(session, sold.id, None, "п/п 1", at=moment("2026-10-05"))
    mark_paid(session, sold.id, date(2026, 9, 30), "платёж отозван", at=moment("2026-10-06"))
    assert reason(session, customer, "2026-10-08") is Reason.PAYMENT_OVERDUE
    assert len(session.exec(select(PaymentMark)).all()) == 3


@pytest.mark.parametrize("payments_from", [None, date(2026, 10, 2)])
def test_what_was_sold_before_payments_are_followed_never_waits_for_any_s8(
    session: Session, customer: Customer, payments_from: date | None
) -> None:
    a_year(session, customer, payments_from)
    assert session.exec(select(PaymentMark)).all() == []
    assert reason(session, customer, "2027-06-01") is Reason.COVERED


def test_a_day_outside_the_term_is_no_day_to_be_paid_until_s8(session: Session, customer: Customer) -> None:
    sold = a_year(session, customer)
    allowed = (date(2026, 9, 30), date(2027, 9, 30))
    for day in (date(2026, 9, 29), date(2027, 10, 1)):
        with refused(session, "PAID_UNTIL_OUT_OF_RANGE", field="paid_until", allowed=allowed):
            mark_paid(session, sold.id, day, "п/п", at=SOLD_AT)
    with refused(session, "SUBSCRIPTION_UNKNOWN", field="subscription_id"):
        mark_paid(session, sold.id + 1, None, "п/п", at=SOLD_AT)
    with refused(session, "TEXT_WRONG", field="note"):
        mark_paid(session, sold.id, None, " ", at=SOLD_AT)
    with refused(session, "SELLER_UNKNOWN", field="seller_id"):
        follow_payments(session, sold.seller_id + 1, None)
