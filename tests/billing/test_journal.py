"""The general journal: revenue by days, advances with their tax, credits; whatever comes, it balances (M2, M4, E4)."""

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.journal import RUSSIAN, Entry, Journal, Operation, PaidIn, Source, Supply, Voucher, journal
from contracts.money import Money
from contracts.terms import Term

OCTOBER, NOVEMBER, DECEMBER = (Term.calendar_month(date(2026, month, 1)) for month in (10, 11, 12))
AUTUMN = Term(date(2026, 10, 1), date(2027, 1, 1))
YEARS = Term(date(2026, 1, 1), date(2030, 1, 1))


def voucher(source: Source, number: int = 1, contract_id: int = 1) -> Voucher:
    return Voucher(source, number, f"2026-{number:04}", 7, 2, contract_id)


def a_quarter(minor: int = 920_000, tax: int = 165_902, percent: int | None = 22, **changes: object) -> Supply:
    """October to December 2026, 92 days, invoiced on 5 October."""
    given_ = {"ended_on": None, "issued_on": date(2026, 10, 5), "supplied": AUTUMN} | changes
    return Supply(voucher(Source.INVOICE), 1, amount=Money(minor), tax=Money(tax), tax_percent=percent, **given_)


def a_payment(day: date, minor: int, tax: int, number: int = 9) -> PaidIn:
    return PaidIn(voucher(Source.PAYMENT, number), 1, day, Money(minor), Money(tax))


def told(made: Journal) -> list[tuple[int, str, str, str, str]]:
    return [(one.on.day, one.operation.value, one.debit, one.credit, str(one.amount)) for one in made.entries]


def balances(entries: tuple[Entry, ...]) -> dict[str, int]:
    """What is left on each account, debit above zero."""
    left: dict[str, int] = defaultdict(int)
    for one in entries:
        left[one.debit] += one.amount.minor
        left[one.credit] -= one.amount.minor
    return dict(left)


def test_what_is_paid_ahead_becomes_revenue_by_its_days_m2() -> None:
    assert told(journal(OCTOBER, [a_quarter()])) == [
        (31, "revenue", "62.01", "90.01", "3100.00"),
        (31, "revenue_tax", "90.03", "68.02", "559.02"),
    ]
    assert told(journal(DECEMBER, [a_quarter()]))[0] == (31, "revenue", "62.01", "90.01", "3100.00")
    assert journal(Term.calendar_month(date(2027, 1, 1)), [a_quarter()]).entries == ()


def test_nothing_counts_before_its_paper_and_what_was_served_before_counts_with_it_m4() -> None:
    late = a_quarter(issued_on=date(2026, 11, 10))
    assert journal(OCTOBER, [late]).entries == ()
    assert told(journal(NOVEMBER, [late]))[0] == (30, "revenue", "62.01", "90.01", "6100.00")
    over = a_quarter(issued_on=date(2027, 2, 3))
    assert told(journal(Term.calendar_month(date(2027, 2, 1)), [over]))[0] == (
        3,
        "revenue",
        "62.01",
        "90.01",
        "9200.00",
    )


def test_a_cancelled_service_leaves_no_revenue_after_its_end_s11() -> None:
    """Cancelled with 31 October: 6 000.00 of the 6 100.00 of the days left are given back."""
    ended = date(2026, 10, 31)
    credit = Supply(
        voucher(Source.CREDIT_NOTE, 3),
        1,
        Term(date(2026, 11, 1), AUTUMN.ends_on),
        date(2026, 10, 20),
        Money(-600_000),
        Money(-108_197),
        22,
        ended,
    )
    made = journal(AUTUMN, [a_quarter(ended_on=ended), credit])
    assert [one for one in told(made) if one[1] == "revenue"] == [
        (31, "revenue", "62.01", "90.01", "9200.00"),
        (31, "revenue", "62.01", "90.01", "-6000.00"),
    ]
    assert {one.on for one in made.entries} == {ended}


def test_without_vat_there_is_no_entry_of_tax_m2() -> None:
    made = journal(AUTUMN, [a_quarter(tax=0, percent=None)], [a_payment(date(2026, 10, 6), 920_000, 0)])
    assert {one.operation for one in made.entries} == {Operation.REVENUE, Operation.ADVANCE, Operation.OFFSET}


@pytest.mark.parametrize(("percent", "tax", "shares"), [(22, 165_902, 3), (5, 43_810, 3), (7, 60_187, 3)])
def test_tax_on_an_advance_is_owed_when_it_comes_and_deducted_as_it_is_served_m2(
    percent: int, tax: int, shares: int
) -> None:
    """The general mode and the simplified ones of 5 and 7 %, at the computed rate."""
    made = journal(AUTUMN, [a_quarter(tax=tax, percent=percent)], [a_payment(date(2026, 10, 6), 920_000, tax)])
    first, *rest = [one for one in made.entries if one.operation in (Operation.ADVANCE_TAX, Operation.OFFSET_TAX)]
    assert (first.on, first.debit, first.credit, first.amount) == (date(2026, 10, 6), "76.АВ", "68.02", Money(tax))
    assert [(one.debit, one.credit) for one in rest] == [("68.02", "76.АВ")] * shares
    assert Money.total(one.amount for one in rest) == Money(tax)
    assert balances(made.entries) == {
        "51": 920_000,
        "62.01": 0,
        "62.02": 0,
        "68.02": -tax,
        "76.АВ": 0,
        "90.01": -920_000,
        "90.03": tax,
    }


