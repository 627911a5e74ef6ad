"""Renewing a subscription by the choices of an offer, and issuing the offer as a paper."""

from typing import Any

from fastapi import APIRouter, Response
from starlette.datastructures import FormData

from api.inputs import PathId
from api.journeys import renew_subscription
from api.pages.forms import Amount, Form, SentForm, Text, Typed
from api.pages.page import Page, PageRoute, ReadingPage, WritingPage
from api.pages.sale_card import sold_of
from api.taking_offers import renew_as_shown
from contracts.errors import Refusal
from contracts.money import Money
from contracts.renewal_choices import RenewalChoice
from contracts.renewing import way_at_price
from contracts.sold import SoldSubscription
from documents.drawing_offer import draw_offer
from documents.issuing import issue_offer

router = APIRouter(route_class=PageRoute, include_in_schema=False)


class Renewal(Typed):
    """Which choice of the offer is taken; where a plan has no list prices, the months and the price agreed."""

    choice: Text = ""
    term_months: int | None = None
    price: Amount | None = None


@router.get("/sales/{subscription_id}/renew")
def ask(subscription_id: PathId, page: ReadingPage) -> Response:
    """The ways to renew side by side, with what a lapse costs; at an agreed price, what comes of what is typed."""
    sent = page.request.query_params
    form = Form(FormData([(name, value) for name, value in sent.multi_items() if name in Renewal.model_fields]))

    def look() -> Response:
        shown = _offered(page, subscription_id)
        if not shown["sheet"].choices and not shown["sold"].successor_id:
            shown["way"] = _way(page, shown["sold"], form.read(Renewal))
        return page.show("sales/agreed.html" if page.is_fragment else "sales/renew.html", typed=form.typed, **shown)

    def again(refusal: Refusal) -> Response:
        if page.is_fragment:
            return page.again("sales/agreed.html", form, refusal, way=None)
        return page.again("sales/renew.html", form, refusal, **_offered(page, subscription_id))

    return page.act_now(look, again)


@router.post("/sales/{subscription_id}:renew")
def renew(subscription_id: PathId, form: SentForm, page: WritingPage) -> Response:
    """Renew as it was chosen, and go on to the papers of the renewal."""

    def act() -> str:
        given = form.read(Renewal)
        if not given.choice:
            sold = renew_subscription(page.session, subscription_id, given.term_months, None, given.price, at=page.at)
        else:
            sold = renew_as_shown(page.session, subscription_id, given.choice, at=page.at)
        return f"/sales/{sold.sale.subscription.id}?said=renewed"

    def again(refusal: Refusal) -> Response:
        return page.again("sales/renew.html", form, refusal, **_offered(page, subscription_id))

    return page.once(form, act, again)


@router.post("/sales/{subscription_id}:offer")
def offer(subscription_id: PathId, form: SentForm, page: WritingPage) -> Response:
    """Issue the offer as a paper, to be printed and mailed as other papers."""

    def act() -> str:
        return f"/clients/{issue_offer(page.session, subscription_id, at=page.at).client_id}?said=offered"

    def again(refusal: Refusal) -> Response:
        return page.again("sales/renew.html", form, refusal, **_offered(page, subscription_id))

    return page.once(form, act, again)


def _offered(page: Page, subscription_id: int) -> dict[str, Any]:
    client, sold = sold_of(page, subscription_id)
    sheet = draw_offer(page.session, subscription_id, at=page.at, language=page.language)
    return {"client": client, "sold": sold, "sheet": sheet, "way": None}


def _way(page: Page, sold: SoldSubscription, given: Renewal) -> RenewalChoice:
    """The renewal at the price that was typed, or as yet for nothing; as long as the one before unless months are."""
    months, price = given.term_months or sold.row.term_months, given.price or Money(0, sold.row.currency)
    return way_at_price(page.session, sold.id, months, price, at=page.at)
