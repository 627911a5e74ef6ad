"""A book of business read out of a table row by row: what each row says, and what is wrong where it cannot be read."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from contracts.book import LONGEST_KEY, BookRow, Values
from contracts.errors import Refusal
from contracts.file_mapping import Columns, find_columns
from contracts.file_rows import RowFault, RowReading, by_row, filled_rows, read_day
from contracts.mail_domains import own_domain
from contracts.money import Money
from contracts.policies import Purchase
from contracts.requisites import (
    ENGLISH,
    checked_requisites,
    normal_email,
    normal_phone,
    normal_registration,
    require_text,
    search_key,
)
from contracts.spreadsheet import Row, Spreadsheet
from entitlements.book_mapping import USUAL_HEADS, BookMapping
from entitlements.durations import parse_minutes

USUAL_PURCHASES = {
    **{purchase.value: purchase for purchase in Purchase},
    "коробка": Purchase.BOX,
    "апгрейд": Purchase.UPGRADE,
    "+итс": Purchase.PLUS_ITS,
}
REQUISITES = {
    **{name: name for name in ("full_name", "inn", "kpp", "ogrn", "address", "bank_name", "bic", "bank_account")},
    **{name: name for name in ("correspondent_account", "signatory_post", "signatory_name", "signatory_basis")},
    **{name: name for name in ("country", "postcode", "city", *ENGLISH)},
    "signatory_phrase": "signatory_phrase",
    "entity": "name",
    "entity_phone": "phone",
    "entity_email": "email",
}
"""The columns that speak of an entity, with the requisite that each gives."""
SOLD = ("contract", "signed_on", "subscription", "renews", "starts_on", "last_day", "months", "price")
"""The columns that speak of a subscription."""
BETWEEN_ADDRESSES = re.compile(r"[;,]\s*(?!\s*(?:доб|вн|ext|д[. ]*[0-9]))")
ZEROS_LOST = {"inn": (9, 11), "kpp": (8,), "bic": (8,)}
"""How many digits are left where a spreadsheet program took the zero before a number that may begin with one."""
DIGITS_LOST = re.compile(r"[0-9](?:[.,][0-9]+)?e\+[0-9]+", re.IGNORECASE)
SERIAL = re.compile("[1-9][0-9]{4}")
YEARS = range(1990, 2200)


@dataclass(frozen=True, slots=True)
class BookFile:
    """A book as it was read; `unread` are the heads of columns that nothing was read from."""

    columns: Columns
    mapping: BookMapping
    form: str
    rows: tuple[BookRow, ...]
    faults: tuple[RowFault, ...]
    unread: tuple[str, ...]

    def fault(self, row: int, wrong: Refusal) -> RowFault:
        """What is wrong in a row, under the head of its field."""
        value = wrong.facts.get("value")
        return RowFault(row, self.columns.over(wrong.field or ""), "" if value is None else str(value), wrong)


def read_book(table: Spreadsheet, mapping: BookMapping) -> BookFile:
    """The book under the heads in the first row that has any; empty rows are passed over.

    Raises `Refusal` with FILE_EMPTY, COLUMN_UNKNOWN, COLUMN_REPEATED, COLUMN_REQUIRED when no column names clients, or
    SHEET_REQUIRED when other sheets hold something too and none was chosen.
    """
    if table.other_sheets:
        raise Refusal("SHEET_REQUIRED", field="sheet", value=None, allowed=[table.form[6:], *table.other_sheets])
    heads, filled = filled_rows(table)
    columns = find_columns(heads, mapping, USUAL_HEADS)
    if not columns.places.keys() & {"external_id", "inn"}:
        columns.require(USUAL_HEADS, "client")
    read = [_Reading(number, cells, columns, mapping) for number, cells in filled]
    rows = tuple(row for reading in read if (row := reading.row()) is not None)
    known = {place for places in columns.places.values() for place in places}
    unread = tuple(head for place, head in enumerate(heads) if head and place not in known)
    faults = [fault for reading in read for fault in reading.faults]
    return BookFile(columns, mapping, table.form, rows, by_row(faults), unread)


def book_day(text: str, field: str) -> date:
    """A day, also as the number that a spreadsheet program keeps it as. Raises `Refusal("DAY_UNREADABLE")`."""
    day = date(1899, 12, 30) + timedelta(days=int(text)) if SERIAL.fullmatch(text) else read_day(text, field)
    if day.year not in YEARS:
        raise Refusal("DAY_UNREADABLE", field=field, value=text, allowed=f"{YEARS[0]} to {YEARS[-1]}")
    return day


class _Reading(RowReading):
    """A row of a book while it is read."""

    def __init__(self, number: int, cells: Row, columns: Columns, mapping: BookMapping) -> None:
        super().__init__(number, cells, columns, mapping)
        self._digits = mapping.digits

    def row(self) -> BookRow | None:
        """What the row says; none when anything in it is wrong."""
        entity = self._entity()
        client: Values = {"name": self._line("client", 300) or entity.get("name", ""), "language": self._language()}
        client |= {"external_id": self._number("external_id", 100), "domain": self._several("domain", own_domain)}
        if not (client["name"] or client["external_id"] or entity):
            self.required("client")
        registration, subscription = self._registration(), self._subscription()
        read = BookRow(
            row=self.number,
            client=client,
            entity=entity,
            contact=self._contact(client["name"] or ""),
            registration=registration,
            free=self._free() if registration else {},
            contract={"number": subscription["contract"], **self._days("signed_on")} if subscription else {},
            subscription=subscription,
            hours=self._hours(bool(subscription)),
            seller=self.text("seller"),
        )
        return None if self.faults else read

    def _number(self, name: str, longest: int = 40) -> str:
        """A number as it was before a spreadsheet program made one of it, as far as that can be known."""
        text = self._line(name, longest)
        if DIGITS_LOST.fullmatch(text):
            self.fault(name, text, Refusal("CELL_BROKEN", field=name, value=text))
        if text.isdecimal() and len(text) in ZEROS_LOST.get(name, ()):
            return f"0{text}"
        return text.zfill(self._digits.get(name, 0)) if text.isdecimal() else text

    def _line(self, name: str, longest: int) -> str:
        return self.read(name, lambda text: require_text(text, name, longest)) or ""

    def _days(self, *names: str) -> Values:
        return {name: self.read(name, lambda text, name=name: book_day(text, name)) for name in names}  # type: ignore[misc]

    def _one_of(self, name: str, choices: dict[str, Any]) -> Any:
        def chosen(text: str) -> Any:
            if search_key(text) not in choices:
                raise Refusal("FIELD_WRONG", field=name, value=text, allowed=list(choices))
            return choices[search_key(text)]

        return self.read(name, chosen)

    def _language(self) -> str | None:
        words = {"ru": "ru", "русский": "ru", "en": "en", "english": "en", "английский": "en"}
        language: str | None = self._one_of("language", words)
        return language

    def _entity(self) -> Values:
        """The requisites that the row gives, in their normal form; none without any but the name."""
        given = {name: self.text(column) for column, name in REQUISITES.items() if self.text(column)}
        for name in ("inn", "kpp", "bic"):
            if name in given and given.get("country") != "BY":  # whose numbers have nine digits
                given[name] = self._number(name)
        if not given.keys() - {"name"}:
            return {}
        try:
            if "inn" not in given:
                raise Refusal("VALUE_REQUIRED", field="inn")
            fine = checked_requisites({"name": "-", **given})
            return {name: value for name, value in fine.items() if name in given}
        except Refusal as wrong:
            column = next((column for column, name in REQUISITES.items() if name == wrong.field), wrong.field or "")
            self.fault(column, self.text(column), wrong)
            return {}

    def _contact(self, client: str) -> Values:
        """Who speaks for the client: a person, or only an address."""
        emails = self._several("email", normal_email)
        phones = self._several("phone", normal_phone)
        name = self._line("contact", 300)
        return {"name": name or client, "emails": emails, "phones": phones} if name or emails or phones else {}

    def _several(self, name: str, normal: Callable[[str, str], str]) -> list[str]:
        def read(text: str) -> list[str]:
            return [normal(part, name) for part in BETWEEN_ADDRESSES.split(text) if part.strip()]

        return self.read(name, read) or []

    def _registration(self) -> Values:
        number = normal_registration(self._number("registration"))
        said = {"product": self.text("product"), "purchase": self._one_of("purchase", USUAL_PURCHASES)}
        said |= self._days("bought_on", "surrendered_on")
        if not number and any(said.values()):
            self.required("registration")
        return {"number": number, **said} if number else {}

    def _free(self) -> Values:
        """A free period, which is said by its first and its last day and the plan that gave it (S1)."""
        days = self._days("free_from", "free_until")
        if not any(days.values()):
            return {}
        for name in ("free_from", "free_until", "plan"):
            self.required(name)
        if days["free_from"] and days["free_until"] and days["free_until"] < days["free_from"]:
            wrong = Refusal("TERM_EMPTY", field="free_until", value=days["free_until"], starts_on=days["free_from"])
            self.fault("free_until", self.text("free_until"), wrong)
        return {**days, **self._plan()}

    def _plan(self) -> Values:
        version = self.read("plan_version", lambda text: _whole(text, "plan_version", 1, 9999))
        return {"plan": self.text("plan"), "plan_version": version}

    def _subscription(self) -> Values:
        """What was sold, and for how long: the months, the last day, or both."""
        if not any(map(self.text, SOLD)):
            return {}
        days = self._days("starts_on", "last_day")
        for name in ("contract", "plan", "starts_on", "price"):
            self.required(name)
        if not self.text("months") and not self.text("last_day"):
            self.required("months")
        contract = self._number("contract", 60)
        return {
            "contract": contract,
            "key": self._number("subscription", LONGEST_KEY),
            "renews": self._number("renews", LONGEST_KEY),
            "term_months": self.read("months", lambda text: _whole(text, "months", 1, 60)),
            "price": self.read("price", lambda text: Money.parse(_two_decimals(text), self.text("currency") or "RUB")),
            **days,
            **self._plan(),
        }

    def _hours(self, of_subscription: bool) -> Values:
        """What is left of the hours: of a subscription, or, with its last day, of a package."""
        if not self.text("hours_left") and not self.text("hours_until"):
            return {}
        self.required("hours_left")
        if not of_subscription:
            self.required("hours_until")
        return {"minutes_left": self.read("hours_left", parse_minutes), **self._days("hours_until")}


def _whole(text: str, field: str, least: int, most: int) -> int:
    found = re.match(r"[0-9]{1,4}(?=\s*[а-яёa-z.]*$)", text, re.IGNORECASE)
    if found is None or not least <= int(found[0]) <= most:
        raise Refusal("FIELD_WRONG", field=field, value=text, allowed=f"{least} to {most}")
    return int(found[0])


def _two_decimals(text: str) -> str:
    """An amount as a spreadsheet program shows it: 33816.5 is 33816.50."""
    return f"{text}0" if re.fullmatch(r"-?[0-9]+[.,][0-9]", text) else text
