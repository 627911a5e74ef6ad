"""Which invoices the purpose of a payment names: by their whole number, or by its end and the day (M5)."""

import re
from dataclasses import dataclass
from datetime import date

DASHES = re.compile(r"\s*[-‐‑‒–—−]\s*")
OTHER = (
    r"сч[её]т\s*-\s*фактур\w*|с/ф|договор\w*|дог\.|контракт\w*|\bакт(?:а|у|ом|ы|ов|ам)?\b|\bупд\b|накладн\w*|заказ\w*"
)
OTHER += r"|\bcontract\w*|\bagreement\w*|\bact\b|\border\b"
INVOICE = r"сч[её]т\w*|\bсч\.|\binvoices?\b|\binv\b|\bbills?\b"
WHOLE = r"(?<![\w-])(?P<number>[0-9]{4}-[0-9]{4,9})(?![\w-])"
DATED = r"(?<![\w.-])(?P<sequence>[0-9]{1,9})\s*(?:г\.)?\s*(?:от|dated|of|from)\s*(?P<day>[0-9]{2}\.[0-9]{2}\.[0-9]{4})"
READ = re.compile(rf"(?P<other>{OTHER})|(?P<invoice>{INVOICE})|{WHOLE}|{DATED}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Named:
    """What a purpose names: whole numbers, "2026-0012", and ends of numbers with the day of issue, (12, 05.10.2026)."""

    numbers: tuple[str, ...] = ()
    dated: tuple[tuple[int, date], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.numbers or self.dated)


def read_purpose(text: str) -> Named:
    """The invoices that are named, each once; what stands behind the word contract, act or order is none of them.

    A number without a word before it counts; the end of a number counts behind the word invoice, with its day.
    """
    numbers: dict[str, None] = {}
    dated: dict[tuple[int, date], None] = {}
    noun = ""
    for found in READ.finditer(DASHES.sub("-", text)):
        if found["other"] or found["invoice"]:
            noun = "other" if found["other"] else "invoice"
        elif found["number"] and noun != "other":
            numbers[found["number"]] = None
        elif found["sequence"] and noun == "invoice" and (on := _day(found["day"])) is not None:
            dated[int(found["sequence"]), on] = None
    return Named(tuple(numbers), tuple(dated))


def _day(text: str) -> date | None:
    day, month, year = map(int, text.split("."))
    try:
        return date(year, month, day)
    except ValueError:
        return None
