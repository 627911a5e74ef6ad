"""H1, H3 and H10: which entries count, in the order of the work, and for how many minutes."""

import pytest

from contracts.policies import RoundingScope
from entitlements.billed import billed_entries
from entitlements.hours_facts import Charge, Entry, HoursFacts
from entitlements.rounding import RoundingPolicy
from tests.entitlements.facts_builders import NOVEMBER, PLAN, moment, pool, reversal, work
from tests.entitlements.random_facts import BY_TICKET, a_pool, for_any


def billed(entries: list[Entry], policy: RoundingPolicy | None = None, at: str = "2027-01-01") -> list[int]:
    """The billed minutes in the order of the work."""
    facts = pool([], entries, policies={PLAN: policy or RoundingPolicy()})
    return [minutes for _, minutes in billed_entries(facts, moment(at))]


def order(entries: list[Entry]) -> list[int]:
    """The ids of the entries that count, in the order of the work."""
    return [entry.id for entry, _ in billed_entries(pool([], entries), moment("2027-01-01"))]


ON_ONE_TICKET = ["2026-10-05 10:00", "2026-10-05 15:00", "2026-10-06 10:00", "2026-11-02 10:00"]


@pytest.mark.parametrize(
    ("scope", "minutes"),
    [
        (RoundingScope.ENTRY, [30, 30, 30, 30]),
        (RoundingScope.TICKET_DAY, [30, 0, 30, 30]),
        (RoundingScope.TICKET, [30, 0, 0, 30]),  # the closed month stays: the next one is rounded by itself
    ],
)
def test_a_scope_rounds_as_one_and_never_crosses_a_calendar_month_h3(scope: RoundingScope, minutes: list[int]) -> None:
    entries = [work(started, 5, ticket="SD-1", minimum_minutes=0) for started in ON_ONE_TICKET]
    assert billed(entries, RoundingPolicy(30, 0, scope)) == minutes


@pytest.mark.parametrize(
    "other",
    [{"ticket": "SD-2"}, {"ticket": ""}, {"charge": Charge.PAID}, {"plan_version_id": 11}],
    ids=["another ticket", "no ticket", "another payer", "another plan"],
)
def test_only_work_of_one_ticket_payer_and_plan_is_rounded_as_one_h3(other: dict) -> None:
    policy = RoundingPolicy(30, 0, RoundingScope.TICKET)
    entries = [
        work("2026-10-05 10:00", 5, ticket="SD-1", minimum_minutes=0),
        work("2026-10-05 11:00", 5, **({"ticket": "SD-1", "minimum_minutes": 0} | other)),
    ]
    facts = pool([], entries, policies={PLAN: policy, 11: policy})
    assert [minutes for _, minutes in billed_entries(facts, moment("2027-01-01"))] == [30, 30]


def test_work_without_a_ticket_is_rounded_by_the_entry_in_every_scope_h3() -> None:
    entries = [work("2026-10-05 10:00", 5, minimum_minutes=0) for _ in range(2)]
    assert billed(entries, RoundingPolicy(30, 0, RoundingScope.TICKET)) == [30, 30]


def test_the_minimum_is_that_of_the_service_and_in_a_wide_scope_the_greatest_h3() -> None:
    assert billed([work("2026-10-05 10:00", 5, minimum_minutes=60)]) == [60]
    on_ticket = [
        work("2026-10-05 10:00", 5, ticket="SD-1", minimum_minutes=15),
        work("2026-10-05 11:00", 5, ticket="SD-1", minimum_minutes=60),
    ]
    assert sum(billed(on_ticket, RoundingPolicy(scope=RoundingScope.TICKET))) == 60


def test_work_under_no_known_plan_is_rounded_by_the_defaults_h3() -> None:
    assert billed([work("2026-10-05 10:00", 16, plan_version_id=None)], RoundingPolicy(60, 60)) == [30]


@pytest.mark.parametrize(
    ("at", "counted"), [("2026-10-05 10:00", 0), ("2026-10-05 10:00:00.000001", 1), ("2026-10-06", 1)]
)
def test_an_entry_counts_after_its_moment_d1(at: str, counted: int) -> None:
    assert len(billed([work("2026-10-05 10:00", 15)], at=at)) == counted


def test_entries_come_in_the_order_of_the_work_with_a_total_order_behind_it_h1() -> None:
    first = work("2026-10-05 10:00", 15)
    late = work("2026-10-04 10:00", 15, counts_on=NOVEMBER)
    later = work("2026-10-20 10:00", 15, counts_on=NOVEMBER)
    second = work("2026-10-06 10:00", 15, source="a", external_id="2")
    third = work("2026-10-06 10:00", 15, source="a", external_id="3")
    fourth = work("2026-10-06 10:00", 15, source="b", external_id="1")
    expected = [entry.id for entry in (first, second, third, fourth, late, later)]
    assert order([later, fourth, third, late, second, first]) == expected


def test_a_reversal_comes_before_the_work_of_the_same_moment_h10() -> None:
    closed = work("2026-10-05 10:00", 15)
    undo, anew = reversal(closed, NOVEMBER), work("2026-10-01 10:00", 30, counts_on=NOVEMBER)
    assert order([anew, undo, closed]) == [closed.id, undo.id, anew.id]


def test_a_reversal_bills_nothing_of_its_own_h10() -> None:
    closed = work("2026-10-05 10:00", 20)
    assert billed([closed, reversal(closed, NOVEMBER)]) == [30, 0]


def test_what_was_reversed_at_once_does_not_share_in_its_tickets_rounding_h10() -> None:
    wrong, other = (work(at, 10, ticket="SD-1", minimum_minutes=0) for at in ("2026-10-05 10:00", "2026-10-06 10:00"))
    policy = RoundingPolicy(30, 0, RoundingScope.TICKET)
    assert billed([wrong, other], policy) == [30, 0]
    assert billed([wrong, reversal(wrong), other], policy) == [30]


def test_a_reversal_that_counts_later_in_the_day_does_not_reach_back_d1() -> None:
    wrong = work("2026-10-05 10:00", 15)
    undo = reversal(wrong, counts_at=moment("2026-10-05 15:00"))
    assert billed([wrong, undo], at="2026-10-05 12:00") == [15]
    assert billed([wrong, undo], at="2026-10-05 16:00") == []


@for_any(facts=a_pool)
def test_each_ticket_of_a_month_is_billed_its_sum_rounded_up_once_h3(facts: HoursFacts) -> None:
    tickets: dict[object, list[tuple[Entry, int]]] = {}
    for entry, minutes in billed_entries(facts, moment("2027-01-01")):
        if entry.plan_version_id == BY_TICKET and entry.ticket and entry.reverses is None:
            month = entry.counts_on.replace(day=1)
            tickets.setdefault((entry.ticket, entry.charge, month), []).append((entry, minutes))
    for group in tickets.values():
        rounded = -(-sum(entry.weighted_hundredths for entry, _ in group) // 3_000) * 30
        least = max(entry.minimum_minutes for entry, _ in group)
        assert sum(minutes for _, minutes in group) == max(rounded, least)
