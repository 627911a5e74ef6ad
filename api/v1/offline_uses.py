"""What a desk did on an offline pass, when the server is back (D5, H10)."""

from datetime import datetime
from uuid import uuid4

import msgspec
from fastapi import APIRouter, Response
from pydantic import Field

from api.calls import CREATED, Once
from api.checking import question_text
from api.inputs import Id, Input, Moment, PathId, line
from api.outputs import Answer
from api.request import Call, GuardedRoute, Reader
from api.v1.offline_answers import OfflineUsesTold, OfflineUseTold
from contracts.errors import Refusal
from entitlements.desk import Asked
from entitlements.key_rotation import published
from entitlements.logging_work import LONGEST_WORK_MINUTES, Work
from entitlements.offline_uses import OfflineUse
from entitlements.offline_work import ShownPass, review, take_in, waiting_uses
from entitlements.receipts import Kind, verified

router = APIRouter(route_class=GuardedRoute, tags=["desk"])

MOST_USES = 100


class OfflineUseInput(Input):
    """Work that was done while the server was away, known by `source` and `external_id` like any work."""

    source: str = line(60, examples=["desk"])
    external_id: str = line(200, examples=["SD-1042/1"])
    worked_minutes: int = Field(ge=1, le=LONGEST_WORK_MINUTES, examples=[50])
    started_at: Moment = Field(examples=["2026-10-05T10:00:00+03:00"])
    seller_id: Id | None = None
    ticket: str = Field(default="", max_length=100)
    service: str = Field(default="", max_length=60, examples=["remote_work"])
    channel: str = Field(default="", max_length=40)
    asked_by: str = Field(default="", max_length=200)
    engineer: str = Field(default="", max_length=200)
    summary: str = Field(default="", max_length=2000)


class OfflineUsesInput(Input):
    """The queue of one client, with the pass that the desk went by."""

    offline_pass: str = Field(min_length=1, max_length=200_000, examples=["eyJhbGciOiJFZDI1NTE5…"])
    uses: list[OfflineUseInput] = Field(min_length=1, max_length=MOST_USES)


class ReviewInput(Input):
    """Who looked at it."""

    by: str = line(200, examples=["Ирина Соколова"])


class ReviewTold(Answer):
    """That a person looked at the use."""

    offline_use_id: int
    reviewed_by: str
    reviewed_at: datetime


@router.post("/v1/offline-uses", status_code=CREATED, response_model=OfflineUsesTold)
def record(new: OfflineUsesInput, once: Once) -> Response:
    """Take in what was done on a pass: each use is booked once, and none is refused for want of hours or cover.

    One of a counted service takes it; where none is left, a person is asked to look.
    """
    return once.answer(lambda call: _record(call, new))


@router.get("/v1/offline-uses")
def waiting(call: Reader) -> OfflineUsesTold:
    """The uses that a person has yet to look at, oldest first."""
    return OfflineUsesTold(uses=[OfflineUseTold.model_validate(use) for use in waiting_uses(call.session)])


@router.post("/v1/offline-uses/{offline_use_id}:review", status_code=CREATED, response_model=ReviewTold)
def look(offline_use_id: PathId, new: ReviewInput, once: Once) -> Response:
    """Say that a person looked at a use."""
    return once.answer(lambda call: ReviewTold.model_validate(review(call.session, offline_use_id, new.by, at=call.at)))


def _record(call: Call, new: OfflineUsesInput) -> OfflineUsesTold:
    shown = shown_pass(call, new.offline_pass)
    return OfflineUsesTold(uses=[_take_in(call, shown, use) for use in new.uses])


def shown_pass(call: Call, text: str) -> ShownPass:
    """The pass, which may have ended since. Raises the refusals of `verified`, or `Refusal("PASS_REQUIRED")`."""
    try:
        signed = verified(text, {key.kid: key for key in published(call.session)})
    except Refusal as refused:
        raise Refusal(refused.code, field="offline_pass", allowed="a pass as it was given") from None
    if signed.kind is not Kind.PASS:
        raise Refusal("PASS_REQUIRED", field="offline_pass", allowed="a pass as it was given")
    client_id, withdrawn = signed.claims["client_id"], signed.key.withdrawn_from
    if call.principal.client_id not in (None, client_id):
        raise Refusal("CLIENT_UNKNOWN", field="client_id", value=client_id)
    issued_at, valid_until = (datetime.fromisoformat(signed.claims[name]) for name in ("issued_at", "valid_until"))
    is_withdrawn = withdrawn is not None and issued_at >= withdrawn
    return ShownPass(client_id, signed.key.kid, issued_at, valid_until, is_withdrawn)


def _take_in(call: Call, shown: ShownPass, use: OfflineUseInput) -> OfflineUseTold:
    said = msgspec.json.encode(use.model_dump()).decode()
    work = Work(client_id=shown.client_id, **use.model_dump())
    words = {"client": {"id": shown.client_id}, "service": use.service or None, "requested_minutes": use.worked_minutes}
    asked = Asked(str(uuid4()), call.principal.caller, call.at, use.ticket, question_text(words))
    taken: OfflineUse = take_in(call.session, shown, work, asked, said=said)
    return OfflineUseTold.model_validate(taken).model_copy(update={"said_differently": taken.said != said})
