"""What a cancellation gives back: months, days or the price of the term that was used (S11)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.money import Money
from contracts.policies import Refund
from contracts.refunds import Charged, refund
from contracts.terms import Term

YEAR = Charged(Term.of_months(date(2026, 4, 1), 12), Money(3_381_600))
LIST = {1: Money(455_700), 3: Money(989_400), 6: Money(1_786_900), 12: Money(3_381_600)}


def of_year(policy: Refund, last_day: date, *amended: Charged) -> Money:
    return refund(policy, YEAR, 12, LIST, amended, last_day)


@pytest.mark.parametrize(
    ("policy", "last_day", "back"),
    [
        (Refund.UNUSED_MONTHS, date(2026, 9, 30), "16908.00"),
        (Refund.UNUSED_DAYS, date(2026, 9, 30), "16861.68"),
        (Refund.BY_TERM_PRICE, date(2026, 9, 30), "15947.00"),
        (Refund.UNUSED_MONTHS, date(2026, 10, 1), "14090.00"),
        (Refund.UNUSED_MONTHS, date(2027, 3, 30), "0.00"),
        (Refund.UNUSED_DAYS, date(2027, 3, 30), "92.65"),
        (Refund.BY_TERM_PRICE, date(2026, 4, 1), "29259.00"),
        (Refund.BY_TERM_PRICE, date(2026, 8, 31), "15947.00"),
        (Refund.BY_TERM_PRICE, date(2026, 10, 1), "0.00"),
    ],
)
def test_the_policy_decides_what_goes_back_s11(policy: Refund, last_day: date, back: str) -> None:
    assert str(of_year(policy, last_day)) == back


@pytest.mark.parametrize("policy", list(Refund))
def test_all_goes_back_of_what_never_served_s11(policy: Refund) -> None:
    assert of_year(policy, date(2026, 3, 31)) == YEAR.amount


def test_a_term_that_the_list_prices_higher_gives_nothing_back_s11() -> None:
    dear = {6: Money(9_000_000)}
    assert refund(Refund.BY_TERM_PRICE, YEAR, 12, dear, (), date(2026, 9, 30)) == Money(0)
    assert refund(Refund.BY_TERM_PRICE, YEAR, 12, {}, (), date(2026, 9, 30)) == Money(0)


def test_what_amendments_added_and_took_off_goes_by_days_whatever_the_policy_s9_s11() -> None:
    more = Charged(Term(date(2026, 7, 1), date(2027, 4, 1)), Money(274_00))
    less = Charged(Term(date(2026, 8, 1), date(2027, 4, 1)), Money(-243_00))
    back = of_year(Refund.UNUSED_MONTHS, date(2026, 9, 30), more, less)
    assert back == Money(1_690_800) + Money(182_00) - Money(182_00)
    not_begun = Charged(Term(date(2026, 11, 1), date(2027, 4, 1)), Money(151_00))
    assert of_year(Refund.UNUSED_MONTHS, date(2026, 9, 30), not_begun) == Money(1_690_800 + 151_00)


def test_no_more_goes_back_than_amendments_left_of_the_charge_m4_s11() -> None:
    """Two months of twelve are less than their 62 days of 365: a price that fell to nothing after a day shows it."""
    year = Charged(Term.of_months(date(2026, 7, 1), 12), Money(1_200_000))
    nothing = Charged(Term(date(2026, 7, 2), year.days.ends_on), -year.amount.share(364, 365))
    assert refund(Refund.UNUSED_MONTHS, year, 12, LIST, [nothing], date(2026, 8, 31)) == Money(3_288)


@given(
    policy=st.sampled_from(Refund),
    start=st.dates(date(2024, 1, 1), date(2030, 12, 31)),
    months=st.sampled_from([1, 3, 6, 12, 24]),
    price=st.integers(0, 10**9),
    days=st.integers(-1, 740),
)
def test_a_refund_is_never_negative_nor_more_than_was_charged_and_falls_day_by_day_s11(
    policy: Refund, start: date, months: int, price: int, days: int
) -> None:
    sold = Charged(Term.of_months(start, months), Money(price))
    last_day = min(start + timedelta(days=days), sold.days.last_day)
    back = refund(policy, sold, months, LIST, (), last_day)
    assert 0 <= back.minor <= price
    later = refund(policy, sold, months, LIST, (), min(last_day + timedelta(days=1), sold.days.last_day))
    assert later.minor <= back.minor or policy is Refund.BY_TERM_PRICE
