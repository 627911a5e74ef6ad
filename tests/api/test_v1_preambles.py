"""The preamble over HTTP: proposed, looked at, approved, printed (P3)."""

from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from api.database import reading, transaction
from contracts.parties import Entity
from documents.paper_kinds import PaperKind
from documents.papers import Paper
from tests.api.conftest import House
from tests.documents.market import sheet_of

SAID = "в лице директора Заяца Ивана Петровича, действующего на основании Устава"
RIGHT = "в лице директора Зайца Ивана Петровича, действующего на основании Устава"


def sign(engine: Engine, entity_id: int, name: str) -> None:
    """Somebody signs for a client's entity."""
    with transaction(engine) as session:
        entity = session.get_one(Entity, entity_id)
        entity.signatory_name, entity.signatory_post, entity.signatory_basis = name, "Директор", "Устав"


def order(house: House) -> dict[str, Any]:
    """A sale for half a year."""
    given = {"seller_id": house.seller.id, "entity_id": house.own.entity.id, "plan": "its-prof", "term_months": 6}
    return given | {"registrations": list(house.own.registrations)}


def contract_of(house: House, sold: Any) -> Any:
    """What the contract of a sale says of the client."""
    with reading(house.engine) as session:
        chosen = (Paper.kind == PaperKind.CONTRACT, Paper.subject_id == sold["subscription"]["id"])
        return sheet_of(session.exec(select(Paper).where(*chosen)).one()).client


def test_a_doubtful_preamble_is_shown_before_the_sale_and_printed_once_it_is_approved_p3(house: House) -> None:
    own = f"/v1/entities/{house.own.entity.id}"
    sign(house.engine, house.own.entity.id, "Заяц Иван Петрович")
    shown = house.get("sales", f"{own}/preamble").json()
    assert shown == {"phrase": SAID, "approved": False, "doubts": ["Заяц"]}
    offered = house.post("sales", "/v1/subscriptions:preview", order(house)).json()["preambles"]
    assert [(one["party"], one["doubts"]) for one in offered] == [("seller", []), ("client", ["Заяц"])]
    sold = house.post("sales", "/v1/subscriptions", order(house)).json()
    assert sold["preambles"] == offered
    without = contract_of(house, sold)
    assert (without.signatory_phrase, without.signatory_name) == ("", "Заяц Иван Петрович")
    assert without.signatory_basis == "Устава", "the form without declension says on what ground in the genitive"

    assert house.post("desk", f"{own}:approve-preamble", {"phrase": RIGHT}).status_code == 403
    kept = house.post("sales", f"{own}:approve-preamble", {"phrase": RIGHT}, once="p-1").json()
    assert kept == {"phrase": RIGHT, "approved": True, "doubts": []}
    assert house.post("sales", f"{own}:approve-preamble", {"phrase": RIGHT}, once="p-1").json() == kept
    again = house.post("sales", f"/v1/subscriptions/{sold['subscription']['id']}:renew", {}).json()
    assert contract_of(house, again).signatory_phrase == RIGHT


def test_a_certain_preamble_is_printed_without_a_question_p3(house: House) -> None:
    sign(house.engine, house.own.entity.id, "Белова Анна Викторовна")
    sold = house.post("sales", "/v1/subscriptions", order(house)).json()
    assert [one["doubts"] for one in sold["preambles"]] == [[], []]
    printed = "в лице директора Беловой Анны Викторовны, действующей на основании Устава"
    assert contract_of(house, sold).signatory_phrase == printed


def test_the_preamble_of_a_seller_is_approved_by_an_administrator_p3(house: House) -> None:
    own = f"/v1/sellers/{house.seller.id}"
    assert house.get("accountant", f"{own}/preamble").json()["doubts"] == []
    assert house.post("sales", f"{own}:approve-preamble", {"phrase": RIGHT}).status_code == 403
    assert house.post("admin", f"{own}:approve-preamble", {"phrase": RIGHT}).json()["phrase"] == RIGHT


@pytest.mark.parametrize(("path", "code"), [("sellers", "SELLER_UNKNOWN"), ("entities", "ENTITY_UNKNOWN")])
def test_a_party_that_is_not_known_has_no_preamble_p3(house: House, path: str, code: str) -> None:
    told = house.get("sales", f"/v1/{path}/999/preamble")
    assert (told.status_code, told.json()["code"]) == (404, code)
