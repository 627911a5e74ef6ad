"""Faults of ours that workers outlived: the last one of each duty, kept for the doctor until it has passed."""

from datetime import datetime
from pathlib import Path
from traceback import extract_tb

from sqlalchemy import Engine
from sqlmodel import Field, Session, SQLModel, col, select

from api.database import transaction
from contracts.columns import identifier

LONGEST = 200


class WorkerFault(SQLModel, table=True):
    """What last went wrong in a duty of the worker; what the fault held is not kept, since it may be a secret."""

    __tablename__ = "worker_fault"

    id: int = identifier()
    duty: str = Field(max_length=40, unique=True)
    problem: str = Field(max_length=LONGEST)
    """The kind of the error, and where in the code it was raised: "KeyError, dunning.py:41"."""
    happened_at: datetime
    passed_at: datetime | None = None
    """When the duty was next done without a fault; none while it has not been."""


def keep_fault(engine: Engine, duty: str, fault: Exception, at: datetime) -> None:
    """Keep the fault as the last one of its duty."""
    with transaction(engine) as session:
        row = _fault_of(session, duty) or WorkerFault(duty=duty, problem="", happened_at=at)
        row.problem, row.happened_at, row.passed_at = _told(fault), at, None
        session.add(row)


def let_pass(engine: Engine, duty: str, at: datetime) -> None:
    """The duty was done without a fault."""
    with transaction(engine) as session:
        row = _fault_of(session, duty)
        if row is not None and row.passed_at is None:
            row.passed_at = at


def faults_that_last(session: Session) -> list[WorkerFault]:
    """The faults after which the duty was not done since, the latest first."""
    lasting = select(WorkerFault).where(col(WorkerFault.passed_at).is_(None))
    return list(session.exec(lasting.order_by(col(WorkerFault.happened_at).desc())))


def _fault_of(session: Session, duty: str) -> WorkerFault | None:
    return session.exec(select(WorkerFault).where(WorkerFault.duty == duty).with_for_update()).first()


def _told(fault: Exception) -> str:
    frames = extract_tb(fault.__traceback__)
    place = f", {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(fault).__name__}{place}"[:LONGEST]
