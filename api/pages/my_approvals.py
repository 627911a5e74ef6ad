"""Work of the open month about which the plan asks the client: approved or objected to, entry by entry (P6)."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from api.inputs import PathId
from api.pages.forms import Form, SentForm, Text, Typed
from api.pages.my_statements import Nothing
from api.pages.page import ON_A_PAGE, Page, PageRoute, ReadingPage, WritingPage
from contracts.errors import Refusal
from entitlements.approving import approve_entry, list_entries, object_to_entry

router = APIRouter(route_class=PageRoute, include_in_schema=False)


class Objection(Typed):
    """Why an entry is wrong."""

    text: Text


@router.get("/my/approvals")
def show(page: ReadingPage, after: Annotated[PathId | None, Query()] = None) -> Response:
    """The entries, in the order in which they were recorded."""
    return page.show("my/approvals.html", **_entries(page, after or 0))


@router.post("/my/approvals/{entry_id}:approve")
def approve(entry_id: PathId, form: SentForm, page: WritingPage) -> Response:
    """Approve an entry."""

    def act() -> str:
        form.read(Nothing)
        approve_entry(page.session, entry_id, said_by=page.person.name, at=page.at)
        return "/my/approvals?said=approved"

    return page.once(form, act, lambda refusal: _again(page, form, refusal, entry_id))


@router.post("/my/approvals/{entry_id}:object")
def object_to(entry_id: PathId, form: SentForm, page: WritingPage) -> Response:
    """Object to an entry, with words."""

    def act() -> str:
        object_to_entry(page.session, entry_id, text=form.read(Objection).text, said_by=page.person.name, at=page.at)
        return "/my/approvals?said=objected"

    return page.once(form, act, lambda refusal: _again(page, form, refusal, entry_id))


def _again(page: Page, form: Form, refusal: Refusal, entry_id: int) -> Response:
    if refusal.code == "ENTRY_UNKNOWN":
        raise refusal  # there is no such form to show again
    return page.again("my/approvals.html", form, refusal, **(_entries(page, entry_id - 1) | {"answered": entry_id}))


def _entries(page: Page, after: int) -> dict[str, Any]:
    found = list_entries(page.session, client_id=page.client_id, after=after, limit=ON_A_PAGE + 1)
    following = found[ON_A_PAGE - 1].id if len(found) > ON_A_PAGE else None
    return {"entries": found[:ON_A_PAGE], "following": following, "answered": 0}
