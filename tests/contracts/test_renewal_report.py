"""What became of what ended: renewed, lapsed, cancelled or in grace, each once; a loss stays one when won back (S5)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.money import Money
from contracts.renewal_report import Ended, Following, Outcome, renewal_report
from contracts.terms import Term

OCTOBER = Term(date(2026, 10, 1), date(2026, 11, 1))
LATER = date(2027, 6, 1)


def ended(last_day: date = date(2026, 10, 15), sold_on: date | None = None, **changes: object) -> Ended:
    given: dict[str, object] = {"served_until": last_day, "is_cancelled": False, "price": Money(1_000)}
    following = None if sold_on is None else Following(2, sold_on, Money(1_500))
    return Ended(1, 1, "Ромашка", "2026-0001", "support", last_day, following=following, **(given | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("line", "on", "outcome"),
    [
        (ended(), LATER, Outcome.LAPSED),
        (ended(served_until=date(2026, 11, 14)), date(2026, 11, 14), Outcome.IN_GRACE),
        (ended(served_until=date(2026, 11, 14)), date(2026, 11, 15), Outcome.LAPSED),
        (ended(sold_on=date(2026, 9, 1)), LATER, Outcome.RENEWED),
        (ended(sold_on=date(2026, 10, 15)), LATER, Outcome.RENEWED),
        (ended(sold_on=date(2026, 10, 16)), LATER, Outcome.LAPSED),  # won back, and yet it had lapsed
        (ended(sold_on=date(2026, 11, 14), served_until=date(2026, 11, 14)), LATER, Outcome.RENEWED),
        (ended(is_cancelled=True), LATER, Outcome.CANCELLED),
        (ended(is_cancelled=True, sold_on=date(2026, 12, 1)), LATER, Outcome.CANCELLED),
    ],
)
def test_an_end_has_one_outcome(line: Ended, on: date, outcome: Outcome) -> None:
    report = renewal_report([line], OCTOBER, on)
    assert [one for one, group in report.outcomes.items() if group.lines] == [outcome]
    assert report.ended.lines == (line,)


@pytest.mark.parametrize(
    ("last_day", "on", "counts"),
    [
        (date(2026, 9, 30), LATER, False),
        (date(2026, 10, 1), LATER, True),
        (date(2026, 10, 31), LATER, True),
        (date(2026, 11, 1), LATER, False),
        (date(2026, 10, 15), date(2026, 10, 15), False),  # on its last day it is still active
        (date(2026, 10, 15), date(2026, 10, 16), True),
    ],
)
def test_an_end_counts_in_the_month_of_its_last_day_once_that_is_over(last_day: date, on: date, counts: bool) -> None:
    assert bool(renewal_report([ended(last_day)], OCTOBER, on).ended.lines) is counts


@pytest.mark.parametrize(
    ("last_day", "sold_on", "won"),
    [
        (date(2026, 8, 31), date(2026, 10, 1), True),
        (date(2026, 8, 31), date(2026, 10, 31), True),
        (date(2026, 8, 31), date(2026, 11, 1), False),
        (date(2026, 10, 31), date(2026, 10, 31), False),
        (date(2026, 10, 30), date(2026, 10, 31), True),
    ],
)
def test_what_is_won_back_counts_in_the_month_of_the_new_sale_at_its_price(
    last_day: date, sold_on: date, won: bool
) -> None:
    group = renewal_report([ended(last_day, sold_on)], OCTOBER, LATER).won_back
    assert [len(group.lines), group.sums] == ([1, (Money(1_500),)] if won else [0, ()])


def test_sums_are_by_currency() -> None:
    report = renewal_report([ended(price=Money(1, "EUR")), ended(), ended()], OCTOBER, LATER)
    assert report.ended.sums == (Money(1, "EUR"), Money(2_000, "RUB"))


days = st.integers(-60, 60).map(lambda n: date(2026, 10, 15) + timedelta(n))
lines = st.builds(
    lambda last, grace, sold, cancelled: ended(
        last, sold, served_until=last + timedelta(grace), is_cancelled=cancelled
    ),
    days,
    st.integers(0, 40),
    st.none() | days,
    st.booleans(),
)


@given(st.lists(lines, max_size=8), days)
def test_outcomes_tile_what_ended_and_a_loss_is_never_taken_back(subscriptions: list[Ended], on: date) -> None:
    early, late = (renewal_report(subscriptions, OCTOBER, day) for day in (on, LATER))
    for report in (early, late):
        parts = [line for group in report.outcomes.values() for line in group.lines]
        assert sorted(map(repr, parts)) == sorted(map(repr, report.ended.lines))
    for outcome in (Outcome.LAPSED, Outcome.CANCELLED, Outcome.RENEWED):
        assert set(early.outcomes[outcome].lines) <= set(late.outcomes[outcome].lines)
    assert late.outcomes[Outcome.IN_GRACE].lines == ()
