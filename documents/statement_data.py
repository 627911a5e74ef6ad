"""What a statement carries inside for programs and spreadsheets: its sheet as JSON, its tables as CSV (P5)."""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from functools import lru_cache

import msgspec

from documents.entry_lines import DifferenceKind, DifferenceSheet, EntrySheet, PaidFrom
from documents.statement import PoolSheet, StatementSheet
from documents.tables import Cell, plain
from documents.words import Language, hours_in_words, multiplier, tax_number_name


class DataFile(msgspec.Struct, frozen=True):
    """One file inside a paper; `relationship` is how it stands to what is printed (ISO 32000-2, 7.11.3)."""

    name: str
    relationship: str
    content: bytes
    made_at: datetime


def data_files(sheet: StatementSheet, sheet_json: bytes, language: Language) -> tuple[DataFile, ...]:
    """The files of a statement, by name: its tables for a spreadsheet, and the very data it is printed from."""
    made_at = datetime.combine(sheet.issued_on, time())
    return (
        DataFile("statement.csv", "Alternative", statement_csv(sheet, language), made_at),
        DataFile("statement.json", "Data", sheet_json, made_at),
    )


def statement_csv(sheet: StatementSheet, language: Language) -> bytes:
    """Who and when, the movement of hours and the entries, one under another with an empty line between, in minutes.

    A Russian spreadsheet program expects semicolons and decimal commas, an English one commas and points. An apostrophe
    keeps a text from being a formula.
    """
    separator, mark = (";", ",") if language is Language.RU else (",", ".")
    content = io.StringIO(newline="")
    writer = csv.writer(content, delimiter=separator)
    for part in (_about(sheet, language), _pools(sheet, language), _entries(sheet, language)):
        writer.writerows([plain(cell, mark) for cell in row] for row in part)
    return content.getvalue().encode("utf-8-sig")


@lru_cache(maxsize=256)
def difference_in_words(one: DifferenceSheet, language: Language) -> str:
    """Why billed minutes differ from worked ones: "минимум 1 ч", "out of working hours ×1.5" (H3)."""
    words = _DIFFERENCES[language][one.kind]
    return words.format(hours=hours_in_words(one.minutes, language), times=multiplier(one.percent, language))


_DIFFERENCES = {
    Language.RU: {
        DifferenceKind.ROUNDING: "округление до {hours}",
        DifferenceKind.MINIMUM: "минимум {hours}",
        DifferenceKind.IN_HOURS: "рабочее время ×{times}",
        DifferenceKind.OUT_OF_HOURS: "вне рабочего времени ×{times}",
        DifferenceKind.DAY_OFF: "выходной или праздник ×{times}",
        DifferenceKind.TICKET: "округлено вместе с другими работами по обращению",
        DifferenceKind.TRAVEL: "дорога {hours}",
        DifferenceKind.TRAVEL_FREE: "дорога {hours} не учитывается",
    },
    Language.EN: {
        DifferenceKind.ROUNDING: "rounded up in steps of {hours}",
        DifferenceKind.MINIMUM: "minimum {hours}",
        DifferenceKind.IN_HOURS: "working hours ×{times}",
        DifferenceKind.OUT_OF_HOURS: "out of working hours ×{times}",
        DifferenceKind.DAY_OFF: "weekend or public holiday ×{times}",
        DifferenceKind.TICKET: "rounded together with other work on the request",
        DifferenceKind.TRAVEL: "travel {hours}",
        DifferenceKind.TRAVEL_FREE: "travel {hours}, not billed",
    },
}
_ABOUT = {
    Language.RU: (
        "Отчёт о часах", "Месяц", "Составлен", "Исполнитель", "Заказчик", "Договор", "План", "Регистрация",
        "Возражения по",
    ),
    Language.EN: (
        "Statement of hours", "Month", "Drawn up on", "Contractor", "Client", "Contract", "Plan", "Registration",
        "Objections until",
    ),
}  # fmt: skip
_SOURCES = {
    Language.RU: (
        "Бонусные", "За счёт исполнителя", "Перенесённые", "Включённые в план", "Пакеты часов", "Сверх включённых",
        "Платно", "Без оплаты", "Вне договора",
    ),
    Language.EN: (
        "Bonus", "Goodwill", "Rolled over", "Included in the plan", "Packages", "Over the hours", "Paid",
        "Free of charge", "Out of scope",
    ),
}  # fmt: skip
_POOLS = {
    Language.RU: ("Часы, мин", "На начало", "Дано", "Перенос", "Использовано", "Сгорело", "На конец"),
    Language.EN: ("Hours, min", "Opening", "Given", "Rolled", "Used", "Expired", "Closing"),
}
_ENTRIES = {
    Language.RU: (
        "№", "Дата", "Обращение", "Тема", "Услуга", "Спросил", "Выполнил", "Канал", "Организация", "Отработано, мин",
        "Учтено, мин", "Почему иначе", "Цена часа", "Сумма", "Валюта",
    ),
    Language.EN: (
        "No.", "Date", "Request", "Subject", "Service", "Asked by", "Worked by", "Channel", "Company", "Worked, min",
        "Billed, min", "Why they differ", "Price of an hour", "Amount", "Currency",
    ),
}  # fmt: skip
_TOTAL = {Language.RU: "Итого", Language.EN: "Total"}

