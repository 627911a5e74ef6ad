"""Profitability of contracts: revenue without tax by days of supply, cost by days of work; parts add up (M1, M2)."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, select

from api.journeys import cancel_subscription, sell_package, sell_subscription
from billing.bills import Invoice
from billing.costing import engineer_rates, list_rates, set_rate
from billing.profit import ContractProfit, ProfitReport, share_in
from billing.profitability import profitability
from contracts.money import Money
from contracts.parties import Seller
from contracts.terms import Term
from entitlements.logging_work import log
from tests.builders import (
    Customer,
    a_client,
    a_plan,
    a_sale,
    a_seller,
    an_order,
    closed,
    its_catalogue,
    moment,
    refused,
    some_work,
    worked,
)

AT = moment("2026-10-01 09:00")
OCTOBER, NOVEMBER = Term.calendar_month(date(2026, 10, 1)), Term.calendar_month(date(2026, 11, 1))
ILYIN, PETROVA = "Ильин А. С.", "Петрова О. И."


def a_contract(session: Session, **changes: object) -> tuple[Seller, Customer]:
    """A client with an hour a month for a year from 1 October 2026, for 12 000.00 incl. 22 %."""
    its_catalogue(session)
    a_plan(session)
    seller, own = a_seller(session), a_client(session)
    sell_subscription(session, an_order(seller, own, starts_on=date(2026, 10, 1), **changes), at=AT)
    return seller, own


def a_year(seller: Seller, session: Session) -> list[ProfitReport]:
    months = Term(date(2026, 10, 1), date(2027, 10, 1)).calendar_months()
    return [profitability(session, seller, month) for month in months]


def only(report: ProfitReport) -> ContractProfit:
    (row,) = report.contracts
    return row


@given(
    st.integers(-(10**9), 10**9),
    st.integers(1, 800),
    st.lists(st.integers(0, 900), min_size=1, max_size=12),
)
def test_shares_of_days_that_tile_add_up_to_the_amount_m1(minor: int, days: int, cuts: list[int]) -> None:
    start = date(2026, 1, 1).toordinal()
    supplied = Term(date.fromordinal(start), date.fromordinal(start + days))
    bounds = [date.fromordinal(start + cut) for cut in sorted({0, 900, *cuts})]
    parts = [share_in(Money(minor), supplied, Term(*two)) for two in pairwise(bounds)]
    assert Money.total(parts) == Money(minor)


def test_what_is_paid_ahead_counts_by_its_days_without_tax_m1_m2(session: Session) -> None:
    seller, _ = a_contract(session)
    net = Money(1_200_000 - 216_393)  # 22 % inside
    row = only(profitability(session, seller, OCTOBER))
    assert row.prepaid == net.share(31, 365)
    assert (row.revenue, row.cost, row.margin) == (row.prepaid, Money(0), row.prepaid)
    assert Money.total(only(one).prepaid for one in a_year(seller, session)) == net
    assert profitability(session, seller, Term.calendar_month(date(2027, 10, 1))).contracts == ()


def test_work_beyond_the_hours_counts_on_its_own_day_once_its_month_is_closed_m2(session: Session) -> None:
    seller, own = a_contract(session)
    worked(session, own, "2026-10-12 10:00", 120, engineer=ILYIN)
    assert only(profitability(session, seller, OCTOBER)).charged == Money(0)
    closed(session, seller, own, OCTOBER.starts_on)
    assert only(profitability(session, seller, OCTOBER)).charged == Money(270_000 - 48_689)
    assert only(profitability(session, seller, NOVEMBER)).charged == Money(0)


def test_engineers_cost_what_they_worked_at_the_rate_of_the_day(session: Session) -> None:
    seller, own = a_contract(session)
    set_rate(session, ILYIN, Money(120_000), date(2026, 1, 1), at=AT)
    set_rate(session, ILYIN, Money(150_000), date(2026, 10, 20), at=AT)
    worked(session, own, "2026-10-12 10:00", 10, engineer=ILYIN)  # ten minutes, though a quarter is billed
    worked(session, own, "2026-10-20 10:00", 60, engineer=ILYIN)
    row = only(profitability(session, seller, OCTOBER))
    assert (row.worked_minutes, row.cost) == (70, Money(20_000 + 150_000))
    assert row.margin == row.revenue - row.cost


def test_work_without_a_rate_is_named_and_leaves_no_margin(session: Session) -> None:
    seller, own = a_contract(session)
    set_rate(session, ILYIN, Money(120_000), date(2026, 10, 15), at=AT)
    worked(session, own, "2026-10-14 10:00", 30, engineer=ILYIN)
    worked(session, own, "2026-10-15 10:00", 30, engineer=ILYIN)
    worked(session, own, "2026-10-16 10:00", 45, engineer=PETROVA)
    report = profitability(session, seller, OCTOBER)
    row = only(report)
    assert (row.cost, row.worked_minutes, row.unrated_minutes, row.margin) == (Money(60_000), 105, 75, None)
    named = [(one.engineer, one.work_on, one.worked_minutes) for one in report.unrated]
    assert named == [(ILYIN, date(2026, 10, 14), 30), (PETROVA, date(2026, 10, 16), 45)]
    assert sum(one.worked_minutes for one in report.unrated) == row.unrated_minutes


def test_work_that_was_taken_back_costs_nothing_and_is_not_named_h10(session: Session) -> None:
    seller, own = a_contract(session)
    work = some_work(own, "2026-10-12 10:00", 100, engineer=PETROVA)
    log(session, work, at=moment("2026-10-12 12:00"))
    closed(session, seller, own, OCTOBER.starts_on)
    again = {**{name: getattr(work, name) for name in work.__dataclass_fields__}, "worked_minutes": 40}
    log(session, type(work)(**again), at=moment("2026-11-10 12:00"))
    report = profitability(session, seller, OCTOBER)
    assert [(one.worked_minutes, one.work_on) for one in report.unrated] == [(40, date(2026, 10, 12))]
    assert (only(report).worked_minutes, only(report).unrated_minutes) == (40, 40)
    closed(session, seller, own, NOVEMBER.starts_on)
    assert only(profitability(session, seller, OCTOBER)).charged == Money(0)  # what was charged is credited


def test_a_cancellation_takes_off_the_days_that_are_not_served_s11(session: Session) -> None:
    seller, _ = a_contract(session)
    sold = session.exec(select(Invoice)).one()
    cancel_subscription(session, sold.subscription_id, date(2027, 3, 31), "Котова", "Закрытие", at=AT)
    year = a_year(seller, session)
    assert Money.total(only(one).prepaid for one in year) == Money(1_200_000 - 216_393) - Money(600_000 - 108_197)
    left = [only(one).prepaid.minor for one in year[6:]]  # six months are paid back, which are not half of the days
    assert all(0 <= minor < 700 for minor in left)


def test_a_package_counts_by_the_days_of_its_life_h8(session: Session) -> None:
    seller, _ = a_contract(session)
    sold = session.exec(select(Invoice)).one()
    _, invoice = sell_package(session, sold.contract_id, "hours-20", at=AT)
    months = Term(date(2026, 10, 1), date(2028, 1, 1)).calendar_months()
    rows = [row for month in months for row in profitability(session, seller, month).contracts]
    assert Money.total(row.packages for row in rows) == invoice.total - invoice.tax


def test_what_came_with_a_book_counts_by_its_price_although_nothing_was_invoiced_here(session: Session) -> None:
    its_catalogue(session)
    a_plan(session)
    seller, own = a_seller(session), a_client(session)
    a_sale(session, seller, own, at=AT, starts_on=date(2026, 10, 1))
    assert only(profitability(session, seller, OCTOBER)).prepaid == Money(1_200_000 - 216_393).share(31, 365)


def test_what_cannot_be_taxed_is_named(session: Session) -> None:
    its_catalogue(session)
    a_plan(session)
    seller, own = a_seller(session, taxed_from=date(2027, 1, 1)), a_client(session)
    sold = a_sale(session, seller, own, at=AT, starts_on=date(2026, 10, 1)).subscription
    assert profitability(session, seller, OCTOBER).unpriced == {sold.id: "TAX_MODE_UNKNOWN"}


def test_work_for_a_client_without_a_contract_stands_in_a_row_of_its_own(session: Session) -> None:
    seller, _ = a_contract(session)
    worked(session, a_client(session, "Алтей"), "2026-10-12 10:00", 30, engineer=ILYIN, seller_id=seller.id)
    rows = {row.client: row for row in profitability(session, seller, OCTOBER).contracts}
    assert (rows["Алтей"].contract_id, rows["Алтей"].unrated_minutes) == (None, 30)


def test_of_two_rates_of_one_day_the_last_holds(session: Session) -> None:
    for minor in (100_000, 120_000):
        set_rate(session, ILYIN, Money(minor), date(2026, 10, 1), at=AT)
    rate_on = engineer_rates(session)
    assert rate_on(ILYIN, date(2026, 9, 30)) is None
    assert rate_on(ILYIN, date(2026, 10, 1)) == Money(120_000)
    assert rate_on("Никто", date(2026, 10, 1)) is None
    assert [row.hour_minor for row in list_rates(session, ILYIN)] == [100_000, 120_000]
    assert list_rates(session, PETROVA) == []


@pytest.mark.parametrize(
    ("engineer", "cost", "code"),
    [
        ("", Money(1), "TEXT_WRONG"),
        (ILYIN, Money(-1), "AMOUNT_UNREADABLE"),
        (ILYIN, Money(1, "XXX"), "FIELD_WRONG"),
    ],
)
def test_a_rate_that_means_nothing_is_refused(session: Session, engineer: str, cost: Money, code: str) -> None:
    with refused(session, code):
        set_rate(session, engineer, cost, date(2026, 10, 1), at=AT)
