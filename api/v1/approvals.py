"""Single work entries that clients approve or object to before the month is closed, where the plan asks them (P6)."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.calls import CREATED, Once
from api.inputs import Input, Limit, PathId, line
from api.outputs import Answer
from api.request import GuardedRoute, Reader
from contracts.known_rows import known_row
from contracts.parties import Client
from entitlements.approving import LONGEST_TEXT, approve_entry, list_entries, object_to_entry
from entitlements.entry_states import EntryStance, EntryState

router = APIRouter(route_class=GuardedRoute, tags=["work"])


class ApproveInput(Input):
    """Who approves."""

    said_by: str = line(200, examples=["Седова А. П."])


class ObjectToEntryInput(ApproveInput):
    """Who objects, and why."""

    text: str = line(LONGEST_TEXT, examples=["В тот день никто не приезжал"])


class EntryReplyAnswer(Answer):
    """What was said to an entry."""

    id: int
    client_id: int
    work_entry_id: int
    stance: EntryStance
    text: str
    said_by: str
    said_at: datetime


class EntryAnswer(Answer):
    """An entry of an open month that the client is asked about, and what was said to it."""

    id: int
    client_id: int
    seller_id: int
    work_on: date
    ticket: str
    engineer: str
    summary: str
    worked_minutes: int
    state: EntryState
    text: str
    said_by: str
    said_at: datetime | None


@router.get("/v1/work-approvals")
def find(
    call: Reader,
    state: Annotated[EntryState | None, Query()] = None,
    client_id: Annotated[PathId | None, Query()] = None,
    after: Annotated[PathId | None, Query(description="The last id of the page before.")] = None,
    limit: Annotated[Limit, Query()] = 50,
) -> list[EntryAnswer]:
    """The entries of open months that clients are asked about, in the order in which they were recorded."""
    if client_id is not None:
        known_row(call.session, Client, client_id)
    found = list_entries(call.session, state=state, client_id=client_id, after=after or 0, limit=limit)
    return [EntryAnswer.model_validate(one) for one in found]


@router.post("/v1/work-entries/{entry_id}:approve", status_code=CREATED, response_model=EntryReplyAnswer)
def approve(entry_id: PathId, new: ApproveInput, once: Once) -> Response:
    """Approve an entry before its month is closed; what nobody answers is accepted by silence on the statement."""
    return once.answer(
        lambda call: EntryReplyAnswer.model_validate(approve_entry(call.session, entry_id, **dict(new), at=call.at))
    )


@router.post("/v1/work-entries/{entry_id}:object", status_code=CREATED, response_model=EntryReplyAnswer)
def object_to(entry_id: PathId, new: ObjectToEntryInput, once: Once) -> Response:
    """Object to an entry before its month is closed."""
    return once.answer(
        lambda call: EntryReplyAnswer.model_validate(object_to_entry(call.session, entry_id, **dict(new), at=call.at))
    )
