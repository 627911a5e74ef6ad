"""D6: which states of an over-limit case follow which."""

import pytest

from entitlements.case_states import CaseState

FOLLOW = {
    CaseState.NEW: {"watch", "bill", "refuse", "forgiven"},
    CaseState.WATCH: {"bill", "refuse", "forgiven"},
    CaseState.BILL: {"forgiven"},
    CaseState.FORGIVEN: {"bill"},
    CaseState.REFUSE: set(),
    CaseState.INVOICED: set(),
}


@pytest.mark.parametrize("state", CaseState)
def test_only_these_states_follow_and_none_is_new_or_invoiced_by_hand_d6(state: CaseState) -> None:
    assert set(state.followers) == FOLLOW[state]
    assert not FOLLOW[state] & {"new", "invoiced"}
