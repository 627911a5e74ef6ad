"""What is not served comes back from the invoice that charged it, what was used stays in its acts (S9, S11, M4)."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from api.journeys import amend_subscription, cancel_subscription, sell_subscription
from billing.bills import Act, ActLine, CreditNote, Invoice
from billing.equations import sum_breaches
from billing.money_equations import journal_breaches, payment_breaches
from contracts.amending import Change
from contracts.money import Money
from contracts.terms import next_month
from tests.builders import a_client, a_plan, a_seller, an_order, closed, its_catalogue, moment
from tests.journeys.money_rules import Money as Rows
from tests.journeys.money_rules import m2_a_note_takes_off_what_was_charged_at_its_rates

WHO = ("Котова И. Л.", "Закрытие")
Amendments = Sequence[tuple[str, str]]
"""The days from which a term costs so much as a whole."""
DEARER = ("2026-11-15", "24000.00")


def story(
    session: Session, starts_on: str, amendments: Amendments, last_day: str, **plan: Any
) -> list[tuple[str, int]]:
    """A year for 12 000.00, amended, and cancelled on its last day: what goes off which kind of invoice; all months of
    it closed."""
    its_catalogue(session)
    a_plan(session, **plan)
    seller, own = a_seller(session), a_client(session)
    first, end = date.fromisoformat(starts_on), date.fromisoformat(last_day)
    sold_on = first - timedelta(days=30)
    order = an_order(seller, own, starts_on=first)
    sold = sell_subscription(session, order, at=moment(f"{sold_on} 12:00")).sale.subscription
    on, month = sold_on, sold_on.replace(day=1)
    done = [(date.fromisoformat(day), price) for day, price in amendments]
    notes = list[CreditNote]()
    while month <= end + timedelta(days=90):
        for day, price in done:
            if min(day, end).replace(day=1) == month:
                on = max(min(day, end), on)
                change = Change(day, *WHO, price=Money.parse(price))
                amend_subscription(session, sold.id, change, at=moment(f"{on} 12:00"))
        if max(end, sold_on).replace(day=1) == month:
            at = moment(f"{max(end, on)} 13:00")
            notes = cancel_subscription(session, sold.id, end, *WHO, at=at).credit_notes
        closed(session, seller, own, month)
        month = next_month(month)
    kinds = {one.id: one.kind.value for one in session.exec(select(Invoice))}
    return [(kinds[note.invoice_id], note.total_minor) for note in notes]


def below_zero(session: Session) -> Iterator[str]:
    """Lines of acts that take back what earlier acts accepted."""
    rows = select(Act.number, ActLine.amount_minor).join(ActLine, col(ActLine.act_id) == col(Act.id))
    yield from (f"act {number}: {minor}" for number, minor in session.exec(rows) if minor < 0)


BY_TERM_PRICE = {
    "refund": "by_term_price",
    "prices": [{"term_months": 6, "price": "7000.00"}, {"term_months": 12, "price": "12000.00"}],
}


@pytest.mark.parametrize(
    ("starts_on", "amendments", "last_day", "plan", "credited"),
    [
        ("2026-10-01", [DEARER], "2026-12-31", {}, [("amendment", 8975_34), ("subscription", 9000_00)]),
        (
            *("2026-10-01", [DEARER], "2026-12-31", {"refund": "unused_days"}),
            [("amendment", 8975_34), ("subscription", 8975_34)],
        ),
        ("2026-10-01", [DEARER], "2026-12-31", BY_TERM_PRICE, [("amendment", 8975_34), ("subscription", 5000_00)]),
        (
            *("2026-10-01", [DEARER, ("2026-12-01", "30000.00")], "2026-12-31", {}),
            [("amendment", 4487_67), ("amendment", 8975_34), ("subscription", 9000_00)],
        ),
        (
            *("2026-10-01", [("2026-11-01", "6000.00")], "2026-12-31", {}),
            [("subscription", 4512_33)],
        ),
        (
            *("2026-10-01", [DEARER, ("2026-12-01", "18000.00")], "2026-12-31", {}),
            [("amendment", 4487_67), ("subscription", 9000_00)],
        ),
        ("2026-10-01", [DEARER], "2026-09-30", {}, [("amendment", 10520_55), ("subscription", 12000_00)]),
        ("2026-10-01", [DEARER], "2026-11-05", {}, [("amendment", 10520_55), ("subscription", 10000_00)]),
        (
            "2026-10-01",
            [("2026-11-15", "12100.00")],
            "2026-12-31",
            {},
            [("amendment", 74_79), ("subscription", 9000_00)],
        ),
        (
            "2025-10-01",
            [("2025-11-15", "24000.00")],
            "2025-12-20",
            {},
            [("amendment", 9336_98), ("subscription", 9000_01)],
        ),
    ],
    ids=[
        *("by months", "by days", "by the price of a term", "two amendments", "cheaper", "dearer, then cheaper"),
        *("before the first day", "before the amendment", "a small amendment", "over New Year"),
    ],
)
def test_each_invoice_gives_back_what_it_charged_for_the_days_left_and_used_ones_stay_s11_m4(
    session: Session,
    starts_on: str,
    amendments: Amendments,
    last_day: str,
    plan: dict[str, Any],
    credited: list[tuple[str, int]],
) -> None:
    found = story(session, starts_on, amendments, last_day, **plan)
    assert found == credited
    assert list(below_zero(session)) == []
    assert list(m2_a_note_takes_off_what_was_charged_at_its_rates(session, Rows(session))) == []
    assert [*sum_breaches(session), *payment_breaches(session), *journal_breaches(session)] == []
