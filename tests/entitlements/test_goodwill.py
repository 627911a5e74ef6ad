"""H9: a plan says how much work engineers may give as goodwill in a month; somebody of the staff may allow more."""

from datetime import date

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from api.database import reading, transaction
from contracts.errors import Refusal
from contracts.parties import Seller
from entitlements.editing_work import Change, ChosenWork, edit_work
from entitlements.goodwill import GoodwillMonth, allow_goodwill, goodwill_of
from entitlements.hours_facts import Charge
from entitlements.timing import Task, start, stop
from entitlements.work import WorkEntry
from tests.builders import (
    Customer,
    a_client,
    a_plan,
    a_sale,
    a_seller,
    at_once,
    closed,
    its_catalogue,
    moment,
    refused,
    worked,
)

OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)
AT = moment("2026-10-20 12:00")


@pytest.fixture
def seller(session: Session) -> Seller:
    its_catalogue(session)
    a_plan(session, goodwill_minutes=60)
    return a_seller(session)


@pytest.fixture
def customer(session: Session, seller: Seller) -> Customer:
    """A client to whom engineers may give an hour a month, 45 minutes of which they gave."""
    customer = a_client(session)
    a_sale(session, seller, customer, at=moment("2026-09-01 12:00"), starts_on=OCTOBER)
    give(session, customer, 45, "A")
    return customer


def give(session: Session, customer: Customer, minutes: int, name: str, day: str = "2026-10-05") -> WorkEntry:
    logged = worked(session, customer, f"{day} 10:00", minutes, external_id=name, charge=Charge.GOODWILL)
    assert logged.entry is not None
    return logged.entry


def of_october(session: Session, customer: Customer) -> GoodwillMonth:
    (month,) = goodwill_of(session, customer.id, date(2026, 10, 31)).values()
    return month


def allowed(session: Session, customer: Customer, seller: Seller, minutes: int, month: date = OCTOBER) -> None:
    said = {"allowed_by": "Орлова Н. В.", "reason": "Наша ошибка"}
    allow_goodwill(session, customer.id, seller.id, month, minutes, **said, at=AT)


def test_goodwill_is_given_up_to_the_budget_and_not_a_minute_more_h9(session: Session, customer: Customer) -> None:
    with refused(
        session, "GOODWILL_SPENT", month="2026-10", left_minutes=15, allowed_minutes=60, who_may_allow="sales"
    ):
        give(session, customer, 16, "B")
    give(session, customer, 15, "B")
    assert (of_october(session, customer).given_minutes, of_october(session, customer).left_minutes) == (60, 0)
    give(session, customer, 60, "C", "2026-11-02")  # the next month has a budget of its own
    worked(session, customer, "2026-10-06 10:00", 500)  # what is charged otherwise is no goodwill


def test_a_correction_counts_by_what_it_adds_h9_h10(session: Session, customer: Customer) -> None:
    give(session, customer, 60, "A")
    give(session, customer, 60, "A")
    with refused(session, "GOODWILL_SPENT", left_minutes=0):
        give(session, customer, 61, "A")
    give(session, customer, 30, "A")
    worked(session, customer, "2026-10-05 10:00", 0, external_id="A")
    assert of_october(session, customer).given_minutes == 0


def test_work_that_becomes_goodwill_by_an_edit_counts_too_h9(session: Session, customer: Customer) -> None:
    for name in ("B", "C"):
        worked(session, customer, "2026-10-06 10:00", 10, external_id=name, ticket="SD-1")
    with refused(session, "GOODWILL_SPENT", left_minutes=5):
        edit_work(session, ChosenWork(ticket="SD-1"), Change(charge=Charge.GOODWILL), at=AT)
    assert of_october(session, customer).given_minutes == 45


def test_a_timer_of_goodwill_beyond_the_budget_stops_with_another_charge_h9_h12(
    session: Session, customer: Customer
) -> None:
    timer = start(session, Task(customer.id, "Ильин", charge=Charge.GOODWILL), at=moment("2026-10-06 10:00"))
    later = moment("2026-10-06 11:00")
    with pytest.raises(Refusal, match="GOODWILL_SPENT"), session.begin_nested():
        stop(session, timer.id, at=later)
    entry = stop(session, timer.id, at=later, charge=Charge.DRAW)[1].entry
    assert entry is not None
    assert (entry.charge, entry.worked_minutes) == (Charge.DRAW, 60)


def test_somebody_allows_more_by_name_and_reason_h9(session: Session, seller: Seller, customer: Customer) -> None:
    allowed(session, customer, seller, 30)
    give(session, customer, 45, "B")
    month = of_october(session, customer)
    assert (month.budget_minutes, month.allowed_minutes, month.given_minutes, month.left_minutes) == (60, 90, 90, 0)
    assert [(one.allowed_by, one.reason, one.minutes) for one in month.allowances] == [
        ("Орлова Н. В.", "Наша ошибка", 30)
    ]


def test_nothing_is_allowed_that_makes_no_sense(session: Session, seller: Seller, customer: Customer) -> None:
    with refused(session, "MINUTES_WRONG", field="minutes"):
        allowed(session, customer, seller, 0)
    other = a_client(session, "Без договора")
    with refused(session, "NO_GOODWILL_BUDGET", value="2026-10"):
        allowed(session, other, seller, 10)
    closed(session, seller, customer, OCTOBER)
    with refused(session, "MONTH_CLOSED", value="2026-10"):
        allowed(session, customer, seller, 10)
    allowed(session, customer, seller, 10, NOVEMBER)


def test_the_greatest_budget_of_the_month_holds_and_none_sets_no_limit(session: Session, seller: Seller) -> None:
    a_plan(session, "generous", goodwill_minutes=100)
    a_plan(session, "silent")
    both, free = a_client(session, "Оба"), a_client(session, "Без предела")
    for plan in ("support", "generous"):
        a_sale(session, seller, both, plan, at=moment("2026-09-01 12:00"), starts_on=OCTOBER)
    a_sale(session, seller, free, "silent", at=moment("2026-09-01 12:00"), starts_on=OCTOBER)
    assert of_october(session, both).budget_minutes == 100
    assert goodwill_of(session, free.id, OCTOBER) == {}
    give(session, free, 1000, "F")


def test_of_two_who_give_the_last_minutes_at_once_one_is_refused_h9(engine: Engine) -> None:
    with transaction(engine) as session:
        its_catalogue(session)
        a_plan(session, goodwill_minutes=60)
        customer = a_client(session)
        a_sale(session, a_seller(session), customer, at=moment("2026-09-01 12:00"), starts_on=OCTOBER)
    done = at_once(engine, *[lambda session, name=name: give(session, customer, 40, name).id for name in "AB"])
    assert [one.code for one in done if isinstance(one, Refusal)] == ["GOODWILL_SPENT"]
    with reading(engine) as session:
        assert session.exec(select(WorkEntry.worked_minutes)).all() == [40]
