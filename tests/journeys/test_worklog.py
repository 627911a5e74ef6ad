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
from contracts.policies import IncludedPer
from contracts.selling import Order
from contracts.spreadsheet import read_spreadsheet
from entitlements.importing import Imported, import_work
from entitlements.statements import Statement
from entitlements.work_file import WorkFile, read_work
from entitlements.work_mapping import WorkMapping
from tests.builders import MOSCOW, a_plan, a_seller, an_inn, its_catalogue, moment

FILE = Path(os.environ.get("TEST_WORKLOG", Path(__file__).parents[3] / "shared" / "data" / "worklog.csv"))
MAPPING = WorkMapping({"charge": ("category",)}, {"charge": {"Operational": "draw", "Development": "paid"}})
AFTERWARDS = moment("2007-01-10 10:00")
A_MINUTE_MINOR = 45_00
"""Of work beyond the hours, under each of the plans: 2 700.00 an hour."""

pytestmark = pytest.mark.skipif(not FILE.exists(), reason=f"no file of real work at {FILE}; TEST_WORKLOG names another")


@dataclass(frozen=True, slots=True)
class Deal:
    """What a plan says of hours: how they are rounded and weighed, how many are given when, and whether they roll."""

    plan: str
    quantum: int
    minimum: int
    weekend: int
    included: int
    rolls: bool = False
    for_the_term: bool = False

    def billed_minutes(self, hours: str, day: date) -> int:
        """Decimal hours, more on a day off, at least the minimum, up to the next quantum (H2, H3)."""
        worked = int((Decimal(hours) * 60).quantize(Decimal(1), ROUND_HALF_UP))
        if not worked:
            return 0
        weight = 100 if holidays.country_holidays("RU", years=day.year).is_working_day(day) else self.weekend
        quanta = -(-worked * weight // (100 * self.quantum))
        return max(quanta, -(-self.minimum // self.quantum)) * self.quantum

    def given_minutes(self, month: int) -> int:
        """The minutes given in a month (H5)."""
        return self.included if month == 1 or not self.for_the_term else 0


DEALS = (
    Deal("service-8h", quantum=30, minimum=30, weekend=200, included=480, rolls=True),
    Deal("by-the-quarter", quantum=15, minimum=60, weekend=150, included=600),
    Deal("for-the-year", quantum=1, minimum=1, weekend=100, included=3_000, for_the_term=True),
)
"""The built-in plan of eight hours a month; one that burns them; one that gives all of a year at its start."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What a client's month must come to: opening, drawn by grants, overage, paid minutes, kopecks."""

    opening: int
    used: int
    overage: int
    paid: int
    total_minor: int


def expected_months(deal: Deal, last_month: int) -> Iterator[tuple[tuple[str, int], Expected]]:
    """Each client's months: what is left rolls into the next month only, stays until the term ends, or burns (H6)."""
    billed: dict[tuple[str, int, str], int] = defaultdict(int)
    with FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            day = date.fromisoformat(row["worked_on"])
            billed[row["client"], day.month, row["category"]] += deal.billed_minutes(row["hours"], day)
    for client in sorted({client for client, _, _ in billed}):
        opening = 0
        for month in range(1, last_month + 1):
            operational, paid = billed[client, month, "Operational"], billed[client, month, "Development"]
            given = deal.given_minutes(month)
            overage = max(0, operational - opening - given)
            used = operational - overage
            yield (client, month), Expected(opening, used, overage, paid, (overage + paid) * A_MINUTE_MINOR)
            if deal.for_the_term:
                opening += given - used
            else:
                opening = given - max(0, used - opening) if deal.rolls else 0


def the_work(last_month: int) -> WorkFile:
    """The rows of the first months, as the product reads them."""
    read = read_work(read_spreadsheet(FILE.read_bytes()), MAPPING)
    assert (len(read.rows), read.faults) == (1612, ())
    return replace(read, rows=tuple(row for row in read.rows if row.worked_on.month <= last_month))


def sold_to_everyone(engine: Engine, work: WorkFile, deal: Deal) -> int:
    """A seller who sold every client of the file the plan for 2006; returns its id."""
    with transaction(engine) as session:
        its_catalogue(session)
        if deal.plan != "service-8h":
            per = IncludedPer.TERM if deal.for_the_term else IncludedPer.SUBSCRIPTION_MONTH
            rates = {"quantum_minutes": deal.quantum, "minimum_minutes": deal.minimum, "weekend_percent": deal.weekend}
            given = {
                "included_minutes": deal.included,
                "included_per": per,
                "covers_registrations": False,
                "valid_from": "2005-01-01",
            }
            a_plan(session, deal.plan, **rates, **given)
        seller = a_seller(session)
        for name in sorted({row.client for row in work.rows}):
            client = add_client(session, name, at=moment("2005-12-01"), locale="en")
            entity = add_entity(session, client.id, {"name": f"{name} Ltd", "inn": an_inn(), "kpp": "770901001"})
            order = Order(seller.id, entity.id, deal.plan, 12, (), date(2006, 1, 1), Money(180_000_00))
            sell_subscription(session, order, at=moment("2005-12-28 12:00"))
        return seller.id


def imported(engine: Engine, work: WorkFile) -> Imported:
    with transaction(engine) as session:
        return import_work(session, work, time_zone=MOSCOW, at=AFTERWARDS)


SHORT = [pytest.param(deal, months, id=deal.plan) for deal, months in zip(DEALS, (2, 1, 1), strict=True)]
LONG = [pytest.param(deal, 12, id=f"{deal.plan}-all-year", marks=pytest.mark.long) for deal in DEALS]


@pytest.mark.parametrize(("deal", "last_month"), [*SHORT, *LONG])
def test_real_work_is_imported_closed_and_reconciled(engine: Engine, deal: Deal, last_month: int) -> None:
    work = the_work(last_month)
    seller_id = sold_to_everyone(engine, work, deal)
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
    } == {key: due for key, due in expected_months(deal, last_month) if key[0] in sold_to}
    assert imported(engine, work).unchanged == len(work.rows)
