"""How countries number taxpayers, and how banks outside Russia are named: each number with its own check digits."""

import re
from collections.abc import Callable
from functools import partial

from stdnum import bic, iban
from stdnum.by import unp
from stdnum.eu import vat
from stdnum.ru import inn

HOME = "RU"
EURO_UNION = (
    *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU"),
    *("IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"),
)
"""The countries whose taxpayers have a VAT identification number that begins with letters of the country."""
COUNTRIES = (*sorted(("BY", "KZ", *EURO_UNION)), HOME)
"""The countries of parties."""
SEPA = (*EURO_UNION, *("AD", "CH", "GB", "IS", "LI", "MC", "NO", "SM", "VA"))
"""The countries whose banks make credit transfers in euro to each other, by the first letters of an IBAN."""
VAT_LETTERS = {"GR": "EL"}
"""The letters of a VAT number where they are not the code of the country."""
LARGEST_IBAN, SWIFT = 34, re.compile(r"[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")


def vat_letters(country: str) -> str:
    """The letters with which a VAT number of the country begins."""
    return VAT_LETTERS.get(country, country)


def tax_number(value: str, country: str) -> str | None:
    """The number of a taxpayer of the country in its normal form; none when it is not one."""
    number = _plain(value)
    return number if _RULES.get(country, _nobody)(number) else None


def tax_number_form(country: str) -> str:
    """How the numbers of a country's taxpayers look, for a person who typed a wrong one."""
    known = {
        "RU": "10 or 12 digits with right check digits",
        "KZ": "12 digits with a right check digit",
        "BY": "9 digits with a right check digit",
    }
    return known.get(country, f"{vat_letters(country)} and the VAT number with a right check digit")


def account_number(value: str) -> str | None:
    """An IBAN in its normal form, its check digits and the form of its country right; else none."""
    number = _plain(value)
    fits = number.isascii() and len(number) <= LARGEST_IBAN and iban.is_valid(number)
    return number if fits else None


def bank_code(value: str) -> str | None:
    """The BIC by which banks of all countries are named (ISO 9362), 8 or 11 characters; else none."""
    code = _plain(value)
    return code if SWIFT.fullmatch(code) and bic.is_valid(code) else None


def is_person(number: str, country: str) -> bool:
    """Whether the number of a taxpayer is that of a person who trades in their own name.

    In Kazakhstan the fifth digit of a person's number is the first one of a day, 0 to 3; a company has 4 to 6 there.
    """
    if country == "KZ":
        return number[4:5] in ("0", "1", "2", "3")
    return country == HOME and len(number) == 12


def _plain(value: str) -> str:
    return re.sub(r"\s", "", value).upper()


def _is_russian(number: str) -> bool:
    return bool(re.fullmatch(r"(?!00)[0-9]+", number)) and inn.is_valid(number)


def _is_kazakh(number: str) -> bool:
    """Twelve digits, of which the last is the sum of the others by the first row of weights, or by the second."""
    if not re.fullmatch(r"[0-9]{12}", number) or not int(number):
        return False
    digits = list(map(int, number))
    for first in (0, 2):
        check = sum(digit * ((place + first) % 11 + 1) for place, digit in enumerate(digits[:11])) % 11
        if check < 10:
            return check == digits[11]
    return False


def _is_belarusian(number: str) -> bool:
    return bool(re.fullmatch(r"[0-9A-Z]{2}[0-9]{7}", number)) and unp.is_valid(number)


def _is_of_the_union(letters: str, number: str) -> bool:
    return bool(re.fullmatch(rf"{letters}[0-9A-Z]{{2,12}}", number)) and vat.is_valid(number)


def _nobody(_: str) -> bool:
    return False


_RULES: dict[str, Callable[[str], bool]] = {
    **{country: partial(_is_of_the_union, vat_letters(country)) for country in EURO_UNION},
    "RU": _is_russian,
    "KZ": _is_kazakh,
    "BY": _is_belarusian,
}
