"""What months served of what was paid ahead: shares that add up to the kopeck, less what is credited (M1, M4)."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from billing.journal import Source, Supply, Voucher
from billing.served_months import Prepaid, served
from contracts.money import Money
from contracts.terms import ONE_DAY, Term, first_of_month, next_month

YEAR = Term.of_months(date(2026, 4, 1), 12)
MARCH = date(2026, 3, 20)


def a_line(
    days: Term, minor: int, tax: int = 0, percent: int | None = 22, *, id: int = 1, invoice: int = 1, **more: object
) -> Prepaid:
    """A line of an invoice of a contract, issued before it is served; below zero it is of a credit note."""
    source = Source.INVOICE if minor >= 0 else Source.CREDIT_NOTE
    ground = more.pop("ground", None)
    currency, contract_id = str(more.pop("currency", "RUB")), more.pop("contract_id", 3)
    known = {"issued_on": MARCH, "ended_on": None} | more
    voucher = Voucher(source, invoice, f"2026-{invoice:04}", 1, 2, contract_id)
    sums = {"amount": Money(minor, currency), "tax": Money(tax, currency)}
    supply = Supply(voucher, id, days, **sums, tax_percent=percent, **known)
    return Prepaid(supply, invoice, id, ground)


def told(lines: Sequence[Prepaid], month: date) -> list[tuple[int, int | None, int, int, date, date]]:
    """The lines of the one act of a month: of which line, rate, amount, tax, first and last day."""
    acts = served(lines, Term.calendar_month(month))
    return [
        (
            one.invoice_line_id,
            one.line.rate.percent,
            one.line.amount.minor,
            one.line.tax.minor,
            one.line.supplied.starts_on,
            one.line.supplied.last_day,
        )
        for own in acts.values()
        for one in own
    ]


def test_a_month_is_its_share_of_the_days_at_the_rate_of_the_line_m2() -> None:
    lines = [a_line(YEAR, 3_650_00, 658_20), a_line(YEAR, 365_00, 0, None, id=2, ground="ст. 149")]
    april, until = date(2026, 4, 1), date(2026, 4, 30)
    assert told(lines, april) == [(1, 22, 300_00, 54_10, april, until), (2, None, 30_00, 0, april, until)]
    assert told(lines, date(2026, 3, 1)) == told(lines, date(2027, 4, 1)) == []


def test_days_before_the_invoice_are_of_its_month_and_none_is_after_the_end_s5_s11() -> None:
    late = a_line(YEAR, 365_00, issued_on=date(2026, 6, 10), ended_on=date(2026, 7, 20))
    assert told([late], date(2026, 5, 1)) == []
    assert told([late], date(2026, 6, 1)) == [(1, 22, 91_00, 0, date(2026, 4, 1), date(2026, 6, 30))]
    assert told([late], date(2026, 7, 1)) == [(1, 22, 274_00, 0, date(2026, 7, 1), date(2026, 7, 20))]


def test_a_credit_note_goes_off_the_line_of_its_rate_and_law_m4() -> None:
    half, other = Term(date(2026, 10, 1), YEAR.ends_on), Term.of_months(date(2026, 10, 1), 6)
    lines = [a_line(YEAR, 365_00), a_line(YEAR, 365_00, 0, None, id=2, ground="ст. 149")]
    taken = [a_line(half, -91_00, id=7, issued_on=date(2026, 9, 30))]
    licence = [a_line(half, -18_20, 0, None, id=8, ground="ст. 149", issued_on=date(2026, 9, 30))]
    of_no_line = [a_line(other, -18_20, 0, 20, id=9, issued_on=date(2026, 9, 30))]
    october = [(one, percent, minor) for one, percent, minor, *_ in told([*lines, *taken, *licence], date(2026, 10, 1))]
    assert october == [(1, 22, 15_50), (2, None, 27_90)]
    fallen = [(one, percent, minor) for one, percent, minor, *_ in told([*lines, *of_no_line], date(2026, 10, 1))]
    assert fallen == [(1, 22, 31_00), (2, None, 31_00), (2, 20, -3_10)]


def test_a_contract_that_comes_to_nothing_or_less_has_no_act_m4() -> None:
    whole = a_line(YEAR, 365_00, 65_82)
    back = a_line(YEAR, -365_00, -65_82, id=7)
    assert told([whole, back], date(2026, 4, 1)) == []
    assert told([whole, a_line(YEAR, -366_00, -65_82, id=7)], date(2026, 4, 1)) == []


def test_each_contract_and_currency_has_an_act_of_its_own_s13() -> None:
    lines = [
        a_line(YEAR, 365_00, id=1),
        a_line(YEAR, 730_00, id=2, invoice=2, contract_id=4),
        a_line(YEAR, 365_00, id=3, invoice=3, currency="EUR"),
        a_line(YEAR, 365_00, id=4, invoice=4),
    ]
    acts = served(lines, Term.calendar_month(YEAR.starts_on))
    told = {(of.contract_id, of.currency): [one.invoice_line_id for one in own] for of, own in acts.items()}
    assert told == {(3, "RUB"): [1, 4], (4, "RUB"): [2], (3, "EUR"): [3]}


days = st.dates(date(2025, 1, 1), date(2027, 12, 31))


@given(
    starts_on=days,
    length=st.integers(1, 800),
    issued_on=days,
    minor=st.integers(8_000_00, 50_000_00),
    taken=st.integers(0, 4_000_00),
    ended_after=st.none() | st.integers(0, 900),
)
def test_the_months_of_a_line_add_up_to_it_to_the_kopeck_m1(
    starts_on: date, length: int, issued_on: date, minor: int, taken: int, ended_after: int | None
) -> None:
    """Whenever it is invoiced, credited and ended; each month's days follow those of the month before."""
    term = Term(starts_on, starts_on + timedelta(length))
    more = {"issued_on": issued_on}
    if ended_after is not None:
        more["ended_on"] = max(issued_on, starts_on + timedelta(ended_after))
    lines = [a_line(term, minor, minor // 6, **more)]
    lines += [a_line(term, -taken, -taken // 6, id=7, **more)] if taken else []
    month, last = first_of_month(min(starts_on, issued_on)), max(term.last_day, issued_on, *more.values())
    acts = []
    while month <= last:
        acts += told(lines, month)
        month = next_month(month)
    assert sum(minor for _, _, minor, *_ in acts) == minor - taken
    assert sum(tax for _, _, _, tax, *_ in acts) == minor // 6 + (-taken // 6 if taken else 0)
    assert acts[0][4] == starts_on
    assert all(after[4] == before[5] + ONE_DAY for before, after in pairwise(acts))
