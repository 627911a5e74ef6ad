"""M2, M3: tax follows the date of supply, is rounded once per line, and is split over a change of rate."""

import json
from datetime import date, timedelta
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.tax import (
    WITHOUT_TAX,
    Taxation,
    TaxedPart,
    TaxRate,
    included_tax,
    require_tax_country,
    split_by_tax,
    tax_countries,
    tax_rate,
)
from contracts.errors import Refusal
from contracts.money import Money
from contracts.tax_modes import TaxMode
from contracts.terms import Term

DECEMBER, JANUARY = date(2025, 12, 31), date(2026, 1, 1)


def rub(text: str) -> Money:
    """Roubles, "3900.00"."""
    return Money.parse(text)


GENERAL = Taxation("RU", ((date.min, TaxMode.GENERAL),))
"""A seller who never left the general mode."""


@pytest.mark.parametrize(
    ("mode", "supplied_on", "percent"),
    [
        (TaxMode.GENERAL, date(2006, 6, 30), 18),
        (TaxMode.GENERAL, date(2018, 12, 31), 18),
        (TaxMode.GENERAL, date(2019, 1, 1), 20),
        (TaxMode.GENERAL, DECEMBER, 20),
        (TaxMode.GENERAL, JANUARY, 22),
        (TaxMode.SIMPLIFIED_5, date(2025, 1, 1), 5),
        (TaxMode.SIMPLIFIED_7, JANUARY, 7),
        (TaxMode.SIMPLIFIED_EXEMPT, JANUARY, None),
    ],
)
def test_the_day_of_supply_decides_the_rate_m2(mode: TaxMode, supplied_on: date, percent: int | None) -> None:
    assert tax_rate(mode, supplied_on) == TaxRate(percent)


@pytest.mark.parametrize(
    ("country", "supplied_on", "percent"),
    [
        ("KZ", DECEMBER, 12),
        ("KZ", JANUARY, 16),
        ("BY", JANUARY, 20),
        ("DE", date(2020, 6, 30), 19),
        ("DE", date(2020, 12, 31), 16),
        ("DE", date(2021, 1, 1), 19),
    ],
)
def test_other_countries_rates_are_data_of_their_own_m2(country: str, supplied_on: date, percent: int) -> None:
    assert Taxation(country, ((date.min, TaxMode.GENERAL),)).rate_on(supplied_on) == TaxRate(percent)
    exempt = Taxation(country, ((date.min, TaxMode.SIMPLIFIED_EXEMPT),))
    assert exempt.rate_on(supplied_on) == WITHOUT_TAX


def test_every_countrys_rates_say_whose_law_they_are() -> None:
    for country in tax_countries():
        record = json.loads((files("billing") / "tax_rates" / f"{country.lower()}.json").read_text("utf-8"))
        assert record["sources"]
        dated = [(rate["mode"], rate["valid_from"]) for rate in record["rates"]]
        assert len(dated) == len(set(dated))


def test_a_country_without_data_is_refused_with_those_there_are() -> None:
    with pytest.raises(Refusal) as refusal:
        require_tax_country("FR")
    assert refusal.value.code == "TAX_COUNTRY_UNKNOWN"
    assert refusal.value.facts["allowed"] == ["BY", "DE", "KZ", "RU"]


@pytest.mark.parametrize(
    ("mode", "supplied_on", "country"),
    [
        (TaxMode.GENERAL, JANUARY, "FR"),
        (TaxMode.GENERAL, date(2003, 12, 31), "RU"),
        (TaxMode.SIMPLIFIED_5, date(2024, 12, 31), "RU"),  # the mode did not exist yet
    ],
)
def test_an_unknown_rate_is_refused_and_never_guessed_m2(mode: TaxMode, supplied_on: date, country: str) -> None:
    with pytest.raises(Refusal) as refusal:
        tax_rate(mode, supplied_on, country)
    assert refusal.value.code == "TAX_RATE_UNKNOWN"
    assert refusal.value.facts == {"value": supplied_on, "country": country, "mode": mode}


@pytest.mark.parametrize(
    ("gross", "percent", "tax"),
    [
        ("3900.00", 20, "650.00"),
        ("3900.00", 22, "703.28"),
        ("675.00", 22, "121.72"),
        ("1350.00", 22, "243.44"),
        ("1000.10", 22, "180.35"),
        ("-1000.10", 22, "-180.35"),  # a credit line gives back what its line took
        ("1.05", 5, "0.05"),
        ("0.03", 20, "0.01"),  # half a kopeck goes away from zero
        ("100.00", 0, "0.00"),
    ],
)
def test_the_tax_inside_an_amount_is_rounded_once_m1_m2(gross: str, percent: int, tax: str) -> None:
    assert included_tax(rub(gross), TaxRate(percent)) == rub(tax)


