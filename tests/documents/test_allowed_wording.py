"""What refusals allow is told in Russian inside Russian sentences: no English phrase of the code is left out."""

import ast
import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from contracts.errors import Bounds
from documents.allowed_wording import PHRASES, allowed_text
from documents.words import Language

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("contracts", "entitlements", "billing", "documents", "api")
FOR_PROGRAMS = ("api/v1", "api/client", "api/allowed.py", "api/inputs.py", "api/register_wire.py")
"""What only answers of the HTTP API say, whose fields are English."""
NAMED = {"allowed", "ALLOWED", "URL_ALLOWED"}
SAME_IN_BOTH = {
    *("sqlite:///FILE, postgresql://...", "smtp://HOST:PORT", "file:///folder, s3://bucket?endpoint=&region="),
    *("utf-8, cp1251, koi8-r", "plan:Профи=its-prof", "pip install 'abonement[mcp]'", "Base64", "TOML, JSON"),
    *("5:reminder, 15:last_notice:block, 60:lift", "Europe/Moscow", "name@example.org", "example.org", ", "),
    *("2026-03-31T21:00:00Z", "RU", '{"answers": [...]}'),
}
"""Values and examples."""


@cache
def phrases() -> set[tuple[str, str]]:
    """Every text that a refusal may say to allow, with 5 in the place of each value, and where it stands."""
    found: set[tuple[str, str]] = set()
    for package in PACKAGES:
        for file in (ROOT / package).rglob("*.py"):
            place = str(file.relative_to(ROOT))
            if not place.startswith(FOR_PROGRAMS):
                nodes = texts_in(ast.parse(file.read_text("utf-8")))
                found |= {(text, place) for node in nodes for text in written(node)}
    return found


def texts_in(tree: ast.Module) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="Refusal"), keywords=keywords):
                yield from (one.value for one in keywords if one.arg == "allowed")
            case ast.Call(func=ast.Name(id="_refusal"), args=[_, _, _, allowed]):
                yield allowed
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in NAMED:
                yield value
            case ast.FunctionDef(name="tax_number_form", body=body):
                walked = [one for statement in body for one in ast.walk(statement)]
                yield from (value for one in walked if isinstance(one, ast.Dict) for value in one.values)
                yield from (one for one in walked if isinstance(one, ast.JoinedStr))


def written(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=values):
            yield "".join(str(one.value) if isinstance(one, ast.Constant) else "5" for one in values)
        case ast.IfExp(body=one, orelse=other):
            yield from (*written(one), *written(other))


def fits(english: str, text: str) -> bool:
    return re.fullmatch("[^ ]+".join(map(re.escape, english.split("{}"))), text) is not None


def is_english(text: str) -> bool:
    """Whether it holds a word of small Latin letters; a phrase of the code is not one value."""
    return text not in SAME_IN_BOTH and re.search(r"(?<![\w:/#-])[a-z]{2,}(?![\w:/@=.-])", text) is not None


def test_every_english_phrase_has_a_russian_one() -> None:
    left = {(text, place) for text, place in phrases() if is_english(text) and allowed_text(text, Language.RU) == text}
    assert sorted(left) == []


def test_a_phrase_without_a_russian_one_is_found() -> None:
    source = 'Refusal("X", field="x", allowed=f"{a} apples or {b}")'
    [text] = [text for node in texts_in(ast.parse(source)) for text in written(node)]
    assert text == "5 apples or 5"
    assert is_english(text)
    assert allowed_text(text, Language.RU) == text


@pytest.mark.parametrize("english", PHRASES)
def test_every_phrase_is_said_somewhere_and_reaches_its_own_words(english: str) -> None:
    said = next(text for text, _ in phrases() if fits(english, text))
    assert allowed_text(said, Language.RU) != said
    assert allowed_text(english.replace("{}", "5"), Language.RU) == PHRASES[english].replace("{}", "5")
    assert allowed_text(english, Language.EN) == english


def test_days_that_bound_a_range_are_no_choice_of_two() -> None:
    bounds = Bounds(date(2026, 11, 27), date(2027, 11, 27))
    assert allowed_text(bounds, Language.RU) == "с 2026-11-27 по 2027-11-27"
    assert allowed_text(bounds, Language.EN) == "from 2026-11-27 to 2027-11-27"
