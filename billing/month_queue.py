"""The clients of a month that is being closed: who is in it, who is next, who is parked (M6)."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import case, func, insert, union
from sqlmodel import Session, col, select, update

from billing.bills import Invoice, InvoiceKind, InvoiceLine
from billing.month_runs import MonthRun, MonthTask, TaskState
from contracts.imported import ImportedFreePeriod, ImportedSubscription
from contracts.parties import Client, Seller
from contracts.subscriptions import FreePeriod, Subscription
from contracts.terms import Term, first_of_month
from entitlements.grants import Grant
from entitlements.statements import Statement
from entitlements.work import WorkEntry


def first_open_month(session: Session, seller_id: int) -> date | None:
    """The first month in which anybody has anything with the seller; none without any.

    Every run begins there, so that a client sold into a month that was closed for the others is closed too. What was
    taken over from another system begins with the day of its book: its months before that were closed there.
    """
    days: list[date | None] = [
        session.exec(_covers(func.min(_begins(*cover)), *cover).where(cover[0].seller_id == seller_id)).one()
        for cover in COVERS
    ]
    days += [
        session.exec(select(column).where(own).order_by(column).limit(1)).first()
        for column, own in (
            (col(Grant.starts_on), Grant.seller_id == seller_id),
            (col(WorkEntry.counts_on), WorkEntry.seller_id == seller_id),
        )
    ]
    begun = [first_of_month(day) for day in days if day is not None]
    return min(begun) if begun else None


COVERS: tuple[tuple[Any, Any, Any], ...] = (
    (Subscription, ImportedSubscription, ImportedSubscription.subscription_id),
    (FreePeriod, ImportedFreePeriod, ImportedFreePeriod.free_period_id),
)
"""What covers, what marks it as taken over from another system, and by which column."""


def _covers(what: Any, table: Any, imported: Any, of: Any) -> Any:
    return select(what).select_from(table).outerjoin(imported, of == table.id)


def _begins(table: Any, imported: Any, of: Any) -> Any:
    """The first day on which a cover is ours."""
    return case((imported.booked_on > table.starts_on, imported.booked_on), else_=table.starts_on)


def open_run(session: Session, seller_id: int, month: date, *, at: datetime) -> MonthRun:
    """The run of a seller's month, made when it is new; every client with anything in the month that has no statement
    is queued, the parked ones again.

    The runs of one seller are opened one at a time, so that several processes agree on one.
    """
    session.exec(select(Seller.id).where(Seller.id == seller_id).with_for_update(key_share=True)).one()
    run = session.exec(select(MonthRun).where(MonthRun.seller_id == seller_id, MonthRun.month == month)).first()
    if run is None:
        run = MonthRun(seller_id=seller_id, month=month, opened_at=at)
        session.add(run)
        session.flush()
    known = set(session.exec(select(MonthTask.client_id).where(MonthTask.run_id == run.id)))
    rows = [
        {"run_id": run.id, "client_id": client_id, "state": TaskState.QUEUED, "problem": ""}
        for client_id in clients_to_close(session, seller_id, month)
        if client_id not in known
    ]
    if rows:
        session.connection().execute(insert(MonthTask), rows)
    parked = (col(MonthTask.run_id) == run.id, col(MonthTask.state) == TaskState.PARKED)
    session.exec(update(MonthTask).where(*parked).values(state=TaskState.QUEUED, problem=""))
    return run


def clients_to_close(session: Session, seller_id: int, month: date) -> Sequence[int]:
    """Who has a subscription, a free period, a grant, work or an opening balance in the month, and is open until it.

    Who was invoiced in it for days before its end is in it too: for a gap that comes before any service (S5).
    Rolled and returned minutes outlive the grants they come from, so the balance of the month before counts (E3). A
    pool whose later month is closed takes nothing before it any more.
    """
    term = Term.calendar_month(month)
    spans = [
        _covers(cover[0].client_id, *cover).where(
            cover[0].seller_id == seller_id, _begins(*cover) < term.ends_on, cover[0].ends_on > term.starts_on
        )
        for cover in COVERS
    ]
    given = select(Grant.client_id).where(
        Grant.seller_id == seller_id, Grant.starts_on < term.ends_on, Grant.ends_on > term.starts_on
    )
    invoiced = select(Invoice.client_id).join(InvoiceLine, col(InvoiceLine.invoice_id) == Invoice.id)
    invoiced = invoiced.where(
        Invoice.seller_id == seller_id,
        Invoice.kind != InvoiceKind.MONTH,
        Invoice.issued_on >= term.starts_on,
        Invoice.issued_on < term.ends_on,
        InvoiceLine.supplied_from < term.ends_on,
    )
    worked = select(WorkEntry.client_id).where(
        WorkEntry.seller_id == seller_id, WorkEntry.counts_on >= term.starts_on, WorkEntry.counts_on < term.ends_on
    )
    before = first_of_month(month - timedelta(days=1))
    left = select(Statement.client_id).where(
        Statement.seller_id == seller_id, Statement.month == before, Statement.closing_minutes != 0
    )
    involved = union(*spans, given, invoiced, worked, left).subquery()
    closed = select(Statement.client_id).where(Statement.seller_id == seller_id, Statement.month >= month)
    clients = select(Client.id).where(col(Client.id).in_(select(involved.c.client_id)))
    return session.exec(clients.where(col(Client.id).not_in(closed)).order_by(col(Client.id))).all()


def claim(session: Session, run_id: int, limit: int) -> list[MonthTask]:
    """The next queued clients, for this transaction alone."""
    queued = select(MonthTask).where(MonthTask.run_id == run_id, MonthTask.state == TaskState.QUEUED)
    ordered = queued.order_by(col(MonthTask.client_id)).limit(limit)
    return list(session.exec(ordered.with_for_update(skip_locked=True)))


def earlier_open(session: Session, seller_id: int, client_ids: Sequence[int], month: date) -> dict[int, date]:
    """The clients of whom an earlier month waits to be closed, with that month: they cannot be closed yet (M6)."""
    waiting = (
        select(MonthTask.client_id, func.min(MonthRun.month))
        .join(MonthRun)
        .where(
            MonthRun.seller_id == seller_id,
            MonthRun.month < month,
            col(MonthTask.client_id).in_(client_ids),
            MonthTask.state != TaskState.CLOSED,
        )
    )
    return dict(session.exec(waiting.group_by(col(MonthTask.client_id))).all())


def count_tasks(session: Session, run_id: int) -> tuple[int, int]:
    """How many clients of the run are done, closed or parked, and how many there are."""
    rows = session.exec(
        select(MonthTask.state, func.count()).where(MonthTask.run_id == run_id).group_by(MonthTask.state)
    )
    counts = dict(rows.all())
    return sum(counts.values()) - counts.get(TaskState.QUEUED, 0), sum(counts.values())


def parked(session: Session, run_id: int) -> Sequence[MonthTask]:
    """The clients that could not be closed, with their problems, for people to mend."""
    rows = select(MonthTask).where(MonthTask.run_id == run_id, MonthTask.state == TaskState.PARKED)
    return session.exec(rows.order_by(col(MonthTask.client_id))).all()
