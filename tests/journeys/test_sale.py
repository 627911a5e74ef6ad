"""A sale is one transaction, and a caller-made key sells once, whatever happens to the answer (S13, D8)."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from signal import SIGKILL

import msgspec
import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, func, select

from api.calls import Answered, answer_once
from api.database import open_engine, transaction
from api.journeys import renew_subscription, sell_package, sell_subscription, start_free_period
from billing.bills import InvoiceLine
from contracts.catalogue import HourPackage
from contracts.errors import Bounds, Refusal
from contracts.parties import Seller
from contracts.selling import Order
from contracts.terms import boundary
from documents.invoice import InvoiceSheet
from documents.lines import LineKind
from entitlements.answers import Question
from entitlements.desk import check
from entitlements.grants import Grant
from entitlements.hours import day_starts_at
from entitlements.reasons import Reason
from tests.builders import (
    MOSCOW,
    a_client,
    a_plan,
    a_registration,
    a_seller,
    an_order,
    asking,
    at_once,
    its_catalogue,
    moment,
    noon,
    refused,
)
from tests.databases import PostgresServer, shortly_on
from tests.journeys.books import SOLD_AT, assert_books_add_up, contents, rows
from tests.journeys.faults import Faults, Point, copy_of, run_processes, url_of


def sell_once(session: Session, order: Order) -> Answered:
    """The sale under a key of its caller's, answered with the number of the contract."""

    def act() -> Answered:
        return Answered(201, sell_subscription(session, order, at=SOLD_AT).sale.contract.number)

    return answer_once(session, "shop", "order-1", "fingerprint", act, at=SOLD_AT)


@pytest.fixture
def order(engine: Engine, seller: Seller) -> Order:
    """An order of a client with a copy that was just bought, so that a free period is due."""
    with transaction(engine) as session:
        return new_order(session, seller)


def new_order(session: Session, seller: Seller) -> Order:
    customer = a_client(session)
    bought = a_registration(session, customer.entity, bought_on=date(2026, 8, 20))
    return an_order(seller, customer, "its-prof", registrations=(*customer.registrations, bought.number))


def sell(engine: Engine, order: Order) -> Answered:
    """The sale as an endpoint does it."""
    with transaction(engine) as session:
        return sell_once(session, order)


def sell_under(url: str, order: Order, strike: Point) -> None:
    """Sell in a process of its own, which does not live to tell."""
    engine = open_engine(url)
    with Faults(strike).watching(engine):
        sell(engine, order)


@shortly_on("postgresql")
def test_a_sale_killed_at_any_point_and_asked_for_again_sells_once_d8(
    engine: Engine, order: Order, tmp_path: Path
) -> None:
    with copy_of(engine, tmp_path) as undisturbed, Faults().watching(undisturbed) as faults:
        answer = sell(undisturbed, order)
        expected = contents(undisturbed)
    tables = ("contract", "subscription", "coverage", "free_period", "grant", "invoice", "invoice_line", "paper")
    assert set(faults.passed) >= {f"before INSERT {table}" for table in (*tables, "call_answer")}
    for point in faults.middle_points():
        with copy_of(engine, tmp_path) as crashed:
            assert run_processes(sell_under, [(url_of(crashed), order, point)]) == [-SIGKILL], point
            again = sell(crashed, order)
            assert (again.status, again.body) == (answer.status, answer.body), point
            assert again.replayed == (point.name == "after COMMIT of client"), point
            assert contents(crashed) == expected, point


def test_a_sale_whose_answer_was_lost_with_the_server_sells_once_d8(
    durable_postgresql: PostgresServer, durable_engine: Engine, tmp_path: Path
) -> None:
    with transaction(durable_engine) as session:
        its_catalogue(session)
        order = new_order(session, a_seller(session))
    with copy_of(durable_engine, tmp_path) as undisturbed:
        answer = sell(undisturbed, order)
        expected = contents(undisturbed)
    for name, replayed in (("before COMMIT of client", False), ("after COMMIT of client", True)):
        with copy_of(durable_engine, tmp_path) as crashed:
            try:
                with Faults(Point(name), durable_postgresql.crash).watching(crashed):
                    sell(crashed, order)
            except DBAPIError:
                assert not replayed
            durable_postgresql.start()
            crashed.dispose()
            assert sell(crashed, order) == Answered(answer.status, answer.body, replayed=replayed)
            assert contents(crashed) == expected


def test_one_key_used_by_several_callers_at_once_sells_once_d8(engine: Engine, order: Order) -> None:
    answers = at_once(engine, *[lambda session: sell_once(session, order)] * 6)
    assert {answer.body for answer in answers} == {"2026-0001"}
    assert sorted(answer.replayed for answer in answers) == [False] + [True] * 5
    told = rows(engine, "contract", "subscription", "invoice", "call_answer")
    assert {name: len(found) for name, found in told.items()} == dict.fromkeys(told, 1)
    assert_books_add_up(engine)


