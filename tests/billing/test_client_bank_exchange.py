"""1CClientBankExchange as banks really make it: encodings that lie, missing values, cut files (M5)."""

from datetime import date

import pytest

from billing.bank_file import Payer, read_amount
from billing.client_bank_exchange import is_client_bank_exchange, read_client_bank_exchange
from contracts.errors import Refusal
from contracts.money import Money
from tests.bank_files import OURS, THEIRS, Values, document, exchange

OWN = {OURS: "RUB", "40702978100000000005": "EUR"}


@pytest.mark.parametrize("end", ["\r\n", "\n"])
@pytest.mark.parametrize("said", ["Windows", "DOS", "UTF-8", ""])
@pytest.mark.parametrize("encoding", ["cp1251", "cp866", "utf-8", "utf-8-sig"])
def test_a_file_is_read_in_any_encoding_whatever_it_says_of_it_m5(encoding: str, said: str, end: str) -> None:
    plain = document(Плательщик1="ООО Ромашка", Плательщик=None, НазначениеПлатежа="Счет 2026-0001")
    content = exchange(plain, encoding=encoding, said=said, end=end)
    assert is_client_bank_exchange(content)
    file = read_client_bank_exchange(content, OWN)
    (line,) = file.lines
    assert (line.account, line.number, line.row, line.amount) == (OURS, "118", 10, Money(3_381_600))
    assert (line.dated_on, line.booked_on) == (date(2026, 10, 5), date(2026, 10, 6))
    assert line.payer == Payer("ООО Ромашка", "7707083893", "770901001", THEIRS)
    assert (line.purpose, file.faults, file.passed) == ("Счет 2026-0001", (), 0)


def test_blank_lines_and_spaces_cost_no_more_than_their_length_m5() -> None:
    """With a pattern that looks at them again and again either takes hours."""
    spaced = document(Плательщик1=f"ИНН 7707083893{' ' * 50_000}ООО Ромашка", ПлательщикИНН=None)
    content = exchange(spaced).replace(b"\r\n", b"\r\n" * 100_000, 1)
    [line] = read_client_bank_exchange(content, OWN).lines
    assert line.payer.inn == "7707083893"


def test_only_what_comes_in_to_an_account_of_a_seller_counts_m5() -> None:
    euro = document(Номер="3", ПолучательСчет="40702978100000000005")
    file = read_client_bank_exchange(
        exchange(
            document(),
            document(Номер="1", ПлательщикСчет=OURS, ПолучательСчет=THEIRS, Сумма="x"),  # it went out
            document(Номер="2", ПлательщикСчет="40702978100000000005"),  # between our own accounts
            euro,
            document(Номер="4", ПолучательСчет="30101810400000000225", ПолучательРасчСчет=OURS),
        ),
        OWN,
    )
    assert [(line.number, line.amount.currency) for line in file.lines] == [("118", "RUB"), ("3", "EUR"), ("4", "RUB")]
    assert (file.passed, file.faults) == (2, ())


@pytest.mark.parametrize("payer", ["ПлательщикСчет", "ПлательщикРасчСчет"])
def test_what_went_out_to_an_account_that_the_bank_leaves_out_is_passed_over_m5(payer: str) -> None:
    """As a bank's own fee, whose receiver is the bank."""
    fee = document(ПолучательСчет=None, **({"ПлательщикСчет": None} | {payer: OURS}))
    file = read_client_bank_exchange(exchange(fee, document(Номер="119")), OWN)
    assert ([line.number for line in file.lines], file.passed, file.faults) == (["119"], 1, ())


@pytest.mark.parametrize(
    ("changes", "payer"),
    [
        ({"ПлательщикИНН": None, "ПлательщикКПП": None, "Плательщик1": None}, ("ООО «Ромашка»", "7707083893", "")),
        ({"ПлательщикИНН": "0", "ПлательщикКПП": "0", "Плательщик": "Иванов И. И."}, ("ООО «Ромашка»", "", "")),
        ({"ПлательщикИНН": None, "Плательщик": None, "Плательщик1": None, "ПлательщикКПП": None}, ("", "", "")),
        (
            {"ПлательщикИНН": "", "ПлательщикКПП": "", "Плательщик1": "", "Плательщик": "ИНН 7707083893/770901001 Ро"},
            ("Ро", "7707083893", "770901001"),
        ),
    ],
)
def test_what_a_bank_leaves_out_of_the_payer_is_found_or_empty_m5(changes: Values, payer: tuple[str, str, str]) -> None:
    (line,) = read_client_bank_exchange(exchange(document(**changes)), OWN).lines
    assert (line.payer.name, line.payer.inn, line.payer.kpp) == payer


