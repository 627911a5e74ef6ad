"""The bounce list: addresses to which mail no longer goes, and letting it go there again (P2)."""

from typing import Any

from fastapi import APIRouter, Response

from api.pages.forms import SentForm, Text, Typed
from api.pages.page import Page, PageRoute, ReadingPage, WritingPage
from documents.bouncing import clear_address
from documents.listed_bounces import bounce_list
from documents.paper_names import KINDS

router = APIRouter(route_class=PageRoute, include_in_schema=False)


class Trusted(Typed):
    """An address that is to be trusted again, and why."""

    email: Text
    reason: Text


@router.get("/bounces")
def show(page: ReadingPage) -> Response:
    """The addresses, why and since when nothing goes there, and the papers concerned."""
    return page.show("bounces/list.html", **_listed(page))


@router.post("/bounces:clear")
def clear(form: SentForm, page: WritingPage) -> Response:
    """Let mail go to an address again; what was stopped for it leaves, if it is still news."""

    def act() -> str:
        given = form.read(Trusted)
        clear_address(page.session, given.email, page.person.name, given.reason, at=page.at)
        return "/bounces?said=address_trusted"

    return page.once(form, act, lambda refusal: page.again("bounces/list.html", form, refusal, **_listed(page)))


def _listed(page: Page) -> dict[str, Any]:
    return {"listed": bounce_list(page.session), "kinds": KINDS[page.language]}
