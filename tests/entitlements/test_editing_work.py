"""H10: many entries are edited at once by reversal, all of them or none, while their months are open."""

from datetime import date
from typing import Any

import pytest
from sqlmodel import Session, col, select

from contracts.parties import Seller
from entitlements.editing_work import Change, ChosenWork, Edited, edit_work
from entitlements.equations import hours_breaches
from entitlements.hours_facts import Charge
from entitlements.timing import Task, pause, resume, start, stop
from entitlements.work import WorkEntry
from tests.builders import (
    Customer,
    a_client,
    a_plan,
    a_sale,
    a_seller,
    closed,
    its_catalogue,
    moment,
    refused,
    worked,
)

OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)
AT = moment("2026-10-29 12:00")


@pytest.fixture
def seller(session: Session) -> Seller:
    its_catalogue(session)
    a_plan(session)
    return a_seller(session)


def a_customer(session: Session, seller: Seller, name: str = "Ромашка") -> Customer:
    customer = a_client(session, name)
    a_sale(session, seller, customer, at=moment("2026-09-01 12:00"), starts_on=OCTOBER)
    return customer


@pytest.fixture
def customer(session: Session, seller: Seller) -> Customer:
    """A client with three works of October, two of them of one ticket."""
    customer = a_customer(session, seller)
    worked(session, customer, "2026-10-20 10:00", 30, external_id="A", ticket="SD-1", engineer="Ильин")
    worked(session, customer, "2026-10-21 10:00", 45, external_id="B", ticket="SD-1", engineer="Котова", source="mail")
    worked(session, customer, "2026-10-22 10:00", 20, external_id="C", ticket="SD-2", engineer="Ильин")
    return customer


def standing(session: Session) -> dict[str, tuple[Any, ...]]:
    """What stands of each event: its client, charge, service, ticket, minutes and revision."""
    last = {row.external_id: row for row in session.exec(select(WorkEntry).order_by(col(WorkEntry.id)))}
    assert all(row.reverses_id is None for row in last.values())
    return {
        name: (row.client_id, row.charge, row.service, row.ticket, row.worked_minutes, row.revision)
        for name, row in last.items()
    }


def edited(session: Session, chosen: ChosenWork, **changes: Any) -> list[Edited]:
    return edit_work(session, chosen, Change(**changes), at=AT)


def test_all_that_fit_are_reversed_and_entered_anew_h10(session: Session, customer: Customer) -> None:
    made = edited(session, ChosenWork(ticket="SD-1"), charge=Charge.GOODWILL, service="visit", ticket="SD-9")
    assert [(one.before.external_id, one.logged.reversal.reverses_id) for one in made] == [
        (one.before.external_id, one.before.id) for one in made
    ]
    assert standing(session) == {
        "A": (customer.id, Charge.GOODWILL, "visit", "SD-9", 30, 3),
        "B": (customer.id, Charge.GOODWILL, "visit", "SD-9", 45, 3),
        "C": (customer.id, Charge.DRAW, "remote_work", "SD-2", 20, 1),
    }
    assert [entry.minimum_minutes for entry in (made[0].logged.entry,) if entry] == [60]  # a visit has its own
    assert edited(session, ChosenWork(ticket="SD-9"), charge=Charge.GOODWILL) == []


@pytest.mark.parametrize(
    ("chosen", "names"),
    [
        ({"engineer": "Ильин"}, "AC"),
        ({"engineer": "Ильин", "ticket": "SD-1"}, "A"),
        ({"source": "mail"}, "B"),
        ({"first_day": date(2026, 10, 21)}, "BC"),
        ({"last_day": date(2026, 10, 21)}, "AB"),
        ({"service": "remote_work", "charge": Charge.DRAW}, "ABC"),
        ({"entry_ids": [1, 3]}, "AC"),
        ({"seller_id": 1}, "ABC"),
    ],
)
def test_what_fits_all_that_is_named_is_edited(
    session: Session, customer: Customer, chosen: dict[str, Any], names: str
) -> None:
    made = edited(session, ChosenWork(**chosen), charge=Charge.PAID)
    assert [one.before.external_id for one in made] == list(names)


