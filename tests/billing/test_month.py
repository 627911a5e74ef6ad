"""A client's closed month: statement, act and invoice with the same lines, exactly once (M1-M3, M6, E3-E7)."""

from datetime import date, timedelta

import pytest
from sqlmodel import Session, select

from billing.bills import Act, ActLine, BillLine, Invoice, InvoiceKind, InvoiceLine
from billing.equations import pair_breaches, sum_breaches
from billing.month import Closed, close_clients, require_over
from contracts.errors import Refusal
from contracts.free_periods import grant_free_period
from contracts.on_sale import plan_in_force
from contracts.parties import Seller
from contracts.tax_modes import TaxMode
from entitlements.case_states import CaseState
from entitlements.equations import hours_breaches
from entitlements.hours_facts import Charge
from entitlements.over_limit import decide_case
from entitlements.over_limit_facts import case_record, list_cases
from entitlements.statements import StatementLine
from tests.builders import (
    Customer,
    a_client,
    a_plan,
    a_registration,
    a_sale,
    a_seller,
    close_client,
    closed,
    held,
    its_catalogue,
    moment,
    noon,
    refused,
    row_counts,
    worked,
)

SEPTEMBER, OCTOBER, NOVEMBER = (date(2026, month, 1) for month in (9, 10, 11))
SOLD_AT, CLOSED_AT = moment("2026-09-01 12:00"), noon(NOVEMBER)


@pytest.fixture
def seller(session: Session) -> Seller:
    its_catalogue(session)
    a_plan(session)
    return a_seller(session)


def a_customer(session: Session, seller: Seller, starts_on: date = OCTOBER, plan_code: str = "support") -> Customer:
    """A client with a year of a plan."""
    customer = a_client(session)
    a_sale(session, seller, customer, plan_code, at=SOLD_AT, starts_on=starts_on)
    return customer


def lines_of(session: Session, bill: Act | Invoice | None) -> list[BillLine]:
    """The lines in the order in which they are printed."""
    assert bill is not None
    table, owner = (ActLine, ActLine.act_id) if isinstance(bill, Act) else (InvoiceLine, InvoiceLine.invoice_id)
    return list(session.exec(select(table).where(owner == bill.id).order_by(table.position)))


def without_owner(line: BillLine) -> dict[str, object]:
    """What a line says, whichever paper it stands on."""
    return line.model_dump(exclude={"id", "act_id", "invoice_id", "statement_line_id", "invoice_line_id"})


def test_statement_act_and_invoice_come_to_the_same_lines_e4(session: Session, seller: Seller) -> None:
    customer = a_customer(session, seller)
    worked(session, customer, "2026-10-27 10:00", 75)
    worked(session, customer, "2026-10-05 10:00", 30)
    worked(session, customer, "2026-10-20 10:00", 7, charge=Charge.PAID)
    done = closed(session, seller, customer, OCTOBER)
    assert done is not None
    assert (done.statement.overage_minutes, done.statement.paid_minutes) == (45, 15)
    acts, invoices = lines_of(session, done.act), lines_of(session, done.invoice)
    assert [without_owner(line) for line in acts] == [without_owner(line) for line in invoices]
    assert [(line.supplied_from.day, line.quantity_minutes, line.amount_minor, line.tax_minor) for line in acts] == [
        (20, 15, 675_00, 121_72),
        (27, 45, 2025_00, 365_16),
    ]
    stated = select(StatementLine.id).where(StatementLine.amount_minor != 0).order_by(StatementLine.position)
    assert [line.statement_line_id for line in acts] == session.exec(stated).all()
    for bill in (done.act, done.invoice):
        assert (bill.total_minor, bill.tax_minor) == (done.statement.total_minor, 486_88) == (2700_00, 486_88)


def test_the_papers_of_a_month_carry_their_days_m2_m4(session: Session, seller: Seller) -> None:
    customer = a_customer(session, seller)
    worked(session, customer, "2026-10-27 10:00", 75)
    done = close_client(session, seller, customer.id, OCTOBER, at=moment("2026-11-10 12:00"))
    assert done is not None
    assert done.act is not None
    assert done.invoice is not None
    assert (done.statement.month, done.statement.issued_on) == (OCTOBER, date(2026, 10, 31))
    assert (done.statement.object_until, done.statement.closed_at) == (date(2026, 11, 17), moment("2026-11-10 12:00"))
    assert (done.act.issued_on, done.act.entity_id) == (date(2026, 10, 31), customer.entity.id)
    assert (done.invoice.issued_on, done.invoice.due_on) == (date(2026, 11, 10), date(2026, 11, 17))
    assert done.invoice.kind is InvoiceKind.MONTH


