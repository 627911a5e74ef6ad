"""Closing months for all clients: in order, exactly once, and one client's trouble stops nobody else (M6, E3-E7)."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, select

from api import month_journeys
from api.database import reading, transaction
from api.journeys import amend_subscription, cancel_subscription, sell_package, sell_subscription
from api.month_journeys import MonthReport, close_months
from billing.bills import Act, ActKind, CreditNote, Invoice, InvoiceKind
from billing.month_queue import parked
from billing.month_runs import MonthRun
from contracts.amending import Change
from contracts.blocking import raise_block
from contracts.catalogue import HourPackage
from contracts.errors import Refusal
from contracts.money import Money
from contracts.parties import Seller
from contracts.terms import Term
from entitlements.granting import give_minutes
from entitlements.hours_facts import Charge, GrantKind
from entitlements.statements import Statement, StatementLine
from entitlements.work import WorkEntry
from tests.builders import Customer, a_client, a_plan, a_sale, a_seller, an_order, moment, noon, worked
from tests.journeys.books import (
    DECEMBER,
    NOVEMBER,
    OCTOBER,
    SEPTEMBER,
    SOLD_AT,
    assert_books_add_up,
    close,
    rows,
    some_clients,
)


def statements(engine: Engine, customer: Customer) -> dict[date, Statement]:
    """The client's statements by their month."""
    with reading(engine) as session:
        own = select(Statement).where(Statement.client_id == customer.id).order_by(Statement.month)
        return {statement.month: statement for statement in session.exec(own)}


def waiting(engine: Engine, seller: Seller) -> dict[tuple[date, int], str]:
    """The problems of the parked clients, as people find them: by month and client."""
    with reading(engine) as session:
        runs = session.exec(select(MonthRun).where(MonthRun.seller_id == seller.id)).all()
        return {(run.month, task.client_id): task.problem for run in runs for task in parked(session, run.id)}


def test_the_worked_month_goes_from_sale_to_bill_to_the_kopeck(engine: Engine, seller: Seller) -> None:
    with transaction(engine) as session:
        customer = a_client(session)
        sell_subscription(session, an_order(seller, customer, starts_on=OCTOBER), at=SOLD_AT)
        bonus = {"reason": "Бонусный час", "source_key": "bonus:2026-10", "at": moment("2026-10-01")}
        october = Term.calendar_month(OCTOBER)
        give_minutes(session, customer.id, seller.id, GrantKind.BONUS, 60, october, **bonus)
        worked(session, customer, "2026-10-27 10:00", 35, service="visit")
        worked(session, customer, "2026-10-05 10:00", 10)
        worked(session, customer, "2026-10-20 10:00", 7, charge=Charge.PAID)
        worked(session, customer, "2026-10-12 10:00", 50)
    assert close(engine, seller.id, OCTOBER).closed == 1
    with reading(engine) as session:
        work = select(StatementLine, WorkEntry).join(WorkEntry).order_by(StatementLine.position)
        table = [
            (
                f"{entry.work_on:%d.%m}",
                entry.worked_minutes,
                line.billed_minutes,
                line.bonus_minutes,
                line.included_minutes,
                line.overage_minutes,
                line.paid_minutes,
                line.amount_minor,
            )
            for line, entry in session.exec(work)
        ]
        [statement] = session.exec(select(Statement))
        service, act = session.exec(select(Act).order_by(Act.id))
        sold, month = session.exec(select(Invoice).order_by(Invoice.id))
    assert table == [
        ("05.10", 10, 15, 15, 0, 0, 0, 0),
        ("12.10", 50, 60, 45, 15, 0, 0, 0),
        ("20.10", 7, 15, 0, 0, 0, 15, 675_00),
        ("27.10", 35, 60, 0, 45, 15, 0, 675_00),
    ]
    assert (statement.opening_minutes, statement.given_minutes, statement.used_minutes) == (0, 120, 120)
    assert (statement.burnt_minutes, statement.closing_minutes) == (0, 0)
    assert (statement.overage_minutes, statement.paid_minutes, statement.total_minor) == (15, 15, 1350_00)
    assert (act.total_minor, act.tax_minor, act.issued_on) == (1350_00, 243_44, date(2026, 10, 31))
    assert (month.total_minor, month.tax_minor, month.issued_on) == (1350_00, 243_44, NOVEMBER)
    assert (sold.kind, sold.total_minor, month.kind) == (InvoiceKind.SUBSCRIPTION, 12_000_00, InvoiceKind.MONTH)
    assert (service.kind, service.total_minor, service.issued_on) == (ActKind.SERVICE, 1019_18, date(2026, 10, 31))
    assert (act.statement_id, service.statement_id, month.statement_id) == (statement.id,) * 3
    assert_books_add_up(engine)