def test_a_purpose_may_be_split_continued_or_missing_and_the_day_of_receipt_too_m5() -> None:
    file = read_client_bank_exchange(
        exchange(
            document(НазначениеПлатежа=None, НазначениеПлатежа1="Оплата", НазначениеПлатежа2="счета 2026-0001"),
            document(Номер="2", НазначениеПлатежа="Оплата\r\nсчета 2026-0001"),
            document(Номер="3", НазначениеПлатежа=None, ДатаПоступило=None, ПлательщикРасчСчет="40817810000000000009"),
        ),
        OWN,
    )
    assert [line.purpose for line in file.lines] == ["Оплата счета 2026-0001"] * 2 + [""]
    assert file.lines[2].booked_on == date(2026, 10, 5)
    assert file.lines[2].payer.account == "40817810000000000009"


FAULTY: list[tuple[Values, str, str, int]] = [
    ({"Сумма": "1e3"}, "Сумма", "AMOUNT_UNREADABLE", 13),
    ({"Сумма": "100.005"}, "Сумма", "AMOUNT_UNREADABLE", 13),
    ({"Сумма": "-5.00"}, "Сумма", "AMOUNT_UNREADABLE", 13),
    ({"Сумма": "0.00"}, "Сумма", "PAYMENT_AMOUNT_WRONG", 13),
    ({"Сумма": None}, "Сумма", "VALUE_REQUIRED", 10),
    ({"Дата": "31.02.2026"}, "Дата", "DAY_UNREADABLE", 12),
    ({"ДатаПоступило": "вчера"}, "ДатаПоступило", "DAY_UNREADABLE", 20),
    ({"Номер": ""}, "Номер", "VALUE_REQUIRED", 11),
    ({"ПолучательСчет": None}, "ПолучательСчет", "VALUE_REQUIRED", 10),
]


@pytest.mark.parametrize(("changes", "field", "code", "row"), FAULTY)
def test_a_fault_names_its_row_and_field_and_the_other_documents_are_read_m5(
    changes: Values, field: str, code: str, row: int
) -> None:
    file = read_client_bank_exchange(exchange(document(**changes), document(Номер="119")), OWN)
    assert [(one.row, one.column, one.refusal.code) for one in file.faults] == [(row, field, code)]
    assert {one.refusal.field for one in file.faults} <= {"file", field}
    assert [line.number for line in file.lines] == ["119"]


@pytest.mark.parametrize(
    ("lost", "faults"),
    [
        ("КонецФайла", [(24, "КонецФайла")]),
        ("КонецДокумента\r\nКонецФайла", [(23, "КонецФайла"), (10, "КонецДокумента")]),
        ("КонецДокумента", [(10, "КонецДокумента")]),
        ("СекцияДокумент=Платежное поручение", [(22, "КонецДокумента")]),
    ],
)
def test_a_file_that_was_cut_off_is_told_m5(lost: str, faults: list[tuple[int, str]]) -> None:
    content = exchange(document()).replace(lost.encode("cp1251"), b"")
    found = read_client_bank_exchange(content, OWN).faults
    assert {one.refusal.code for one in found} == {"BANK_FILE_CUT"}
    assert [(one.row, one.column) for one in found] == faults


def test_a_file_without_a_word_of_the_form_is_refused_m5() -> None:
    with pytest.raises(Refusal) as caught:
        read_client_bank_exchange(b"1CClientBankExchange\n\x98\xff", OWN)
    assert caught.value.code == "BANK_FILE_UNREADABLE"


@pytest.mark.parametrize(
    ("text", "minor"), [("0.29", 29), ("2,05", 205), ("100.5", 10050), ("7", 700), ("1.50000", 150), ("0.01", 1)]
)
def test_amounts_are_read_through_their_digits_never_through_a_float_m1(text: str, minor: int) -> None:
    assert read_amount(text, "RUB", "Сумма") == Money(minor)
