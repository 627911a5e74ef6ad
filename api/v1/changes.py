"""What changed, for whoever keeps answers: each change of a client's state, in the order of the telling (D12)."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field
from sqlmodel import col, select

from api.inputs import Limit, PathId
from api.outputs import Answer
from api.request import GuardedRoute, Reader
from api.v1.answers import CoverTold, HoursTold, cover_told, hours_told
from entitlements.changes import ClientChange
from entitlements.client_state import ChangeKind, ClientState
from entitlements.telling import decoded_state

router = APIRouter(route_class=GuardedRoute, tags=["desk"])


class StateTold(Answer):
    """Every cover of the client with its standing, and the hours with each seller: the whole state, no difference.

    It can change by itself at `valid_until`.
    """

    client_id: int
    at: datetime
    state_version: int
    valid_until: datetime | None
    covers: list[CoverTold]
    hours: dict[int, HoursTold]
    """By the seller's id."""


class ChangeTold(Answer):
    """One change: `id` is its place in the feed. Of two changes of a client the one with the greater `id` is newer."""

    id: int
    client_id: int
    state_version: int
    kinds: list[ChangeKind]
    told_at: datetime
    state: StateTold


class ChangesTold(Answer):
    """Changes in the order in which they were told; `last` is what the next call gives as `after`."""

    changes: list[ChangeTold]
    last: int | None = Field(description="The last change of this page; what was asked for when there is none.")


@router.get("/v1/changes")
def changes(
    call: Reader,
    after: Annotated[PathId | None, Query(description="The last change that is known; all when left out.")] = None,
    client_id: Annotated[PathId | None, Query(description="Only those of this client.")] = None,
    limit: Annotated[Limit, Query()] = 50,
) -> ChangesTold:
    """What changed since a change that the caller knows; none that is told later ever gets a smaller id."""
    wanted = select(ClientChange).order_by(col(ClientChange.id)).limit(limit)
    if after is not None:
        wanted = wanted.where(col(ClientChange.id) > after)
    if client_id is not None:
        wanted = wanted.where(ClientChange.client_id == client_id)
    found = [ChangeTold.model_validate(change_told(row)) for row in call.session.exec(wanted)]
    return ChangesTold(changes=found, last=found[-1].id if found else after)


def change_told(row: ClientChange) -> dict[str, Any]:
    """A change in the form of `ChangeTold`."""
    return {
        "id": row.id,
        "client_id": row.client_id,
        "state_version": row.state_version,
        "kinds": row.kinds.split(),
        "told_at": row.told_at,
        "state": _state_told(decoded_state(row.state)),
    }


def _state_told(state: ClientState) -> dict[str, Any]:
    return {
        "client_id": state.client_id,
        "at": state.at,
        "state_version": state.state_version,
        "valid_until": state.valid_until,
        "covers": [cover_told(cover) for cover in state.covers],
        "hours": {seller_id: hours_told(hours) for seller_id, hours in state.hours.items()},
    }
