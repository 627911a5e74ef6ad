"""What is succeeded: a cancelled renewal renews nothing, what renews it does (S4, S11)."""

import pytest

from contracts.succession import succeeded


@pytest.mark.parametrize(
    ("predecessors", "never_served", "found"),
    [
        ({}, [], set()),
        ({1: None}, [], set()),
        ({1: None, 2: 1}, [], {1}),
        ({1: None, 2: 1, 3: 2}, [], {1, 2}),
        ({1: None, 2: 1}, [2], set()),
        ({1: None, 2: 1, 3: 2}, [2], {1, 2}),
        ({1: None, 2: 1, 3: 2}, [2, 3], set()),
        ({1: None, 2: 1, 3: 2, 4: 3}, [2, 3], {1, 2, 3}),
        ({1: None, 2: 1, 3: None}, [3], {1}),
        ({2: 1}, [], {1}),
    ],
)
def test_only_what_serves_succeeds_s11(
    predecessors: dict[int, int | None], never_served: list[int], found: set[int]
) -> None:
    assert succeeded(predecessors, never_served) == found
