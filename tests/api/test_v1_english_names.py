"""What English papers call a party, over HTTP and on the paper (P3)."""

import pytest
from sqlmodel import select

from api.database import reading, transaction
from contracts.parties import Client, Entity, Seller
from documents.drawing_parties import party_sheet
from documents.paper_kinds import PaperKind
from documents.papers import Paper
from documents.templating import page_source
from documents.words import Language
from tests.api.conftest import House
from tests.documents.market import sheet_of

OWN = {"name_en": "Camomile LLC", "signatory_name_en": "Anna Belova"}


def test_an_english_contract_calls_each_party_by_its_own_name_with_the_official_one_behind_it_p3(house: House) -> None:
    with transaction(house.engine) as session:
        session.get_one(Client, house.own.client.id).locale = "en"
        entity = session.get_one(Entity, house.own.entity.id)
        entity.name, entity.full_name, entity.signatory_name = "ООО «Ромашка»", "", "Белова Анна Викторовна"
        entity.signatory_post = "Заведующая"
        seller = session.get_one(Seller, house.seller.id)
        seller.name, seller.full_name = "ООО «Северный ветер»", "Общество с ограниченной ответственностью «Ветер»"
    own, of_seller = f"/v1/entities/{house.own.entity.id}", f"/v1/sellers/{house.seller.id}"
    told = house.get("sales", f"{own}/english-names").json()
    assert (told["name"], told["full_name"]) == ("Romashka LLC", "Romashka LLC (ООО «Ромашка»)")
    assert (told["signatory_name"], told["signatory_post"]) == ("Belova Anna Viktorovna", "Заведующая")
    assert house.post("desk", f"{own}:change", OWN).status_code == 403
    assert house.post("sales", f"{own}:change", OWN).status_code == 201
    assert house.get("sales", f"{own}/english-names").json()["full_name"] == "Camomile LLC (ООО «Ромашка»)"
    assert house.get("accountant", f"{of_seller}/english-names").json()["name"] == "Severnyi veter LLC"
    order = {"seller_id": house.seller.id, "entity_id": house.own.entity.id, "plan": "its-prof", "term_months": 6}
    sold = house.post("sales", "/v1/subscriptions", order | {"registrations": list(house.own.registrations)}).json()
    with reading(house.engine) as session:
        chosen = (Paper.kind == PaperKind.CONTRACT, Paper.subject_id == sold["subscription"]["id"])
        sheet = sheet_of(session.exec(select(Paper).where(*chosen)).one())
    page = page_source(PaperKind.CONTRACT, 1, Language.EN, sheet)
    assert "Severnyi veter LLC (Общество с ограниченной ответственностью «Ветер»)" in page
    assert "Camomile LLC (ООО «Ромашка»)" in page
    assert "Anna Belova" in page
    assert "Camomile" not in page_source(PaperKind.CONTRACT, 1, Language.RU, sheet)


def test_a_sole_trader_is_called_by_the_whole_name_p3() -> None:
    given = {"name": "ИП Щукина В. Ю.", "full_name": "Индивидуальный предприниматель Щукина Валерия Юрьевна"}
    sheet = party_sheet(Entity(client_id=1, inn="500100732259", **given))
    assert sheet.called(Language.EN) == "Sole trader Shchukina V. Iu."
    assert sheet.official(Language.EN) == f"Sole trader Shchukina Valeriia Iurevna ({given['full_name']})"


@pytest.mark.parametrize(("path", "code"), [("sellers", "SELLER_UNKNOWN"), ("entities", "ENTITY_UNKNOWN")])
def test_a_party_that_is_not_known_has_no_names_p3(house: House, path: str, code: str) -> None:
    told = house.get("sales", f"/v1/{path}/999/english-names")
    assert (told.status_code, told.json()["code"]) == (404, code)
