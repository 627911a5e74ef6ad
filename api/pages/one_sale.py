"""A sale after it is issued: its contract and invoice side by side, and sending them."""

from fastapi import APIRouter, Response

from api.inputs import PathId
from api.newcomers import Speaker, introduce
from api.pages.forms import Name, SentForm, Text, Typed
from api.pages.page import PageRoute, ReadingPage, WritingPage
from api.pages.sale_card import shown_card, sold_of
from contracts.errors import Refusal
from documents.mailing_by_hand import send_papers
from documents.sale_papers import papers_of_sale

router = APIRouter(route_class=PageRoute, include_in_schema=False)


class Sending(Typed):
    """Where papers go from now on, of a client that has named no address yet."""

    email: Text = ""
    contact: Name = ""


@router.get("/sales/{subscription_id}")
def show(subscription_id: PathId, page: ReadingPage) -> Response:
    """The subscription with the papers of its sale."""
    return page.show("sales/one.html", **shown_card(page, subscription_id))


@router.get("/sales/{subscription_id}/papers")
def papers(subscription_id: PathId, page: ReadingPage) -> Response:
    """The papers alone, asked for again and again while they are being printed."""
    if not page.is_fragment:
        return page.go(f"/sales/{subscription_id}")
    return page.show("sales/papers.html", **shown_card(page, subscription_id))


@router.post("/sales/{subscription_id}:send")
def send(subscription_id: PathId, form: SentForm, page: WritingPage) -> Response:
    """Mail the papers of the sale to every address that the client chose for papers."""
    days = page.request.app.state.settings.link_days_outside

    def act() -> str:
        given, (client, sold) = form.read(Sending), sold_of(page, subscription_id)
        if given.email:
            introduce(page.session, client.id, Speaker(given.contact, given.email), called=client.name, at=page.at)
        papers = [paper.id for paper in papers_of_sale(page.session, sold.row)]
        send_papers(page.session, papers, page.person.name, days, at=page.at)
        return f"/sales/{subscription_id}?said=sent"

    def again(refusal: Refusal) -> Response:
        return page.again("sales/one.html", form, refusal, **shown_card(page, subscription_id))

    return page.once(form, act, again)
