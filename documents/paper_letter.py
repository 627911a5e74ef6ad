"""What a letter with papers says, in Russian and English: which papers, attached or under which links (P2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from documents.agreement import Agreement
from documents.paper_kinds import PaperKind
from documents.paper_names import KINDS
from documents.reminder_text import Wording, worded
from documents.words import Language, day_in_words, in_sentence, month_in_words, printable


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A paper that a letter brings; `correction` is which one of it, of that day.

    A contract with an `agreement` is none of its own, but renews one or adds to it.
    """

    paper_id: int
    kind: PaperKind
    number: str
    issued_on: date
    correction: int = 0
    agreement: Agreement | None = None


@dataclass(frozen=True, slots=True)
class PaperLetter:
    """The papers of one event, and from whom they come.

    They are of a closed month where `month` says so, and open under links until the end of `links_end_on` where they
    are not attached; `too_large` when they could not be.
    """

    seller: str
    contact: str
    month: date | None
    papers: tuple[Enclosed, ...]
    links_end_on: date | None
    too_large: bool = False


def paper_letter(letter: PaperLetter, language: Language) -> Wording:
    """The letter; where a link belongs stands a mark, since its token is made only when the letter leaves."""
    named = ", ".join(in_sentence(_title(paper, language)) for paper in letter.papers)
    russian = language is Language.RU
    if letter.month is not None:
        month = month_in_words(letter.month, language)
        subject = f"Документы за {month}: {named}" if russian else f"Papers for {month}: {named}"
    else:
        subject = named[0].upper() + named[1:]
    papers = "\n\n".join(_paper(paper, letter, language) for paper in letter.papers)
    hello = "Здравствуйте!" if russian else "Good day,"
    ends = "Если что-то не так, ответьте на это письмо." if russian else "If anything is wrong, answer this letter."
    told = (hello, _how(letter, language), papers, ends, letter.seller, letter.contact)
    return worded(subject, *told, language=language)


def _how(letter: PaperLetter, language: Language) -> str:
    russian = language is Language.RU
    if letter.links_end_on is None:
        return "Документы приложены к письму:" if russian else "The papers are attached:"
    until = day_in_words(letter.links_end_on, language)
    if russian:
        large = "Для вложения документы слишком велики. " if letter.too_large else ""
        return f"{large}Документы можно скачать по ссылкам до {until} включительно:"
    large = "The papers are too large to be attached. " if letter.too_large else ""
    return f"{large}The papers can be downloaded by these links until the end of {until}:"


def _paper(paper: Enclosed, letter: PaperLetter, language: Language) -> str:
    if paper.agreement is not None and not paper.correction:
        named = paper.agreement.named(paper.issued_on, language)
    else:
        of = "от" if language is Language.RU else "of"
        named = f"{_title(paper, language)} {of} {day_in_words(paper.issued_on, language)}"
    said = printable(named)
    return said if letter.links_end_on is None else f"{said}\n{_mark(paper.paper_id)}"


def _title(paper: Enclosed, language: Language) -> str:
    """What a paper is called, with its number and the correction that it is."""
    number, corrects = ("№", "исправление №") if language is Language.RU else ("No.", "correction No.")
    kind = KINDS[language][paper.kind]
    if paper.agreement is not None:
        title = paper.agreement.title(language)
    else:
        title = f"{kind[0].upper()}{kind[1:]} {number} {paper.number}"
    return title + (f", {corrects} {paper.correction}" if paper.correction else "")


def _mark(paper_id: int) -> str:
    return f"[[{paper_id}]]"


def with_links(body: str, links: Mapping[int, str]) -> str:
    """What the letter says, with the address of each paper in its place."""
    places = {_mark(paper_id): address for paper_id, address in links.items()}
    return "\n".join(places.get(line, line) for line in body.split("\n"))
