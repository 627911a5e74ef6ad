"""The equations of bills and numbers over the whole database: sums, pairs, gaps, doubles (E4, E6, E7)."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from sqlalchemy import and_, exists, func, or_, select, true
from sqlmodel import Session, col

from billing.bills import Act, ActKind, ActLine, CreditNote, CreditNoteLine, Invoice, InvoiceLine
from billing.month_runs import MonthRun, MonthTask, TaskState
from billing.reconciliation_acts import ReconciliationAct
from contracts.columns import summed
from contracts.money import Money
from contracts.numbering import NumberSeries, Series
from contracts.subscriptions import Contract
from entitlements.breaches import Breach
from entitlements.statements import Statement, StatementLine

NUMBERED: dict[Series, Any] = {
    Series.CONTRACT: Contract,
    Series.STATEMENT: Statement,
    Series.ACT: Act,
    Series.INVOICE: Invoice,
    Series.CREDIT_NOTE: CreditNote,
    Series.RECONCILIATION: ReconciliationAct,
}
"""What each series numbers."""


def sum_breaches(session: Session) -> Iterator[Breach]:
    """Statements, acts, invoices and credit notes whose total, or tax, is not the sum of their lines (E4, M1)."""
    bills: tuple[tuple[str, Any, Any, Any], ...] = (
        ("act", Act, ActLine, ActLine.act_id),
        ("invoice", Invoice, InvoiceLine, InvoiceLine.invoice_id),
        ("credit note", CreditNote, CreditNoteLine, CreditNoteLine.credit_note_id),
    )
    yield from _unlike_lines(session, "statement", Statement, StatementLine.statement_id, "total", StatementLine)
    for name, table, line, owner in bills:
        yield from _unlike_lines(session, name, table, owner, "total", line)
        yield from _unlike_lines(session, name, table, owner, "tax", line)


def _unlike_lines(session: Session, name: str, table: Any, owner: Any, what: str, line_table: Any) -> Iterator[Breach]:
    stored = getattr(table, f"{what}_minor")
    added = summed(line_table.tax_minor if what == "tax" else line_table.amount_minor)
    lines = select(owner.label("id"), added.label("sum")).group_by(owner).subquery()
    in_lines = func.coalesce(lines.c.sum, 0)
    unlike = select(table.number, stored, in_lines).outerjoin(lines, lines.c.id == table.id)
    for number, found, right in _rows(session, unlike.where(stored != in_lines).order_by(table.id)):
        yield Breach("E4", f"{name} {number}", f"{what} {Money(found)}", f"{Money(right)} in its lines")


def pair_breaches(session: Session) -> Iterator[Breach]:
    """Statements of which act or invoice, less the credit notes of the month, is missing or has another total (E4).

    Where all is forgiven there is no invoice (D6), and where all is taken back there is neither.
    """
    owner = col(StatementLine.statement_id) == col(Statement.id)
    own = and_(
        col(CreditNote.id) == col(CreditNoteLine.credit_note_id), col(CreditNote.statement_id) == col(Statement.id)
    )
    credit = exists().where(own, col(CreditNoteLine.statement_line_id) == col(StatementLine.id))
    charged = or_(col(StatementLine.overage_minutes) != 0, col(StatementLine.paid_minutes) != 0)
    credited = select(summed(CreditNote.total_minor)).where(col(CreditNote.statement_id) == col(Statement.id))
    due = col(Statement.total_minor) + func.coalesce(credited.scalar_subquery(), 0)
    bills: tuple[tuple[str, Any, Any, Any], ...] = (
        ("act", Act, charged, col(Act.kind) == ActKind.MONTH),
        ("invoice", Invoice, StatementLine.rate_minor != 0, true()),
    )
    for name, bill, billed, own in bills:
        lacks = and_(bill.id.is_(None), exists().where(owner, billed, ~credit))
        rows = select(col(Statement.number), due, bill.total_minor)
        rows = rows.outerjoin(bill, and_(bill.statement_id == col(Statement.id), own)).order_by(col(Statement.id))
        for number, right, minor in _rows(session, rows.where(or_(func.coalesce(bill.total_minor, 0) != due, lacks))):
            amount = "none" if minor is None else str(Money(minor))
            yield Breach("E4", f"{name} of statement {number}", amount, str(Money(right)))


def number_breaches(session: Session) -> Iterator[Breach]:
    """Series of numbers with a gap, a double, or another last number than was given (E6)."""
    given = {(row.seller_id, row.series, row.year): row.last_number for row in _rows(session, select(NumberSeries))}
    used = {}
    for series, table in NUMBERED.items():
        counted = select(
            table.seller_id, table.year, func.count(), func.count(table.sequence.distinct()), func.max(table.sequence)
        )
        for seller_id, year, *found in _rows(session, counted.group_by(table.seller_id, table.year)):
            used[seller_id, series, year] = tuple(found)
    for key in sorted(given.keys() | used.keys()):
        papers, numbers, highest = used.get(key, (0, 0, 0))
        last = given.get(key, 0)
        if not papers == numbers == highest == last:
            subject = "seller {}, {} {}".format(*key)
            yield Breach("E6", subject, f"{papers} papers, {numbers} numbers up to {highest}", f"1 to {last}")


def month_breaches(session: Session) -> Iterator[Breach]:
    """Months closed twice, billed twice, closed without a statement, or stated without being closed (E7)."""
    month = (col(Statement.seller_id), col(Statement.client_id), col(Statement.month))
    twice = select(*month, func.count()).group_by(*month).having(func.count() > 1)
    for seller_id, client_id, day, count in _rows(session, twice):
        yield Breach("E7", _month(seller_id, client_id, day), f"{count} statements", "1 statement")
    bills: tuple[tuple[str, Any, Any], ...] = (
        ("acts", Act, col(Act.kind) == ActKind.MONTH),
        ("invoices", Invoice, col(Invoice.statement_id).is_not(None)),
    )
    for name, table, own in bills:
        billed = select(table.statement_id, func.count()).where(own)
        for statement_id, count in _rows(session, billed.group_by(table.statement_id).having(func.count() > 1)):
            yield Breach("E7", f"statement with id {statement_id}", f"{count} {name}", "1")
    yield from _task_breaches(session)


def _task_breaches(session: Session) -> Iterator[Breach]:
    """Tasks that say closed of a month without a statement, and statements of which no task says so."""
    stated = and_(
        col(Statement.seller_id) == col(MonthRun.seller_id),
        col(Statement.client_id) == col(MonthTask.client_id),
        col(Statement.month) == col(MonthRun.month),
    )
    task = select(MonthTask.__table__.c.id).join(MonthRun)  # type: ignore[attr-defined]
    done = task.where(col(MonthTask.state) == TaskState.CLOSED, stated).correlate(Statement).exists()
    lonely = select(col(Statement.seller_id), col(Statement.client_id), col(Statement.month), col(Statement.number))
    for *month, number in _rows(session, lonely.where(~done).order_by(col(Statement.id))):
        yield Breach("E7", _month(*month), f"statement {number}, not closed", "closed")
    closed = select(col(MonthRun.seller_id), col(MonthTask.client_id), col(MonthRun.month)).join_from(
        MonthTask, MonthRun
    )
    without = exists().where(stated).correlate(MonthTask, MonthRun)
    for month in _rows(session, closed.where(col(MonthTask.state) == TaskState.CLOSED, ~without)):
        yield Breach("E7", _month(*month), "closed, no statement", "a statement")


def _month(seller_id: int, client_id: int, month: date) -> str:
    return f"seller {seller_id}, client {client_id}, {month:%Y-%m}"


def _rows(session: Session, query: Any) -> Iterable[Any]:
    return session.connection().execute(query)
