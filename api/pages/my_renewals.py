"""Renewing a subscription by the client itself: the ways that are open today, at the price list (S4, S5)."""

from typing import Any, Literal

from fastapi import APIRouter, Response

from api.inputs import PathId
from api.own_buying import renew_by_client
from api.pages.admission import PAGES
from api.pages.forms import SentForm, Text, Typed
from api.pages.page import Page, PageRoute, ReadingPage, WritingPage
from documents.drawing_offer import draw_offer

router = APIRouter(route_class=PageRoute, include_in_schema=False)


class Renewal(Typed):
    """One of the open ways at the price that was shown, and that it is agreed to."""

    choice: Text
    is_agreed: Literal["yes"]


@router.get("/my/renewals/{subscription_id}")
def show(subscription_id: PathId, page: ReadingPage) -> Response:
    """The ways to renew, side by side, with what a lapse costs."""
    return page.show("my/renewal.html", **_offer(page, subscription_id))


@router.post("/my/renewals/{subscription_id}")
def renew(subscription_id: PathId, form: SentForm, page: WritingPage) -> Response:
    """Renew in one of the open ways: contract and invoice are issued, the invoice is shown."""

    def act() -> str:
        staff = page.request.app.state.settings.language
        choice, by = form.read(Renewal).choice, page.person.name
        invoice = renew_by_client(page.session, subscription_id, choice, by, staff, at=page.at)
        return f"/my/invoices/{invoice.id}?said=renewed_own"

    return page.once(
        form, act, lambda refusal: page.again("my/renewal.html", form, refusal, **_offer(page, subscription_id))
    )


def _offer(page: Page, subscription_id: int) -> dict[str, Any]:
    sheet = draw_offer(page.session, subscription_id, at=page.at, language=page.language)
    return {
        "sheet": sheet,
        "may_renew": page.person.role in PAGES["POST", "/my/renewals/{subscription_id}"],
    }
