"""Who is in a month's run, who is next, who waits for a person (M6)."""

from datetime import date

import pytest
from sqlmodel import Session, select

from billing.month_queue import claim, count_tasks, earlier_open, first_open_month, open_run, parked
from billing.month_runs import MonthRun, MonthTask, TaskState
from contracts.parties import Seller
from contracts.terms import Term
from entitlements.granting import give_minutes
from entitlements.hours_facts import Charge, GrantKind
from tests.builders import Customer, a_client, a_plan, a_registration, a_sale, a_seller, closed, its_catalogue, moment
from tests.builders import worked as logged

AUGUST, SEPTEMBER, OCTOBER, NOVEMBER = (date(2026, month, 1) for month in (8, 9, 10, 11))
AT = moment("2026-11-05 12:00")


@pytest.fixture
def seller(session: Session) -> Seller:
    its_catalogue(session)
    a_plan(session)
    return a_seller(session)


def queued(session: Session, seller: Seller, month: date = OCTOBER) -> list[int]:
    """The clients of the month that wait to be closed, when its run is opened now."""
    run = open_run(session, seller.id, month, at=AT)
    waiting = select(MonthTask.client_id).where(MonthTask.run_id == run.id, MonthTask.state == TaskState.QUEUED)
    return sorted(session.exec(waiting))


def sold(session: Session, seller: Seller, starts_on: date, term_months: int = 1) -> Customer:
    customer = a_client(session)
    at = moment("2026-09-01")
    a_sale(session, seller, customer, at=at, starts_on=starts_on, term_months=term_months)
    return customer


@pytest.mark.parametrize(
    ("starts_on", "term_months", "is_in"),
    [
        (date(2026, 8, 15), 1, False),
        (date(2026, 8, 31), 1, False),
        (date(2026, 9, 2), 1, True),
        (OCTOBER, 1, True),
        (date(2026, 10, 31), 1, True),
        (NOVEMBER, 1, False),
        (AUGUST, 12, True),
    ],
)
def test_a_client_is_in_each_month_of_its_subscription(
    session: Session, seller: Seller, starts_on: date, term_months: int, is_in: bool
) -> None:
    customer = sold(session, seller, starts_on, term_months)
    assert queued(session, seller) == ([customer.id] if is_in else [])


def test_whoever_has_a_free_period_a_grant_or_work_is_in_the_month(session: Session, seller: Seller) -> None:
    free, given, busy, _nobody = (a_client(session, name) for name in ("Бесплатный", "Дарёный", "Занятой", "Никто"))
    bought = a_registration(session, free.entity, bought_on=date(2026, 9, 1))
    a_sale(session, seller, free, at=moment("2026-09-01"), plan_code="its-prof", registrations=(bought.number,))
    october = Term.calendar_month(OCTOBER)
    gift = {"reason": "Подарок", "source_key": "gift", "at": AT}
    give_minutes(session, given.id, seller.id, GrantKind.GOODWILL, 60, october, **gift)
    logged(session, busy, "2026-10-31 23:00", 30, seller_id=seller.id)
    assert queued(session, seller) == [free.id, given.id, busy.id]
    assert queued(session, a_seller(session, "south")) == []


def test_a_month_begins_and_ends_in_the_sellers_zone_h11(session: Session, seller: Seller) -> None:
    early, late = a_client(session), a_client(session)
    logged(session, early, "2026-09-30 23:59", 30, seller_id=seller.id)
    logged(session, late, "2026-10-01 00:00", 30, seller_id=seller.id)
    assert queued(session, seller, SEPTEMBER) == [early.id]
    assert queued(session, seller, OCTOBER) == [late.id]


def test_a_closed_client_is_not_queued_again_and_a_new_one_is_e7(session: Session, seller: Seller) -> None:
    first = sold(session, seller, OCTOBER)
    closed(session, seller, first, OCTOBER)
    second = sold(session, seller, OCTOBER)
    assert queued(session, seller) == [second.id]
    third = sold(session, seller, OCTOBER)
    assert queued(session, seller) == [second.id, third.id]
    assert len(session.exec(select(MonthRun)).all()) == 1


