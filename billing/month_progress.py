"""How far closing the months of a seller is, and asking for it: workers close what is asked for (M6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import func
from sqlmodel import Session, col, select

from billing.month import require_over
from billing.month_queue import first_open_month, open_run
from billing.month_runs import MonthRun, MonthTask, TaskState
from contracts.parties import Client, Seller
from contracts.terms import next_month


class RunState(StrEnum):
    """Where a seller's month stands."""

    OPEN = "open"
    CLOSING = "closing"
    CLOSED = "closed"
    PARKED = "parked"


@dataclass(frozen=True, slots=True)
class MonthProgress:
    """How many clients a seller's month has, how many of them are done, and how many of those wait for a person."""

    month: date
    is_begun: bool = False
    clients: int = 0
    done: int = 0
    parked: int = 0

    @property
    def state(self) -> RunState:
        """Where the month stands."""
        if not self.is_begun:
            return RunState.OPEN
        if self.done < self.clients:
            return RunState.CLOSING
        return RunState.PARKED if self.parked else RunState.CLOSED


def ask_to_close(session: Session, seller: Seller, through: date, *, at: datetime) -> None:
    """Ask for a month to be closed, and every open one before it; who was parked is tried again.

    Raises `Refusal("MONTH_NOT_OVER")`.
    """
    require_over(seller, through, at)
    month = first_open_month(session, seller.id) or through
    while month <= through:
        open_run(session, seller.id, month, at=at)
        month = next_month(month)


def progress_of(session: Session, seller_id: int, months: Sequence[date]) -> list[MonthProgress]:
    """How far closing each of the months is, in the same order."""
    own = select(col(MonthRun.month), col(MonthTask.state), func.count(col(MonthTask.id))).outerjoin(MonthTask)
    own = own.where(MonthRun.seller_id == seller_id, col(MonthRun.month).in_(months))
    counts: dict[date, dict[TaskState, int]] = {}
    for month, state, number in session.exec(own.group_by(col(MonthRun.month), col(MonthTask.state))):
        counts.setdefault(month, {})[state] = number
    return [_progress(month, counts[month]) if month in counts else MonthProgress(month) for month in months]


def _progress(month: date, counts: dict[TaskState, int]) -> MonthProgress:
    clients = sum(counts.values())
    done, parked = clients - counts.get(TaskState.QUEUED, 0), counts.get(TaskState.PARKED, 0)
    return MonthProgress(month, True, clients, done, parked)


def parked_clients(
    session: Session, seller_id: int, month: date, *, after: int = 0, limit: int | None = None
) -> list[tuple[Client, str]]:
    """The clients of a month who wait for a person, each with the problem, a page after the id of the last."""
    rows = select(Client, MonthTask.problem).join(MonthTask, col(MonthTask.client_id) == Client.id).join(MonthRun)
    rows = rows.where(MonthRun.seller_id == seller_id, MonthRun.month == month, col(Client.id) > after)
    rows = rows.where(MonthTask.state == TaskState.PARKED).order_by(col(Client.id)).limit(limit)
    return list(session.exec(rows).all())
