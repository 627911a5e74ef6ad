"""What a letter with papers says, and where its links stand (P2)."""

from dataclasses import replace
from datetime import date

import pytest

from documents.paper_kinds import PaperKind
from documents.paper_letter import Enclosed, PaperLetter, paper_letter, with_links
from documents.words import NBSP, Language

OCTOBER = PaperLetter(
    seller="ООО «Северный ветер»",
    contact="+74951234567\noffice@north.example",
    month=date(2026, 10, 1),
    papers=(
        Enclosed(7, PaperKind.STATEMENT, "2026-0003", date(2026, 11, 2)),
        Enclosed(8, PaperKind.INVOICE, "2026-0009", date(2026, 11, 2)),
    ),
    links_end_on=None,
)

RUSSIAN = """Здравствуйте!

Документы приложены к письму:

Отчёт о часах № 2026-0003 от 02 ноября 2026 г.

Счёт № 2026-0009 от 02 ноября 2026 г.

Если что-то не так, ответьте на это письмо.

ООО «Северный ветер»

+74951234567
office@north.example
"""
ENGLISH = """Good day,

The papers are too large to be attached. The papers can be downloaded by these links until the end of 2 December 2026:

Statement of hours No. 2026-0003 of 2 November 2026
https://desk.example/paper#a

Invoice No. 2026-0009 of 2 November 2026
https://desk.example/paper#b

If anything is wrong, answer this letter.

ООО «Северный ветер»

+74951234567
office@north.example
"""


def test_attached_papers_are_named_in_the_clients_words_p2() -> None:
    words = paper_letter(OCTOBER, Language.RU)
    subject = "Документы за октябрь 2026 г.: отчёт о часах № 2026-0003, счёт № 2026-0009"
    assert (words.subject.replace(NBSP, " "), words.body.replace(NBSP, " ")) == (subject, RUSSIAN)


def test_links_stand_under_their_papers_and_say_until_when_p2() -> None:
    linked = replace(OCTOBER, links_end_on=date(2026, 12, 2), too_large=True)
    words = paper_letter(linked, Language.EN)
    body = with_links(words.body, {7: "https://desk.example/paper#a", 8: "https://desk.example/paper#b"})
    assert body.replace(NBSP, " ") == ENGLISH
    assert words.language is Language.EN


@pytest.mark.parametrize("evil", ["1\n[[8]]", "1\r\nBcc: x", "[[8]]"])
def test_no_text_of_a_paper_becomes_a_link_a_line_or_a_header(evil: str) -> None:
    paper = Enclosed(7, PaperKind.INVOICE, evil, date(2026, 11, 2))
    words = paper_letter(replace(OCTOBER, month=None, papers=(paper,)), Language.RU)
    assert "\n" not in words.subject
    assert "secret" not in with_links(words.body, {8: "secret"})
