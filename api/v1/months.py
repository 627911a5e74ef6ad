"""Closing months: a run is opened here, workers close it client by client, and anybody on the staff can watch."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query
from sqlmodel import Session

from api.inputs import Id, Input, Month, PathId
from api.outputs import Answer
from api.request import GuardedRoute, Reader, Writer
from billing.month_progress import RunState, ask_to_close, parked_clients, progress_of
from contracts.known_rows import known_row
from contracts.parties import Seller

router = APIRouter(route_class=GuardedRoute, tags=["months"])

PathMonth = Annotated[Month, Path(description="A calendar month, YYYY-MM.")]


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
    ask_to_close(call.session, known_row(call.session, Seller, new.seller_id), month, at=call.at)
    return _told(call.session, new.seller_id, month)


@router.get("/v1/months/{month}")
def progress(month: PathMonth, seller_id: Annotated[PathId, Query()], call: Reader) -> MonthAnswer:
    """How far closing the month is."""
    return _told(call.session, known_row(call.session, Seller, seller_id).id, month)


def _told(session: Session, seller_id: int, month: date) -> MonthAnswer:
    (found,) = progress_of(session, seller_id, [month])
    waiting = parked_clients(session, seller_id, month)
    return MonthAnswer(
        month=f"{month:%Y-%m}",
        seller_id=seller_id,
        state=found.state,
        clients=found.clients,
        done=found.done,
        parked=[ParkedClient(client_id=client.id, problem=problem) for client, problem in waiting],
    )
