"""M1-M3: one rounding per line, tax by the day of supply, totals that are sums of lines."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.invoice_lines import (
    ChargedWork,
    Exemption,
    LineAmounts,
    Totals,
    line_columns,
    term_lines,
    totals,
    work_line,
)
from billing.tax import WITHOUT_TAX, Taxation, TaxRate, included_tax
from contracts.money import Money
from contracts.tax_modes import TaxMode
from contracts.terms import Term

HOUR = Money.parse("2700.00")
OCTOBER = date(2026, 10, 20)
NEW_YEAR = Term(date(2025, 7, 1), date(2026, 7, 1))


def taxed(mode: TaxMode) -> Taxation:
    """A seller who never changes its mode."""
    return Taxation("RU", ((date.min, mode),))


GENERAL = taxed(TaxMode.GENERAL)


def a_line(amount: str) -> LineAmounts:
    """A piece for an amount, taxed at 22 %."""
    [line] = term_lines(Term.calendar_month(OCTOBER), Money.parse(amount), GENERAL)
    return line


def test_three_lines_print_their_tax_and_their_sum_m3() -> None:
    lines = [a_line("1000.10")] * 3
    assert [str(line.tax) for line in lines] == ["180.35"] * 3
    assert totals(lines, "RUB") == Totals(Money.parse("3000.30"), Money.parse("541.05"))


def test_no_lines_come_to_nothing_in_their_currency_m1() -> None:
    assert totals([], "EUR") == Totals(Money(0, "EUR"), Money(0, "EUR"))


def test_currencies_never_add_up_m1() -> None:
    euro = term_lines(Term.calendar_month(OCTOBER), Money(1, "EUR"), GENERAL)
    with pytest.raises(ValueError, match="do not mix"):
        totals([a_line("1.00"), *euro], "RUB")


@pytest.mark.parametrize(
    ("minutes", "amount", "tax"),
    [
        (15, "675.00", "121.72"),
        (60, "2700.00", "486.89"),
        (1, "45.00", "8.11"),
        (20, "900.00", "162.30"),
        (0, "0.00", "0.00"),
        (-15, "-675.00", "-121.72"),
    ],
)
def test_work_costs_its_hours_rounded_once_m1(minutes: int, amount: str, tax: str) -> None:
    line = work_line(ChargedWork(OCTOBER, minutes, HOUR), GENERAL)
    assert (str(line.amount), str(line.tax), line.price) == (amount, tax, HOUR)
    assert (line.supplied, line.quantity_minutes) == (Term(OCTOBER, OCTOBER + timedelta(days=1)), minutes)


@given(minutes=st.integers(1, 50_000), price=st.integers(0, 10**8))
def test_a_credit_is_the_exact_opposite_of_its_charge_m1(minutes: int, price: int) -> None:
    charge = work_line(ChargedWork(OCTOBER, minutes, Money(price)), GENERAL)
    credit = work_line(ChargedWork(OCTOBER, -minutes, Money(price)), GENERAL)
    assert (credit.amount, credit.tax) == (-charge.amount, -charge.tax)
    assert totals([charge, credit], "RUB") == Totals(Money(0), Money(0))


@pytest.mark.parametrize(
    ("work_on", "mode", "percent", "tax"),
    [
        (date(2025, 12, 31), TaxMode.GENERAL, 20, "450.00"),
        (date(2026, 1, 1), TaxMode.GENERAL, 22, "486.89"),
        (date(2026, 1, 1), TaxMode.SIMPLIFIED_5, 5, "128.57"),
        (date(2026, 1, 1), TaxMode.SIMPLIFIED_7, 7, "176.64"),
        (date(2026, 1, 1), TaxMode.SIMPLIFIED_EXEMPT, None, "0.00"),
    ],
)
def test_work_is_taxed_by_its_day_and_the_sellers_mode_m2(
    work_on: date, mode: TaxMode, percent: int | None, tax: str
) -> None:
    line = work_line(ChargedWork(work_on, 60, HOUR), taxed(mode))
    assert (line.rate, str(line.tax)) == (TaxRate(percent), tax)


def test_a_contract_over_new_year_has_two_lines_with_two_rates_m2() -> None:
    before, after = term_lines(NEW_YEAR, Money.parse("33816.00"), GENERAL)
    assert (before.supplied, before.rate) == (Term(date(2025, 7, 1), date(2026, 1, 1)), TaxRate(20))
    assert (after.supplied, after.rate) == (Term(date(2026, 1, 1), date(2026, 7, 1)), TaxRate(22))
    assert (str(before.amount), str(after.amount)) == ("17046.97", "16769.03")  # 184 and 181 of 365 days
    assert (str(before.tax), str(after.tax)) == ("2841.16", "3023.92")
    assert totals([before, after], "RUB").total == Money.parse("33816.00")


def test_without_vat_is_not_zero_per_cent_m2() -> None:
    [line] = term_lines(NEW_YEAR, Money.parse("33816.00"), taxed(TaxMode.SIMPLIFIED_EXEMPT))
    assert line.rate == WITHOUT_TAX != TaxRate(0)
    assert line_columns(line)["tax_percent"] is None
    assert line_columns(line)["tax_minor"] == 0


def test_a_term_over_a_change_of_mode_mixes_exempt_and_taxed_lines_m2() -> None:
    modes = (date(2026, 1, 1), TaxMode.SIMPLIFIED_5), (date.min, TaxMode.SIMPLIFIED_EXEMPT)
    exempt, taxed_line = term_lines(NEW_YEAR, Money.parse("36500.00"), Taxation("RU", modes))
    assert (exempt.rate, str(exempt.amount), str(exempt.tax)) == (TaxRate(None), "18400.00", "0.00")
    assert (taxed_line.rate, str(taxed_line.amount), str(taxed_line.tax)) == (TaxRate(5), "18100.00", "861.90")


@given(
    starts_on=st.dates(date(2018, 1, 1), date(2027, 1, 1)),
    days=st.integers(1, 800),
    price=st.integers(0, 10**10),
)
def test_the_lines_of_a_term_tile_it_and_add_up_to_its_price_m1(starts_on: date, days: int, price: int) -> None:
    term = Term(starts_on, starts_on + timedelta(days=days))
    lines = term_lines(term, Money(price), GENERAL)
    assert lines[0].supplied.starts_on == term.starts_on
    assert [line.supplied.ends_on for line in lines[:-1]] == [line.supplied.starts_on for line in lines[1:]]
    assert lines[-1].supplied.ends_on == term.ends_on
    assert totals(lines, "RUB").total == Money(price)
    assert [line.tax for line in lines] == [included_tax(line.amount, line.rate) for line in lines]


LICENCE = Exemption(40, "пп. 26 п. 2 ст. 149 НК РФ")
YEAR_OF_2026 = Term(date(2026, 1, 1), date(2027, 1, 1))


@pytest.mark.parametrize(
    ("mode", "term", "percent", "price", "lines"),
    [
        (TaxMode.GENERAL, YEAR_OF_2026, 40, "10000.00", ["22 6000.00 1081.97", "None 4000.00 0.00"]),
        (TaxMode.GENERAL, NEW_YEAR, 40, "10000.00", ["20 3024.66 504.11", "22 2975.34 536.54", "None 4000.00 0.00"]),
        (TaxMode.SIMPLIFIED_5, YEAR_OF_2026, 40, "10000.00", ["5 6000.00 285.71", "None 4000.00 0.00"]),
        (TaxMode.SIMPLIFIED_7, YEAR_OF_2026, 33, "33816.00", ["7 22656.72 1482.22", "None 11159.28 0.00"]),
        (TaxMode.SIMPLIFIED_EXEMPT, YEAR_OF_2026, 40, "10000.00", ["None 10000.00 0.00"]),
        (TaxMode.GENERAL, YEAR_OF_2026, 100, "10000.00", ["None 10000.00 0.00"]),
        (TaxMode.GENERAL, YEAR_OF_2026, 0, "10000.00", ["22 10000.00 1803.28"]),
        (TaxMode.GENERAL, YEAR_OF_2026, 40, "0.01", ["22 0.01 0.00"]),
        (TaxMode.GENERAL, YEAR_OF_2026, 60, "0.01", ["None 0.01 0.00"]),
        (TaxMode.GENERAL, YEAR_OF_2026, 40, "0.00", ["22 0.00 0.00"]),
        (TaxMode.GENERAL, YEAR_OF_2026, 50, "1000.01", ["22 500.00 90.16", "None 500.01 0.00"]),
    ],
)
def test_a_licence_in_a_price_is_a_line_without_vat_beside_the_taxed_service_m2(
    mode: TaxMode, term: Term, percent: int, price: str, lines: list[str]
) -> None:
    found = term_lines(term, Money.parse(price), taxed(mode), Exemption(percent, LICENCE.ground))
    assert [f"{line.rate.percent} {line.amount} {line.tax}" for line in found] == lines
    assert totals(found, "RUB").total == Money.parse(price)
    licences = [line for line in found if line.exempt_ground]
    assert all(line.rate == WITHOUT_TAX and line.supplied == term for line in licences)
    assert len(licences) == (mode is not TaxMode.SIMPLIFIED_EXEMPT and "None" in lines[-1])


@given(price=st.integers(0, 10**10), refund=st.integers(0, 10**10), percent=st.integers(0, 100))
def test_no_more_of_a_licence_or_a_service_is_credited_than_was_invoiced_m4(
    price: int, refund: int, percent: int
) -> None:
    exempt, back = Exemption(percent, "ст. 149"), min(price, refund)
    sums = []
    for amount in (price, back):
        lines = term_lines(YEAR_OF_2026, Money(amount), GENERAL, exempt)
        free = sum(line.amount.minor for line in lines if line.exempt_ground)
        sums.append((free, amount - free))
        assert totals(lines, "RUB").total == Money(amount)
    assert sums[1][0] <= sums[0][0]
    assert sums[1][1] <= sums[0][1]


def test_a_line_is_stored_with_its_last_day() -> None:
    assert line_columns(work_line(ChargedWork(OCTOBER, 15, HOUR), GENERAL)) == {
        "supplied_from": OCTOBER,
        "supplied_until": OCTOBER,
        "quantity_minutes": 15,
        "price_minor": 2700_00,
        "amount_minor": 675_00,
        "tax_percent": 22,
        "tax_minor": 121_72,
    }
