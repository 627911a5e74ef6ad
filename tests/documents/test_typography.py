"""Quotation marks inside quotation marks, and phones in groups (P1)."""

from dataclasses import replace
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.templating import page_source
from documents.typography import phone, quoted, quotes
from documents.words import NBSP, Language
from tests.documents import samples


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("ООО «Ромашка»", "ООО «Ромашка»"),
        ('ООО "Ромашка"', "ООО «Ромашка»"),
        ("ООО “Ромашка”", "ООО «Ромашка»"),
        ("ООО „Ромашка“", "ООО «Ромашка»"),
        ("ООО «ТД „Ромашка“»", "ООО «ТД „Ромашка“»"),
        ("ООО «ТД «Ромашка»»", "ООО «ТД „Ромашка“»"),
        ("ООО «ТД «Ромашка»", "ООО «ТД „Ромашка“»"),  # the second of two marks alike was left out
        ('ООО "ТД "Ромашка""', "ООО «ТД „Ромашка“»"),
        ('ООО "ТД "Ромашка"', "ООО «ТД „Ромашка“»"),
        ('ООО «ТД "Ромашка"»', "ООО «ТД „Ромашка“»"),
        ('ООО ""Ромашка" и партнёры"', "ООО «„Ромашка“ и партнёры»"),
        ("АО «Группа «Союз» и партнёры»", "АО «Группа „Союз“ и партнёры»"),
        ("«Дом «Книги «Мир»»»", "«Дом „Книги «Мир»“»"),
        ('"Ромашка", ООО ("Восток")', "«Ромашка», ООО («Восток»)"),
        ("ООО Ромашка", "ООО Ромашка"),
        ("ООО «Ромашка", "ООО «Ромашка"),  # nobody knows where it ends
        ('Экраны 24"', 'Экраны 24"'),
        ('ООО"Ромашка"', 'ООО"Ромашка"'),
        ("", ""),
    ],
)
def test_marks_inside_marks_are_inner_ones_p1(typed: str, printed: str) -> None:
    assert quotes(typed) == printed
    assert quotes(printed) == printed


@pytest.mark.parametrize(
    ("name", "russian", "english"),
    [
        ("1С:ИТС ПРОФ", "«1С:ИТС ПРОФ»", "“1С:ИТС ПРОФ”"),
        ("Забота «Плюс»", "«Забота „Плюс“»", "“Забота ‘Плюс’”"),
        ('Care "Plus"', "«Care „Plus“»", "“Care ‘Plus’”"),
        ('Экраны 24"', '«Экраны 24"»', '“Экраны 24"”'),
    ],
)
def test_a_name_in_marks_has_its_own_inside_p1(name: str, russian: str, english: str) -> None:
    assert (quoted(name, Language.RU), quoted(name, Language.EN)) == (russian, english)


@given(st.text('аб «»„“”"(-', max_size=12))
def test_nothing_but_marks_changes(text: str) -> None:
    bare = str.maketrans("", "", '«»„“”"')
    assert quotes(text).translate(bare) == text.translate(bare)


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("+74951234567", "+7 495 123-45-67"),
        ("+78001234567", "+7 800 123-45-67"),
        ("+77272501234", "+7 7272 50 12 34"),
        ("+375291234567", "+375 29 123-45-67"),
        ("+4930123456", "+49 30 123456"),
        ("+12025550123", "+1 202-555-0123"),
        ("+999123", "+999123"),
        ("+7999", "+7 999"),
        ("buh+79161234567@romashka.example", "buh+79161234567@romashka.example"),
        ("", ""),
    ],
)
def test_a_phone_is_read_in_the_groups_of_its_country_p1(number: str, said: str) -> None:
    assert phone(number).replace(NBSP, " ") == said


def test_papers_print_marks_and_phones_so_p1() -> None:
    client = replace(samples.CLIENT, name='ООО "ТД "Ромашка""', full_name="", phone="+74951234567")
    page = page_source("contract", 1, Language.RU, samples.contract(client=client, plan="Забота «Плюс»"))
    assert "ООО «ТД „Ромашка“»" in page
    assert "«Забота „Плюс“»" in page
    assert "Тел. +7 495 123-45-67" in page.replace(NBSP, " ")
    english = page_source("contract", 1, Language.EN, samples.contract(client=client, plan="Care “Plus”"))
    assert "“Care ‘Plus’”" in english
    assert 'ООО "ТД "Ромашка""' in unescape(english)  # the official name of a party keeps its own marks
