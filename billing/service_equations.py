"""The equations of acts over service that was paid ahead: each month is accepted as the journal counts it (E4, M4)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from billing.bills import Act, ActKind, ActLine, CreditNote, Invoice, InvoiceLine
from billing.journal import Entry, Operation, Source
from contracts.columns import summed
from contracts.money import Money
from contracts.parties import Seller
from contracts.terms import Term, first_of_month
from entitlements.breaches import Breach
from entitlements.statements import Statement


@dataclass(frozen=True, slots=True, order=True)
class Served:
    """A contract's month in one currency."""

    month: date
    client_id: int
    contract_id: int
    currency: str


Sums = dict[int, tuple[int, int]]
"""The amount and the tax in it by invoice; nothing of what comes to nothing."""


def service_breaches(session: Session, seller: Seller, told: Iterable[Entry]) -> Iterator[Breach]:
    """Closed months of contracts whose acts are not what the journal of all months says that they served, by invoice.

    So what the acts of an invoice come to, with what no month has served yet, is the invoice less its credit notes. A
    contract's month that comes to nothing or less has no act, and months closed before acts carried the service none.
    The entries are read once, to their end.
    """
    right, found = _revenue(session, seller, told), _acted(session, seller)
    for served in sorted(right.keys() | found.keys()):
        due, acted = right.get(served, {}), found.get(served, {})
        for invoice_id in sorted(due.keys() | acted.keys()):
            if due.get(invoice_id) != acted.get(invoice_id):
                number = session.get_one(Invoice, invoice_id).number
                subject = f"act of {served.month:%Y-%m} of contract {served.contract_id}, invoice {number}"
                yield Breach("E4", subject, _said(acted.get(invoice_id)), _said(due.get(invoice_id)))


def _said(sums: tuple[int, int] | None) -> str:
    return "none" if sums is None else f"{Money(sums[0])}, tax {Money(sums[1])}"


def _revenue(session: Session, seller: Seller, told: Iterable[Entry]) -> dict[Served, Sums]:
    """What each closed month served by the entries of the journal, where it comes to something."""
    execute = session.connection().execute
    ahead = select(col(CreditNote.id), col(CreditNote.invoice_id)).where(
        col(CreditNote.seller_id) == seller.id, col(CreditNote.statement_id).is_(None)
    )
    invoice_of = {row.id: row.invoice_id for row in execute(ahead)}
    last = select(col(Statement.client_id), func.max(col(Statement.month))).group_by(col(Statement.client_id))
    closed: dict[int, date] = dict(execute(last.where(col(Statement.seller_id) == seller.id)).all())
    since = seller.service_acts_from or date.min
    sums: dict[Served, dict[int, dict[Operation, int]]] = defaultdict(
        lambda: defaultdict(lambda: {Operation.REVENUE: 0, Operation.REVENUE_TAX: 0})
    )
    for entry in told:
        paper, month = entry.voucher, first_of_month(entry.on)
        known = {Source.INVOICE: paper.id, Source.CREDIT_NOTE: invoice_of.get(paper.id)}.get(paper.source)
        is_revenue = entry.operation in (Operation.REVENUE, Operation.REVENUE_TAX)
        if known is not None and is_revenue and since <= month <= closed.get(paper.client_id, date.min):
            served = Served(month, paper.client_id, paper.contract_id or 0, entry.amount.currency)
            sums[served][known][entry.operation] += entry.amount.minor
    return {
        served: _of_some_amount({of: (own[Operation.REVENUE], own[Operation.REVENUE_TAX]) for of, own in by.items()})
        for served, by in sums.items()
        if sum(own[Operation.REVENUE] for own in by.values()) > 0
    }


def _acted(session: Session, seller: Seller) -> dict[Served, Sums]:
    """What the acts of service come to, each in the month of its statement, on the last day of which it stands."""
    by: list[Any] = [Statement.month, Act.issued_on, Act.client_id, Act.contract_id, Act.currency]
    by.append(InvoiceLine.invoice_id)
    sums = (summed(ActLine.amount_minor).label("amount"), summed(ActLine.tax_minor).label("tax"))
    rows = select(*by, *sums).select_from(Act).join(Statement, col(Statement.id) == col(Act.statement_id))
    rows = rows.join(ActLine, col(ActLine.act_id) == col(Act.id))
    rows = rows.join(InvoiceLine, col(InvoiceLine.id) == col(ActLine.invoice_line_id))
    own = rows.where(col(Act.seller_id) == seller.id, col(Act.kind) == ActKind.SERVICE).group_by(*by)
    found: dict[Served, Sums] = defaultdict(dict)
    for row in session.connection().execute(own):
        if row.issued_on == Term.calendar_month(row.month).last_day:
            served = Served(row.month, row.client_id, row.contract_id, row.currency)
            found[served][row.invoice_id] = (row.amount, row.tax)
    return {served: _of_some_amount(sums) for served, sums in found.items()}


def _of_some_amount(sums: Sums) -> Sums:
    return {invoice_id: both for invoice_id, both in sums.items() if any(both)}
