"""Closing months for show: the same code on the same data, in transactions that are all undone."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session, col, delete, func, select

from api.database import transaction
from api.month_journeys import CHUNK, MonthReport, OnProgress, Problem, close_or_explain
from billing.bills import Act, CreditNote, Invoice
from billing.month import require_over
from billing.month_queue import clients_to_close, first_open_month
from billing.month_runs import MonthRun, MonthTask, TaskState
from contracts.known_rows import known_row
from contracts.money import Money
from contracts.parties import Seller
from contracts.terms import next_month
from entitlements.statements import Statement

MADE: Mapping[str, Any] = {
    "statements": Statement,
    "acts": Act,
    "invoices": Invoice,
    "credit_notes": CreditNote,
}
"""What closing a month makes."""


def rehearse_months(
    engine: Engine, seller_id: int, through: date, *, clock: Callable[[], datetime], tell: OnProgress
) -> MonthReport:
    """What closing every open month of the seller up to `through` would come to; nothing is changed.

    A chunk of clients goes through all its months in one transaction, so that each month finds the earlier ones
    closed. Raises `Refusal` with SELLER_UNKNOWN or MONTH_NOT_OVER.
    """
    with _undone(engine) as session:
        queued = _queued(session, seller_id, through, clock())
    clients = sorted(set().union(*queued.values()))
    done: Counter[date] = Counter()
    problems: list[Problem] = []
    for start in range(0, len(clients), CHUNK):
        with _undone(engine) as session:
            for month, waiting in queued.items():
                chunk = [client_id for client_id in clients[start : start + CHUNK] if client_id in waiting]
                problems += _close(session, seller_id, month, chunk, clock())
                done[month] += len(chunk)
                tell(month, done[month], len(waiting))
    in_order = sorted(problems, key=lambda problem: (problem.month, problem.client_id))
    return MonthReport(sum(done.values()) - len(problems), tuple(in_order))


@dataclass(frozen=True, slots=True)
class Made:
    """How many papers of a kind, and their sum in each currency."""

    number: int
    sums: tuple[Money, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What closing would make of some clients, by the names in `MADE`; and why one of them would wait for a person."""

    made: Mapping[str, Made]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What closing would come to: the clients of each month, and some of the clients one by one and together."""

    clients: int
    months: Mapping[date, int]
    tried: Mapping[int, Outcome]
    together: Outcome
    later: int | None
    """The last that was tried, where there are clients after it."""

    @property
    def parked(self) -> int:
        """How many of those that were tried would wait for a person."""
        return sum(1 for one in self.tried.values() if one.problem)


def rehearse_some(
    session: Session, seller_id: int, through: date, *, at: datetime, after: int = 0, limit: int
) -> Rehearsal:
    """What closing every open month up to `through` would make of the next `limit` clients; the caller undoes it all.

    Raises `Refusal` with SELLER_UNKNOWN or MONTH_NOT_OVER.
    """
    queued = _queued(session, seller_id, through, at)
    clients = sorted(set().union(*queued.values()))
    following = [client_id for client_id in clients if client_id > after]
    tried = following[:limit]
    last_ids = {name: session.exec(select(func.max(col(table.id)))).one() or 0 for name, table in MADE.items()}
    problems: dict[int, str] = {}
    for month, waiting in queued.items():
        chunk = [client_id for client_id in tried if client_id in waiting]
        for problem in _close(session, seller_id, month, chunk, at):
            problems.setdefault(problem.client_id, problem.text)
    rows = {
        name: session.exec(
            select(table).where(col(table.id) > last_ids[name], col(table.client_id).in_(tried)).order_by(col(table.id))
        ).all()
        for name, table in MADE.items()
    }
    each = {
        client_id: Outcome(
            {name: _made([row for row in found if row.client_id == client_id]) for name, found in rows.items()},
            problems.get(client_id, ""),
        )
        for client_id in sorted(tried, key=lambda client_id: (client_id not in problems, client_id))
    }
    together = Outcome({name: _made(found) for name, found in rows.items()})
    later = tried[-1] if len(following) > limit else None
    return Rehearsal(len(clients), {month: len(waiting) for month, waiting in queued.items()}, each, together, later)


def _made(rows: Collection[Statement | Act | Invoice | CreditNote]) -> Made:
    sums: defaultdict[str, int] = defaultdict(int)
    for row in rows:
        sums[row.currency] += row.total_minor
    return Made(len(rows), tuple(Money(minor, currency) for currency, minor in sums.items()))


def _queued(session: Session, seller_id: int, through: date, at: datetime) -> dict[date, set[int]]:
    """The clients that each open month would queue."""
    queued = {}
    require_over(known_row(session, Seller, seller_id), through, at)
    month = first_open_month(session, seller_id) or through
    while month <= through:
        queued[month] = set(clients_to_close(session, seller_id, month))
        month = next_month(month)
    return queued


def _close(session: Session, seller_id: int, month: date, client_ids: Sequence[int], at: datetime) -> list[Problem]:
    """Close the clients' month and leave their tasks as a real run would, for the months that follow."""
    if not client_ids:
        return []
    problems = close_or_explain(session, seller_id, client_ids, month, at)
    run = session.exec(select(MonthRun).where(MonthRun.seller_id == seller_id, MonthRun.month == month)).first()
    if run is None:  # without the tasks of all other clients, which `open_run` would write
        run = MonthRun(seller_id=seller_id, month=month, opened_at=at)
        session.add(run)
        session.flush()
    own = (col(MonthTask.run_id) == run.id, col(MonthTask.client_id).in_(client_ids))
    session.exec(delete(MonthTask).where(*own))
    for client_id in client_ids:
        problem = problems.get(client_id, "")[:1000]
        state = TaskState.PARKED if problem else TaskState.CLOSED
        session.add(MonthTask(run_id=run.id, client_id=client_id, state=state, problem=problem))
    session.flush()
    return [Problem(month, client_id, text) for client_id, text in problems.items()]


@contextmanager
def _undone(engine: Engine) -> Iterator[Session]:
    """A writer's transaction of which nothing stays."""
    with transaction(engine) as session:
        yield session
        session.rollback()
