"""A client's statements of hours: each line with its rule; lines are accepted or objected to, one by one (P6)."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from sqlmodel import col, select

from api.inputs import PathId
from api.pages.forms import Form, SentForm, Text, Typed
from api.pages.page import ON_A_PAGE, Page, PageRoute, ReadingPage, WritingPage
from contracts.errors import Refusal
from contracts.parties import Seller
from documents.drawing_entries import entry_sheets
from documents.paper_kinds import PaperKind
from documents.papers import Paper
from entitlements.objecting import accept, accept_rest, object_to
from entitlements.objection_facts import awaits_answer, standings
from entitlements.objection_states import LineState
from entitlements.statements import Statement, StatementLine

router = APIRouter(route_class=PageRoute, include_in_schema=False)


class Nothing(Typed):
    """A form of a button alone."""


class Objection(Typed):
    """Why a line is wrong."""

    text: Text


@router.get("/my/statements")
def show_all(page: ReadingPage, before: Annotated[PathId | None, Query()] = None) -> Response:
    """The statements, the latest first, and which of them wait for an answer."""
    query = select(Statement, awaits_answer()).where(Statement.client_id == page.client_id)
    if before is not None:
        query = query.where(col(Statement.id) < before)
    found = page.session.exec(query.order_by(col(Statement.id).desc()).limit(ON_A_PAGE + 1)).all()
    return page.show(
        "my/statements.html",
        statements=found[:ON_A_PAGE],
        earlier=found[ON_A_PAGE - 1][0].id if len(found) > ON_A_PAGE else None,
        today=page.today,
    )


@router.get("/my/statements/{statement_id}")
def show(statement_id: PathId, page: ReadingPage, after: Annotated[int, Query(ge=0, le=10**6)] = 0) -> Response:
    """One statement: what was given and used, and its lines."""
    return page.show("my/statement.html", **_statement(page, statement_id, after))


@router.post("/my/statements/{statement_id}:accept")
def accept_all(statement_id: PathId, form: SentForm, page: WritingPage) -> Response:
    """Accept every line that has no answer yet."""

    def act() -> str:
        form.read(Nothing)
        accept_rest(page.session, statement_id, said_by=page.person.name, at=page.at)
        return f"/my/statements/{statement_id}?said=accepted_all"

    return page.once(form, act, lambda refusal: _again(page, form, refusal, statement_id, 0))


@router.post("/my/statements/{statement_id}/lines/{line}:accept")
def accept_line(statement_id: PathId, line: PathId, form: SentForm, page: WritingPage) -> Response:
    """Accept one line."""

    def act() -> str:
        form.read(Nothing)
        accept(page.session, statement_id, line, said_by=page.person.name, at=page.at)
        return f"/my/statements/{statement_id}?after={_before(line)}&said=line_accepted#line-{line}"

    return page.once(form, act, lambda refusal: _again(page, form, refusal, statement_id, line))


@router.post("/my/statements/{statement_id}/lines/{line}:object")
def object_to_line(statement_id: PathId, line: PathId, form: SentForm, page: WritingPage) -> Response:
    """Object to one line, with words."""

    def act() -> str:
        text = form.read(Objection).text
        object_to(page.session, statement_id, line, text=text, said_by=page.person.name, at=page.at)
        return f"/my/statements/{statement_id}?after={_before(line)}&said=objected#line-{line}"

    return page.once(form, act, lambda refusal: _again(page, form, refusal, statement_id, line))


def _again(page: Page, form: Form, refusal: Refusal, statement_id: int, line: int) -> Response:
    shown = _statement(page, statement_id, _before(line)) | {"answered": line}
    return page.again("my/statement.html", form, refusal, **shown)


def _before(line: int) -> int:
    """The last line of the page before the one that the line is on."""
    return max(line - 1, 0) // ON_A_PAGE * ON_A_PAGE


def _statement(page: Page, statement_id: int, after: int) -> dict[str, Any]:
    session, statement = page.session, page.session.get(Statement, statement_id)
    if statement is None:
        raise Refusal("STATEMENT_UNKNOWN", field="statement_id", value=statement_id)
    seller = session.get_one(Seller, statement.seller_id)
    standing = standings(session, statement, seller.day_of(page.at))
    own = select(StatementLine.id, StatementLine.position).where(StatementLine.statement_id == statement.id)
    placed = session.exec(own.order_by(col(StatementLine.position))).all()
    entries = entry_sheets(session, statement, seller, None, page.language)
    lines = [
        (position, entry, standing[line_id])
        for (line_id, position), entry in zip(placed, entries, strict=True)
        if position > after
    ]
    paper = select(Paper).where(Paper.kind == PaperKind.STATEMENT, Paper.subject_id == statement.id)
    return {
        "statement": statement,
        "lines": lines[:ON_A_PAGE],
        "following": lines[ON_A_PAGE - 1][0] if len(lines) > ON_A_PAGE else None,
        "after": after,
        "is_open": any(one.state is LineState.OPEN for one in standing.values()),
        "paper": session.exec(paper.order_by(col(Paper.id).desc())).first(),
        "answered": 0,
    }
