"""H14: what a preview shows is what the statement of the month then says, also in money."""

from datetime import date
from typing import Any

import pytest
from sqlmodel import Session, select

from billing.month import Closed
from billing.previewing import MovedWork, moved_by
from contracts.parties import Seller
from entitlements.case_states import CaseState
from entitlements.hours_facts import Charge, LotOrigin, Parts
from entitlements.over_limit import decide_case
from entitlements.over_limit_facts import list_cases
from entitlements.statements import StatementLine
from entitlements.work import WorkEntry
from tests.builders import (
    Customer,
    a_client,
    a_plan,
    a_sale,
    a_seller,
    closed,
    held,
    its_catalogue,
    moment,
    worked,
)

OCTOBER = date(2026, 10, 1)
AT = moment("2026-10-29 12:00")


@pytest.fixture
def seller(session: Session) -> Seller:
    its_catalogue(session)
    a_plan(session)
    return a_seller(session)


def a_customer(session: Session, seller: Seller, plan_code: str = "support") -> Customer:
    """A client with an hour a month and two works of October that use up most of it."""
    customer = a_client(session)
    a_sale(session, seller, customer, plan_code, at=moment("2026-09-01 12:00"), starts_on=OCTOBER)
    worked(session, customer, "2026-10-20 10:00", 30, external_id="SD-A")
    worked(session, customer, "2026-10-27 10:00", 45, external_id="SD-B")
    return customer


def shown(session: Session, customer: Customer, started: str, minutes: int, **changes: Any) -> MovedWork:
    """What the work would move; it is undone."""
    with session.begin_nested() as trial:
        moved = moved_by(session, worked(session, customer, started, minutes, at=AT, **changes), at=AT)
        trial.rollback()
    return moved


def october_closed(session: Session, seller: Seller, customer: Customer) -> tuple[Closed, dict[tuple[str, int], int]]:
    """October as it would be closed now, with the amounts of its lines by event; it is undone."""
    with session.begin_nested() as trial:
        done = closed(session, seller, customer, OCTOBER)
        assert done is not None
        session.refresh(done.statement)
        lines = session.exec(
            select(WorkEntry.external_id, WorkEntry.revision, StatementLine.amount_minor).join(StatementLine)
        ).all()
        session.expunge_all()
        trial.rollback()
    return done, {(external_id, revision): amount for external_id, revision, amount in lines}


@pytest.mark.parametrize(
    ("started", "minutes", "changes", "difference"),
    [
        ("2026-10-05 10:00", 45, {}, {"RUB": "2025.00"}),
        ("2026-10-28 10:00", 7, {"charge": Charge.PAID}, {"RUB": "675.00"}),
        ("2026-10-28 10:00", 90, {"charge": Charge.GOODWILL}, {}),
        ("2026-10-20 10:00", 0, {"external_id": "SD-A"}, {"RUB": "-675.00"}),
        ("2026-10-27 10:00", 120, {"external_id": "SD-B"}, {"RUB": "3375.00"}),
    ],
)
def test_the_statement_says_what_was_shown_h14(
    session: Session, seller: Seller, started: str, minutes: int, changes: dict[str, Any], difference: dict[str, str]
) -> None:
    changes = {"external_id": "SD-C"} | changes
    customer = a_customer(session, seller)
    moved = shown(session, customer, started, minutes, **changes)
    assert {currency: str(amount) for currency, amount in moved.difference.items()} == difference
    before, _ = october_closed(session, seller, customer)
    worked(session, customer, started, minutes, at=AT, **changes)
    after, amounts = october_closed(session, seller, customer)
    for line in moved.hours.lines:
        shown_amount = moved.amounts[line.entry.id].after
        assert amounts.get((line.entry.external_id, line.entry.revision)) == (
            None if shown_amount is None else shown_amount.minor
        )
    total = sum(amount.minor for amount in moved.difference.values())
    assert after.statement.total_minor - before.statement.total_minor == total
    assert after.statement.overage_minutes - before.statement.overage_minutes == moved.hours.overage_minutes


def test_a_correction_of_a_closed_month_moves_the_open_one_h10_h14(session: Session, seller: Seller) -> None:
    """Thirty minutes of October come back as goodwill of November; its statement is not touched."""
    customer = a_customer(session, seller)
    closed(session, seller, customer, OCTOBER)
    moved = shown(session, customer, "2026-10-20 10:00", 0, external_id="SD-A")
    assert [(line.entry.counts_on, line.after) for line in moved.hours.lines] == [
        (date(2026, 11, 1), Parts(goodwill_minutes=-30))
    ]
    assert [(one.lot.origin, one.before) for one in moved.hours.lots] == [(LotOrigin.RETURNED, None)]
    assert moved.difference == {}


def test_work_that_is_known_as_it_is_moves_nothing_h14(session: Session, seller: Seller) -> None:
    customer = a_customer(session, seller)
    moved = shown(session, customer, "2026-10-27 10:00", 45, external_id="SD-B")
    assert (moved.hours.lines, moved.hours.lots, moved.difference) == ((), (), {})


def test_overage_of_a_forgiven_month_is_shown_at_nothing_d6_h14(session: Session, seller: Seller) -> None:
    a_plan(session, "on-request", over_limit="approve")
    customer = a_customer(session, seller, "on-request")
    held(session, customer, "2026-10-28 10:00", 90)
    (case,) = list_cases(session, client_id=customer.id)
    decide_case(session, case.id, CaseState.FORGIVEN, decided_by="Орлова", at=AT)
    moved = shown(session, customer, "2026-10-28 15:00", 60)
    assert (moved.hours.overage_minutes, moved.difference) == (60, {})
