"""`abonement form`: a form in a TOML file, previewed, adopted, shown and put away (P1, P2)."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.api.test_cli import Run, done, installed, opened
from tests.documents.reading import whole_text
from tests.documents.test_logo import picture
from tests.documents.test_own_words import LAYOUT

FORM = f'''
accent = "#1f6f54"
logo = "logo.png"

[ru]
header = "Сопровождение с 1998 года"
clauses = ["Копии баз хранятся 30 дней."]

[ru.notes]
invoice = "Спасибо, {{{{ client.name }}}}!"

[ru.papers]
invoice = """
{LAYOUT}"""
'''


@pytest.fixture
def shop(engine: Engine, tmp_path: Path) -> Iterator[Run]:
    """A shop that is open, and its form in a file."""
    (tmp_path / "form.toml").write_text(FORM, "utf-8")
    (tmp_path / "logo.png").write_bytes(picture())
    with installed(engine, tmp_path) as run:
        opened(run)
        yield run


def shown(shop: Run) -> list[list[str]]:
    """Names and values of the form that governs."""
    return [re.split(r" {2,}", line.strip()) for line in done(shop("form", "show")).splitlines()]


def test_a_form_is_previewed_adopted_and_put_away_p1_p2(shop: Run, tmp_path: Path) -> None:
    form, sample = str(tmp_path / "form.toml"), tmp_path / "sample.pdf"
    done(shop("form", "preview", form, str(sample)))
    text = whole_text(sample.read_bytes())
    assert "Просим оплатить" in text
    assert "Спасибо, ООО «Образец»!" in text
    assert ["Версия", "0"] in shown(shop)
    assert "в виде версии 1" in done(shop("form", "adopt", form))
    assert ["ru.header", "Сопровождение с 1998 года"] in shown(shop)
    assert "в виде версии 2" in done(shop("form", "reset"))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("header", "heading", "ru.heading"),
        ("client.name", "klient.name", "ru.notes.invoice"),
        ("logo.png", "no.png", "no.png"),
        ("#1f6f54", "#ffff00", "accent"),
        ("{{ lines }}", "", "ru.papers.invoice"),
        ('accent = "#1f6f54"', "accent = ", "form.toml"),
    ],
)
def test_a_file_that_is_wrong_is_refused_by_its_field(shop: Run, tmp_path: Path, old: str, new: str, told: str) -> None:
    wrong = tmp_path / "form.toml"
    wrong.write_text(FORM.replace(old, new, 1), "utf-8")
    refused = shop("form", "adopt", str(wrong))
    assert refused.exit_code == 2
    assert told in refused.output
    assert ["Версия", "0"] in shown(shop)
