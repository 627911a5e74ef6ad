"""What parties are called on English papers where they gave no English names themselves (P3).

The legal form of a firm is translated by a table, the rest of its name and the names of people are written in Latin
letters as passports have them (ICAO Doc 9303). Posts and grounds are translated by tables; one that is in none stays
as it is, since its letters alone would tell a reader nothing.
"""

import re

from iuliia import ICAO_DOC_9303

FORMS = {
    "общество с ограниченной ответственностью": "LLC",
    "общество с дополнительной ответственностью": "ALC",
    "товарищество с ограниченной ответственностью": "LLP",
    "публичное акционерное общество": "PJSC",
    "непубличное акционерное общество": "JSC",
    "закрытое акционерное общество": "CJSC",
    "открытое акционерное общество": "OJSC",
    "акционерное общество": "JSC",
    "частное унитарное предприятие": "PUE",
    "ооо": "LLC",
    "одо": "ALC",
    "тоо": "LLP",
    "пао": "PJSC",
    "нао": "JSC",
    "зао": "CJSC",
    "оао": "OJSC",
    "ао": "JSC",
    "чуп": "PUE",
}
"""Limited and additional liability companies, joint-stock companies, the partnership of Kazakhstan, private unitary
enterprises of Belarus. Other forms are written in Latin letters with the name."""
TRADERS = ("индивидуальный предприниматель", "ип")
POSTS = {
    "директор": "Director",
    "генеральный директор": "General Director",
    "исполнительный директор": "Executive Director",
    "коммерческий директор": "Commercial Director",
    "финансовый директор": "Chief Financial Officer",
    "технический директор": "Chief Technology Officer",
    "заместитель директора": "Deputy Director",
    "заместитель генерального директора": "Deputy General Director",
    "президент": "President",
    "вице-президент": "Vice President",
    "председатель правления": "Chairman of the Management Board",
    "управляющий": "Manager",
    "управляющий директор": "Managing Director",
    "главный бухгалтер": "Chief Accountant",
    "индивидуальный предприниматель": "Sole trader",
}
CHARTER = ("устав", "устава")
POWER = re.compile(r"(?:генеральн\w+ )?доверенност[ьи] (?:№ ?(\S+) )?от (\d\d\.\d\d\.\d{4})(?: г\.)?", re.IGNORECASE)
_CYRILLIC = re.compile("[\u0400-\u052f]")
_QUOTES = str.maketrans("", "", '«»„“”"')
_ANY_FORM = "|".join((*FORMS, *TRADERS))
_NAMED = re.compile(rf"(?:({_ANY_FORM}) )?(.+?)(?: ({_ANY_FORM}))?", re.IGNORECASE)


def in_latin(text: str) -> str:
    """The text in Latin letters as passports have them; empty with a letter that the standard does not name."""
    words = (_word(word) for word in text.replace("№", "No.").split(" "))
    latin = " ".join(words)
    return "" if _CYRILLIC.search(latin) else latin


def _word(word: str) -> str:
    latin: str = ICAO_DOC_9303.translate(word)
    letters = [letter for letter in word if letter.isalpha()]
    return latin.upper() if len(letters) > 1 and word.isupper() else latin


def english_organisation(name: str) -> str:
    """The name of a firm or a sole trader with its legal form: "ООО «Северный ветер»" is "Severnyi veter LLC".

    Empty for a name that needs none, having no Cyrillic letters, or has one that cannot be written in Latin.
    """
    if not _CYRILLIC.search(name):
        return ""
    named = _NAMED.fullmatch(" ".join(name.translate(_QUOTES).split()))
    own = in_latin(named[2]) if named else ""
    form = (named[1] or named[3] or "").casefold() if named else ""
    if not own or not form:
        return own
    return f"Sole trader {own}" if form in TRADERS else f"{own} {FORMS[form]}"


def english_person(name: str) -> str:
    """The name of a person in Latin letters; empty for one that has no Cyrillic ones."""
    return in_latin(name) if _CYRILLIC.search(name) else ""


def english_post(post: str) -> str:
    """The post in English; empty for one that the table does not have."""
    return POSTS.get(" ".join(post.casefold().split()), "")


def english_ground(basis: str) -> str:
    """On what ground somebody signs: the charter, or a power of attorney with its number and day; empty for another."""
    if basis.casefold().strip() in CHARTER:
        return "the Charter"
    power = POWER.fullmatch(basis.strip())
    if power is None:
        return ""
    number = f"No. {power[1]} " if power[1] else ""
    return f"power of attorney {number}of {power[2]}"
