"""What is taken off goes to invoices in order, to each as much as it is worth; each part has its own tax (M1, M4)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.invoice_lines import ChargedWork, LineAmounts, work_line
from billing.spreading import TakenOff, spread
from billing.tax import Taxation
from contracts.money import Money
from contracts.tax_modes import TaxMode

TAXED = Taxation("RU", ((date(2000, 1, 1), TaxMode.GENERAL),))
OCTOBER = date(2026, 10, 5)


def hours(minutes: int, on: date = OCTOBER) -> LineAmounts:
    """Work at 2 700.00 an hour."""
    return work_line(ChargedWork(on, minutes, Money(270_000)), TAXED)


@pytest.mark.parametrize(
    ("worth", "order", "parts"),
    [
        ({1: 2700_00}, [1], {1: [(60, 2700_00, 486_89)]}),
        ({1: 9000_00, 2: 9000_00}, [2, 1], {2: [(60, 2700_00, 486_89)]}),
        ({1: 9000_00, 2: 700_00}, [2, 1], {2: [(None, 700_00, 126_23)], 1: [(None, 2000_00, 360_66)]}),
        ({1: 9000_00, 2: 0}, [2, 1], {1: [(60, 2700_00, 486_89)]}),
        ({1: 100_00}, [1], {1: [(None, 100_00, 18_03)]}),
        ({}, [], {}),
    ],
)
def test_a_line_goes_to_invoices_in_their_order_by_what_they_are_worth_m4(
    worth: dict[int, int], order: list[int], parts: dict[int, list[tuple[int | None, int, int]]]
) -> None:
    found = spread([(TakenOff(hours(60), 7), order)], {of: Money(minor) for of, minor in worth.items()})
    assert {
        of: [(one.line.quantity_minutes, one.line.amount.minor, one.line.tax.minor) for one in notes]
        for of, notes in found.items()
    } == parts
    assert {one.statement_line_id for notes in found.values() for one in notes} <= {7}


@given(
    worth=st.lists(st.integers(0, 500_000), min_size=1, max_size=4),
    minutes=st.lists(st.integers(1, 200), min_size=1, max_size=4),
)
def test_nothing_is_taken_off_twice_nor_beyond_what_is_worth_m5(worth: list[int], minutes: list[int]) -> None:
    lines = [hours(one, date(2025 + one % 2, 5, 5)) for one in minutes]
    found = spread([(TakenOff(line), range(len(worth))) for line in lines], dict(enumerate(map(Money, worth))))
    sums = {of: sum(one.line.amount.minor for one in notes) for of, notes in found.items()}
    assert all(0 < sums[of] <= worth[of] for of in sums)
    assert sum(sums.values()) == min(sum(worth), sum(line.amount.minor for line in lines))
