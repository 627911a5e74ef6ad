"""Reconciliation acts of what was sold, closed and credited: sums, numbers, refusals, on both databases (P1, S13)."""

from datetime import date

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from api.database import transaction
from api.journeys import cancel_subscription, sell_subscription, settle_accounts
from billing.bills import Invoice
from billing.equations import number_breaches
from billing.journal import Source
from billing.paying_back import pay_back
from billing.reconciliation_acts import ReconciliationAct
from billing.reconciling_accounts import settlement_of
from billing.taking_payments import Received, put_to_invoice, record_payment, reverse_payment
from contracts.enrolling import add_entity
from contracts.money import Money
from contracts.parties import Seller
from contracts.terms import Term
from tests.builders import (
    Customer,
    a_client,
    a_plan,
    a_seller,
    an_inn,
    an_order,
    at_once,
    closed,
    its_catalogue,
    moment,
    refused,
    worked,
)

AUTUMN = Term(date(2026, 10, 1), date(2026, 12, 1))
LATER = moment("2026-12-10 10:00")


def a_shop(session: Session) -> tuple[Seller, Customer]:
    """A year sold for 12 000.00, work of 2 700.00 in October, a cancellation in November; both are closed."""
    its_catalogue(session)
    a_plan(session)
    seller, own = a_seller(session), a_client(session)
    at = moment("2026-10-01 09:00")
    sold = sell_subscription(session, an_order(seller, own, starts_on=AUTUMN.starts_on), at=at).sale.subscription
    worked(session, own, "2026-10-12 10:00", 120)
    closed(session, seller, own, AUTUMN.starts_on)
    why = ("Котова И. Л.", "Закрытие")
    cancel_subscription(session, sold.id, date(2026, 11, 30), *why, at=moment("2026-11-20 10:00"))
    closed(session, seller, own, date(2026, 11, 1))
    return seller, own


def test_service_and_work_of_a_month_count_once_with_their_acts_p1(session: Session) -> None:
    seller, own = a_shop(session)
    found = settlement_of(session, seller, own.entity, AUTUMN)
    told = [(one.source, one.debit, one.credit) for one in found.lines]
    assert told == [
        (Source.ACT, Money(101_918), Money(0)),
        (Source.ACT, Money(270_000), Money(0)),
        (Source.ACT, Money(98_082), Money(0)),
    ]
    assert found.closing == Money(470_000)


def test_money_that_came_takes_off_what_is_owed_m5(session: Session) -> None:
    seller, own = a_shop(session)
    received = Received(seller.id, own.entity.id, "118", date(2026, 11, 2), Money(470_000), "За осень")
    payment = record_payment(session, received, at=LATER)
    assert settlement_of(session, seller, own.entity, AUTUMN).closing == Money(0)
    invoice = session.exec(select(Invoice)).first()
    assert invoice is not None
    put_to_invoice(session, payment.id, invoice.id, Money(100_000), at=LATER)
    lines = settlement_of(session, seller, own.entity, AUTUMN).lines
    assert [one.credit for one in lines if one.source is Source.PAYMENT] == [Money(470_000)]


def test_money_stands_in_the_acts_on_the_days_on_which_it_moved_m5_p1(session: Session) -> None:
    """A sister pays in November for the contract: hers until it is put in December; the rest of it goes back."""
    seller, own = a_shop(session)
    sister = add_entity(session, own.id, {"name": "ООО «Сестра»", "inn": an_inn(), "kpp": "770901001"})
    (invoice, *_) = session.exec(select(Invoice).order_by(Invoice.id)).all()
    received = Received(seller.id, sister.id, "118", date(2026, 11, 2), Money(300_000), "За осень")
    payment = record_payment(session, received, at=moment("2026-11-02 10:00"))
    before = [settlement_of(session, seller, one, AUTUMN) for one in (own.entity, sister)]
    assert [one.closing for one in before] == [Money(470_000), Money(-300_000)]
    put_to_invoice(session, payment.id, invoice.id, Money(200_000), at=LATER)
    back = pay_back(session, payment.id, Money(40_000), date(2026, 12, 11), "57", at=moment("2026-12-12 10:00"))
    reverse_payment(session, back.id, "Котова И. Л.", "Ошибка", at=moment("2026-12-13 10:00"))
    assert [settlement_of(session, seller, one, AUTUMN) for one in (own.entity, sister)] == before
    december = Term(date(2026, 12, 1), date(2027, 1, 1))
    told = {
        one.id: [(line.on.day, line.source, line.debit.minor, line.credit.minor) for line in found.lines]
        for one in (own.entity, sister)
        if (found := settlement_of(session, seller, one, december))
    }
    assert told == {
        own.entity.id: [(10, Source.PAYMENT, 0, 200_000)],
        sister.id: [
            (10, Source.PAYMENT, 200_000, 0),
            (11, Source.PAYMENT_BACK, 40_000, 0),
            (13, Source.PAYMENT_REVERSAL, 0, 40_000),
        ],
    }


