"""What English papers call a party and who signs for it: given by a person, else what follows from its names (P3)."""

from fastapi import APIRouter
from pydantic import Field

from api.inputs import PathId
from api.outputs import Answer
from api.request import GuardedRoute, Reader
from contracts.known_rows import known_row
from contracts.parties import Entity, Party, Seller
from documents.drawing_parties import party_sheet
from documents.words import Language

router = APIRouter(route_class=GuardedRoute, tags=["selling"])


class EnglishNamesAnswer(Answer):
    """What English papers print of a party, as it was given or follows from its other names."""

    name: str = Field(examples=["Northern Wind LLC"])
    full_name: str = Field(examples=["Northern Wind LLC (ООО «Северный ветер»)"])
    signatory_name: str = Field(examples=["Natalia Martynyuk"])
    signatory_post: str = Field(examples=["General Director"])
    signatory_basis: str = Field(examples=["the Charter"])


def _answer(party: Party) -> EnglishNamesAnswer:
    sheet = party_sheet(party)
    return EnglishNamesAnswer(
        name=sheet.called(Language.EN),
        full_name=sheet.official(Language.EN),
        signatory_name=sheet.signatory_name_en or sheet.signatory_name,
        signatory_post=sheet.signatory_post_en or sheet.signatory_post,
        signatory_basis=sheet.signatory_basis_en or sheet.signatory_basis,
    )


@router.get("/v1/sellers/{seller_id}/english-names")
def of_seller(seller_id: PathId, call: Reader) -> EnglishNamesAnswer:
    """What English papers of the seller call it."""
    seller = known_row(call.session, Seller, seller_id)
    return _answer(seller)


@router.get("/v1/entities/{entity_id}/english-names")
def of_entity(entity_id: PathId, call: Reader) -> EnglishNamesAnswer:
    """What English papers call a client's entity."""
    entity = known_row(call.session, Entity, entity_id)
    return _answer(entity)
