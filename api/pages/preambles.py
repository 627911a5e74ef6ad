"""What contracts say about who signs for a party: proposed by grammar, approved by a person (P3)."""

from typing import Any

from fastapi import APIRouter, Response

from api.inputs import PathId
from api.pages.forms import SentForm, Text, Typed
from api.pages.page import Page, PageRoute, ReadingPage, WritingPage
from contracts.approving_preambles import approve_entitys_preamble, approve_sellers_preamble
from contracts.known_rows import known_row
from contracts.parties import Entity, Seller
from documents.preamble import preamble_of

router = APIRouter(route_class=PageRoute, include_in_schema=False)


class Phrase(Typed):
    """The phrase as it is to be printed."""

    phrase: Text


@router.get("/entities/{entity_id}/preamble")
def ask_entitys(entity_id: PathId, page: ReadingPage) -> Response:
    """What contracts with a client's entity say now."""
    return page.show(PAGE, **_told(page, Entity, entity_id))


@router.post("/entities/{entity_id}/preamble")
def approve_entitys(entity_id: PathId, form: SentForm, page: WritingPage) -> Response:
    """Let new contracts with the entity print the phrase; those that are issued stay as they are."""

    def act() -> str:
        entity = approve_entitys_preamble(page.session, entity_id, form.read(Phrase).phrase)
        return f"/clients/{entity.client_id}?said=preamble"

    return page.once(form, act, lambda no: page.again(PAGE, form, no, **_told(page, Entity, entity_id)))


@router.get("/sellers/{seller_id}/preamble")
def ask_sellers(seller_id: PathId, page: ReadingPage) -> Response:
    """What contracts of ours say now."""
    return page.show(PAGE, **_told(page, Seller, seller_id))


@router.post("/sellers/{seller_id}/preamble")
def approve_sellers(seller_id: PathId, form: SentForm, page: WritingPage) -> Response:
    """Let new contracts of ours print the phrase."""

    def act() -> str:
        approve_sellers_preamble(page.session, seller_id, form.read(Phrase).phrase)
        return "/sellers?said=preamble"

    return page.once(form, act, lambda no: page.again(PAGE, form, no, **_told(page, Seller, seller_id)))


PAGE = "clients/preamble.html"


def _told(page: Page, table: type[Entity] | type[Seller], party_id: int) -> dict[str, Any]:
    party = known_row(page.session, table, party_id)
    place = f"/sellers/{party.id}" if isinstance(party, Seller) else f"/entities/{party.id}"
    back = "/sellers" if isinstance(party, Seller) else f"/clients/{party.client_id}"
    return {"party": party, "preamble": preamble_of(party), "action": f"{place}/preamble", "back": back}
