"""How invoices and payments stand to each other at a moment, computed from what was paid and credited (M4, M5)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import Session, and_, col, func, select

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
    def worth(self) -> Money:
        """What it is worth after its credit notes; never below zero, as invoices of months once were."""
        return Money(max((self.total - self.credited).minor, 0), self.total.currency)

    @property
    def left(self) -> Money:
        """What is still to be paid; nothing is put beyond what it is worth, as a credit note frees it."""
        return self.worth - self.paid

    @property
    def state(self) -> InvoiceState:
        """Open, partly paid, or paid."""
        if self.left.minor == 0:
            return InvoiceState.PAID
        return InvoiceState.PARTLY_PAID if self.paid.minor else InvoiceState.OPEN


def standing_of(session: Session, invoice: Invoice, known_at: datetime | None = None) -> InvoiceStanding:
    """How the invoice stands now, or as it was known at a moment."""
    return standings_of(session, [invoice], known_at)[0]


def standings_of(
    session: Session, invoices: Sequence[Invoice], known_at: datetime | None = None
) -> list[InvoiceStanding]:
    """How each invoice stands now, or as it was known at a moment, in the same order."""
    ids = [one.id for one in invoices]
    noted = select(CreditNote.invoice_id, summed(CreditNote.total_minor)).where(col(CreditNote.invoice_id).in_(ids))
    put = select(PaymentPart.invoice_id, summed(PaymentPart.amount_minor)).where(col(PaymentPart.invoice_id).in_(ids))
    put = put.where(col(PaymentPart.payment_id).not_in(_reversed(known_at)))
    if known_at is not None:
        noted, put = noted.where(CreditNote.issued_at <= known_at), put.where(PaymentPart.put_at <= known_at)
    credited = dict(session.exec(noted.group_by(col(CreditNote.invoice_id))).all())
    paid = dict(session.exec(put.group_by(col(PaymentPart.invoice_id))).all())
    return [
        InvoiceStanding(one.total, *(Money(amounts.get(one.id, 0), one.currency) for amounts in (credited, paid)))
        for one in invoices
    ]


def left_of_invoice() -> Any:
    """What an invoice still asks for in minor units, as an expression about its row; below zero when it was credited
    more than it charged."""
    return _worth() - _paid().scalar_subquery()


def is_paid_by(day: ColumnElement[date]) -> Any:
    """Whether all that an invoice is worth came by a day, as an expression about its row; not of one worth nothing."""
    came = _paid().join(Payment, col(Payment.id) == col(PaymentPart.payment_id)).where(col(Payment.paid_on) <= day)
    return and_(_worth() > 0, came.scalar_subquery() >= _worth())


def _worth() -> Any:
    """What an invoice is worth after its credit notes, as an expression about its row; once also below zero."""
    credited = select(func.coalesce(summed(CreditNote.total_minor), 0)).where(CreditNote.invoice_id == Invoice.id)
    return Invoice.total_minor - credited.scalar_subquery()


def _paid() -> Any:
    """What is put to an invoice, but for what was reversed, as a select about its row."""
    paid = select(func.coalesce(summed(PaymentPart.amount_minor), 0)).where(PaymentPart.invoice_id == Invoice.id)
    return paid.where(col(PaymentPart.payment_id).not_in(_reversed(None)))


def unpaid_of(session: Session, client_id: int) -> list[tuple[Invoice, Money]]:
    """The invoices of a client of which something is left to be paid, and how much, the first to fall due first."""
    left = left_of_invoice()
    rows = select(Invoice, left).where(Invoice.client_id == client_id, left > 0)
    rows = rows.order_by(col(Invoice.due_on), col(Invoice.id))
    return [(invoice, Money(int(minor), invoice.currency)) for invoice, minor in session.exec(rows)]


def _reversed(known_at: datetime | None) -> Any:
    taken_back = select(PaymentReversal.payment_id)
    return taken_back if known_at is None else taken_back.where(PaymentReversal.reversed_at <= known_at)


@dataclass(frozen=True, slots=True)
class PaymentStanding:
    """A payment, the parts of it that were put to invoices, what was paid back of it, and its reversal."""

    payment: Payment
    parts: tuple[PaymentPart, ...]
    paid_back: tuple[Payment, ...]
    """But for what was reversed."""
    reversal: PaymentReversal | None

    @property
    def put(self) -> dict[int, Money]:
        """How much is put to each invoice now; nothing of what credit notes freed again."""
        put: dict[int, int] = {}
        for part in self.parts:
            put[part.invoice_id] = put.get(part.invoice_id, 0) + part.amount_minor
        return {invoice: Money(minor, self.payment.currency) for invoice, minor in put.items() if minor}

    @property
    def advance(self) -> Money:
        """What is put to no invoice and was not paid back; nothing of a reversed payment, or of money paid back."""
        gone = self.reversal is not None or self.payment.returns_id is not None
        moved = sum(-part.amount_minor for part in self.parts) + sum(back.amount_minor for back in self.paid_back)
        return Money(0 if gone else self.payment.amount_minor + moved, self.payment.currency)


def payment_standing(session: Session, payment: Payment) -> PaymentStanding:
    """How the payment stands now."""
    return payment_standings(session, [payment])[0]


def payment_standings(session: Session, payments: Sequence[Payment]) -> list[PaymentStanding]:
    """How each payment stands now, in the same order."""
    ids, parts = [one.id for one in payments], defaultdict[int, list[PaymentPart]](list)
    put = select(PaymentPart).where(col(PaymentPart.payment_id).in_(ids))
    for part in session.exec(put.order_by(col(PaymentPart.id))):
        parts[part.payment_id].append(part)
    returned = defaultdict[int | None, list[Payment]](list)
    given = select(Payment).where(col(Payment.returns_id).in_(ids), col(Payment.id).not_in(_reversed(None)))
    for back in session.exec(given.order_by(col(Payment.id))):
        returned[back.returns_id].append(back)
    taken_back = select(PaymentReversal).where(col(PaymentReversal.payment_id).in_(ids))
    reversals = {one.payment_id: one for one in session.exec(taken_back)}
    return [
        PaymentStanding(one, tuple(parts[one.id]), tuple(returned[one.id]), reversals.get(one.id)) for one in payments
    ]


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
