"""The reconciliation act on paper: every line, turnovers and balances, in figures and in words (P1, P7)."""

import io
from collections.abc import Callable
from datetime import date
from itertools import pairwise

import pdfplumber
import pytest
from sqlmodel import Session

from api.journeys import sell_subscription, settle_accounts
from contracts.money import Money
from contracts.terms import Term
from documents import words
from documents.parties import PartySheet
from documents.words import NBSP, Language
from tests.builders import an_order, closed, moment
from tests.documents import samples
from tests.documents.market import Market
from tests.documents.reading import page_texts, whole_text

Render = Callable[..., bytes]
both_languages = pytest.mark.parametrize("language", list(Language))


def plain(text: str) -> str:
    return text.replace(NBSP, " ")


def figures(amount: Money, language: Language) -> str:
    return plain(words.amount_in_figures(amount, language))


@both_languages
def test_lines_turnovers_and_balances_are_those_of_the_sheet_p1(render: Render, language: Language) -> None:
    sheet = samples.reconciliation(5, opening=Money(1_250_000))
    text = whole_text(render("reconciliation", sheet, language))
    for line in sheet.lines:
        assert f"{line.number} {figures(line.credit if line.credit.minor else line.debit, language)}" in text
    assert f"{figures(sheet.debit, language)} {figures(sheet.credit, language)}" in text
    assert figures(sheet.opening, language) in text
    assert words.amount_in_words(sheet.closing, language) in text


@pytest.mark.parametrize(
    ("opening", "said"),
    [
        (Money(0), "задолженность отсутствует: 0,00 руб. Ноль рублей 00 копеек"),
        (Money(5_000), "задолженность в пользу Исполнителя — 50,00 руб. Пятьдесят рублей 00 копеек"),
        (Money(-5_000), "задолженность в пользу Заказчика — 50,00 руб. Пятьдесят рублей 00 копеек"),
    ],
)
def test_who_owes_whom_is_said_in_words_p4(render: Render, opening: Money, said: str) -> None:
    text = plain(whole_text(render("reconciliation", samples.reconciliation(0, opening=opening))))
    assert said in text


@both_languages
def test_200_lines_go_over_pages_each_with_its_head_and_number(render: Render, language: Language) -> None:
    sheet = samples.reconciliation(200)
    pages = page_texts(render("reconciliation", sheet, language))
    assert len(pages) > 3
    head = {"ru": "Дебет Исполнителя", "en": "Contractor’s debit"}[language]
    assert all(head in page for page in pages[:-1])
    assert all(sheet.number in page for page in pages)
    assert f"{figures(sheet.debit, language)} {figures(sheet.credit, language)}" in plain(pages[-1])


@both_languages
@pytest.mark.parametrize("minor", [0, 123_456_789_012])
def test_the_client_has_as_much_room_for_its_sums_as_the_seller_p1(
    render: Render, minor: int, language: Language
) -> None:
    sheet = samples.reconciliation(1, opening=Money(minor))
    with pdfplumber.open(io.BytesIO(render("reconciliation", sheet, language))) as document:
        found = document.pages[0].extract_words()
    side = {"ru": ("Исполнителя", "Заказчика"), "en": ("debit", "credit")}[language]
    edges = sorted({word["x1"] for word in found if word["text"] in side and word["x0"] > 200 and word["top"] < 300})
    assert len(edges) == 4
    widths = [edge - before for before, edge in pairwise(edges)]
    assert max(widths) - min(widths) < 1
    assert min(widths) > 25.9 / 25.4 * 72


def test_a_long_name_is_only_text_on_the_paper_p7(render: Render) -> None:
    name = "Общество с ограниченной ответственностью " + "«<b>Очень-длинное-название</b>» " * 12
    text = whole_text(render("reconciliation", samples.reconciliation(1, client=PartySheet(name=name))))
    assert "<b>Очень-длинное-название</b>" in text


def test_the_sheet_is_drawn_from_the_rows_that_were_settled_p1(market: Market) -> None:
    session: Session = market.session
    sell_subscription(
        session, an_order(market.seller, market.customer, starts_on=date(2026, 8, 1)), at=moment("2026-08-01")
    )
    for month in (date(2026, 8, 1), date(2026, 9, 1)):
        closed(session, market.seller, market.customer, month)
    summer = Term(date(2026, 7, 1), date(2026, 10, 1))
    act, paper = settle_accounts(session, market.seller, market.customer.entity.id, summer, at=moment("2026-10-05"))
    sheet = market.sheet(paper.kind, act.id)
    assert (sheet.number, sheet.client.inn) == (act.number, market.customer.entity.inn)
    assert [(one.source.value, one.debit) for one in sheet.lines] == [("act", Money(101_918)), ("act", Money(98_630))]
    assert sheet.closing == Money(act.closing_minor)


def test_an_act_says_by_what_the_services_of_a_month_count_and_an_older_one_as_it_did_p1(render: Render) -> None:
    acts = samples.reconciliation(0, by_acts=True)
    shares = samples.reconciliation(1, by_acts=True)
    old = samples.reconciliation(1)
    told = [plain(whole_text(render("reconciliation", sheet))) for sheet in (acts, shares, old)]
    by_acts, by_shares, by_invoices = "учтены по его актам", "на которые акта нет", "учтено по счетам"
    assert [[one in text for one in (by_acts, by_shares, by_invoices)] for text in told] == [
        [True, False, False],
        [True, True, False],
        [False, False, True],
    ]
    assert ["Услуги по счёту № 2026-0001" in text for text in told] == [False, True, False]
