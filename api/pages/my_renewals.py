"""Renewing a subscription by the client itself: the ways that are open today, at the price list (S4, S5)."""

from typing import Any, Literal

from fastapi import APIRouter, Response

from api.inputs import PathId
from api.journeys import renew_subscription
from api.pages.admission import PAGES
from api.pages.forms import SentForm, Text, Typed
from api.pages.page import Page, PageRoute, ReadingPage, WritingPage
from contracts.errors import Refusal
from documents.drawing_offer import draw_offer
from documents.offer import ChoiceSheet

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
        given = form.read(Renewal)
        open_choices = draw_offer(page.session, subscription_id, at=page.at).open_choices
        chosen = next((one for one in open_choices if code_of(one) == given.choice), None)
        if chosen is None:
            raise Refusal("RENEWAL_NOT_OPEN", field="choice", value=given.choice)
        promotion = chosen.promotion.code if chosen.promotion is not None else None
        sold = renew_subscription(
            page.session, subscription_id, chosen.term_months, chosen.kind, promotion=promotion, at=page.at
        )
        return f"/my/invoices/{sold.invoice.id}?said=renewed_own"

    return page.once(
        form, act, lambda refusal: page.again("my/renewal.html", form, refusal, **_offer(page, subscription_id))
    )


def code_of(choice: ChoiceSheet) -> str:
    """The way and its price: should either change meanwhile, the form asks again."""
    promotion = choice.promotion.code if choice.promotion is not None else ""
    return f"{choice.kind} {choice.term_months} {promotion} {choice.total.minor}"


def _offer(page: Page, subscription_id: int) -> dict[str, Any]:
    sheet = draw_offer(page.session, subscription_id, at=page.at, language=page.language)
    return {
        "sheet": sheet,
        "choices": [(code_of(one), one) for one in sheet.choices],
        "may_renew": page.person.role in PAGES["POST", "/my/renewals/{subscription_id}"],
    }
