"""Bookkeeping: the bills of a seller read for the journal of some months (rules M4, E4)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select, union
from sqlmodel import Session, col

from billing.double_entry import entries, journal
from billing.journal import Entry, Journal, Moved, Supply
from billing.money_moves import money_moves
from billing.payments import Payment
from billing.supplies import supplies
from contracts.parties import Entity, Seller
from contracts.subscriptions import Contract
from contracts.terms import Term


def journal_of(session: Session, seller: Seller, months: Term) -> Journal:
    """The journal of a seller's whole months, as it is known now.

    What came with a book without an invoice of ours is in the journal of who invoiced it.
    """
    supplied, moves = _told(session, seller, months)
    return journal(months, supplied, moves)


def entries_of(session: Session, seller: Seller, months: Term) -> Iterator[Entry]:
    """The entries of that journal one by one, in no order."""
    supplied, moves = _told(session, seller, months)
    return entries(months, supplied, moves)


def _told(session: Session, seller: Seller, months: Term) -> tuple[Iterator[Supply], list[Moved]]:
    moves = money_moves(session, seller)
    paid = {side.contract_id for one in moves for side in one.sides if side.contract_id is not None}
    return supplies(session, seller, months, paid), moves


@dataclass(frozen=True, slots=True)
class Party:
    """A client's entity, as books name it."""

    name: str
    inn: str
    kpp: str


@dataclass(frozen=True, slots=True)
class Sides:
    """The clients' sides of a seller's books: the entities and the numbers of the contracts, by their ids."""

    parties: Mapping[int, Party]
    contracts: Mapping[int, str]


def sides(session: Session, seller_id: int) -> Sides:
    """The entities that have contracts with a seller or paid it, and the contracts."""
    known = [select(col(of.entity_id)).where(col(of.seller_id) == seller_id) for of in (Contract, Payment)]
    named = select(*(col(getattr(Entity, name)) for name in ("id", "name", "inn", "kpp")))
    named = named.where(col(Entity.id).in_(union(*known)))
    numbers = select(col(Contract.id), col(Contract.number)).where(col(Contract.seller_id) == seller_id)
    return Sides(
        {row.id: Party(row.name, row.inn, row.kpp) for row in _rows(session, named)},
        {row.id: row.number for row in _rows(session, numbers)},
    )


def _rows(session: Session, query: Any) -> Iterable[Row[Any]]:
    return session.connection().execute(query)
