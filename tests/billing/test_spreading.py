"""What is taken off goes to invoices in order, to each as much as it is worth; each part has its own tax (M1, M4)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.invoice_lines import ChargedWork, LineAmounts, work_line
from billing.spreading import ChargedLine, TakenOff, spread
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
    charged = [ChargedLine(of, hours(300), Money(13_500_00)) for of in order]
    found = spread([TakenOff(hours(60), 7)], charged, {of: Money(minor) for of, minor in worth.items()})
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
    charged = [ChargedLine(of, hours(300), Money(minor)) for of, minor in enumerate(worth)]
    found = spread(map(TakenOff, lines), charged, dict(enumerate(map(Money, worth))))
    sums = {of: sum(one.line.amount.minor for one in notes) for of, notes in found.items()}
    assert all(0 < sums[of] <= worth[of] for of in sums)
    assert sum(sums.values()) == min(sum(worth), sum(line.amount.minor for line in lines))


def test_what_was_charged_later_is_left_alone_m4() -> None:
    charged = [ChargedLine(of, hours(60), Money(2700_00)) for of in (3, 2, 1)]
    found = spread([TakenOff(hours(90), 7, charged_by=2)], charged, {of: Money(2700_00) for of in (3, 2, 1)})
    assert {of: [one.line.amount.minor for one in note] for of, note in found.items()} == {2: [2700_00], 1: [1350_00]}


def at_rates(note: list[TakenOff]) -> list[tuple[int | None, int, int, int | None]]:
    """Each line's rate, amount, tax, and minutes."""
    return [
        (one.line.rate.percent, one.line.amount.minor, one.line.tax.minor, one.line.quantity_minutes) for one in note
    ]


def test_over_a_change_of_rates_each_note_has_the_rates_of_its_invoice_m2() -> None:
    """December charged 2 hours at 20 %; January charged 1 hour 40 at 22 % and took an hour of December back."""
    december, january = hours(120, date(2025, 12, 5)), hours(100, date(2026, 1, 15))
    back = hours(-60, date(2025, 12, 5))
    charged = [
        ChargedLine(2, january, Money(4500_00)),
        ChargedLine(1, december, Money(5400_00), 3),
        ChargedLine(2, back, Money(-2700_00)),
    ]
    found = spread([TakenOff(january, 7, charged_by=2)], charged, {2: Money(1800_00), 1: Money(5400_00)})
    assert at_rates(found[2]) == [(22, 4500_00, 811_48, 100), (20, -2700_00, -450_00, None)]
    assert at_rates(found[1]) == [(20, 2700_00, 450_00, None)]
    assert {of: [one.statement_line_id for one in note] for of, note in found.items()} == {2: [7, 3], 1: [3]}
    assert {one.line.supplied for one in (found[2][1], found[1][0])} == {december.supplied}


def test_days_that_were_served_are_given_back_as_they_were_charged_m2() -> None:
    """Nothing was taken back before, so there is nothing to give again."""
    charged = [ChargedLine(1, hours(60, date(2025, 12, 5)), Money(2700_00))]
    found = spread([TakenOff(hours(30))], charged, {1: Money(2700_00)})
    assert {of: at_rates(note) for of, note in found.items()} == {1: [(20, 1350_00, 225_00, None)]}


def test_what_is_not_served_comes_back_where_it_was_charged_and_the_rest_from_the_earliest_m4_s11() -> None:
    """Hours of 2025 at 20 % were charged first; an hour of 2026 at 22 %, the rate of what is taken off, later."""
    first, later = hours(300, date(2025, 12, 5)), hours(60)
    charged = [
        ChargedLine(2, later, Money(2700_00), unserved=Money(1000_00)),
        ChargedLine(1, first, Money(13_500_00), unserved=Money(2000_00)),
    ]
    worth = {2: Money(2700_00), 1: Money(13_500_00)}
    for minutes, parts in ((60, {2: 1000_00, 1: 1700_00}), (180, {2: 1000_00, 1: 7100_00})):
        found = spread([TakenOff(hours(minutes))], charged, worth)
        assert {of: sum(one.line.amount.minor for one in note) for of, note in found.items()} == parts
    found = spread([TakenOff(hours(360))], charged, worth)
    assert {of: at_rates(note)[0][:2] for of, note in found.items()} == {2: (22, 2700_00), 1: (20, 13_500_00)}
