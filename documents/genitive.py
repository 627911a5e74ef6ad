"""The genitive of names, posts, organisations and grounds, with what of it is doubtful (P3).

A name is certain where a dictionary and a rule book of surnames, which know nothing of each other, say the same. Both
are read when the first phrase is made, so that neither the desk nor a command waits for them.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from documents.words import in_sentence

if TYPE_CHECKING:
    from pymorphy3 import MorphAnalyzer
    from pymorphy3.analyzer import Parse

MASCULINE, FEMININE, NEUTER = "masc", "femn", "neut"
NOMINATIVE = {"nomn", "sing"}
FATHERS_CHILD = {"оглы": MASCULINE, "кызы": FEMININE, "улы": MASCULINE, "гызы": FEMININE}
"""What follows the father's name, which stays as it is: "Рустама Аскер оглы"."""
SHORTENED = re.compile(r"(?:и\.\s?о\.|врио|и/о|ио)(?=\s)", re.IGNORECASE)
"""A post that is only held for somebody: the rest of it is in the genitive already."""
FORMS = re.compile(r"(?:ООО|АО|ПАО|НАО|ЗАО|ОАО|АНО|НКО|ТОО|ЧУП|ОДО)\b")
GROUNDS = {
    "устав": "устава", "доверенность": "доверенности", "положение": "положения", "приказ": "приказа",
    "решение": "решения", "протокол": "протокола", "свидетельство": "свидетельства", "договор": "договора",
    "лист": "листа", "контракт": "контракта", "распоряжение": "распоряжения", "выписка": "выписки",
}  # fmt: skip
_NEVER_DECLINED = {
    MASCULINE: re.compile(r".+(?:[оеэиуюёы]|[ыи]х)", re.IGNORECASE),
    FEMININE: re.compile(r".+(?:[^аяй]|[ыи]х)", re.IGNORECASE),
}
"""How surnames end that stay as they are: -ко, -ых, foreign vowels; a woman's also on a consonant."""
_REGULAR = {
    MASCULINE: re.compile(r".{2,}(?:[оеё]в|[иы]н|[сц]кий)", re.IGNORECASE),
    FEMININE: re.compile(r".{2,}(?:[оеё]ва|[иы]на|[сц]кая)", re.IGNORECASE),
}
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
    said = [_declined_part(word, part, gender) for word, part in zip(words, parts, strict=False)]
    doubts = tuple(word for word, (_, sure) in zip(words, said, strict=False) if not sure)
    return Declined(" ".join([*(text for text, _ in said), *words[len(parts) :]]), gender, doubts)


def genitive_of_post(post: str) -> Declined:
    """Write "Директор по развитию" as "директора по развитию": up to the first noun, what follows stays as it is."""
    held = SHORTENED.match(post)
    if held is not None:
        said = post[:1].lower() + post[1:]
        return Declined(said, doubts=(post,) if _stays_nominative(post[held.end() :].split()[-1]) else ())
    declined = _genitive_of_head(in_sentence(post))
    severed = re.search(r"[,;/]|\s[-–—]\s", post) or any(map(_begins_a_post, re.findall(r"\sи\s+(\w+)", post)))
    return declined if not severed or declined.doubts else Declined(declined.text, declined.gender, (post,))


def genitive_of_organisation(name: str) -> Declined:
    """Write "Управляющая компания «Север»" as "Управляющей компании «Север»"; "ООО «Север»" stays as it is."""
    return Declined(name, NEUTER) if FORMS.match(name) else _genitive_of_head(name)


def genitive_of_ground(ground: str) -> Declined:
    """Write "Доверенность № 5 от 01.02.2026" as "доверенности № 5 от 01.02.2026"; a genitive stays as it is."""
    first, *rest = ground.split()
    noun = GROUNDS.get(first.lower(), first.lower())
    said = noun.capitalize() if noun == "устава" else noun
    known = noun in GROUNDS.values()
    return Declined(" ".join([said if known else first, *rest]), doubts=() if known else (ground,))


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


def _genders(word: str, part: str) -> set[str]:
    return {str(one.tag.gender) for one in _nominatives(word, {part}) if one.is_known and one.tag.gender}


def _declined_part(word: str, part: str, gender: str) -> tuple[str, bool]:
    """A part of a name in the genitive, and whether both sources say it of the whole or of each of its halves."""
    by_rule = _by_rule(word, part, gender)
    halves = zip(word.split("-"), by_rule.split("-"), strict=True)
    whole = _is_sure(word, by_rule, part, gender)
    return by_rule, whole or all(_is_sure(half, said, part, gender) for half, said in halves)


