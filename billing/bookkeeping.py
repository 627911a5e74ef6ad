"""Bookkeeping: the bills of a seller read for the journal of some months (rules M4, E4)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, and_, or_, select
from sqlmodel import Session, col

from billing.bills import Act, ActLine, CreditNote, CreditNoteLine, Invoice, InvoiceKind, InvoiceLine
from billing.journal import Journal, Received, Source, Supply, Voucher, journal
from contracts.money import Money
from contracts.parties import Entity, Seller
from contracts.subscriptions import Amendment, Cancellation, Contract
from contracts.terms import ONE_DAY, Term


def journal_of(session: Session, seller: Seller, months: Term, received: Sequence[Received] = ()) -> Journal:
    """The journal of a seller's whole months, as it is known now.

    `received` is the money that came before the end of the months; without it nothing is known to be paid, and all that
    was supplied is owed. What came with a book without an invoice of ours is in the journal of who invoiced it.
    """
    return journal(months, _supplies(session, seller, months, {one.voucher.contract_id for one in received}), received)


@dataclass(frozen=True, slots=True)
class Side:
    """The client's side of a contract, as books name it."""

    contract_number: str
    name: str
    inn: str
    kpp: str


def sides(session: Session, seller_id: int) -> dict[int, Side]:
    """The client's side of each of a seller's contracts, by the contract's id."""
    named = select(col(Contract.id), col(Contract.number), col(Entity.name), col(Entity.inn), col(Entity.kpp))
    named = named.join(Entity, col(Entity.id) == col(Contract.entity_id)).where(col(Contract.seller_id) == seller_id)
    return {row.id: Side(row.number, row.name, row.inn, row.kpp) for row in _rows(session, named)}


def _supplies(session: Session, seller: Seller, months: Term, paid: set[int]) -> Iterator[Supply]:
    """The lines that have to do with the months; all lines of the contracts that paid."""
    for source, bill, line, query in _lines():
        known = and_(bill.seller_id == seller.id, bill.issued_on < months.ends_on)
        wanted = or_(
            line.supplied_until >= months.starts_on, bill.issued_on >= months.starts_on, bill.contract_id.in_(paid)
        )
        for row in _rows(session, query.where(known, wanted).order_by(line.id)):
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
    of_bill = ("id", "number", "client_id", "contract_id", "issued_on", "currency")
    of_line = ("position", "supplied_from", "supplied_until", "amount_minor", "tax_minor", "tax_percent")
    return [*(getattr(bill, name) for name in of_bill), *(getattr(line, name) for name in of_line)]


def _supply(seller: Seller, source: Source, row: Row[Any]) -> Supply:
    sign = -1 if source is Source.CREDIT_NOTE else 1
    cancelled_at = getattr(row, "cancelled_at", None)
    return Supply(
        voucher=Voucher(source, row.id, row.number, row.client_id, row.contract_id),
        position=row.position,
        supplied=Term(row.supplied_from, row.supplied_until + ONE_DAY),
        issued_on=row.issued_on,
        amount=Money(sign * row.amount_minor, row.currency),
        tax=Money(sign * row.tax_minor, row.currency),
        tax_percent=row.tax_percent,
        ended_on=None if cancelled_at is None else max(row.last_day, seller.day_of(cancelled_at)),
    )


def _rows(session: Session, query: Any) -> Iterable[Row[Any]]:
    return session.connection().execute(query)
