"""Every text of the pages stands in both languages, and no template says a word of its own."""

import re
import string
from pathlib import Path

import pytest

from api.pages.admission import PAGES
from api.pages.rooms import ROOMS
from api.pages.wording import texts

ROOT = Path(__file__).parents[3] / "api"
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
USED = re.compile(r"""\b(?:t|say)\(\s*"([a-z_.]+)"( ~)?""")
OURS = {"English", "html", "DOCTYPE"}


def test_every_text_stands_in_both_languages_with_the_same_values() -> None:
    for name, text in texts().items():
        assert set(text) == {"ru", "en"}, name
        fields = [{field for _, field, _, _ in string.Formatter().parse(text[one]) if field} for one in ("ru", "en")]
        assert fields[0] == fields[1], name
        assert re.search("[а-яё]", text["ru"], re.IGNORECASE) or text["ru"] == "English", name
        assert not re.search("[а-яё]", text["en"], re.IGNORECASE) or text["en"] == "Русский", name


def test_every_text_that_is_asked_for_exists_and_none_is_left_over() -> None:
    sources = [file.read_text("utf-8") for file in [*TEMPLATES, *(ROOT / "pages").rglob("*.py")]]
    asked = [found for source in sources for found in USED.findall(source)]
    exact = {name for name, more in asked if not more}
    beginnings = tuple(name for name, more in asked if more)
    assert exact <= set(texts())
    said = {f"said.{name}" for source in sources for name in re.findall(r"[?&]said=([a-z_]+)", source)}
    assert said <= set(texts())
    assert {f"page.{name}" for name in ROOMS.values()} <= set(texts())
    left = {name for name in texts() if name not in exact | said and not name.startswith(beginnings)}
    assert left == set()


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_template_says_a_word_that_is_not_translated(template: Path) -> None:
    source = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", template.read_text("utf-8"), flags=re.DOTALL)
    told = re.sub(r"<[^>]*>", " ", source) + " ".join(
        re.findall(r'(?:aria-label|placeholder|title|alt)="([^"]*)"', source)
    )
    assert re.findall(r"[A-Za-zА-Яа-яЁё]{2,}", re.sub(r"&[a-z]+;", "", told)) == []


def test_every_page_of_the_menu_is_in_the_table() -> None:
    assert [path for path in ROOMS if ("GET", path) not in PAGES] == []