def test_a_month_without_charges_has_a_statement_and_no_bill(engine: Engine, seller: Seller) -> None:
    with transaction(engine) as session:
        idle, modest = some_clients(session, seller, 2)
        worked(session, modest, "2026-09-10 10:00", 30)
        worked(session, modest, "2026-09-11 10:00", 90, charge=Charge.GOODWILL)
    close(engine, seller.id, SEPTEMBER)
    told = rows(engine, "statement", "act", "invoice", "act_line", "invoice_line", "paper")
    assert {name: len(found) for name, found in told.items()} == {
        "statement": 2,
        "act": 0,
        "invoice": 0,
        "act_line": 0,
        "invoice_line": 0,
        "paper": 2,
    }
    assert statements(engine, idle)[SEPTEMBER].burnt_minutes == 60
    assert statements(engine, modest)[SEPTEMBER].burnt_minutes == 30


def test_closing_a_closed_month_again_changes_nothing_e7(engine: Engine, seller: Seller) -> None:
    with transaction(engine) as session:
        clients = some_clients(session, seller, 3)
        for customer in clients:
            worked(session, customer, "2026-09-10 10:00", 90)
            worked(session, customer, "2026-10-10 10:00", 200, charge=Charge.PAID)
    assert close(engine, seller.id, OCTOBER).closed == 6
    before = rows(engine)
    again = close(engine, seller.id, OCTOBER, at=moment("2027-03-01"))
    assert (again.closed, again.parked) == (0, ())
    assert close(engine, seller.id, SEPTEMBER, at=moment("2027-03-01")).closed == 0
    assert rows(engine) == before


def test_a_correction_after_the_close_is_a_credit_and_a_new_line_of_the_next_month_h10(
    engine: Engine, seller: Seller
) -> None:
    with transaction(engine) as session:
        [customer] = some_clients(session, seller, 1)
        worked(session, customer, "2026-09-10 10:00", 120, external_id="SD-1")
    close(engine, seller.id, SEPTEMBER)
    before = rows(engine, "statement", "statement_line", "act", "act_line", "invoice", "invoice_line", "paper")
    with transaction(engine) as session:
        worked(session, customer, "2026-09-10 10:00", 75, external_id="SD-1", at=moment("2026-10-05 10:00"))
    assert close(engine, seller.id, OCTOBER).parked == ()
    for name, stored in rows(engine, *before).items():
        assert stored[: len(before[name])] == before[name]
    told = statements(engine, customer)
    with reading(engine) as session:
        lines = session.exec(select(StatementLine).order_by(StatementLine.statement_id, StatementLine.position)).all()
        [bill], [note] = session.exec(select(Invoice)).all(), session.exec(select(CreditNote)).all()
    assert [
        (line.billed_minutes, line.goodwill_minutes, line.included_minutes, line.overage_minutes, line.amount_minor)
        for line in lines
    ] == [(120, 0, 60, 60, 2700_00), (-120, -60, 0, -60, -2700_00), (75, 15, 60, 0, 0)]
    assert (bill.total_minor, bill.tax_minor) == (note.total_minor, note.tax_minor) == (2700_00, 486_89)
    assert (note.invoice_id, note.statement_id) == (bill.id, told[OCTOBER].id)
    assert (told[SEPTEMBER].total_minor, told[OCTOBER].total_minor) == (2700_00, -2700_00)
    assert told[OCTOBER].closing_minutes == 45
    assert_books_add_up(engine)


@pytest.mark.parametrize(
    ("late_entry_days", "closes_on"), [(0, date(2026, 11, 1)), (3, date(2026, 11, 4)), (40, date(2026, 12, 11))]
)
def test_a_month_closes_when_the_window_for_late_entries_is_over(
    engine: Engine, seller: Seller, late_entry_days: int, closes_on: date
) -> None:
    with transaction(engine) as session:
        late = a_seller(session, "late", late_entry_days=late_entry_days)
        a_sale(session, late, a_client(session), at=SOLD_AT)
    opens_at = moment(f"{closes_on}")
    too_early = opens_at.replace(microsecond=1) - (moment("2026-01-01 00:01") - moment("2026-01-01 00:00"))
    before = rows(engine)
    with pytest.raises(Refusal) as refused:
        close(engine, late.id, OCTOBER, at=too_early)
    assert refused.value.code == "MONTH_NOT_OVER"
    assert refused.value.facts == {"value": "2026-10", "allowed": f"from {closes_on}"}
    assert rows(engine) == before
    assert close(engine, late.id, OCTOBER, at=opens_at).closed == 2


