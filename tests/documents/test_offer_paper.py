"""The offer on paper and as a part of a page: every figure of the sheet, in both languages (P1, P4, P7)."""

import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from contracts.money import Money
from contracts.tax_modes import TaxMode
from documents import words
from documents.lines import RateTotal
from documents.offer import ChoiceSheet, OfferSheet
from documents.templating import fragment_source
from documents.words import NBSP, Language
from tests.documents import samples
from tests.documents.reading import page_texts, whole_text

Render = Callable[..., bytes]
both_languages = pytest.mark.parametrize("language", list(Language))
either_time = pytest.mark.parametrize(
    "sheet",
    [samples.offer(), samples.late_offer(), samples.promoted_offer()],
    ids=["running", "lapsed", "promoted"],
)


def figures(choice: ChoiceSheet, language: Language, nothing: str) -> list[str]:
    """The cells of a way to renew, from its first day on."""
    money = [words.amount_in_figures(one, language) for one in (choice.price, choice.gap, choice.total, choice.vat)]
    if choice.gap.minor == 0:
        money[1] = nothing
    days = [words.day_in_figures(day) for day in (choice.term.starts_on, choice.term.last_day)]
    return [*days, *money, str(choice.lost_days), words.amount_in_figures(choice.lost_money, language)]


def plain(text: str) -> str:
    return " ".join(text.replace(NBSP, " ").split())


@both_languages
@either_time
def test_every_way_to_renew_is_printed_with_all_its_figures_p1(
    render: Render, sheet: OfferSheet, language: Language
) -> None:
    text = whole_text(render("offer", sheet, language))
    for choice in sheet.choices:
        assert plain(" ".join(figures(choice, language, "—"))) in text
    assert text.count({"ru": "можно сейчас", "en": "open now"}[language]) == len(sheet.open_choices)


@both_languages
@either_time
def test_what_can_be_paid_now_is_written_in_words_with_the_vat_p4(
    render: Render, sheet: OfferSheet, language: Language
) -> None:
    text = whole_text(render("offer", sheet, language))
    for choice in sheet.open_choices:
        written = f"{words.price(choice.total, language)} ({words.amount_in_words(choice.total, language)})"
        assert plain(written) in text
        assert plain(words.price(choice.vat, language)) in text


@pytest.mark.parametrize(
    ("sheet", "russian", "english"),
    [
        (samples.offer(), "действительно по 31 марта 2027 г. включительно", "valid until 31 March 2027 inclusive"),
        (samples.late_offer(), "от 01 мая 2027 г., действительно только в этот день", "valid on this day only"),
        (samples.offer(grace_days=30), "оплаченное по 30.04.2027 включительно, считается", "paid by 30.04.2027 inclus"),
        (samples.late_offer(), "Срок с 01.04.2026 по 31.03.2027 закончился", "to 31.03.2027 is over; the last day"),
        (samples.late_offer(), "обслуживание с 01.05.2027", "service from 01.05.2027"),
        (
            samples.offer(),
            "20 ч 61 750,00 3 087,50 с 15.02.2027 по 14.02.2028",
            "20 h 61,750.00 3,087.50 from 15.02.20",
        ),
    ],
)
def test_it_says_until_when_it_stands_and_what_is_beside_it_h8(
    render: Render, sheet: OfferSheet, russian: str, english: str
) -> None:
    assert russian in whole_text(render("offer", sheet, "ru"))
    assert english in whole_text(render("offer", sheet, "en"))


@both_languages
def test_without_vat_it_says_why_and_over_a_change_of_rate_it_names_no_single_one_m2(
    render: Render, language: Language
) -> None:
    plain_sheet = samples.offer()
    [first] = plain_sheet.open_choices[:1]
    free = replace(first, by_rate=(RateTotal(None, Money(0), first.total),))
    sheet = replace(plain_sheet, choices=(free,), tax_mode=TaxMode.SIMPLIFIED_EXEMPT)
    said = {"ru": "без НДС (применяется УСН)", "en": "without VAT (simplified tax regime)"}[language]
    assert said in whole_text(render("offer", sheet, language))
    for text in (whole_text(render("offer", sheet, language)), fragment_source("offer", language, sheet)):
        assert {"ru": "с НДС", "en": "incl. VAT"}[language] not in text
        assert {"ru": "ены с НДС", "en": "include VAT"}[language] not in text
    rates = (RateTotal(22, Money(180), Money(1_000)), RateTotal(20, Money(167), first.total - Money(1_000)))
    sheet = replace(plain_sheet, choices=(replace(first, by_rate=rates),))
    said = {"ru": "в том числе НДС — 3,47 руб.", "en": "including 3.47 RUB of VAT"}[language]
    assert said in whole_text(render("offer", sheet, language))


