"""Sentences of papers end with one full stop, and no figure is torn from what it says (P1, P4)."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from pypdfium2 import PdfDocument

from contracts.money import CURRENCIES, Money
from documents.contract import ServiceSheet
from documents.entry_lines import PaidFrom, ShareSheet
from documents.paper_kinds import PaperKind
from documents.sample_sheets import sample_sheet
from documents.statement import AllowedSheet, GoodwillSheet
from documents.templating import page_source
from documents.typesetting import Sheet
from documents.words import Language
from entitlements.durations import clock
from tests.documents import samples

Render = Callable[..., bytes]

TORN = re.compile(r".{0,20}\d[ \t\n]+%")
GOODWILL = GoodwillSheet(60, 90, (AllowedSheet("Котова И. Л.", 30, "Срыв отгрузки."),))


def papers(currency: str) -> dict[str, tuple[str, Sheet]]:
    """Every kind of paper, in a currency where it ends a sentence, with texts that bring their own full stop."""
    addressed = replace(samples.SELLER, address="Москва, д. 1, кв.")
    named = {kind.value: (kind.value, sample_sheet(kind, samples.SELLER, "Москва")) for kind in PaperKind}
    priced = ServiceSheet("Вопрос аудитору", price=Money(150_000, currency))
    sums = {name: Money(0, currency) for name in ("opening", "debit", "credit", "closing")}
    drawing = (ServiceSheet("Обновления и пр."), ServiceSheet("Выезды и пр.", draws_hours=True))
    return named | {
        "priced": ("contract", samples.contract(services=(*samples.SERVICES, priced))),
        "drawing": ("contract", samples.contract(services=drawing)),
        "free": ("certificate", samples.certificate(60, services=drawing)),
        "settled": ("reconciliation", replace(samples.reconciliation(0), **sums)),
        "goodwill": ("statement", samples.statement(goodwill=GOODWILL)),
        "addressed": ("certificate", samples.certificate(seller=addressed)),
    }


def text_of(kind: str, sheet: Sheet, language: Language) -> str:
    """What a paper says, without its marks."""
    page = page_source(kind, 1, language, sheet)
    return re.sub(r"<[^>]*>", "", page[page.index("<body") :])


@pytest.mark.parametrize("currency", CURRENCIES)
@pytest.mark.parametrize("language", list(Language))
def test_no_sentence_of_a_paper_ends_with_two_full_stops_p4(language: Language, currency: str) -> None:
    found = {name: re.findall(r".{0,40}\.\.", text_of(*paper, language)) for name, paper in papers(currency).items()}
    assert {name: twice for name, twice in found.items() if twice} == {}


@pytest.mark.parametrize("language", list(Language))
def test_no_figure_is_torn_from_its_per_cent_p4(language: Language) -> None:
    found = {name: TORN.findall(text_of(*paper, language)) for name, paper in papers("RUB").items()}
    assert {name: torn for name, torn in found.items() if torn} == {}


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("minutes", [140, 590, 1_200, 6_000])
def test_hours_are_not_torn_from_what_gave_them_e1(render: Render, minutes: int, language: Language) -> None:
    sources = (PaidFrom.GOODWILL, PaidFrom.ROLLOVER, PaidFrom.INCLUDED, PaidFrom.PACKAGE)
    shares = [ShareSheet(one, minutes) for one in sources]
    entry = samples.entry(12, "SD-1", "Удалённая работа", 4 * minutes, 4 * minutes, *shares)
    with PdfDocument(render("statement", samples.statement(entries=(entry,), pools=()), language)) as pdf:
        lines = [line.strip() for line in pdf[0].get_textpage().get_text_range().splitlines()]
    assert [one for one in lines if one == clock(minutes) or re.match(r"\d+:\d\d →$", one)] == []
