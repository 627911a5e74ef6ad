"""How papers write amounts, days and hours in Russian and English (P4); pure functions of their arguments."""

import re
from datetime import date
from decimal import Decimal
from enum import StrEnum

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal, parse_pattern
from num2words import num2words

from contracts.money import Money

NBSP = "\u00a0"
LONGEST_UNBROKEN = 24
"""Characters of a name that is kept on one line."""
MINUS = "\u2212"


class Language(StrEnum):
    """The languages of a paper."""

    RU = "ru"
    EN = "en"


_LOCALES = {Language.RU: Locale("ru", "RU"), Language.EN: Locale("en", "GB")}
_MONEY = parse_pattern("#,##0.00")
_MONTHS = {Language.RU: "LLLL y 'г'.", Language.EN: "LLLL y"}
_DAYS = {Language.RU: "dd MMMM y 'г'.", Language.EN: "d MMMM y"}
_HOUR_AND_MINUTE = {Language.RU: ("ч", "мин"), Language.EN: ("h", "min")}
_ENGLISH_CURRENCIES = {
    "RUB": ("rouble", "roubles", "kopeck", "kopecks"),
    "EUR": ("euro", "euros", "cent", "cents"),
    "KZT": ("tenge", "tenge", "tiyn", "tiyn"),
    "BYN": ("Belarusian rouble", "Belarusian roubles", "kopeck", "kopecks"),
    "USD": ("US dollar", "US dollars", "cent", "cents"),
}
_SHORT_CURRENCIES = {
    Language.RU: {"RUB": "руб.", "EUR": "евро", "KZT": "тенге", "BYN": "бел. руб.", "USD": "долл."},
    Language.EN: {"RUB": "RUB", "EUR": "EUR", "KZT": "KZT", "BYN": "BYN", "USD": "USD"},
}
# Control and direction marks would reorder or swallow printed figures, and XML forbids most of them.
_UNPRINTABLE = re.compile(
    "[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufff9-\uffff]+"
)


def printable(text: str) -> str:
    """The text on one line: white space, control and direction marks become single spaces (P7)."""
    return _UNPRINTABLE.sub(" ", text)


def amount_in_words(amount: Money, language: Language) -> str:
    """Write 1 001 as "Одна тысяча один рубль 00 копеек": whole units in words, minor units in two digits (P4)."""
    if language is Language.RU:
        # num2words reads an integer as minor units; without a currency it would speak of euros.
        options = {"to": "currency", "currency": amount.currency, "cents": False, "separator": ""}
        words: str = num2words(amount.minor, lang="ru", **options)
        words = re.sub(r"доллар\w*", r"\g<0> США", words)  # it does not say whose dollars they are
    else:
        words = _in_english(amount)
    return words[0].upper() + words[1:]


def amount_in_figures(amount: Money, language: Language) -> str:
    """Write "33 816,00" or "33,816.00", without the currency, with a true minus sign."""
    figures = format_decimal(Decimal(amount.minor).scaleb(-2), _MONEY, locale=_LOCALES[language])
    return figures.replace("-", MINUS)


def currency_mark(currency: str, language: Language) -> str:
    """Give "руб." or "RUB": what stands after a figure or in the head of a column."""
    return _SHORT_CURRENCIES[language][currency]


def country_name(code: str, language: Language) -> str:
    """Give "Германия" or "Germany" for DE."""
    return str(_LOCALES[language].territories[code])


def tax_number_name(country: str, is_person: bool, language: Language) -> str:
    """What the number of a taxpayer is called in a country: "УНП" or "UNP" for BY."""
    if country == "KZ":
        return ("ИИН" if is_person else "БИН") if language is Language.RU else ("IIN" if is_person else "BIN")
    return _TAX_NUMBERS[language].get(country, "VAT ID")


_TAX_NUMBERS = {
    Language.RU: {"RU": "ИНН", "BY": "УНП", "DE": "USt-IdNr."},
    Language.EN: {"RU": "INN", "BY": "UNP", "DE": "USt-IdNr."},
}


def price(amount: Money, language: Language) -> str:
    """Write "33 816,00 руб.": figures and currency that never part at the end of a line."""
    return f"{amount_in_figures(amount, language)}{NBSP}{currency_mark(amount.currency, language)}"


def day_in_words(day: date, language: Language) -> str:
    """Write "05 марта 2026 г." or "5 March 2026" (P4)."""
    return format_date(day, _DAYS[language], locale=_LOCALES[language]).replace(" ", NBSP)


def day_in_figures(day: date) -> str:
    """Write "05.03.2026", where a column or a line is short; the same in both languages."""
    return f"{day.day:02}.{day.month:02}.{day.year}"


def month_in_words(day: date, language: Language) -> str:
    """Write "октябрь 2026 г." or "October 2026"."""
    return format_date(day, _MONTHS[language], locale=_LOCALES[language]).replace(" ", NBSP)


def person(name: str) -> str:
    """A person's name whose parts stay on one line, "Ильин А. С."; a very long one may break."""
    return name.replace(" ", NBSP) if len(name) <= LONGEST_UNBROKEN else name


def hours_in_words(minutes: int, language: Language) -> str:
    """Write "1 ч 35 мин", "2 ч" or "15 мин" (P4)."""
    hour, minute = _HOUR_AND_MINUTE[language]
    hours, rest = divmod(abs(minutes), 60)
    parts = [f"{hours}{NBSP}{hour}"] if hours else []
    if rest or not hours:
        parts.append(f"{rest}{NBSP}{minute}")
    return (MINUS if minutes < 0 else "") + NBSP.join(parts)


def multiplier(percent: int, language: Language) -> str:
    """Write "1,5" for 150 per cent, "2" for 200."""
    return format_decimal(Decimal(percent).scaleb(-2).normalize(), locale=_LOCALES[language])


def in_sentence(name: str) -> str:
    """The name as it stands inside a sentence: "выезд специалиста", but "1С:ИТС" and "VPN" as they are."""
    return name[:1].lower() + name[1:] if name[1:2].islower() else name


def per_cent(figure: int, language: Language) -> str:
    """Write "22 %" or "22%": a figure and its sign that never part at the end of a line."""
    return f"{figure}{NBSP if language is Language.RU else ''}%"


def full_stop(text: str) -> str:
    """The text with a full stop at its end, which "г." and "руб." bring themselves."""
    return text if text.endswith(".") else text + "."


def counted(number: int, language: Language, *forms: str) -> str:
    """The number with the form that agrees: one, few, many in Russian; one, many in English."""
    names = ("one", "few", "many") if language is Language.RU else ("one", "other")
    form = dict(zip(names, forms, strict=True))[_LOCALES[language].plural_form(number)]
    return f"{number}{NBSP}{form}"


def _in_english(amount: Money) -> str:
    one, many, cent, cents = _ENGLISH_CURRENCIES[amount.currency]
    whole, rest = divmod(abs(amount.minor), 100)
    sign = "minus " if amount.minor < 0 else ""
    return (
        f"{sign}{num2words(whole, lang='en')} {one if whole == 1 else many} {rest:02d} {cent if rest == 1 else cents}"
    )
