"""Requisites are changed and papers corrected by page: seen first, done once, nothing of it half (P2)."""

from uuid import uuid4

from sqlmodel import col, select

from api.database import transaction
from api.roles import PersonRole
from contracts.parties import Entity
from documents.papers import Paper
from tests.api.conftest import ON_ONE
from tests.api.pages.conftest import Pages

SALES, ACCOUNTANT, AUDITOR = PersonRole.SALES, PersonRole.ACCOUNTANT, PersonRole.AUDITOR
TULA = "300041, г. Тула, пр-т Ленина, д. 1"


def test_a_client_moves_and_its_invoice_is_corrected_p2(pages: Pages) -> None:
    house = pages.house
    entity, mine = house.own.entity, f"/clients/{house.own.id}"
    form = f"{mine}/entities/{entity.id}"
    asked = pages.browser(SALES).get(form)
    assert f'value="{entity.kpp}"' in asked.text
    given = {"form_key": uuid4().hex, "name": entity.name, "kpp": entity.kpp, "address": TULA}
    for _ in range(2):  # sent twice, done once
        assert pages.browser(SALES).post(form, data=given).headers["location"] == f"{mine}?said=requisites"
    assert TULA in pages.browser(SALES).get(mine).text
    with transaction(house.engine) as session:
        of_client = select(Paper).where(Paper.client_id == house.own.id, Paper.kind == "invoice")
        wrong = session.exec(of_client.order_by(col(Paper.id))).first()
    assert wrong is not None
    seen = pages.browser(ACCOUNTANT).get(f"/papers/{wrong.id}").text
    assert TULA in seen
    assert ":correct" not in pages.browser(AUDITOR).get(f"/papers/{wrong.id}").text
    asked = pages.browser(ACCOUNTANT).post(f"/papers/{wrong.id}:correct", data={"form_key": "1" * 20, "reason": ""})
    assert (asked.status_code, 'id="reason-told"' in asked.text) == (422, True)
    said = {"form_key": "2" * 20, "reason": "Клиент переехал"}
    places = {
        pages.browser(ACCOUNTANT).post(f"/papers/{wrong.id}:correct", data=said).headers["location"] for _ in range(2)
    }
    [place] = places
    corrected = pages.browser(ACCOUNTANT).get(place).text
    assert ("Клиент переехал" in corrected, ":correct" in corrected) == (True, False)
    assert place.partition("?")[0] in pages.browser(ACCOUNTANT).get(f"/papers/{wrong.id}").text


@ON_ONE
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_changed(common_pages: Pages) -> None:
    house = common_pages.house
    form = f"/clients/{house.own.id}/entities/{house.own.entity.id}"
    given = {"form_key": uuid4().hex, "name": "ООО «Полдень»", "kpp": "1", "address": TULA}
    answer = common_pages.browser(SALES).post(form, data=given)
    assert answer.status_code == 422
    assert 'id="kpp-told" class="wrong"' in answer.text
    assert f'value="{TULA}"' in answer.text
    with transaction(house.engine) as session:
        assert session.get_one(Entity, house.own.entity.id).address != TULA


@ON_ONE
def test_an_entity_of_another_client_is_not_there(common_pages: Pages) -> None:
    house = common_pages.house
    for place in (
        f"/clients/{house.own.id}/entities/{house.foreign.entity.id}",
        f"/clients/{house.own.id}/entities/999",
    ):
        assert common_pages.browser(SALES).get(place).status_code == 404
        answer = common_pages.browser(SALES).post(place, data={"form_key": uuid4().hex, "name": "Полдень"})
        assert answer.status_code in (404, 422)