def a_case(session: Session, seller: Seller, state: str | None) -> tuple[Customer, int]:
    """A client who is served beyond the hour of October, and whose case is decided so on the 12th."""
    customer = a_customer(session, seller, plan_code="on-request")
    held(session, customer, "2026-10-11 10:00", 90)
    (case,) = list_cases(session, client_id=customer.id)
    if state is not None:
        decide_case(session, case.id, CaseState(state), decided_by="Орлова", at=moment("2026-10-12"))
    worked(session, customer, "2026-10-27 10:00", 75)
    return customer, case.id


@pytest.mark.parametrize(
    ("state", "total", "became"),
    [
        ("forgiven", 0, "forgiven"),
        ("bill", 675_00, "invoiced"),
        ("watch", 675_00, "watch"),
        (None, 675_00, "refuse"),
        ("refuse", 675_00, "refuse"),
    ],
)
def test_the_close_of_a_month_charges_as_its_case_says_and_closes_it_d6_e1_e4(
    session: Session, seller: Seller, state: str | None, total: int, became: str
) -> None:
    a_plan(session, "on-request", over_limit="approve")
    customer, case_id = a_case(session, seller, state)
    done = closed(session, seller, customer, OCTOBER)
    assert done is not None
    assert done.act is not None
    assert (done.statement.overage_minutes, done.statement.total_minor, done.act.total_minor) == (15, total, total)
    assert (done.invoice is None) == (total == 0)
    case = case_record(session, case_id)
    assert (case.state, case.waiting_requests) == (became, 0)
    assert case.invoice == (done.invoice.number if done.invoice is not None and became == "invoiced" else None)
    assert [*sum_breaches(session), *pair_breaches(session)] == []
    assert list(hours_breaches(session, at=CLOSED_AT, tell=lambda done, total: None)) == []


def test_forgiven_work_that_is_taken_back_later_credits_nothing_d6_h10(session: Session, seller: Seller) -> None:
    a_plan(session, "on-request", over_limit="approve")
    customer, _ = a_case(session, seller, "forgiven")
    worked(session, customer, "2026-10-28 10:00", 60, external_id="SD-late")
    closed(session, seller, customer, OCTOBER)
    at = noon(NOVEMBER) + timedelta(hours=1)
    worked(session, customer, "2026-10-28 10:00", 30, external_id="SD-late", at=at)
    done = closed(session, seller, customer, NOVEMBER)
    assert done is not None
    assert done.statement.total_minor == 0
    assert list(pair_breaches(session)) == []


def test_a_month_closed_in_the_next_year_is_numbered_in_its_own_year_and_billed_in_the_next_s13(
    session: Session, seller: Seller
) -> None:
    customer = a_customer(session, seller, date(2026, 12, 1))
    worked(session, customer, "2026-12-15 10:00", 75)
    done = close_client(session, seller, customer.id, date(2026, 12, 1), at=moment("2027-01-12 12:00"))
    assert done is not None
    assert done.act is not None
    assert done.invoice is not None
    assert [one.number for one in (done.statement, done.act, done.invoice)] == ["2026-0001", "2026-0001", "2027-0001"]


def test_a_month_without_charges_has_a_statement_only(session: Session, seller: Seller) -> None:
    done = closed(session, seller, a_customer(session, seller), OCTOBER)
    assert done is not None
    assert (done.act, done.invoice, done.statement.total_minor) == (None, None, 0)
    assert (done.statement.given_minutes, done.statement.burnt_minutes, done.statement.closing_minutes) == (60, 60, 0)


def test_closing_a_closed_month_again_changes_nothing_e7(session: Session, seller: Seller) -> None:
    customer = a_customer(session, seller)
    worked(session, customer, "2026-10-27 10:00", 75)
    closed(session, seller, customer, OCTOBER)
    before = row_counts(session)
    assert closed(session, seller, customer, OCTOBER) is None
    assert closed(session, seller, customer, SEPTEMBER) is None
    assert row_counts(session) == before


def test_a_month_waits_while_work_counts_in_an_earlier_open_one_m6(session: Session, seller: Seller) -> None:
    customer = a_customer(session, seller, SEPTEMBER)
    worked(session, customer, "2026-09-15 10:00", 15)
    with refused(session, "PREVIOUS_MONTH_OPEN", value="2026-10", allowed="2026-09"):
        closed(session, seller, customer, OCTOBER)


def test_charges_of_a_free_period_without_a_contract_are_refused(session: Session, seller: Seller) -> None:
    """The plan of the free period has a price, but there is no contract to bill it under."""
    customer = a_client(session)
    bought = a_registration(session, customer.entity, bought_on=date(2026, 9, 20))
    _, version = plan_in_force(session, "its-prof", OCTOBER)
    grant_free_period(session, bought, version, seller.id, at=SOLD_AT)
    worked(session, customer, "2026-10-05 10:00", 30, seller_id=seller.id)
    with refused(session, "NO_CONTRACT", value=customer.id):
        closed(session, seller, customer, OCTOBER)


def test_an_unknown_client_is_refused(session: Session, seller: Seller) -> None:
    with refused(session, "CLIENT_UNKNOWN", field="client_id"):
        close_client(session, seller, 404, OCTOBER, at=CLOSED_AT)