def test_an_unknown_seller_is_refused(engine: Engine, seller: Seller) -> None:
    with pytest.raises(Refusal, match="SELLER_UNKNOWN"):
        close(engine, seller.id + 1, OCTOBER)


def test_four_silent_months_close_in_order_with_the_right_openings_m6_e3(engine: Engine, seller: Seller) -> None:
    with transaction(engine) as session:
        a_plan(session, "rolling", included_minutes=480, rollover_cap_minutes=480, rollover_periods=1)
        customer = a_client(session)
        a_sale(session, seller, customer, "rolling", at=SOLD_AT)
        for started, minutes in (("2026-09-10", 300), ("2026-10-12", 120), ("2026-12-10", 540)):
            worked(session, customer, f"{started} 09:00", minutes)
    told: list[tuple[date, int, int]] = []
    at = noon(date(2027, 1, 11))
    report = close_months(
        engine, seller.id, DECEMBER, clock=lambda: at, tell=lambda month, done, of: told.append((month, done, of))
    )
    assert (report.closed, report.parked) == (4, ())
    assert told == [(month, 1, 1) for month in (SEPTEMBER, OCTOBER, NOVEMBER, DECEMBER)]
    assert [
        (one.number, one.opening_minutes, one.given_minutes, one.used_minutes, one.burnt_minutes, one.closing_minutes)
        for one in statements(engine, customer).values()
    ] == [
        ("2026-0001", 0, 480, 300, 0, 180),
        ("2026-0002", 180, 480, 120, 60, 480),
        ("2026-0003", 480, 480, 0, 480, 480),
        ("2026-0004", 480, 480, 540, 0, 420),
    ]
    assert_books_add_up(engine)


def test_what_rolled_over_has_statements_until_it_is_gone_e3(engine: Engine, seller: Seller) -> None:
    with transaction(engine) as session:
        a_plan(session, "rolling", included_minutes=60, rollover_cap_minutes=60, rollover_periods=2)
        customer = a_client(session)
        a_sale(session, seller, customer, "rolling", at=SOLD_AT, term_months=1)
        a_sale(session, seller, customer, "rolling", at=SOLD_AT, term_months=1, starts_on=date(2027, 1, 1))
    close(engine, seller.id, date(2027, 1, 1))
    assert {
        month: (one.opening_minutes, one.given_minutes, one.burnt_minutes, one.closing_minutes)
        for month, one in statements(engine, customer).items()
    } == {
        SEPTEMBER: (0, 60, 0, 60),
        OCTOBER: (60, 0, 0, 60),
        NOVEMBER: (60, 0, 60, 0),
        date(2027, 1, 1): (0, 60, 0, 60),
    }
    assert_books_add_up(engine)


def test_a_client_sold_into_a_closed_month_is_closed_on_the_next_run(engine: Engine, seller: Seller) -> None:
    with transaction(engine) as session:
        some_clients(session, seller, 2)
    close(engine, seller.id, OCTOBER)
    with transaction(engine) as session:
        customer = a_client(session, "Опоздавший")
        a_sale(session, seller, customer, at=moment("2026-11-05"), starts_on=SEPTEMBER)
        worked(session, customer, "2026-09-15 10:00", 90, at=moment("2026-11-05"))
    report = close(engine, seller.id, OCTOBER, at=moment("2026-11-06"))
    assert (report.closed, report.parked) == (2, ())
    told = statements(engine, customer)
    assert [(month, one.number, one.total_minor) for month, one in told.items()] == [
        (SEPTEMBER, "2026-0005", 1350_00),
        (OCTOBER, "2026-0006", 0),
    ]
    assert_books_add_up(engine)


