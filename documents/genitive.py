"""The genitive of names, posts, organisations and grounds, with what of it is doubtful (P3).

A name is certain where a dictionary and a rule book of surnames, which know nothing of each other, say the same. Both
are read when the first phrase is made, so that neither the desk nor a command waits for them.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from documents.word_forms import (
    cased,
    genitives_of,
    has_nominative,
    is_adverb,
    is_common_word,
    is_genitive,
    is_plural_adjective,
    nominatives,
)
from documents.words import in_sentence

if TYPE_CHECKING:
    from pymorphy3.analyzer import Parse

MASCULINE, FEMININE, NEUTER = "masc", "femn", "neut"
FATHERS_CHILD = {"оглы": MASCULINE, "кызы": FEMININE, "улы": MASCULINE, "гызы": FEMININE}
"""What follows the father's name, which stays as it is: "Рустама Аскер оглы"."""
ACTING = re.compile(r"(?:(?P<deputy>и\.?\s?о\.?|и/о)|врио|вр\.\s?и\.\s?о\.)(?:\s|(?<=\.))\s*", re.IGNORECASE)
"""A post that is only held for somebody: the rest of it is in the genitive already."""
_ACTING_BEHIND = re.compile(r"\b(?:и\.\s?о\.|врио\b)", re.IGNORECASE)
"""The same behind a post, "директор (и.о.)", where the post is not in the genitive."""
COLLOQUIAL = {"зам", "зав"}
"""Posts that are spoken of so, and written in full in a contract."""
FORMS = re.compile(r"(?:(?P<she>АНО|НКО|УК)|ООО|АО|ПАО|НАО|ЗАО|ОАО|ТОО|ЧУП|ОДО|ФГУП|ГУП|МУП|ТСЖ|СНТ)\b")
"""Abbreviated forms of organisations, which stay as they are; `she` are those of feminine gender."""
GROUNDS = {
    "устав": "Устава", "доверенность": "доверенности", "положение": "положения", "приказ": "приказа",
    "решение": "решения", "протокол": "протокола", "свидетельство": "свидетельства", "договор": "договора",
    "лист": "листа", "контракт": "контракта", "распоряжение": "распоряжения", "выписка": "выписки",
}  # fmt: skip
_GENITIVES = GROUNDS | {genitive.lower(): genitive for genitive in GROUNDS.values()}
_GROUND = re.compile(
    r"(?:^|(?<=[,;] )|(?<= и )|(?<= или )|(?<= либо )|(?<= также ))(?:" + "|".join(_GENITIVES) + r")"
    r"(?=[\s,;]|$)",
    re.IGNORECASE,
)
"""The noun of a ground, at the beginning or behind another ground."""
_TWO_NUMBERS = re.compile(r"№.*(?:,|\sи|\sили|\sлибо)\s+(?:№|\d+(?:\s|$))")
"""Two papers of one kind, whose noun stands in the plural: "№ 5 и № 6"."""
_NEVER_DECLINED = {
    MASCULINE: re.compile(r".+(?:[оеэиуюёы]|ых)", re.IGNORECASE),
    FEMININE: re.compile(r".+[^аяй]", re.IGNORECASE),
}
"""How surnames end that stay as they are: -ко, -ых, foreign vowels; a woman's also on a consonant."""
_GERMAN = re.compile(r".*[бвдзлмпрстфц]их", re.IGNORECASE)
"""Surnames of men that are no plural of an adjective and are declined: "Эрлиха", but "Долгих"."""
_REGULAR = {
    MASCULINE: re.compile(r".{2,}(?:[оеё]в|[иы]н|[сц]кий)", re.IGNORECASE),
    FEMININE: re.compile(r".{2,}(?:[оеё]ва|[иы]на|[сц]кая)", re.IGNORECASE),
}
_OF_THE_OTHER_SEX = {
    MASCULINE: re.compile(r".{2,}(?:[оеё]ва|[сц]кая)", re.IGNORECASE),
    FEMININE: _REGULAR[MASCULINE],
}
_IN_TWO_WAYS = {MASCULINE: re.compile(r".+[лк]о"), FEMININE: re.compile(r".+ь")}
"""First names that some decline and others do not: "Михайло", "Айгуль"."""
_PART_OF_A_NAME = re.compile(r"[А-ЯЁ][а-яё]+(?:-[А-ЯЁ][а-яё]+)*")


@dataclass(frozen=True, slots=True)
class Declined:
    """Words in the genitive, their gender where it is known, and which of the words a person has to look at."""

    text: str
    gender: str = ""
    doubts: tuple[str, ...] = ()


