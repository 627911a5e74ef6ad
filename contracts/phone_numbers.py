"""Phone numbers as people write them, at home and abroad: each number has one writing."""

import re

PASTED_AROUND = dict.fromkeys(map(ord, "\u200e\u200f\u202a\u202c\u202d\u2066\u2068\u2069"))
"""Marks that address books put around a number, so that it is read from the left."""
LABEL = re.compile(
    r"^(?:(?:телефон|тел|т|моб(?:ильный)?|сот(?:овый)?|раб(?:очий)?|факс|tel|phone|mob(?:ile)?|fax)[.:/]*\s*)+",
    re.IGNORECASE,
)
EXTENSION = re.compile(
    r"[\s,;(]*(?:доб(?:авочный)?|д|вн(?:утр(?:енний)?)?|ext(?:ension)?|x|#)[\s.:=№]*(?:номер[\s.:№]*)?"
    r"[0-9]{1,6}\s*\.?\)?\.?$",
    re.IGNORECASE,
)
NOT_DIALLED = re.compile(r"[\s()./‐‑‒–—−-]")
RUSSIAN = re.compile(r"(?:\+?7|8)?([3-9][0-9]{9})")
BELARUSIAN = re.compile(r"(?:\+?375|80)([1-9][0-9]{8})")
"""At home it begins with 8 0, and no Russian number after its 8 begins with 0."""
OTHER = re.compile(r"(?!\+8(?:[3-9][0-9]|0[1-9])[0-9]{8}$)\+[1-689][0-9]{7,14}")
"""But none like +8 495 123-45-67, where the 8 dialled at home may have been taken for the code of a country."""


def phone_number(text: str) -> str | None:
    """The number as +7XXXXXXXXXX from any common Russian or Kazakh writing, as +375XXXXXXXXX from a Belarusian one.

    Others as + and 8 to 15 digits; none where it is no number, or may be one of two. Words before it ("моб. тел.")
    and an extension ("доб. 12") are no part of it.
    """
    number = EXTENSION.sub("", LABEL.sub("", without_marks(text).strip()))
    dialled = re.sub(r"^(?:00|810)", "+", NOT_DIALLED.sub("", number))
    if match := RUSSIAN.fullmatch(dialled):
        return f"+7{match[1]}"
    if match := BELARUSIAN.fullmatch(dialled):
        return f"+375{match[1]}"
    return dialled if OTHER.fullmatch(dialled) else None


def without_marks(text: str) -> str:
    """A number that was pasted, without the marks that nobody sees."""
    return text.translate(PASTED_AROUND)
