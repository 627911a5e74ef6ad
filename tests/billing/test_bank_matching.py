"""Worked cases of matching: one line a case, read from left to right (M5)."""

from datetime import date

import pytest

from billing.bank_file import BankLineKind
from billing.bank_matching import MATCHED, Asked, KnownPayer, Match, MatchReason, match
from billing.purpose import read_purpose
from contracts.money import Money

# Client 1 owns the entities 10 and 11, client 2 owns 20. What each invoice still asks for:
INVOICES = {
    "2026-0001": Asked(1, "2026-0001", 1, date(2026, 10, 1), 10, 1, Money(100_00)),
    "2026-0002": Asked(2, "2026-0002", 2, date(2026, 10, 2), 10, 1, Money(250_00)),
    "2026-0003": Asked(3, "2026-0003", 3, date(2026, 10, 3), 11, 1, Money(100_00)),
    "2026-0004": Asked(4, "2026-0004", 4, date(2026, 10, 4), 20, 2, Money(100_00)),
    "2026-0005": Asked(5, "2026-0005", 5, date(2026, 10, 5), 10, 1, Money(0)),
    "2026-0006": Asked(6, "2026-0006", 6, date(2026, 10, 6), 20, 2, Money(70_00, "EUR")),
    "2026-0007": Asked(7, "2026-0007", 7, date(2026, 10, 7), 20, 2, Money(100_00)),
}
PAYERS = {10: 1, 11: 1, 20: 2}

# payers, purpose, amount, currency -> reason, entity, {invoice: put}
CASES: list[tuple[tuple[int, ...], str, int, str, str, int | None, dict[int, int]]] = [
    ((10,), "счет 2026-0001", 100_00, "RUB", "number_and_sum", 10, {1: 100_00}),
    ((10,), "счет № 1 от 01.10.2026", 100_00, "RUB", "number_and_sum", 10, {1: 100_00}),
    ((10,), "счет 2026-0001", 40_00, "RUB", "number_and_part", 10, {1: 40_00}),
    ((10,), "счет 2026-0001", 100_01, "RUB", "number_and_more", 10, {1: 100_00}),
    ((10,), "счета 2026-0001, 2026-0002", 350_00, "RUB", "several_and_sum", 10, {1: 100_00, 2: 250_00}),
    ((10,), "счета 2026-0001, 2026-0002", 400_00, "RUB", "number_and_more", 10, {1: 100_00, 2: 250_00}),
    ((10,), "счета 2026-0001, 2026-0002", 349_99, "RUB", "sum_differs", 10, {}),
    ((10,), "счета 2026-0001, 2026-0005", 100_00, "RUB", "number_and_sum", 10, {1: 100_00}),
    ((10,), "счета 2026-0001, 2026-0005", 50_00, "RUB", "sum_differs", 10, {}),
    ((10,), "счет 2026-0005", 100_00, "RUB", "invoice_paid", 10, {}),
    ((10,), "счет 2026-0003", 100_00, "RUB", "number_and_sum", 10, {3: 100_00}),  # a sister pays
    ((10, 11), "счет 2026-0003", 100_00, "RUB", "number_and_sum", 11, {3: 100_00}),  # one INN, two KPPs
    ((10, 20), "счет 2026-0004", 100_00, "RUB", "number_and_sum", 20, {4: 100_00}),  # one INN, two clients
    ((10, 20), "счета 2026-0001, 2026-0004", 200_00, "RUB", "payer_ambiguous", None, {}),
    ((10, 11), "счета 2026-0001, 2026-0003", 200_00, "RUB", "payer_ambiguous", None, {}),
    ((10,), "счет 2026-0004", 100_00, "RUB", "payer_differs", None, {}),
    ((10,), "счета 2026-0001, 2026-0004", 200_00, "RUB", "payer_differs", None, {}),
    ((10,), "счет 2026-0099", 100_00, "RUB", "invoice_unknown", None, {}),
    ((10,), "счета 2026-0001, 2026-0099", 100_00, "RUB", "invoice_unknown", None, {}),
    ((10,), "счет № 1 от 02.10.2026", 100_00, "RUB", "invoice_unknown", None, {}),  # not of that day
    ((10,), "дгв 2026-0001", 40_00, "RUB", "invoice_unknown", None, {}),  # whose number it is is not said
    ((10,), "дгв 2026-0004", 100_00, "RUB", "invoice_unknown", None, {}),  # a contract, or another client's invoice
    ((10,), "счет 2026/0005", 100_00, "RUB", "invoice_unknown", None, {}),  # not read, so no other one of the sum
    ((10,), "счет 2026-0001, 5", 100_00, "RUB", "invoice_unknown", None, {}),
    ((10,), "счет 2026-0001", 100_00, "EUR", "currency_differs", None, {}),
    ((10,), "за услуги", 100_00, "RUB", "payer_and_sum", 10, {1: 100_00}),
    ((11,), "за услуги по договору 2026-0001", 100_00, "RUB", "payer_and_sum", 11, {3: 100_00}),
    ((10,), "за услуги", 350_00, "RUB", "nothing_fits", 10, {}),  # two that add up are no match
    ((20,), "за услуги", 100_00, "RUB", "several_fit", 20, {}),
    ((20,), "services", 70_00, "EUR", "payer_and_sum", 20, {6: 70_00}),
    ((10,), "services", 100_00, "EUR", "currency_differs", 10, {}),
    ((10, 11), "за услуги", 250_00, "RUB", "payer_and_sum", 10, {2: 250_00}),
    ((10, 11), "за услуги", 100_00, "RUB", "several_fit", None, {}),
    ((10, 20), "за услуги", 250_00, "RUB", "payer_ambiguous", None, {}),
    ((), "счет 2026-0001", 100_00, "RUB", "payer_unknown", None, {}),
    ((), "за услуги", 100_00, "RUB", "payer_unknown", None, {}),
]


