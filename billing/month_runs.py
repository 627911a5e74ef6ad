"""The month close as rows: one run per seller and month, one task per client (M6)."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from contracts.columns import choice, identifier, reference


class MonthRun(SQLModel, table=True):
    """That a seller's month is being closed, or has been; `month` is its first day."""

    __tablename__ = "month_run"
    __table_args__ = (UniqueConstraint("seller_id", "month"),)

    id: int = identifier()
    seller_id: int = reference("seller.id", index=False)
    month: date
    opened_at: datetime


class TaskState(StrEnum):
    """Where a client's month stands."""

    QUEUED = "queued"
    CLOSED = "closed"
    PARKED = "parked"


class MonthTask(SQLModel, table=True):
    """One client of a run; a parked one keeps the code and the text of its problem and stops nobody else."""

    __tablename__ = "month_task"
    __table_args__ = (
        UniqueConstraint("run_id", "client_id"),
        CheckConstraint("(state = 'parked') = (problem <> '')", name="problem"),
        Index("ix_month_task_state", "run_id", "state"),
    )

    id: int = identifier()
    run_id: int = reference("month_run.id", index=False)
    client_id: int = reference("client.id")
    state: TaskState = choice(TaskState, default=TaskState.QUEUED)
    problem: str = Field(default="", max_length=1000)
