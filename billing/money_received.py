"""The money that a seller received, read for the journal and for reconciliation acts (rules M4, M5)."""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import Row, select
from sqlmodel import Session, col

from billing.bills import Invoice, InvoiceLine
from billing.invoicing import taxation
from billing.journal import PaidIn, Source, Voucher
from billing.payments import Payment, PaymentPart, PaymentReversal
from billing.tax import Taxation, included_tax
from contracts.columns import summed
from contracts.money import Money
from contracts.parties import Seller


def money_received(session: Session, seller: Seller, before: date, client_id: int | None = None) -> Iterator[PaidIn]:
    """What came before a day and was not taken back, payment by payment; of one client if it is named.

    What was put to an invoice belongs to the contract and the entity of the invoice, whoever paid it; the rest to who
    paid, and to no contract.
    """
    taxed = taxation(session, seller.id)
    for _, found in groupby(_parts(session, seller, before, client_id), lambda row: row.id):
        parts = list(found)
        paid, rest = parts[0], parts[0].paid_minor
        for position, row in enumerate(parts, 1):
            if row.part_minor is not None:
                rest -= row.part_minor
                for_taxed = Money(row.part_minor, row.currency).share(row.taxed_minor or 0, row.total_minor)
                yield _paid_in(row, position, (row.party_id, row.contract_id), row.part_minor, for_taxed, taxed)
        if rest:
            yield _paid_in(paid, 0, (paid.entity_id, None), rest, Money(rest, paid.currency), taxed)


def _paid_in(
    row: Row[Any], position: int, belongs: tuple[int, int | None], minor: int, for_taxed: Money, taxed: Taxation
) -> PaidIn:
    """The tax in it is by the rate of the day, for so much as it pays of taxed lines (art. 164, item 4)."""
    voucher = Voucher(Source.PAYMENT, row.id, row.number, row.client_id, *belongs)
    tax = included_tax(for_taxed, taxed.rate_on(row.paid_on))
    return PaidIn(voucher, position, row.paid_on, Money(minor, row.currency), tax)


def _parts(session: Session, seller: Seller, before: date, client_id: int | None) -> Iterable[Row[Any]]:
    """The payments, a row for each part that was put to an invoice, one without it for a payment that has none."""
    taxed = select(summed(InvoiceLine.amount_minor)).where(
        col(InvoiceLine.invoice_id) == col(Invoice.id), col(InvoiceLine.tax_percent).is_not(None)
    )
    columns: list[Any] = [
        *(getattr(Payment, name) for name in ("id", "number", "client_id", "entity_id", "paid_on", "currency")),
        col(Payment.amount_minor).label("paid_minor"),
        col(PaymentPart.amount_minor).label("part_minor"),
        col(Invoice.entity_id).label("party_id"),
        *(Invoice.contract_id, Invoice.total_minor),
        taxed.correlate(Invoice).scalar_subquery().label("taxed_minor"),
    ]
    rows = (
        select(*columns)
        .select_from(Payment)
        .outerjoin(PaymentPart, col(PaymentPart.payment_id) == col(Payment.id))
        .outerjoin(Invoice, col(Invoice.id) == col(PaymentPart.invoice_id))
        .where(col(Payment.seller_id) == seller.id, col(Payment.paid_on) < before)
        .where(col(Payment.id).not_in(select(col(PaymentReversal.payment_id))))
        .order_by(col(Payment.paid_on), col(Payment.id), col(PaymentPart.id))
    )
    return session.connection().execute(rows if client_id is None else rows.where(col(Payment.client_id) == client_id))
