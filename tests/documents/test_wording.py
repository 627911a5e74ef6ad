"""D2, D6: each reason has a sentence in both languages that can be read aloud, and keeps to itself what it must."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from contracts.money import Money
from contracts.standing import Standing
from documents.wording import SENTENCES, decision_text
from documents.words import Language
from entitlements.answers import (
    Cost,
    CountView,
    CoverView,
    Decision,
    GrantView,
    HoursView,
    Named,
    Option,
    OverrideView,
    Warned,
)
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
    plan_name="1С:ИТС ПРОФ",
    plan_name_en="1C:ITS PROF",
)
VISIT = Named("visit", "Выезд специалиста", "Visit of an engineer")
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
    asked = replace(asked, warnings=(Warned("PAYMENT_DUE", date(2026, 5, 9)),))
    return replace(asked, override=OVERRIDE, counts=(COUNT,), asked=VISIT, line=3)


def said(asked: Decision, language: Language) -> str:
    """What is said, in plain spaces."""
    return decision_text(asked, language).replace("\u00a0", " ")


NOTHING_LEFT = {"hours": replace(HOURS, available_minutes=0, overrun_limit_minutes=0, grants=())}
BY_THE_REGISTER = {"options": (Option("renew_registration", date(2026, 10, 1)),), "hours": None}
SAID: list[tuple[Reason, dict[str, Any], str, str]] = [
    (
        Reason.CONTRACT_LAPSED,
        BY_THE_REGISTER,
        "Обслуживание по договору № ИТС-118 остановлено: регистрация у разработчика закончилась 30.09.2026.",
        "Service under contract No. ИТС-118 has stopped: the registration with the vendor ended on 30 September 2026.",
    ),
    (
        Reason.COVERED_RENEWAL_DUE,
        BY_THE_REGISTER,
        "Покрыто до 30.09.2026: в этот день кончается регистрация у разработчика.",
        "Covered until 30 September 2026, when the registration with the vendor ends.",
    ),
    (Reason.COVERED, BY_THE_REGISTER, "Покрыто до 30.09.2026.", "Covered until 30 September 2026."),
    (
        Reason.SERVICE_NOT_INCLUDED,
        {},
        "Услуга «Выезд специалиста» не входит в тариф «1С:ИТС ПРОФ».",
        "The service “Visit of an engineer” is not part of the plan “1C:ITS PROF”.",
    ),
    (
        Reason.SERVICE_NOT_INCLUDED,
        {"asked": Named("training", "", "")},
        "Услуга «training» не входит в тариф «1С:ИТС ПРОФ».",
        "The service “training” is not part of the plan “1C:ITS PROF”.",
    ),
    (
        Reason.SERVICE_NOT_INCLUDED,
        {"asked": None, "cover": replace(COVER, plan_name="", plan_name_en="")},  # as answers were once stored
        "Эта услуга не входит в тариф «prof».",
        "This service is not part of the plan “prof”.",
    ),
    (
        Reason.COUNT_EXHAUSTED,
        {},
        "Услуга «Выезд специалиста» исчерпана: всё, что входит в тариф «1С:ИТС ПРОФ» до 31.05.2026, использовано.",
        "The service “Visit of an engineer” is used up: all that the plan “1C:ITS PROF” includes until 31 May 2026"
        " is taken.",
    ),
    (
        Reason.SERVICE_PAID_SEPARATELY,
        {},
        "Услуга «Выезд специалиста» по тарифу «1С:ИТС ПРОФ» оплачивается отдельно, 675,00 руб. Нужно согласие клиента.",
        "The service “Visit of an engineer” is paid for separately under the plan “1C:ITS PROF”, 675.00 RUB."
        " The client has to agree.",
    ),
    (
        Reason.LINE_NOT_INCLUDED,
        {},
        "Линия поддержки «Эксперты» не входит в тариф «1С:ИТС ПРОФ».",
        "The support line “Experts” is not part of the plan “1C:ITS PROF”.",
    ),
    (
        Reason.CHANNEL_NOT_INCLUDED,
        {},
        "Обращения по этому каналу не входят в тариф «1С:ИТС ПРОФ».",
        "Requests by this channel are not part of the plan “1C:ITS PROF”.",
    ),
    (
        Reason.BASE_PLAN_INACTIVE,
        {},
        "Тариф «1С:ИТС ПРОФ» действует только вместе с базовым, а базовый сейчас не действует.",
        "The plan “1C:ITS PROF” is valid only together with its base plan, which is not active now.",
    ),
    (
        Reason.HOURS_EXHAUSTED,
        NOTHING_LEFT,
        "Часов по договору № ИТС-118 не осталось.",
        "No hours are left under contract No. ИТС-118.",
    ),
    (
        Reason.REQUEST_EXCEEDS_BALANCE,
        {},
        "Запрос займёт 1 ч, остаток — 3 ч 20 мин.",
        "The request takes 1 h; the balance is 3 h 20 min.",
    ),
    (
        Reason.OVERRUN_LIMIT_REACHED,
        {},
        "Запрос выходит за предел работ сверх включённых часов: 1 ч.",
        "The request goes over the limit for work beyond the included hours: 1 h.",
    ),
    (
        Reason.OVERRUN_LIMIT_REACHED,
        NOTHING_LEFT,
        "Часов не хватает, а работы сверх них тариф «1С:ИТС ПРОФ» не допускает.",
        "The hours are not enough, and the plan “1C:ITS PROF” allows no work beyond them.",
    ),
    (
        Reason.OVERAGE_NEEDS_APPROVAL,
        {},
        "Нужно согласование: запрос займёт 1 ч, остаток — 3 ч 20 мин.",
        "Approval is needed: the request takes 1 h; the balance is 3 h 20 min.",
    ),
    (
        Reason.OVERAGE_NEEDS_APPROVAL,
        NOTHING_LEFT,
        "Нужно согласование: запрос займёт 1 ч, а часов не осталось.",
        "Approval is needed: the request takes 1 h, and no hours are left.",
    ),
    (
        Reason.COVERED_BY_OVERAGE,
        NOTHING_LEFT,
        "Обслуживаем сверх включённых часов: 15 мин по договору № ИТС-118, 675,00 руб. Часов не осталось.",
        "Served beyond the included hours: 15 min under contract No. ИТС-118, 675.00 RUB. No hours are left.",
    ),
    (
        Reason.COVERED_IN_GRACE,
        {"hours": None},
        "Договор № ИТС-118 закончился 30.09.2026, обслуживаем в льготный срок до 14.10.2026.",
        "Contract No. ИТС-118 ended on 30 September 2026; served in its days of grace until 14 October 2026.",
    ),
    (
        Reason.ROUTED_TO_VENDOR,
        {"routed_to": "vendor"},  # whatever hours there are, they are not what serves
        "Базовая версия: передайте обращение на линию поддержки разработчика.",
        "Basic version: pass the request to the vendor's own support line.",
    ),
    (
        Reason.HELD_BY_OTHER_PARTNER,
        {},
        "По данным разработчика эту программу сопровождает другой партнёр.",
        "According to the vendor's register, another partner supports this product.",
    ),
]


@pytest.mark.parametrize(("reason", "changes", "russian", "english"), SAID)
def test_the_sentence_can_be_read_aloud_d2(reason: Reason, changes: dict[str, Any], russian: str, english: str) -> None:
    asked = replace(answer(reason), **changes)
    assert (said(asked, Language.RU), said(asked, Language.EN)) == (russian, english)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("reason", [one for one in Reason if one is not Reason.REQUEST_EXCEEDS_BALANCE])
def test_no_sentence_says_the_code_of_the_plan_or_that_0_min_are_left_d2(reason: Reason, language: Language) -> None:
    served = replace(answer(reason), routed_to="vendor" if reason is Reason.ROUTED_TO_VENDOR else "own_desk")
    for asked in (served, replace(served, **NOTHING_LEFT)):
        assert "prof" not in said(asked, language)
        assert "0 min" not in said(asked, language).replace("20 min", "")
        assert "0 мин" not in said(asked, language).replace("20 мин", "")


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("reason", Reason)
def test_every_reason_is_said_in_both_languages_with_all_its_facts_d2(reason: Reason, language: Language) -> None:
    text = decision_text(answer(reason), language)
    assert text.endswith(".")
    assert "{" not in text
    assert "None" not in text


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("reason", [reason for reason in Reason if "{contract}" in SENTENCES[reason].ru])
def test_a_free_period_is_not_called_a_contract_s3(reason: Reason, language: Language) -> None:
    asked = answer(reason)
    assert asked.cover is not None
    free = replace(asked, cover=replace(asked.cover, kind=CoverKind.FREE_PERIOD, contract_number=""))
    text = decision_text(free, language)
    assert not any(word in text.lower() for word in ("договор", "№", "no. ", "contract"))
    assert any(word in text.lower() for word in ("free period", "period is free", "бесплатн"))


def test_there_is_a_sentence_for_every_reason_and_for_nothing_else_d2() -> None:
    assert set(SENTENCES) == set(Reason)


def test_the_hours_left_are_told_with_what_burns_first_d5() -> None:
    covered = replace(answer(Reason.COVERED), cost=Cost(45, 45, 0, None))
    text = said(covered, Language.RU)
    assert text == "Покрыто до 30.09.2026. Осталось 3 ч 20 мин, из них 1 ч — только до 31.05.2026."
    assert said(covered, Language.EN) == (
        "Covered until 30 September 2026. 3 h 20 min left, 1 h of it only until 31 May 2026."
    )


def test_hours_are_told_only_of_what_takes_some_d5() -> None:
    feature = replace(answer(Reason.COVERED), cost=Cost(0, 0, 0, None))
    assert said(feature, Language.RU) == "Покрыто до 30.09.2026."
    assert said(replace(feature, **NOTHING_LEFT), Language.EN) == "Covered until 30 September 2026."


def test_what_is_charged_beyond_the_hours_is_said_whatever_else_is_d6() -> None:
    grace = "Договор № ИТС-118 закончился 30.09.2026, обслуживаем в льготный срок до 14.10.2026."
    assert said(answer(Reason.COVERED_IN_GRACE), Language.RU).startswith(
        f"{grace} Сверх включённых часов: 15 мин, 675,00 руб. Осталось 3 ч 20 мин"
    )
    override = replace(answer(Reason.COVERED_BY_OVERRIDE), **NOTHING_LEFT)
    assert said(override, Language.EN) == (
        "Served on a special approval until 18 May 2026. Beyond the included hours: 15 min, 675.00 RUB."
        " No hours are left."
    )
    told = decision_text(override, Language.EN, money=False).replace("\u00a0", " ")
    assert "Beyond the included hours: 15 min." in told


@pytest.mark.parametrize(
    ("reason", "russian", "english"),
    [
        (
            Reason.OVERAGE_NEEDS_APPROVAL,
            "Нужно согласование: запрос займёт 1 ч, а часы в бесплатный период не включены.",
            "Approval is needed: the request takes 1 h, and the free period includes no hours.",
        ),
        (Reason.HOURS_EXHAUSTED, "Часы в бесплатный период не включены.", "The free period includes no hours."),
    ],
)
def test_hours_that_a_free_period_never_had_are_not_said_to_be_gone_s3(
    reason: Reason, russian: str, english: str
) -> None:
    free = replace(answer(reason), cover=replace(COVER, kind=CoverKind.FREE_PERIOD), **NOTHING_LEFT)
    assert free.hours is not None
    free = replace(free, hours=replace(free.hours, given_minutes=0))
    assert (said(free, Language.RU), said(free, Language.EN)) == (russian, english)


@pytest.mark.parametrize("kind", CoverKind)
@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("reason", Reason)
def test_who_may_know_the_verdict_alone_is_told_no_figure_and_no_name_but_the_last_day_d2(
    reason: Reason, language: Language, kind: CoverKind
) -> None:
    asked = answer(reason)
    assert asked.cover is not None
    asked = replace(asked, cover=replace(asked.cover, kind=kind))
    text = decision_text(asked, language, hours=False, money=False).replace("\u00a0", " ")
    told = text.replace("30.09.2026", "").replace("30 September 2026", "").replace("1С", "").replace("1C", "")
    assert not any(letter.isdigit() for letter in told), told
    assert not any(name in told for name in ("ИТС", "ПРОФ", "ITS", "PROF", "{", "руб", "№", "No."))
    assert "  " not in text
    assert " ." not in text
    assert text.endswith(".")


SAID_TO_VERDICT_KEYS = [
    (
        Reason.CONTRACT_SUSPENDED,
        "Обслуживание по договору приостановлено.",
        "Service under the contract is suspended.",
    ),
    (
        Reason.CONTRACT_CANCELLED,
        "Договор расторгнут, последним днём обслуживания было 30.09.2026.",
        "The contract was cancelled; its last day of service was 30 September 2026.",
    ),
    (
        Reason.CONTACT_NOT_NAMED,
        "По тарифу обращаются только те, кого назвал клиент. Обратившегося среди них нет.",
        "Under the plan only people whom the client named may ask. The caller is not one of them.",
    ),
    (
        Reason.COVERED_IN_GRACE,
        "Договор закончился 30.09.2026, обслуживаем в льготный срок.",
        "The contract ended on 30 September 2026; served in its days of grace.",
    ),
]


@pytest.mark.parametrize(("reason", "russian", "english"), SAID_TO_VERDICT_KEYS)
def test_what_a_verdict_key_hears_can_be_read_aloud_d2(reason: Reason, russian: str, english: str) -> None:
    told = {language: decision_text(answer(reason), language, hours=False, money=False) for language in Language}
    assert {language: text.replace("\u00a0", " ") for language, text in told.items()} == {
        Language.RU: russian,
        Language.EN: english,
    }


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


@pytest.mark.parametrize("hours", [True, False])
@pytest.mark.parametrize("kind", CoverKind)
def test_what_was_cancelled_before_it_began_had_no_last_day_of_service_d2(kind: CoverKind, hours: bool) -> None:
    asked = answer(Reason.CONTRACT_CANCELLED)
    never = replace(asked, cover=replace(COVER, kind=kind, starts_on=date(2026, 12, 1), last_day=date(2026, 11, 30)))
    russian, english = (decision_text(never, language, hours=hours) for language in Language)
    assert russian.endswith(" до начала обслуживания.")
    assert english.endswith(" before its service began.")
    assert "2026" not in russian + english
