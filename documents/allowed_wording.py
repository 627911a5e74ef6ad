"""What a refusal allows, where it is words and not a value, in the language of the sentence that it stands in."""

import re
import tomllib
from importlib.resources import files

from contracts.errors import Bounds
from documents.words import Language

HOLE = "{}"
PHRASES: dict[str, str] = tomllib.loads((files("documents") / "locale" / "allowed.toml").read_text(encoding="utf-8"))
"""The English phrases with their Russian ones; the first that fits counts, and `{}` stands for any value."""


def allowed_text(allowed: str | Bounds, language: Language) -> str:
    """What is allowed, in words of the language; an example or a value is the same in both.

    A test fails for an English phrase anywhere in the code that has no Russian one.
    """
    if isinstance(allowed, Bounds):
        begin, end = ("с", "по") if language is Language.RU else ("from", "to")
        return f"{begin} {allowed.first} {end} {allowed.last}"
    if language is Language.EN:
        return allowed
    for english, russian in _PATTERNS:
        if fits := english.fullmatch(allowed):
            return russian.format(*fits.groups())
    return allowed


_PATTERNS = [
    (re.compile("(.+?)".join(map(re.escape, english.split(HOLE)))), russian) for english, russian in PHRASES.items()
]
