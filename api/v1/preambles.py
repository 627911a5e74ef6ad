"""The phrases of a contract's preamble about who signs: proposed by grammar, approved by a person (P3)."""

from fastapi import APIRouter, Response
from pydantic import Field

from api.calls import CREATED, Once
from api.inputs import Input, PathId, line
from api.outputs import Answer
from api.request import GuardedRoute, Reader
from contracts.approving_preambles import approve_entitys_preamble, approve_sellers_preamble
from contracts.known_rows import known_row
from contracts.parties import Entity, Party, Seller
from documents.drawing_parties import Parties, introductions
from documents.preamble import preamble_of

router = APIRouter(route_class=GuardedRoute, tags=["selling"])
PHRASE = "в лице директора Дёмина Олега Викторовича, действующего на основании Устава"


class PreambleAnswer(Answer):
    """The phrase of a party, whether a person approved it, and what has to be looked at before it is printed.

    While there are `doubts`, a contract names who signs in a form without declension. `signatory_basis` among them
    says that there is no ground.
    """

    phrase: str = Field(examples=[PHRASE])
    approved: bool
    doubts: list[str] = Field(examples=[[]])


class PartyPreamble(PreambleAnswer):
    """The phrase of one side of a sale."""

    party: str = Field(examples=["client"])


class PhraseInput(Input):
    """The phrase as it is to be printed."""

    phrase: str = line(600, examples=[PHRASE])


def preamble_answer(party: Party) -> PreambleAnswer:
    """The phrase of a party as it is now."""
    return PreambleAnswer.model_validate(preamble_of(party))


def preambles_of(parties: Parties) -> list[PartyPreamble]:
    """The phrases of a contract."""
    return [
        PartyPreamble(party=side, phrase=one.phrase, approved=one.approved, doubts=list(one.doubts))
        for side, one in introductions(parties).items()
    ]


@router.get("/v1/sellers/{seller_id}/preamble")
def of_seller(seller_id: PathId, call: Reader) -> PreambleAnswer:
    """What contracts of the seller say about who signs."""
    seller = known_row(call.session, Seller, seller_id)
    return preamble_answer(seller)


@router.get("/v1/entities/{entity_id}/preamble")
def of_entity(entity_id: PathId, call: Reader) -> PreambleAnswer:
    """What contracts with a client's entity say about who signs."""
    entity = known_row(call.session, Entity, entity_id)
    return preamble_answer(entity)


@router.post("/v1/sellers/{seller_id}:approve-preamble", status_code=CREATED, response_model=PreambleAnswer)
def approve_sellers(seller_id: PathId, new: PhraseInput, once: Once) -> Response:
    """Let contracts of the seller print this phrase from now on."""
    return once.answer(lambda call: preamble_answer(approve_sellers_preamble(call.session, seller_id, new.phrase)))


@router.post("/v1/entities/{entity_id}:approve-preamble", status_code=CREATED, response_model=PreambleAnswer)
def approve_entitys(entity_id: PathId, new: PhraseInput, once: Once) -> Response:
    """Let contracts with a client's entity print this phrase from now on."""
    return once.answer(lambda call: preamble_answer(approve_entitys_preamble(call.session, entity_id, new.phrase)))
