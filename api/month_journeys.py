"""The month close over all clients of a seller: one run, a chunk of clients a transaction, problems parked (M6)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Engine
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlmodel import Session

from api.database import reading, transaction
from billing.month import close_clients, require_over
from billing.month_queue import claim, count_tasks, earlier_open, first_open_month, open_run, parked
from billing.month_runs import TaskState
from contracts.errors import Refusal
from contracts.known_rows import known_row
from contracts.locking import lock_clients
from contracts.parties import Seller
from contracts.terms import next_month
from documents import issuing

CHUNK = 25
"""How many clients of a month one transaction takes."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A client that could not be closed, and why."""

    month: date
    client_id: int
    text: str


@dataclass(frozen=True, slots=True)
class MonthReport:
    """What closing came to: how many clients were closed in this run, and who is parked."""

    closed: int
    parked: tuple[Problem, ...]


OnProgress = Callable[[date, int, int], None]
"""Told the month, how many of its clients are done, and how many there are."""


def close_months(
    engine: Engine,
    seller_id: int,
    through: date,
    *,
    clock: Callable[[], datetime],
    tell: OnProgress,
    verify_at: str = "",
) -> MonthReport:
    """Close every open month of the seller up to `through`, in order, one chunk of clients a transaction (M6).

    `verify_at` is the address of the page that checks statements, which they then carry as a code.

    It may be killed at any point and started again, and several processes may run it at once. Raises `Refusal` with
    SELLER_UNKNOWN or MONTH_NOT_OVER.
    """
    with reading(engine) as session:
        require_over(known_row(session, Seller, seller_id), through, clock())
        month = first_open_month(session, seller_id) or through
    closed, problems = 0, []
    while month <= through:
        with transaction(engine) as session:
            run_id = open_run(session, seller_id, month, at=clock()).id
        while (done := _close_chunk(engine, seller_id, run_id, month, clock, verify_at)) is not None:
            closed += done
            with reading(engine) as session:
                tell(month, *count_tasks(session, run_id))
        with reading(engine) as session:
            problems += [Problem(month, task.client_id, task.problem) for task in parked(session, run_id)]
        month = next_month(month)
    return MonthReport(closed, tuple(problems))


def _close_chunk(
    engine: Engine, seller_id: int, run_id: int, month: date, clock: Callable[[], datetime], verify_at: str
) -> int | None:
    """Close or park the next clients of the run; how many were closed, none when no client is left."""
    with transaction(engine) as session:
        tasks = claim(session, run_id, CHUNK)
        problems = close_or_explain(session, seller_id, [task.client_id for task in tasks], month, clock(), verify_at)
        for task in tasks:
            task.problem = problems.get(task.client_id, "")[:1000]
            task.state = TaskState.PARKED if task.problem else TaskState.CLOSED
        return len(tasks) - len(problems) if tasks else None


def close_or_explain(
    session: Session, seller_id: int, client_ids: Sequence[int], month: date, at: datetime, verify_at: str = ""
) -> dict[int, str]:
    """Close the clients' month and queue their papers; who could not be closed, and why.

    They are closed together; when the database refuses any of it, one by one, each undone alone on a problem of its
    own. All their rows are taken first, so that the number series come last.
    """
    lock_clients(session, client_ids)
    seller = known_row(session, Seller, seller_id)
    waiting = earlier_open(session, seller_id, client_ids, month)
    problems = {client_id: f"PREVIOUS_MONTH_OPEN: {earlier:%Y-%m}" for client_id, earlier in waiting.items()}
    ready = [client_id for client_id in client_ids if client_id not in waiting]
    try:
        return problems | _close_together(session, seller, ready, month, at, verify_at)
    except Exception as broken:
        if not _is_of_the_data(broken):
            raise
    for client_id in ready:
        try:
            problems |= _close_together(session, seller, [client_id], month, at, verify_at)
        except Exception as broken:
            if not _is_of_the_data(broken):
                raise
            problems[client_id] = _explained(broken)
    return problems


def _close_together(
    session: Session, seller: Seller, client_ids: Sequence[int], month: date, at: datetime, verify_at: str
) -> dict[int, str]:
    with session.begin_nested():
        closed, broken = close_clients(session, seller, client_ids, month, at=at)
        for one in closed:
            issuing.issue_statement(session, one.statement, one.month, at=at, verify_at=verify_at)
            for act in (*one.service_acts, *([one.act] if one.act is not None else ())):
                issuing.issue_act(session, act, at=at)
            if one.invoice is not None:
                issuing.issue_invoice(session, one.invoice, at=at)
            for note in one.credit_notes:
                issuing.issue_credit_note(session, note, at=at)
    return {client_id: _explained(problem) for client_id, problem in broken.items()}


def _is_of_the_data(broken: Exception) -> bool:
    """Whether the problem is one client's; when the database itself is in trouble nobody is parked for it."""
    return not isinstance(broken, DBAPIError) or isinstance(broken, IntegrityError | DataError)


def _explained(broken: Exception) -> str:
    if isinstance(broken, Refusal):
        return str(broken)
    said = str(broken.orig if isinstance(broken, DBAPIError) else broken)
    first_line, _, _ = said.partition("\n")  # a database goes on with the whole row
    return f"{type(broken).__name__}: {first_line}"
