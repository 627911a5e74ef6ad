"""A statement's entries say what was worked, what was billed and why, and what paid for it (P5, H3, H9, H10)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from contracts.enrolling import add_entity
from contracts.money import Money
from documents.entry_lines import DifferenceKind, DifferenceSheet, EntrySheet, PaidFrom, ShareSheet
from entitlements.approving import approve_entry, list_entries, object_to_entry
from entitlements.hours_facts import Charge
from entitlements.timing import Task, pause, resume, start, stop
from tests.builders import a_plan, an_inn, moment
from tests.documents.market import NOVEMBER, Market
from tests.documents.reading import whole_text

ROUNDING, MINIMUM, IN_HOURS, OUT_OF_HOURS, DAY_OFF, TICKET, TRAVEL, TRAVEL_FREE = DifferenceKind
WEEKDAY, EVENING, SATURDAY = "2026-10-05 10:00", "2026-10-05 18:30", "2026-10-10 10:00"


def reason(kind: DifferenceKind, minutes: int = 0, percent: int = 100) -> DifferenceSheet:
    return DifferenceSheet(kind, minutes, percent)


def test_an_entry_says_who_asked_whom_for_what(market: Market) -> None:
    market.sell()
    said = {"ticket": "SD-1042", "asked_by": "Громова Е. П.", "engineer": "Ильин А. С.", "channel": "email"}
    market.work(WEEKDAY, 10, summary="Не проводится поступление", **said)
    assert market.statement().entries == (
        EntrySheet(
            worked_on=date(2026, 10, 5),
            ticket="SD-1042",
            title="Не проводится поступление",
            asked_by="Громова Е. П.",
            worked_by="Ильин А. С.",
            channel="email",
            worked_minutes=10,
            billed_minutes=15,
            shares=(ShareSheet(PaidFrom.INCLUDED, 15),),
            amount=Money(0),
            differences=(reason(ROUNDING, 15),),
            service="Удалённая работа специалиста",
        ),
    )


@pytest.mark.parametrize(
    ("settings", "started", "minutes", "service", "billed", "reasons"),
    [
        ({}, WEEKDAY, 60, "remote_work", 60, []),
        ({}, WEEKDAY, 16, "remote_work", 30, [reason(ROUNDING, 15)]),
        ({"minimum_minutes": 30}, WEEKDAY, 10, "remote_work", 30, [reason(MINIMUM, 30)]),
        ({}, WEEKDAY, 35, "visit", 60, [reason(MINIMUM, 60)]),
        ({}, WEEKDAY, 61, "visit", 75, [reason(ROUNDING, 15)]),
        ({}, EVENING, 30, "remote_work", 45, [reason(OUT_OF_HOURS, percent=150)]),
        ({}, SATURDAY, 30, "remote_work", 60, [reason(DAY_OFF, percent=200)]),
        ({"weekend_percent": 300}, SATURDAY, 30, "remote_work", 90, [reason(DAY_OFF, percent=300)]),
        ({}, "2026-10-05 17:50", 20, "remote_work", 30, [reason(OUT_OF_HOURS, percent=150), reason(ROUNDING, 15)]),
        ({"in_hours_percent": 50}, WEEKDAY, 60, "remote_work", 30, [reason(IN_HOURS, percent=50)]),
        ({"out_of_hours_percent": 100}, EVENING, 30, "remote_work", 30, []),
        (
            {"in_hours_percent": 50},
            WEEKDAY,
            10,
            "remote_work",
            15,
            [reason(IN_HOURS, percent=50), reason(ROUNDING, 15)],
        ),
    ],
)
def test_billed_minutes_that_differ_say_why_h3(
    market: Market,
    settings: dict[str, Any],
    started: str,
    minutes: int,
    service: str,
    billed: int,
    reasons: Sequence[DifferenceSheet],
) -> None:
    a_plan(market.session, "rounding", **settings)
    market.sell("rounding")
    market.work(started, minutes, service=service)
    [entry] = market.statement().entries
    assert (entry.worked_minutes, entry.billed_minutes) == (minutes, billed)
    assert list(entry.differences) == reasons


@pytest.mark.parametrize(
    ("bills_travel", "worked", "started", "billed", "reasons"),
    [
        (True, 35, WEEKDAY, 75, [reason(TRAVEL, 40)]),
        (True, 45, WEEKDAY, 90, [reason(TRAVEL, 40), reason(ROUNDING, 15)]),
        (True, 4, WEEKDAY, 60, [reason(TRAVEL, 40), reason(MINIMUM, 60)]),
        (True, 60, EVENING, 135, [reason(TRAVEL, 40), reason(OUT_OF_HOURS, percent=150), reason(ROUNDING, 15)]),
        (False, 75, WEEKDAY, 75, [reason(TRAVEL_FREE, 40)]),
        (False, 35, WEEKDAY, 60, [reason(TRAVEL_FREE, 40), reason(MINIMUM, 60)]),
    ],
)
def test_the_way_to_a_visit_is_shown_and_billed_where_the_plan_says_so_h3(
    market: Market, bills_travel: bool, worked: int, started: str, billed: int, reasons: Sequence[DifferenceSheet]
) -> None:
    a_plan(market.session, "visits", bills_travel=bills_travel)
    market.sell("visits")
    market.work(started, worked, service="visit", travel_minutes=40)
    [entry] = market.statement().entries
    assert (entry.worked_minutes, entry.billed_minutes) == (worked, billed)
    assert list(entry.differences) == reasons


def test_a_way_that_is_taken_back_is_taken_back_with_its_visit_h10(market: Market) -> None:
    a_plan(market.session, "visits", bills_travel=True)
    market.sell("visits")
    market.work(WEEKDAY, 35, external_id="SD-1", service="visit", travel_minutes=40)
    market.statement()
    market.work(WEEKDAY, 35, external_id="SD-1", service="visit", travel_minutes=10, at=moment("2026-11-05 10:00"))
    back, anew = market.statement(NOVEMBER).entries
    assert [(one.billed_minutes, one.differences[0]) for one in (back, anew)] == [
        (-75, reason(TRAVEL, 40)),
        (60, reason(TRAVEL, 10)),
    ]


def test_the_pauses_of_a_timer_are_no_reason_for_a_difference_h3(market: Market) -> None:
    """Half an hour in the afternoon, and half an hour late in the evening."""
    market.sell()
    session, task = market.session, Task(market.customer.id, "Ильин А. С.", ticket="SD-1", service="remote_work")
    timer = start(session, task, at=moment("2026-10-05 16:30"))
    pause(session, timer.id, at=moment("2026-10-05 17:00"))
    resume(session, timer.id, at=moment("2026-10-05 21:00"))
    stop(session, timer.id, at=moment("2026-10-05 21:30"))
    [entry] = market.statement().entries
    assert (entry.worked_minutes, entry.billed_minutes) == (60, 75)
    assert entry.differences == (reason(OUT_OF_HOURS, percent=150),)


@pytest.mark.parametrize("scope", ["ticket", "ticket_day"])
def test_work_that_is_rounded_with_other_work_on_its_ticket_says_so_h3(market: Market, scope: str) -> None:
    a_plan(market.session, "together", rounding_scope=scope, quantum_minutes=30, minimum_minutes=30)
    market.sell("together")
    market.work("2026-10-05 10:00", 5, ticket="SD-1")
    market.work("2026-10-05 11:00", 5, ticket="SD-1")
    market.work("2026-10-05 12:00", 5)
    entries = market.statement().entries
    assert [entry.billed_minutes for entry in entries] == [30, 0, 30]
    assert [entry.differences for entry in entries] == [
        (reason(ROUNDING, 30),),
        (reason(TICKET),),
        (reason(ROUNDING, 30),),
    ]


@pytest.mark.parametrize(
    ("charge", "paid_from", "amount"),
    [
        (Charge.DRAW, PaidFrom.INCLUDED, Money(0)),
        (Charge.PAID, PaidFrom.PAID, Money(270_000)),
        (Charge.GOODWILL, PaidFrom.FREE, Money(0)),
        (Charge.OUT_OF_SCOPE, PaidFrom.OUT_OF_SCOPE, Money(0)),
    ],
)
def test_each_charge_has_a_column_of_its_own_h9(
    market: Market, charge: Charge, paid_from: PaidFrom, amount: Money
) -> None:
    market.sell()
    market.work(WEEKDAY, 60, charge=charge)
    sheet = market.statement()
    assert sheet.entries[0].shares == (ShareSheet(paid_from, 60),)
    assert sheet.total == sheet.entries[0].amount == amount
    assert sheet.entries[0].hour_rate == (Money(270_000) if amount.minor else None)


def test_work_of_a_closed_month_is_taken_back_and_entered_anew_h10(market: Market) -> None:
    market.sell()
    market.work(WEEKDAY, 70, external_id="SD-1", service="visit")
    assert market.statement().total == Money(67_500)
    market.work(WEEKDAY, 40, external_id="SD-1", service="visit", at=moment("2026-11-05 10:00"))
    back, anew = market.statement(NOVEMBER).entries
    assert (back.takes_back, back.worked_on, back.worked_minutes, back.billed_minutes) == (
        True,
        date(2026, 10, 5),
        -70,
        -75,
    )
    assert back.shares == (ShareSheet(PaidFrom.GOODWILL, -60), ShareSheet(PaidFrom.OVERAGE, -15))
    assert (back.amount, back.differences) == (Money(-67_500), (reason(ROUNDING, 15),))
    assert (anew.takes_back, anew.worked_on, anew.billed_minutes, anew.differences) == (
        False,
        date(2026, 10, 5),
        60,
        (reason(MINIMUM, 60),),
    )


def test_work_for_another_entity_than_the_one_that_signed_names_it_h8(market: Market) -> None:
    sister = add_entity(market.session, market.customer.id, {"name": "ООО «Лютик»", "inn": an_inn()})
    market.sell()
    market.work("2026-10-05 10:00", 15, entity_id=sister.id)
    market.work("2026-10-05 11:00", 15, entity_id=market.customer.entity.id)
    market.work("2026-10-05 12:00", 15)
    assert [entry.entity for entry in market.statement().entries] == ["ООО «Лютик»", "", ""]


def test_work_under_no_plan_is_explained_by_the_default_rounding(market: Market) -> None:
    market.work(WEEKDAY, 20, charge=Charge.GOODWILL, seller_id=market.seller.id, service="")
    [entry] = market.statement().entries
    assert (entry.billed_minutes, entry.differences, entry.service) == (30, (reason(ROUNDING, 15),), "")


def test_entries_that_the_client_did_not_approve_are_marked_p6(market: Market, render: Any) -> None:
    a_plan(market.session, "asking", entry_approval=True)
    market.sell("asking")
    for number, hour in enumerate(("10", "12", "14")):
        market.work(f"2026-10-05 {hour}:00", 15, external_id=str(number), ticket=f"SD-{number}")
    approved, objected, _ = (one.id for one in list_entries(market.session))
    at = moment("2026-10-06")
    approve_entry(market.session, approved, said_by="Седова", at=at)
    object_to_entry(market.session, objected, text="Нет", said_by="Седова", at=at)
    sheet = market.statement()
    assert [entry.approval for entry in sheet.entries] == ["approved", "objected", "awaiting"]
    for language, words in {"ru": ("клиент возразил", "не согласована"), "en": ("client objected", "not app")}.items():
        text = whole_text(render("statement", sheet, language))
        assert [text.count(said) for said in words] == [1, 1]
