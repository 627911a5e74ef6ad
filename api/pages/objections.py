"""Objections of clients to lines of their statements: the staff's list, the thread, the decision (P6)."""

from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import Field
from sqlmodel import select

from api.inputs import PathId
from api.pages.forms import Form, SentForm, Text, Typed
from api.pages.page import ON_A_PAGE, Page, PageRoute, ReadingPage, WritingPage
from contracts.errors import Refusal
from contracts.parties import Client
from contracts.queries import client_names
from entitlements.logging_work import LONGEST_WORK_MINUTES
from entitlements.objecting import comment, reject, uphold
from entitlements.objection_facts import comments_of, list_objections, objection_record
from entitlements.objection_states import ObjectionState
from entitlements.objections import Side
from entitlements.statements import Statement, StatementLine
from entitlements.work import WorkEntry

router = APIRouter(route_class=PageRoute, include_in_schema=False)


class Said(Typed):
    """What is said in the thread."""

    text: Text


class Verdict(StrEnum):
    """Which way an objection is decided."""

    UPHELD = "upheld"
    REJECTED = "rejected"


class Decided(Typed):
    """The decision; of a line that is upheld so many worked minutes stand, none when it is credited wholly."""

    outcome: Verdict
    reason: Text
    standing_minutes: Annotated[int, Field(ge=0, le=LONGEST_WORK_MINUTES)] | None = None


@router.get("/objections")
def show_all(
    page: ReadingPage,
    state: ObjectionState = ObjectionState.UNDECIDED,
    after: Annotated[PathId | None, Query()] = None,
) -> Response:
    """The objections of a state in the order in which they were raised; those that wait first."""
    found = list_objections(page.session, state=state, after=after or 0, limit=ON_A_PAGE + 1)
    ids = [one.client_id for one in found]
    return page.show(
        "objections/list.html",
        state=state,
        states=list(ObjectionState),
        objections=found[:ON_A_PAGE],
        clients=client_names(page.session, ids),
        later=found[ON_A_PAGE - 1].id if len(found) > ON_A_PAGE else None,
    )


@router.get("/objections/{objection_id}")
def show(objection_id: PathId, page: ReadingPage) -> Response:
    """An objection with the work that it is about, its thread and the decision."""
    return page.show("objections/one.html", **_objection(page, objection_id))


@router.post("/objections/{objection_id}:comment")
def say(objection_id: PathId, form: SentForm, page: WritingPage) -> Response:
    """Say something in the thread, for the staff."""

    def act() -> str:
        text = form.read(Said).text
        comment(page.session, objection_id, side=Side.STAFF, text=text, said_by=page.person.name, at=page.at)
        return f"/objections/{objection_id}?said=commented"

    return page.once(form, act, lambda refusal: _again(page, objection_id, form, refusal))


@router.post("/objections/{objection_id}:decide")
def decide(objection_id: PathId, form: SentForm, page: WritingPage) -> Response:
    """Uphold an objection, which the next statement credits, or reject it with a reason."""

    def act() -> str:
        given = form.read(Decided)
        by: dict[str, Any] = {"reason": given.reason, "decided_by": page.person.name, "at": page.at}
        if given.outcome is Verdict.UPHELD:
            uphold(page.session, objection_id, **by, standing_minutes=given.standing_minutes or 0)
        elif given.standing_minutes is not None:
            raise Refusal("FIELD_WRONG", field="standing_minutes", value=given.standing_minutes)
        else:
            reject(page.session, objection_id, **by)
        return f"/objections/{objection_id}?said=decided"

    return page.once(form, act, lambda refusal: _again(page, objection_id, form, refusal))


def _again(page: Page, objection_id: int, form: Form, refusal: Refusal) -> Response:
    return page.again("objections/one.html", form, refusal, **_objection(page, objection_id))


def _objection(page: Page, objection_id: int) -> dict[str, Any]:
    record = objection_record(page.session, objection_id)
    line = select(StatementLine).where(StatementLine.statement_id == record.statement_id)
    return {
        "one": record,
        "client": page.session.get_one(Client, record.client_id),
        "statement": page.session.get_one(Statement, record.statement_id),
        "line": page.session.exec(line.where(StatementLine.position == record.line)).one(),
        "work": page.session.get_one(WorkEntry, record.work_entry_id),
        "comments": comments_of(page.session, objection_id),
    }
