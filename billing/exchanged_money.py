"""A seller's month of money for an accounting program: payments, what was paid back, and what was reversed (M4, M5)."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, select
from sqlmodel import Session, col

from billing.journal import Source
from billing.payments import Payment, PaymentReversal
from contracts.money import Money
from contracts.parties import Seller
from contracts.terms import Term

Value = str | int | date | Money | None
Kind = tuple[str, str, tuple[str, ...], list[Sequence[Value]]]
"""The name of one record and of all, the fields, and the values."""
PAYMENT = ("id", "number", "paid_on", "counterparty_id", "amount", "currency", "purpose")
REVERSAL = ("id", "reversed_on", "payment_id", "number", "counterparty_id", "amount", "currency", "reason")


class MonthMoney:
    """What came and what went back in a month, and what was reversed in it, whenever it came; amounts are positive."""

    def __init__(self, session: Session, seller: Seller, term: Term) -> None:
        names = ("id", "number", "paid_on", "entity_id", "amount_minor", "currency", "purpose", "returns_id")
        columns: list[Any] = [getattr(Payment, name) for name in names]
        own = select(*columns).where(col(Payment.seller_id) == seller.id).order_by(col(Payment.id))
        execute, self._day_of = session.connection().execute, seller.day_of
        in_term = (col(Payment.paid_on) >= term.starts_on, col(Payment.paid_on) < term.ends_on)
        moved = execute(own.where(*in_term)).all()
        self._came = [row for row in moved if row.returns_id is None]
        self._went = [row for row in moved if row.returns_id is not None]
        of_reversal = [PaymentReversal.id.label("reversal_id"), PaymentReversal.reversed_at, PaymentReversal.reason]  # type: ignore[attr-defined]
        taken_back = own.add_columns(*of_reversal).join(
            PaymentReversal, col(PaymentReversal.payment_id) == col(Payment.id)
        )
        self._reversed = [row for row in execute(taken_back) if seller.day_of(row.reversed_at) in term]

    @property
    def entity_ids(self) -> set[int]:
        """Who paid."""
        return {row.entity_id for row in (*self._came, *self._went, *self._reversed)}

    def kinds(self, id_of: Callable[[str, int], str]) -> Iterator[Kind]:
        """The records of each kind; `id_of` makes the id of a record out of its kind and that of its row."""

        def paid(source: Source, row: Row[Any]) -> tuple[Value, ...]:
            party, amount = id_of("counterparty", row.entity_id), Money(abs(row.amount_minor), row.currency)
            return (id_of(source, row.id), row.number, row.paid_on, party, amount, row.currency, row.purpose)

        def taken_back(row: Row[Any]) -> tuple[Value, ...]:
            payment_id, number, _, *what, _ = paid(_source(row), row)
            head = (id_of(Source.PAYMENT_REVERSAL, row.reversal_id), self._day_of(row.reversed_at))
            return (*head, payment_id, number, *what, row.reason)

        yield "payment", "payments", PAYMENT, [paid(Source.PAYMENT, row) for row in self._came]
        given: list[Sequence[Value]] = [
            (*paid(Source.PAYMENT_BACK, row), id_of(Source.PAYMENT, row.returns_id)) for row in self._went
        ]
        yield "payment_back", "payments_back", (*PAYMENT, "payment_id"), given
        yield "payment_reversal", "payment_reversals", REVERSAL, [taken_back(row) for row in self._reversed]

    def totals(self) -> Iterator[Sequence[Value]]:
        """What came takes off what clients owe, what went back or was reversed adds to it; by currency."""
        kinds = (
            ("payments", self._came, -1),
            ("payments_back", self._went, -1),
            ("payment_reversals", self._reversed, 1),
        )
        for name, rows, sign in kinds:
            for currency in sorted({row.currency for row in rows}):
                own = [sign * row.amount_minor for row in rows if row.currency == currency]
                debit, credit = sum(max(minor, 0) for minor in own), sum(max(-minor, 0) for minor in own)
                yield name, len(own), Money(debit, currency), Money(credit, currency), None, currency


def _source(row: Row[Any]) -> Source:
    return Source.PAYMENT if row.returns_id is None else Source.PAYMENT_BACK
