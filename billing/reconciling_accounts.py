"""Drawing up how a seller and a client's entity stand, and issuing the reconciliation act of it (rules P1, E4)."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from billing.bills import Act, ActKind, CreditNote
from billing.journal import Source
from billing.money_moves import money_moves
from billing.reconciliation_acts import ReconciliationAct
from billing.settlement import Settled, Settlement, settlement
from billing.supplies import prepaid
from contracts.errors import Refusal
from contracts.known_rows import known_row
from contracts.money import CURRENCIES, Money
from contracts.numbering import Series, take_number
from contracts.parties import Entity, Seller
from contracts.terms import Term, first_of_month, next_month
from entitlements.statements import Statement

_minor = attrgetter("minor")

BILLS: tuple[tuple[Source, Any, int, tuple[Any, ...]], ...] = (
    (Source.ACT, Act, 1, ()),
    (Source.CREDIT_NOTE, CreditNote, -1, (col(CreditNote.statement_id).is_not(None),)),
)
"""What accepts what was supplied, and what takes back work of a month; acts of service are less other credit notes."""


def settlement_of(
    session: Session,
    seller: Seller,
    entity: Entity,
    span: Term,
    currency: str = "RUB",
) -> Settlement:
    """How the two stand over a span, in one currency, as it is known now.

    What was supplied counts with its act, on the last day of the month, and so from the moment when the month is
    closed; an invoice asks to pay and is owed as it is served. So at the end of a closed month the two stand as the
    client's accounts of the journal do.
    """
    of = (session, seller, entity)
    papers = [*_accepted(*of, span.ends_on, currency), *_unacted(*of, span.ends_on, currency), *_paid(*of, currency)]
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
            yield _settled(on, source, number, Money(-minor, currency))


def _accepted(session: Session, seller: Seller, entity: Entity, before: date, currency: str) -> Iterator[Settled]:
    """The acts of both kinds and the credit notes of months, each on its day."""
    for source, bill, sign, which in BILLS:
        own = select(bill.issued_on, bill.number, bill.total_minor).where(
            bill.seller_id == seller.id,
            bill.entity_id == entity.id,
            bill.currency == currency,
            bill.issued_on < before,
            *which,
        )
        for row in session.connection().execute(own):
            yield _settled(row.issued_on, source, row.number, Money(sign * row.total_minor, currency))


def _unacted(session: Session, seller: Seller, entity: Entity, before: date, currency: str) -> Iterator[Settled]:
    """What closed months of a contract without an act of service served, by the invoices and credit notes of the
    journal: those from before acts carried the service, and those in which credit notes took off all of it."""
    until = min(_closed_until(session, seller, entity), first_of_month(before))
    if until == date.min:
        return
    acts = select(col(Act.contract_id), col(Act.issued_on)).where(
        col(Act.seller_id) == seller.id,
        col(Act.entity_id) == entity.id,
        col(Act.currency) == currency,
        col(Act.kind) == ActKind.SERVICE,
    )
    acted = {(row.contract_id, row.issued_on) for row in session.connection().execute(acts)}
    for one in prepaid(session, seller, Term(date.min, until), [entity.client_id]):
        paper, opens = one.supply.voucher, first_of_month(one.supply.issued_on)
        if (paper.entity_id, one.supply.amount.currency) != (entity.id, currency):
            continue
        while opens < until and not one.supply.is_all_before(opens):
            month = Term.calendar_month(opens)
            amount, _ = one.supply.in_month(month)
            if amount.minor and (paper.contract_id, month.last_day) not in acted:
                yield _settled(month.last_day, paper.source, paper.number, amount)
            opens = month.ends_on


def _closed_until(session: Session, seller: Seller, entity: Entity) -> date:
    """The day after the last month of the entity's client that is closed."""
    months = select(func.max(col(Statement.month))).where(
        col(Statement.seller_id) == seller.id, col(Statement.client_id) == entity.client_id
    )
    last: date | None = session.connection().execute(months).scalar()
    return date.min if last is None else next_month(last)


def _settled(on: date, source: Source, number: str, amount: Money) -> Settled:
    nothing = Money(0, amount.currency)
    return Settled(on, source, number, max(amount, nothing, key=_minor), max(-amount, nothing, key=_minor))


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
