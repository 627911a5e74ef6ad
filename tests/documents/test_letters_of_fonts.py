"""What no font of ours has is written as its number in Unicode: no paper prints an empty box (P7)."""

import io
from collections.abc import Callable
from dataclasses import replace

import pypdf
import pytest

from documents.letters_of_fonts import spelled_out
from documents.words import Language
from tests.documents import samples
from tests.documents.reading import whole_text


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Сбой № 7 — “да” → 5 € … ёЁ", "Сбой № 7 — “да” → 5 € … ёЁ"),
        ("Готово 🙂🧾", "Готово 🙂🧾"),
        ("👩\u200d💻 ☎\ufe0f", "👩\u200d💻 ☎\ufe0f"),
        ("株式会社 Sony", "[U+682A U+5F0F U+4F1A U+793E] Sony"),
        ("שלום, мир\n한", "[U+05E9 U+05DC U+05D5 U+05DD], мир\n[U+D55C]"),
        ("1\u00a02\u200b3\u00ad4", "1\u00a02\u200b3\u00ad4"),
    ],
    ids=["what papers are made of", "emoji", "joined emoji", "ideographs", "other scripts", "marks without a shape"],
)
def test_only_letters_without_a_shape_in_our_fonts_are_spelled_out(text: str, written: str) -> None:
    assert spelled_out(text) == written


@pytest.mark.parametrize("language", list(Language))
def test_a_strange_title_has_no_empty_box_on_paper_p7(render: Callable[..., bytes], language: Language) -> None:
    first, *others = samples.entries(4)
    titled = replace(first, title="Сбой 🙂 株式会社")
    pdf = render("statement", samples.statement(4, entries=(titled, *others)), language)
    assert "Сбой 🙂 [U+682A U+5F0F U+4F1A U+793E]" in whole_text(pdf)
    fonts = {
        font["/DescendantFonts"][0]["/BaseFont"].partition("+")[2]
        for page in pypdf.PdfReader(io.BytesIO(pdf)).pages
        for font in page["/Resources"]["/Font"].values()
    }
    assert {name for name in fonts if not name.startswith("IBM-Plex-Sans")} == {"Noto-Emoji"}
