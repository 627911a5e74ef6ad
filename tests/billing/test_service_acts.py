"""Acts over service that was paid ahead: each month its share, together the invoice, on both databases (M2, M4, M6)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlmodel import Session, col, select

from api.journeys import amend_subscription, cancel_subscription, renew_subscription, sell_package, sell_subscription
from billing.bills import Act, ActKind, ActLine, CreditNote, Invoice, InvoiceKind, InvoiceLine
from billing.equations import number_breaches, pair_breaches, sum_breaches
from billing.money_equations import journal_breaches
from billing.month import Closed, close_clients
from billing.month_queue import open_run
from billing.month_runs import MonthTask
from contracts.amending import Change
from contracts.money import Money
from contracts.parties import Seller
from contracts.terms import next_month
from tests.builders import (
    Customer,
    a_client,
    a_plan,
    a_seller,
    an_order,
    closed,
    its_catalogue,
    moment,
    noon,
    worked,
)

OCTOBER, NOVEMBER, DECEMBER = (date(2026, month, 1) for month in (10, 11, 12))
SOLD_AT = moment("2026-09-28 12:00")
WHO = ("Котова И. Л.", "Закрытие")


@pytest.fixture
def seller(session: Session) -> Seller:
    its_catalogue(session)
    a_plan(session)
    return a_seller(session)


def sold(session: Session, seller: Seller, own: Customer, plan: str = "support", **changes: Any) -> Invoice:
    """A year from 1 October 2026 for 12 000.00, and its invoice."""
    order = an_order(seller, own, plan, **({"starts_on": OCTOBER} | changes))
    return sell_subscription(session, order, at=SOLD_AT).invoice


def close_through(session: Session, seller: Seller, own: Customer, first: date, last: date) -> list[Closed]:
    """The months of a client, closed one after another."""
    months = []
    while first <= last:
        done = closed(session, seller, own, first)
        assert done is not None
        months.append(done)
        first = next_month(first)
    return months


def lines_of(session: Session, act: Act) -> Sequence[ActLine]:
    return session.exec(select(ActLine).where(ActLine.act_id == act.id).order_by(col(ActLine.position))).all()


def acted(session: Session) -> dict[int, tuple[int, int]]:
    """What the acts of service come to by invoice, and the tax in it."""
    rows = select(InvoiceLine.invoice_id, ActLine).join(ActLine, col(ActLine.invoice_line_id) == InvoiceLine.id)
    found: dict[int, tuple[int, int]] = {}
    for invoice_id, line in session.exec(rows):
        amount, tax = found.get(invoice_id, (0, 0))
        found[invoice_id] = (amount + line.amount_minor, tax + line.tax_minor)
    return found


def broken(session: Session) -> list[str]:
    """What breaks an equation of bills."""
    checks = (sum_breaches, pair_breaches, number_breaches, journal_breaches)
    return [str(one) for check in checks for one in check(session)]


def test_each_month_has_an_act_over_its_share_and_together_they_are_the_invoice_m2_m4(
    session: Session, seller: Seller
) -> None:
    """A year from 15 November 2025: 20 % up to New Year, 22 % after it."""
    own = a_client(session)
    order = an_order(seller, own, starts_on=date(2025, 11, 15), price=Money(1_000_001))
    invoice = sell_subscription(session, order, at=moment("2025-11-03 12:00")).invoice
    months = close_through(session, seller, own, date(2025, 11, 1), date(2026, 11, 1))
    acts = [act for done in months for act in done.service_acts]
    assert [(act.issued_on, act.number) for act in acts[:3]] == [
        (date(2025, 11, 30), "2025-0001"),
        (date(2025, 12, 31), "2025-0002"),
        (date(2026, 1, 31), "2026-0001"),
    ]
    lines = [line for act in acts for line in lines_of(session, act)]
    assert len(lines) == len(acts) == 13
    assert [line.tax_percent for line in lines] == [20] * 2 + [22] * 11
    assert [(line.supplied_from, line.supplied_until) for line in (lines[0], lines[1], lines[-1])] == [
        (date(2025, 11, 15), date(2025, 11, 30)),
        (date(2025, 12, 1), date(2025, 12, 31)),
        (date(2026, 11, 1), date(2026, 11, 14)),
    ]
    assert all(line.price_minor == line.amount_minor and line.statement_line_id is None for line in lines)
    assert acted(session) == {invoice.id: (invoice.total_minor, invoice.tax_minor)}
    assert [(done.act, done.invoice) for done in months] == [(None, None)] * 13
    assert broken(session) == []


def test_one_act_a_contract_names_every_invoice_and_a_package_h8(session: Session, seller: Seller) -> None:
    """Two subscriptions and hours under one contract, and a subscription under another, beside work of the month."""
    own = a_client(session, registrations=2)
    first = sold(session, seller, own, registrations=own.registrations[:1])
    added = {"contract_id": first.contract_id, "starts_on": date(2026, 10, 17)}
    second = sold(session, seller, own, registrations=own.registrations[1:], **added)
    _, hours = sell_package(session, first.contract_id, "hours-20", OCTOBER, at=SOLD_AT)
    other = sold(session, seller, own, "its-prof")
    worked(session, own, "2026-10-12 10:00", 1500)
    done = closed(session, seller, own, OCTOBER)
    assert done is not None
    assert done.act is not None
    one, another = done.service_acts
    assert [act.number for act in (one, another, done.act)] == ["2026-0001", "2026-0002", "2026-0003"]
    assert [act.kind for act in (one, another, done.act)] == [ActKind.SERVICE, ActKind.SERVICE, ActKind.MONTH]
    assert (one.contract_id, another.contract_id) == (first.contract_id, other.contract_id)
    lines = lines_of(session, one)
    assert lines[0].amount_minor == first.total.share(31, 365).minor
    assert another.total_minor == other.total.share(31, 365).minor
    told = [(session.get_one(InvoiceLine, line.invoice_line_id).invoice_id, line.supplied_from.day) for line in lines]
    assert told == [(first.id, 1), (second.id, 17), (hours.id, 1)]
    assert broken(session) == []


def test_every_line_of_a_contract_moves_on_from_month_to_month_m6(session: Session, seller: Seller) -> None:
    """Four silent months of two subscriptions and a package: each act has the next days of all three."""
    own = a_client(session, registrations=2)
    first = sold(session, seller, own, registrations=own.registrations[:1])
    sold(session, seller, own, registrations=own.registrations[1:], contract_id=first.contract_id)
    sell_package(session, first.contract_id, "hours-20", OCTOBER, at=SOLD_AT)
    months = close_through(session, seller, own, OCTOBER, date(2027, 1, 1))
    days = [[line.supplied_from for act in done.service_acts for line in lines_of(session, act)] for done in months]
    assert days == [[month] * 3 for month in (OCTOBER, NOVEMBER, DECEMBER, date(2027, 1, 1))]


def test_a_cancelled_year_is_acted_up_to_its_end_and_its_credit_note_takes_the_rest_s11(
    session: Session, seller: Seller
) -> None:
    own = a_client(session)
    invoice = sold(session, seller, own)
    close_through(session, seller, own, OCTOBER, NOVEMBER)
    cancel_subscription(session, invoice.subscription_id, date(2026, 12, 20), *WHO, at=moment("2026-12-05 10:00"))
    [december, january] = close_through(session, seller, own, DECEMBER, date(2027, 1, 1))
    [act] = december.service_acts
    [line] = lines_of(session, act)
    assert (line.supplied_from, line.supplied_until) == (DECEMBER, date(2026, 12, 20))
    assert january.service_acts == ()
    note = session.exec(select(CreditNote)).one()
    assert acted(session) == {invoice.id: (invoice.total_minor - note.total_minor, invoice.tax_minor - note.tax_minor)}
    assert broken(session) == []


def test_a_dearer_year_that_is_cancelled_is_acted_to_the_kopeck_by_each_invoice_s9_s11(
    session: Session, seller: Seller
) -> None:
    """Each invoice gives back what it charged for the days left, so no line of the last month is below zero."""
    own = a_client(session)
    invoice = sold(session, seller, own)
    close_through(session, seller, own, OCTOBER, OCTOBER)
    dearer = Change(NOVEMBER, "Котова И. Л.", "Ещё", price=Money(2_400_000))
    amend_subscription(session, invoice.subscription_id, dearer, at=moment("2026-10-20 12:00"))
    close_through(session, seller, own, NOVEMBER, DECEMBER)
    cancel_subscription(session, invoice.subscription_id, date(2027, 1, 31), *WHO, at=moment("2027-01-10 10:00"))
    [january, february] = close_through(session, seller, own, date(2027, 1, 1), date(2027, 2, 1))
    [act] = january.service_acts
    amounts = [line.amount_minor for line in lines_of(session, act)]
    assert (len(amounts), amounts[0] > 0, amounts[1]) == (2, True, 1019_18)
    assert february.service_acts == ()
    for one in session.exec(select(Invoice)):
        notes = session.exec(select(CreditNote).where(CreditNote.invoice_id == one.id)).all()
        worth = one.total_minor - sum(note.total_minor for note in notes)
        assert acted(session)[one.id] == (worth, one.tax_minor - sum(note.tax_minor for note in notes))
    assert broken(session) == []


def test_a_cheaper_year_is_acted_for_less_from_then_on_s9(session: Session, seller: Seller) -> None:
    own = a_client(session)
    invoice = sold(session, seller, own)
    cheaper = Change(date(2026, 11, 16), "Котова И. Л.", "Скидка", price=Money(600_000))
    amend_subscription(session, invoice.subscription_id, cheaper, at=moment("2026-11-10 12:00"))
    months = close_through(session, seller, own, OCTOBER, date(2027, 9, 1))
    totals = [act.total_minor for done in months for act in done.service_acts]
    assert (totals[0], totals[2]) == (101_918, 50_959)
    note = session.exec(select(CreditNote)).one()
    assert acted(session) == {invoice.id: (invoice.total_minor - note.total_minor, invoice.tax_minor - note.tax_minor)}
    assert broken(session) == []


def a_gap(session: Session, seller: Seller) -> tuple[Customer, Invoice]:
    """A month in August; renewed on 10 October from 1 November on, with the days since then paid."""
    a_plan(session, "gap", lapse_renewal="pay_gap", alignment="first_of_month")
    own = a_client(session)
    order = an_order(seller, own, "gap", term_months=1, starts_on=date(2026, 8, 1))
    old = sell_subscription(session, order, at=moment("2026-07-20 12:00")).sale.subscription
    renewed = renew_subscription(session, old.id, 12, at=moment("2026-10-10 12:00"))
    return own, renewed.invoice


def queued(session: Session, seller: Seller, month: date) -> list[int]:
    """The clients that closing a month takes up."""
    run = open_run(session, seller.id, month, at=noon(next_month(month)))
    return list(session.exec(select(MonthTask.client_id).where(MonthTask.run_id == run.id)))


def test_a_gap_that_is_paid_has_its_act_in_the_month_of_its_invoice_s5(session: Session, seller: Seller) -> None:
    own, invoice = a_gap(session, seller)
    assert [queued(session, seller, month) for month in (date(2026, 9, 1), OCTOBER)] == [[], [own.id]]
    close_through(session, seller, own, date(2026, 8, 1), date(2026, 8, 1))
    [october] = close_through(session, seller, own, OCTOBER, OCTOBER)
    [act] = october.service_acts
    [line] = lines_of(session, act)
    assert (line.supplied_from, line.supplied_until) == (date(2026, 9, 1), date(2026, 10, 31))
    paid = session.get_one(InvoiceLine, line.invoice_line_id)
    assert (line.amount_minor, paid.invoice_id) == (paid.amount_minor, invoice.id)
    assert broken(session) == []


def test_a_month_that_comes_to_less_than_nothing_has_no_act_m4_s11(session: Session, seller: Seller) -> None:
    """A year from 2 July is given back by months from 2 September on: less is left of it than the days up to August
    were, so the credit note carries the rest."""
    own = a_client(session)
    order = an_order(seller, own, starts_on=date(2026, 7, 2))
    invoice = sell_subscription(session, order, at=moment("2026-06-20 12:00")).invoice
    close_through(session, seller, own, date(2026, 7, 1), date(2026, 8, 1))
    served = invoice.total.share(61, 365).minor
    cancel_subscription(session, invoice.subscription_id, date(2026, 9, 1), *WHO, at=moment("2026-09-01 10:00"))
    [september] = close_through(session, seller, own, date(2026, 9, 1), date(2026, 9, 1))
    note = session.exec(select(CreditNote)).one()
    assert september.service_acts == ()
    assert acted(session)[invoice.id][0] == served == invoice.total_minor - note.total_minor + 548
    assert broken(session) == []


def test_months_that_were_closed_before_have_no_act_after_the_fact_m6(session: Session, seller: Seller) -> None:
    own = a_client(session)
    sold(session, seller, own)
    seller.service_acts_from = NOVEMBER
    october, november = close_through(session, seller, own, OCTOBER, NOVEMBER)
    assert (october.service_acts, len(november.service_acts)) == ((), 1)
    assert broken(session) == []
    assert close_clients(session, seller, [own.id], NOVEMBER, at=noon(DECEMBER)) == ([], {})


def test_a_licence_stands_on_a_line_of_its_own_with_its_ground_m2(session: Session, seller: Seller) -> None:
    ground = "подп. 26 п. 2 ст. 149 НК РФ"
    a_plan(session, "licensed", exempt_percent=30, exempt_ground=ground)
    own = a_client(session)
    invoice = sold(session, seller, own, "licensed")
    [act] = closed(session, seller, own, OCTOBER).service_acts
    assert [(line.tax_percent, line.exempt_ground) for line in lines_of(session, act)] == [(22, None), (None, ground)]
    assert act.total_minor == Money(840_000).share(31, 365).minor + Money(360_000).share(31, 365).minor
    assert invoice.kind is InvoiceKind.SUBSCRIPTION


def test_acts_of_many_clients_take_no_more_statements_than_those_of_one_m6(session: Session, seller: Seller) -> None:
    clients = [a_client(session, f"Клиент {number}") for number in range(4)]
    for own in clients:
        sold(session, seller, own)
    session.flush()
    assert statements(session, seller, clients[:1]) == statements(session, seller, clients[1:])


def statements(session: Session, seller: Seller, clients: Sequence[Customer]) -> int:
    """How many statements closing October takes for clients with one act of service each."""
    engine: Engine = session.get_bind()
    sent: list[str] = []

    def count(*told: Any) -> None:
        sent.append(told[2])  # SQLite stores rows that are given back one by one

    event.listen(engine, "before_cursor_execute", count)
    try:
        done, problems = close_clients(session, seller, [own.id for own in clients], OCTOBER, at=noon(NOVEMBER))
    finally:
        event.remove(engine, "before_cursor_execute", count)
    assert (len(done), problems) == (len(clients), {})
    assert all(len(one.service_acts) == 1 for one in done)
    return sum(not statement.startswith(("INSERT INTO statement ", "INSERT INTO act ")) for statement in sent)
