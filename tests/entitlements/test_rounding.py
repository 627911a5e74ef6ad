"""H3: worked minutes are rounded up to the quantum, with a minimum, in the plan's scope."""

from fractions import Fraction
from itertools import accumulate
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.errors import Refusal
from contracts.policies import RoundingScope
from entitlements.rounding import RateZone, RoundingPolicy, billed_together, round_up

weights = st.integers(0, 1_000_000)
quanta = st.integers(1, 120)
minima = st.integers(0, 240)


@pytest.mark.parametrize(("actual", "q15_m15", "q30_m60"), [(1, 15, 60), (16, 30, 60), (61, 75, 90), (0, 0, 0)])
def test_the_table_of_h3(actual: int, q15_m15: int, q30_m60: int) -> None:
    assert round_up(actual * 100, 15, 15) == q15_m15
    assert round_up(actual * 100, 30, 60) == q30_m60


@pytest.mark.parametrize(
    ("hundredths", "quantum", "minimum", "billed"),
    [
        (1_500, 15, 15, 15),  # exactly one quantum
        (1_501, 15, 15, 30),  # a hundredth of a minute over it
        (2_250, 1, 0, 23),  # 15 minutes at 150 % are 22.5
        (2_250, 15, 0, 30),
        (1, 1, 0, 1),
        (100, 15, 20, 20),  # the minimum is billed as it is agreed, even between two quanta
        (2_100, 15, 20, 30),
    ],
)
def test_percentages_are_multiplied_exactly_before_the_one_rounding_h3(
    hundredths: int, quantum: int, minimum: int, billed: int
) -> None:
    assert round_up(hundredths, quantum, minimum) == billed


def test_a_policy_has_the_defaults_of_h3() -> None:
    policy = RoundingPolicy()
    assert (policy.quantum_minutes, policy.minimum_minutes, policy.scope) == (15, 15, RoundingScope.ENTRY)
    assert [policy.percent(zone) for zone in RateZone] == [100, 150, 200]


def test_three_notes_of_5_minutes_rounded_as_one_are_30_h3() -> None:
    assert billed_together([500, 500, 500], 30, 30) == [30, 0, 0]


def test_the_minimum_of_a_visit_replaces_that_of_the_plan_h3() -> None:
    assert billed_together([3_500], 15, 60) == [60]


@pytest.mark.parametrize(
    "setting",
    [
        {"quantum_minutes": 0},
        {"minimum_minutes": -1},
        {"in_hours_percent": -1},
        {"out_of_hours_percent": -1},
        {"weekend_percent": -1},
    ],
)
def test_a_setting_out_of_range_is_refused_by_name_h3(setting: dict[str, Any]) -> None:
    with pytest.raises(Refusal) as refusal:
        RoundingPolicy(**setting)
    assert refusal.value.code == "ROUNDING_WRONG"
    assert [refusal.value.field] == list(setting)


def test_negative_work_is_a_mistake_of_the_caller_h3() -> None:
    with pytest.raises(ValueError, match="never negative"):
        round_up(-1, 15, 15)


@given(weights, quanta, minima)
def test_billed_is_never_less_than_worked_nor_a_quantum_more_h3(weight: int, quantum: int, minimum: int) -> None:
    worked, billed = Fraction(weight, 100), round_up(weight, quantum, minimum)
    assert billed >= worked
    assert billed == minimum or billed < worked + quantum
    assert billed == minimum or billed % quantum == 0
    assert (billed == 0) == (weight == 0)


@given(weights, weights, quanta, minima)
def test_more_work_never_bills_less_h3(one: int, other: int, quantum: int, minimum: int) -> None:
    less, more = min(one, other), max(one, other)
    assert round_up(less, quantum, minimum) <= round_up(more, quantum, minimum)


@given(st.lists(weights, max_size=8), quanta, minima)
def test_parts_of_a_scope_add_up_to_the_rounded_whole_h3(weighted: list[int], quantum: int, minimum: int) -> None:
    billed = billed_together(weighted, quantum, minimum)
    assert list(accumulate(billed)) == [round_up(total, quantum, minimum) for total in accumulate(weighted)]
    assert all(minutes >= 0 for minutes in billed)
