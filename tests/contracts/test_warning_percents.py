"""The shares at which a plan warns (H13)."""

import pytest
from sqlmodel import Session

from contracts.errors import Refusal
from contracts.warning_percents import read_percents, require_percents, stored_percents
from tests.builders import a_plan, its_catalogue, refused


@pytest.mark.parametrize("chosen", [[], [100], [50, 75, 90, 100], (1, 2)])
def test_shares_are_kept_as_they_were_chosen_h13(chosen: list[int]) -> None:
    assert read_percents(stored_percents(require_percents(chosen))) == tuple(chosen)


def test_shares_are_kept_from_the_lowest_h13() -> None:
    assert require_percents([100, 80]) == (80, 100)


WRONG = [None, "80", 80, [0], [101], [80, 80], [True], ["80"], [80.0], [None], list(range(1, 12)), {80: 1}]


@pytest.mark.parametrize("chosen", WRONG)
def test_shares_that_mean_nothing_are_refused_h13(chosen: object) -> None:
    with pytest.raises(Refusal, match="FIELD_WRONG") as caught:
        require_percents(chosen)
    assert (caught.value.field, caught.value.facts["value"]) == ("warning_percents", chosen)


def test_a_plan_warns_at_the_usual_shares_unless_it_says_otherwise_h13(session: Session) -> None:
    its_catalogue(session)
    usual, own, never = (
        a_plan(session, code, **settings)
        for code, settings in (
            ("usual", {}),
            ("own", {"warning_percents": [100, 50], "warning_quiet_hours": 0}),
            ("never", {"warning_percents": []}),
        )
    )
    assert (usual.warning_percents, usual.warning_quiet_hours) == ("80 95 100", 4)
    assert (own.warning_percents, own.warning_quiet_hours) == ("50 100", 0)
    assert never.warning_percents == ""
    with refused(session, "FIELD_WRONG", field="warning_quiet_hours"):
        a_plan(session, "late", warning_quiet_hours=721)