def test_a_client_sold_into_a_month_before_its_closed_one_is_left_as_it_is_e7(engine: Engine, seller: Seller) -> None:
    with transaction(engine) as session:
        [other], customer = some_clients(session, seller, 1), a_client(session)
        a_sale(session, seller, customer, at=SOLD_AT, starts_on=OCTOBER)
    assert close(engine, seller.id, OCTOBER).closed == 3
    with transaction(engine) as session:
        a_sale(session, seller, customer, "its-prof", at=moment("2026-11-05"), starts_on=SEPTEMBER)
    assert close(engine, seller.id, OCTOBER, at=moment("2026-11-06")).closed == 0
    assert close(engine, seller.id, NOVEMBER).closed == 2
    assert list(statements(engine, customer)) == [OCTOBER, NOVEMBER]
    assert statements(engine, customer)[NOVEMBER].given_minutes == 120
    assert list(statements(engine, other)) == [SEPTEMBER, OCTOBER, NOVEMBER]
    assert_books_add_up(engine)


def test_work_of_nobodys_client_and_a_package_alone_have_their_statements(engine: Engine, seller: Seller) -> None:
    with transaction(engine) as session:
        session.add(HourPackage(code="ten", name="10 ч", name_en="10 h", minutes=600, price_minor=20_000_00))
        stranger = a_client(session, "Без договора")
        worked(session, stranger, "2026-10-12 10:00", 60, charge=Charge.GOODWILL, seller_id=seller.id)
        buyer = a_client(session, "С пакетом")
        sale = a_sale(session, seller, buyer, at=SOLD_AT, term_months=1)
        session.flush()
        sell_package(session, sale.contract.id, "ten", at=moment("2026-10-05"))
        worked(session, buyer, "2026-11-12 10:00", 100)
    assert close(engine, seller.id, NOVEMBER).parked == ()
    assert list(statements(engine, stranger)) == [OCTOBER]
    bought = statements(engine, buyer)
    assert [(one.opening_minutes, one.closing_minutes) for one in bought.values()] == [(0, 0), (0, 600), (600, 495)]
    assert_books_add_up(engine)


def test_sellers_close_their_months_on_their_own(engine: Engine, seller: Seller) -> None:
    with transaction(engine) as session:
        south = a_seller(session, "south")
        [customer] = some_clients(session, seller, 1)
        a_plan(session, "another", kind="another")
        a_sale(session, south, customer, "another", at=SOLD_AT)
        worked(session, customer, "2026-09-15 10:00", 90, seller_id=seller.id)
        worked(session, customer, "2026-09-15 10:00", 30, seller_id=south.id)
    assert close(engine, seller.id, SEPTEMBER).closed == 1
    assert [one.seller_id for one in statements(engine, customer).values()] == [seller.id]
    assert close(engine, south.id, OCTOBER).closed == 2
    with reading(engine) as session:
        told = session.exec(select(Statement).order_by(Statement.id)).all()
    assert [(one.seller_id, one.month, one.number, one.total_minor) for one in told] == [
        (seller.id, SEPTEMBER, "2026-0001", 1350_00),
        (south.id, SEPTEMBER, "2026-0001", 0),
        (south.id, OCTOBER, "2026-0002", 0),
    ]
    assert_books_add_up(engine)


