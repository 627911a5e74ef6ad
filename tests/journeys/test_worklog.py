"""A year of real work, end to end: sold, imported, closed twelve times, reconciled (H10, M6, E1 to E7).

The file is other people's data and is no part of the product: the tests skip where it is absent.
"""

import csv
import os
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine

from api.database import transaction
from api.journeys import sell_subscription
from contracts.enrolling import add_client, add_entity
from contracts.money import Money
from contracts.selling import Order
from entitlements.importing import Imported, import_work
from entitlements.spreadsheet import read_spreadsheet
from entitlements.work_file import WorkFile, read_work
from entitlements.work_mapping import WorkMapping
from tests.builders import MOSCOW, a_seller, an_inn, its_catalogue, moment

FILE = Path(os.environ.get("TEST_WORKLOG", Path(__file__).parents[3] / "shared" / "data" / "worklog.csv"))
MAPPING = WorkMapping(
    columns={"charge": ("category",)}, values={"charge": {"Operational": "draw", "Development": "paid"}}
)
AFTERWARDS = moment("2007-01-10 10:00")
YEAR = 12

pytestmark = pytest.mark.skipif(not FILE.exists(), reason=f"no file of real work at {FILE}; TEST_WORKLOG names another")


@dataclass(frozen=True)
class Row:
    """A row as this test reads it, by other means than the product."""

    client: str
    month: int
    minutes: int
    charge: str


def the_rows() -> list[Row]:
    with FILE.open(encoding="utf-8", newline="") as file:
        return [
            Row(row["client"], int(row["worked_on"][5:7]), in_minutes(row["hours"]), row["category"])
            for row in csv.DictReader(file)
        ]


def in_minutes(hours: str) -> int:
    return int((Decimal(hours) * 60).quantize(Decimal(1), ROUND_HALF_UP))


def the_work(last_month: int = YEAR) -> WorkFile:
    """The file as the product reads it; the rows of its first months only."""
    read = read_work(read_spreadsheet(FILE.read_bytes()), MAPPING)
    return replace(read, rows=tuple(row for row in read.rows if row.worked_on.month <= last_month))


def sold_to_everyone(engine: Engine, names: list[str]) -> int:
    """A seller who sold every client eight hours a month for 2006; returns its id."""
    with transaction(engine) as session:
        its_catalogue(session)
        seller = a_seller(session)
        for name in names:
            client = add_client(session, name, at=moment("2005-12-01"), locale="en")
            entity = add_entity(session, client.id, {"name": f"{name} Ltd", "inn": an_inn(), "kpp": "770901001"})
            order = Order(seller.id, entity.id, "service-8h", 12, (), date(2006, 1, 1), Money(180_000_00))
            sell_subscription(session, order, at=moment("2005-12-28 12:00"))
        return seller.id


def imported(engine: Engine, work: WorkFile) -> Imported:
    with transaction(engine) as session:
        return import_work(session, work, time_zone=MOSCOW, at=AFTERWARDS)