@both_languages
def test_the_months_of_a_group_never_stand_alone_at_the_end_of_a_page(render: Render, language: Language) -> None:
    pages = page_texts(render("offer", samples.offer(), language))
    assert len(pages) == 2
    head = {"ru": "24 месяца", "en": "24 months"}[language]
    assert f"{head} {'Непрерывно' if language == 'ru' else 'Without a break'}" in " ".join(pages)


@both_languages
@pytest.mark.parametrize("registrations", range(0, 24, 2))
def test_packages_and_the_signature_stand_on_one_page(render: Render, registrations: int, language: Language) -> None:
    plain_sheet = samples.promoted_offer()
    packages = tuple(replace(plain_sheet.packages[0], minutes=60 * hours) for hours in (10, 20, 30, 40, 50, 60))
    sheet = replace(plain_sheet, registrations=(plain_sheet.registrations * 12)[:registrations], packages=packages)
    pages = page_texts(render("offer", sheet, language))
    last = pages[-1]
    assert {"ru": "Пакеты часов", "en": "Packages of hours"}[language] in last
    for package in packages:
        assert f"{plain(words.hours_in_words(package.minutes, language))} 61" in last
    assert sheet.seller.signatory_name in last


@both_languages
@either_time
def test_the_part_of_a_page_shows_the_same_figures_in_a_table_with_heads_s5(
    sheet: OfferSheet, language: Language
) -> None:
    section = ElementTree.fromstring(fragment_source("offer", language, sheet))
    assert section.get("lang") == language
    table, packages = section.iter("table")
    rows = [row for row in table.iter("tr") if row.find("td") is not None]
    for row, choice in zip(rows, sheet.choices, strict=True):
        cells = ["".join(cell.itertext()) for cell in row.findall("td")]
        assert cells[1:] == figures(choice, language, words.amount_in_figures(choice.gap, language))
        assert (row.get("class") == "open") is choice.is_open
        assert row.find("th").get("scope") == "row"
    assert len({len(list(row)) for row in (*rows, table.find("thead/tr"))}) == 1
    assert {head.get("scope") for head in table.iter("th")} == {"col", "row", "rowgroup"}
    assert [one.find("caption") is not None for one in (table, packages)] == [True, True]


@both_languages
def test_what_scrolls_can_be_reached_by_keyboard_and_has_a_name(language: Language) -> None:
    section = ElementTree.fromstring(fragment_source("offer", language, samples.offer()))
    named = {element.get("id") for element in section.iter() if element.get("id")}
    regions = [element for element in section.iter("div") if element.get("role") == "region"]
    assert [(region.get("tabindex"), region.get("aria-labelledby") in named) for region in regions] == [("0", True)] * 2


@both_languages
def test_the_part_of_a_page_says_when_there_is_nothing_to_offer(language: Language) -> None:
    source = fragment_source("offer", language, samples.offer(choices=(), packages=()))
    assert {"ru": "Предложить нечего", "en": "There is nothing to offer"}[language] in source
    assert "<table" not in source


@both_languages
def test_a_clients_text_is_text_on_the_page_too_p7(language: Language) -> None:
    sheet = samples.offer(plan='<script>alert(1)</script>"&{{ 7 * 7 }}')
    source = fragment_source("offer", language, sheet)
    assert "<script" not in source
    assert "{{ 7 * 7 }}" in "".join(ElementTree.fromstring(source).itertext())


@both_languages
def test_long_names_leave_the_offer_whole_p7(render: Render, language: Language) -> None:
    plain_sheet = samples.offer(date(2027, 2, 15))
    endless = replace(plain_sheet.client, full_name="Щ" * 900)
    pages = page_texts(render("offer", replace(plain_sheet, client=endless), language))
    assert sum(page.replace(" ", "").count("Щ") for page in pages) >= 900
    assert plain_sheet.seller.signatory_name in pages[-1]