def test_progress_is_told_after_each_chunk(engine: Engine, seller: Seller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(month_journeys, "CHUNK", 2)
    with transaction(engine) as session:
        some_clients(session, seller, 5)
    told: list[tuple[date, int, int]] = []
    at = noon(NOVEMBER)
    close_months(engine, seller.id, OCTOBER, clock=lambda: at, tell=lambda *progress: told.append(progress))
    assert told == [(month, done, 5) for month in (SEPTEMBER, OCTOBER) for done in (2, 4, 5)]


@dataclass(frozen=True)
class Trouble:
    """What is wrong with one client's data, how it is mended, and what is said of it."""

    make: Callable[[Session, Seller, Customer], None]
    mend: Callable[[Session, Seller, Customer], None]
    said: str


def log_unpriced(session: Session, seller: Seller, customer: Customer) -> None:
    a_plan(session, "unpriced").overage_rate_minor = None
    a_sale(session, seller, customer, "unpriced", at=SOLD_AT)
    worked(session, customer, "2026-09-15 10:00", 90, external_id="SD-odd")


def make_goodwill(session: Session, seller: Seller, customer: Customer) -> None:
    worked(session, customer, "2026-09-15 10:00", 90, external_id="SD-odd", charge=Charge.GOODWILL)


def log_in_two_currencies(session: Session, seller: Seller, customer: Customer) -> None:
    a_plan(session, "euro", kind="euro", currency="EUR")
    a_sale(session, seller, customer, term_months=1, at=SOLD_AT, starts_on=date(2026, 8, 15))
    a_sale(session, seller, customer, "euro", at=SOLD_AT, starts_on=date(2026, 9, 15))
    worked(session, customer, "2026-09-03 10:00", 90)
    worked(session, customer, "2026-09-22 10:00", 90, charge=Charge.PAID, external_id="SD-odd")


def take_back(session: Session, seller: Seller, customer: Customer) -> None:
    worked(session, customer, "2026-09-22 10:00", 0, external_id="SD-odd")


def change(session: Session, statement: str) -> None:
    """What no verb would do."""
    session.flush()
    session.connection().execute(text(statement))


def sign_never(session: Session, seller: Seller, customer: Customer) -> None:
    """A day that the database holds and nobody can read."""
    a_sale(session, seller, customer, at=SOLD_AT)
    never = "infinity" if session.connection().dialect.name == "postgresql" else "nonsense"
    change(session, f"UPDATE contract SET signed_on = '{never}' WHERE client_id = {customer.id}")


def sign(session: Session, seller: Seller, customer: Customer) -> None:
    change(session, f"UPDATE contract SET signed_on = '2026-09-01' WHERE client_id = {customer.id}")


def speak_nonsense(session: Session, seller: Seller, customer: Customer) -> None:
    a_sale(session, seller, customer, at=SOLD_AT)
    change(session, f"UPDATE client SET locale = 'xx' WHERE id = {customer.id}")


def speak_russian(session: Session, seller: Seller, customer: Customer) -> None:
    change(session, f"UPDATE client SET locale = 'ru' WHERE id = {customer.id}")


def refuse_in_the_database(session: Session, seller: Seller, customer: Customer) -> None:
    """A client of whom the database takes no statement."""
    a_sale(session, seller, customer, at=SOLD_AT)
    worked(session, customer, "2026-09-15 10:00", 90)
    change(session, DATABASE_REFUSES[session.connection().dialect.name].format(customer.id))


def allow_in_the_database(session: Session, seller: Seller, customer: Customer) -> None:
    change(session, DATABASE_ALLOWS[session.connection().dialect.name])


DATABASE_REFUSES = {
    "sqlite": "CREATE TRIGGER refused BEFORE INSERT ON statement WHEN NEW.client_id = {}"
    " BEGIN SELECT RAISE(ABORT, 'refused'); END",
    "postgresql": "ALTER TABLE statement ADD CONSTRAINT refused CHECK (client_id <> {})",
}
DATABASE_ALLOWS = {"sqlite": "DROP TRIGGER refused", "postgresql": "ALTER TABLE statement DROP CONSTRAINT refused"}

TROUBLES = {
    "no price for its overage": Trouble(log_unpriced, make_goodwill, "RATE_UNKNOWN (plan): value="),
    "two currencies": Trouble(log_in_two_currencies, take_back, "MIXED_CURRENCIES (currency): value=['EUR', 'RUB']"),
    "a contract signed on no day": Trouble(sign_never, sign, "Error: "),
    "a language that nobody prints": Trouble(speak_nonsense, speak_russian, "ValueError: 'xx' is not a valid Language"),
    "the database refuses it": Trouble(refuse_in_the_database, allow_in_the_database, "IntegrityError: "),
}


@pytest.mark.parametrize("trouble", TROUBLES.values(), ids=TROUBLES)
def test_a_client_in_trouble_is_parked_stops_nobody_and_closes_when_it_is_mended_m6(
    engine: Engine, seller: Seller, trouble: Trouble
) -> None:
    with transaction(engine) as session:
        [first] = some_clients(session, seller, 1)
        odd = a_client(session, "Странный")
        trouble.make(session, seller, odd)
        [last] = some_clients(session, seller, 1)
        for customer in (first, last):
            worked(session, customer, "2026-09-10 10:00", 90)
    report = close(engine, seller.id, OCTOBER)
    assert [(problem.month, problem.client_id) for problem in report.parked] == [(SEPTEMBER, odd.id), (OCTOBER, odd.id)]
    assert trouble.said in report.parked[0].text
    assert report.parked[1].text == "PREVIOUS_MONTH_OPEN: 2026-09"
    assert waiting(engine, seller) == {(one.month, one.client_id): one.text for one in report.parked}
    for sound in (first, last):
        assert [one.total_minor for one in statements(engine, sound).values()] == [1350_00, 0]
    assert_no_number_is_missing(engine)

    assert close(engine, seller.id, OCTOBER) == MonthReport(0, report.parked)
    with transaction(engine) as session:
        trouble.mend(session, seller, odd)
    assert close(engine, seller.id, OCTOBER) == MonthReport(2, ())
    assert list(statements(engine, odd))[-2:] == [SEPTEMBER, OCTOBER]
    assert waiting(engine, seller) == {}
    assert_books_add_up(engine)


def assert_no_number_is_missing(engine: Engine) -> None:
    """Statements, acts and bills are numbered from 1 without a gap, whoever was parked among them (E6)."""
    with reading(engine) as session:
        for table in (Statement, Act, Invoice):
            numbers = list(session.exec(select(table.sequence).order_by(table.sequence)))
            assert numbers == list(range(1, len(numbers) + 1)), table


def test_a_database_in_trouble_parks_nobody(engine: Engine, seller: Seller) -> None:
    with transaction(engine) as session:
        some_clients(session, seller, 2)
        change(session, "ALTER TABLE statement_line RENAME TO mislaid")
    with pytest.raises(DBAPIError, match="statement_line"):
        close(engine, seller.id, SEPTEMBER)
    assert waiting(engine, seller) == {}
    with transaction(engine) as session:
        change(session, "ALTER TABLE mislaid RENAME TO statement_line")
    assert close(engine, seller.id, SEPTEMBER).closed == 2
    assert_books_add_up(engine)


def test_a_month_end_that_is_two_days_at_once_is_billed_once_t4(engine: Engine, seller: Seller) -> None:
    """Closed at every hour of the days around it: far from UTC the day changes half a day before or after it."""
    with transaction(engine) as session:
        sellers = [a_seller(session, zone, time_zone=zone) for zone in ("Asia/Kamchatka", "America/New_York")]
        for one in sellers:
            client = a_client(session)
            a_sale(session, one, client, at=SOLD_AT)
            worked(session, client, "2026-10-30 12:00", 90, seller_id=one.id)
    for one in sellers:
        bound, closed = moment("2026-11-01", one.time_zone), []
        for hour in range(-16, 17):
            with suppress(Refusal):  # MONTH_NOT_OVER
                closed += [hour] * close(engine, one.id, OCTOBER, at=bound + timedelta(hours=hour)).closed
        assert closed == [0, 0]  # September and October, in the first hour of November
        with reading(engine) as session:
            invoices = session.exec(select(Invoice).where(Invoice.seller_id == one.id)).all()
            assert [invoice.issued_on for invoice in invoices] == [NOVEMBER]
    assert_books_add_up(engine)


def test_odd_but_good_clients_are_not_parked_m6(engine: Engine, seller: Seller) -> None:
    """Checks that are too strict stop good contracts: nothing here is wrong."""
    with transaction(engine) as session:
        clients = [a_client(session, f"Клиент {number}") for number in range(6)]
        gift, amended, cancelled, never, blocked, _ = clients
        odd = {gift.id: {"price": Money(0), "starts_on": date(2026, 9, 30)}, never.id: {"starts_on": OCTOBER}}
        orders = [an_order(seller, one, **odd.get(one.id, {})) for one in clients]
        sold = [sell_subscription(session, order, at=SOLD_AT).sale.subscription for order in orders]
        change = Change(date(2026, 9, 15), "Иванов", "скидка", price=Money(0))
        amend_subscription(session, sold[clients.index(amended)].id, change, at=SOLD_AT)
        cancelling = {cancelled.id: SEPTEMBER, never.id: date(2026, 9, 30)}
        for one in sold:
            if one.client_id in cancelling:
                cancel_subscription(session, one.id, cancelling[one.client_id], "Иванов", "закрылись", at=SOLD_AT)
        raise_block(session, blocked.id, "долг", at=SOLD_AT)
        for customer in clients:
            worked(session, customer, "2026-09-20 12:00", 45, charge=Charge.GOODWILL)
            worked(session, customer, "2026-09-20 12:00", 0)
        give_minutes(
            *(session, gift.id, seller.id, GrantKind.GOODWILL, 45, Term(SEPTEMBER, OCTOBER)),
            reason="извинения",
            source_key="goodwill",
            at=SOLD_AT,
        )
    assert close(engine, seller.id, NOVEMBER).parked == ()
    assert waiting(engine, seller) == {}
    assert_books_add_up(engine)
