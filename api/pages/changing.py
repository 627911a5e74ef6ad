"""The requisites of a client's entity as a form: papers issued from then on print the new ones (P2)."""

from typing import Any

from fastapi import APIRouter, Response

from api.inputs import PathId
from api.pages.forms import SentForm
from api.pages.page import Page, PageRoute, ReadingPage, WritingPage
from api.pages.requisites import PRINTED, ChangedRequisites
from contracts.changing_requisites import change_entity
from contracts.errors import Refusal
from contracts.known_rows import known_row
from contracts.parties import Client, Entity

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/clients/{client_id}/entities/{entity_id}")
def ask(client_id: PathId, entity_id: PathId, page: ReadingPage) -> Response:
    """The requisites as they are, to be changed."""
    return page.show("clients/change_entity.html", **_shown(page, client_id, entity_id))


@router.post("/clients/{client_id}/entities/{entity_id}")
def change(client_id: PathId, entity_id: PathId, form: SentForm, page: WritingPage) -> Response:
    """Change the requisites."""

    def act() -> str:
        _shown(page, client_id, entity_id)
        change_entity(page.session, entity_id, form.read(ChangedRequisites).given())
        return f"/clients/{client_id}?said=requisites"

    def again(refusal: Refusal) -> Response:
        return page.again("clients/change_entity.html", form, refusal, **_shown(page, client_id, entity_id))

    return page.once(form, act, again)


def _shown(page: Page, client_id: int, entity_id: int) -> dict[str, Any]:
    client, entity = known_row(page.session, Client, client_id), page.session.get(Entity, entity_id)
    if entity is None or entity.client_id != client.id:
        raise Refusal("ENTITY_UNKNOWN", field="entity_id", value=entity_id)
    return {"client": client, "entity": entity, "printed": PRINTED}
