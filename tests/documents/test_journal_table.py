"""The journal as a table: every word in both languages, each row with the client's side (M4)."""

from datetime import date

import pytest

from billing.bookkeeping import Party, Sides
from billing.journal import Entry, Journal, Operation, Side, Source, Voucher
from contracts.money import Money
from contracts.terms import Term
from documents.journal_table import OPERATIONS, SOURCES, journal_table
from documents.words import Language

OCTOBER = Term.calendar_month(date(2026, 10, 1))


@pytest.mark.parametrize("language", Language)
def test_every_operation_and_paper_has_its_words(language: Language) -> None:
    assert set(OPERATIONS[language]) == set(Operation)
    assert set(SOURCES[language]) == set(Source)


def test_a_row_names_the_accounts_the_paper_and_the_counterparty_m4() -> None:
    voucher = Voucher(Source.ACT, 5, "2026-0005", 7, 2, 3)
    entry = Entry(date(2026, 10, 31), Operation.REVENUE, voucher, 2, "62.01", "90.01", Money(67_500), 22)
    sides = Sides({2: Party("ООО «Ромашка»", "7707083893", "773601001")}, {3: "2026-0001"})
    table = journal_table(Journal(OCTOBER, (entry,)), sides, Language.RU)
    (row,) = table.rows
    assert dict(zip(table.heads, row, strict=True)) == {
        "Дата": date(2026, 10, 31),
        "Дебет": "62.01",
        "Кредит": "90.01",
        "Сумма": Money(67_500),
        "Валюта": "RUB",
        "НДС, %": 22,
        "Содержание": "Выручка за оказанные услуги",
        "Документ": "акт",
        "Номер": "2026-0005",
        "Договор": "2026-0001",
        "Контрагент": "ООО «Ромашка»",
        "ИНН, БИН, УНП, VAT": "7707083893",
        "КПП": "773601001",
        "Договор по кредиту": "",
        "Контрагент по кредиту": "",
        "Ключ": "act:5:2:2026-10-31:revenue",
    }


def test_money_that_was_put_to_no_invoice_names_who_paid_and_no_contract_m5() -> None:
    voucher = Voucher(Source.PAYMENT, 5, "118", 7, 2, None)
    entry = Entry(date(2026, 10, 2), Operation.ADVANCE, voucher, 0, "51", "62.02", Money(67_500))
    sides = Sides({2: Party("ООО «Ромашка»", "7707083893", "773601001")}, {3: "2026-0001"})
    (row,) = journal_table(Journal(OCTOBER, (entry,)), sides, Language.EN).rows
    assert row[7:12] == ("payment", "118", "", "ООО «Ромашка»", "7707083893")


def test_money_that_moves_to_another_names_both_sides_m5() -> None:
    voucher = Voucher(Source.PAYMENT, 5, "118", 7, 2, None)
    moved = Entry(date(2026, 10, 2), Operation.ADVANCE_MOVED, voucher, 1, "62.02", "62.02", Money(1), to=Side(4, 3))
    parties = {2: Party("ООО «Ромашка»", "7707083893", "773601001"), 4: Party("ООО «Лютик»", "7736050003", "")}
    (row,) = journal_table(Journal(OCTOBER, (moved,)), Sides(parties, {3: "2026-0001"}), Language.EN).rows
    assert (row[9], row[10], *row[13:15]) == ("", "ООО «Ромашка»", "2026-0001", "ООО «Лютик»")