def test_three_lines_print_the_sum_of_their_taxes_m3() -> None:
    taxes = [included_tax(rub("1000.10"), TaxRate(22))] * 3
    assert Money.total(taxes) == rub("541.05")
    assert included_tax(rub("3000.30"), TaxRate(22)) == rub("541.04")  # what rounding the sum would have printed


@pytest.mark.parametrize(("percent", "gross"), [(22, "3965.00"), (20, "3900.00"), (0, "3250.00"), (None, "3250.00")])
def test_the_tax_in_a_gross_price_is_what_stands_on_top_of_the_net_one_m2(percent: int | None, gross: str) -> None:
    assert rub(gross) - included_tax(rub(gross), TaxRate(percent)) == rub("3250.00")


def test_without_vat_is_not_a_rate_of_0_percent_m2() -> None:
    assert TaxRate(0) != WITHOUT_TAX
    assert included_tax(rub("3900.00"), WITHOUT_TAX) == rub("0.00")


def test_a_term_over_new_year_has_two_lines_with_two_rates_m2() -> None:
    term = Term.of_months(date(2025, 12, 15), 1)  # 17 days of December, 14 of January
    assert split_by_tax(term, rub("3900.00"), GENERAL) == [
        TaxedPart(Term(date(2025, 12, 15), JANUARY), rub("2138.71"), TaxRate(20)),
        TaxedPart(Term(JANUARY, date(2026, 1, 15)), rub("1761.29"), TaxRate(22)),
    ]


@pytest.mark.parametrize("term", [Term.of_months(date(2025, 12, 1), 1), Term.of_months(JANUARY, 12)])
def test_a_term_within_one_rate_stays_one_line_m2(term: Term) -> None:
    assert [(part.term, part.amount) for part in split_by_tax(term, rub("3900.00"), GENERAL)] == [
        (term, rub("3900.00"))
    ]


def test_a_change_of_the_sellers_mode_cuts_the_term_too_m2() -> None:
    taxed = Taxation("RU", ((date(2026, 7, 1), TaxMode.SIMPLIFIED_5), (date.min, TaxMode.SIMPLIFIED_EXEMPT)))
    parts = split_by_tax(Term.of_months(JANUARY, 12), rub("365.00"), taxed)
    assert [(part.rate, part.amount) for part in parts] == [(WITHOUT_TAX, rub("181.00")), (TaxRate(5), rub("184.00"))]


def test_half_a_kopeck_is_given_to_one_line_not_to_both_m2() -> None:
    parts = split_by_tax(Term(DECEMBER, date(2026, 1, 2)), rub("0.01"), GENERAL)
    assert [part.amount for part in parts] == [rub("0.01"), rub("0.00")]


@given(
    starts_on=st.dates(date(2017, 1, 1), date(2027, 1, 1)),
    months=st.integers(1, 36),
    minor=st.integers(-(10**9), 10**9),
)
def test_parts_tile_the_term_and_add_up_to_the_kopeck_m2(starts_on: date, months: int, minor: int) -> None:
    mays = [(date(year, month, 1), month) for year in range(2030, 2016, -1) for month in (6, 5)]
    modes = tuple((day, TaxMode.SIMPLIFIED_EXEMPT if month == 5 else TaxMode.GENERAL) for day, month in mays)
    taxed = Taxation("RU", (*modes, (date.min, TaxMode.GENERAL)))
    term, amount = Term.of_months(starts_on, months), Money(minor, "EUR")
    parts = split_by_tax(term, amount, taxed)
    assert Money.total((part.amount for part in parts), "EUR") == amount
    assert [part.term.starts_on for part in parts[1:]] == [part.term.ends_on for part in parts[:-1]]
    assert (parts[0].term.starts_on, parts[-1].term.ends_on) == (term.starts_on, term.ends_on)
    for part in parts:
        days = (part.term.starts_on + timedelta(days=n) for n in range(part.term.days))
        assert {taxed.rate_on(day) for day in days} == {part.rate}


@given(minor=st.integers(0, 10**9), percent=st.sampled_from([5, 7, 18, 20, 22]))
def test_tax_taken_out_of_a_gross_price_is_the_tax_put_on_its_net_m2(minor: int, percent: int) -> None:
    rate = TaxRate(percent)
    gross = Money(minor).share(100 + percent, 100)
    assert abs((gross - included_tax(gross, rate)).minor - minor) <= 1
