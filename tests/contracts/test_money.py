"""M1: money is integer minor units, rounded in one way, and its shares add up."""

from fractions import Fraction
from itertools import accumulate, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.errors import Refusal
from contracts.money import CURRENCIES, Money, divide

minors = st.integers(-(10**12), 10**12)


@pytest.mark.parametrize(
    ("numerator", "denominator", "quotient"),
    [(125, 10, 13), (-125, 10, -13), (135, 10, 14), (124, 10, 12), (-124, 10, -12), (0, 7, 0), (1, 3, 0), (2, 3, 1)],
)
def test_halves_are_rounded_away_from_zero_m1(numerator: int, denominator: int, quotient: int) -> None:
    assert divide(numerator, denominator) == quotient  # round(12.5) would be 12


@given(minors, st.integers(1, 10**6))
def test_rounding_is_never_off_by_more_than_a_half_and_mirrors_m1(numerator: int, denominator: int) -> None:
    assert abs(divide(numerator, denominator) - Fraction(numerator, denominator)) <= Fraction(1, 2)
    assert divide(-numerator, denominator) == -divide(numerator, denominator)


@pytest.mark.parametrize("denominator", [0, -1])
def test_a_share_of_nothing_is_a_mistake_of_the_caller_m1(denominator: int) -> None:
    with pytest.raises(ValueError, match="denominator"):
        divide(1, denominator)


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("33816", 3_381_600),
        ("33816.00", 3_381_600),
        ("33 816,00", 3_381_600),
        ("1 000 000.05", 100_000_005),
        ("0.29", 29),  # int(0.29 * 100) is 28
        ("-0.05", -5),
        (" 675.00 ", 67_500),
    ],
)
def test_amounts_are_read_digit_by_digit_m1(text: str, minor: int) -> None:
    assert Money.parse(text) == Money(minor, "RUB")


@pytest.mark.parametrize(
    "text",
    [
        *("", "-", "1.5", "1.005", "1,2,3", "1e3", "1_000", "true", "nan", "0x1", "+5", "33 16", "1 0000", "--1"),
        *("1 000000", "5 руб", "٣", "1" * 16, "1\x00", "1\n2"),
    ],
)
def test_what_is_no_amount_is_refused_m1(text: str) -> None:
    with pytest.raises(Refusal) as refusal:
        Money.parse(text)
    assert (refusal.value.code, refusal.value.field) == ("AMOUNT_UNREADABLE", "amount")
    assert refusal.value.facts["value"] == text


@given(minors, st.sampled_from(CURRENCIES))
def test_what_is_written_reads_back_the_same_m1(minor: int, currency: str) -> None:
    assert Money.parse(str(Money(minor, currency)), currency) == Money(minor, currency)


def test_currencies_never_mix_m1() -> None:
    with pytest.raises(ValueError, match="do not mix"):
        Money(1) + Money(1, "EUR")
    with pytest.raises(ValueError, match="do not mix"):
        Money(1) - Money(1, "EUR")


def test_a_total_is_the_sum_of_its_lines_m1() -> None:
    assert Money.total([Money(67_500), Money(67_500), -Money(1)]) == Money(134_999)
    assert Money.total([], "EUR") == Money(0, "EUR")
    assert Money.total([Money(5, "EUR")]) == Money(5, "EUR")


@pytest.mark.parametrize(
    ("minutes", "price"), [(15, "675.00"), (60, "2700.00"), (1, "45.00"), (0, "0.00"), (-15, "-675.00")]
)
def test_minutes_cost_their_part_of_an_hour_m1(minutes: int, price: str) -> None:
    assert Money.parse("2700.00").for_minutes(minutes) == Money.parse(price)


@pytest.mark.parametrize(
    ("part", "whole", "refund"),
    [(6, 12, "16908.00"), (182, 365, "16861.68")],  # by months; by days of the whole term, not of what is left of it
)
def test_shares_of_a_price_are_those_of_the_whole_term_m1_s11(part: int, whole: int, refund: str) -> None:
    assert Money.parse("33816.00").share(part, whole) == Money.parse(refund)


@given(minors, st.lists(st.integers(1, 400), min_size=1, max_size=24))
def test_shares_taken_cumulatively_never_lose_a_kopeck_m1(minor: int, parts: list[int]) -> None:
    amount, whole = Money(minor), sum(parts)
    given_by = [amount.share(taken, whole) for taken in accumulate(parts, initial=0)]
    shares = [after - before for before, after in pairwise(given_by)]
    assert Money.total(shares) == amount
    for part, share in zip(parts, shares, strict=True):
        assert abs(share.minor - Fraction(minor * part, whole)) <= 1
