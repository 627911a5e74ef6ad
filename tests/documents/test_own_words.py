"""The firm's own text: placeholders that are known, layouts that leave nothing out, values as text (P7, E4)."""

from typing import Any

import pytest

from contracts.errors import Refusal
from documents.own_words import (
    PARTS,
    PLACEHOLDERS,
    SAID,
    PieceKind,
    filled,
    pieces_of,
    require_template,
    require_words,
)
from documents.paper_kinds import PaperKind
from documents.words import Language
from tests.documents import samples

INVOICE = PLACEHOLDERS[PaperKind.INVOICE]
LAYOUT = """# Счёт № {{ number }} от {{ day }}

{{ payee }}
{{parties}}

Просим оплатить
{{ total }} по {{ pay_by }}.

{{ basis }}
## Что оплачивается
{{ lines }}
{{ closing }}
"""
SAMPLES: dict[PaperKind, Any] = {
    PaperKind.CONTRACT: samples.contract(),
    PaperKind.INVOICE: samples.invoice(),
    PaperKind.ACT: samples.act(),
    PaperKind.CREDIT_NOTE: samples.credit_note(),
    PaperKind.STATEMENT: samples.statement(),
    PaperKind.CERTIFICATE: samples.certificate(),
    PaperKind.OFFER: samples.offer(),
    PaperKind.RECONCILIATION: samples.reconciliation(),
}


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("kind", PaperKind)
def test_every_placeholder_has_a_value_on_its_paper(kind: PaperKind, language: Language) -> None:
    for name, value in PLACEHOLDERS[kind].items():
        assert value(SAMPLES[kind], language), name


def test_a_layout_is_cut_into_titles_text_and_parts() -> None:
    kinds = [(piece.kind.value, piece.text) for piece in pieces_of(LAYOUT, PaperKind.INVOICE)]
    assert kinds == [
        ("title", "Счёт № {{ number }} от {{ day }}"),
        ("part", "payee"),
        ("part", "parties"),
        ("text", "Просим оплатить {{ total }} по {{ pay_by }}."),
        ("part", "basis"),
        ("heading", "Что оплачивается"),
        ("part", "lines"),
        ("part", "closing"),
    ]
    assert require_template(LAYOUT, "ru.papers.invoice", PaperKind.INVOICE) == LAYOUT


def test_values_stand_in_the_place_of_placeholders_and_a_day_ends_a_sentence_itself() -> None:
    text = "{{number}}, {{ seller.name }}, {{ pay_by }}. {{ total }}."
    said = filled(text, samples.invoice(), Language.RU, INVOICE)
    assert said.replace("\u00a0", " ") == "СЧ-2026/87, ООО «Меридиан-Сервис», 13 марта 2026 г. 33 816,00 руб."


def test_a_value_that_looks_like_a_placeholder_stays_text_p7() -> None:
    hostile = samples.invoice(number="{{ seller.inn }}")
    assert filled("{{ number }}", hostile, Language.EN, INVOICE) == "{{ seller.inn }}"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{{ cliemt.name }}", "cliemt.name"),
        ("{{ client.__class__ }}", "client.__class__"),
        ("{{ pay_by", "{{"),
        ("{% include 'x' %}", "{%"),
        ("{{ 7 * 7 }}", "{{"),
        ("{# note #}", "{#"),
        ("{{ lines }}", "lines"),
    ],
)
def test_a_placeholder_that_there_is_not_is_refused_at_once(text: str, value: str) -> None:
    with pytest.raises(Refusal) as refused:
        require_words(text, "ru.notes.invoice", INVOICE)
    assert (refused.value.code, refused.value.field) == ("PLACEHOLDER_UNKNOWN", "ru.notes.invoice")
    assert refused.value.facts["value"] == value
    assert "client.name" in refused.value.facts["allowed"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (LAYOUT.replace("{{ lines }}\n", ""), "PARTS_WRONG"),
        (LAYOUT + "{{ lines }}\n", "PARTS_WRONG"),
        (LAYOUT.replace("# Счёт", "Счёт"), "TITLE_WRONG"),
        (LAYOUT + "# Ещё\n", "TITLE_WRONG"),
        ("Текст\n" + LAYOUT, "TITLE_WRONG"),
        (LAYOUT.replace("{{ pay_by }}", "{{ paid_by }}"), "PLACEHOLDER_UNKNOWN"),
        (LAYOUT.replace("{{ total }}", "{{ terms }}"), "PLACEHOLDER_UNKNOWN"),
        (LAYOUT.replace("Просим", "\u202eПросим"), "TEXT_WRONG"),
        (LAYOUT.replace(" от {{ day }}", ""), "PLACEHOLDER_MISSING"),
        (LAYOUT.replace("№ {{ number }} ", ""), "PLACEHOLDER_MISSING"),
        ("", "TITLE_WRONG"),
        ("#\n", "TITLE_WRONG"),
        ("# \n{{ lines }}", "TEXT_WRONG"),
    ],
)
def test_a_layout_that_leaves_a_part_out_or_says_it_twice_is_refused_e4(text: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        require_template(text, "ru.papers.invoice", PaperKind.INVOICE)
    assert refused.value.code == code


def shortest(kind: PaperKind) -> str:
    """The title and the parts of a kind of paper, the last of them first, and nothing else."""
    return "# " + "\n".join(f"{{{{ {name} }}}}" for name in (" }} {{ ".join(SAID[kind]), *reversed(PARTS[kind])))


@pytest.mark.parametrize("kind", PaperKind)
def test_the_parts_alone_are_a_layout_with_a_title_that_says_what_is_in_none_of_them(kind: PaperKind) -> None:
    assert require_template(shortest(kind), "x", kind) == shortest(kind)
    first = pieces_of(shortest(kind), kind)[0]
    assert (first.kind, first.text.startswith("{{ number }}")) == (PieceKind.TITLE, True)