def _is_sure(word: str, said: str, part: str, gender: str) -> bool:
    single = part == "Surn" and "-" not in word
    if single and ((said == word and _NEVER_DECLINED[gender].fullmatch(word)) or _is_regular(word, gender)):
        return True
    return _by_dictionary(word, part, gender) == {_plain(said)}


def _is_regular(surname: str, gender: str) -> bool:
    """Whether a surname is made as most are, and is no common noun that its bearer might decline as one ("Сова")."""
    common = any(one.is_known for one in _nominatives(surname, {"NOUN"}))
    return _REGULAR[gender].fullmatch(surname) is not None and not common


def _by_rule(word: str, part: str, gender: str) -> str:
    from pytrovich.enums import Case, Gender, NamePart

    parts = {"Surn": NamePart.LASTNAME, "Name": NamePart.FIRSTNAME, "Patr": NamePart.MIDDLENAME}
    sex = Gender.FEMALE if gender == FEMININE else Gender.MALE
    said: str = _rules().make(parts[part], sex, Case.GENITIVE, word)
    return said


def _by_dictionary(word: str, part: str, gender: str) -> set[str]:
    """What the dictionary says of the word as that part of a name of that gender; two answers mean that it doubts."""
    return {
        _plain(said) for one in _nominatives(word, {part}) if one.tag.gender in (gender, None) for said in _gent(one)
    }


def _genitive_of_head(text: str) -> Declined:
    """The text with the adjectives before its first noun and the noun in the genitive."""
    words = text.split()
    said: list[str] = []
    for place, word in enumerate(words):
        following = words[place + 1] if place + 1 < len(words) else ""
        agreeing = [one for one in _adjectives(word) if one.tag.gender in _agreed(following)]
        if agreeing or (not _heads(word) and _is_adverb(word)):
            said.append(_cased(word, _gent(agreeing[0])) if agreeing else word)
            continue
        heads = _heads(word)
        forms = [form for one in heads for form in _gent(one)]
        sure = len(set(forms)) == 1 and not _stays_nominative(following)
        whole = " ".join([*said, _cased(word, forms), *words[place + 1 :]])
        return Declined(whole, str(heads[0].tag.gender) if heads else "", () if sure else (text,))
    return Declined(text, doubts=(text,))


def _adjectives(word: str) -> "list[Parse]":
    return _nominatives(word, {"ADJF"}) + _nominatives(word, {"PRTF"})


def _heads(word: str) -> "list[Parse]":
    """How the word can be the noun of a post: as a noun, else as a participle that stands for one ("заведующая")."""
    known = [one for one in _nominatives(word, {"NOUN"}) + _nominatives(word, {"PRTF"}) if one.is_known]
    return [one for one in known if "NOUN" in one.tag] or known


def _agreed(word: str) -> set[str]:
    """The genders in which a word can be what the adjective before it describes."""
    return {str(one.tag.gender) for tag in ("NOUN", "ADJF", "PRTF") for one in _nominatives(word, {tag})}


def _stays_nominative(word: str) -> bool:
    """Whether the word after the noun is a second noun beside it: "директор учредитель"."""
    parses = _morphology().parse(word) if word.isalpha() else []
    nominative = any({"NOUN", "anim", *NOMINATIVE} in one.tag for one in parses)
    return nominative and not any(str(one.tag.case) in {"gent", "ablt", "datv"} for one in parses)


def _begins_a_post(word: str) -> bool:
    """Whether a word after "и" is a second post: "директор и учредитель", but not "по развитию и сопровождению"."""
    return _stays_nominative(word) or bool(_adjectives(word))


def _is_adverb(word: str) -> bool:
    return any("ADVB" in one.tag for one in _morphology().parse(word))


def _nominatives(word: str, grammemes: set[str]) -> "list[Parse]":
    """How the word can be read in the nominative singular; as a common noun not as a name of anybody."""
    names = {"Name", "Surn", "Patr"}
    found = [one for one in _morphology().parse(word) if grammemes | NOMINATIVE in one.tag]
    return [one for one in found if grammemes & names or not names & set(one.tag.grammemes)]


def _gent(one: "Parse") -> list[str]:
    inflected = one.inflect({"gent"})
    return [] if inflected is None else [str(inflected.word)]


def _cased(word: str, forms: Iterable[str]) -> str:
    """The form written as the word was: small, or with a capital."""
    said = next(iter(forms), "")
    return (said.capitalize() if word[:1].isupper() else said) or word


def _plain(word: str) -> str:
    return word.lower().replace("ё", "е")


@cache
def _morphology() -> "MorphAnalyzer":
    from pymorphy3 import MorphAnalyzer

    return MorphAnalyzer()


@cache
def _rules() -> Any:
    from pytrovich.maker import PetrovichDeclinationMaker

    return PetrovichDeclinationMaker()
