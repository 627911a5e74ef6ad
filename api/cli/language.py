"""The language of the command line: what help and messages are written in, Russian first."""

import os
import re
from functools import cache
from pathlib import Path
from typing import Any


@cache
def language() -> str:
    """ "ru" or "en": as the setting `ABONEMENT_LANGUAGE` says, else as the terminal speaks, else Russian.

    It is read without `api.settings`, which takes longer to import than help takes to print.
    """
    chosen = os.environ.get("ABONEMENT_LANGUAGE") or _in_file(Path(".env"))
    spoken = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return "en" if (chosen or spoken).startswith("en") else "ru"


def _in_file(file: Path) -> str:
    lines = file.read_text("utf-8", "replace") if file.is_file() else ""
    found = re.search(r"""^\s*ABONEMENT_LANGUAGE\s*=\s*['"]?(\w+)""", lines, re.MULTILINE)
    return found[1] if found else ""


class Text(str):
    """A text in both languages, side by side in the code; it is the one of `language()`."""

    __slots__ = ()

    def __new__(cls, ru: str, en: str) -> "Text":
        return super().__new__(cls, en if language() == "en" else ru)


def in_words(allowed: Any) -> Any:
    """What a refusal allows, a phrase of it in the language of the sentence around it."""
    from contracts.errors import Bounds
    from documents.allowed_wording import allowed_text
    from documents.words import Language

    return allowed_text(allowed, Language(language())) if isinstance(allowed, str | Bounds) else allowed
