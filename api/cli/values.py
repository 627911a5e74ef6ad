"""Reading what is typed: each reader takes a text and returns a value, or says in one sentence what is allowed."""

import re
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import typer

from api.cli.language import Text, in_words
from contracts.errors import Refusal
from contracts.money import Money
from entitlements.durations import parse_minutes

Read = TypeVar("Read")
LONGEST_TEXT = 2000
SHOWN = 100  # characters of a wrong value that are repeated


def option(name: str, ru: str, en: str, read: Callable[[str], Any] | None = None, metavar: str = "") -> Any:
    """An option of a command and what it means; a single line of text unless it is read otherwise."""
    metavar = metavar or Text("текст", "text")
    return typer.Option(name, help=Text(ru, en), parser=_repeating(read or line), metavar=metavar)


def flag(name: str, ru: str, en: str) -> Any:
    """An option without a value."""
    return typer.Option(name, help=Text(ru, en), metavar="")


def argument(ru: str, en: str, metavar: str, read: Callable[[str], Any] | None = None) -> Any:
    """A positional argument of a command."""
    return typer.Argument(help=Text(ru, en), metavar=metavar, parser=_repeating(read or line))


def _repeating(read: Callable[[str], Any]) -> Callable[[str], Any]:
    """The reader, with the wrong value repeated before what it says; a default passes as it is."""

    def parse(text: Any) -> Any:
        if not isinstance(text, str) or text == "":
            return text
        try:
            return read(text)
        except ValueError as wrong:
            raise ValueError(f"{text[:SHOWN]!r}: {wrong}") from None

    return parse


def line(text: str) -> str:
    """One line without control characters."""
    from contracts.requisites import require_text

    return _allowing(lambda: require_text(text, "text", LONGEST_TEXT))


def whole(least: int, most: int) -> Callable[[str], int]:
    """Reads a whole number between two bounds, in plain digits: neither 1_000 nor 1e3."""

    def read(text: str) -> int:
        if not re.fullmatch("[0-9]{1,19}", text) or not least <= int(text) <= most:
            raise ValueError(Text(f"нужно целое число от {least} до {most}", f"a whole number from {least} to {most}"))
        return int(text)

    return read


identifier = whole(1, 2**63 - 1)


def day(text: str) -> date:
    """A day that exists, 2026-10-05 or 05.10.2026."""
    found = re.fullmatch(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", text)
    turned = re.fullmatch(r"([0-9]{2})\.([0-9]{2})\.([0-9]{4})", text)
    parts = found.groups() if found else turned.groups()[::-1] if turned else ("0", "0", "0")
    try:
        return date(*map(int, parts))
    except ValueError:
        raise ValueError(
            Text("нужен день календаря, например 2026-10-05", "a day of the calendar, such as 2026-10-05")
        ) from None


def month(text: str) -> date:
    """A calendar month, 2026-10, as its first day."""
    try:
        return day(f"{text}-01")
    except ValueError:
        raise ValueError(Text("нужен месяц, например 2026-10", "a month, such as 2026-10")) from None


def moment(text: str) -> datetime:
    """A moment, 2026-10-05 10:00 in the seller's time or with an offset of its own: 2026-10-05T10:00+03:00."""
    form = r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2})?"
    try:
        if re.fullmatch(form, text):
            return datetime.fromisoformat(text)
    except ValueError:
        pass
    raise ValueError(Text("нужны дата и время, например 2026-10-05 10:00", "a date and time, such as 2026-10-05 10:00"))


def in_zone(typed: datetime, time_zone: str) -> datetime:
    """The instant of a typed moment; without an offset of its own it is the time of that zone."""
    return typed if typed.tzinfo is not None else typed.replace(tzinfo=ZoneInfo(time_zone))


def duration(text: str) -> int:
    """Minutes, typed as 1:30, 1,5 or "1 ч 30 мин" (H2)."""
    return _allowing(lambda: parse_minutes(text))


def amount(text: str) -> Money:
    """An amount of money, 33816.00."""
    return _allowing(lambda: Money.parse(text))


def existing_file(text: str) -> Path:
    """A file that is there and can be read."""
    file = Path(text)
    try:
        with file.open("rb"):
            return file
    except (OSError, ValueError):
        raise ValueError(
            Text("нет такого файла, или его нельзя прочесть", "no such file, or it cannot be read")
        ) from None


def one_of(*names: str) -> Callable[[str], str]:
    """Reads one of a few names."""

    def read(text: str) -> str:
        if text not in names:
            raise ValueError(Text(f"можно: {', '.join(names)}", f"allowed: {', '.join(names)}"))
        return text

    return read


def _allowing(read: Callable[[], Read]) -> Read:
    """The value, or what the rule that refused it allows: the option's name is put before it."""
    try:
        return read()
    except Refusal as refusal:
        allowed = refusal.facts.get("allowed", "")
        shown = ", ".join(map(str, allowed)) if isinstance(allowed, list) else in_words(allowed)
        raise ValueError(Text(f"можно: {shown}", f"allowed: {shown}")) from None
