"""Taxpayers, accounts and banks of other countries are known by numbers with their own check digits (M2, P1)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.countries import COUNTRIES, account_number, bank_code, is_person, tax_number, tax_number_form

NUMBERS = {
    "RU": "7707083893",
    "KZ": "971240001315",
    "BY": "200988541",
    "DE": "DE136695976",
    "AT": "ATU12345675",
    "FR": "FR40303265045",
    "GR": "EL094259216",
    "NL": "NL123456782B90",
}
JUNK = ["", " ", "0", "0" * 12, "1e9", "٩٧١٢٤٠٠٠١٣١٥", "971240001315\x00", "<b>971240001315</b>", "DE", "ЕС136695976"]


@pytest.mark.parametrize("country", NUMBERS)
def test_a_number_is_that_of_its_own_country_alone(country: str) -> None:
    number = NUMBERS[country]
    assert tax_number(f" {number[:4].lower()} {number[4:]}\n", country) == number
    assert [other for other in COUNTRIES if tax_number(number, other)] == [country]
    assert tax_number_form(country)


@pytest.mark.parametrize("country", NUMBERS)
@pytest.mark.parametrize("wrong", JUNK)
def test_what_is_no_number_is_none_of_any_country(country: str, wrong: str) -> None:
    assert tax_number(wrong, country) is None


@pytest.mark.parametrize("country", ["BY", "DE"])
@given(place=st.integers(1, 7), shift=st.integers(1, 9))
def test_one_wrong_digit_of_a_number_is_found(country: str, place: int, shift: int) -> None:
    number = list(NUMBERS[country])
    number[-place] = str((int(number[-place]) + shift) % 10)
    assert tax_number("".join(number), country) is None


@pytest.mark.parametrize(
    ("number", "checked"),
    [
        ("940140000385", True),  # by the first row of weights
        ("000000000101", True),  # by the second, since the first leaves ten
        ("000000000100", False),
    ],
)
def test_a_kazakh_number_has_two_rows_of_weights(number: str, checked: bool) -> None:
    assert (tax_number(number, "KZ") is not None) is checked


@pytest.mark.parametrize(
    ("number", "country", "person"),
    [
        ("500100732259", "RU", True),
        ("7707083893", "RU", False),
        ("971240001315", "KZ", False),
        ("880115300123", "KZ", True),
        ("200988541", "BY", False),
        ("ATU123456752", "AT", False),
    ],
)
def test_who_trades_in_their_own_name_is_seen_by_the_number_p3(number: str, country: str, person: bool) -> None:
    assert is_person(number, country) is person


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("KZ86 125K ZT50 0410 0100", "KZ86125KZT5004100100"),
        ("by57NBRB3600900000002Z00AB7Y", "BY57NBRB3600900000002Z00AB7Y"),
        ("DE89 3704 0044 0532 0130 00", "DE89370400440532013000"),
        ("DE89370400440532013001", None),  # a wrong check digit
        ("DE8937040044053201300", None),  # too short for its country
        ("XX89370400440532013000", None),
        ("40702810438000060473", None),
        *((junk, None) for junk in JUNK),
    ],
)
def test_an_account_outside_russia_is_an_iban(typed: str, stored: str | None) -> None:
    assert account_number(typed) == stored


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("cobadeff", "COBADEFF"),
        ("DEUT DE FF 500", "DEUTDEFF500"),
        ("KCJBKZKX", "KCJBKZKX"),
        ("COBADEF", None),
        ("COBADEFF1", None),
        ("C0BADEFF", None),
        ("044525225", None),
        *((junk, None) for junk in JUNK),
    ],
)
def test_a_bank_outside_russia_has_eight_or_eleven_characters(typed: str, stored: str | None) -> None:
    assert bank_code(typed) == stored
