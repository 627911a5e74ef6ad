"""Taking over the contracts of a book under the numbers that they have on paper (S13)."""

from collections import defaultdict
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from contracts.book import OWN_NUMBER, Book, Said, SoldKey
from contracts.booked_parties import Booked, rows_of
from contracts.booked_programs import Occasion, Offered, Owners
from contracts.errors import Refusal
from contracts.numbering import NumberSeries, Series, take_numbers
from contracts.subscriptions import Contract

FOREIGN = 0
"""The year of the series that counts contracts with numbers of other systems."""


def book_contracts(session: Session, book: Book, owners: Owners, offered: Offered, occasion: Occasion) -> Booked:
    """The contracts. One keeps the number that it has on paper: a foreign one stands beside the series of our own
    numbers, one of our own form goes on with its series and is refused with NUMBER_OUT_OF_SERIES where it would leave
    a gap or come twice (S13). A number that another entity has is refused with CONTRACT_EXISTS."""
    booked, contracts = Booked(), _Contracts(session, book, offered, occasion)
    for key, said in sorted(book.contracts.items(), key=lambda one: _in_series(one[0][1])):
        try:
            owner = owners.of(said.values)
            if owner is not None:
                contracts.add(key, said, owner)
        except Refusal as wrong:
            booked.refuse(said, wrong)
    booked.ids |= contracts.known
    booked.known = len(booked.ids)
    booked.store(session, Contract, contracts.numbered(session))
    return booked


def _in_series(number: str) -> tuple[int, int, str]:
    own = OWN_NUMBER.fullmatch(number)
    return (int(own["year"]), int(own["sequence"]), number) if own else (FOREIGN, 0, number)


class _Contracts:
    """The contracts that are known, and those that are to be made, in the order of their numbers."""

    def __init__(self, session: Session, book: Book, offered: Offered, occasion: Occasion) -> None:
        self._book, self._offered, self._occasion = book, offered, occasion
        columns = ("id", "seller_id", "number", "client_id", "entity_id")
        stored = select(*(getattr(Contract, name) for name in columns))
        numbers = [number for _, number in book.contracts]
        self._stored = {(row.seller_id, row.number): row for row in rows_of(session, stored, Contract.number, numbers)}
        last = select(col(NumberSeries.seller_id), col(NumberSeries.year), col(NumberSeries.last_number))
        own = last.where(col(NumberSeries.series) == Series.CONTRACT)
        self._last: dict[tuple[int, int], int] = defaultdict(int)
        self._last |= {(seller_id, year): number for seller_id, year, number in session.connection().execute(own)}
        self._first_days: dict[SoldKey, date] = {}
        for (seller, _), said in book.subscriptions.items():
            key = (seller, said.values["contract"])
            self._first_days[key] = min(said.values["starts_on"], self._first_days.get(key, date.max))
        self.known: dict[SoldKey, int] = {}
        self._made: dict[SoldKey, dict[str, Any]] = {}
        self._named: set[tuple[int, str]] = set()

    def add(self, key: SoldKey, said: Said, owner: tuple[int, int]) -> None:
        """Find the contract, or make it."""
        seller_id, number = self._offered.seller_id(key[0]), key[1]
        stored = self._stored.get((seller_id, number))
        if stored is not None:
            if (stored.client_id, stored.entity_id) != owner:
                raise Refusal("CONTRACT_EXISTS", field="contract", value=number, client_id=stored.client_id)
            self.known[key] = stored.id
            return
        if (seller_id, number) in self._named:
            raise Refusal("CONTRACT_EXISTS", field="contract", value=number)
        signed_on = said.values.get("signed_on", min(self._first_days[key], self._occasion.on))
        if signed_on > self._occasion.on:
            raise Refusal("DAY_IN_FUTURE", field="signed_on", value=signed_on, allowed=f"until {self._occasion.on}")
        year, sequence, _ = _in_series(number)
        following = self._last[seller_id, year] + 1
        if year != FOREIGN and sequence != following:
            raise Refusal("NUMBER_OUT_OF_SERIES", field="contract", value=number, allowed=f"{year}-{following:04d}")
        self._last[seller_id, year] = following
        self._named.add((seller_id, number))
        parties = {"seller_id": seller_id, "client_id": owner[0], "entity_id": owner[1]}
        self._made[key] = {**parties, "number": number, "year": year, "signed_on": signed_on}

    def numbered(self, session: Session) -> dict[SoldKey, dict[str, Any]]:
        """The new contracts, each with its place in its series."""
        places: dict[tuple[int, int], list[SoldKey]] = defaultdict(list)
        for key, row in self._made.items():
            places[row["seller_id"], row["year"]].append(key)
        for (seller_id, year), keys in sorted(places.items()):
            numbers = take_numbers(session, seller_id, Series.CONTRACT, year, len(keys))
            for key, number in zip(keys, numbers, strict=True):
                self._made[key] |= {"sequence": number["sequence"], "created_at": self._occasion.at}
        return self._made
