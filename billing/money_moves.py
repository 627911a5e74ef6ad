"""The money that a seller received and gave back, read for the journal and for reconciliation acts (rules M4, M5)."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import takewhile
from operator import attrgetter
from typing import Any

from sqlalchemy import Row, select
from sqlmodel import Session, col

from billing.bills import Invoice, InvoiceLine
from billing.invoicing import taxation
from billing.journal import Moved, Side, Source, Voucher
from billing.payments import Payment, PaymentPart, PaymentReversal
from billing.tax import TaxRate, included_tax
from contracts.columns import summed
from contracts.money import Money
from contracts.parties import Seller

Ways = tuple[Side | None, Side | None]
"""Whose money was, and whose it is from then on; none stands for the bank."""


def put_at_once(payment: Any, parts: Iterable[Any], day_of: Callable[[datetime], date]) -> int:
    """How many parts of a payment, in their order, belong to their invoices from the day on which the payment came.

    Those that were put as it was recorded, or on that very day, up to the first that was freed again.
    """

    def is_at_once(part: Any) -> bool:
        soon = part.put_at == payment.recorded_at or day_of(part.put_at) == payment.paid_on
        return bool(soon and part.amount_minor > 0)

    return sum(1 for _ in takewhile(is_at_once, parts))


def money_moves(session: Session, seller: Seller, client_id: int | None = None) -> list[Moved]:
    """What moved of each payment, in the order in which it became known; of one client's if it is named.

    What was put to an invoice belongs to the contract and the entity of the invoice, whoever paid it; the rest to who
    paid, and to no contract.
    """
    own = [col(Payment.seller_id) == seller.id]
    own += [] if client_id is None else [col(Payment.client_id) == client_id]
    execute, taxed = session.connection().execute, taxation(session, seller.id)
    payments = execute(select(*_PAYMENT).where(*own).order_by(col(Payment.id))).all()
    lives = {row.id: _Life(seller, row, taxed.rate_on(row.paid_on)) for row in payments if row.returns_id is None}
    for row in execute(_parts().where(*own).order_by(col(PaymentPart.id))):
        lives[row.payment_id].parts.append(row)
    reversals = {row.payment_id: row for row in execute(_reversals().where(*own))}
    for row in payments:
        if row.returns_id is None:
            lives[row.id].reversal = reversals.get(row.id)
        else:
            lives[row.returns_id].paid_back.append((row, reversals.get(row.id)))
    return [move for life in lives.values() for move in life.moves()]


_NAMES = ("id", "number", "client_id", "entity_id", "paid_on", "currency", "amount_minor", "recorded_at", "returns_id")
_PAYMENT: list[Any] = [getattr(Payment, name) for name in _NAMES]


def _parts() -> Any:
    """The parts of payments, with the side of the invoice that each was put to, and how much of that is taxed."""
    taxed = select(summed(InvoiceLine.amount_minor)).where(
        col(InvoiceLine.invoice_id) == col(Invoice.id), col(InvoiceLine.tax_percent).is_not(None)
    )
    columns: list[Any] = [
        *(getattr(PaymentPart, name) for name in ("payment_id", "invoice_id", "amount_minor", "put_at")),
        *(Invoice.entity_id, Invoice.contract_id, Invoice.total_minor),
        taxed.correlate(Invoice).scalar_subquery().label("taxed_minor"),
    ]
    joined = select(*columns).join(Payment, col(Payment.id) == col(PaymentPart.payment_id))
    return joined.join(Invoice, col(Invoice.id) == col(PaymentPart.invoice_id))


def _reversals() -> Any:
    columns: list[Any] = [getattr(PaymentReversal, name) for name in ("id", "payment_id", "reversed_at")]
    return select(*columns).join(Payment, col(Payment.id) == col(PaymentReversal.payment_id))


@dataclass
class _Life:
    """How one payment came, and what became of it since."""

    seller: Seller
    payment: Row[Any]
    rate: TaxRate
    """That of the day on which it came (art. 164, item 4)."""
    parts: list[Row[Any]] = field(default_factory=list)
    paid_back: list[tuple[Row[Any], Row[Any] | None]] = field(default_factory=list)
    """What was paid back of it, with its reversal if there is one."""
    reversal: Row[Any] | None = None

    @property
    def free(self) -> Side:
        """Whose it is while it is put to no invoice."""
        return Side(self.payment.entity_id, None)

    def moves(self) -> Iterator[Moved]:
        """All that moved of it, as time went."""
        payment = self.payment
        at_once = put_at_once(payment, self.parts, self.seller.day_of)
        told = [self._put(position, part, position <= at_once) for position, part in enumerate(self.parts, 1)]
        rest = payment.amount_minor - sum(part.amount_minor for part in self.parts[:at_once])
        if rest:
            came = (payment.paid_on, payment.recorded_at)
            told.append(self._moved(Source.PAYMENT, payment, 0, came, rest, (None, self.free)))
        return iter(sorted([*told, *self._went_back(), *self._reversed()], key=attrgetter("known_at")))

    def _put(self, position: int, part: Row[Any], at_once: bool) -> Moved:
        """A part that was put to an invoice, or freed by a credit note."""
        minor, side = part.amount_minor, _side(part)
        on = self.payment.paid_on if at_once else self.seller.day_of(part.put_at)
        ways: Ways = (None if at_once else self.free, side) if minor > 0 else (side, self.free)
        return self._moved(Source.PAYMENT, self.payment, position, (on, part.put_at), abs(minor), ways, part)

    def _went_back(self) -> Iterator[Moved]:
        """What was paid back to the client, and came again when that was reversed."""
        for back, reversal in self.paid_back:
            when = (back.paid_on, back.recorded_at)
            yield self._moved(Source.PAYMENT_BACK, back, 0, when, -back.amount_minor, (self.free, None))
            if reversal is not None:
                yield self._taken_back(reversal, 0, -back.amount_minor, (None, self.free))

    def _reversed(self) -> Iterator[Moved]:
        """What went back to the bank, wherever it was, when the payment was reversed."""
        if self.reversal is None:
            return
        free, kept = self.payment.amount_minor, dict.fromkeys((part.invoice_id for part in self.parts), 0)
        of = {part.invoice_id: part for part in self.parts}
        for part in self.parts:
            free -= part.amount_minor
            kept[part.invoice_id] += part.amount_minor
        free += sum(back.amount_minor for back, reversal in self.paid_back if reversal is None)
        if free:
            yield self._taken_back(self.reversal, 0, free, (self.free, None))
        for position, (invoice_id, minor) in enumerate(kept.items(), 1):
            if minor:
                part = of[invoice_id]
                yield self._taken_back(self.reversal, position, minor, (_side(part), None), part)

    def _taken_back(
        self, reversal: Row[Any], position: int, minor: int, ways: Ways, part: Row[Any] | None = None
    ) -> Moved:
        when = (self.seller.day_of(reversal.reversed_at), reversal.reversed_at)
        return self._moved(Source.PAYMENT_REVERSAL, reversal, position, when, minor, ways, part)

    def _moved(
        self,
        source: Source,
        paper: Row[Any],
        position: int,
        when: tuple[date, datetime],
        minor: int,
        ways: Ways,
        part: Row[Any] | None = None,
    ) -> Moved:
        """The tax in it is by the rate of the payment, of what is put to an invoice for so much as pays taxed lines."""
        payment, (on, at), amount = self.payment, when, Money(minor, self.payment.currency)
        pays = part if ways[1] not in (None, self.free) else None
        taxable = amount if pays is None else amount.share(pays.taxed_minor or 0, pays.total_minor)
        number = payment.number if source is Source.PAYMENT_REVERSAL else paper.number
        voucher = Voucher(source, paper.id, number, payment.client_id, payment.entity_id, None)
        tax = included_tax(taxable, self.rate)
        invoice_id = None if part is None else part.invoice_id
        return Moved(voucher, position, payment.id, on, self.seller.day_of(at), at, amount, tax, *ways, invoice_id)


def _side(part: Row[Any]) -> Side:
    return Side(part.entity_id, part.contract_id)
