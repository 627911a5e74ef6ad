"""The report as a table: a row for each subscription, with what became of it in words."""

from datetime import date

import pytest

from contracts.money import Money
from contracts.renewal_report import Ended, Following, Outcome, renewal_report
from contracts.terms import Term
from documents.renewal_table import HEADS, OUTCOMES, renewal_table
from documents.words import Language

LAST = date(2026, 10, 15)
LOST = Ended(1, 1, "Ромашка", "2026-0001", "support", LAST, LAST, False, Money(1_000))
BACK = Ended(
    2,
    2,
    "Василёк",
    "2026-0002",
    "support",
    LAST,
    LAST,
    False,
    Money(1_000),
    Following(3, date(2026, 10, 20), Money(1_500)),
)


@pytest.mark.parametrize("language", Language)
def test_every_outcome_has_its_words_and_every_row_a_cell_for_each_head(language: Language) -> None:
    assert set(OUTCOMES[language]) == set(Outcome)
    report = renewal_report([LOST, BACK], Term(date(2026, 10, 1), date(2026, 11, 1)), date(2027, 1, 1))
    table = renewal_table([("north", report)], language)
    assert {len(row) for row in table.rows} == {len(HEADS[language])}


def test_what_was_won_back_stands_with_the_price_of_its_renewal() -> None:
    report = renewal_report([LOST, BACK], Term(date(2026, 10, 1), date(2026, 11, 1)), date(2027, 1, 1))
    rows = renewal_table([("north", report)], Language.EN).rows
    assert [(row[2], row[4], row[8], row[10]) for row in rows] == [
        ("lapsed", "Ромашка", Money(1_000), None),
        ("lapsed", "Василёк", Money(1_000), 3),
        ("won back", "Василёк", Money(1_500), 3),
    ]
    assert rows[0][:2] == ("2026-10", "north")