def test_another_order_under_a_used_key_is_refused_d8(engine: Engine, order: Order) -> None:
    sell(engine, order)
    before = rows(engine)
    with pytest.raises(Refusal, match="KEY_REUSED"), transaction(engine) as session:
        answer_once(session, "shop", "order-1", "another", lambda: Answered(201, ""), at=SOLD_AT)
    assert rows(engine) == before


def test_a_refused_sale_leaves_nothing_and_no_gap_s13(engine: Engine, order: Order) -> None:
    before = rows(engine)
    with pytest.raises(Refusal, match="TERM_NOT_ON_SALE"):
        sell(engine, replace(order, term_months=5))
    assert rows(engine) == before
    assert sell(engine, order).body == "2026-0001"
    assert_books_add_up(engine)


@pytest.mark.parametrize("plan_code", ["its-prof", "support"])
def test_a_sale_is_invoiced_at_issue_with_its_hours_and_papers_m4(session: Session, plan_code: str) -> None:
    its_catalogue(session)
    a_plan(session)
    sold = sell_subscription(session, an_order(a_seller(session), a_client(session), plan_code), at=SOLD_AT)
    assert sold.invoice.subscription_id == sold.sale.subscription.id
    assert (sold.invoice.total, sold.invoice.issued_on) == (sold.sale.subscription.price, SOLD_AT.date())
    assert [paper.kind for paper in sold.papers] == ["contract", "invoice"]
    assert session.exec(select(func.sum(Grant.minutes))).one() == 12 * 60


def test_a_renewal_has_an_invoice_of_its_own_and_the_next_hours_s4(session: Session) -> None:
    its_catalogue(session)
    a_plan(session)
    first = sell_subscription(session, an_order(a_seller(session), a_client(session), term_months=3), at=SOLD_AT)
    second = renew_subscription(session, first.sale.subscription.id, None, at=SOLD_AT)
    assert second.sale.contract.id == first.sale.contract.id
    assert second.sale.subscription.starts_on == first.sale.subscription.ends_on
    assert [one.invoice.number for one in (first, second)] == ["2026-0001", "2026-0002"]
    assert session.exec(select(func.max(Grant.ends_on))).one() == second.sale.subscription.ends_on


def test_a_paid_gap_is_a_line_of_the_invoice_with_its_own_days_s5(session: Session) -> None:
    its_catalogue(session)
    a_plan(session, lapse_renewal="pay_gap")
    order = an_order(a_seller(session), a_client(session), term_months=3)
    first = sell_subscription(session, order, at=SOLD_AT).sale.subscription
    second = renew_subscription(session, first.id, None, at=noon(first.ends_on + timedelta(days=10)))
    own = select(InvoiceLine).where(InvoiceLine.invoice_id == second.invoice.id).order_by(InvoiceLine.position)
    gap, term = session.exec(own).all()
    assert (gap.supplied_from, gap.supplied_until) == (first.ends_on, first.ends_on + timedelta(days=9))
    assert (term.supplied_from, term.supplied_until) == (
        second.sale.subscription.starts_on,
        second.sale.subscription.term.last_day,
    )
    assert (gap.amount_minor, term.amount_minor) == (second.sale.subscription.gap_minor, first.price_minor)
    assert second.invoice.total_minor == gap.amount_minor + term.amount_minor
    sheet = msgspec.json.decode(second.papers[1].sheet, type=InvoiceSheet)
    assert [line.kind for line in sheet.lines] == [LineKind.GAP, LineKind.SUBSCRIPTION]


def test_a_continuous_renewal_after_a_lapse_gives_no_hours_and_no_service_for_the_gap_s5(session: Session) -> None:
    its_catalogue(session)
    a_plan(session, lapse_renewal="continuous")
    customer = a_client(session)
    first = sell_subscription(
        session, an_order(a_seller(session), customer, term_months=3), at=SOLD_AT
    ).sale.subscription
    bought_on = first.ends_on + timedelta(days=40)  # in the second month of the new term
    second = renew_subscription(session, first.id, None, at=noon(bought_on)).sale.subscription
    given = select(Grant.starts_on).where(Grant.subscription_id == second.id).order_by(Grant.starts_on)
    assert session.exec(given).all() == [bought_on, boundary(second.starts_on, 2)]
    before, after = (
        check(session, asking(customer), Question(noon(day), service="remote_work"))
        for day in (bought_on - timedelta(days=1), bought_on)
    )
    assert (before.reason, before.cover.starts_on) == (Reason.CONTRACT_NOT_STARTED, bought_on)
    assert (after.reason, after.cover.id) == (Reason.COVERED, second.id)
    assert before.valid_until == day_starts_at(bought_on, MOSCOW)