def genitive_of_person(name: str) -> Declined:
    """Write "Мартынюк Наталья Ильинична" as "Мартынюк Натальи Ильиничны", in whichever order the parts stand."""
    words = name.split()
    parts, gender = _parts(words)
    if not parts or not all(map(_PART_OF_A_NAME.fullmatch, words[: len(parts)])):
        return Declined(name, gender, (name,))
    if any(_is_of_the_other_sex(word, part, gender) for word, part in zip(words, parts, strict=False)):
        return Declined(name, doubts=(name,))
    said = [_declined_part(word, part, gender) for word, part in zip(words, parts, strict=False)]
    doubts = tuple(word for word, (_, sure) in zip(words, said, strict=False) if not sure)
    return Declined(" ".join([*(text for text, _ in said), *words[len(parts) :]]), gender, doubts)


def genitive_of_post(post: str) -> Declined:
    """Write "Директор по развитию" as "директора по развитию": up to the first noun, what follows stays as it is."""
    typed = " ".join(post.split())
    acting = ACTING.match(typed)
    held = typed[acting.end() :] if acting else typed
    if held.isupper() and not all(map(is_common_word, held.split())):
        return Declined(typed, doubts=(typed,))
    held = held.lower() if held.isupper() else in_sentence(held)
    if acting:
        sure = is_genitive(held.partition(" ")[0]) and not has_nominative(held)
        said = f"{'и. о.' if acting['deputy'] else 'врио'} {held}"
        return Declined(said, doubts=() if sure else (typed,))
    head, tail, gender, sure = _genitive_of_head(held)
    sure = sure and not _ACTING_BEHIND.search(held)
    return Declined(" ".join([*map(str.lower, head), *tail]), gender, () if sure else (held,))


def genitive_of_organisation(name: str) -> Declined:
    """Write "Управляющая компания «Север»" as "Управляющей компании «Север»"; "ООО «Север»" stays as it is."""
    form = FORMS.match(name)
    if form is not None:
        return Declined(name, FEMININE if form["she"] else NEUTER)
    head, tail, gender, sure = _genitive_of_head(name)
    return Declined(" ".join([*head, *tail]), gender, () if sure else (name,))


def genitive_of_ground(ground: str) -> Declined:
    """Write "Устав и доверенность № 5" as "Устава и доверенности № 5"; a genitive stays as it is."""
    typed = " ".join(ground.split())
    said = _GROUND.sub(lambda noun: _GENITIVES[noun[0].lower()], typed)
    in_capitals = typed.isupper() and any(word.isalpha() for word in typed.split()[1:])
    sure = _GROUND.match(typed) and not (in_capitals or _TWO_NUMBERS.search(said) or has_nominative(said))
    return Declined(said, doubts=() if sure else (ground,))


def is_organisation(name: str) -> bool:
    """Whether it is an organisation that signs, as a managing company does, and not a person."""
    return "«" in name or '"' in name or FORMS.match(name) is not None


def _parts(words: list[str]) -> tuple[tuple[str, ...], str]:
    """What each word of a name is, and the gender; nothing when that cannot be told."""
    if len(words) == 4 and words[3].lower() in FATHERS_CHILD:
        return ("Surn", "Name"), FATHERS_CHILD[words[3].lower()]
    patronymics = [place for place, word in enumerate(words) if _genders(word, "Patr")]
    orders = {2: ("Surn", "Name", "Patr"), 1: ("Name", "Patr", "Surn")}
    if len(words) == 3 and len(patronymics) == 1 and patronymics[0] in orders:
        return orders[patronymics[0]], _genders(words[patronymics[0]], "Patr").pop()
    if len(words) == 2:
        named = [place for place, word in enumerate(words) if _genders(word, "Name")]
        if len(named) == 1 and len(genders := _genders(words[named[0]], "Name")) == 1:
            return (("Name", "Surn") if named[0] == 0 else ("Surn", "Name")), genders.pop()
    return (), ""


def _is_of_the_other_sex(word: str, part: str, gender: str) -> bool:
    """Whether a part of a name contradicts the gender of the others: "Иванов Мария Петровна"."""
    if part == "Name":
        known = _genders(word, "Name")
        return bool(known) and gender not in known
    return part == "Surn" and any(map(_OF_THE_OTHER_SEX[gender].fullmatch, word.split("-")))


def _genders(word: str, part: str) -> set[str]:
    return {str(one.tag.gender) for one in nominatives(word, {part}) if one.is_known and one.tag.gender}


