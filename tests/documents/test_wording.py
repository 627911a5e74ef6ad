"""D2, D6: each reason has a sentence in both languages that can be read aloud, and keeps to itself what it must."""

from datetime import UTC, date, datetime

import pytest
from msgspec.structs import replace

from contracts.money import Money
from contracts.standing import Standing
from documents.wording import SENTENCES, decision_text
from documents.words import Language
from entitlements.answers import Cost, CountView, CoverView, Decision, GrantView, HoursView, OverrideView
from entitlements.covers import CoverKind
from entitlements.hours_facts import GrantKind
from entitlements.reasons import Reason

AT = datetime(2026, 5, 3, 9, tzinfo=UTC)
COVER = CoverView(
    CoverKind.SUBSCRIPTION,
    1,
    1,
    "ИТС-118",
    "prof",
    4,
    Standing.ACTIVE,
    date(2025, 10, 1),
    date(2026, 9, 30),
    150,
    date(2026, 10, 14),
)
HOURS = HoursView(
    600,
    340,
    60,
    200,
    0,
    60,
    date(2026, 5, 1),
    date(2026, 5, 31),
    (GrantView(GrantKind.ROLLOVER, 60, date(2026, 5, 31)), GrantView(GrantKind.PACKAGE, 140, date(2026, 12, 31))),
)
COST = Cost(60, 45, 15, Money(67_500))


OVERRIDE = OverrideView("Орлова", "Ждём оплату", AT, date(2026, 5, 18))
COUNT = CountView("auditor_question", 2, 2, date(2026, 5, 1), date(2026, 5, 31))


def answer(reason: Reason) -> Decision:
    asked = Decision(reason, AT, 1, 7, cover=COVER, hours=HOURS, cost=COST, candidates=(14, 15))
    return replace(asked, override=OVERRIDE, counts=(COUNT,))


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("reason", Reason)
def test_every_reason_is_said_in_both_languages_with_all_its_facts_d2(reason: Reason, language: Language) -> None:
    said = decision_text(answer(reason), language)
    assert said.endswith(".")
    assert "{" not in said
    assert "None" not in said


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("reason", [reason for reason in Reason if "{contract}" in SENTENCES[reason].ru])
def test_a_free_period_is_not_called_a_contract_s3(reason: Reason, language: Language) -> None:
    asked = answer(reason)
    assert asked.cover is not None
    free = replace(asked, cover=replace(asked.cover, kind=CoverKind.FREE_PERIOD, contract_number=""))
    said = decision_text(free, language)
    assert not any(word in said.lower() for word in ("договор", "№", "no. ", "contract"))
    assert any(word in said.lower() for word in ("free period", "period is free", "бесплатн"))


def test_there_is_a_sentence_for_every_reason_and_for_nothing_else_d2() -> None:
    assert set(SENTENCES) == set(Reason)


def test_the_hours_left_are_told_with_what_burns_first_d5() -> None:
    said = decision_text(answer(Reason.COVERED), Language.RU)
    assert (
        said.replace("\u00a0", " ") == "Покрыто до 30.09.2026. Осталось 3 ч 20 мин, из них 1 ч — только до 31.05.2026."
    )
    said = decision_text(answer(Reason.COVERED), Language.EN)
    assert said.replace("\u00a0", " ") == (
        "Covered until 30 September 2026. 3 h 20 min left, 1 h of it only until 31 May 2026."
    )


@pytest.mark.parametrize("reason", Reason)
def test_who_may_not_know_the_hours_or_the_money_is_not_told_them(reason: Reason) -> None:
    said = decision_text(answer(reason), Language.RU, hours=False, money=False)
    assert " ч" not in said.replace("\u00a0", " ").replace(" час", "")
    assert "руб" not in said


def test_the_price_of_overrun_is_told_to_who_may_know_it_d6() -> None:
    with_money = decision_text(answer(Reason.COVERED_BY_OVERAGE), Language.RU)
    assert "675,00" in with_money
    assert "675,00" not in decision_text(answer(Reason.COVERED_BY_OVERAGE), Language.RU, money=False)


@pytest.mark.parametrize("reason", [Reason.SERVICE_PAID_SEPARATELY, Reason.COVERED_BY_OVERAGE])
@pytest.mark.parametrize("money", [True, False])
def test_a_price_whose_currency_is_abbreviated_ends_its_sentence_with_one_full_stop_d6(
    reason: Reason, money: bool
) -> None:
    text = decision_text(answer(reason), Language.RU, money=money)
    assert ("675,00\N{NO-BREAK SPACE}руб." in text) is money
    assert ".." not in text
    assert ", ." not in text
