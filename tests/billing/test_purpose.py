"""Purposes as people write them, and the invoices that they name (M5)."""

from datetime import date

import pytest

from billing.purpose import Named, read_purpose

OCTOBER = date(2026, 10, 5)
ONE, TWO = "2026-0012", "2026-0013"
BY_DAY = Named((), ((12, OCTOBER),))


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Оплата по счету № 2026-0012 от 05.10.2026. В т.ч. НДС 22% - 703.28", Named((ONE,))),
        ("Оплата по сч.2026-0012", Named((ONE,))),
        ("счёт 2026 — 0012", Named((ONE,))),
        ("Счет - 2026-0012", Named((ONE,))),
        ("Оплата по счету N2026-0012 от 05.10.2026", Named((ONE,))),
        ("Оплата по счету2026-0012", Named((ONE,))),
        ("Счет на оплату № 2026-0012 от 5 октября 2026 г.", Named((ONE,))),
        ("Счёт от 05.10.2026 г. № 2026-0012", Named((ONE,))),
        ("Счета №№2026-0012, 2026-0013; 2026-0012", Named((ONE, TWO))),
        ("счета № 2026-0012 от 05.10.2026 г. и № 2026-0013 от 06.10.2026 г.", Named((ONE, TWO))),
        ("Payment of invoices 2026-0012 and 2026-0013", Named((ONE, TWO))),
        ("Invoice no. 2026-0012 of 05.10.2026", Named((ONE,))),
        ("Rechnung Nr. 2026-0012 vom 05.10.2026", Named((ONE,))),
        ("Оплата счета № 2026-0012 1С:ИТС ПРОФ, 12 мес.", Named((ONE,))),
        ("счет 2026-0012 33 816.00 руб. 22%", Named((ONE,))),
        ("(счет 2026-0012) 12000-00, 1 200 EUR", Named((ONE,))),
        ("счет№2026-0012от05.10.2026", Named((ONE,))),
        ("по инвойсу 2026-0012", Named((ONE,))),
        ("Oplata po schetu N 2026-0012", Named((ONE,))),
        ("по акту и счету 2026-0012", Named((ONE,))),
        ("Оплата счета № 12 от 05.10.2026 за услуги", BY_DAY),
        ("Invoice 0012 dated 05.10.2026", BY_DAY),
        ("по счету № 12 от 05.10.26", BY_DAY),
        ("по счету № 12 от 5.10.2026г.", BY_DAY),
        ("по счету № 12 от 05 октября 2026 г.", BY_DAY),
        ("счет N12 от 2026-10-05", BY_DAY),
        ("Invoice 12 of 5 Oct 2026", BY_DAY),
        ("по договору № 2026-0012 от 01.10.2026, счет 2026-0013", Named((TWO,))),
        ("Contract 2026-0012, invoice 2026-0013", Named((TWO,))),
    ],
)
def test_which_invoices_a_purpose_names_m5(text: str, named: Named) -> None:
    assert read_purpose(text) == named


@pytest.mark.parametrize(
    "words",
    [
        *("договору", "дог.", "дог", "дог-ру", "д-ру", "контракту", "контр.", "соглашению", "согл.", "согл. контр."),
        *("сог.", "спецификации", "спец-ии", "реализации", "кредит-ноте", "кредит - ноте", "акту", "УПД", "накладной"),
        *("заказу", "заявке", "приложению", "счету-фактуре", "счёт - фактура", "с/ф", "сч.-фактуре", "contract"),
        *("agreement", "credit note", "order", "delivery note", "dogovoru"),
    ],
)
@pytest.mark.parametrize("sign", ["", "№ ", "N"])
def test_a_number_of_another_paper_names_no_invoice_m5(words: str, sign: str) -> None:
    assert read_purpose(f"Оплата по {words} {sign}2026-0012 за услуги") == Named()
    assert read_purpose(f"Оплата по {words} {sign}12 от 05.10.2026") == Named()


def test_words_between_another_paper_and_its_number_need_its_sign_m5() -> None:
    assert read_purpose("по договору об оказании услуг № 2026-0012 от 05.10.2026") == Named()
    assert read_purpose("по договору об оказании услуг, 2026-0012") == Named((ONE,), is_certain=False)
    for first in ("2026-0012 за услуги", "2026-0012", "№ 15", "№ 12 от 05.10.2026,"):
        assert read_purpose(f"по договору {first} 2026-0013") == Named((TWO,), is_certain=False)


@pytest.mark.parametrize(
    "text",
    [
        "Перевод на расчетный счет 40702810438000060473",
        "Перевод на р/с № 40702810438000060473 или счет 40702810438000060473",
        "Контракт за 2026-10, этап 2026-10-05",
        "Заказ A-2026-0012-7 12026-0012",
        "Оплата по счету за услуги в октябре 2026 г., НДС 22% - 703.28",
        "Оплата счёта 1С:ИТС за 12 мес.",
        "Расчет за октябрь 2026 г.",
        "за услуги за 3 месяца, 12 000.00",
        "",
    ],
)
def test_other_figures_name_nothing_m5(text: str) -> None:
    assert read_purpose(text) == Named()


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("2026-0012", (ONE,)),
        ("Оплата ИТС 2026-0012", (ONE,)),
        ("по дгв № 2026-0012", (ONE,)),
        ("счет за услуги 2026-0012", (ONE,)),
        ("счет-договор 2026-0012", (ONE,)),
        ("по счету/договору 2026-0012", (ONE,)),
        ("Oplata po 2026-0012", (ONE,)),
        ("доп. услуги 2026-0012", (ONE,)),
        ("сч.ф. 2026-0012", (ONE,)),
        ("№ 2026-0012 счет", (ONE,)),
        ("счет 2026-0012, ИТС 2026-0013", (ONE, TWO)),
        ("на р/с 40702810438000060473 2026-0012", (ONE,)),
    ],
)
def test_a_number_that_is_not_right_behind_the_word_invoice_is_not_certain_m5(
    text: str, numbers: tuple[str, ...]
) -> None:
    assert read_purpose(text) == Named(numbers, is_certain=False)


@pytest.mark.parametrize(
    "text",
    [
        *("счет 12", "счет № 12", "счет 2026/0012", "счет 2026 0012", "счет 2026-0012/1", "счет 12026-0012"),
        *("счет А-12", "счет № СЧ-000012", "счет б/н", "счет от 05.10.2026 за услуги", "счет № 12 от 31.02.2026"),
        *("счет за услуги № 12", "Invoice 12 of October 5, 2026", "счет № 12 от 05/10/2026", "счету12"),
    ],
)
def test_an_invoice_whose_number_cannot_be_read_is_not_certain_m5(text: str) -> None:
    assert read_purpose(text) == Named(is_certain=False)


def test_of_a_list_in_which_a_number_cannot_be_read_nothing_is_certain_m5() -> None:
    assert read_purpose("счета 2026-0012, 13") == Named((ONE,), is_certain=False)
    assert read_purpose("Оплата № 12 от 05.10.2026") == Named((), ((12, OCTOBER),), is_certain=False)
