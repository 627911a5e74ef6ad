"""A month that takes back more than it adds: credit notes to the invoices that charged the work (H10, M4, M5, P6)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from sqlmodel import Session, col, select

from api.month_journeys import close_or_explain
from api.reconcile import breaches
from billing.bills import Act, CreditNote, CreditNoteLine, Invoice, InvoiceKind, InvoiceLine
from billing.bookkeeping import journal_of
from billing.crediting import charged_lines, issue_credit_note
from billing.equations import pair_breaches
from billing.exchange import month_records
from billing.invoice_lines import ChargedWork, work_line
from billing.invoicing import taxation
from billing.journal import RUSSIAN, Source
from billing.money_equations import payment_breaches
from billing.month_queue import claim, open_run
from billing.month_runs import TaskState
from billing.profitability import profitability
from billing.reconciling_accounts import settlement_of
from billing.settling import payment_standings, standing_of
from billing.spreading import TakenOff
from billing.taking_payments import Put, Received, take_payment
from contracts.money import Money
from contracts.parties import Seller
from contracts.terms import Term, next_month
from documents.credit_note import TakenBack
from documents.lines import LineKind, Unit
from documents.paper_kinds import PaperKind
from documents.papers import Paper
from entitlements.breaches import Breach
from entitlements.hours_facts import Charge
from entitlements.statements import Statement, StatementLine
from tests.builders import Customer, a_client, a_plan, a_sale, a_seller, its_catalogue, moment, noon, worked
from tests.documents.market import sheet_of

MONTHS = SEPTEMBER, OCTOBER, NOVEMBER = date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1)
Said = tuple[str, int]
"""A piece of work of the name, paid by the hour at 2 700.00, with so many minutes; said again it is a correction."""


@pytest.fixture
def seller(session: Session) -> Seller:
    its_catalogue(session)
    a_plan(session)
    return a_seller(session)


@pytest.fixture
def customer(session: Session, seller: Seller) -> Customer:
    customer = a_client(session)
    a_sale(session, seller, customer, at=moment("2026-09-01 12:00"))
    return customer


def live(
    session: Session, seller: Seller, customer: Customer, *story: Sequence[Said], months: Sequence[date] = MONTHS
) -> None:
    """Months of work, each closed on the day after it."""
    started: dict[str, date] = {}
    for month, said in zip(months, story, strict=False):
        for place, (name, minutes) in enumerate(said):
            on = started.setdefault(name, month)
            given: dict[str, Any] = {"external_id": name, "charge": Charge.PAID}
            at = moment(f"{month:%Y-%m}-18 1{place}:00")
            worked(session, customer, f"{on:%Y-%m}-16 10:00", minutes, at=at, **given)
        close(session, seller, month)


def close(session: Session, seller: Seller, month: date) -> None:
    """The month of all clients, with its papers."""
    at = noon(next_month(month))
    tasks = claim(session, open_run(session, seller.id, month, at=at).id, 25)
    assert close_or_explain(session, seller.id, [task.client_id for task in tasks], month, at) == {}
    for task in tasks:
        task.state = TaskState.CLOSED


def month_invoices(session: Session) -> list[Invoice]:
    own = select(Invoice).where(Invoice.kind == InvoiceKind.MONTH)
    return list(session.exec(own.order_by(col(Invoice.id))))


def told(session: Session) -> list[tuple[int, int | None, int | None, dict[str, int]]]:
    """What each month came to in roubles: statement, act, invoice, and credit notes by the month of their invoice."""
    found = []
    names = {one.statement_id: f"{one.issued_on:%m}" for one in month_invoices(session)}
    of_invoice = {one.id: names[one.statement_id] for one in month_invoices(session)}
    for statement in session.exec(select(Statement).order_by(col(Statement.id))):
        act, invoice = (
            session.exec(select(bill.total_minor).where(bill.statement_id == statement.id)).first()
            for bill in (Act, Invoice)
        )
        notes = session.exec(select(CreditNote).where(CreditNote.statement_id == statement.id)).all()
        credited = {of_invoice[note.invoice_id]: note.total_minor // 100 for note in notes}
        bills = [None if minor is None else minor // 100 for minor in (act, invoice)]
        found.append((statement.total_minor // 100, *bills, credited))
    return found


def broken(session: Session) -> list[Breach]:
    """What breaks an equation; the customer is sold to without the paper of its contract."""
    return [one for one in breaches(session) if not one.subject.startswith("contract ")]


STORIES = {
    "all of a month is taken back": (
        ([("A", 60)], [("A", 0)]),
        [(2700, 2700, 2700, {}), (-2700, None, None, {"10": 2700})],
        {"10": 0},
    ),
    "a part stands and is charged anew": (
        ([("A", 60)], [("A", 15)]),
        [(2700, 2700, 2700, {}), (-2025, 675, 675, {"10": 2700})],
        {"10": 0, "11": 675},
    ),
    "new work outweighs what is taken back: one invoice, as before": (
        ([("A", 60)], [("A", 0), ("B", 90)]),
        [(2700, 2700, 2700, {}), (1350, 1350, 1350, {})],
        {"10": 2700, "11": 1350},
    ),
    "each line goes to the invoice that charged it": (
        ([("A", 60)], [("B", 30)], [("A", 0), ("B", 0)]),
        [(2700, 2700, 2700, {}), (1350, 1350, 1350, {}), (-4050, None, None, {"10": 2700, "11": 1350})],
        {"10": 0, "11": 0},
    ),
    "the invoice that charged it took back as much itself": (
        ([("A", 60)], [("A", 0), ("B", 60)], [("B", 0)]),
        [(2700, 2700, 2700, {}), (0, 0, 0, {}), (-2700, None, None, {"10": 2700})],
        {"10": 0, "11": 0},
    ),
    "a line that no longer fits is split": (
        ([("A", 60)], [("A", 0), ("B", 90)], [("B", 0)]),
        [(2700, 2700, 2700, {}), (1350, 1350, 1350, {}), (-4050, None, None, {"10": 2700, "11": 1350})],
        {"10": 0, "11": 0},
    ),
    "what was corrected twice is credited twice": (
        ([("A", 60)], [("A", 15)], [("A", 0)]),
        [(2700, 2700, 2700, {}), (-2025, 675, 675, {"10": 2700}), (-675, None, None, {"11": 675})],
        {"10": 0, "11": 0},
    ),
    "work that came and went in the month stays on its act": (
        ([("A", 60)], [("B", 30), ("B", 0), ("A", 15)]),
        [(2700, 2700, 2700, {}), (-2025, 675, 675, {"10": 2700})],
        {"10": 0, "11": 675},
    ),
}
"""What is said in September, October and November; what each month came to; what invoices of 10 and 11 are worth."""


@pytest.mark.parametrize("name", STORIES)
def test_what_a_month_takes_back_is_credited_to_the_invoices_that_charged_it_m4_m5_h10(
    session: Session, seller: Seller, customer: Customer, name: str
) -> None:
    story, months, worth = STORIES[name]
    live(session, seller, customer, *story)
    assert told(session) == months
    left = {f"{one.issued_on:%m}": standing_of(session, one).worth.minor // 100 for one in month_invoices(session)}
    assert left == worth
    assert broken(session) == []


def test_a_credit_note_names_its_invoice_and_the_work_with_the_tax_of_its_day_m2_p1(
    session: Session, seller: Seller, customer: Customer
) -> None:
    live(session, seller, customer, [("A", 60)], [("A", 0), ("B", 90)], [("B", 0)])
    september, october = month_invoices(session)
    notes = session.exec(select(CreditNote).order_by(col(CreditNote.id))).all()
    assert [(note.number, note.issued_on) for note in notes] == [(f"2026-000{n}", date(2026, 12, 1)) for n in (1, 2)]
    lines = session.exec(select(CreditNoteLine).order_by(col(CreditNoteLine.id))).all()
    shown = [(one.supplied_from, one.quantity_minutes, one.amount_minor, one.tax_minor) for one in lines]
    assert shown == [(date(2026, 10, 16), None, 2700_00, 486_89), (date(2026, 10, 16), None, 1350_00, 243_44)]
    [line_id] = {one.statement_line_id for one in lines}
    assert session.get_one(StatementLine, line_id).amount_minor == -4050_00
    papers = session.exec(select(Paper).where(Paper.kind == PaperKind.CREDIT_NOTE).order_by(col(Paper.id))).all()
    sheets = [sheet_of(one) for one in papers]
    assert [(one.invoice_number, one.cause) for one in sheets] == [
        (of.number, TakenBack(NOVEMBER, "2026-0003")) for of in (september, october)
    ]
    assert {(one.lines[0].kind, one.lines[0].unit) for one in sheets} == {(LineKind.CREDIT, Unit.SERVICE)}


def test_over_new_year_each_note_repeats_the_rates_of_its_invoice_and_the_tax_is_that_of_the_work_m2_m4(
    session: Session, seller: Seller, customer: Customer
) -> None:
    """January charged B at 22 % and took A of December back at 20 %, so it is worth less than B, which goes."""
    winter = [date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1)]
    live(session, seller, customer, [("A", 60)], [("A", 0), ("B", 90)], [("B", 0)], months=winter)
    lines = session.exec(select(CreditNoteLine).order_by(col(CreditNoteLine.id))).all()
    shown = [
        (one.supplied_from, one.quantity_minutes, one.amount_minor, one.tax_percent, one.tax_minor) for one in lines
    ]
    december, january = date(2025, 12, 16), date(2026, 1, 16)
    assert shown == [
        (december, 60, 2700_00, 20, 450_00),
        (january, 90, 4050_00, 22, 730_33),
        (december, None, -2700_00, 20, -450_00),
    ]
    papers = session.exec(select(Paper).where(Paper.kind == PaperKind.CREDIT_NOTE).order_by(col(Paper.id)))
    shown_days = [[(one.kind, one.details) for one in sheet_of(paper).lines] for paper in papers]
    a, b = (LineKind.CREDIT, "16.12.2025"), (LineKind.CREDIT, "16.01.2026")
    assert shown_days == [[a], [b, a]]
    taxes = session.exec(select(Invoice.tax_minor).order_by(col(Invoice.id))).all()
    assert (taxes, [note.tax_minor for note in session.exec(select(CreditNote).order_by(col(CreditNote.id)))]) == (
        [450_00, 280_33],
        [450_00, 280_33],
    )
    assert [standing_of(session, one).worth.minor for one in month_invoices(session)] == [0, 0]
    assert broken(session) == []


def test_money_on_such_an_invoice_is_an_advance_on_the_day_of_the_note_and_passed_days_stay_m4_m5(
    session: Session, seller: Seller, customer: Customer
) -> None:
    live(session, seller, customer, [("A", 60)], [("B", 30)])
    ids = [one.id for one in month_invoices(session)]
    received = Received(seller.id, customer.entity.id, "118", date(2026, 11, 2), Money(4050_00), "За работы")
    payment = take_payment(session, received, [Put(one) for one in ids], at=moment("2026-11-02 12:00"))
    autumn, entity = Term(SEPTEMBER, date(2027, 1, 1)), customer.entity
    journal, lines = journal_of(session, seller, autumn).entries, settlement_of(session, seller, entity, autumn).lines
    for month, name, minutes in ((9, "A", 0), (10, "B", 15)):
        given: dict[str, Any] = {"external_id": name, "charge": Charge.PAID}
        worked(session, customer, f"2026-{month:02}-16 10:00", minutes, at=moment(f"2026-11-18 {month:02}:00"), **given)
    close(session, seller, NOVEMBER)
    assert payment_standings(session, [payment])[0].advance == Money(4050_00)
    now, told_now = journal_of(session, seller, autumn).entries, settlement_of(session, seller, entity, autumn).lines
    assert [one for one in now if one in journal] == list(journal)
    assert [one for one in told_now if one in lines] == list(lines)
    revenue = [one for one in now if one not in journal and RUSSIAN.revenue in (one.debit, one.credit)]
    assert [(one.on, one.voucher.source, one.amount) for one in revenue] == [
        (date(2026, 11, 30), Source.ACT, Money(675_00)),
        (date(2026, 12, 1), Source.CREDIT_NOTE, Money(-2700_00)),
        (date(2026, 12, 1), Source.CREDIT_NOTE, Money(-1350_00)),
    ]
    assert [(one.on, one.source, one.debit.minor, one.credit.minor) for one in told_now if one not in lines] == [
        (date(2026, 11, 30), Source.ACT, 675_00, 0),
        (date(2026, 12, 1), Source.CREDIT_NOTE, 0, 2700_00),
        (date(2026, 12, 1), Source.CREDIT_NOTE, 0, 1350_00),
    ]
    assert broken(session) == []


def test_a_line_that_costs_nothing_takes_no_part_in_what_was_credited_m4(
    session: Session, seller: Seller, customer: Customer
) -> None:
    """Forgiven work stands last on an invoice of which half was credited: the half is off the line that was charged."""
    live(session, seller, customer, [("A", 60), ("B", 60)], [("A", 0)])
    [invoice] = month_invoices(session)
    charged = {"supplied_from": SEPTEMBER, "supplied_until": SEPTEMBER, "quantity_minutes": 60, "tax_percent": 22}
    session.add(InvoiceLine(invoice_id=invoice.id, position=9, price_minor=0, amount_minor=0, **charged))
    session.flush()
    left = {one.line.amount.minor: 0 for one in charged_lines(session, {invoice.id: invoice})}
    for one in charged_lines(session, {invoice.id: invoice}):
        left[one.line.amount.minor] += one.left.minor
    assert left == {0: 0, 2700_00: 2700_00}


def test_the_set_for_an_accounting_program_and_the_profit_know_such_notes_m4(
    session: Session, seller: Seller, customer: Customer
) -> None:
    live(session, seller, customer, [("A", 60)], [("B", 30)], [("A", 0), ("B", 0)])
    read = {
        one.name: [dict(zip(one.fields, row, strict=True)) for row in one.read()]
        for one in month_records(session, seller, date(2026, 12, 1))
    }
    items = {one["id"]: one["code"] for one in read["items"]}
    assert [items[one["item_id"]] for one in read["credit_note_lines"]] == ["charged-work"] * 2
    assert [str(one["total"]) for one in read["credit_notes"]] == ["2700.00", "1350.00"]
    assert len({one["invoice_id"] for one in read["credit_notes"]}) == 2
    assert {one["source"] for one in read["journal"]} == {"credit_note"}
    assert [(one["of"], one["count"], str(one["credit"])) for one in read["totals"] if one["of"] == "credit_notes"] == [
        ("credit_notes", 2, "4050.00")
    ]
    for month in (SEPTEMBER, OCTOBER):
        assert [one.charged for one in profitability(session, seller, Term.calendar_month(month)).contracts] == [
            Money(0)
        ]


def test_an_invoice_below_zero_and_a_month_credited_otherwise_are_named_m5_e4(
    session: Session, seller: Seller, customer: Customer
) -> None:
    live(session, seller, customer, [("A", 60)], [("A", 0)])
    [invoice] = month_invoices(session)
    more = TakenOff(work_line(ChargedWork(SEPTEMBER, 1, Money(2700_00)), taxation(session, seller.id)))
    issue_credit_note(session, invoice, [more], {}, at=moment("2026-12-01 12:00"))
    assert list(payment_breaches(session)) == [Breach("M5", "invoice 2026-0001", "worth -45.00", "0.00 at least")]
    assert list(pair_breaches(session)) == []
    worked(session, customer, "2026-11-16 10:00", 60, charge=Charge.PAID)
    close(session, seller, NOVEMBER)
    other, stated = month_invoices(session)[-1], session.exec(select(Statement.id)).all()[1]
    issue_credit_note(session, other, [more], {"statement_id": stated}, at=moment("2026-12-01 12:00"))
    assert list(pair_breaches(session)) == [
        Breach("E4", f"{name} of statement 2026-0002", "none", "45.00") for name in ("act", "invoice")
    ]
