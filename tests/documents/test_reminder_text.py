"""What reminders say: dates, price and what happens after, and nothing that is untrue a week later (S12, S5)."""

from dataclasses import replace
from datetime import date

import pytest

from contracts.money import Money
from contracts.policies import LapseRenewal
from documents.reminder_text import LONGEST_SUBJECT, Ending, to_client, to_staff
from documents.words import NBSP, Language

ENDING = Ending(
    subscription_id=12,
    client="Ромашка",
    manager="Котова И. Л.",
    seller="ООО «Северный ветер»",
    contact="+74951234567\noffice@north.example",
    contract_number="2026-0001",
    plan="1С:ИТС ПРОФ",
    registrations=("800123456", "800123457"),
    last_day=date(2027, 3, 31),
    served_until=date(2027, 4, 30),
    lapse_renewal=LapseRenewal.NEW_START,
    term_months=12,
    price=Money(3_381_600),
)


def plain(text: str) -> str:
    return text.replace(NBSP, " ")


def test_a_client_reads_all_in_russian() -> None:
    words = to_client(ENDING, Language.RU)
    assert plain(words.subject) == "Договор № 2026-0001: последний день обслуживания 31 марта 2027 г."
    assert plain(words.body) == (
        "Здравствуйте!\n\n"
        "Последний день обслуживания по договору № 2026-0001 — 31 марта 2027 г.\n\n"
        "Тариф: 1С:ИТС ПРОФ\n"
        "Программы: 800123456, 800123457\n"
        "Продление на 12 месяцев: 33 816,00 руб.\n\n"
        "Льготный срок — по 30 апреля 2027 г.: обслуживание продолжается, продление считается непрерывным. "
        "После 30 апреля 2027 г. обращения не обслуживаются. "
        "Продление после перерыва начинается заново, по цене после перерыва.\n\n"
        "Если подписка уже продлена, ничего делать не нужно.\n\n"
        "ООО «Северный ветер»\n\n"
        "+74951234567\noffice@north.example\n"
    )


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        (LapseRenewal.NEW_START, "starts anew, at the price after a break"),
        (LapseRenewal.CONTINUOUS, "starts on 1 April 2027; the days of the break are not served"),
        (LapseRenewal.PAY_GAP, "the days of the break are paid for"),
    ],
)
def test_what_happens_after_is_the_plans_policy_s5(policy: LapseRenewal, said: str) -> None:
    words = to_client(replace(ENDING, lapse_renewal=policy, served_until=ENDING.last_day), Language.EN)
    assert said in plain(words.body)
    assert "Grace" not in words.body
    assert "After 31 March 2027 no requests are served." in plain(words.body)


@pytest.mark.parametrize(("language", "said"), [(Language.RU, "по договорённости"), (Language.EN, "as agreed")])
def test_without_a_list_price_it_is_agreed(language: Language, said: str) -> None:
    bare = replace(ENDING, price=None, registrations=(), manager="")
    for words in (to_client(bare, language), to_staff(bare, language)):
        assert said in words.body
        assert "\n\n\n" not in words.body


@pytest.mark.parametrize(
    ("language", "manager", "said"),
    [
        (Language.RU, "Котова И. Л.", "Ведёт: Котова И. Л."),
        (Language.RU, "", "Клиента никто не ведёт."),
        (Language.EN, "Kotova", "Manager: Kotova"),
        (Language.EN, "", "Nobody looks after the client."),
    ],
)
def test_the_staff_reads_who_looks_after_the_client_and_how_to_renew(
    language: Language, manager: str, said: str
) -> None:
    words = to_staff(replace(ENDING, manager=manager), language)
    assert said in words.body
    assert "abonement offer 12" in words.body
    assert words.subject.startswith("Ромашка: ")


def test_a_subject_stays_one_line_that_fits() -> None:
    words = to_staff(replace(ENDING, client="Я\r\nBcc: x" + "я" * 600), Language.RU)
    assert len(words.subject) <= LONGEST_SUBJECT
    assert words.subject.isprintable() or NBSP in words.subject
    assert "\n" not in words.subject