def test_a_package_is_sold_with_its_invoice_and_twice_when_it_is_bought_twice_h8(session: Session) -> None:
    its_catalogue(session)
    a_plan(session)
    sale = sell_subscription(session, an_order(a_seller(session), a_client(session)), at=SOLD_AT).sale
    package = session.exec(select(HourPackage)).first()
    bought = [sell_package(session, sale.contract.id, package.code, at=SOLD_AT) for _ in range(2)]
    assert len({grant.id for grant, _ in bought}) == 2
    assert [invoice.grant_id for _, invoice in bought] == [grant.id for grant, _ in bought]
    assert {invoice.total_minor for _, invoice in bought} == {package.price_minor}
    with refused(session, "PACKAGE_UNKNOWN"):
        sell_package(session, sale.contract.id, "nothing", at=SOLD_AT)
    with refused(session, "CONTRACT_UNKNOWN", field="contract_id"):
        sell_package(session, sale.contract.id + 1, package.code, at=SOLD_AT)


def test_a_package_gives_its_hours_from_the_day_that_was_agreed_and_is_invoiced_for_those_days_h8(
    session: Session,
) -> None:
    """Today or later, within a year; from an effective day in mid-term it is S9's extra package."""
    its_catalogue(session)
    a_plan(session)
    sale = sell_subscription(session, an_order(a_seller(session), a_client(session)), at=SOLD_AT).sale
    today, latest = (SOLD_AT.date(), boundary(SOLD_AT.date(), 12))
    for day in (today, today + timedelta(days=40), latest):
        grant, invoice = sell_package(session, sale.contract.id, "hours-20", day, at=SOLD_AT)
        assert (grant.starts_on, grant.ends_on) == (day, boundary(day, 12))
        lines = session.exec(select(InvoiceLine).where(InvoiceLine.invoice_id == invoice.id)).all()
        assert (lines[0].supplied_from, lines[-1].supplied_until) == (day, grant.ends_on - timedelta(days=1))
        assert (invoice.issued_on, sum(line.amount_minor for line in lines)) == (today, 6_175_000)
    for day in (today - timedelta(days=1), latest + timedelta(days=1)):
        with refused(session, "START_OUT_OF_RANGE", field="starts_on", value=day, allowed=Bounds(today, latest)):
            sell_package(session, sale.contract.id, "hours-20", day, at=SOLD_AT)


def test_a_package_that_begins_after_a_change_of_rate_is_taxed_at_the_new_one_m2(session: Session) -> None:
    its_catalogue(session)
    a_plan(session)
    at = moment("2025-12-10 12:00")
    order = an_order(a_seller(session), a_client(session), starts_on=date(2025, 12, 10))
    sale = sell_subscription(session, order, at=at).sale

    def rates(starts_on: date | None) -> list[int | None]:
        _, invoice = sell_package(session, sale.contract.id, "hours-20", starts_on, at=at)
        rows = select(InvoiceLine.tax_percent).where(InvoiceLine.invoice_id == invoice.id)
        return list(session.exec(rows.order_by(InvoiceLine.position)))

    assert (rates(None), rates(date(2026, 1, 1))) == ([20, 22], [22])


def test_the_hours_of_a_later_package_cannot_pay_before_its_first_day_h8(session: Session) -> None:
    its_catalogue(session)
    a_plan(session, included_minutes=0)
    seller, customer = a_seller(session), a_client(session)
    sale = sell_subscription(session, an_order(seller, customer, starts_on=SOLD_AT.date()), at=SOLD_AT).sale
    first = SOLD_AT.date() + timedelta(days=10)
    sell_package(session, sale.contract.id, "hours-20", first, at=SOLD_AT)
    available = [
        check(session, asking(customer), Question(noon(day), service="remote_work", minutes=60)).hours.available_minutes
        for day in (first - timedelta(days=1), first)
    ]
    assert available == [0, 1200]


def test_a_free_period_starts_without_a_sale_once_s1(session: Session) -> None:
    its_catalogue(session)
    seller, customer = a_seller(session), a_client(session)
    bought = a_registration(session, customer.entity, bought_on=date(2026, 8, 20))
    free = start_free_period(session, seller.id, bought.number, "its-prof", at=SOLD_AT)
    assert (free.starts_on, free.ends_on) == (date(2026, 8, 20), date(2026, 11, 20))
    with refused(session, "FREE_PERIOD_USED", starts_on=date(2026, 8, 20), last_day=date(2026, 11, 19)):
        start_free_period(session, seller.id, bought.number, "its-prof", at=SOLD_AT)
    with refused(session, "REGISTRATION_UNKNOWN", field="registration_number"):
        start_free_period(session, seller.id, "0", "its-prof", at=SOLD_AT)
    with refused(session, "SELLER_UNKNOWN", field="seller_id"):
        start_free_period(session, seller.id + 1, bought.number, "its-prof", at=SOLD_AT)
