"""A year of real work, end to end: sold, imported, closed month by month, reconciled (H10, M6, E1 to E7).

The file is other people's data and no part of the product: the tests skip where it is absent. What the statements must
say is computed here once more, by other and simpler means.
"""

import csv
import os
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import holidays
import pytest
from sqlalchemy import Engine
from sqlmodel import select

from api.database import reading, transaction
from api.journeys import sell_subscription
from api.month_journeys import close_months
from api.reconcile import exceptions
from contracts.enrolling import add_client, add_entity
from contracts.money import Money
from contracts.parties import Client
from contracts.selling import Order
from contracts.spreadsheet import read_spreadsheet
from entitlements.importing import Imported, import_work
from entitlements.statements import Statement
from entitlements.work_file import WorkFile, read_work
from entitlements.work_mapping import WorkMapping
from tests.builders import MOSCOW, a_seller, an_inn, its_catalogue, moment

FILE = Path(os.environ.get("TEST_WORKLOG", Path(__file__).parents[3] / "shared" / "data" / "worklog.csv"))
MAPPING = WorkMapping({"charge": ("category",)}, {"charge": {"Operational": "draw", "Development": "paid"}})
AFTERWARDS = moment("2007-01-10 10:00")
INCLUDED, HALF_AN_HOUR, HALF_AN_HOUR_MINOR = 480, 30, 1_350_00
"""The plan service-8h: eight hours a month, billed by half hours, beyond them for 2 700.00 an hour."""

pytestmark = pytest.mark.skipif(not FILE.exists(), reason=f"no file of real work at {FILE}; TEST_WORKLOG names another")


@dataclass(frozen=True, slots=True)
class Expected:
    """What a client's month must come to: opening, drawn by grants, overage, paid minutes, kopecks."""

    opening: int
    used: int
    overage: int
    paid: int
    total_minor: int


def billed_minutes(hours: str, day: date) -> int:
    """Decimal hours, twice as much on a day off, up to the next half an hour (H2, H3)."""
    worked = int((Decimal(hours) * 60).quantize(Decimal(1), ROUND_HALF_UP))
    worked *= 1 if holidays.country_holidays("RU", years=day.year).is_working_day(day) else 2
    return -(-worked // HALF_AN_HOUR) * HALF_AN_HOUR


def expected_months(last_month: int) -> Iterator[tuple[tuple[str, int], Expected]]:
    """Each client's months: what is left of one month's hours serves in the next, and no longer (H6)."""
    billed: dict[tuple[str, int, str], int] = defaultdict(int)
    with FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            day = date.fromisoformat(row["worked_on"])
            billed[row["client"], day.month, row["category"]] += billed_minutes(row["hours"], day)
    for client in sorted({client for client, _, _ in billed}):
        rolled = 0
        for month in range(1, last_month + 1):
            operational, paid = billed[client, month, "Operational"], billed[client, month, "Development"]
            overage = max(0, operational - rolled - INCLUDED)
            total_minor = (overage + paid) // HALF_AN_HOUR * HALF_AN_HOUR_MINOR
            yield (client, month), Expected(rolled, operational - overage, overage, paid, total_minor)
            rolled = INCLUDED - max(0, operational - overage - rolled)


def the_work(last_month: int) -> WorkFile:
    """The rows of the first months, as the product reads them."""
    read = read_work(read_spreadsheet(FILE.read_bytes()), MAPPING)
    assert (len(read.rows), read.faults) == (1612, ())
    return replace(read, rows=tuple(row for row in read.rows if row.worked_on.month <= last_month))


def sold_to_everyone(engine: Engine, work: WorkFile) -> int:
    """A seller who sold every client of the file eight hours a month for 2006; returns its id."""
    with transaction(engine) as session:
        its_catalogue(session)
        seller = a_seller(session)
        for name in sorted({row.client for row in work.rows}):
            client = add_client(session, name, at=moment("2005-12-01"), locale="en")
            entity = add_entity(session, client.id, {"name": f"{name} Ltd", "inn": an_inn(), "kpp": "770901001"})
            order = Order(seller.id, entity.id, "service-8h", 12, (), date(2006, 1, 1), Money(180_000_00))
            sell_subscription(session, order, at=moment("2005-12-28 12:00"))
        return seller.id


def imported(engine: Engine, work: WorkFile) -> Imported:
    with transaction(engine) as session:
        return import_work(session, work, time_zone=MOSCOW, at=AFTERWARDS)


@pytest.mark.parametrize("last_month", [2, pytest.param(12, marks=pytest.mark.long)])
def test_real_work_is_imported_closed_and_reconciled(engine: Engine, last_month: int) -> None:
    work = the_work(last_month)
    seller_id = sold_to_everyone(engine, work)
    assert imported(engine, work).new == len(work.rows)
    assert imported(engine, work).unchanged == len(work.rows)
    through = date(2006, last_month, 1)
    report = close_months(engine, seller_id, through, clock=lambda: AFTERWARDS, tell=lambda *_: None)
    assert report.parked == ()
    assert exceptions(engine) == []
    with reading(engine) as session:
        rows = session.exec(select(Client.name, Statement).join(Statement)).all()
    sold_to = {row.client for row in work.rows}
    assert {
        (name, one.month.month): Expected(
            one.opening_minutes, one.used_minutes, one.overage_minutes, one.paid_minutes, one.total_minor
        )
        for name, one in rows
    } == {key: due for key, due in expected_months(last_month) if key[0] in sold_to}
    assert imported(engine, work).unchanged == len(work.rows)
