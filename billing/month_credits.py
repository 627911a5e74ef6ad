"""Credit notes of a month that only takes back, to the invoices that charged the work (rules H10, M4, M5, P6)."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session, col, func, select

from billing.bills import CreditNote, Invoice, InvoiceKind, InvoiceLine
from billing.crediting import charged_lines, issue_credit_note
from billing.invoice_lines import LineAmounts
from billing.month_draft import Draft
from billing.spreading import TakenOff, spread
from contracts.columns import summed
from contracts.money import Money
from entitlements.statements import Statement, StatementLine


def credit_months(
    session: Session,
    months: Sequence[tuple[Draft, Statement]],
    line_ids: Mapping[int, int],
    *,
    at: datetime,
) -> dict[int, list[CreditNote]]:
    """The credit notes for what months take back of closed ones, by the id of the statement.

    Work is taken off the invoice that charged it. That may be worth less, where it took back itself what an earlier
    month had charged: the rest goes to the invoices before it, the latest first, which are worth that for sure. Over a
    change of rates they charged another one; then it is that which they are credited, and the invoice between is given
    again what it took back at that rate (M2).
    `line_ids` are the lines of the statements by their work entries.
    """
    taking = [(one, statement) for one, statement in months if one.taken_back]
    if not taking:
        return {}
    charged_by = _invoices_of(session, [entry_id for one, _ in taking for entry_id in _reversed(one).values()])
    worth = _charging(session, [statement for _, statement in taking])
    invoices = {invoice.id: invoice for own in worth.values() for invoice, _ in own}
    charged = charged_lines(session, invoices)
    notes: dict[int, list[CreditNote]] = {}
    for one, statement in taking:
        own = {invoice.id: left for invoice, left in worth[statement.client_id, one.currency]}
        parts = spread(_taken_off(one, line_ids, charged_by), [line for line in charged if line.invoice_id in own], own)
        reason = {"statement_id": statement.id}
        notes[statement.id] = [
            issue_credit_note(session, invoices[of], parts[of], reason, at=at) for of in sorted(parts)
        ]
    return notes


def _reversed(one: Draft) -> dict[int, int]:
    """The work that is taken back, by the entry that does."""
    return {entry_id: one.month.entries[entry_id].reverses or 0 for entry_id in one.taken_back}


def _taken_off(one: Draft, line_ids: Mapping[int, int], charged_by: Mapping[int, int]) -> Iterator[TakenOff]:
    of = _reversed(one)
    for entry_id, line in one.taken_back.items():
        yield TakenOff(_positive(line), line_ids[entry_id], charged_by[of[entry_id]])


def _positive(line: LineAmounts) -> LineAmounts:
    return replace(line, quantity_minutes=-(line.quantity_minutes or 0), amount=-line.amount, tax=-line.tax)


def _invoices_of(session: Session, entry_ids: Sequence[int]) -> dict[int, int]:
    """The invoice that charged each work entry."""
    rows = select(StatementLine.work_entry_id, InvoiceLine.invoice_id)
    rows = rows.join(InvoiceLine, col(InvoiceLine.statement_line_id) == col(StatementLine.id))
    return dict(session.exec(rows.where(col(StatementLine.work_entry_id).in_(entry_ids))).all())


def _charging(session: Session, statements: Sequence[Statement]) -> dict[tuple[int, str], list[tuple[Invoice, Money]]]:
    """The invoices of the clients' months, and what each is worth after its credit notes."""
    credited = select(func.coalesce(summed(CreditNote.total_minor), 0)).where(CreditNote.invoice_id == Invoice.id)
    worth = Invoice.total_minor - credited.scalar_subquery()
    rows = select(Invoice, worth).where(
        Invoice.kind == InvoiceKind.MONTH,
        Invoice.seller_id == statements[0].seller_id,
        col(Invoice.client_id).in_({one.client_id for one in statements}),
    )
    found: dict[tuple[int, str], list[tuple[Invoice, Money]]] = defaultdict(list)
    for invoice, minor in session.exec(rows):
        found[invoice.client_id, invoice.currency].append((invoice, Money(minor, invoice.currency)))
    return found
