"""A book of business as a file tells it: what its rows say of each client, entity, program, contract, subscription.

A row may say as much as it likes, and the same thing may be said by many rows: what they say of one thing is gathered
under its natural key, and two rows that contradict each other are a fault of the later one.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from contracts.errors import Refusal
from contracts.requisites import search_key

Values = dict[str, Any]
LONGEST_KEY = 100
OWN_NUMBER = re.compile(r"(?P<year>[0-9]{4})-(?P<sequence>[0-9]{4,})")
"""The form of the numbers that our own series of contracts gives."""


@dataclass(frozen=True, slots=True)
class BookRow:
    """What one row says, thing by thing; a thing that it does not speak of is empty.

    Of the client it names the external id, the name, the language and its mail domains; of a contact the name, `emails`
    and `phones`.
    """

    row: int
    client: Values
    entity: Values = field(default_factory=dict)
    contact: Values = field(default_factory=dict)
    registration: Values = field(default_factory=dict)
    free: Values = field(default_factory=dict)
    contract: Values = field(default_factory=dict)
    subscription: Values = field(default_factory=dict)
    hours: Values = field(default_factory=dict)
    seller: str = ""


@dataclass(slots=True)
class Said:
    """What the file says of one thing, and the first row that speaks of it."""

    row: int
    values: Values


RowRefusal = tuple[int, Refusal]
"""What is wrong, and in which row."""
ClientKey = tuple[str, str]
"""How a client is known in the file: by its external id, else by its INN, else by its name."""
EntityKey = tuple[str, str]
"""An INN and a KPP."""
SoldKey = tuple[str, str]
"""The code of a seller, and a contract's number or a subscription's key."""
BalanceKey = tuple[str, ClientKey, date]
"""The code of a seller, a client, and the last day of the hours."""


Codes = Mapping[str, Mapping[str, str]]
"""The codes of plans and of products, by what else they are called, in the writing of `search_key`."""


@dataclass(slots=True)
class Book:
    """All that a file says, by natural keys, and where its rows contradict each other."""

    clients: dict[ClientKey, Said] = field(default_factory=dict)
    entities: dict[EntityKey, Said] = field(default_factory=dict)
    contacts: dict[tuple[ClientKey, str], Said] = field(default_factory=dict)
    registrations: dict[str, Said] = field(default_factory=dict)
    free: dict[str, Said] = field(default_factory=dict)
    contracts: dict[SoldKey, Said] = field(default_factory=dict)
    subscriptions: dict[SoldKey, Said] = field(default_factory=dict)
    balances: dict[BalanceKey, Said] = field(default_factory=dict)
    faults: list[RowRefusal] = field(default_factory=list)

    def gather(self, things: dict[Any, Said], key: Any, row: int, values: Mapping[str, Any]) -> None:
        """Add what a row says of a thing; a list joins the one that is there, anything else has to be the same."""
        said = things.setdefault(key, Said(row, {}))
        for name, value in values.items():
            known = said.values.get(name)
            if value in (None, "", []):
                continue
            if isinstance(value, list):
                said.values[name] = list(dict.fromkeys((*(known or ()), *value)))
            elif known in (None, ""):
                said.values[name] = value
            elif not _same(known, value):
                shown = " ".join(known) if isinstance(known, tuple) else str(known)
                wrong = Refusal("ROW_CONTRADICTS", field=name, first_row=said.row, allowed=shown)
                self.faults.append((row, wrong))


def _same(known: Any, value: Any) -> bool:
    """Whether two values are one; texts are, in whatever case and with whatever spaces they are written."""
    if isinstance(known, str) and isinstance(value, str):
        return search_key(known) == search_key(value)
    return bool(known == value)


def book_of(rows: Sequence[BookRow], seller_code: str, codes: Codes) -> Book:
    """The book that the rows tell.

    Where they name no seller it is the one given, and names of plans and products become their codes.
    """
    rows = [_spelled(row, seller_code, codes) for row in rows]
    book, keys = Book(), _Keys(rows)
    for row in rows:
        try:
            client = keys.of(row)
        except Refusal as wrong:
            book.faults.append((row.row, wrong))
        else:
            _gather(book, row, client)
    return book


def _spelled(row: BookRow, seller_code: str, codes: Codes) -> BookRow:
    def spelled(values: Values) -> Values:
        names = {name: codes[name].get(search_key(text), text) for name, text in values.items() if name in codes}
        return {**values, **names}

    return replace(
        row,
        seller=row.seller or seller_code,
        registration=spelled(row.registration),
        free=spelled(row.free),
        subscription=spelled(row.subscription),
    )


def _gather(book: Book, row: BookRow, client: ClientKey) -> None:
    book.gather(book.clients, client, row.row, row.client)
    entity = (row.entity["inn"], row.entity.get("kpp", "")) if row.entity else None
    owner = {"client": client, "entity": entity}
    if entity is not None:
        book.gather(book.entities, entity, row.row, {**row.entity, "client": client})
    if row.contact:
        name = row.contact["name"]
        book.gather(book.contacts, (client, search_key(name)), row.row, row.contact)
    if row.registration:
        described = {"entity": entity} if row.registration.get("product") else {}  # else the entity is the contract's
        told = {**row.registration, "client": client, **described}
        book.gather(book.registrations, row.registration["number"], row.row, told)
    if row.free:
        book.gather(book.free, row.registration["number"], row.row, {**row.free, "seller": row.seller})
    if row.subscription:
        number, key = row.contract["number"], _sold_key(row)
        book.gather(book.contracts, (row.seller, number), row.row, {**row.contract, **owner})
        numbers = [row.registration["number"]] if row.registration else []
        told = {**row.subscription, **row.hours, "contract": number, "client": client, "registrations": numbers}
        book.gather(book.subscriptions, (row.seller, key), row.row, told)
    elif row.hours:
        book.gather(book.balances, (row.seller, client, row.hours["hours_until"]), row.row, row.hours)


def _sold_key(row: BookRow) -> str:
    """The key of a subscription; one without its own is known by its contract, plan and start."""
    told = row.subscription
    return told["key"] or f"{row.contract['number']}/{told['plan']}/{told['starts_on']}"[:LONGEST_KEY]


class _Keys:
    """Under which key each row's client is known: rows that name it less exactly follow those that do it better."""

    def __init__(self, rows: Iterable[BookRow]) -> None:
        self._by_inn: dict[str, dict[ClientKey, None]] = defaultdict(dict)
        self._by_name: dict[str, dict[ClientKey, None]] = defaultdict(dict)
        rows = list(rows)
        for row in rows:
            if row.client.get("external_id"):
                self._know(row, ("external_id", row.client["external_id"]))
        for row in rows:
            if row.entity and not row.client.get("external_id"):
                inn = row.entity["inn"]
                self._know(row, next(iter(self._by_inn[inn]), ("inn", inn)))

    def _know(self, row: BookRow, key: ClientKey) -> None:
        if row.entity:
            self._by_inn[row.entity["inn"]][key] = None
        if row.client.get("name"):
            self._by_name[search_key(row.client["name"])][key] = None

    def of(self, row: BookRow) -> ClientKey:
        """The client's key. Raises `Refusal("CLIENT_AMBIGUOUS")` when the row fits several clients of the file (D4)."""
        external_id, name = row.client.get("external_id"), search_key(row.client.get("name") or "")
        if external_id:
            return ("external_id", external_id)
        known = self._by_inn[row.entity["inn"]] if row.entity else self._by_name.get(name, {})
        if len(known) > 1:
            raise Refusal("CLIENT_AMBIGUOUS", field="client", candidates=[key for _, key in known])
        return next(iter(known), ("name", name))
