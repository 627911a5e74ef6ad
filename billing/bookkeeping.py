"""Bookkeeping: the bills of a seller read for the journal of some months (rules M4, E4)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, and_, or_, select, union
from sqlmodel import Session, col

from billing.bills import Act, ActLine, CreditNote, CreditNoteLine, Invoice, InvoiceKind, InvoiceLine
from billing.double_entry import entries, journal
from billing.journal import Entry, Journal, Moved, Source, Supply, Voucher
from billing.money_moves import money_moves
from billing.payments import Payment
from contracts.money import Money
from contracts.parties import Entity, Seller
from contracts.subscriptions import Amendment, Cancellation, Contract
from contracts.terms import ONE_DAY, Term


def journal_of(session: Session, seller: Seller, months: Term) -> Journal:
    """The journal of a seller's whole months, as it is known now.

    What came with a book without an invoice of ours is in the journal of who invoiced it.
    """
    supplies, moves = _told(session, seller, months)
    return journal(months, supplies, moves)


def entries_of(session: Session, seller: Seller, months: Term) -> Iterator[Entry]:
    """The entries of that journal one by one, in no order."""
    supplies, moves = _told(session, seller, months)
    return entries(months, supplies, moves)


def _told(session: Session, seller: Seller, months: Term) -> tuple[Iterator[Supply], list[Moved]]:
    moves = money_moves(session, seller)
    paid = {side.contract_id for one in moves for side in one.sides if side.contract_id is not None}
    return _supplies(session, seller, months, paid), moves


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


def _supplies(session: Session, seller: Seller, months: Term, paid: set[int]) -> Iterator[Supply]:
    """The lines that have to do with the months; all lines of the contracts that paid."""
    for source, bill, line, query in _lines():
        of_months = and_(
            bill.issued_on < months.ends_on,
            or_(line.supplied_until >= months.starts_on, bill.issued_on >= months.starts_on),
        )
        wanted = query.where(bill.seller_id == seller.id, or_(of_months, bill.contract_id.in_(paid)))
        for row in _rows(session, wanted.order_by(line.id)):
            yield _supply(seller, source, row)


def _lines() -> list[tuple[Source, Any, Any, Any]]:
    """The bills that say what is supplied: an act says it of a month's work, an invoice of what is paid ahead."""
    ended = (col(Cancellation.last_day), col(Cancellation.cancelled_at))
    invoiced = (
        select(*_columns(Invoice, InvoiceLine), *ended)
        .join(InvoiceLine, col(InvoiceLine.invoice_id) == col(Invoice.id))
        .outerjoin(Amendment, col(Amendment.id) == col(Invoice.amendment_id))
        .outerjoin(
            Cancellation,
            or_(
                col(Cancellation.subscription_id) == col(Invoice.subscription_id),
                col(Cancellation.subscription_id) == col(Amendment.subscription_id),
            ),
        )
        .where(col(Invoice.kind) != InvoiceKind.MONTH)
    )
    acted = select(*_columns(Act, ActLine)).join(ActLine, col(ActLine.act_id) == col(Act.id))
    credited = (
        select(*_columns(CreditNote, CreditNoteLine), *ended)
        .join(CreditNoteLine, col(CreditNoteLine.credit_note_id) == col(CreditNote.id))
        .outerjoin(Amendment, col(Amendment.id) == col(CreditNote.amendment_id))
        .outerjoin(
            Cancellation,
            or_(
                col(Cancellation.id) == col(CreditNote.cancellation_id),
                col(Cancellation.subscription_id) == col(Amendment.subscription_id),
            ),
        )
    )
    return [
        (Source.INVOICE, Invoice, InvoiceLine, invoiced),
        (Source.ACT, Act, ActLine, acted),
        (Source.CREDIT_NOTE, CreditNote, CreditNoteLine, credited),
    ]


def _columns(bill: Any, line: Any) -> list[Any]:
    of_bill = ("id", "number", "client_id", "entity_id", "contract_id", "issued_on", "issued_at", "currency")
    of_line = ("position", "supplied_from", "supplied_until", "amount_minor", "tax_minor", "tax_percent")
    return [*(getattr(bill, name) for name in of_bill), *(getattr(line, name) for name in of_line)]


def _supply(seller: Seller, source: Source, row: Row[Any]) -> Supply:
    sign = -1 if source is Source.CREDIT_NOTE else 1
    cancelled_at = getattr(row, "cancelled_at", None)
    return Supply(
        voucher=Voucher(source, row.id, row.number, row.client_id, row.entity_id, row.contract_id),
        position=row.position,
        supplied=Term(row.supplied_from, row.supplied_until + ONE_DAY),
        issued_on=row.issued_on,
        amount=Money(sign * row.amount_minor, row.currency),
        tax=Money(sign * row.tax_minor, row.currency),
        tax_percent=row.tax_percent,
        ended_on=None if cancelled_at is None else max(row.last_day, seller.day_of(cancelled_at)),
        known_on=seller.day_of(row.issued_at),
        known_at=row.issued_at,
    )


def _rows(session: Session, query: Any) -> Iterable[Row[Any]]:
    return session.connection().execute(query)
