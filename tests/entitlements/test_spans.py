"""H10: which pieces of work claim the same minutes."""

from collections import Counter
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from entitlements.spans import WorkedSpan, overlapping
from tests.builders import moment

NINE = moment("2026-10-05 09:00")


def span(entry_id: int, *stretches: tuple[float, int], engineer: str = "Ильин") -> WorkedSpan:
    """Work that began so many minutes after nine and took so many."""
    return WorkedSpan(entry_id, engineer, tuple((NINE + timedelta(minutes=at), taken) for at, taken in stretches))


def test_work_that_begins_in_the_minute_in_which_other_work_ends_does_not_overlap_h10() -> None:
    assert list(overlapping([span(1, (0, 30)), span(2, (30, 30))])) == []
    assert list(overlapping([span(1, (0.5, 30)), span(2, (30, 30))])) == []
    assert list(overlapping([span(1, (0, 31)), span(2, (30, 30))])) == [(1, 2, 1)]
    assert list(overlapping([span(1, (0.5, 31)), span(2, (30.75, 30))])) == [(1, 2, 1)]


def test_each_two_that_overlap_are_named_and_only_of_one_engineer_h10() -> None:
    spans = [span(3, (20, 60)), span(1, (0, 120)), span(2, (10, 15)), span(4, (0, 120), engineer="Котова")]
    assert list(overlapping(spans)) == [(1, 2, 15), (1, 3, 60), (2, 3, 5)]


def test_the_pause_of_a_timer_is_free_for_other_work_h10() -> None:
    paused = span(1, (0, 30), (90, 30))
    assert list(overlapping([paused, span(2, (30, 60))])) == []
    assert list(overlapping([paused, span(2, (20, 80))])) == [(1, 2, 20)]


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 30), st.sampled_from("АБ")), max_size=7))
def test_all_and_only_common_minutes_are_found_h10(works: list[tuple[int, int, str]]) -> None:
    spans = [span(number, (at, taken), engineer=who) for number, (at, taken, who) in enumerate(works)]
    claimed: Counter[tuple[int, int]] = Counter()
    for one in range(len(works)):
        for other in range(one):
            if works[one][2] == works[other][2]:
                both = set(range(works[one][0], sum(works[one][:2]))) & set(
                    range(works[other][0], sum(works[other][:2]))
                )
                if both:
                    claimed[other, one] = len(both)
    found = Counter({(min(first, second), max(first, second)): common for first, second, common in overlapping(spans)})
    assert found == claimed
