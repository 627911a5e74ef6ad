"""The pipeline as a calendar of RFC 5545: one all-day event on the last day of each subscription."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime

from billing.pipeline import Line
from contracts.terms import ONE_DAY
from documents.pipeline_table import risks_in_words
from documents.words import Language, price

ICALENDAR = "text/calendar; charset=utf-8"
LONGEST_LINE = 75
"""Octets of a content line before it is folded."""
_ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})

_NAME = {Language.RU: "Окончания подписок", Language.EN: "Subscriptions that end"}
_ENDS = {Language.RU: "{client}: {plan}, последний день", Language.EN: "{client}: {plan}, last day"}
_RENEWED = {Language.RU: " (продлена)", Language.EN: " (renewed)"}
_WORDS = {
    Language.RU: ("Договор", "Программы", "Продление", "Ведёт", "Риски"),
    Language.EN: ("Contract", "Registrations", "Renewal", "Manager", "Risks"),
}


def calendar_feed(lines: Sequence[Line], language: Language, *, at: datetime) -> bytes:
    """The lines as events; an event keeps its UID for ever, so that a calendar moves it and never doubles it."""
    properties = [
        ("BEGIN", "VCALENDAR"),
        ("VERSION", "2.0"),
        ("PRODID", f"-//Abonement//Pipeline//{language.upper()}"),
        ("CALSCALE", "GREGORIAN"),
        ("METHOD", "PUBLISH"),
        ("X-WR-CALNAME", _text(_NAME[language])),
    ]
    for line in lines:
        properties += _event(line, language, at)
    return b"".join(_folded(f"{name}:{value}") for name, value in (*properties, ("END", "VCALENDAR")))


def _event(line: Line, language: Language, at: datetime) -> Iterator[tuple[str, str]]:
    summary = _ENDS[language].format(client=line.client, plan=line.plan)
    yield "BEGIN", "VEVENT"
    yield "UID", f"subscription-{line.subscription_id}@{line.seller_inn}.abonement"
    yield "DTSTAMP", f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield "DTSTART;VALUE=DATE", _day(line.last_day)
    yield "DTEND;VALUE=DATE", _day(line.last_day + ONE_DAY)
    yield "SUMMARY", _text(summary + (_RENEWED[language] if line.renewed else ""))
    yield "DESCRIPTION", _text("\n".join(_details(line, language)))
    yield "TRANSP", "TRANSPARENT"
    yield "END", "VEVENT"


def _details(line: Line, language: Language) -> Iterable[str]:
    said = (
        line.contract_number,
        ", ".join(line.registrations),
        "" if line.price is None else price(line.price, language),
        line.manager,
        risks_in_words(line.risks, language),
    )
    return [f"{word}: {value}" for word, value in zip(_WORDS[language], said, strict=True) if value]


def _day(day: date) -> str:
    return f"{day:%Y%m%d}"


def _text(text: str) -> str:
    return text.translate(_ESCAPED)


def _folded(line: str) -> bytes:
    """A content line as it is sent: no more than 75 octets in a row, and no letter torn in two."""
    octets, rows, room = line.encode(), [], LONGEST_LINE
    while len(octets) > room:
        cut = room
        while octets[cut] & 0b1100_0000 == 0b1000_0000:  # in the middle of a letter
            cut -= 1
        rows.append(octets[:cut])
        octets, room = octets[cut:], LONGEST_LINE - 1  # a space goes before it
    return b"\r\n ".join([*rows, octets]) + b"\r\n"
