"""A seller whose tax mode changes after it was paid ahead: each day is taxed as it is served (rules M2, M4, E4)."""

from datetime import date

import pytest
from sqlmodel import Session, col, select

from api.journeys import cancel_subscription, sell_subscription
from billing.bills import Act, ActKind, ActLine, CreditNote, CreditNoteLine, Invoice
from billing.bookkeeping import journal_of
from billing.equations import sum_breaches
from billing.journal import Operation
from billing.money_equations import journal_breaches
from billing.taxing import tax_from
from contracts.money import Money
from contracts.parties import Seller
from contracts.tax_modes import TaxMode
from contracts.terms import Term
from tests.builders import Customer, a_client, a_plan, a_seller, an_order, closed, its_catalogue, moment

WHO = ("Котова И. Л.", "Закрытие")
AUTUMN = Term(date(2026, 10, 1), date(2027, 1, 1))
AUTUMN_MONTHS = [date(2026, month, 1) for month in (10, 11, 12)]
YEARS = Term(date(2026, 1, 1), date(2028, 1, 1))


@pytest.fixture
def seller(session: Session) -> Seller:
    its_catalogue(session)
    a_plan(session, "licensed", exempt_percent=40, exempt_ground="пп. 26")
    a_plan(session)
    return a_seller(session)


@pytest.fixture
def customer(session: Session) -> Customer:
    return a_client(session)


def sold(session: Session, seller: Seller, own: Customer, plan: str = "support") -> Invoice:
    """A year from 1 October 2026 for 12 000.00 in the general mode."""
    order = an_order(seller, own, plan, starts_on=AUTUMN.starts_on)
    return sell_subscription(session, order, at=moment("2026-09-28 12:00")).invoice


def acted(session: Session, seller: Seller, own: Customer, *months: date) -> list[list[tuple[int | None, str, str]]]:
    """The lines of each month's act of service: rate, amount, tax."""
    for month in months:
        closed(session, seller, own, month)
    acts = select(Act).where(Act.kind == ActKind.SERVICE).order_by(col(Act.id))
    return [
        [
            (line.tax_percent, str(Money(line.amount_minor)), str(Money(line.tax_minor)))
            for line in session.exec(select(ActLine).where(ActLine.act_id == act.id).order_by(col(ActLine.position)))
        ]
        for act in session.exec(acts).all()[-len(months) :]
    ]


def owed_tax(session: Session, seller: Seller, months: Term) -> Money:
    """The tax that the journal says is in the revenue."""
    told = journal_of(session, seller, months).entries
    return Money.total(one.amount for one in told if one.operation is Operation.REVENUE_TAX)


def broken(session: Session) -> list[str]:
    """What breaks an equation of bills and of the journal."""
    return [str(one) for check in (sum_breaches, journal_breaches) for one in check(session)]


@pytest.mark.parametrize(
    ("mode", "january"),
    [
        (TaxMode.SIMPLIFIED_5, (5, "1019.18", "48.53")),
        (TaxMode.SIMPLIFIED_7, (7, "1019.18", "66.67")),
        (TaxMode.SIMPLIFIED_EXEMPT, (None, "1019.18", "0.00")),
    ],
)
def test_what_is_served_after_the_change_is_taxed_in_the_new_mode_m2_m4(
    session: Session, seller: Seller, customer: Customer, mode: TaxMode, january: tuple[int | None, str, str]
) -> None:
    sold(session, seller, customer)
    assert acted(session, seller, customer, *AUTUMN_MONTHS)[0] == [(22, "1019.18", "183.79")]
    autumn = journal_of(session, seller, AUTUMN)
    tax_from(session, seller.id, mode, date(2027, 1, 1))
    assert journal_of(session, seller, AUTUMN) == autumn
    winter = acted(session, seller, customer, date(2027, 1, 1), date(2027, 2, 1))
    assert winter[0] == [january]
    assert [act.tax_mode for act in session.exec(select(Act).order_by(col(Act.id)))][-2:] == [mode] * 2
    assert str(owed_tax(session, seller, Term.calendar_month(date(2027, 1, 1)))) == january[2]
    assert broken(session) == []


def test_a_change_within_a_month_cuts_its_act_m2_m4(session: Session, seller: Seller, customer: Customer) -> None:
    sold(session, seller, customer)
    tax_from(session, seller.id, TaxMode.SIMPLIFIED_5, date(2026, 10, 16))
    [october] = acted(session, seller, customer, AUTUMN.starts_on)
    assert october == [(22, "493.15", "88.93"), (5, "526.03", "25.05")]
    assert broken(session) == []


