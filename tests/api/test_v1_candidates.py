"""D4: who may know hours is told between whom a caller is ambiguous; a verdict key learns nothing of other clients."""

import json

import pytest

from api.database import transaction
from contracts.enrolling import add_entity
from tests.api.conftest import House
from tests.builders import an_inn

CHECKS = "/v1/entitlement-checks"


@pytest.fixture
def shared_inn(house: House) -> str:
    """An INN of both clients."""
    inn = an_inn()
    with transaction(house.engine) as session:
        for customer, kpp in ((house.own, "770901001"), (house.foreign, "770902001")):
            add_entity(session, customer.id, {"name": "ООО «Двое»", "inn": inn, "kpp": kpp})
    return inn


@pytest.mark.parametrize("locale", ["ru", "en"])
def test_a_verdict_key_learns_no_candidate_d4(house: House, shared_inn: str, locale: str) -> None:
    said = {"ru": "Подходят несколько клиентов. Уточните, о ком речь.", "en": "Several clients match. "}
    answer = house.post("verdict", CHECKS, {"client": {"inn": shared_inn}, "locale": locale}).json()
    read = house.get("verdict", f"{CHECKS}/{answer['decision_id']}", params={"locale": locale}).json()
    body = {"questions": [{"client": {"inn": shared_inn}, "locale": locale, "explain": "full"}]}
    [listed] = house.post("verdict", f"{CHECKS}:batch", body).json()["answers"]
    for told in (answer, read, listed):
        assert told["reason"] == "CLIENT_AMBIGUOUS"
        assert told["text"].startswith(said[locale])
        assert not {"candidates", "client_id"} & told.keys()
        assert not any(character.isdigit() for character in told["text"])
        assert not any(name in json.dumps(told, ensure_ascii=False) for name in ("Ромашка", "Василёк", "Двое"))


def test_a_desk_key_hears_between_whom_d4(house: House, shared_inn: str) -> None:
    answer = house.post("desk", CHECKS, {"client": {"inn": shared_inn}, "locale": "en"}).json()
    assert answer["candidates"] == [house.own.id, house.foreign.id]
    assert f"No. {house.own.id}, No. {house.foreign.id}" in answer["text"].replace("\u00a0", " ")
