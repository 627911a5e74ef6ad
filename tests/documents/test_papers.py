"""The papers themselves: what they print is the sheet, in both languages, on whole pages (P1, P5, E4)."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from contracts.clauses import CLAUSES
from contracts.money import Money
from contracts.policies import Channel, LapseRenewal, OverLimit, Refund, RoundingScope
from contracts.tax_modes import TaxMode
from documents import words
from documents.contract import ServiceSheet
from documents.entry_lines import DifferenceKind, DifferenceSheet, PaidFrom, ShareSheet
from documents.lines import LineKind, RateTotal
from documents.parties import PartySheet
from documents.scope import DueSheet, ScopeTerms
from documents.statement import PoolSheet
from documents.templating import page_source
from documents.words import NBSP, Language
from entitlements.durations import clock
from tests.documents import samples
from tests.documents.reading import page_texts, whole_text

Render = Callable[..., bytes]
PAGE = {"ru": "страница {} из {}", "en": "page {} of {}"}
TOTAL = {"ru": "Итого", "en": "Total"}
both_languages = pytest.mark.parametrize("language", list(Language))


def plain(text: str) -> str:
    return text.replace(NBSP, " ")


def price(amount: Money, language: Language) -> str:
    return plain(words.price(amount, language))


@both_languages
@pytest.mark.parametrize("kind", ["invoice", "act"])
def test_lines_and_totals_are_those_of_the_sheet_e4(render: Render, kind: str, language: Language) -> None:
    sheet = getattr(samples, kind)(3)
    text = whole_text(render(kind, sheet, language))
    for line in sheet.lines:
        figures = [plain(words.amount_in_figures(one, language)) for one in (line.vat, line.amount)]
        assert " ".join(figures) in text
    assert price(sheet.total, language) in text
    assert price(sheet.vat, language) in text
    assert words.amount_in_words(sheet.total, language) in text


@both_languages
def test_parties_of_other_countries_are_named_by_their_own_numbers_p1(render: Render, language: Language) -> None:
    words_of = {"ru": ("БИН", "Казахстан", "ИИН", "УНП"), "en": ("BIN", "Kazakhstan", "IIN", "UNP")}
    bin_, country, iin, unp = words_of[language]
    almaty = whole_text(render("invoice", samples.invoice(seller=samples.ALMATY, client=samples.MINSK), language))
    assert f"{bin_} 971240001315" in almaty
    assert f"050000 Алматы, {country}" in almaty
    assert "IBAN KZ86125KZT5004100100" in almaty
    assert "BIC KCJBKZKX" in almaty
    assert f"{unp} 200988541" in almaty
    person = replace(samples.ALMATY, inn="880115300123", sole_trader=True)
    berlin = whole_text(render("contract", samples.contract(seller=samples.BERLIN, client=person), language))
    assert "USt-IdNr. DE136695976" in berlin
    assert "IBAN DE89370400440532013000" in berlin
    assert f"{iin} 880115300123" in berlin


@both_languages
def test_every_entry_of_the_statement_prints_its_figures_p5(render: Render, language: Language) -> None:
    sheet = samples.statement(15)
    text = whole_text(render("statement", sheet, language))
    for entry in sheet.entries:
        row = text[text.index(entry.ticket) :]
        times = f"{clock(entry.worked_minutes)} → {clock(entry.billed_minutes)} "
        before, _, after = row.partition(times)
        assert entry.asked_by in before
        assert entry.worked_by in before
        assert plain(words.amount_in_figures(entry.amount, language)) in after[:60]
    assert price(sheet.total, language) in text
    assert price(sheet.vat, language) in text
    assert plain(words.day_in_words(sheet.object_until_on, language)) in text
    assert sheet.overrides[0].approved_by in text


def test_the_worked_month_is_printed_line_by_line(render: Render) -> None:
    text = whole_text(render("statement", samples.statement(4)))
    assert "0:10 → 0:15 бонус 0:15 0,00" in text
    assert "0:50 → 1:00 бонус 0:45 план 0:15 0,00" in text
    assert "0:07 → 0:15 0:15 675,00" in text
    assert "0:35 → 1:00 план 0:45 сверх 0:15 675,00" in text
    assert "Ильин А. С. минимум 1 ч 0:35" in text
    assert "Итого 1:42 → 2:30 бонус 1:00 план 1:00 сверх 0:15 0:15 1 350,00" in text
    assert "1 350,00 руб., в том числе НДС 22 % — 243,44 руб." in text


@both_languages
def test_rounding_and_rate_that_are_alike_are_said_once_p5(render: Render, language: Language) -> None:
    step = {"ru": "округлённое вверх до 15 мин", "en": "rounded up in steps of 15 min"}[language]
    rate = {"ru": "час сверх включённых стоит 2 700,00 руб.", "en": "an hour beyond those included costs 2,700.00 RUB"}
    text = whole_text(render("statement", samples.statement(4), language))
    amount = {"ru": "2 700,00", "en": "2,700.00"}[language]
    assert [text.count(said) for said in (step, rate[language], amount)] == [1, 1, 1]


def test_roundings_and_rates_that_differ_are_said_of_each_entry_p5(render: Render) -> None:
    other = samples.entry(
        6, "SD-2", "Вопрос", 20, 60, ShareSheet(PaidFrom.OVERAGE, 60),
        differences=(DifferenceSheet(DifferenceKind.ROUNDING, 60),), hour_rate=Money(300_000),
    )  # fmt: skip
    text = whole_text(render("statement", samples.statement(2, entries=(*samples.worked_month(), other))))
    assert text.count("округление до 15 мин") == 3
    assert "Ильин А. С. округление до 1 ч; 3 000,00 руб. за час" in text
    assert "минимум 1 ч; 2 700,00 руб. за час" in text
    assert "Если в строке" not in text


@both_languages
def test_the_roll_forward_of_the_pools_is_printed_e3(render: Render, language: Language) -> None:
    pools = (
        PoolSheet(PaidFrom.INCLUDED, 0, 480, -180, 300, 0, 0),
        PoolSheet(PaidFrom.ROLLOVER, 60, 0, 180, 0, 60, 180),
    )
    text = whole_text(render("statement", samples.statement(4, pools=pools), language))
    assert "0:00 8:00 −3:00 5:00 0:00 0:00" in text
    assert "1:00 0:00 3:00 0:00 1:00 3:00" in text
    assert f"{TOTAL[language]} 1:00 8:00 0:00 5:00 1:00 3:00" in text


@both_languages
@pytest.mark.parametrize("source", list(PaidFrom))
def test_every_source_of_minutes_can_be_printed_h9(render: Render, source: PaidFrom, language: Language) -> None:
    entries = (samples.entry(5, "SD-1", "Вопрос", 30, 30, ShareSheet(source, 30), amount=Money(0)),)
    assert "0:30" in whole_text(render("statement", samples.statement(1, entries=entries), language))


@both_languages
def test_a_month_without_work_has_a_statement_that_says_so(render: Render, language: Language) -> None:
    sheet = samples.statement(0, pools=(), by_rate=())
    said = {"ru": "В этом месяце работ не было", "en": "No work was done in this month"}
    assert said[language] in whole_text(render("statement", sheet, language))


def test_work_of_a_closed_month_is_named_as_such_h10(render: Render) -> None:
    late = samples.entry(5, "SD-1", "Вопрос", 30, 30, worked_on=date(2026, 9, 28))
    taken_back = samples.entry(5, "SD-1", "Вопрос", -15, -15, worked_on=date(2026, 9, 28), takes_back=True)
    text = whole_text(render("statement", samples.statement(2, entries=(taken_back, late))))
    assert "снята запись за сентябрь 2026 г. −0:15 → −0:15" in text
    assert "· запись за сентябрь 2026 г. 0:30 → 0:30" in text


@pytest.mark.parametrize(
    ("kind", "russian", "english"),
    [
        (DifferenceKind.ROUNDING, "округление до 1 ч", "rounded up in steps of 1 h"),
        (DifferenceKind.MINIMUM, "минимум 1 ч", "minimum 1 h"),
        (DifferenceKind.IN_HOURS, "рабочее время ×1,5", "working hours ×1.5"),
        (DifferenceKind.OUT_OF_HOURS, "вне рабочего времени ×1,5", "out of working hours ×1.5"),
        (DifferenceKind.DAY_OFF, "выходной или праздник ×1,5", "weekend or public holiday ×1.5"),
        (DifferenceKind.TICKET, "округлено вместе с другими", "rounded together with other"),
        (DifferenceKind.TRAVEL, "дорога 1 ч", "travel 1 h"),
        (DifferenceKind.TRAVEL_FREE, "дорога 1 ч не учитывается", "travel 1 h, not billed"),
    ],
)
def test_every_reason_of_a_difference_has_words_p5(
    render: Render, kind: DifferenceKind, russian: str, english: str
) -> None:
    entry = samples.entry(5, "SD-1", "Вопрос", 20, 30, differences=(DifferenceSheet(kind, 60, 150),))
    sheet = samples.statement(1, entries=(entry,))
    assert f"Ильин А. С. {russian}" in whole_text(render("statement", sheet, "ru"))
    assert f"Ильин А. С. {english}" in whole_text(render("statement", sheet, "en"))


def test_an_entry_of_which_little_is_known_prints_no_empty_marks(render: Render) -> None:
    entry = samples.entry(5, "", "", 15, 15, asked_by="", worked_by="", channel="", service="Выезд специалиста")
    text = whole_text(render("statement", samples.statement(1, entries=(entry,))))
    assert "05.10.2026 · Выезд специалиста строка 1 0:15 → 0:15" in text


def test_a_client_without_contract_and_inn_has_a_statement_without_them(render: Render) -> None:
    sheet = samples.statement(4, contract=None, plans=(), registrations=(), client=PartySheet("Ромашка"))
    text = whole_text(render("statement", sheet))
    assert "Заказчик" in text
    assert "Ромашка Движение часов" in text.replace("109004, Москва, ул. Большие Каменщики, д. 9, помещ. 12 ", "")
    assert text.count("ИНН") == 1


@pytest.mark.parametrize(
    ("kind", "russian", "english"),
    [
        (LineKind.SUBSCRIPTION, "План с 01.10.2026 по 31.10.2026 включительно", "План from 01.10.2026 to 31.10.2026"),
        (
            LineKind.GAP,
            "Плата за перерыв: План с 01.10.2026 по 31.10.2026",
            "Payment for the gap: План from 01.10.2026",
        ),
        (
            LineKind.PACKAGE,
            "Пакет часов: План с 01.10.2026 по 31.10.2026",
            "Package of hours: План from 01.10.2026 to 31.10",
        ),
        (LineKind.OVERAGE, "Работы сверх включённых часов, октябрь 2026 г.", "Work beyond the included hours, October"),
        (LineKind.PAID_WORK, "Платные работы, октябрь 2026 г.", "Paid work, October 2026"),
        (
            LineKind.FORGIVEN,
            "Работы сверх включённых часов, без оплаты, октябрь 2026 г.",
            "hours, not charged, October 2026",
        ),
        (LineKind.CREDIT, "Корректировка, октябрь 2026 г. План", "Credit, October 2026 План"),
        (LineKind.OTHER, "1 План", "1 План"),
    ],
)
def test_every_kind_of_line_has_words(render: Render, kind: LineKind, russian: str, english: str) -> None:
    sheet = samples.invoice(lines=(samples.line(kind=kind, title="План", term=samples.OCTOBER),))
    assert russian in whole_text(render("invoice", sheet, "ru"))
    assert english in whole_text(render("invoice", sheet, "en"))


@pytest.mark.parametrize(
    ("mode", "said"),
    [(TaxMode.SIMPLIFIED_EXEMPT, "без НДС (применяется УСН)"), (TaxMode.GENERAL, "НДС не облагается")],
)
def test_a_paper_without_vat_says_why_m2(render: Render, mode: TaxMode, said: str) -> None:
    free = samples.line(vat_rate=None, vat=Money(0))
    text = whole_text(render("invoice", samples.invoice(lines=(free,), tax_mode=mode)))
    assert said in text
    assert "0 %" not in text


@pytest.mark.parametrize(
    ("kind", "language", "taxed", "untaxed"),
    [
        ("invoice", "ru", "Сумма с НДС,", "Сумма, руб."),
        ("invoice", "en", "Amount incl. VAT,", "Amount, RUB"),
        ("act", "ru", "Сумма с НДС,", "Сумма, руб."),
        ("credit_note", "ru", "Сумма с НДС,", "Сумма, руб."),
    ],
)
def test_sums_without_vat_are_not_headed_with_it_m2(
    render: Render, kind: str, language: str, taxed: str, untaxed: str
) -> None:
    paper = getattr(samples, kind)
    free = samples.line(vat_rate=None, vat=Money(0))
    without = whole_text(render(kind, paper(lines=(free,), tax_mode=TaxMode.SIMPLIFIED_EXEMPT), language))
    assert untaxed in without
    assert taxed not in without
    for rate in (0, 22):
        mixed = paper(lines=(free, samples.line(vat_rate=rate, vat=Money(0))))
        assert taxed in whole_text(render(kind, mixed, language))


def test_two_rates_are_printed_with_a_total_each_m2(render: Render) -> None:
    old = samples.line(2, vat_rate=20, vat=Money(16_668))
    text = whole_text(render("invoice", samples.invoice(lines=(samples.line(), old))))
    assert "из них по ставке 22 % 22 % 180,35 1 000,10" in text
    assert "из них по ставке 20 % 20 % 166,68 1 000,10" in text
    assert "Итого 347,03 2 000,20" in text


CLAUSE_TEXTS = {
    "CONTRACT_EXISTS": ("Исполнитель сопровождает программные продукты", "The Contractor shall support"),
    "PRODUCT_COVERED": ("Обслуживаются программные продукты с регистрационными", "The software products with the reg"),
    "REGISTERED_WITH_US": (
        "Обслуживаются программные продукты с регистрационными",
        "The software products with the reg",
    ),
    "REGISTER_CHECKED": ("Обслуживаются программные продукты с регистрационными", "The software products with the reg"),
    "BASE_PLAN_ACTIVE": ("Обслуживаются программные продукты с регистрационными", "The software products with the reg"),
    "PAID": ("Если оплата просрочена, обслуживание продолжается", "If payment is overdue, service continues"),
    "PAID_OR_APPROVED": (
        "Если оплата просрочена, обслуживание продолжается",
        "If payment is overdue, service continues",
    ),
    "SERVICE_INCLUDED": ("В план входят: обновления программ", "The plan includes: обновления программ"),
    "CHANNEL_INCLUDED": ("Каналы обращения не ограничены", "Requests are accepted by any channel"),
    "CONTACT_NAMED": ("Каналы обращения не ограничены", "Requests are accepted by any channel"),
    "LINE_INCLUDED": ("Каналы обращения не ограничены", "Requests are accepted by any channel"),
    "COUNT_AVAILABLE": ("Число обращений за включёнными услугами", "The number of requests for included services"),
    "SERVICE_IN_PRICE": ("Услуг за отдельную плату план не содержит", "The plan has no services that are paid for"),
    "TERM_STARTED": ("Срок обслуживания — 12 месяцев", "The term of service is 12 months"),
    "TERM_RUNNING": ("Срок обслуживания — 12 месяцев", "The term of service is 12 months"),
    "MINUTES_AVAILABLE": ("В цену включено 1 ч работы", "The price includes 1 h of specialists"),
    "NOT_CANCELLED": ("Любая Сторона вправе отказаться от договора", "Either Party may withdraw from this Contract"),
    "SIGNED": ("Договор вступает в силу", "This Contract enters into force"),
    "NOT_SUSPENDED": ("Исполнитель вправе приостановить", "The Contractor may suspend"),
}


@pytest.mark.parametrize("rule", CLAUSES)
def test_the_clause_that_an_answer_names_is_the_one_the_contract_prints_p1(render: Render, rule: str) -> None:
    russian, english = CLAUSE_TEXTS[rule]
    assert f" {CLAUSES[rule]} {russian}" in whole_text(render("contract", samples.contract(), "ru"))
    assert f" {CLAUSES[rule]} {english}" in whole_text(render("contract", samples.contract(), "en"))


def test_the_policy_sentences_come_from_the_numbers_of_the_engine_p1(render: Render) -> None:
    hours = replace(
        samples.contract().hours,
        included_minutes=480,
        rollover_periods=1,
        rollover_cap_minutes=480,
        quantum_minutes=30,
        minimum_minutes=60,
        scope=RoundingScope.TICKET_DAY,
        over_limit=OverLimit.BILL,
        overrun_percent=None,
    )
    text = whole_text(render("contract", samples.contract(hours=hours)))
    assert "В цену включено 8 ч работы специалистов" in text
    assert "переносятся: не более 8 ч и не далее чем на 1 период" in text
    assert "в большую сторону до 30 мин, но не менее 1 ч; работы по одному обращению за один день" in text
    assert "вне рабочего времени ×1,5, в выходные и праздники ×2" in text
    assert "Предел работ сверх часов не установлен" in text
    assert "с 01 апреля 2026 г. по 31 марта 2027 г. включительно" in text


@pytest.mark.parametrize(
    ("language", "said", "nothing"),
    [
        (
            "ru",
            "2.4 Срок считается с регистрации обращения в рабочее время, 08:00–20:00 по рабочим дням производственного"
            " календаря (в сокращённые дни — на час короче): обычное — ответ за 4 ч; срочное — ответ за 1 ч, решение за"
            " 8 ч.",
            "2.4 Сроки ответа и решения не установлены.",
        ),
        (
            "en",
            "2.4 Time runs from the registration of a request, within 08:00–20:00 on working days of the official"
            " calendar (one hour less on shortened days): обычное, answered within 4 h; срочное, answered within 1 h"
            " and solved within 8 h.",
            "2.4 No time to answer or to solve is agreed.",
        ),
    ],
)
def test_the_contract_says_by_when_requests_are_answered_d10(
    render: Render, language: str, said: str, nothing: str
) -> None:
    scope = ScopeTerms("08:00-20:00", (DueSheet("Обычное", 240), DueSheet("Срочное", 60, 480)))
    assert said in whole_text(render("contract", samples.contract(scope=scope), language))
    assert nothing in whole_text(render("contract", samples.contract(), language))


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "ru",
            "2.5 Обращения принимаются по каналам: телефон, электронная почта, форма на сайте, чат, мессенджер."
            " Включены линии поддержки по линию «Эксперты».",
        ),
        (
            "en",
            "2.5 Requests are accepted by telephone, e-mail, web form, chat, messenger."
            " Support lines up to “Эксперты” are included.",
        ),
    ],
)
def test_the_contract_says_which_channels_and_lines_are_included_d9(render: Render, language: str, said: str) -> None:
    scope = ScopeTerms(channels=tuple(Channel), last_line="Эксперты")
    assert said in whole_text(render("contract", samples.contract(scope=scope), language))


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "ru",
            "2.6 В цену включено, считая от первого дня срока: вопрос — 2 в месяц, выезд — 1 на каждые 3 месяца."
            " 2.7 За отдельную плату, с согласия Заказчика, оказываются: совет — 1 500,00 руб.",
        ),
        (
            "en",
            "2.6 The price includes, counted from the first day of the term: вопрос, 2 a month; выезд, 1 for every"
            " 3 months. 2.7 Paid for separately, when the Customer agrees: совет, 1,500.00 RUB.",
        ),
    ],
)
def test_the_contract_says_what_is_counted_and_what_costs_extra_p1(render: Render, language: str, said: str) -> None:
    counted = (ServiceSheet("Вопрос", included_count=2, count_months=1), ServiceSheet("Выезд", True, None, 1, 3))
    sheet = samples.contract(services=(*counted, ServiceSheet("Совет", price=Money(150_000))))
    text = plain(whole_text(render("contract", sheet, language)))
    assert said in text
    assert {"ru": "2.2 В план входят: вопрос, выезд.", "en": "2.2 The plan includes: вопрос, выезд."}[language] in text


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "ru",
            "7.1 За каждый месяц Исполнитель направляет Заказчику отчёт о часах и акт об услугах, счёт на которые"
            " выставлен вперёд (нового счёта по этому акту нет), а если есть работы к оплате — ещё акт и счёт"
            " на эти работы.",
        ),
        (
            "en",
            "7.1 For each month the Contractor sends the Customer a statement of hours and an act for the services"
            " invoiced in advance (no new invoice is issued under this act) and, where work is payable, a further act"
            " and an invoice for that work.",
        ),
    ],
)
def test_the_contract_promises_an_act_of_each_month_of_what_was_paid_ahead_m4(
    render: Render, language: str, said: str
) -> None:
    text = whole_text(render("contract", samples.contract(), language))
    assert said in text
    assert {"ru": "и акты считаются принятыми", "en": "and the acts, are deemed accepted"}[language] in text


def test_a_contract_for_every_product_lists_none_p1(render: Render) -> None:
    text = whole_text(render("contract", samples.contract(registrations=())))
    assert "2.1 Обслуживаются все программные продукты Заказчика" in text
    assert "Регистрационный номер" not in text


def test_a_service_with_a_minimum_of_its_own_is_named_with_it_p1(render: Render) -> None:
    text = whole_text(render("contract", samples.contract()))
    assert "В счёт часов выполняются: удалённая работа специалиста, выезд специалиста." in text
    assert "5.5 У отдельных услуг свой минимум учитываемого времени: выезд специалиста — 1 ч." in text


def test_a_price_over_new_year_names_no_single_rate_m2(render: Render) -> None:
    rates = (RateTotal(22, Money(180), Money(1_000)), RateTotal(20, Money(167), Money(1_000)))
    text = whole_text(render("contract", samples.contract(price=Money(2_000), by_rate=rates)))
    assert "в том числе НДС — 3,47 руб., установлена за весь срок" in text


@both_languages
@pytest.mark.parametrize("over_limit", list(OverLimit))
@pytest.mark.parametrize(("lapse", "refund"), list(zip(LapseRenewal, Refund, strict=True)))
def test_every_policy_has_its_own_sentence(
    render: Render, language: Language, over_limit: OverLimit, lapse: LapseRenewal, refund: Refund
) -> None:
    usual = samples.contract()
    other = replace(
        usual,
        hours=replace(usual.hours, over_limit=over_limit, hour_rate=None),
        renewal=replace(usual.renewal, lapse_policy=lapse, refund_policy=refund, grace_days=0),
    )
    assert whole_text(render("contract", other, language)) != whole_text(render("contract", usual, language))


@pytest.mark.parametrize(
    ("client", "said"),
    [
        (samples.SOLE_TRADER, "и Индивидуальный предприниматель Щукина Валерия Юрьевна, далее «Заказчик»"),
        (samples.CLIENT, "(представитель — директор Дёмин Олег Викторович, действует на основании Устава), далее"),
        (replace(samples.CLIENT, signatory_post="И.О. директора"), "(представитель — И.О. директора Дёмин Олег"),
        (samples.SELLER, "в лице генерального директора Мартынюк Натальи Александровны, действующей на основании"),
    ],
    ids=["sole trader", "no phrase yet", "a post in capitals", "approved phrase"],
)
def test_the_preamble_never_guesses_a_case_p3(render: Render, client: object, said: str) -> None:
    preamble = whole_text(render("contract", samples.contract(client=client))).partition("1. Предмет")[0]
    assert said in preamble.rpartition("с одной стороны")[2]


@pytest.mark.parametrize(
    ("kind", "language", "said"),
    [
        ("contract", "ru", "Акция «8+4»: 12 месяцев по цене 8; по прейскуранту — 33 816,00 руб. 4.1"),
        ("contract", "en", "Promotion “8+4”: 12 months at the price of 8; 33,816.00 RUB by the price list 4.1"),
        ("invoice", "ru", "с 01.04.2026 по 31.03.2027 включительно по акции «8+4»"),
        ("invoice", "en", "from 01.04.2026 to 31.03.2027 inclusive promotion “8+4”"),
        ("offer", "ru", "Акция «8+4»"),
        ("offer", "ru", "мес. по цене 8, дешевле на 11 272,00"),
        ("offer", "en", "Promotion “8+4”"),
        ("offer", "en", "months at the price of 8, 11,272.00 saved"),
    ],
)
def test_a_promotion_is_printed_with_the_price_that_it_gives_p1(
    render: Render, kind: str, language: str, said: str
) -> None:
    text = whole_text(render(kind, getattr(samples, f"promoted_{kind}")(), language))
    assert said in text
    assert {"ru": "22 544,00", "en": "22,544.00"}[language] in text


@both_languages
@pytest.mark.parametrize("kind", ["contract", "invoice", "act", "statement", "offer"])
def test_every_page_carries_its_number_and_the_papers(render: Render, kind: str, language: Language) -> None:
    sheet = getattr(samples, kind)() if kind in ("contract", "offer") else getattr(samples, kind)(60)
    pages = page_texts(render(kind, sheet, language))
    assert len(pages) > 1
    for number, text in enumerate(pages, 1):
        footer = PAGE[language].format(number, len(pages))
        assert re.search(rf"{re.escape(sheet.number)}\D+[\d.]+ · {footer}", text), text[-90:]


def test_a_statement_of_15_lines_takes_two_pages_p5(render: Render) -> None:
    assert len(page_texts(render("statement", samples.statement(15)))) == 2


@pytest.mark.parametrize("kind", ["invoice", "act", "statement"])
def test_the_head_of_the_table_is_repeated_on_every_page(render: Render, kind: str) -> None:
    head = "Отрабо" if kind == "statement" else "Кол-во"
    pages = page_texts(render(kind, getattr(samples, kind)(60)))
    assert all(head in page for page in pages)


def assert_the_end_stands_together(pdf: bytes, sheet: Any, row: str, language: Language = Language.RU) -> None:
    """The last row, the total, its words and who signs are on the last page."""
    last = page_texts(pdf)[-1]
    for part in (row, TOTAL[language], words.amount_in_words(sheet.total, language), sheet.seller.signatory_name):
        assert part in last, part


@pytest.mark.parametrize(
    ("kind", "counts"),
    [
        ("statement", range(6, 20)),
        ("invoice", range(20, 38)),
        ("act", range(20, 38)),
        ("credit_note", range(20, 38)),
    ],
)
def test_totals_words_and_signatures_stay_with_the_last_row(render: Render, kind: str, counts: range) -> None:
    for count in counts:
        sheet = getattr(samples, kind)(count)
        row = sheet.entries[-1].ticket if kind == "statement" else f"№ {count}"
        assert_the_end_stands_together(render(kind, sheet), sheet, row)


@both_languages
@pytest.mark.parametrize("count", [1, 40, 200])
@pytest.mark.parametrize("kind", ["invoice", "act", "credit_note"])
def test_papers_of_any_length_end_whole(render: Render, kind: str, count: int, language: Language) -> None:
    lines = tuple(samples.line(number) for number in range(1, count + 1))
    sheet = getattr(samples, kind)(lines=lines)
    pdf = render(kind, sheet, language)
    assert_the_end_stands_together(pdf, sheet, f"№ {count}", language)
    assert len(re.findall(r"Настройка обмена №", whole_text(pdf))) == count


@both_languages
@pytest.mark.parametrize("count", [1, 40])
@pytest.mark.parametrize("kind", ["invoice", "act", "credit_note"])
def test_a_paper_that_comes_to_nothing_says_so_whole(render: Render, kind: str, count: int, language: Language) -> None:
    nothing = Money(0)
    lines = tuple(samples.line(number, price=nothing, vat=nothing, amount=nothing) for number in range(1, count + 1))
    sheet = getattr(samples, kind)(lines=lines)
    pdf = render(kind, sheet, language)
    assert_the_end_stands_together(pdf, sheet, f"№ {count}", language)
    text = whole_text(pdf)
    total = {
        "ru": "0,00 руб., в том числе НДС 22 % — 0,00 руб. Ноль рублей 00",
        "en": "0.00 RUB, including 0.00 RUB of",
    }
    assert total[language] in text
    assert "Без НДС" not in text
    assert "QR" not in text


@pytest.mark.parametrize(
    ("seller", "ru", "en"),
    [
        (samples.SELLER, "законодательство Российской Федерации", "the law of the Russian Federation"),
        (samples.ALMATY, "законодательство Республики Казахстан", "the law of the Republic of Kazakhstan"),
        (samples.MINSK, "законодательство Республики Беларусь", "the law of the Republic of Belarus"),
        (samples.BERLIN, "законодательство страны Исполнителя (Германия)", "the law of Germany"),
    ],
)
def test_a_contract_is_under_the_law_of_its_seller_m2(seller: PartySheet, ru: str, en: str) -> None:
    for language, said in ((Language.RU, ru), (Language.EN, en)):
        page = page_source("contract", 1, language, samples.contract(seller=seller))
        assert said in page
        assert ("Российской Федерации" in page or "Russian Federation" in page) is (seller.country == "RU")
