"""P6: where the plan asks, the client approves single entries before the close; nothing is refused because of it."""

from datetime import date

import pytest
from sqlmodel import Session

from contracts.parties import Seller
from entitlements.approving import approve_entry, list_entries, object_to_entry
from entitlements.entry_states import EntryState
from entitlements.statements import StatementLine
from entitlements.work import WorkEntry
from tests.builders import Customer, a_client, a_plan, a_sale, a_seller, closed, its_catalogue, moment, refused, worked

OCTOBER = date(2026, 10, 1)
AT = moment("2026-10-20 12:00")


@pytest.fixture
def seller(session: Session) -> Seller:
    its_catalogue(session)
    a_plan(session, entry_approval=True)
    a_plan(session, "silent")
    return a_seller(session)


@pytest.fixture
def customer(session: Session, seller: Seller) -> Customer:
    customer = a_client(session)
    a_sale(session, seller, customer, at=moment("2026-09-01 12:00"), starts_on=OCTOBER)
    return customer


def work(session: Session, customer: Customer, name: str, minutes: int = 30) -> WorkEntry:
    logged = worked(session, customer, "2026-10-05 10:00", minutes, external_id=name)
    assert logged.entry is not None
    return logged.entry


def states(session: Session, **chosen: object) -> list[tuple[int, EntryState]]:
    return [(one.worked_minutes, one.state) for one in list_entries(session, **chosen)]


def test_each_entry_is_answered_once_before_the_close_p6(session: Session, customer: Customer) -> None:
    first, second, _ = work(session, customer, "A", 10), work(session, customer, "B", 20), work(session, customer, "C")
    approve_entry(session, first.id, said_by="Седова", at=AT)
    object_to_entry(session, second.id, text="Никто не приезжал", said_by="Седова", at=AT)
    assert states(session) == [
        (10, EntryState.APPROVED),
        (20, EntryState.OBJECTED),
        (30, EntryState.AWAITING),
    ]
    assert states(session, state=EntryState.AWAITING) == [(30, EntryState.AWAITING)]
    assert states(session, state=EntryState.OBJECTED, client_id=customer.id) == [(20, EntryState.OBJECTED)]
    assert states(session, after=second.id) == [(30, EntryState.AWAITING)]
    with refused(session, "ENTRY_ANSWERED", stance="objected", said_by="Седова"):
        approve_entry(session, second.id, said_by="Седова", at=AT)


def test_an_entry_that_is_corrected_is_asked_about_anew_p6_h10(session: Session, customer: Customer) -> None:
    first = work(session, customer, "A", 20)
    object_to_entry(session, first.id, text="Было десять", said_by="Седова", at=AT)
    anew = work(session, customer, "A", 10)
    assert states(session) == [(10, EntryState.AWAITING)]
    with refused(session, "WORK_CORRECTED", field="entry_id"):
        approve_entry(session, first.id, said_by="Седова", at=AT)
    approve_entry(session, anew.id, said_by="Седова", at=AT)


def test_what_is_closed_unknown_or_not_asked_about_takes_no_answer_p6(
    session: Session, seller: Seller, customer: Customer
) -> None:
    other = a_client(session, "Василёк")
    a_sale(session, seller, other, "silent", at=moment("2026-09-01 12:00"), starts_on=OCTOBER)
    silent, asked = work(session, other, "S"), work(session, customer, "A")
    with refused(session, "APPROVAL_NOT_ASKED", field="entry_id"):
        approve_entry(session, silent.id, said_by="Седова", at=AT)
    with refused(session, "ENTRY_UNKNOWN", field="entry_id", value=999):
        approve_entry(session, 999, said_by="Седова", at=AT)
    for wrong in ({"said_by": " ", "text": "Нет"}, {"said_by": "Седова", "text": ""}):
        with refused(session, "TEXT_WRONG"):
            object_to_entry(session, asked.id, **wrong, at=AT)
    closed(session, seller, customer, OCTOBER)
    with refused(session, "ENTRY_CLOSED", field="entry_id"):
        approve_entry(session, asked.id, said_by="Седова", at=moment("2026-11-02"))
    assert states(session) == []


def test_what_nobody_approved_is_billed_all_the_same_p6_h12(
    session: Session, seller: Seller, customer: Customer
) -> None:
    objected = work(session, customer, "A", 90)
    object_to_entry(session, objected.id, text="Долго", said_by="Седова", at=AT)
    month = closed(session, seller, customer, OCTOBER)
    assert month is not None
    line = session.get_one(StatementLine, 1)
    assert (line.billed_minutes, line.overage_minutes) == (90, 30)