def test_a_licence_stays_exempt_and_who_leaves_vat_free_sales_owes_tax_m2(
    session: Session, seller: Seller, customer: Customer
) -> None:
    sold(session, seller, customer, "licensed")
    tax_from(session, seller.id, TaxMode.SIMPLIFIED_5, date(2026, 11, 1))
    october, november = acted(session, seller, customer, date(2026, 10, 1), date(2026, 11, 1))
    assert [line[0] for line in october] == [22, None]
    assert [line[0] for line in november] == [5, None]
    other, own = a_seller(session, "other", tax_mode=TaxMode.SIMPLIFIED_EXEMPT), a_client(session)
    sold(session, other, own)
    tax_from(session, other.id, TaxMode.GENERAL, date(2027, 1, 1))
    lines = acted(session, other, own, *AUTUMN_MONTHS, date(2027, 1, 1))
    assert lines[-2:] == [
        [(None, "1019.18", "0.00")],
        [(22, "1019.18", "183.78")],
    ]
    assert broken(session) == []


def test_a_credit_note_repeats_its_invoice_and_the_journal_owes_no_tax_of_days_that_are_not_served_m2_m4_s11(
    session: Session, seller: Seller, customer: Customer
) -> None:
    invoice = sold(session, seller, customer)
    tax_from(session, seller.id, TaxMode.SIMPLIFIED_5, date(2027, 1, 1))
    assert invoice.subscription_id is not None
    at = moment("2027-03-05 12:00")
    cancel_subscription(session, invoice.subscription_id, date(2027, 3, 31), *WHO, at=at)
    assert [line.tax_percent for line in session.exec(select(CreditNoteLine))] == [22]
    assert session.exec(select(CreditNote.tax_mode)).one() is TaxMode.SIMPLIFIED_5
    lines = acted(session, seller, customer, *AUTUMN_MONTHS)
    lines += acted(session, seller, customer, *(date(2027, month, 1) for month in (1, 2, 3)))
    assert [line[0] for [line] in lines] == [22] * 3 + [5] * 3
    served = Money.total(one.tax for one in session.exec(select(Act)))
    assert owed_tax(session, seller, YEARS) == served
    assert broken(session) == []


def test_what_ended_before_the_change_stays_as_it_was_told_m2_m5(
    session: Session, seller: Seller, customer: Customer
) -> None:
    invoice = sold(session, seller, customer)
    assert invoice.subscription_id is not None
    at = moment("2026-11-10 12:00")
    cancel_subscription(session, invoice.subscription_id, date(2026, 11, 15), *WHO, at=at)
    told = journal_of(session, seller, YEARS)
    tax_from(session, seller.id, TaxMode.SIMPLIFIED_5, date(2027, 1, 1))
    assert journal_of(session, seller, YEARS) == told


@pytest.fixture
def free_until_new_year(session: Session) -> Seller:
    """Without VAT until New Year, and at 5 % from then on, as its invoices say."""
    its_catalogue(session)
    a_plan(session)
    seller = a_seller(session, tax_mode=TaxMode.SIMPLIFIED_EXEMPT)
    tax_from(session, seller.id, TaxMode.SIMPLIFIED_5, date(2027, 1, 1))
    return seller


@pytest.mark.parametrize("later", [None, TaxMode.SIMPLIFIED_7, TaxMode.SIMPLIFIED_EXEMPT])
def test_a_rate_that_was_known_to_come_stays_with_days_that_an_earlier_end_leaves_unserved_m2_m4_m5_s11(
    session: Session, free_until_new_year: Seller, later: TaxMode | None
) -> None:
    """Cancelled in November; whatever is said of New Year afterwards."""
    invoice = sold(session, free_until_new_year, a_client(session))
    assert (invoice.tax.minor > 0, invoice.subscription_id is not None) == (True, True)
    at = moment("2026-11-10 12:00")
    cancel_subscription(session, invoice.subscription_id or 0, date(2026, 11, 15), *WHO, at=at)
    told = journal_of(session, free_until_new_year, YEARS)
    if later is not None:
        tax_from(session, free_until_new_year.id, later, date(2027, 1, 1))
    [note] = session.exec(select(CreditNote)).all()
    assert owed_tax(session, free_until_new_year, YEARS) == invoice.tax - Money(note.tax_minor)
    assert journal_of(session, free_until_new_year, YEARS) == told
    assert broken(session) == []
