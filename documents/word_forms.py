"""The forms of Russian words as a dictionary knows them; it is read when the first word is asked about (P3)."""

import re
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pymorphy3 import MorphAnalyzer
    from pymorphy3.analyzer import Parse

NOMINATIVE = {"nomn", "sing"}
NAMES = {"Name", "Surn", "Patr"}
NO_COMMON_WORD = {*NAMES, "Abbr", "Geox", "Orgn", "Trad"}
"""How the dictionary marks what is no common noun: names, abbreviations, places, organisations, trade marks."""
LABELS = {"серия", "номер"}
"""Words before a number, which stay in the nominative: "свидетельства серия 77 № 1"."""
WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
SET_ASIDE = re.compile(r"«.*»|\".*\"|\b(?:имени|им\.)(?: [А-ЯЁ]\S+)+|\b(?:на|за) \S+")
"""What says nothing about the case of the rest: names in quotation marks, of honoured people, what is accusative."""


def nominatives(word: str, grammemes: set[str]) -> "list[Parse]":
    """How the word can be read in the nominative singular; as a noun not as a name, a place or an abbreviation."""
    found = [one for one in _dictionary().parse(word) if grammemes | NOMINATIVE in one.tag]
    return [one for one in found if grammemes & NO_COMMON_WORD or not NO_COMMON_WORD & set(one.tag.grammemes)]


def genitives_of(one: "Parse") -> list[str]:
    """The genitive of a word that was read in the nominative; nothing when it has none."""
    inflected = one.inflect({"gent"})
    return [] if inflected is None else [str(inflected.word)]


def is_adverb(word: str) -> bool:
    """Whether the word can be an adverb: "временно"."""
    return any("ADVB" in one.tag for one in _dictionary().parse(word))


def is_genitive(word: str) -> bool:
    """Whether the word can be a genitive singular: "директора"."""
    return any({"gent", "sing"} in one.tag for one in _dictionary().parse(word))


def is_plural_adjective(word: str) -> bool:
    """Whether the word is the genitive plural of a known adjective: "долгих"."""
    return any(one.is_known and {"ADJF", "plur", "gent"} in one.tag for one in _dictionary().parse(word))


def is_common_word(word: str) -> bool:
    """Whether a word typed in capitals is one that is written small: known, and no abbreviation and no name."""
    readings = _dictionary().parse(word)
    return len(word) > 3 and all(one.is_known and not NO_COMMON_WORD & set(one.tag.grammemes) for one in readings)


def has_nominative(text: str) -> bool:
    """Whether a word of what follows a noun is left in the nominative: a second post or ground, or who holds it."""
    return any(map(_is_nominative, WORD.findall(SET_ASIDE.sub("", text))))


def cased(word: str, forms: Iterable[str]) -> str:
    """The form written as the word was: small, with a capital or in capitals, and with "ё" only where it had one."""
    said = next(iter(forms), "")
    said = said if "ё" in word.lower() else said.replace("ё", "е")
    if word.isupper() and len(word) > 1:
        return said.upper() or word
    return (said.capitalize() if word[:1].isupper() else said) or word


def _is_nominative(word: str) -> bool:
    """Whether the word is a nominative and can be no other case but the accusative; places stay as they are named."""
    readings = [one for one in _dictionary().parse(word) if one.is_known or not word.isupper()]
    if word[0].isupper() and any({"Surn", *NOMINATIVE} in one.tag for one in readings):
        return True
    if word.lower() in LABELS or any("Geox" in one.tag for one in readings):
        return False
    cases = {str(one.tag.case) for one in readings if one.tag.case}
    return "nomn" in cases and cases <= {"nomn", "accs", "voct"}


@cache
def _dictionary() -> "MorphAnalyzer":
    from pymorphy3 import MorphAnalyzer

    return MorphAnalyzer()