def _declined_part(word: str, part: str, gender: str) -> tuple[str, bool]:
    """A part of a name in the genitive, and whether both sources say it of the whole or of each of its halves."""
    by_rule = _by_rule(word, part, gender)
    halves = zip(word.split("-"), by_rule.split("-"), strict=True)
    whole = _is_sure(word, by_rule, part, gender)
    return by_rule, whole or all(_is_sure(half, said, part, gender) for half, said in halves)


def _is_sure(word: str, said: str, part: str, gender: str) -> bool:
    if part == "Name" and said == word and _IN_TWO_WAYS[gender].fullmatch(word):
        return False
    if part == "Surn" and "-" not in word and (_is_regular(word, gender) or _is_surely_as_said(word, said, gender)):
        return True
    return _by_dictionary(word, part, gender) == {_plain(said)}


def _is_surely_as_said(surname: str, said: str, gender: str) -> bool:
    """Whether the end of a surname tells all: -ко stays, so does the plural "Долгих", "Эрлих" is none and does not."""
    if gender == MASCULINE and _GERMAN.fullmatch(surname):
        return said != surname and not is_plural_adjective(f"{surname[:-2]}ых")
    adjective = gender == MASCULINE and is_plural_adjective(surname)
    return said == surname and (adjective or _NEVER_DECLINED[gender].fullmatch(surname) is not None)


def _is_regular(surname: str, gender: str) -> bool:
    """Whether a surname is made as most are, and is no common noun that its bearer might decline as one ("Сова")."""
    common = any(one.is_known for one in nominatives(surname, {"NOUN"}) + nominatives(surname, {"Geox"}))
    return _REGULAR[gender].fullmatch(surname) is not None and not common


def _by_rule(word: str, part: str, gender: str) -> str:
    if part == "Surn" and gender == MASCULINE and _GERMAN.fullmatch(word):
        return f"{word}а"
    from pytrovich.enums import Case, Gender, NamePart

    parts = {"Surn": NamePart.LASTNAME, "Name": NamePart.FIRSTNAME, "Patr": NamePart.MIDDLENAME}
    sex = Gender.FEMALE if gender == FEMININE else Gender.MALE
    said: str = _rules().make(parts[part], sex, Case.GENITIVE, word)
    return said


def _by_dictionary(word: str, part: str, gender: str) -> set[str]:
    """What the dictionary says of the word as that part of a name of that gender; two answers mean that it doubts."""
    return {
        _plain(said)
        for one in nominatives(word, {part})
        if one.tag.gender in (gender, None)
        for said in genitives_of(one)
    }


def _genitive_of_head(text: str) -> tuple[list[str], list[str], str, bool]:
    """The adjectives before the first noun and the noun in the genitive, what follows, the gender, whether sure."""
    words = text.split()
    said: list[str] = []
    for place, word in enumerate(words):
        tail = words[place + 1 :]
        agreeing = [one for one in _adjectives(word) if one.tag.gender in _agreed(tail[0] if tail else "")]
        heads = _heads(word)
        if agreeing or (not heads and is_adverb(word)):
            said.append(cased(word, genitives_of(agreeing[0])) if agreeing else word)
            continue
        forms = [form for one in heads for form in genitives_of(one)]
        sure = word.lower() not in COLLOQUIAL and len(set(forms)) == 1 and not has_nominative(" ".join(tail))
        return [*said, cased(word, forms)], tail, str(heads[0].tag.gender) if heads else "", sure
    return [], words, "", False


def _adjectives(word: str) -> "list[Parse]":
    """How the word can describe the noun of a post; two posts with a hyphen are none ("директор-главный врач")."""
    if "-" in word and _heads(word.partition("-")[0]):
        return []
    return nominatives(word, {"ADJF"}) + nominatives(word, {"PRTF"})


def _heads(word: str) -> "list[Parse]":
    """How the word can be the noun of a post: as a noun, else as a participle that stands for one ("заведующая")."""
    known = [one for one in nominatives(word, {"NOUN"}) + nominatives(word, {"PRTF"}) if one.is_known]
    return [one for one in known if "NOUN" in one.tag] or known


def _agreed(word: str) -> set[str]:
    """The genders in which a word can be what the adjective before it describes."""
    return {str(one.tag.gender) for tag in ("NOUN", "ADJF", "PRTF") for one in nominatives(word, {tag})}


def _plain(word: str) -> str:
    return word.lower().replace("ё", "е")


@cache
def _rules() -> Any:
    from pytrovich.maker import PetrovichDeclinationMaker

    return PetrovichDeclinationMaker()
