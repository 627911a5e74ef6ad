"""What other systems are told of a client, and of which kind a change is (D12)."""

from datetime import date
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from entitlements.case_states import CaseState
from entitlements.client_state import ChangeKind, ClientState, kinds_of_change, state_of
from entitlements.covers import CaseFacts, ClientFacts, CoverKind
from entitlements.hours_facts import GrantKind
from entitlements.objection_states import ObjectionState as S
from tests.entitlements.facts_builders import (
    OCTOBER,
    SELLER,
    client,
    cover,
    hold,
    lot,
    moment,
    plan,
    pool,
    stop,
    under,
    work,
)

THEN, NOW = moment("2026-10-15 12:00"), moment("2026-10-15 12:30")
NEXT = cover(id=2, starts_on=date(2027, 4, 1), ends_on=date(2028, 4, 1))
OWN = lot(GrantKind.INCLUDED, 480)
K = ChangeKind


def with_pool(*covers: Any, **changes: Any) -> ClientFacts:
    return client(*(covers or (cover(),)), pools={SELLER: pool([OWN], **changes)})


def used(minutes: int) -> ClientFacts:
    return with_pool(entries=(work("2026-10-05 10:00", minutes),))


LIVE = hold(60, "2026-10-15 11:00", "2026-10-18 11:00")
SHORT = hold(60, "2026-10-15 11:00", "2026-10-15 12:15")
ENDED = replace(LIVE, ended_at=moment("2026-10-15 12:10"))
BEGINNING = cover(serves_until=date(2026, 11, 1))
AMENDED = cover(serves_from=date(2026, 11, 1))
WAITING = CaseFacts(5, SELLER, OCTOBER, (moment("2026-10-10"),))
CROWDED = replace(WAITING, asked_at=(*WAITING.asked_at, moment("2026-10-15 12:05")))
BILLED = replace(WAITING, changes=((moment("2026-10-15 12:05"), CaseState.BILL),))
CHANGES: list[tuple[str, ClientFacts | None, ClientFacts, set[ChangeKind]]] = [
    ("nothing known", None, client(), set()),
    ("first sale, first told", None, client(cover()), {K.SUBSCRIPTION_SOLD}),
    ("a sale", client(), client(cover()), {K.SUBSCRIPTION_SOLD}),
    ("a renewal", client(cover()), client(cover(has_successor=True), NEXT), {K.SUBSCRIPTION_RENEWED}),
    (
        "a renewal and a sale",
        client(cover()),
        client(cover(has_successor=True), NEXT, replace(NEXT, id=3)),
        {K.SUBSCRIPTION_RENEWED, K.SUBSCRIPTION_SOLD},
    ),
    ("an amendment", client(cover()), client(BEGINNING, AMENDED), {K.SUBSCRIPTION_AMENDED}),
    (
        "a cancellation to come",
        client(cover()),
        client(cover(cancelled_on=date(2026, 12, 31))),
        {K.SUBSCRIPTION_CANCELLED},
    ),
    (
        "a cancellation of the past",
        client(cover()),
        client(cover(cancelled_on=date(2026, 9, 30))),
        {K.SUBSCRIPTION_CANCELLED, K.STANDING_CHANGED},
    ),
    ("a free period", client(), client(cover(kind=CoverKind.FREE_PERIOD)), {K.FREE_PERIOD_GIVEN}),
    (
        "a block",
        client(cover()),
        client(cover(stops=(stop("2026-10-15 12:10"),))),
        {K.BLOCK_RAISED, K.STANDING_CHANGED},
    ),
    ("a block to come", client(cover()), client(cover(stops=(stop("2026-12-01"),))), {K.BLOCK_RAISED}),
    (
        "one of two blocks lifted",
        client(cover(stops=(stop("2026-10-01"), stop("2026-10-02")))),
        client(cover(stops=(stop("2026-10-01"), stop("2026-10-02", "2026-10-15 12:10")))),
        {K.BLOCK_ENDED},
    ),
    ("a hold", with_pool(), with_pool(reserves=(LIVE,)), {K.HOLD_PLACED}),
    ("a hold's end", with_pool(reserves=(LIVE,)), with_pool(reserves=(ENDED,)), {K.HOLD_ENDED}),
    ("a hold lapsed by the clock", with_pool(reserves=(SHORT,)), with_pool(reserves=(SHORT,)), {K.HOLD_LAPSED}),
    ("a request that waits", client(cover()), client(cover(), cases=(WAITING,)), {K.CASE_OPENED}),
    ("a decision", client(cover(), cases=(WAITING,)), client(cover(), cases=(BILLED,)), {K.CASE_DECIDED}),
    ("both at once", client(cover()), client(cover(), cases=(BILLED,)), {K.CASE_OPENED, K.CASE_DECIDED}),
    ("a second one waits", client(cover(), cases=(WAITING,)), client(cover(), cases=(CROWDED,)), set()),
    ("a month closed", with_pool(), with_pool(since=moment("2026-10-01")), {K.MONTH_CLOSED}),
    ("a little work", used(0), used(60), set()),
    ("work down to the bound", used(0), used(384), {K.HOURS_LOW, K.HOURS_WARNED}),
    ("one entry that crosses both bounds is one event", used(0), used(480), {K.HOURS_EXHAUSTED, K.HOURS_WARNED}),
    ("low, then nothing left", used(390), used(480), {K.HOURS_EXHAUSTED}),
    ("given back", used(390), used(60), {K.HOURS_RESTORED}),
    ("given back a little", used(390), used(345), set()),
    ("given back from nothing to little", used(480), used(465), set()),
    ("given back from nothing to low", used(480), used(390), set()),
]