Rows = Iterator[Sequence[Cell]]


def _about(sheet: StatementSheet, language: Language) -> Rows:
    number, month, drawn_up, contractor, client, of_contract, plan, registration, objections = _ABOUT[language]
    yield number, sheet.number
    yield month, f"{sheet.term.starts_on:%Y-%m}"
    yield drawn_up, sheet.issued_on
    for role, party in ((contractor, sheet.seller), (client, sheet.client)):
        yield role, party.full_name or party.name
        yield tax_number_name(party.country, party.sole_trader, language), party.inn
    contract = sheet.contract
    yield (of_contract, contract.number, contract.signed_on) if contract is not None else (of_contract,)
    yield plan, *sheet.plans
    yield from ((registration, one.number, one.product, one.user) for one in sheet.registrations)
    yield objections, sheet.object_until_on
    yield ()


def _pools(sheet: StatementSheet, language: Language) -> Rows:
    names = dict(zip(PaidFrom, _SOURCES[language], strict=True))
    yield _POOLS[language]
    yield from (_movement(names[pool.kind], pool) for pool in sheet.pools)
    if sheet.pool_total is not None:
        yield _movement(_TOTAL[language], sheet.pool_total)
    yield ()


def _movement(name: str, pool: PoolSheet) -> Sequence[Cell]:
    return (
        name,
        pool.opening_minutes,
        pool.given_minutes,
        pool.rolled_minutes,
        pool.used_minutes,
        pool.burnt_minutes,
        pool.closing_minutes,
    )


def _entries(sheet: StatementSheet, language: Language) -> Rows:
    yield *_ENTRIES[language], *_SOURCES[language]
    yield from (_entry(number, entry, language) for number, entry in enumerate(sheet.entries, 1))
    empty: tuple[date | None, ...] = (None,) * 8
    sums = (sheet.worked_minutes, sheet.billed_minutes, None, None, sheet.total, sheet.total.currency)
    yield _TOTAL[language], *empty, *sums, *(sheet.minutes_from(source) for source in PaidFrom)


def _entry(number: int, entry: EntrySheet, language: Language) -> Sequence[Cell]:
    return (
        number,
        entry.worked_on,
        entry.ticket,
        entry.title,
        entry.service,
        entry.asked_by,
        entry.worked_by,
        entry.channel,
        entry.entity,
        entry.worked_minutes,
        entry.billed_minutes,
        ", ".join(difference_in_words(one, language) for one in entry.differences),
        entry.hour_rate,
        entry.amount,
        entry.amount.currency,
        *(entry.minutes_from(source) for source in PaidFrom),
    )
