"""What changed, for whoever keeps answers: each change of a client's state, in the order of the telling (D12)."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from msgspec.structs import asdict
from sqlmodel import col, select

from api.inputs import Limit, PathId
from api.request import GuardedRoute, Reader
from api.v1.answers import cover_told, hours_told
from api.v1.desk_answers import ChangesTold, ChangeTold
from entitlements.changes import ClientChange
from entitlements.client_state import ClientState
from entitlements.telling import decoded_state

router = APIRouter(route_class=GuardedRoute, tags=["desk"])


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
        "warned": {seller_id: asdict(warned) for seller_id, warned in state.marks.warned.items()},
    }
