"""The calendar is one of RFC 5545: another program reads it, and its bytes are folded as the standard says."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from billing.pipeline import Line
from documents.calendar_feed import LONGEST_LINE, calendar_feed
from documents.words import Language
from tests.builders import moment
from tests.documents.lines import LINE, a_line

AT = moment("2026-10-05 10:00")


def events(*lines: Line, language: Language = Language.RU) -> list:
    return list(Calendar.from_ical(calendar_feed(lines, language, at=AT)).walk("VEVENT"))


def test_a_last_day_is_one_event_of_a_whole_day() -> None:
    (event,) = events(LINE)
    assert event["UID"] == "subscription-12@7736207543.abonement"
    assert (event.decoded("DTSTART"), event.decoded("DTEND")) == (date(2027, 3, 31), date(2027, 4, 1))
    assert event.decoded("DTSTAMP") == AT
    assert event["SUMMARY"] == "Ромашка: its-prof, последний день"
    assert event["DESCRIPTION"].replace("\N{NO-BREAK SPACE}", " ").split("\n") == [
        "Договор: 2026-0001",
        "Программы: 800123456, 800123457",
        "Продление: 33 816,00 руб.",
        "Ведёт: Котова И. Л.",
        "Риски: не хватило часов: 2 обращения; часы пропадают: 1 ч 35 мин",
    ]


@pytest.mark.parametrize(
    ("language", "summary"),
    [
        (Language.RU, "Ромашка: its-prof, последний день (продлена)"),
        (Language.EN, "Ромашка: its-prof, last day (renewed)"),
    ],
)
def test_a_renewed_one_says_so_in_the_language_asked(language: Language, summary: str) -> None:
    (event,) = events(a_line(renewed=True), language=language)
    assert event["SUMMARY"] == summary


def test_what_is_not_known_is_left_out() -> None:
    (event,) = events(a_line(price=None, manager="", registrations=(), risks={}))
    assert event["DESCRIPTION"] == "Договор: 2026-0001"


def test_an_event_keeps_its_uid_whatever_changes() -> None:
    first, moved = events(LINE), events(a_line(last_day=date(2028, 1, 1), client="Другое имя"))
    assert [one["UID"] for one in first] == [one["UID"] for one in moved]


def test_a_calendar_may_be_empty() -> None:
    content = calendar_feed([], Language.RU, at=AT)
    assert events() == []
    assert content.startswith(b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:")
    assert content.endswith(b"END:VCALENDAR\r\n")


one_line = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=300)


@given(one_line.filter(lambda name: name == name.strip()))
def test_any_name_comes_back_and_no_row_is_longer_than_75_octets(name: str) -> None:
    content = calendar_feed([a_line(client=name)], Language.EN, at=AT)
    rows = content.split(b"\r\n")
    assert max(map(len, rows)) <= LONGEST_LINE
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert all(row.decode() for row in rows[:-1])  # no letter is torn in two
    (event,) = Calendar.from_ical(content).walk("VEVENT")
    assert event["SUMMARY"] == f"{name}: its-prof, last day"
