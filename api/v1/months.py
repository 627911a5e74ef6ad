"""Closing months: a run is opened here, workers close it client by client, and anybody on the staff can watch."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Path, Query
from sqlmodel import Session, select

from api.inputs import Id, Input, Month, PathId
from api.journeys import seller_of
from api.outputs import Answer
from api.request import GuardedRoute, Reader, Writer
from billing.month import require_over
from billing.month_queue import count_tasks, first_open_month, open_run, parked
from billing.month_runs import MonthRun
from contracts.terms import next_month

router = APIRouter(route_class=GuardedRoute, tags=["months"])

PathMonth = Annotated[Month, Path(description="A calendar month, YYYY-MM.")]


class RunState(StrEnum):
    """Where a seller's month stands."""

    OPEN = "open"
    CLOSING = "closing"
    CLOSED = "closed"
    PARKED = "parked"


class CloseInput(Input):
    """Whose month."""

    seller_id: Id


class ParkedClient(Answer):
    """A client that could not be closed, and why."""

    client_id: int
    problem: str


class MonthAnswer(Answer):
    """How far closing a month is: `done` of `clients`, of whom the `parked` wait for a person."""

    month: str
    seller_id: int
    state: RunState
    clients: int
    done: int
    parked: list[ParkedClient]


@router.post("/v1/months/{month}:close", status_code=202)
def close(month: PathMonth, new: CloseInput, call: Writer) -> MonthAnswer:
    """Ask for the month to be closed, and every open month before it; asking again tries the parked clients again."""
    require_over(seller_of(call.session, new.seller_id), month, call.at)
    _open_runs(call.session, new.seller_id, month, call.at)
    return _progress(call.session, new.seller_id, month)


@router.get("/v1/months/{month}")
def progress(month: PathMonth, seller_id: Annotated[PathId, Query()], call: Reader) -> MonthAnswer:
    """How far closing the month is."""
    return _progress(call.session, seller_of(call.session, seller_id).id, month)


def _open_runs(session: Session, seller_id: int, through: date, at: datetime) -> None:
    month = first_open_month(session, seller_id) or through
    while month <= through:
        open_run(session, seller_id, month, at=at)
        month = next_month(month)


def _progress(session: Session, seller_id: int, month: date) -> MonthAnswer:
    run = session.exec(select(MonthRun).where(MonthRun.seller_id == seller_id, MonthRun.month == month)).first()
    done, clients = count_tasks(session, run.id) if run is not None else (0, 0)
    waiting = parked(session, run.id) if run is not None else ()
    return MonthAnswer(
        month=f"{month:%Y-%m}",
        seller_id=seller_id,
        state=_state(run is not None, done < clients, bool(waiting)),
        clients=clients,
        done=done,
        parked=[ParkedClient.model_validate(task) for task in waiting],
    )


def _state(begun: bool, queued: bool, parks: bool) -> RunState:
    if not begun:
        return RunState.OPEN
    if queued:
        return RunState.CLOSING
    return RunState.PARKED if parks else RunState.CLOSED
