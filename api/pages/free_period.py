"""Starting the free service of a registered copy without a sale, once for a registration number (S1, S3)."""

from typing import Any

from fastapi import APIRouter, Response

from api.inputs import PathId
from api.journeys import start_free_period
from api.pages.forms import Id, SentForm, Text, Typed
from api.pages.page import Page, PageRoute, ReadingPage, WritingPage
from contracts.errors import Refusal
from contracts.free_periods import gives_free_period
from contracts.known_rows import known_row
from contracts.listed_parties import registrations_of
from contracts.parties import Client
from contracts.plans_on_sale import plans_on_sale
from contracts.queries import all_sellers

router = APIRouter(route_class=PageRoute, include_in_schema=False)


class FreeService(Typed):
    """Which copy is served, by whom, on which plan."""

    number: Text
    plan: Text
    seller_id: Id


@router.get("/clients/{client_id}/free-period")
def ask(client_id: PathId, page: ReadingPage) -> Response:
    """The copies of the client and the plans on sale."""
    return page.show("clients/free_period.html", **_choices(page, client_id))


@router.post("/clients/{client_id}/free-period")
def start(client_id: PathId, form: SentForm, page: WritingPage) -> Response:
    """Start the free period, with its hours and its certificate."""

    def act() -> str:
        given = form.read(FreeService)
        if given.number not in {copy.number for copy, _ in registrations_of(page.session, client_id)}:
            raise Refusal("REGISTRATION_UNKNOWN", field="number", value=given.number)
        start_free_period(page.session, given.seller_id, given.number, given.plan, at=page.at)
        return f"/clients/{client_id}?said=free_period"

    return page.once(
        form, act, lambda no: page.again("clients/free_period.html", form, no, **_choices(page, client_id))
    )


def _choices(page: Page, client_id: int) -> dict[str, Any]:
    client = known_row(page.session, Client, client_id)
    return {
        "client": client,
        "copies": [one for one in registrations_of(page.session, client.id) if one[0].surrendered_on is None],
        "plans": [one for one in plans_on_sale(page.session, page.today) if gives_free_period(one.version)],
        "sellers": all_sellers(page.session),
    }
