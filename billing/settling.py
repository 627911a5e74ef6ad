"""How invoices and payments stand to each other at a moment, computed from what was paid and credited (M4, M5)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlmodel import Session, col, func, select

from billing.bills import CreditNote, Invoice
from billing.payments import Payment, PaymentPart, PaymentReversal
from contracts.columns import summed
from contracts.money import Money


class InvoiceState(StrEnum):
    """Whether an invoice is paid; one of which nothing is left after credit notes is paid too."""

    OPEN = "open"
    PARTLY_PAID = "partly_paid"
    PAID = "paid"


@dataclass(frozen=True, slots=True)
class InvoiceStanding:
    """What an invoice asked for, what credit notes took off it, and what was paid."""

    total: Money
    credited: Money
    paid: Money

    @property
    def left(self) -> Money:
        """What is still to be paid; never below zero, also when it was credited after it was paid."""
        return Money(max((self.total - self.credited - self.paid).minor, 0), self.total.currency)

    @property
    def state(self) -> InvoiceState:
        """Open, partly paid, or paid."""
        if self.left.minor == 0:
            return InvoiceState.PAID
        return InvoiceState.PARTLY_PAID if self.paid.minor else InvoiceState.OPEN


def standing_of(session: Session, invoice: Invoice, known_at: datetime | None = None) -> InvoiceStanding:
    """How the invoice stands now, or as it was known at a moment."""
    credited = select(summed(CreditNote.total_minor)).where(CreditNote.invoice_id == invoice.id)
    paid = select(summed(PaymentPart.amount_minor)).where(PaymentPart.invoice_id == invoice.id)
    paid = paid.where(col(PaymentPart.payment_id).not_in(_reversed(known_at)))
    if known_at is not None:
        credited = credited.where(CreditNote.issued_at <= known_at)
        paid = paid.where(PaymentPart.put_at <= known_at)
    return InvoiceStanding(
        invoice.total,
        Money(session.exec(credited).one() or 0, invoice.currency),
        Money(session.exec(paid).one() or 0, invoice.currency),
    )


def left_of_invoice() -> Any:
    """What an invoice still asks for in minor units, as an expression about its row; below zero when credited late."""
    credited = select(func.coalesce(summed(CreditNote.total_minor), 0)).where(CreditNote.invoice_id == Invoice.id)
    paid = select(func.coalesce(summed(PaymentPart.amount_minor), 0)).where(PaymentPart.invoice_id == Invoice.id)
    paid = paid.where(col(PaymentPart.payment_id).not_in(_reversed(None)))
    return Invoice.total_minor - credited.scalar_subquery() - paid.scalar_subquery()


def _reversed(known_at: datetime | None) -> Any:
    taken_back = select(PaymentReversal.payment_id)
    return taken_back if known_at is None else taken_back.where(PaymentReversal.reversed_at <= known_at)


@dataclass(frozen=True, slots=True)
class PaymentStanding:
    """A payment, the parts of it that were put to invoices, and its reversal if there is one."""

    payment: Payment
    parts: tuple[PaymentPart, ...]
    reversal: PaymentReversal | None

    @property
    def advance(self) -> Money:
        """What is put to no invoice; nothing of a reversed payment."""
        put = sum(part.amount_minor for part in self.parts)
        return Money(0 if self.reversal else self.payment.amount_minor - put, self.payment.currency)


def payment_standing(session: Session, payment: Payment) -> PaymentStanding:
    """How the payment stands now."""
    return payment_standings(session, [payment])[0]


def payment_standings(session: Session, payments: Sequence[Payment]) -> list[PaymentStanding]:
    """How each payment stands now, in the same order."""
    ids, parts = [one.id for one in payments], defaultdict[int, list[PaymentPart]](list)
    put = select(PaymentPart).where(col(PaymentPart.payment_id).in_(ids))
    for part in session.exec(put.order_by(col(PaymentPart.id))):
        parts[part.payment_id].append(part)
    taken_back = select(PaymentReversal).where(col(PaymentReversal.payment_id).in_(ids))
    reversals = {one.payment_id: one for one in session.exec(taken_back)}
    return [PaymentStanding(one, tuple(parts[one.id]), reversals.get(one.id)) for one in payments]


@dataclass(frozen=True, slots=True)
class PaymentsWanted:
    """Whose payments are looked for, and of which days, both ends included; without any of it all of them."""

    seller_id: int | None = None
    client_id: int | None = None
    paid_from: date | None = None
    paid_until: date | None = None


def payments_found(
    session: Session, wanted: PaymentsWanted, *, after: int = 0, limit: int | None = None
) -> list[PaymentStanding]:
    """The payments that are looked for in the order in which they were recorded, a page after the id of the last."""
    found = select(Payment).where(col(Payment.id) > after)
    for column, value in ((Payment.seller_id, wanted.seller_id), (Payment.client_id, wanted.client_id)):
        if value is not None:
            found = found.where(column == value)
    if wanted.paid_from is not None:
        found = found.where(col(Payment.paid_on) >= wanted.paid_from)
    if wanted.paid_until is not None:
        found = found.where(col(Payment.paid_on) <= wanted.paid_until)
    return payment_standings(session, session.exec(found.order_by(col(Payment.id)).limit(limit)).all())


def latest_payments(
    session: Session, seller_id: int, *, before: int | None = None, limit: int | None = None
) -> list[PaymentStanding]:
    """A seller's payments, the one that was recorded last first, a page before the id of the last."""
    found = select(Payment).where(Payment.seller_id == seller_id)
    if before is not None:
        found = found.where(col(Payment.id) < before)
    return payment_standings(session, session.exec(found.order_by(col(Payment.id).desc()).limit(limit)).all())