def test_a_pool_whose_later_month_is_closed_takes_nothing_before_it_e7(session: Session, seller: Seller) -> None:
    customer = sold(session, seller, SEPTEMBER, 3)
    logged(session, customer, "2026-10-05 10:00", 30, charge=Charge.PAID)
    closed(session, seller, customer, OCTOBER)
    assert queued(session, seller, SEPTEMBER) == []


def test_an_opening_balance_keeps_a_client_in_the_month_e3(session: Session, seller: Seller) -> None:
    a_plan(session, "rolling", included_minutes=60, rollover_cap_minutes=60, rollover_periods=1)
    kept, spent = a_client(session), a_client(session)
    for customer in (kept, spent):
        a_sale(session, seller, customer, "rolling", at=moment("2026-09-01"), term_months=1)
    logged(session, spent, "2026-09-10 10:00", 60)
    for customer in (kept, spent):
        closed(session, seller, customer, SEPTEMBER)
    assert queued(session, seller) == [kept.id]


@pytest.mark.parametrize(("days", "month"), [((), None), ((OCTOBER, date(2026, 8, 20)), AUGUST)])
def test_the_first_month_is_that_of_the_earliest_fact(
    session: Session, seller: Seller, days: tuple[date, ...], month: date | None
) -> None:
    for day in days:
        sold(session, seller, day)
    sold(session, a_seller(session, "south"), date(2026, 3, 1))
    assert first_open_month(session, seller.id) == month


def test_work_before_everything_else_opens_its_own_month(session: Session, seller: Seller) -> None:
    customer = sold(session, seller, OCTOBER)
    logged(session, customer, "2026-07-10 10:00", 30)
    assert first_open_month(session, seller.id) == date(2026, 7, 1)


def test_clients_are_claimed_in_order_and_counted_when_they_are_done(session: Session, seller: Seller) -> None:
    ids = [sold(session, seller, OCTOBER).id for _ in range(3)]
    run = open_run(session, seller.id, OCTOBER, at=AT)
    assert count_tasks(session, run.id) == (0, 3)
    first, second = claim(session, run.id, 2)
    assert [first.client_id, second.client_id] == ids[:2]
    first.state = TaskState.CLOSED
    second.state, second.problem = TaskState.PARKED, "RATE_UNKNOWN"
    session.flush()
    assert count_tasks(session, run.id) == (2, 3)
    assert [task.client_id for task in claim(session, run.id, 2)] == ids[2:]


def test_a_parked_client_is_visible_and_is_tried_again_by_the_next_run(session: Session, seller: Seller) -> None:
    customer = sold(session, seller, OCTOBER)
    run = open_run(session, seller.id, OCTOBER, at=AT)
    [task] = claim(session, run.id, 1)
    task.state, task.problem = TaskState.PARKED, "RATE_UNKNOWN (plan): value=7"
    session.flush()
    assert [(one.client_id, one.problem) for one in parked(session, run.id)] == [(customer.id, task.problem)]
    assert claim(session, run.id, 1) == []
    assert queued(session, seller) == [customer.id]
    assert parked(session, run.id) == []


@pytest.mark.parametrize(
    ("state", "waits"), [(TaskState.QUEUED, True), (TaskState.PARKED, True), (TaskState.CLOSED, False)]
)
def test_a_client_waits_for_its_earlier_month_m6(
    session: Session, seller: Seller, state: TaskState, waits: bool
) -> None:
    customer, other = sold(session, seller, SEPTEMBER, 3), sold(session, seller, OCTOBER)
    run = open_run(session, seller.id, SEPTEMBER, at=AT)
    [task] = claim(session, run.id, 5)
    task.state, task.problem = state, "odd" if state is TaskState.PARKED else ""
    session.flush()
    ids = [customer.id, other.id]
    assert earlier_open(session, seller.id, ids, OCTOBER) == ({customer.id: SEPTEMBER} if waits else {})
    assert earlier_open(session, seller.id, ids, SEPTEMBER) == {}
