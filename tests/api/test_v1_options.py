"""S8: an answer that payment would change says what is owed, to those who see money, and what it was then."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import select

from api.database import transaction
from billing.bills import Invoice
from billing.taking_payments import Put, Received, take_payment
from contracts.money import Money
from contracts.paying import mark_paid
from tests.api.conftest import House

CHECKS = "/v1/entitlement-checks"


@pytest.fixture
def owing(house: House) -> House:
    """The client's subscription of 12 000.00 was awaited on 04.10.2026 and is not paid by 20.10."""
    with transaction(house.engine) as session:
        mark_paid(session, house.sold.sale.subscription.id, date(2026, 10, 4), "по счёту", at=house.clock())
    house.clock.forward(days=15)
    return house


def invoice_of(house: House) -> Invoice:
    with transaction(house.engine) as session:
        own = select(Invoice).where(Invoice.subscription_id == house.sold.sale.subscription.id)
        return session.exec(own).one()


def paid(house: House, amount: int) -> None:
    invoice = invoice_of(house)
    received = Received(house.seller.id, house.own.entity.id, "17", date(2026, 10, 20), Money(amount), "оплата")
    with transaction(house.engine) as session:
        take_payment(session, received, [Put(invoice.id)], at=house.clock())
    house.clock.forward(minutes=1)


def asked(house: House, role: str, **changes: Any) -> Any:
    body = {"client": {"id": house.own.id}, "service": "consultation_line"} | changes
    answer = house.post(role, CHECKS, body).json()
    assert answer["reason"] == "PAYMENT_OVERDUE"
    return answer


def pay_of(answer: Any) -> tuple[str | None, str | None, str | None]:
    [option] = [one for one in answer["options"] if one["action"] == "pay"]
    return option["price"], option["currency"], option["invoice"]


@contextmanager
def selects(house: House) -> Iterator[list[str]]:
    """What the application's sessions select meanwhile; the check's own read is not among it."""
    seen: list[str] = []

    def note(*call: Any) -> None:
        seen.extend([call[2]] if call[2].startswith("SELECT") else [])

    event.listen(house.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(house.engine, "before_cursor_execute", note)


@pytest.mark.parametrize("mode", ["check", "hold"])
def test_what_is_owed_and_on_which_invoice_is_told_to_those_who_see_money_s8(owing: House, mode: str) -> None:
    number = invoice_of(owing).number
    for role in ("sales", "admin"):
        assert pay_of(asked(owing, role, mode=mode)) == ("12000.00", "RUB", number)
    assert pay_of(asked(owing, "desk", mode=mode)) == (None, None, None)
    assert "options" not in asked(owing, "verdict", mode=mode)


def test_a_part_payment_is_taken_off_and_an_earlier_answer_stays_as_it_was_d1(owing: House) -> None:
    first = asked(owing, "sales")
    owing.clock.forward(minutes=1)
    paid(owing, 500_000)
    assert pay_of(asked(owing, "sales"))[0] == "7000.00"
    assert pay_of(asked(owing, "sales", known_at=first["evaluated_at"]))[0] == "12000.00"
    again = owing.get("sales", f"{CHECKS}/{first['decision_id']}").json()
    assert pay_of(again) == pay_of(first)
    assert pay_of(owing.get("desk", f"{CHECKS}/{first['decision_id']}").json()) == (None, None, None)


def test_where_no_invoice_is_open_nothing_is_said_of_money_s8(owing: House) -> None:
    paid(owing, 1_200_000)
    with transaction(owing.engine) as session:
        mark_paid(session, owing.sold.sale.subscription.id, date(2026, 10, 4), "отозван", at=owing.clock())
    assert pay_of(asked(owing, "sales")) == (None, None, None)


def test_the_card_tells_what_is_owed_too_d5(owing: House) -> None:
    number = invoice_of(owing).number
    path = f"/v1/clients/{owing.own.id}/coverage"
    assert pay_of(owing.get("sales", path).json()) == ("12000.00", "RUB", number)
    assert pay_of(owing.get("desk", path).json()) == (None, None, None)


def test_a_key_that_sees_no_money_reads_nothing_more_d1(owing: House) -> None:
    asked(owing, "desk")
    owing.app.state.checking.writer._write_all()
    with selects(owing) as seen:
        asked(owing, "desk")
        asked(owing, "verdict")
    assert [one for one in seen if "invoice" in one] == []