def test_clients_closed_together_get_what_they_get_alone_and_the_broken_one_is_named_m6(
    session: Session, seller: Seller
) -> None:
    a_plan(session, "unpriced").overage_rate_minor = None
    sound = [a_customer(session, seller) for _ in range(3)]
    broken = a_customer(session, seller, plan_code="unpriced")
    for customer, minutes in zip(sound, (30, 90, 120), strict=True):
        worked(session, customer, "2026-10-05 10:00", minutes)
    worked(session, broken, "2026-10-05 10:00", 90)
    chosen = [sound[0].id, broken.id, sound[1].id, sound[2].id]
    with session.begin_nested() as trial:
        alone = [told(close_client(session, seller, customer.id, OCTOBER, at=CLOSED_AT)) for customer in sound]
        trial.rollback()
    done, problems = close_clients(session, seller, chosen, OCTOBER, at=CLOSED_AT)
    assert [told(one) for one in done] == alone
    assert [one[:4] for one in alone] == [
        ("2026-0001", None, None, 0),
        ("2026-0002", "2026-0001", "2026-0001", 1350_00),
        ("2026-0003", "2026-0002", "2026-0002", 2700_00),
    ]
    assert {client_id: problem.code for client_id, problem in problems.items()} == {broken.id: "RATE_UNKNOWN"}
    again, _ = close_clients(session, seller, chosen, OCTOBER, at=CLOSED_AT)
    assert again == []


def told(one: Closed) -> tuple[object, ...]:
    """The numbers and totals of what a month made."""
    bills = (one.act, one.invoice)
    numbers = [bill and bill.number for bill in bills]
    return (one.statement.number, *numbers, one.statement.total_minor, *[bill and bill.tax_minor for bill in bills])


def test_work_is_taxed_by_its_own_day_also_when_it_is_corrected_in_another_year_m2_h10(
    session: Session, seller: Seller
) -> None:
    december, january = date(2025, 12, 1), date(2026, 1, 1)
    customer = a_client(session)
    a_sale(session, seller, customer, at=moment("2025-12-01"), term_months=3)
    worked(session, customer, "2025-12-15 10:00", 120, external_id="SD-1")
    first = closed(session, seller, customer, december)
    worked(session, customer, "2025-12-15 10:00", 180, external_id="SD-1", at=moment("2026-01-20"))
    worked(session, customer, "2026-01-21 10:00", 60, charge=Charge.PAID)
    second = closed(session, seller, customer, january)
    assert first is not None
    assert second is not None
    table = [
        (line.supplied_from, line.quantity_minutes, line.tax_percent, line.amount_minor, line.tax_minor)
        for line in lines_of(session, second.act)
    ]
    assert [row[1:] for row in table if row[1] == -60] == [(-60, 20, -2700_00, -450_00)]
    assert {row[2] for row in table} == {20, 22}
    assert second.act.total_minor == sum(row[3] for row in table)
    assert second.act.tax_minor == sum(row[4] for row in table)
    assert (first.act.total_minor, first.act.tax_minor) == (2700_00, 450_00)


@pytest.mark.parametrize(
    ("mode", "percent", "tax_minor"),
    [(TaxMode.SIMPLIFIED_EXEMPT, None, 0), (TaxMode.SIMPLIFIED_5, 5, 64_29), (TaxMode.SIMPLIFIED_7, 7, 88_32)],
)
def test_a_month_of_a_simplified_seller_keeps_its_mode_m2(
    session: Session, seller: Seller, mode: TaxMode, percent: int | None, tax_minor: int
) -> None:
    south = a_seller(session, "south", tax_mode=mode, taxed_from=date(2025, 1, 1))
    customer = a_customer(session, south)
    worked(session, customer, "2026-10-05 10:00", 90)
    done = closed(session, south, customer, OCTOBER)
    assert done is not None
    for bill in (done.act, done.invoice):
        assert (bill.tax_mode, bill.total_minor, bill.tax_minor) == (mode, 1350_00, tax_minor)
        assert [line.tax_percent for line in lines_of(session, bill)] == [percent]


@pytest.mark.parametrize("zone", ["Europe/Moscow", "Asia/Kamchatka", "America/New_York"])
@pytest.mark.parametrize("late_entry_days", [0, 5])
def test_a_month_is_over_at_midnight_in_the_sellers_zone(session: Session, zone: str, late_entry_days: int) -> None:
    seller = a_seller(session, time_zone=zone, late_entry_days=late_entry_days)
    over_at = moment(f"2026-11-{1 + late_entry_days:02}", zone)
    require_over(seller, OCTOBER, over_at)
    with pytest.raises(Refusal) as refusal:
        require_over(seller, OCTOBER, over_at - timedelta(seconds=1))
    assert (refusal.value.code, refusal.value.field) == ("MONTH_NOT_OVER", "month")
