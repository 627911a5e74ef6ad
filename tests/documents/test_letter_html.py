"""A letter as HTML says the same words as its text, and loads and runs nothing."""

from datetime import date
from html.parser import HTMLParser

import pytest

from contracts.money import Money
from contracts.policies import OverLimit
from documents.digest_text import ClientDigest, Digest, PoolDigest, digest_text
from documents.letter_html import letter_html
from documents.paper_letter import paper_letter, with_links
from documents.reminder_text import Wording, to_client, to_staff
from documents.warning_text import ShortHours
from documents.warning_text import to_client as warn_client
from documents.words import Language
from tests.documents.test_paper_letter import OCTOBER
from tests.documents.test_reminder_text import ENDING

DAY = date(2026, 10, 31)
SHORT = ShortHours(
    *(1, "Ромашка", "Котова И. Л.", "ООО «Северный ветер»", "office@north.example", "1С:ИТС ПРОФ"),
    *(480, 390, 15, 75, 0, DAY, date(2026, 10, 5), date(2026, 10, 12), OverLimit.BILL, Money(390_000)),
)
POOLS = (PoolDigest("north", 480, 390, 0, 90, 15), PoolDigest("south", 60, 0, 60, 0, 0))
DIGEST = Digest("Котова И. Л.", DAY, (ClientDigest("Ромашка", POOLS, (80, 95), 2, 1, (("2026-0001", DAY),)),))


class Reader(HTMLParser):
    """Reads the words of a page, and keeps its tags with what they point to."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._within: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attributes)))
        self._within.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._within and self._within.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if "body" in self._within:
            self.words += data.split()


LETTERS = {
    "reminder": lambda language: to_client(ENDING, language),
    "reminder to staff": lambda language: to_staff(ENDING, language),
    "warning": lambda language: warn_client(SHORT, language),
    "digest": lambda language: digest_text(DIGEST, language),
    "papers": lambda language: paper_letter(OCTOBER, language),
}


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("letter", LETTERS)
def test_text_and_html_say_the_same_words(letter: str, language: Language) -> None:
    words: Wording = LETTERS[letter](language)
    page = letter_html(words.subject, words.body, words.language)
    assert Reader(page).words == words.body.split()
    assert words.language is language
    assert f'<html lang="{language}">' in page


def test_a_name_with_markup_stays_a_name_p7() -> None:
    evil = "<img src=x onerror=alert(1)> & {{ 7 * 7 }} <script>"
    read = Reader(letter_html(evil, f"{evil}\n\n{evil}\n", "ru"))
    assert read.words == f"{evil} {evil}".split()
    assert not {"img", "script"} & {tag for tag, _ in read.tags}


def test_nothing_is_loaded_and_only_addresses_are_links() -> None:
    body = with_links("Счёт\n[[7]]\n\njavascript:alert(1)\n", {7: 'https://desk.example/paper#a"b'})
    read = Reader(letter_html("Счёт", body, "ru"))
    pointing = [(tag, one) for tag, of in read.tags for name, one in of.items() if name in ("href", "src", "action")]
    assert pointing == [("a", 'https://desk.example/paper#a"b')]
    assert not {"link", "img", "script", "style", "iframe"} & {tag for tag, _ in read.tags}


def test_the_colours_of_the_reader_stay_light_or_dark() -> None:
    page = letter_html("Счёт", "Счёт\n", "ru")
    assert '<meta name="color-scheme" content="light dark">' in page
    assert "color:" not in page.replace("color-scheme", "")
