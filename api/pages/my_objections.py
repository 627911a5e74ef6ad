"""One objection of a client: its thread, its decision, and by when that is due (P6)."""

from typing import Any

from fastapi import APIRouter, Response

from api.inputs import PathId
from api.pages.forms import SentForm, Text, Typed
from api.pages.page import Page, PageRoute, ReadingPage, WritingPage
from contracts.parties import Seller
from entitlements.calendar import load_calendar
from entitlements.objecting import comment
from entitlements.objection_days import decision_due_on
from entitlements.objection_facts import comments_of, objection_record
from entitlements.objections import Side

router = APIRouter(route_class=PageRoute, include_in_schema=False)


class Comment(Typed):
    """What is said in the thread."""

    text: Text


@router.get("/my/objections/{objection_id}")
def show(objection_id: PathId, page: ReadingPage) -> Response:
    """The objection with its thread."""
    return page.show("my/objection.html", **_objection(page, objection_id))


@router.post("/my/objections/{objection_id}:comment")
def say(objection_id: PathId, form: SentForm, page: WritingPage) -> Response:
    """Say something while nobody has decided."""

    def act() -> str:
        text, by = form.read(Comment).text, page.person.name
        comment(page.session, objection_id, side=Side.CLIENT, text=text, said_by=by, at=page.at)
        return f"/my/objections/{objection_id}?said=commented"

    return page.once(
        form,
        act,
        lambda refusal: page.again("my/objection.html", form, refusal, **_objection(page, objection_id)),
    )


def _objection(page: Page, objection_id: int) -> dict[str, Any]:
    objection = objection_record(page.session, objection_id)
    seller = page.session.get_one(Seller, objection.seller_id)
    calendar = load_calendar(seller.calendar, seller.time_zone)
    return {
        "objection": objection,
        "comments": comments_of(page.session, objection_id),
        "due_on": decision_due_on(calendar, seller.day_of(objection.said_at)),
    }
