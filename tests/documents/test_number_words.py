"""Amounts in words are read back by other means than those that wrote them (P4, E4)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.money import CURRENCIES, Money
from documents.number_words import read_amount
from documents.words import Language, amount_in_words

AMOUNTS = st.integers(-(10**14), 10**14)


@pytest.mark.parametrize(
    ("words", "minor"),
    [
        ("Одна тысяча один рубль 00 копеек", 1_001_00),
        ("Пятьдесят семь тысяч девятьсот два рубля 14 копеек", 57_902_14),
        ("Сто двенадцать миллионов сорок рублей 01 копейка", 112_000_040_01),
        ("Минус шестнадцать тысяч двести рублей 00 копеек", -16_200_00),
        ("One million, seven hundred and fourteen thousand, five hundred roubles 00 kopecks", 1_714_500_00),
        ("Twenty-one thousand and five US dollars 09 cents", 21_005_09),
    ],
)
def test_words_are_read_as_the_amount_that_they_say(words: str, minor: int) -> None:
    assert read_amount(words) == minor


@given(AMOUNTS, st.sampled_from(CURRENCIES), st.sampled_from(Language))
def test_every_amount_in_words_says_its_figures(minor: int, currency: str, language: Language) -> None:
    assert read_amount(amount_in_words(Money(minor, currency), language)) == minor


def test_words_without_minor_units_are_no_amount() -> None:
    with pytest.raises(ValueError, match="no minor units"):
        read_amount("Сто рублей")
