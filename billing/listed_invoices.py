"""Invoices as lists and pages show them: those of a client, their lines, and the payments that were put to them."""

from collections.abc import Collection, Mapping, Sequence

from sqlmodel import Session, col, select

from billing.bills import Invoice, InvoiceLine
from billing.payments import Payment, PaymentPart, PaymentReversal


def invoices_of(session: Session, client_id: int, *, before: int | None, limit: int) -> Sequence[Invoice]:
    """The invoices of a client, the latest first; those before one of them where it is named."""
    own = select(Invoice).where(Invoice.client_id == client_id)
    if before is not None:
        own = own.where(col(Invoice.id) < before)
    return session.exec(own.order_by(col(Invoice.id).desc()).limit(limit)).all()


def invoice_numbers(session: Session, invoice_ids: Collection[int]) -> Mapping[int, str]:
    """The numbers of invoices by their ids."""
    return dict(session.exec(select(Invoice.id, Invoice.number).where(col(Invoice.id).in_(invoice_ids))).all())


def lines_of(session: Session, invoice_id: int) -> Sequence[InvoiceLine]:
    """The lines of an invoice in their order."""
    own = select(InvoiceLine).where(InvoiceLine.invoice_id == invoice_id)
    return session.exec(own.order_by(col(InvoiceLine.position))).all()


def parts_put_to(session: Session, invoice_id: int) -> Sequence[tuple[PaymentPart, Payment]]:
    """What was put to an invoice of payments that were not taken back, the first first (M5)."""
    own = select(PaymentPart, Payment).join(Payment).where(PaymentPart.invoice_id == invoice_id)
    own = own.where(col(Payment.id).not_in(select(PaymentReversal.payment_id)))
    return session.exec(own.order_by(col(PaymentPart.id))).all()
