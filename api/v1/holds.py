"""What becomes of minutes that were held for an accepted ticket."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field, model_validator

from api.calls import CREATED, Once
from api.inputs import Input, Limit, PathId, wrong
from api.request import Call, GuardedRoute, Reader
from api.v1.desk_answers import EndedHold, HoldAnswer, Settlement
from api.v1.work import ReportedWork, record_work
from contracts.known_rows import known_row
from contracts.parties import Client
from entitlements.desk import extend_hold, live_holds, release_hold, settle_hold
from entitlements.hold_ends import HoldEnd
from entitlements.logging_work import LONGEST_WORK_MINUTES
from entitlements.named_holds import named_hold

router = APIRouter(route_class=GuardedRoute, tags=["desk"])


class SettlementInput(Input):
    """What the ticket took: so many of the minutes, or the work itself, which is recorded in the same transaction.

    With neither all the minutes are settled. What is not settled is released.
    """

    minutes: int | None = Field(default=None, ge=0, le=LONGEST_WORK_MINUTES, examples=[45])
    work: ReportedWork | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> "SettlementInput":
        if self.minutes is not None and self.work is not None:
            raise wrong("SETTLED_BY_TWO", "minutes or work")
        return self


ALL_OF_IT = SettlementInput()
"""What a settlement without a body says."""


class ExtensionInput(Input):
    """For how many hours from now."""

    hold_hours: int = Field(ge=1, le=8760, examples=[72])


@router.get("/v1/holds")
def find(
    call: Reader,
    client_id: Annotated[PathId | None, Query(description="Whose holds; everybody's when left out.")] = None,
    after: Annotated[PathId | None, Query(description="The last id of the page before.")] = None,
    limit: Annotated[Limit, Query()] = 50,
) -> list[HoldAnswer]:
    """The holds that are live now, in the order of their placing."""
    if client_id is not None:
        known_row(call.session, Client, client_id)
    found = live_holds(call.session, at=call.at, client_id=client_id, after=after or 0, limit=limit)
    return [HoldAnswer.model_validate(held) for held in found]


@router.post("/v1/holds/{hold_id}:settle", response_model=Settlement)
def settle(hold_id: PathId, once: Once, new: SettlementInput = ALL_OF_IT) -> Response:
    """End a hold whose work is logged or comes with the call, wholly or by so many minutes; the rest is released."""
    return once.answer(lambda call: _settle(call, hold_id, new), status=200)


def _settle(call: Call, hold_id: int, new: SettlementInput) -> Settlement:
    if new.work is None:
        return Settlement.model_validate(settle_hold(call.session, hold_id, at=call.at, minutes=new.minutes))
    held, _ = named_hold(call.session, hold_id)
    work = new.work.work(client_id=held.client_id, seller_id=held.seller_id, ticket=new.work.ticket or held.ticket)
    told = record_work(call.session, work, held, at=call.at)
    settled = told.hold.settled_minutes if told.hold is not None else None
    return Settlement(hold_id=held.id, end=HoldEnd.SETTLED, ended_at=call.at, settled_minutes=settled, work=told)


@router.post("/v1/holds/{hold_id}:release", response_model=EndedHold)
def release(hold_id: PathId, once: Once) -> Response:
    """Give the minutes back."""
    return once.answer(
        lambda call: EndedHold.model_validate(release_hold(call.session, hold_id, at=call.at)), status=200
    )


@router.post("/v1/holds/{hold_id}:extend", status_code=CREATED, response_model=HoldAnswer)
def extend(hold_id: PathId, new: ExtensionInput, once: Once) -> Response:
    """End a live hold and place its successor with the same minutes."""
    return once.answer(
        lambda call: HoldAnswer.model_validate(extend_hold(call.session, hold_id, new.hold_hours, at=call.at))
    )