def test_work_moves_to_another_client_and_keeps_its_event_h10(
    session: Session, seller: Seller, customer: Customer
) -> None:
    other = a_customer(session, seller, "Василёк")
    edited(session, ChosenWork(customer.id, ticket="SD-1"), client_id=other.id, entity_id=other.entity.id)
    assert {name: row[0] for name, row in standing(session).items()} == {
        "A": other.id,
        "B": other.id,
        "C": customer.id,
    }
    with refused(session, "EXTERNAL_ID_TAKEN", field="external_id", value="A"):
        worked(session, customer, "2026-10-20 10:00", 60, external_id="A", ticket="SD-1")
    with refused(session, "ENTITY_UNKNOWN", field="entity_id"):
        edited(session, ChosenWork(customer.id), entity_id=other.entity.id)
    for one in (customer, other):
        closed(session, seller, one, OCTOBER)
    assert list(hours_breaches(session, at=AT, tell=lambda *_: None)) == []


def test_one_work_of_a_closed_month_and_none_is_changed_h10(
    session: Session, seller: Seller, customer: Customer
) -> None:
    closed(session, seller, customer, OCTOBER)
    late = worked(session, customer, "2026-10-30 10:00", 15, external_id="D", engineer="Ильин", at=moment("2026-11-02"))
    worked(session, customer, "2026-11-02 10:00", 15, external_id="E", engineer="Ильин")
    with refused(session, "WORK_MONTH_CLOSED", entries=["desk A, 2026-10", "desk C, 2026-10"]):
        edit_work(session, ChosenWork(engineer="Ильин"), Change(ticket="SD-3"), at=moment("2026-11-03 10:00"))
    assert late.entry is not None
    since = ChosenWork(engineer="Ильин", entry_ids=[late.entry.id])  # it counts in November
    (made,) = edit_work(session, since, Change(ticket="SD-3"), at=moment("2026-11-03 10:00"))
    assert made.logged.entry is not None
    assert (made.logged.entry.ticket, made.logged.entry.counts_on) == ("SD-3", NOVEMBER)


def test_an_edit_names_what_it_means_and_what_it_changes(session: Session, customer: Customer) -> None:
    with refused(session, "CHOICE_REQUIRED", field="chosen"):
        edited(session, ChosenWork(), charge=Charge.PAID)
    with refused(session, "CHANGE_REQUIRED", field="change"):
        edited(session, ChosenWork(ticket="SD-1"))
    with refused(session, "MINUTES_WRONG", field="worked_minutes", value=0):
        edited(session, ChosenWork(ticket="SD-1"), worked_minutes=0)
    for name in ("chosen", "change"):
        with refused(session, "CLIENT_UNKNOWN", field=f"{name}.client_id"):
            given = {"chosen": ChosenWork(ticket="SD-1"), "change": Change(ticket="SD-2")}
            given[name] = type(given[name])(client_id=999)
            edit_work(session, **given, at=AT)


def test_more_than_can_be_edited_at_once_are_refused(
    session: Session, customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("entitlements.editing_work.MOST_ENTRIES", 2)
    with refused(session, "TOO_MANY_ENTRIES", field="chosen", allowed=2):
        edited(session, ChosenWork(client_id=customer.id), charge=Charge.PAID)
    assert len(edited(session, ChosenWork(ticket="SD-1"), charge=Charge.PAID)) == 2


def test_what_a_timer_measured_keeps_its_rate_zones_h3(session: Session, customer: Customer) -> None:
    timer = start(
        session, Task(customer.id, "Ильин", ticket="SD-5", service="remote_work"), at=moment("2026-10-05 16:30")
    )
    pause(session, timer.id, at=moment("2026-10-05 17:00"))
    resume(session, timer.id, at=moment("2026-10-05 21:00"))
    stop(session, timer.id, at=moment("2026-10-05 21:30"))
    (made,) = edited(session, ChosenWork(ticket="SD-5"), ticket="SD-6")
    assert made.logged.entry is not None
    assert made.logged.entry.weighted_hundredths == 30 * 100 + 30 * 150
    (made,) = edited(session, ChosenWork(ticket="SD-6"), worked_minutes=20)
    assert made.logged.entry is not None
    assert made.logged.entry.weighted_hundredths == 20 * 100