def test_an_act_holds_what_was_settled_under_a_number_of_its_own_series_s13(session: Session) -> None:
    seller, own = a_shop(session)
    first, _ = settle_accounts(session, seller, own.entity.id, AUTUMN, at=LATER)
    second, paper = settle_accounts(
        session, seller, own.entity.id, Term(date(2026, 12, 1), date(2026, 12, 5)), at=LATER
    )
    assert (first.number, second.number, paper.number) == ("2026-0001", "2026-0002", "2026-0002")
    assert (first.opening_minor, first.debit_minor, first.credit_minor, first.closing_minor) == (
        0,
        470_000,
        0,
        470_000,
    )
    assert (second.opening_minor, second.closing_minor) == (470_000, 470_000)
    assert list(number_breaches(session)) == []


def test_what_cannot_be_reconciled_is_refused_p1(session: Session) -> None:
    seller, own = a_shop(session)
    future = Term(date(2026, 10, 1), date(2026, 12, 12))
    with refused(session, "FIELD_WRONG", field="last_day", allowed="2026-12-10 or earlier"):
        settle_accounts(session, seller, own.entity.id, future, at=LATER)
    with refused(session, "FIELD_WRONG", field="currency"):
        settle_accounts(session, seller, own.entity.id, AUTUMN, "XXX", at=LATER)
    with refused(session, "ENTITY_UNKNOWN", field="entity_id"):
        settle_accounts(session, seller, 999, AUTUMN, at=LATER)


@pytest.mark.parametrize("currency", ["RUB", "EUR"])
def test_an_entity_without_papers_owes_nothing_in_any_currency(session: Session, currency: str) -> None:
    seller, _ = a_shop(session)
    other = a_client(session, "Лютик")
    act, _ = settle_accounts(session, seller, other.entity.id, AUTUMN, currency, at=LATER)
    assert (act.closing_minor, act.currency) == (0, currency)


def test_acts_issued_at_once_leave_no_gap_e6(engine: Engine) -> None:
    with transaction(engine) as session:
        seller, own = a_shop(session)
        seller_id, entity_id = seller.id, own.entity.id

    def issue(session: Session) -> str:
        act, _ = settle_accounts(session, session.get_one(Seller, seller_id), entity_id, AUTUMN, at=LATER)
        return act.number

    numbers = at_once(engine, *[issue] * 4)
    assert sorted(numbers) == [f"2026-000{number}" for number in range(1, 5)]
    with transaction(engine) as session:
        stored = session.exec(select(ReconciliationAct.sequence).order_by(col(ReconciliationAct.sequence)))
        assert stored.all() == [1, 2, 3, 4]


def test_amounts_above_32_bits_are_billed_paid_and_reconciled_m1(session: Session) -> None:
    its_catalogue(session)
    a_plan(session)
    seller, own, at = a_seller(session), a_client(session), moment("2026-10-01 09:00")
    price = Money(30_000_000_00)
    order = an_order(seller, own, starts_on=AUTUMN.starts_on, price=price)
    invoice = sell_subscription(session, order, at=at).invoice
    received = Received(seller.id, own.entity.id, "118", date(2026, 10, 1), price, "За год")
    put_to_invoice(session, record_payment(session, received, at=at).id, invoice.id, at=at)
    closed(session, seller, own, AUTUMN.starts_on)
    act, _ = settle_accounts(session, seller, own.entity.id, AUTUMN, at=LATER)
    october = price.share(31, 365).minor
    assert (act.debit_minor, act.credit_minor, act.closing_minor) == (october, price.minor, october - price.minor)
