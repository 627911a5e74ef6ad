"""A line of the pipeline with every fact, for the papers and files that tell it."""

from dataclasses import replace
from datetime import date
from typing import Any

from billing.pipeline import Line, Risk
from contracts.money import Money
from contracts.standing import Standing

LINE = Line(
    subscription_id=12,
    client_id=3,
    client="Ромашка",
    manager="Котова И. Л.",
    seller_id=1,
    seller="north",
    seller_inn="7736207543",
    contract_number="2026-0001",
    plan="its-prof",
    plan_version_id=1,
    registrations=("800123456", "800123457"),
    sold_on=date(2026, 3, 20),
    starts_on=date(2026, 4, 1),
    last_day=date(2027, 3, 31),
    days_left=60,
    term_months=12,
    last_price=Money(3_000_000),
    price=Money(3_381_600),
    standing=Standing.EXPIRING,
    renewed=False,
    risks={Risk.HOURS_REFUSED: 2, Risk.HOURS_LOST: 95},
)


def a_line(**changes: Any) -> Line:
    """The line with some other facts."""
    return replace(LINE, **changes)
