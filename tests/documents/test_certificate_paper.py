"""The certificate of a free period on paper, in both languages (P1, S1–S3)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from contracts.policies import Purchase
from documents.words import Language
from tests.documents import samples
from tests.documents.reading import page_texts, whole_text

Render = Callable[..., bytes]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("ru", "Сертификат на бесплатное обслуживание № 800123456 от 20 марта 2026 г."),
        ("ru", "Владелец Общество с ограниченной ответственностью «Хлебозавод № 4», ИНН 5047012346, КПП 504701001"),
        ("ru", "Срок с 15 марта 2026 г. по 14 июня 2026 г. включительно, 3 месяца"),
        ("ru", "Без учёта времени: обновления программ, линия консультаций, диск 1С:ИТС."),
        ("ru", "часы специалистов не включены ни в одном месяце. Оплачиваются отдельно"),
        ("ru", "может начаться с 15 июня 2026 г., на следующий день после бесплатного периода."),
        ("ru", "ООО «Меридиан-Сервис», тел. +7 495 000-12-34, эл. почта office@meridian.example"),
        ("en", "Certificate of free service No. 800123456 20 March 2026"),
        ("en", "Term from 15 March 2026 to 14 June 2026 inclusive, 3 months"),
        ("en", "No hours of specialists are included in any month of the free period."),
        ("en", "Paid service may start on 15 June 2026, the day after the free period."),
        ("en", "ООО «Меридиан-Сервис», phone +7 495 000-12-34"),
    ],
)
def test_it_says_whose_copy_is_served_until_when_with_what_and_what_follows_s1(
    render: Render, language: str, said: str
) -> None:
    assert said in whole_text(render("certificate", samples.certificate(), language))


@pytest.mark.parametrize(
    ("purchase", "russian", "english"),
    [
        (Purchase.BOX, "Основание покупка 15 марта 2026 г.", "Granted for purchase on 15 March 2026"),
        (Purchase.UPGRADE, "Основание переход с базовой версии 15 марта", "Granted for upgrade from a Basic version"),
        (Purchase.PLUS_ITS, "Основание покупка комплекта «+ИТС» 15 марта", "Granted for purchase of a “+ITS” box"),
    ],
)
def test_it_says_what_brought_the_free_period_s1(
    render: Render, purchase: Purchase, russian: str, english: str
) -> None:
    sheet = samples.certificate(purchase=purchase)
    assert russian in whole_text(render("certificate", sheet, "ru"))
    assert english in whole_text(render("certificate", sheet, "en"))


def test_the_hours_of_each_month_are_printed_with_its_days_s3(render: Render) -> None:
    russian, english = (whole_text(render("certificate", samples.certificate(90), language)) for language in Language)
    assert "с 15.03.2026 по 14.04.2026 включительно 1 ч 30 мин с 15.04.2026" in russian
    assert "В счёт часов выполняются: удалённая работа специалиста, выезд специалиста." in russian
    assert "from 15.05.2026 to 14.06.2026 inclusive 1 h 30 min" in english
    assert "не включены" not in russian


def test_days_before_the_first_paid_day_are_named_as_without_service_t3(render: Render) -> None:
    sheet = samples.certificate(paid_from=date(2026, 7, 1))
    said = "может начаться с 01 июля 2026 г.: план начинается с первого числа месяца, а с 15 июня 2026 г. до этого дня"
    assert said in whole_text(render("certificate", sheet, "ru"))
    said = "may start on 1 July 2026: terms of the plan start on the first of a month, and from 15 June 2026 until then"
    assert said in whole_text(render("certificate", sheet, "en"))


@pytest.mark.parametrize("language", list(Language))
def test_names_of_any_length_stay_on_one_page_with_the_signature_p7(render: Render, language: Language) -> None:
    plain = samples.certificate()
    endless = replace(plain.owner, full_name="Щ" * 600)
    sheet = replace(plain, owner=endless, seller=replace(plain.seller, phone="", email="", address=""))
    [page] = page_texts(render("certificate", sheet, language))
    assert page.replace(" ", "").count("Щ") >= 600
    assert plain.seller.signatory_name in page
