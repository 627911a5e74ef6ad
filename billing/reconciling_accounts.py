"""Drawing up how a seller and a client's entity stand, and issuing the reconciliation act of it (rules P1, E4)."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from billing.bills import Act, ActKind, CreditNote, Invoice, InvoiceKind
from billing.journal import Source
from billing.money_moves import money_moves
from billing.reconciliation_acts import ReconciliationAct
from billing.settlement import Settled, Settlement, settlement
from contracts.errors import Refusal
from contracts.known_rows import known_row
from contracts.money import CURRENCIES, Money
from contracts.numbering import Series, take_number
from contracts.parties import Entity, Seller
from contracts.terms import Term

BILLS: tuple[tuple[Source, Any, int], ...] = (
    (Source.INVOICE, Invoice, 1),
    (Source.ACT, Act, 1),
    (Source.CREDIT_NOTE, CreditNote, -1),
)


def settlement_of(
    session: Session,
    seller: Seller,
    entity: Entity,
    span: Term,
    currency: str = "RUB",
) -> Settlement:
    """How the two stand over a span, in one currency, as it is known now.

    Work of a month counts with its act; the invoice of the month asks for the same sum once more, as the acts over what
    was paid ahead accept what its invoices asked for.
    """
    papers = [*_billed(session, seller, entity, span, currency), *_paid(session, seller, entity, currency)]
    return settlement(span, papers, currency)


def _paid(session: Session, seller: Seller, entity: Entity, currency: str) -> Iterator[Settled]:
    """What was paid for the entity's invoices, and what it paid that is put to none; what goes to another's, or back,
    is owed again. What moved of a payment on a day is one line."""
    moved: dict[tuple[date, Source, int, str], int] = defaultdict(int)
    for one in money_moves(session, seller, entity.client_id):
        for side, sign in ((one.origin, -1), (one.target, 1)):
            if side is not None and side.entity_id == entity.id and one.amount.currency == currency:
                moved[one.on, one.voucher.source, one.voucher.id, one.voucher.number] += sign * one.amount.minor
    for (on, source, _, number), minor in moved.items():
        if minor:
            yield Settled(on, source, number, Money(max(-minor, 0), currency), Money(max(minor, 0), currency))


def _billed(session: Session, seller: Seller, entity: Entity, span: Term, currency: str) -> Iterator[Settled]:
    nothing = Money(0, currency)
    for source, bill, sign in BILLS:
        own = select(bill.issued_on, bill.number, bill.total_minor).where(
            bill.seller_id == seller.id,
            bill.entity_id == entity.id,
            bill.currency == currency,
            bill.issued_on < span.ends_on,
        )
        if source is Source.INVOICE:
            own = own.where(col(Invoice.kind) != InvoiceKind.MONTH)
        elif source is Source.ACT:
            own = own.where(col(Act.kind) == ActKind.MONTH)
        for row in session.connection().execute(own):
            total = Money(row.total_minor, currency)
            debit, credit = (total, nothing) if sign > 0 else (nothing, total)
            yield Settled(row.issued_on, source, row.number, debit, credit)


def draw_up(
    session: Session, seller: Seller, entity_id: int, span: Term, currency: str = "RUB", *, at: datetime
) -> Settlement:
    """What the act of a span would say, and refuses as the act does; nothing is issued.

    Raises `Refusal` with ENTITY_UNKNOWN, or FIELD_WRONG for an unknown currency or a span that goes on.
    """
    entity = known_row(session, Entity, entity_id)
    on = seller.day_of(at)
    if span.last_day > on:
        raise Refusal("FIELD_WRONG", field="last_day", value=span.last_day, allowed=f"{on} or earlier")
    if currency not in CURRENCIES:
        raise Refusal("FIELD_WRONG", field="currency", value=currency, allowed=", ".join(CURRENCIES))
    return settlement_of(session, seller, entity, span, currency)


def reconcile_accounts(
    session: Session,
    seller: Seller,
    entity_id: int,
    span: Term,
    currency: str = "RUB",
    *,
    at: datetime,
) -> tuple[ReconciliationAct, Settlement]:
    """Issue the act of a span that is over, under the next number of its own series, with the lines that it rests on.

    Raises as `draw_up`.
    """
    found = draw_up(session, seller, entity_id, span, currency, at=at)
    entity, on = known_row(session, Entity, entity_id), seller.day_of(at)
    act = ReconciliationAct(
        seller_id=seller.id,
        client_id=entity.client_id,
        entity_id=entity.id,
        starts_on=span.starts_on,
        ends_on=span.ends_on,
        currency=currency,
        opening_minor=found.opening.minor,
        debit_minor=found.debit.minor,
        credit_minor=found.credit.minor,
        closing_minor=found.closing.minor,
        issued_on=on,
        issued_at=at,
        **take_number(session, seller.id, Series.RECONCILIATION, on.year),
    )
    session.add(act)
    session.flush()
    return act, found
