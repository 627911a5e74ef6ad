"""Credit notes: what a cancellation gives back, taxed as what is not served, beside an invoice that stays (S11, M4)."""

from collections import defaultdict
from datetime import date, datetime
from typing import Any

import pytest
from sqlmodel import Session, select

from api.journeys import Cancelled, amend_subscription, cancel_subscription, renew_subscription, sell_subscription
from billing.bills import CreditNote, CreditNoteLine, Invoice, InvoiceLine
from billing.equations import number_breaches, sum_breaches
from billing.money_equations import journal_breaches, payment_breaches
from billing.settling import InvoiceState, standing_of
from billing.taking_payments import Put, Received, put_to_invoice, record_payment, take_payment
from contracts.amending import Change
from contracts.money import Money
from contracts.paying import follow_payments
from contracts.subscriptions import Subscription
from documents.paper_kinds import PaperKind
from documents.papers import Paper
from entitlements.answers import Question
from entitlements.desk import check
from entitlements.facts import hours_facts
from entitlements.hours import account
from entitlements.reasons import Reason
from tests.builders import Customer, a_client, a_plan, a_seller, an_order, asking, its_catalogue, moment, worked
from tests.documents.market import sheet_of

WHO = ("Котова И. Л.", "Клиент закрывает компанию")
CANCELLED_AT = moment("2026-09-10 12:00")
LAST_DAY = date(2026, 9, 30)


@pytest.fixture(autouse=True)
def plans(session: Session) -> None:
    its_catalogue(session)


@pytest.fixture
def customer(session: Session) -> Customer:
    return a_client(session)


def a_year(session: Session, customer: Customer, plan: str = "its-prof", **changes: Any) -> Subscription:
    """A year from 01.04.2026, sold and invoiced."""
    order = an_order(a_seller(session), customer, plan, **({"starts_on": date(2026, 4, 1)} | changes))
    return sell_subscription(session, order, at=moment("2026-03-20 10:00")).sale.subscription


def ended(session: Session, sold: Subscription, last_day: date = LAST_DAY, at: datetime = CANCELLED_AT) -> Cancelled:
    return cancel_subscription(session, sold.id, last_day, *WHO, at=at)


def lines_of(session: Session, note: CreditNote) -> list[tuple[Any, ...]]:
    own = select(CreditNoteLine).where(CreditNoteLine.credit_note_id == note.id).order_by(CreditNoteLine.position)
    shown = ("supplied_from", "supplied_until", "amount_minor", "tax_percent", "tax_minor")
    return [tuple(getattr(line, name) for name in shown) for line in session.exec(own)]


def test_a_refund_is_a_credit_note_and_the_invoice_stays_m4_s11(session: Session, customer: Customer) -> None:
    sold = a_year(session, customer)
    before = session.exec(select(Invoice)).one().model_dump()
    [note] = ended(session, sold).credit_notes
    assert (note.number, note.total, note.tax) == ("2026-0001", Money(1_690_800), Money(304_898))
    assert (note.issued_on, note.invoice_id, note.client_id) == (date(2026, 9, 10), before["id"], customer.id)
    assert session.exec(select(Invoice)).one().model_dump() == before
    split = [(date(2026, 10, 1), date(2027, 3, 31), 1_690_800, 22, 304_898)]
    assert lines_of(session, note) == split
    paper = session.exec(select(Paper).where(Paper.kind == PaperKind.CREDIT_NOTE)).one()
    assert (paper.subject_id, paper.number) == (note.id, note.number)
    assert [*sum_breaches(session), *number_breaches(session)] == []


def test_a_refund_over_new_year_is_taxed_as_the_days_that_are_not_served_m2(
    session: Session, customer: Customer
) -> None:
    sold = a_year(session, customer, starts_on=date(2025, 4, 1))
    [note] = ended(session, sold, date(2025, 9, 30), moment("2025-09-10")).credit_notes
    assert lines_of(session, note) == [
        (date(2025, 10, 1), date(2025, 12, 31), 856_981, 20, 142_830),
        (date(2026, 1, 1), date(2026, 3, 31), 833_819, 22, 150_361),  # all that the invoice charged at 22 %
    ]
    assert note.total == Money(1_690_800)


def test_nothing_to_give_back_makes_no_credit_note_m4(session: Session, customer: Customer) -> None:
    assert ended(session, a_year(session, customer), date(2027, 3, 30), moment("2027-03-29")).credit_notes == []
    assert session.exec(select(CreditNote)).all() == []


