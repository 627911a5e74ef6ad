"""Crediting what was invoiced and will not be served: one credit note for every reduction (rules S9, S11, M4)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, select

from billing.bills import CreditNote, CreditNoteLine, Invoice
from billing.invoice_lines import LineAmounts, term_line_columns, term_lines
from billing.invoicing import amendment_lines, bill_columns, exemption, subscription_lines, taxation
from billing.settling import InvoiceState, standing_of
from billing.taking_dunning_steps import lift_settled
from contracts.amending import Amended
from contracts.catalogue import PlanVersion
from contracts.money import Money
from contracts.numbering import Series
from contracts.paying import payment_came
from contracts.subscriptions import Cancellation, Contract, Subscription
from contracts.terms import ONE_DAY, Term


def credit_cancellation(session: Session, cancellation: Cancellation, *, at: datetime) -> CreditNote | None:
    """The credit note for what a cancellation gives back, taxed as the days that are not served.

    There is none when nothing is given back, or when the subscription came with a book and was invoiced elsewhere.
    """
    if cancellation.refund_minor == 0:
        return None
    sold = session.get_one(Subscription, cancellation.subscription_id)
    return _issue(session, sold, _lines(session, sold, cancellation), {"cancellation_id": cancellation.id}, at)


def credit_amendment(session: Session, amended: Amended, *, at: datetime) -> CreditNote | None:
    """The credit note for what the days left cost less (S9); none for what was invoiced elsewhere."""
    reason = {"amendment_id": amended.amendment.id}
    return _issue(session, amended.subscription, amendment_lines(session, amended), reason, at)


def _issue(
    session: Session, sold: Subscription, lines: Sequence[LineAmounts], reason: dict[str, Any], at: datetime
) -> CreditNote | None:
    """A credit note to the invoice of a subscription, if it has one; what it leaves to be paid may be nothing (M5)."""
    contract = session.get_one(Contract, sold.contract_id)
    invoice = session.exec(select(Invoice).where(Invoice.subscription_id == sold.id)).first()
    if invoice is None:
        return None
    awaited = standing_of(session, invoice).state is not InvoiceState.PAID
    note = CreditNote(
        invoice_id=invoice.id,
        **reason,
        **bill_columns(session, contract, Series.CREDIT_NOTE, lines, sold.currency, at),
    )
    session.add(note)
    session.flush()
    for position, line in enumerate(lines, 1):
        session.add(CreditNoteLine(credit_note_id=note.id, position=position, **term_line_columns(line)))
    session.flush()
    if awaited and standing_of(session, invoice).state is InvoiceState.PAID:
        payment_came(session, sold.id, f"№ {note.number}, {note.issued_on:%d.%m.%Y}", at=at)
    lift_settled(session, invoice, at=at)
    return note


def _lines(session: Session, sold: Subscription, cancellation: Cancellation) -> list[LineAmounts]:
    """Those of the invoice where all of it is given back, else the refund for the days after the last one."""
    if sold.never_serves and cancellation.refund_minor == sold.price_minor + sold.gap_minor:
        return subscription_lines(session, sold)
    unserved = Term(cancellation.last_day + ONE_DAY, sold.ends_on)
    refund = Money(cancellation.refund_minor, sold.currency)
    exempt = exemption(session.get_one(PlanVersion, sold.plan_version_id))
    return term_lines(unserved, refund, taxation(session, sold.seller_id), exempt)
