"""Letters that came back: reports of mail servers, the bounce list, and taking an address off it (P2)."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import Field

from api.calls import CREATED, Once, OnceWithFile
from api.inputs import Input, Limit, PathId, line
from api.outputs import Answer
from api.request import Call, GuardedRoute, Reader
from documents.bouncing import bounces, clear_address, record_report

router = APIRouter(route_class=GuardedRoute, tags=["letters"])

REPORT: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"message/rfc822": {"schema": {"type": "string", "format": "binary"}}},
    }
}


class BounceAnswer(Answer):
    """That a letter came back; while a hard bounce is not cleared, nothing is sent to its address."""

    id: int
    letter_id: int
    address: str
    is_hard: bool
    status: str
    said: str
    bounced_at: datetime


class ReportAnswer(Answer):
    """The bounce that a report told of; none when the letter was delivered after all."""

    bounce: BounceAnswer | None


class Cleared(Input):
    """An address that is to be trusted again, who says so, and why."""

    email: str = Field(min_length=1, max_length=254, examples=["buh@romashka.example"])
    cleared_by: str = line(200, examples=["Котова И. Л."])
    reason: str = line(300, examples=["Ящик починили"])


class ClearedAnswer(Answer):
    """The letters that were stopped for the address and wait again."""

    letter_ids: list[int]


@router.get("/v1/bounces")
def find(
    call: Reader,
    listed: Annotated[bool, Query(description="Only those that keep their addresses on the bounce list.")] = False,
    after: Annotated[PathId | None, Query(description="The last id of the page before.")] = None,
    limit: Annotated[Limit, Query()] = 50,
) -> list[BounceAnswer]:
    """The letters that came back, in the order in which that was learnt."""
    found = bounces(call.session, listed=listed, after=after or 0, limit=limit)
    return [BounceAnswer.model_validate(one) for one in found]


@router.post("/v1/bounces", status_code=CREATED, response_model=ReportAnswer, openapi_extra=REPORT)
def report(file: OnceWithFile) -> Response:
    """Take a mail server's report (RFC 3464) of a letter of ours; the same report again changes nothing."""
    content, once = file

    def recorded(call: Call) -> ReportAnswer:
        bounce = record_report(call.session, content, at=call.at)
        return ReportAnswer(bounce=None if bounce is None else BounceAnswer.model_validate(bounce))

    return once.answer(recorded)


@router.post("/v1/bounces:clear", status_code=CREATED, response_model=ClearedAnswer)
def clear(new: Cleared, once: Once) -> Response:
    """Take an address off the bounce list; what was stopped for it waits to be sent again."""
    return once.answer(
        lambda call: ClearedAnswer(
            letter_ids=[
                letter.id for letter in clear_address(call.session, new.email, new.cleared_by, new.reason, at=call.at)
            ]
        )
    )
