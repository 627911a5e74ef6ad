"""How texts of others are written down: quotation marks inside quotation marks, and phones in groups (P1)."""

import re

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat

from documents.words import NBSP, Language

_MARKS = {Language.RU: (("«", "»"), ("„", "“")), Language.EN: (("“", "”"), ("‘", "’"))}
"""The outer marks of a language and the inner ones, which take turns the deeper they are."""
_ALWAYS_OPEN, _ALWAYS_CLOSE = "«„", "»”"
_ANY = _ALWAYS_OPEN + _ALWAYS_CLOSE + '“"'
_BEFORE_OPENING = " (-–—/"


def quotes(text: str, language: Language = Language.RU) -> str:
    """The text with its quotation marks as the language has them, outside and inside: ООО «ТД „Ромашка“».

    Of two closing marks at the end the last may have been left out, as is done where both look alike. A text whose
    marks match in no way stays as it is.
    """
    return _nested(text, language) or text


def quoted(text: str, language: Language) -> str:
    """The text inside quotation marks of the language, its own ones inside them: «Забота „Плюс“»."""
    opening, closing = _MARKS[language][0]
    return _nested(f"«{text}»", language) or f"{opening}{text}{closing}"


def _nested(text: str, language: Language) -> str:
    """The text with marks that match; empty when they do not."""
    written, depth, opened_at = "", 0, -2
    for place, letter in enumerate(text):
        if letter not in _ANY:
            written += letter
        elif _opens(letter, text[place - 1 : place]) or (opened_at == place - 1 and letter not in _ALWAYS_CLOSE):
            depth, opened_at = depth + 1, place
            written += _MARKS[language][(depth - 1) % 2][0]
        elif depth == 0:
            return ""
        else:
            written += _MARKS[language][(depth - 1) % 2][1]
            depth -= 1
    if depth == 1 and text[-1] in _ANY:
        return written + _MARKS[language][0][1]
    return written if depth == 0 else ""


def _opens(letter: str, before: str) -> bool:
    """Whether a mark opens: by what it is, else by what stands before it."""
    return letter in _ALWAYS_OPEN or (letter not in _ALWAYS_CLOSE and before in _BEFORE_OPENING)


def phone(number: str) -> str:
    """A phone in the groups of its country, with its code: +7 495 123-45-67; what is none stays as it is."""
    if not re.fullmatch(r"\+[0-9]+", number):
        return number
    try:
        parsed = phonenumbers.parse(number)
    except NumberParseException:
        return number
    return phonenumbers.format_number(parsed, PhoneNumberFormat.INTERNATIONAL).replace(" ", NBSP)
