"""Objections: what clients say to the lines of their statements until the printed date, and the staff's word (P6)."""

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response
from pydantic import Field

from api.calls import CREATED, Once
from api.inputs import Input, Limit, PathId
from api.inputs import line as text_of
from api.outputs import Answer
from api.request import Call, GuardedRoute, Reader
from api.roles import Role
from contracts.errors import Refusal
from contracts.known_rows import known_row
from contracts.parties import Client
from entitlements.logging_work import LONGEST_WORK_MINUTES
from entitlements.objecting import LONGEST_TEXT, accept, comment, object_to, reject, uphold
from entitlements.objection_facts import comments_of, list_objections, objection_record
from entitlements.objection_states import ObjectionState
from entitlements.objections import Side, Stance

router = APIRouter(route_class=GuardedRoute, tags=["bills"])


class AcceptInput(Input):
    """Which line, by its position on the statement, and who says so."""

    line: int = Field(ge=1, le=2**31 - 1, examples=[1])
    said_by: str = text_of(200, examples=["Седова А. П."])


class ObjectInput(AcceptInput):
    """Why a line is wrong."""

    text: str = text_of(LONGEST_TEXT, examples=["Звонок длился десять минут"])


class CommentInput(Input):
    """What is said in the thread; which side says it follows from the key."""

    text: str = text_of(LONGEST_TEXT, examples=["Приложили запись звонка"])
    said_by: str = text_of(200, examples=["Седова А. П."])


class ObjectionDecisionInput(Input):
    """The decision; of a line that is upheld so many worked minutes stand, none when it is credited wholly."""

    outcome: Literal["upheld", "rejected"] = Field(examples=["upheld"])
    reason: str = text_of(LONGEST_TEXT, examples=["По записи звонка десять минут"])
    decided_by: str = text_of(200, examples=["Орлова Н. В."])
    standing_minutes: int | None = Field(default=None, ge=0, le=LONGEST_WORK_MINUTES, examples=[10])


class ReplyAnswer(Answer):
    """What was said to a line; the id is that of the objection."""

    id: int
    client_id: int
    seller_id: int
    stance: Stance
    text: str
    said_by: str
    said_at: datetime


class CommentAnswer(Answer):
    """What one side said in the thread of an objection."""

    id: int
    side: Side
    text: str
    said_by: str
    said_at: datetime


class ObjectionAnswer(Answer):
    """An objection to a line; of one that is upheld, the entries that the next statement takes back and adds."""

    id: int
    client_id: int
    seller_id: int
    statement_id: int
    month: date
    line: int
    work_entry_id: int
    text: str
    said_by: str
    said_at: datetime
    state: ObjectionState
    reason: str | None
    decided_by: str | None
    decided_at: datetime | None
    standing_minutes: int | None
    reversal_id: int | None
    entry_id: int | None


class WholeObjection(ObjectionAnswer):
    """An objection with its thread."""

    comments: list[CommentAnswer]


@router.post("/v1/statements/{statement_id}:object", status_code=CREATED, response_model=ReplyAnswer)
def object_to_line(statement_id: PathId, new: ObjectInput, once: Once) -> Response:
    """Object to one line of a statement, until the date printed on it."""
    return once.answer(
        lambda call: ReplyAnswer.model_validate(object_to(call.session, statement_id, **dict(new), at=call.at))
    )


@router.post("/v1/statements/{statement_id}:accept", status_code=CREATED, response_model=ReplyAnswer)
def accept_line(statement_id: PathId, new: AcceptInput, once: Once) -> Response:
    """Accept one line of a statement; after the printed date silence accepts it."""
    return once.answer(
        lambda call: ReplyAnswer.model_validate(accept(call.session, statement_id, **dict(new), at=call.at))
    )


@router.get("/v1/objections")
def find(
    call: Reader,
    state: Annotated[ObjectionState | None, Query()] = None,
    seller_id: Annotated[PathId | None, Query()] = None,
    client_id: Annotated[PathId | None, Query()] = None,
    after: Annotated[PathId | None, Query(description="The last id of the page before.")] = None,
    limit: Annotated[Limit, Query()] = 50,
) -> list[ObjectionAnswer]:
    """The objections in the order in which they were raised."""
    if client_id is not None:
        known_row(call.session, Client, client_id)
    found = list_objections(
        call.session, state=state, seller_id=seller_id, client_id=client_id, after=after or 0, limit=limit
    )
    return [ObjectionAnswer.model_validate(one) for one in found]


@router.get("/v1/objections/{objection_id}")
def read(objection_id: PathId, call: Reader) -> WholeObjection:
    """An objection with its thread and the decision."""
    record = objection_record(call.session, objection_id)
    said = [CommentAnswer.model_validate(one) for one in comments_of(call.session, objection_id)]
    return WholeObjection(**record._asdict(), comments=said)


@router.post("/v1/objections/{objection_id}:comment", status_code=CREATED, response_model=CommentAnswer)
def add_comment(objection_id: PathId, new: CommentInput, once: Once) -> Response:
    """Say something in the thread of an objection that is not decided yet."""
    return once.answer(lambda call: _comment(call, objection_id, new))


@router.post("/v1/objections/{objection_id}:decide", response_model=ObjectionAnswer)
def decide(objection_id: PathId, new: ObjectionDecisionInput, once: Once) -> Response:
    """Uphold an objection, which the next statement credits, or reject it with a reason."""
    return once.answer(lambda call: _decide(call, objection_id, new), status=200)


def _comment(call: Call, objection_id: int, new: CommentInput) -> CommentAnswer:
    side = Side.CLIENT if call.principal.role is Role.CLIENT else Side.STAFF
    return CommentAnswer.model_validate(comment(call.session, objection_id, side=side, **dict(new), at=call.at))


def _decide(call: Call, objection_id: int, new: ObjectionDecisionInput) -> ObjectionAnswer:
    said = {"reason": new.reason, "decided_by": new.decided_by}
    if new.outcome == "upheld":
        uphold(call.session, objection_id, **said, standing_minutes=new.standing_minutes or 0, at=call.at)
    elif new.standing_minutes is not None:
        raise Refusal("FIELD_WRONG", field="standing_minutes", value=new.standing_minutes, allowed="null when rejected")
    else:
        reject(call.session, objection_id, **said, at=call.at)
    return ObjectionAnswer.model_validate(objection_record(call.session, objection_id))