def matched(payers: tuple[int, ...], purpose: str, amount: Money, kind: BankLineKind = BankLineKind.RECEIVED) -> Match:
    known, named = [KnownPayer(one, PAYERS[one]) for one in payers], read_purpose(purpose)
    own = [one for one in INVOICES.values() if one.is_named(named) or (one.entity_id in payers and one.left.minor)]
    return match(kind, amount, named, known, own)


@pytest.mark.parametrize(("payers", "purpose", "amount", "currency", "reason", "entity_id", "puts"), CASES)
def test_what_a_payment_is_for_is_certain_or_waits_with_a_reason_m5(
    payers: tuple[int, ...],
    purpose: str,
    amount: int,
    currency: str,
    reason: str,
    entity_id: int | None,
    puts: dict[int, int],
) -> None:
    found = matched(payers, purpose, Money(amount, currency))
    assert found.reason == reason
    assert {invoice_id: part.minor for invoice_id, part in found.puts} == puts
    assert found.entity_id == entity_id
    assert found.is_certain == bool(puts)


def test_what_the_bank_took_back_or_returned_waits_for_a_person_m5() -> None:
    for kind in (BankLineKind.TAKEN_BACK, BankLineKind.RETURNED):
        assert matched((10,), "счет 2026-0001", Money(100_00), kind).reason == kind.value


def test_the_table_reaches_every_reason_that_no_record_decides_m5() -> None:
    reached = {case[4] for case in CASES} | {"taken_back", "returned"}
    assert {one.value for one in MatchReason} - reached == {"recorded_by_hand", "payment_exists"}
    assert {case[4] for case in CASES if case[6]} == {one.value for one in MATCHED} - {"recorded_by_hand"}


def test_a_candidate_is_what_a_person_may_choose_m5() -> None:
    assert [one.number for one in matched((20,), "за услуги", Money(100_00)).candidates] == ["2026-0004", "2026-0007"]
    assert [one.number for one in matched((), "счет 2026-0001", Money(1)).candidates] == ["2026-0001"]
    assert [one.number for one in matched((20,), "дгв 2026-0001", Money(100_00)).candidates] == [
        *("2026-0001", "2026-0004", "2026-0006", "2026-0007")
    ]
