"""Typesetting: strict templates, nothing loaded from outside, no markup out of a client's text (P7)."""

import io
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import jinja2
import msgspec
import pdfplumber
import pytest
from weasyprint.urls import FatalURLFetchingError

from documents.statement import StatementSheet
from documents.typesetting import SHEETS, Paper, page_source
from documents.words import NBSP, Language
from tests.documents import samples
from tests.documents.reading import whole_text

HOSTILE = (
    '<script>alert(1)</script><img src="file:///etc/passwd"/>&amp; {{ 7 * 7 }} <link href="http://127.0.0.1/x"/>'
    "<a href='file:///etc/passwd'>тут</a> \x00\x07\u202eзадом наперёд\u202c \u200fשלום 🧾👩‍💻"
)


def strings_replaced(value: Any, text: str) -> Any:
    """The sheet's JSON with `text` in the place of every free text; numbers of papers, dates and codes stay."""
    free = {"name", "full_name", "address", "title", "details", "asked_by", "worked_by", "product", "user", "reason"}
    if isinstance(value, dict):
        return {
            key: text if key in free and isinstance(one, str) else strings_replaced(one, text)
            for key, one in value.items()
        }
    return [strings_replaced(one, text) for one in value] if isinstance(value, list) else value


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("kind", SHEETS)
def test_a_clients_text_is_printed_and_never_obeyed_p7(kind: str, language: Language) -> None:
    plain = getattr(samples, kind)()
    hostile = msgspec.convert(strings_replaced(msgspec.to_builtins(plain), HOSTILE), SHEETS[kind])
    source = ElementTree.fromstring(page_source(kind, 1, language, hostile))
    expected = ElementTree.fromstring(page_source(kind, 1, language, plain))
    assert {element.tag for element in source.iter()} == {element.tag for element in expected.iter()}
    printed = "".join(source.itertext())
    assert "<script>alert(1)</script>" in printed
    assert "{{ 7 * 7 }}" in printed
    assert not set("\x00\x07\u202e\u200f") & set(printed)


def test_a_hostile_title_stands_on_the_page_as_text_p7(render: Callable[..., bytes]) -> None:
    entries = samples.entries(4)
    sheet = samples.statement(4, entries=(replace(entries[0], title=HOSTILE), *entries[1:]))
    pdf = render("statement", sheet)
    assert "<script>alert(1)</script>" in whole_text(pdf)
    assert b"/URI" not in pdf


@pytest.mark.parametrize("address", ["file:///etc/passwd", "http://127.0.0.1/x.png", "data:image/png;base64,AAAA"])
def test_a_paper_that_asks_for_anything_is_not_rendered_p7(address: str) -> None:
    with pytest.raises(FatalURLFetchingError, match="may load nothing"):
        Paper(f'<html><body><img src="{address}"/></body></html>').write_pdf()


def test_a_value_that_a_sheet_does_not_have_fails_the_paper() -> None:
    with pytest.raises(jinja2.UndefinedError, match="pay_by_on"):
        page_source("invoice", 1, Language.RU, samples.act())


@pytest.mark.parametrize("kind", SHEETS)
def test_a_sheet_survives_its_json(kind: str) -> None:
    sheet = getattr(samples, kind)()
    assert msgspec.json.decode(msgspec.json.encode(sheet), type=SHEETS[kind]) == sheet


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("kind", [kind for kind in SHEETS if kind != "replay"])
def test_the_number_of_a_paper_never_parts_from_its_sign_in_the_title_p1(kind: str, language: Language) -> None:
    sheet = getattr(samples, kind)()
    title = ElementTree.fromstring(page_source(kind, 1, language, sheet)).find("body/h1")
    assert title is not None
    assert f"{'№' if language is Language.RU else 'No.'}{NBSP}{sheet.number}" in (title.text or "")


@pytest.mark.parametrize("letters", [150, 10_000])
def test_a_name_without_a_space_wraps_inside_its_column(render: Callable[..., bytes], letters: int) -> None:
    entries = samples.entries(4)
    sheet = samples.statement(4, entries=(replace(entries[0], title="Щ" * letters), *entries[1:]))
    with pdfplumber.open(io.BytesIO(render("statement", sheet))) as pdf:
        printed = [char for page in pdf.pages for char in page.chars if char["text"] == "Щ"]
        words = [word for page in pdf.pages for word in page.extract_words()]
    column_ends = next(word["x0"] for word in words if word["text"].startswith("Отработано"))
    assert len(printed) == letters
    assert max(char["x1"] for char in printed) < column_ends


@pytest.mark.parametrize("language", Language)
def test_what_all_entries_have_alike_is_looked_for_once_not_for_each_entry(
    language: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    for name in ("usual_difference", "usual_rate", "uncovered", "total", "billed_minutes"):
        found = getattr(StatementSheet, name).fget
        monkeypatch.setattr(
            StatementSheet, name, property(lambda sheet, found=found, name=name: (asked.append(name), found(sheet))[1])
        )
    page_source("statement", 1, language, samples.statement(40))
    assert max(Counter(asked).values()) < 10
