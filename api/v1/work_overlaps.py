"""Work of one engineer that was logged over the same minutes twice; it is named here and refused nowhere (H10)."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query

from api.inputs import Day, PathId, Searched
from api.outputs import Answer
from api.request import GuardedRoute, Reader
from contracts.errors import Refusal
from contracts.known_rows import known_row
from contracts.parties import Client
from entitlements.overlaps import list_overlaps

router = APIRouter(route_class=GuardedRoute, tags=["work"])

MOST_DAYS = 366


class OverlappingEntry(Answer):
    """One of two entries that overlap."""

    id: int
    client_id: int
    source: str
    external_id: str
    ticket: str
    engineer: str
    started_at: datetime
    worked_minutes: int


class OverlapAnswer(Answer):
    """Two entries of one engineer, the earlier first, and the minutes that both claim."""

    first: OverlappingEntry
    second: OverlappingEntry
    minutes: int


@router.get("/v1/work-overlaps")
def find(
    first_day: Annotated[Day, Query()],
    last_day: Annotated[Day, Query()],
    call: Reader,
    engineer: Annotated[Searched | None, Query()] = None,
    client_id: Annotated[PathId | None, Query()] = None,
) -> list[OverlapAnswer]:
    """The overlaps of work that was begun on these days, both inside, in the order of time."""
    if not 0 <= (last_day - first_day).days < MOST_DAYS:
        raise Refusal("FIELD_WRONG", field="last_day", value=last_day, allowed=f"{first_day} to {MOST_DAYS} days later")
    if client_id is not None:
        known_row(call.session, Client, client_id)
    found = list_overlaps(call.session, first_day, last_day, engineer=engineer, client_id=client_id)
    return [OverlapAnswer.model_validate(one) for one in found]
