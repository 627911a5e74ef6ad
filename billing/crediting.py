"""Crediting what was invoiced and will not be served: one credit note for every reduction (rules S11, M4)."""

from datetime import datetime

from sqlmodel import Session, select

from billing.bills import CreditNote, CreditNoteLine, Invoice
from billing.invoice_lines import LineAmounts, line_columns, term_lines
from billing.invoicing import bill_columns, subscription_lines, tax_modes
from contracts.money import Money
from contracts.numbering import Series
from contracts.subscriptions import Cancellation, Contract, Subscription
from contracts.terms import ONE_DAY, Term


def credit_cancellation(session: Session, cancellation: Cancellation, *, at: datetime) -> CreditNote | None:
    """The credit note for what a cancellation gives back, taxed as the days that are not served; none for nothing."""
    if cancellation.refund_minor == 0:
        return None
    sold = session.get_one(Subscription, cancellation.subscription_id)
    lines = _lines(session, sold, cancellation)
    contract = session.get_one(Contract, sold.contract_id)
    note = CreditNote(
        invoice_id=session.exec(select(Invoice.id).where(Invoice.subscription_id == sold.id)).one(),
        cancellation_id=cancellation.id,
        **bill_columns(session, contract, Series.CREDIT_NOTE, lines, sold.currency, at),
    )
    session.add(note)
    session.flush()
    for position, line in enumerate(lines, 1):
        session.add(CreditNoteLine(credit_note_id=note.id, position=position, **line_columns(line)))
    session.flush()
    return note


def _lines(session: Session, sold: Subscription, cancellation: Cancellation) -> list[LineAmounts]:
    """Those of the invoice where nothing is served, else one for the days after the last one."""
    if sold.never_serves:
        return subscription_lines(session, sold)
    unserved = Term(cancellation.last_day + ONE_DAY, sold.ends_on)
    return term_lines(unserved, Money(cancellation.refund_minor, sold.currency), tax_modes(session, sold.seller_id))
