"""The sums of invoices and acts (M1–M3)."""

from hypothesis import given
from hypothesis import strategies as st

from contracts.money import Money
from documents.lines import total_amount, total_vat, totals_by_rate
from tests.documents.samples import line

RATES = st.sampled_from([None, 0, 5, 7, 20, 22])


def test_three_lines_of_1000_10_carry_vat_of_541_05_m3() -> None:
    lines = [line(number) for number in (1, 2, 3)]
    assert total_vat(lines) == Money(54_105)
    assert total_amount(lines) == Money(300_030)


def test_zero_per_cent_is_not_without_vat_m2() -> None:
    free, zero = line(vat_rate=None, vat=Money(0)), line(vat_rate=0, vat=Money(0))
    assert [total.vat_rate for total in totals_by_rate([free, zero, line()])] == [22, 0, None]


@given(st.lists(st.tuples(RATES, st.integers(-(10**9), 10**9)), min_size=1))
def test_totals_by_rate_add_up_to_the_total_e4(drawn: list[tuple[int | None, int]]) -> None:
    lines = [
        line(vat_rate=rate, amount=Money(minor), vat=Money(minor).share(rate or 0, 100 + (rate or 0)))
        for rate, minor in drawn
    ]
    by_rate = totals_by_rate(lines)
    assert Money.total(total.amount for total in by_rate) == total_amount(lines)
    assert Money.total(total.vat for total in by_rate) == total_vat(lines)
