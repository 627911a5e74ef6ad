"""The pipeline as a table: one cell for each head in both languages, every code in words."""

from datetime import date

import pytest

from billing.pipeline import Risk
from contracts.money import Money
from contracts.standing import Standing
from documents.pipeline_table import FREE_STANDINGS, HEADS, STANDINGS, pipeline_table, risks_in_words
from documents.words import NBSP, Language
from tests.documents.lines import LINE, a_line


@pytest.mark.parametrize("language", Language)
def test_every_row_has_a_cell_for_each_head(language: Language) -> None:
    table = pipeline_table([LINE, a_line(price=None, renewed=True)], language)
    assert {len(row) for row in table.rows} == {len(HEADS[language])} == {len(HEADS[Language.RU])}
    assert set(STANDINGS[language]) == set(Standing)


def test_a_row_says_all_that_the_line_says() -> None:
    told = dict(zip(HEADS[Language.EN], pipeline_table([LINE], Language.EN).rows[0], strict=True))
    assert told == {
        "Subscription": 12,
        "Last day": date(2027, 3, 31),
        "Days left": 60,
        "Client": "Ромашка",
        "Manager": "Котова И. Л.",
        "Seller": "north",
        "Contract": "2026-0001",
        "Plan": "its-prof",
        "Registrations": "800123456, 800123457",
        "Months": 12,
        "Last price": Money(3_000_000),
        "Price of renewing": Money(3_381_600),
        "Currency": "RUB",
        "Standing": "expiring",
        "Renewed": "",
        "Risks": f"hours refused: 2{NBSP}requests; hours lost: 1{NBSP}h{NBSP}35{NBSP}min",
    }


@pytest.mark.parametrize(
    ("risk", "said"),
    [
        (Risk.UNPAID, f"не оплачено: 2{NBSP}дня"),
        (Risk.HOURS_REFUSED, f"не хватило часов: 2{NBSP}обращения"),
        (Risk.HOURS_LOST, f"часы пропадают: 2{NBSP}мин"),
        (Risk.OPEN_OBJECTIONS, "возражения без решения: 2"),
    ],
)
def test_every_risk_is_said_in_russian(risk: Risk, said: str) -> None:
    assert risks_in_words({risk: 2}, Language.RU) == said


@pytest.mark.parametrize("language", Language)
def test_no_risk_is_without_words(language: Language) -> None:
    assert all(risks_in_words({risk: 1}, language) for risk in Risk)


def test_a_free_period_is_no_feminine_in_russian() -> None:
    assert [name for name in FREE_STANDINGS[Language.RU].values() if name.endswith(("лась", "ена"))] == []
    assert FREE_STANDINGS[Language.RU][Standing.LAPSED] == "закончился"
    assert set(FREE_STANDINGS[Language.EN]) == set(Standing)
