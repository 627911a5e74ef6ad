"""Which invoices the purpose of a payment names: by their whole number, or by its end and the day (M5).

It is read word by word. A number is certain only right behind the word invoice. The one right behind the word of
another paper, or after more words but with its sign, is that paper's. Any other number, and an invoice whose number
cannot be read, leave the payment to a person.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from enum import Enum, auto

INVOICE = re.compile(
    "сч|сч[её]т(а|у|ом|е|ы|ов|ам|ами|ах)?|инвойс[а-я]{0,2}|invoices?|inv|bills?|rechnung(en)?|schet(a|u|am|ov)?"
)
OTHER = re.compile(
    "(догов|контракт|соглаш|специфик|реализац|накладн|заказ|заявк|заявлен|приложен|письм|оферт|предложен|претенз|лиценз"
    "|регистрац|поручен|уведомлен|кредит|фактур|dogovor|contract|agreement|order|specification|annex|appendi|quot|offer"
    "|licen|credit|delivery).*"
    "|(дог|д-р|согл|сог|контр|к-т|спец|накл|прил|зак|рег)(-[а-я]{1,3}|[ауе])?"
    "|акт(а|у|ом|е|ы|ов|ам|ами)?|упд|укд|дс|кп|п/п|сч?[/-]?ф|сч[её]т[а-я]*-фактур.*|acts?"
)
"""The words of other papers, whole and as people shorten them."""
OF_A_BANK = re.compile("(расч[её]тн|лицев|банковск|корр|текущ|валютн).*")
"""What makes the account of a bank of "счёт"."""
MONTHS = (
    *("янв jan", "фев feb", "мар mar", "апр apr", "мая may", "июн jun"),
    *("июл jul", "авг aug", "сен sep", "окт oct", "ноя nov", "дек dec"),
)

DASH = "[-‐‑‒–—−]"
IN_WORDS = rf"[0-9]{{1,2}}\s+(?:{'|'.join(MONTHS).replace(' ', '|')})[^\W\d_]*\.?\s+[0-9]{{4}}"
DAY = rf"(?:[0-9]{{1,2}}\.[0-9]{{1,2}}\.(?:[0-9]{{4}}|[0-9]{{2}})|{IN_WORDS}|[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}})(?![0-9])"
SUM = r"(?:[0-9]{1,3}(?:\s[0-9]{3})+|[0-9]+)"
UNITS = "мес|час|ч|шт|руб|р|год|лет|дн|кв|month|hour|eur|rub"
READ = re.compile(
    r"(?P<sign>[№#]|(?:no?|nr|numbers?|номер[а-яё]*)(?=[\s.:№#]*[0-9]))"
    rf"|(?P<dated>(?P<sequence>[0-9]{{1,9}})\s*(?:г\.?\s*)?(?:от|dated|of|from|vom)\s*(?P<day>{DAY}))"
    rf"|(?P<on>{DAY})"
    r"|(?P<whole>[0-9]{4}-[0-9]{4,9}(?:(?=от)|(?!\w|[-/.][0-9])))"
    rf"|(?P<quantity>{SUM}[.,=-][0-9]{{2}}(?![\w.-])|{SUM}(?:[.,][0-9]+)?\s*(?:%|(?:{UNITS})[а-яёa-z]*\b))"
    r"|(?P<between>(?:на\s+(?:пред)?оплату|к\s+оплате|покупателю|и|and|und|г|года|от|dated|of|from|vom)(?![^\W\d_]))"
    r"|(?P<word>1\s?[cс](?!\w)|(?:credit|delivery|кредит[а-яё]*)\s*-?\s*(?:not|нот)[а-яёa-z]*|[^\W\d_]+(?:[-/][^\W\d_]+)*)"
    r"|(?P<figures>[0-9][\w./-]*)",
    re.IGNORECASE,
)
"""What a purpose is made of; whatever else stands in it says nothing."""
FIGURES_FOLLOW = re.compile(r"\W*(?:г\.?\s*)?(?:№|no?|nr)?\W*[0-9]", re.IGNORECASE)
GLUED = re.compile("[-/.]?[0-9]")


@dataclass(frozen=True, slots=True)
class Named:
    """What a purpose names: whole numbers, "2026-0012", and ends of numbers with the day of issue, (12, 05.10.2026).

    It is not certain where one of them may be another paper's, or where an invoice is named that cannot be read.
    """

    numbers: tuple[str, ...] = ()
    dated: tuple[tuple[int, date], ...] = ()
    is_certain: bool = True


def read_purpose(text: str) -> Named:
    """The invoices that are named, each once; what stands behind the word of another paper is none of them."""
    reading = _Reading()
    plain = re.sub(rf"(?<=[0-9])\s*{DASH}\s*(?=[0-9])", "-", text)
    for found in READ.finditer(re.sub(DASH, "-", plain)):
        reading.hear(found)
    return Named(tuple(reading.numbers), tuple(reading.dated), reading.is_certain)


class _Noun(Enum):
    """What the last noun was that may have a number."""

    NONE = auto()
    INVOICE = auto()
    OTHER = auto()


@dataclass
class _Reading:
    """What is read of a purpose so far; `is_behind` while the next number is the noun's."""

    numbers: dict[str, None] = field(default_factory=dict)
    dated: dict[tuple[int, date], None] = field(default_factory=dict)
    is_certain: bool = True
    noun: _Noun = _Noun.NONE
    is_behind: bool = False
    is_named: bool = False
    is_signed: bool = False
    word: str = ""

    @property
    def awaits_number(self) -> bool:
        """Whether the number of an invoice is the next thing to come."""
        return self.is_behind and self.noun is _Noun.INVOICE

    def hear(self, found: re.Match[str]) -> None:
        """Go on by one word, number or day."""
        kind = found.lastgroup
        if kind == "word":
            self._word(found)
        elif kind in ("whole", "dated"):
            self._number(found)
        elif kind == "on" and self.awaits_number and not self.is_named:
            self.is_certain &= FIGURES_FOLLOW.match(found.string, found.end()) is not None
        elif kind == "quantity" or (kind == "figures" and len(found[0]) == 20):
            self.is_certain &= self.is_named or not self.awaits_number or len(found[0]) == 20
            self.is_behind = False
        elif kind == "figures" and self.noun is _Noun.INVOICE:
            self.is_certain &= not (self.is_behind or self.is_signed)
        elif kind == "figures":
            self.is_behind = False
        self.is_signed = kind == "sign"

    def _word(self, found: re.Match[str]) -> None:
        """A word: that of a paper, or one that parts the word invoice from the numbers that come."""
        before, self.word = self.word, found[0].lower()
        if OTHER.fullmatch(self.word):
            self.noun, self.is_behind = _Noun.OTHER, True
        elif INVOICE.fullmatch(self.word):
            is_account = OF_A_BANK.fullmatch(before) is not None
            self.noun, self.is_behind = _Noun.NONE if is_account else _Noun.INVOICE, not is_account
            self.is_named = False
        elif INVOICE.match(self.word) and "-" in self.word:  # an invoice and another paper at once, "счёт-договор"
            self.noun, self.is_behind = _Noun.NONE, False
        else:
            if self.awaits_number and (self.word == "б/н" or GLUED.match(found.string, found.end())):
                self.is_certain = False
            self.is_behind = False

    def _number(self, found: re.Match[str]) -> None:
        """The number of an invoice, or its end with the day."""
        if self.noun is _Noun.OTHER and (self.is_behind or self.is_signed):
            self.is_behind = False
            return
        self.is_certain &= self.awaits_number
        self.is_named = True
        if found["whole"]:
            self.numbers[found["whole"]] = None
        elif (day := _day(found["day"])) is not None:
            self.dated[int(found["sequence"]), day] = None
        else:
            self.is_certain = False


def _day(text: str) -> date | None:
    """A day as people write it: "05.10.2026", "5.10.26", "5 октября 2026", "2026-10-05"."""
    parts = re.split(r"[\s.-]+", text.lower())
    year, month, day = parts if len(parts[0]) == 4 else reversed(parts)
    places = [place for place, names in enumerate(MONTHS, 1) if month[:3] in names.split()]
    try:
        return date(int(year) + (2000 if len(year) == 2 else 0), places[0] if places else int(month), int(day))
    except ValueError:
        return None