def test_what_never_serves_is_credited_line_by_line_with_the_gap_that_was_paid_s5_s11(
    session: Session, customer: Customer
) -> None:
    a_plan(session, lapse_renewal="pay_gap", alignment="first_of_month")
    old = a_year(session, customer, "support")
    renewed = renew_subscription(session, old.id, 12, at=moment("2027-05-10")).sale.subscription
    invoice = session.exec(select(Invoice).where(Invoice.subscription_id == renewed.id)).one()
    assert renewed.gap_minor > 0
    [note] = ended(session, renewed, date(2027, 5, 31), moment("2027-05-12")).credit_notes
    assert (note.total, note.tax, note.invoice_id) == (invoice.total, invoice.tax, invoice.id)
    [gap, term] = lines_of(session, note)
    assert (gap[:2], term[:2]) == (
        (date(2027, 4, 1), date(2027, 5, 31)),
        (date(2027, 6, 1), date(2028, 5, 31)),
    )


def test_hours_of_the_days_after_the_last_one_are_gone_and_used_ones_stay_used_s11(
    session: Session, customer: Customer
) -> None:
    a_plan(session, rollover_cap_minutes=60, rollover_periods=2)
    sold = a_year(session, customer, "support")
    worked(session, customer, "2026-09-04 10:00", 45)
    cancelled = ended(session, sold, date(2026, 9, 20))
    assert cancelled.minutes_not_given == 6 * 60

    def left(day: str) -> int:
        return account(hours_facts(session, customer.id, sold.seller_id), moment(day)).available_minutes

    assert left("2026-09-20 18:00") == 60 + 60 + 60 - 45  # July and August rolled over
    assert left("2026-09-21") == left("2026-10-05") == 0
    lots = account(hours_facts(session, customer.id, sold.seller_id), moment("2026-10-05")).lots
    assert sum(state.used_minutes for state in lots) == 45


def test_the_desk_hears_of_the_cancellation_from_the_next_day_on_and_not_before_it_was_known_d1_s11(
    session: Session, customer: Customer
) -> None:
    ended(session, a_year(session, customer))

    def reason(at: str, known_at: datetime | None = None) -> Reason:
        return check(session, asking(customer), Question(moment(at)), known_at=known_at).reason

    assert reason("2026-09-30 23:59:59") in (Reason.COVERED, Reason.COVERED_RENEWAL_DUE)
    assert reason("2026-10-01") is Reason.CONTRACT_CANCELLED
    assert reason("2026-10-01", known_at=moment("2026-09-10 11:59")) is Reason.COVERED
    assert reason("2026-10-01", known_at=CANCELLED_AT) is Reason.CONTRACT_CANCELLED


def test_a_cancelled_renewal_is_no_successor_for_the_desk_s11(session: Session, customer: Customer) -> None:
    sold = a_year(session, customer)

    def reason(known_at: datetime | None = None) -> Reason:
        return check(session, asking(customer), Question(moment("2027-03-20")), known_at=known_at).reason

    renewed = renew_subscription(session, sold.id, 12, at=moment("2026-09-01")).sale.subscription
    assert reason() is Reason.COVERED
    ended(session, renewed, date(2027, 3, 31))
    assert reason() is Reason.COVERED_RENEWAL_DUE
    assert reason(known_at=moment("2026-09-05")) is Reason.COVERED


def test_a_credit_that_leaves_nothing_to_pay_marks_the_service_as_paid_m5_s8(
    session: Session, customer: Customer
) -> None:
    seller = a_seller(session)
    follow_payments(session, seller.id, date(2026, 1, 1))
    order = an_order(seller, customer, "its-prof", starts_on=date(2026, 4, 1))
    done = sell_subscription(session, order, at=moment("2026-03-20 10:00"))
    sold, invoice = done.sale.subscription, done.invoice
    rest = Money(1_690_800)
    received = Received(invoice.seller_id, invoice.entity_id, "118", date(2026, 4, 2), invoice.total - rest, "Часть")
    put_to_invoice(session, record_payment(session, received, at=CANCELLED_AT).id, invoice.id, at=CANCELLED_AT)
    question = Question(moment("2026-09-20 12:00"), service="consultation_line")
    assert check(session, asking(customer), question).reason is Reason.PAYMENT_OVERDUE
    ended(session, sold)
    assert standing_of(session, invoice).state is InvoiceState.PAID
    assert check(session, asking(customer), question).reason is Reason.COVERED


AMENDED_AT = moment("2026-06-20 12:00")


