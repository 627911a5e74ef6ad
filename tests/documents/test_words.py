"""Amounts, days and hours as papers write them (P4, H2)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.money import CURRENCIES, Money
from documents import words
from documents.words import MINUS, NBSP, Language

RU, EN = Language.RU, Language.EN
IN_WORDS = [
    (100_100, RU, "Одна тысяча один рубль 00 копеек"),
    (5_790_214, RU, "Пятьдесят семь тысяч девятьсот два рубля 14 копеек"),
    (0, RU, "Ноль рублей 00 копеек"),
    (-150, RU, "Минус один рубль 50 копеек"),
    (123_456_789_012_345_678, RU, "78 копеек"),
    (100, EN, "One rouble 00 kopecks"),
    (100_100, EN, "One thousand and one roubles 00 kopecks"),
    (-150, EN, "Minus one rouble 50 kopecks"),
    (101, EN, "One rouble 01 kopeck"),
]
IN_CURRENCIES = """
KZT 100100 Одна тысяча один тенге 00 тиынов = One thousand and one tenge 00 tiyn
KZT 2201 Двадцать два тенге 01 тиын = Twenty-two tenge 01 tiyn
KZT 500003 Пять тысяч тенге 03 тиына = Five thousand tenge 03 tiyn
BYN 101 Один белорусский рубль 01 копейка = One Belarusian rouble 01 kopeck
BYN 2302 Двадцать три белорусских рубля 02 копейки = Twenty-three Belarusian roubles 02 kopecks
BYN 1111 Одиннадцать белорусских рублей 11 копеек = Eleven Belarusian roubles 11 kopecks
EUR 2100 Двадцать один евро 00 центов = Twenty-one euros 00 cents
EUR 200000021 Два миллиона евро 21 цент = Two million euros 21 cents
EUR 0 Ноль евро 00 центов = Zero euros 00 cents
USD 101 Один доллар США 01 цент = One US dollar 01 cent
USD 200002 Две тысячи долларов США 02 цента = Two thousand US dollars 02 cents
USD -250 Минус два доллара США 50 центов = Minus two US dollars 50 cents
"""


@pytest.mark.parametrize(("minor", "language", "said"), IN_WORDS)
def test_amounts_are_said_in_words_p4(minor: int, language: Language, said: str) -> None:
    assert words.amount_in_words(Money(minor), language).endswith(said)


@pytest.mark.parametrize("row", IN_CURRENCIES.strip().splitlines())
def test_each_currency_agrees_with_its_number_p4(row: str) -> None:
    currency, minor, said = row.split(" ", 2)
    russian, english = said.split(" = ")
    assert words.amount_in_words(Money(int(minor), currency), RU) == russian
    assert words.amount_in_words(Money(int(minor), currency), EN) == english


@pytest.mark.parametrize("currency", CURRENCIES)
@pytest.mark.parametrize("language", list(Language))
def test_every_currency_can_be_said_in_every_language_p4(currency: str, language: Language) -> None:
    assert words.amount_in_words(Money(200_005, currency), language).split()[-2] == "05"
    assert words.price(Money(1, currency), language).endswith(words.currency_mark(currency, language))


@pytest.mark.parametrize(
    ("minor", "russian", "english"),
    [
        (3_381_600, f"33{NBSP}816,00", "33,816.00"),
        (-5, f"{MINUS}0,05", f"{MINUS}0.05"),
        (99_999_999_999_999_999, f"999{NBSP}999{NBSP}999{NBSP}999{NBSP}999,99", "999,999,999,999,999.99"),
    ],
)
def test_amounts_are_grouped_by_the_language(minor: int, russian: str, english: str) -> None:
    assert words.amount_in_figures(Money(minor), RU) == russian
    assert words.amount_in_figures(Money(minor), EN) == english


@given(st.integers(min_value=-(10**14), max_value=10**14))
def test_printed_figures_read_back_as_the_same_amount_e4(minor: int) -> None:
    printed = words.amount_in_figures(Money(minor), RU).replace(MINUS, "-").replace(NBSP, " ")
    assert Money.parse(printed) == Money(minor)


def test_a_day_is_written_with_its_month_in_the_genitive_p4() -> None:
    assert words.day_in_words(date(2026, 3, 5), RU).replace(NBSP, " ") == "05 марта 2026 г."
    assert words.day_in_words(date(2026, 3, 5), EN).replace(NBSP, " ") == "5 March 2026"
    assert words.month_in_words(date(2026, 3, 5), RU).replace(NBSP, " ") == "март 2026 г."
    assert words.day_in_figures(date(2026, 3, 5)) == "05.03.2026"


@pytest.mark.parametrize(
    ("minutes", "said"), [(1575, "26 ч 15 мин"), (-15, "−15 мин"), (95, "1 ч 35 мин"), (120, "2 ч"), (0, "0 мин")]
)
def test_hours_never_turn_into_a_clock_time_h2(minutes: int, said: str) -> None:
    assert words.hours_in_words(minutes, RU).replace(NBSP, " ") == said


@pytest.mark.parametrize(
    ("name", "inside"),
    [("Выезд специалиста", "выезд специалиста"), ("1С:ИТС", "1С:ИТС"), ("VPN-доступ", "VPN-доступ"), ("", "")],
)
def test_a_name_inside_a_sentence_begins_small_unless_it_is_an_abbreviation(name: str, inside: str) -> None:
    assert words.in_sentence(name) == inside


@pytest.mark.parametrize(("percent", "russian", "english"), [(100, "1", "1"), (150, "1,5", "1.5"), (200, "2", "2")])
def test_a_multiplier_has_no_idle_zeros(percent: int, russian: str, english: str) -> None:
    assert words.multiplier(percent, RU) == russian
    assert words.multiplier(percent, EN) == english


@pytest.mark.parametrize(("number", "said"), [(1, "1 месяц"), (3, "3 месяца"), (12, "12 месяцев"), (21, "21 месяц")])
def test_counted_nouns_agree_with_their_number(number: int, said: str) -> None:
    assert words.counted(number, RU, "месяц", "месяца", "месяцев").replace(NBSP, " ") == said


def test_control_and_direction_marks_are_not_printable_p7() -> None:
    assert words.printable("a\x00b\u202ec\nd\ud800e") == "a b c d e"


@given(st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs", "Cn", "Zl", "Zp", "So"]), max_size=50))
def test_ordinary_text_is_printed_as_it_is_p7(text: str) -> None:
    assert words.printable(text) == text


def test_the_parts_of_a_name_stay_on_one_line_unless_it_is_very_long_p4() -> None:
    assert words.person("Ильин А. С.") == "Ильин\u00a0А.\u00a0С."
    assert words.person("Константинопольский Вячеслав Всеволодович") == "Константинопольский Вячеслав Всеволодович"


@pytest.mark.parametrize(
    ("country", "is_person", "names"),
    [
        ("RU", True, ("ИНН", "INN")),
        ("KZ", False, ("БИН", "BIN")),
        ("KZ", True, ("ИИН", "IIN")),
        ("BY", False, ("УНП", "UNP")),
        ("DE", False, ("USt-IdNr.", "USt-IdNr.")),
        ("FR", False, ("VAT ID", "VAT ID")),
    ],
)
def test_the_number_of_a_taxpayer_has_the_name_of_its_country_p1(
    country: str, is_person: bool, names: tuple[str, str]
) -> None:
    assert tuple(words.tax_number_name(country, is_person, one) for one in (RU, EN)) == names
