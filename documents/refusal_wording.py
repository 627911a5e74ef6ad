"""Every refusal as a sentence in Russian and English that says what to do next."""

import re
import tomllib
from importlib.resources import files

from documents.words import Language

REFUSALS: dict[str, dict[str, str]] = tomllib.loads(
    (files("documents") / "locale" / "refusals.toml").read_text(encoding="utf-8")
)
"""The sentences by code and language; a test fails for a code that is raised anywhere and has none."""


def refusal_text(code: str, language: Language) -> str:
    """The sentence of a refusal's code."""
    return REFUSALS[code][language]


def problem_text(problem: str, language: Language) -> str | None:
    """The sentence of the refusal that a stored problem begins with; none of a fault, which only engineers can read."""
    code = re.match("[A-Z_]*", problem)
    return REFUSALS[code[0]][language] if code is not None and code[0] in REFUSALS else None