@pytest.mark.parametrize(("before", "after", "kinds"), [row[1:] for row in CHANGES], ids=[row[0] for row in CHANGES])
def test_each_change_is_known_by_its_kind_d12(
    before: ClientFacts | None, after: ClientFacts, kinds: set[ChangeKind]
) -> None:
    told = state_of(before, THEN) if before is not None else None
    assert set(kinds_of_change(told, state_of(after, NOW, told))) == {K.CLIENT_CHANGED} | kinds


UNDECIDED, UPHELD, REJECTED = {7: S.UNDECIDED}, {7: S.UPHELD}, {7: S.REJECTED}
OBJECTIONS: list[tuple[dict[int, S], dict[int, S], set[ChangeKind]]] = [
    ({}, UNDECIDED, {K.OBJECTION_OPENED}),
    (UNDECIDED, UPHELD, {K.OBJECTION_DECIDED}),
    (UNDECIDED, REJECTED, {K.OBJECTION_DECIDED}),
    ({}, UPHELD, {K.OBJECTION_OPENED, K.OBJECTION_DECIDED}),
    (UNDECIDED, UNDECIDED, set()),
    (UPHELD, UPHELD | {8: S.UNDECIDED}, {K.OBJECTION_OPENED}),
]


@pytest.mark.parametrize(("before", "after", "kinds"), OBJECTIONS)
def test_an_objection_and_its_decision_are_told_p6_d12(
    before: dict[int, S], after: dict[int, S], kinds: set[ChangeKind]
) -> None:
    told = state_of(client(), THEN, objections=before)
    assert set(kinds_of_change(told, state_of(client(), NOW, told, after))) == {K.CLIENT_CHANGED} | kinds


def test_every_kind_of_change_is_reached_by_a_row() -> None:
    assert set().union(*(row[-1] for row in (*CHANGES, *OBJECTIONS))) | {K.CLIENT_CHANGED} == set(ChangeKind)


@pytest.mark.parametrize("bound", [384, 480])
def test_hovering_round_a_bound_is_one_event_d12(bound: int) -> None:
    """Ten tickets are held and released right at the bound: it is told once."""
    told: ClientState | None = state_of(used(0), THEN)
    events = []
    for minutes in [bound, bound - 15] * 10:
        now = state_of(used(minutes), NOW, told)
        events += [kind for kind in kinds_of_change(told, now) if kind.startswith("hours.")]
        told = now
    assert len(events) == len(set(events)) == 2  # that they are low or exhausted, and that it was warned of (H13)


def test_a_new_usage_period_restores_the_hours_and_the_next_low_is_told_again() -> None:
    told = state_of(used(480), THEN)
    lots = [OWN, lot(GrantKind.INCLUDED, 480, date(2026, 11, 1))]
    november = client(cover(), pools={SELLER: pool(lots, [work("2026-10-05 10:00", 480)])})
    restored = state_of(november, moment("2026-11-02"), told)
    assert K.HOURS_RESTORED in kinds_of_change(told, restored)
    busy = [work("2026-10-05 10:00", 480), work("2026-11-02 10:00", 400)]
    again = state_of(client(cover(), pools={SELLER: pool(lots, busy)}), moment("2026-11-03"), restored)
    assert K.HOURS_LOW in kinds_of_change(restored, again)


def test_hours_of_what_is_no_longer_served_run_out_without_a_word() -> None:
    told = state_of(used(0), THEN)
    over = state_of(used(0), moment("2027-06-01"), told)
    assert not {K.HOURS_LOW, K.HOURS_EXHAUSTED} & set(kinds_of_change(told, over))


def test_the_share_from_which_hours_are_low_is_the_plans() -> None:
    told = state_of(used(0), THEN)
    half = client(cover(), plans=under(low_balance_percent=50), pools=used(240).pools)
    assert K.HOURS_LOW in kinds_of_change(told, state_of(half, NOW, told))
    assert plan().low_balance_percent == 80


def test_a_state_is_read_as_it_was_written() -> None:
    state = state_of(with_pool(cover(stops=(stop("2026-12-01"),)), reserves=(LIVE,)), NOW)
    assert msgspec.json.decode(msgspec.json.encode(state), type=ClientState) == state