def test_money_pays_what_is_owed_before_it_is_ahead_m5() -> None:
    paid = a_payment(date(2026, 11, 2), 400_000, 72_131)
    assert told(journal(NOVEMBER, [a_quarter()], [paid])) == [
        (2, "payment", "51", "62.01", "3100.00"),
        (2, "advance", "51", "62.02", "900.00"),
        (2, "advance_tax", "76.АВ", "68.02", "162.29"),
        (30, "revenue", "62.01", "90.01", "3000.00"),
        (30, "revenue_tax", "90.03", "68.02", "540.98"),
        (30, "offset", "62.02", "62.01", "900.00"),
        (30, "offset_tax", "68.02", "76.АВ", "162.29"),
    ]


def test_what_was_paid_and_is_credited_is_ahead_again_m4() -> None:
    credit = Supply(voucher(Source.CREDIT_NOTE, 3), 1, OCTOBER, date(2026, 11, 5), Money(-122_000), Money(-22_000), 22)
    made = journal(NOVEMBER, [a_quarter(supplied=OCTOBER), credit], [a_payment(date(2026, 11, 1), 920_000, 165_902)])
    assert told(made)[1:] == [
        (5, "revenue", "62.01", "90.01", "-1220.00"),
        (5, "revenue_tax", "90.03", "68.02", "-220.00"),
        (5, "advance_tax", "76.АВ", "68.02", "220.00"),
        (5, "credit_kept", "62.01", "62.02", "1220.00"),
    ]


def test_of_a_credit_with_exempt_licences_only_the_tax_of_the_services_is_owed_again_m2() -> None:
    """October for 920.00, a half of it licences without VAT, is paid; then 122.00 of either are given back."""
    sold = [a_quarter(460_000, 82_951, supplied=OCTOBER), a_quarter(460_000, 0, None, supplied=OCTOBER)]
    note, on = voucher(Source.CREDIT_NOTE, 3), date(2026, 11, 5)
    sold += [
        Supply(note, 1, OCTOBER, on, Money(-12_200), Money(-2_200), 22),
        Supply(note, 2, OCTOBER, on, Money(-12_200), Money(0), None),
    ]
    made = journal(NOVEMBER, sold, [a_payment(date(2026, 11, 1), 920_000, 82_951)])
    kept = {one.operation: one.amount for one in made.entries if one.voucher == note}
    assert (kept[Operation.CREDIT_KEPT], kept[Operation.ADVANCE_TAX]) == (Money(24_400), Money(2_200))


DAYS = st.dates(date(2026, 1, 5), date(2027, 12, 28))
SUMS = st.integers(1, 10**9)


@st.composite
def supplies(draw: st.DrawFn) -> Supply:
    """A line of a bill of one of two contracts, now and then credited or cancelled."""
    starts_on, days, percent = draw(DAYS), draw(st.integers(1, 400)), draw(st.sampled_from([None, 5, 22]))
    sign = draw(st.sampled_from([1, 1, 1, -1]))
    amount, number = Money(sign * draw(SUMS)), draw(st.integers(1, 10**6))
    return Supply(
        voucher(Source.INVOICE if sign > 0 else Source.CREDIT_NOTE, number, draw(st.integers(1, 2))),
        1,
        Term(starts_on, starts_on + timedelta(days=days)),
        draw(DAYS),
        amount,
        amount.share(percent or 0, 100 + (percent or 0)),
        percent,
        draw(st.none() | DAYS),
    )


@st.composite
def payments(draw: st.DrawFn) -> PaidIn:
    amount = Money(draw(SUMS))
    number, tax = draw(st.integers(1, 10**6)), draw(st.integers(0, amount.minor))
    return PaidIn(voucher(Source.PAYMENT, number, draw(st.integers(1, 2))), 1, draw(DAYS), amount, Money(tax))


def several(of: st.SearchStrategy[Any], most: int) -> st.SearchStrategy[list[Any]]:
    """Some papers, each with an id of its own."""
    return st.lists(of, max_size=most, unique_by=lambda one: one.voucher.id)


@given(several(supplies(), 6), several(payments(), 4))
def test_the_months_balance_and_come_to_what_was_billed_and_paid_e4(sold: list[Supply], came: list[PaidIn]) -> None:
    made = journal(YEARS, sold, came)
    turnovers = made.turnovers()
    assert sum(one.debit.minor for one in turnovers) == sum(one.credit.minor for one in turnovers)
    left = defaultdict(int, balances(made.entries))
    assert -left[RUSSIAN.revenue] == sum(one.amount.minor for one in sold)
    assert left[RUSSIAN.revenue_tax] == sum(one.tax.minor for one in sold)
    assert left[RUSSIAN.bank] == sum(one.amount.minor for one in came)
    assert (
        left[RUSSIAN.receivable] + left[RUSSIAN.advance] == sum(one.amount.minor for one in sold) - left[RUSSIAN.bank]
    )
    assert left[RUSSIAN.advance] <= 0 <= left[RUSSIAN.advance_tax]


@given(several(supplies(), 4), several(payments(), 3))
def test_each_month_alone_is_as_it_is_among_the_others_e4(sold: list[Supply], came: list[PaidIn]) -> None:
    whole = journal(YEARS, sold, came).entries
    for month in Term(date(2026, 1, 1), date(2027, 1, 1)).calendar_months():
        before = [one for one in sold if one.issued_on < month.ends_on]
        paid = [one for one in came if one.received_on < month.ends_on]
        own = [one for one in whole if one.on in month]
        assert [(one.key, one.amount) for one in journal(month, before, paid).entries] == [
            (one.key, one.amount) for one in own
        ]
