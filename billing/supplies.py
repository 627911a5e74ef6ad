"""What bills say is supplied, as values: what is paid ahead by its invoices, a month's work by its act (M4, E4)."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, exists, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from billing.bills import Act, ActKind, ActLine, CreditNote, CreditNoteLine, Invoice, InvoiceKind, InvoiceLine
from billing.invoicing import taxation
from billing.journal import BEGINNING, Source, Supply, Voucher
from billing.served_months import Prepaid
from billing.tax import Taxation, included_tax
from contracts.money import Money
from contracts.parties import Seller
from contracts.subscriptions import Amendment, Cancellation
from contracts.terms import ONE_DAY, Term

ENDED = (col(Cancellation.last_day), col(Cancellation.cancelled_at))
CHARGED_ON: Any = col(Invoice.issued_on).label("charged_on")
INVOICED: Any = (
    (Source.INVOICE, Invoice, InvoiceLine, InvoiceLine.invoice_id),
    (Source.CREDIT_NOTE, CreditNote, CreditNoteLine, CreditNoteLine.credit_note_id),
)
"""The bills of what is paid ahead."""


def supplies(session: Session, seller: Seller, months: Term, paid: Collection[int]) -> Iterator[Supply]:
    """The lines that have to do with the months; all lines of the contracts that paid."""
    taxed = taxation(session, seller.id)
    kinds: Any = (
        (Source.INVOICE, Invoice, InvoiceLine),
        (Source.ACT, Act, ActLine),
        (Source.CREDIT_NOTE, CreditNote, CreditNoteLine),
    )
    for source, bill, line in kinds:
        of_months = and_(
            bill.issued_on < months.ends_on,
            or_(line.supplied_until >= months.starts_on, bill.issued_on >= months.starts_on),
        )
        wanted = _lines(source).where(bill.seller_id == seller.id, or_(of_months, bill.contract_id.in_(paid)))
        for row in session.connection().execute(wanted.order_by(line.id)):
            yield from _supplied(seller, taxed, source, row)


def prepaid(session: Session, seller: Seller, month: Term, client_ids: Collection[int]) -> Iterator[Prepaid]:
    """What some clients paid ahead that has to do with a month: whole invoices, then what credit notes took off."""
    taxed = taxation(session, seller.id)
    for source, bill, line, owner in INVOICED:
        any_line = aliased(line)
        served = exists().where(
            getattr(any_line, owner.key) == bill.id, col(any_line.supplied_until) >= month.starts_on
        )
        wanted = _lines(source).where(
            bill.seller_id == seller.id,
            bill.client_id.in_(client_ids),
            bill.issued_on < month.ends_on,
            or_(bill.issued_on >= month.starts_on, served),
        )
        if bill is CreditNote:
            wanted = wanted.where(col(CreditNote.statement_id).is_(None))
        for row in session.connection().execute(wanted.order_by(line.id)):
            for supply in _supplied(seller, taxed, source, row):
                yield Prepaid(supply, row.invoice_id, row.line_id, row.exempt_ground)


def _lines(source: Source) -> Any:
    """The lines of a kind of bill that say what is supplied: none of an invoice of a month, which its act says, and
    none of an act over what was invoiced ahead."""
    if source is Source.ACT:
        asks = select(func.min(Invoice.id)).where(col(Invoice.statement_id) == col(Act.statement_id))
        acted = select(*_columns(Act, ActLine), asks.scalar_subquery().label("invoice_id"))
        acted = acted.join(ActLine, col(ActLine.act_id) == col(Act.id))
        return acted.where(col(Act.kind) == ActKind.MONTH)
    if source is Source.INVOICE:
        invoiced = select(*_columns(Invoice, InvoiceLine), col(Invoice.id).label("invoice_id"), CHARGED_ON, *ENDED)
        invoiced = invoiced.join(InvoiceLine, col(InvoiceLine.invoice_id) == col(Invoice.id))
        ended = col(Cancellation.subscription_id) == col(Invoice.subscription_id)
        return _with_end(invoiced, Invoice, ended).where(col(Invoice.kind) != InvoiceKind.MONTH)
    of_note = (col(CreditNote.invoice_id), col(CreditNote.statement_id))
    credited = select(*_columns(CreditNote, CreditNoteLine), *of_note, CHARGED_ON, *ENDED)
    credited = credited.join(CreditNoteLine, col(CreditNoteLine.credit_note_id) == col(CreditNote.id))
    credited = credited.join(Invoice, col(Invoice.id) == col(CreditNote.invoice_id))
    return _with_end(credited, CreditNote, col(Cancellation.id) == col(CreditNote.cancellation_id))


def _with_end(lines: Any, bill: Any, ended: ColumnElement[bool]) -> Any:
    """The lines of bills, each with the cancellation of its subscription or of the one that its amendment is of."""
    lines = lines.outerjoin(Amendment, col(Amendment.id) == bill.amendment_id)
    amended = col(Cancellation.subscription_id) == col(Amendment.subscription_id)
    return lines.outerjoin(Cancellation, or_(ended, amended))


def _columns(bill: Any, line: Any) -> list[Any]:
    of_bill = ("id", "number", "client_id", "entity_id", "contract_id", "issued_on", "issued_at", "currency")
    of_line = ("position", "supplied_from", "supplied_until", "amount_minor", "tax_minor", "tax_percent")
    told = [*(getattr(bill, name) for name in of_bill), *(getattr(line, name) for name in of_line)]
    return [*told, line.exempt_ground, line.id.label("line_id")]


def _supplied(seller: Seller, taxed: Taxation, source: Source, row: Row[Any]) -> Iterator[Supply]:
    """What a line says is supplied: whole, or in parts where the days are taxed otherwise by now than it says (M2).

    So it is when the seller's mode changed after the service was invoiced, and by the end of the service: what changes
    later does not concern days that are not served. A line of an act or of a credit note of a month is of work that was
    done, and a licence stays exempt.
    """
    supply = _supply(seller, source, row)
    if source is Source.ACT or row.exempt_ground is not None or getattr(row, "statement_id", None) is not None:
        yield supply
        return
    if supply.ended_on is not None:
        taxed = taxed.as_of(supply.ended_on)
        if not taxed.changed_since(row.charged_on):
            yield supply
            return
    spans = taxed.spans(supply.supplied)
    if all(rate.percent == supply.tax_percent for _, rate in spans):
        yield supply
        return
    for part, (days, rate) in enumerate(spans):
        tax = supply.tax if rate.percent == supply.tax_percent else included_tax(supply.amount, rate)
        yield replace(supply, counted=days, part=part, tax=tax, tax_percent=rate.percent)


def _supply(seller: Seller, source: Source, row: Row[Any]) -> Supply:
    sign = -1 if source is Source.CREDIT_NOTE else 1
    cancelled_at = getattr(row, "cancelled_at", None)
    cancelled_on = date.min if cancelled_at is None else seller.day_of(cancelled_at)
    return Supply(
        voucher=Voucher(source, row.id, row.number, row.client_id, row.entity_id, row.contract_id),
        position=row.position,
        supplied=Term(row.supplied_from, row.supplied_until + ONE_DAY),
        issued_on=row.issued_on,
        amount=Money(sign * row.amount_minor, row.currency),
        tax=Money(sign * row.tax_minor, row.currency),
        tax_percent=row.tax_percent,
        ended_on=None if cancelled_at is None else max(row.last_day, cancelled_on),
        known_on=seller.day_of(row.issued_at),
        known_at=row.issued_at,
        ended_at=BEGINNING if cancelled_at is None or row.last_day > cancelled_on else cancelled_at,
        invoice_id=row.invoice_id,
    )
