"""Closing months for show: the same code on the same data, in transactions that are all undone (`--dry-run`)."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime

from sqlalchemy import Engine
from sqlmodel import Session, col, delete, select

from api.database import transaction
from api.month_journeys import CHUNK, MonthReport, OnProgress, Problem, close_or_explain
from billing.month import require_over
from billing.month_queue import first_open_month, open_run
from billing.month_runs import MonthTask, TaskState
from contracts.known_rows import known_row
from contracts.parties import Seller
from contracts.terms import next_month


def rehearse_months(
    engine: Engine, seller_id: int, through: date, *, clock: Callable[[], datetime], tell: OnProgress
) -> MonthReport:
    """What closing every open month of the seller up to `through` would come to; nothing is changed.

    A chunk of clients goes through all its months in one transaction, so that each month finds the earlier ones
    closed. Raises `Refusal` with SELLER_UNKNOWN or MONTH_NOT_OVER.
    """
    queued = _queued(engine, seller_id, through, clock())
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


def _queued(engine: Engine, seller_id: int, through: date, at: datetime) -> dict[date, set[int]]:
    """The clients that each open month would queue."""
    queued = {}
    with _undone(engine) as session:
        require_over(known_row(session, Seller, seller_id), through, at)
        month = first_open_month(session, seller_id) or through
        while month <= through:
            run = open_run(session, seller_id, month, at=at)
            waiting = select(MonthTask.client_id).where(MonthTask.run_id == run.id, MonthTask.state == TaskState.QUEUED)
            queued[month] = set(session.exec(waiting))
            month = next_month(month)
    return queued


def _close(session: Session, seller_id: int, month: date, client_ids: Sequence[int], at: datetime) -> list[Problem]:
    """Close the clients' month and leave their tasks as a real run would, for the months that follow."""
    if not client_ids:
        return []
    problems = close_or_explain(session, seller_id, client_ids, month, at)
    run = open_run(session, seller_id, month, at=at)
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
