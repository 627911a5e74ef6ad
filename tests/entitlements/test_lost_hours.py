"""Minutes that nobody used: what burnt in a term and what will burn within a month; nothing else is lost (H6)."""

from datetime import date
from typing import Any

import pytest

from contracts.terms import Term
from entitlements.hours import account
from entitlements.hours_facts import GrantKind, HoursFacts, Lot
from entitlements.lost_hours import lost_minutes
from entitlements.rounding import RoundingPolicy
from tests.entitlements.facts_builders import MOSCOW, PLAN, lot, moment, monthly, work

TERM = Term(date(2026, 10, 1), date(2027, 1, 1))
OCTOBER_HOUR = {"kind": GrantKind.INCLUDED, "minutes": 60}


def lost(at: str, *lots: Lot, used: int = 0, term: Term = TERM) -> int:
    entries = (work("2026-10-05 10:00", used),) if used else ()
    facts = HoursFacts(MOSCOW, lots=lots, entries=entries, policies={PLAN: RoundingPolicy()})
    return lost_minutes(account(facts, moment(at)), term)


@pytest.mark.parametrize(
    ("at", "minutes"),
    [
        ("2026-10-01 10:00", 0),  # 31 days are left of October's hour
        ("2026-10-02 10:00", 60),
        ("2026-10-31 23:59", 60),
        ("2026-11-01 00:00", 120),  # October's burnt, November's lives 30 days more
        ("2027-01-01 00:00", 180),
    ],
)
def test_minutes_are_lost_when_they_burn_and_a_month_before(at: str, minutes: int) -> None:
    assert lost(at, *monthly(60, date(2026, 10, 1), 3)) == minutes


def test_what_was_used_is_not_lost() -> None:
    assert lost("2026-10-20", lot(**OCTOBER_HOUR), used=45) == 15


@pytest.mark.parametrize(
    ("changes", "minutes"),
    [
        ({"rollover_cap_minutes": 60, "rollover_ends_on": date(2027, 6, 1)}, 0),
        ({"rollover_cap_minutes": 20, "rollover_ends_on": date(2027, 6, 1)}, 40),
        ({"voided_on": date(2026, 10, 10)}, 0),
        ({"ends_on": date(2027, 5, 1)}, 0),
        ({"starts_on": date(2026, 9, 1)}, 0),  # it burnt before the term
    ],
)
def test_what_rolls_over_is_taken_back_or_ends_elsewhere_is_not_lost(changes: dict[str, Any], minutes: int) -> None:
    assert lost("2026-10-20", lot(**(OCTOBER_HOUR | changes))) == minutes