@pytest.mark.parametrize(
    ("price", "last_day", "cancelled_at", "credited"),
    [
        ("45000.00", date(2026, 9, 30), CANCELLED_AT, [("amendment", 5576_68), ("subscription", 16908_00)]),
        ("45000.00", date(2026, 6, 30), moment("2026-06-25"), [("amendment", 8395_66), ("subscription", 25362_00)]),
        ("101448.00", date(2026, 9, 30), CANCELLED_AT, [("amendment", 33723_35), ("subscription", 16908_00)]),
        ("33000.00", date(2026, 9, 30), CANCELLED_AT, [("subscription", 16501_12)]),
    ],
)
def test_what_is_given_back_goes_to_the_invoices_that_charged_it_m4_m5_s11(
    session: Session, customer: Customer, price: str, last_day: date, cancelled_at: datetime, credited: list[Any]
) -> None:
    sold = a_year(session, customer)
    change = Change(date(2026, 7, 1), "Котова И. Л.", "Второй склад", price=Money.parse(price))
    amend_subscription(session, sold.id, change, at=AMENDED_AT)
    invoices = {one.id: one for one in session.exec(select(Invoice))}
    for one in invoices.values():
        left = standing_of(session, one).left
        if left.minor:
            received = Received(one.seller_id, one.entity_id, str(one.id), date(2026, 6, 20), left, "Счёт")
            take_payment(session, received, [Put(one.id)], at=AMENDED_AT)
    notes = ended(session, sold, last_day, cancelled_at).credit_notes
    assert [(invoices[note.invoice_id].kind.value, note.total_minor) for note in notes] == credited
    papers = {one.subject_id: one for one in session.exec(select(Paper).where(Paper.kind == PaperKind.CREDIT_NOTE))}
    for note in notes:
        assert sheet_of(papers[note.id]).invoice_number == invoices[note.invoice_id].number
    assert {standing_of(session, one).left.minor for one in invoices.values()} == {0}
    money = [*payment_breaches(session), *journal_breaches(session)]
    assert [*sum_breaches(session), *number_breaches(session), *money] == []


def test_what_costs_less_after_it_cost_more_goes_to_both_invoices_s9(session: Session, customer: Customer) -> None:
    sold = a_year(session, customer)
    amend_subscription(session, sold.id, Change(date(2026, 7, 1), *WHO, price=Money(45_000_00)), at=AMENDED_AT)
    cheaper = Change(date(2026, 7, 2), *WHO, price=Money(0))
    notes = amend_subscription(session, sold.id, cheaper, at=AMENDED_AT).credit_notes
    kinds = [session.get_one(Invoice, note.invoice_id).kind.value for note in notes]
    assert (kinds, sum(note.total_minor for note in notes)) == (["amendment", "subscription"], 33_657_53)
    assert list(payment_breaches(session)) == []


def at_rates(session: Session) -> dict[int, dict[Any, tuple[int, int]]]:
    """What each invoice charged, and what credit notes take off it, by the rate of VAT and the ground of a licence."""
    found: dict[int, dict[Any, tuple[int, int]]] = defaultdict(lambda: defaultdict(lambda: (0, 0)))
    of_note = {note.id: note.invoice_id for note in session.exec(select(CreditNote))}
    for line in session.exec(select(InvoiceLine)):
        rate, (charged, credited) = (line.tax_percent, line.exempt_ground), (0, 0)
        charged, credited = found[line.invoice_id][rate]
        found[line.invoice_id][rate] = (charged + line.amount_minor, credited)
    for note_line in session.exec(select(CreditNoteLine)):
        of, rate = found[of_note[note_line.credit_note_id]], (note_line.tax_percent, note_line.exempt_ground)
        of[rate] = (of[rate][0], of[rate][1] + note_line.amount_minor)
    return found


@pytest.mark.parametrize(
    ("starts_on", "plan", "price", "effective_on", "last_day"),
    [
        ("2025-03-01", {}, None, None, "2025-12-31"),  # 2 of 12 months, and 59 of 365 days at 22 %
        ("2025-10-01", {}, "338160.00", "2026-01-01", "2025-10-31"),  # a surcharge at 22 % alone
        ("2025-10-01", {}, "40000.00", "2026-01-01", "2025-10-31"),
        ("2025-10-01", {"exempt_percent": 30, "exempt_ground": "пп. 26"}, "338160.00", "2026-01-01", "2025-10-31"),
        ("2025-04-01", {}, "30000.00", "2025-07-01", "2025-09-30"),
    ],
)
def test_a_note_takes_off_no_more_at_a_rate_than_its_invoice_charged_at_it_m2_m4(
    session: Session,
    customer: Customer,
    starts_on: str,
    plan: dict[str, Any],
    price: str | None,
    effective_on: str | None,
    last_day: str,
) -> None:
    a_plan(session, **plan)
    order = an_order(a_seller(session), customer, "support", starts_on=date.fromisoformat(starts_on))
    sold = sell_subscription(session, order, at=moment("2025-02-20 10:00")).sale.subscription
    if price is not None and effective_on is not None:
        change = Change(date.fromisoformat(effective_on), *WHO, price=Money.parse(price))
        amend_subscription(session, sold.id, change, at=moment("2025-06-20 10:00"))
    cancelled = ended(session, sold, date.fromisoformat(last_day), moment(f"{last_day} 10:00"))
    found = at_rates(session)
    assert all(credited <= charged for of in found.values() for charged, credited in of.values()), found
    assert sum(credited for of in found.values() for _, credited in of.values()) == cancelled.cancellation.refund_minor
    assert [*sum_breaches(session), *payment_breaches(session), *journal_breaches(session)] == []
