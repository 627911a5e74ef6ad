"""Steps of dunning: each once, of several the last is told, and a shorter ladder undoes nothing (S8, S10)."""

from datetime import date, timedelta

import pytest

from billing.dunning_steps import DunningEffect, DunningNotice, Step, due_steps, require_steps
from contracts.errors import Refusal

REMINDER, DEMAND, LAST = DunningNotice
DUE_ON = date(2026, 10, 8)
LADDER = (Step(3, REMINDER), Step(10, DEMAND), Step(15, LAST, DunningEffect.BLOCK), Step(20, None, DunningEffect.LIFT))


# days since the invoice was due, steps taken before -> the places that are due, and the one that is told
@pytest.mark.parametrize(
    ("days", "taken", "due", "told"),
    [
        (0, 0, [], []),
        (2, 0, [], []),
        (3, 0, [1], [1]),
        (3, 1, [], []),
        (9, 1, [], []),
        (10, 1, [2], [2]),
        (14, 0, [1, 2], [2]),  # no worker for days: one notice
        (99, 0, [1, 2, 3, 4], [3]),
        (20, 3, [4], []),
        (99, 4, [], []),
    ],
)
def test_each_step_is_due_once_and_of_several_the_last_is_told_s8(
    days: int, taken: int, due: list[int], told: list[int]
) -> None:
    found = due_steps(LADDER, taken, lambda after: DUE_ON + timedelta(after), DUE_ON + timedelta(days))
    assert [one.position for one in found] == due
    assert [one.position for one in found if one.is_told] == told


def test_a_ladder_made_shorter_stops_nobody_earlier_s8() -> None:
    """Of four steps the second was taken; the new ladder has its block as the second: it is not taken instead."""
    shorter = (Step(3, REMINDER), Step(15, LAST, DunningEffect.BLOCK))
    for days in (10, 15, 99):
        assert due_steps(shorter, 2, lambda after: DUE_ON + timedelta(after), DUE_ON + timedelta(days)) == []
    longer = (*shorter, Step(30, None, DunningEffect.BLOCK))
    found = due_steps(longer, 2, lambda after: DUE_ON + timedelta(after), DUE_ON + timedelta(30))
    assert [one.position for one in found] == [3]


@pytest.mark.parametrize(
    "steps",
    [
        (Step(0, REMINDER),),
        (Step(251, REMINDER),),
        (Step(5, REMINDER), Step(5, DEMAND)),
        (Step(6, REMINDER), Step(5, DEMAND)),
        (Step(5),),
        tuple(Step(day, REMINDER) for day in range(1, 12)),
    ],
)
def test_steps_that_make_no_sense_are_refused(steps: tuple[Step, ...]) -> None:
    with pytest.raises(Refusal) as caught:
        require_steps(steps)
    assert (caught.value.code, caught.value.field) == ("FIELD_WRONG", "steps")
    assert require_steps(LADDER) == LADDER
    assert require_steps(()) == ()
