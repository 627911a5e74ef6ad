"""The ways to renew, side by side: what is open on a day, its dates and price, and what a lapse costs (S4, S5)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.money import Money
from contracts.policies import Alignment, LapseRenewal
from contracts.renewal_choices import Renewable, RenewalChoice, TermPrice, renewal_choices
from contracts.terms import Term

CONTINUOUS, NEW_START, PAY_GAP = LapseRenewal.CONTINUOUS, LapseRenewal.NEW_START, LapseRenewal.PAY_GAP
PRICE = TermPrice(Money(3_381_600), Money(4_057_200))
"""A year of the base plan, and a year of it after a break."""


def year(grace_days: int = 0, policy: LapseRenewal = NEW_START) -> Renewable:
    """A subscription from 01.04.2026 to 31.03.2027."""
    return Renewable(date(2027, 4, 1), grace_days, policy)


def choices(old: Renewable, on: date, price: TermPrice = PRICE, **changes: object) -> dict[LapseRenewal, RenewalChoice]:
    given: dict = {"months": 12, "alignment": Alignment.ANY_DAY} | changes
    return {choice.kind: choice for choice in renewal_choices(old, price, given["months"], given["alignment"], on)}


@pytest.mark.parametrize("on", [date(2026, 4, 1), date(2027, 3, 31), date(2027, 4, 30)])
def test_until_the_last_day_of_grace_only_the_continuous_renewal_is_open_s4_s5(on: date) -> None:
    offered = choices(year(grace_days=30), on)
    assert [kind for kind, choice in offered.items() if choice.is_open] == [CONTINUOUS]
    unbroken = offered[CONTINUOUS]
    assert unbroken.term == Term(date(2027, 4, 1), date(2028, 4, 1))
    assert (unbroken.serves_from, unbroken.total) == (date(2027, 4, 1), Money(3_381_600))
    assert (unbroken.lost_days, unbroken.lost_money) == (0, Money(0))


def test_waiting_past_the_grace_shows_its_price_beforehand_s5() -> None:
    late = choices(year(grace_days=30), date(2026, 12, 1))[NEW_START]
    assert (late.term.starts_on, late.lost_days, late.lost_money) == (date(2027, 5, 1), 0, Money(675_600))


@pytest.mark.parametrize("policy", list(LapseRenewal))
def test_after_a_lapse_the_plan_s_policy_opens_one_way_and_all_are_shown_s5(policy: LapseRenewal) -> None:
    offered = choices(year(policy=policy), date(2027, 5, 1))
    assert next(iter(offered)) is policy
    assert [kind for kind, choice in offered.items() if choice.is_open] == [policy]
    assert offered.keys() == set(LapseRenewal)


def test_a_new_start_begins_on_the_day_it_is_bought_at_the_price_after_a_break_s5() -> None:
    anew = choices(year(), date(2027, 5, 1))[NEW_START]
    assert anew.term == Term(date(2027, 5, 1), date(2028, 5, 1))
    assert (anew.total, anew.lost_days, anew.lost_money) == (Money(4_057_200), 30, Money(675_600))


def test_a_continuous_renewal_after_a_lapse_serves_from_the_day_it_is_bought_s5() -> None:
    unbroken = choices(year(policy=CONTINUOUS), date(2027, 5, 1))[CONTINUOUS]
    assert unbroken.term == Term(date(2027, 4, 1), date(2028, 4, 1))
    assert (unbroken.serves_from, unbroken.total, unbroken.lost_days) == (date(2027, 5, 1), Money(3_381_600), 30)
    assert unbroken.lost_money == Money(277_180)  # 30 of 366 days that are paid and over


def test_days_served_in_grace_are_not_lost_s5() -> None:
    offered = choices(year(grace_days=30, policy=CONTINUOUS), date(2027, 5, 11))
    assert [choice.lost_days for choice in offered.values()] == [10, 10, 10]
    assert offered[CONTINUOUS].lost_money == Money(92_393)  # 10 of 366 days
    assert offered[PAY_GAP].gap == Money(369_574)  # the client pays for all 40 days


def test_a_paid_gap_costs_its_days_at_the_continuous_price_s5() -> None:
    paid = choices(year(policy=PAY_GAP), date(2027, 5, 1))[PAY_GAP]
    assert paid.term == Term(date(2027, 5, 1), date(2028, 5, 1))
    assert (paid.price, paid.gap, paid.total) == (Money(3_381_600), Money(277_180), Money(3_658_780))
    assert (paid.lost_days, paid.lost_money) == (30, Money(277_180))


def test_a_start_is_aligned_and_the_days_before_it_are_lost_too_t3() -> None:
    anew = choices(year(), date(2027, 5, 2), alignment=Alignment.FIRST_OF_MONTH)[NEW_START]
    assert (anew.term.starts_on, anew.lost_days) == (date(2027, 6, 1), 61)


def test_a_continuous_term_that_would_be_over_is_not_offered_s5() -> None:
    assert CONTINUOUS in choices(year(), date(2027, 4, 30), months=1)
    assert CONTINUOUS not in choices(year(), date(2027, 5, 1), months=1)


def test_a_term_without_a_price_after_a_break_has_no_new_start_s5() -> None:
    assert NEW_START not in choices(year(), date(2027, 5, 1), TermPrice(Money(6_086_900), None))


def test_without_a_list_price_there_is_nothing_to_compare() -> None:
    assert choices(year(), date(2027, 5, 1), TermPrice(None, None)) == {}


@given(
    start=st.dates(date(2024, 1, 1), date(2028, 12, 31)),
    months=st.sampled_from([1, 3, 6, 12]),
    grace_days=st.integers(0, 40),
    policy=st.sampled_from(LapseRenewal),
    wait=st.integers(-40, 400),
    alignment=st.sampled_from(Alignment),
)
def test_no_choice_overlaps_the_old_term_or_serves_before_it_is_bought_s4(
    start: date, months: int, grace_days: int, policy: LapseRenewal, wait: int, alignment: Alignment
) -> None:
    term = Term.of_months(start, months)
    old = Renewable(term.ends_on, grace_days, policy)
    on = term.last_day + timedelta(days=wait)
    offered = renewal_choices(old, PRICE, 12, alignment, on)
    assert [choice.is_open for choice in offered].count(True) <= 1
    for choice in offered:
        assert not choice.term.overlaps(term)
        assert choice.serves_from in choice.term
        assert choice.serves_from > term.last_day
        assert min(choice.lost_days, choice.gap.minor) >= 0
        if on > old.served_until:
            assert choice.serves_from >= on
