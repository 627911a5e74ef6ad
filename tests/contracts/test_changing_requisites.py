"""A party moves, changes its bank, its head or its name: checked as on the day it came, and only what was named."""

import pytest
from sqlmodel import Session

from contracts.approving_preambles import approve_entitys_preamble
from contracts.changing_requisites import REQUISITES, change_entity, change_seller
from contracts.parties import Client
from contracts.typed_search import find_typed
from tests.builders import BANK, a_client, a_seller, an_inn, refused

HEAD = {"signatory_post": "директор", "signatory_name": "Иванова Мария Петровна", "signatory_basis": "Устава"}
PHRASE = "в лице директора Ивановой Марии Петровны, действующей на основании Устава"


def test_only_what_is_named_changes(session: Session) -> None:
    entity = a_client(session, registrations=0, **HEAD, address="Москва").entity
    before = {name: getattr(entity, name) for name in REQUISITES}
    changed = change_entity(session, entity.id, {"address": " Тула, ул. Мира, 1 ", "kpp": "710601001"})
    after = {name: getattr(changed, name) for name in REQUISITES}
    assert after == before | {"address": "Тула, ул. Мира, 1", "kpp": "710601001"}


def test_an_empty_requisite_is_taken_away(session: Session) -> None:
    entity = a_client(session, registrations=0, phone="8 495 123-45-67").entity
    assert change_entity(session, entity.id, {"phone": ""}).phone == ""


def test_requisites_are_checked_together_and_nothing_is_half_changed(session: Session) -> None:
    seller = a_seller(session)
    wrong = BANK["bank_account"][:-1] + str((int(BANK["bank_account"][-1]) + 1) % 10)
    with refused(session, "ACCOUNT_WRONG"):
        change_seller(session, seller.id, {"address": "Тула", "bank_account": wrong})
    session.expire_all()
    assert (seller.address, seller.bank_account) != ("Тула", wrong)
    with refused(session, "BIC_WRONG"):
        change_seller(session, seller.id, {"bic": "1"})
    with refused(session, "FIELD_UNKNOWN"):
        change_seller(session, seller.id, {"shoe_size": "42"})


@pytest.mark.parametrize("wrong", ["Северный ветер", "Nоrthern", "a\nb", "a" * 301])
def test_what_english_papers_print_has_latin_letters_p3(session: Session, wrong: str) -> None:
    seller = a_seller(session)
    with refused(session, "TEXT_WRONG", field="name_en"):
        change_seller(session, seller.id, {"name_en": wrong})
    named = change_seller(session, seller.id, {"name_en": " Northern Wind LLC ", "signatory_post_en": "CEO"})
    assert (named.name_en, named.signatory_post_en) == ("Northern Wind LLC", "CEO")


@pytest.mark.parametrize(("field", "value"), [("inn", "7707083893"), ("country", "KZ")])
def test_another_number_or_country_is_another_entity(session: Session, field: str, value: str) -> None:
    entity = a_client(session, registrations=0).entity
    with refused(session, "REQUISITE_FIXED", field=field):
        change_entity(session, entity.id, {field: value})
    assert change_entity(session, entity.id, {"inn": entity.inn, "city": "Тула"}).city == "Тула"


def test_a_number_of_its_own_stays_its_own(session: Session) -> None:
    inn = an_inn()
    first = a_client(session, "Ромашка", registrations=0, inn=inn, kpp="770901001").entity
    branch = a_client(session, "Ромашка-Тула", registrations=0, inn=inn, kpp="710601001").entity
    with refused(session, "ENTITY_EXISTS"):
        change_entity(session, branch.id, {"kpp": first.kpp})
    north, south = a_seller(session), a_seller(session, "south")
    with refused(session, "NOTHING_CHANGED"):
        change_seller(session, north.id, {"name": north.name})
    with refused(session, "REQUISITE_FIXED"):
        change_seller(session, north.id, {"inn": south.inn})
    with refused(session, "SELLER_UNKNOWN"):
        change_seller(session, 999, {"city": "Тула"})
    with refused(session, "ENTITY_UNKNOWN"):
        change_entity(session, 999, {"city": "Тула"})


def test_a_client_is_called_and_found_by_the_new_name_and_found_by_the_old(session: Session) -> None:
    customer = a_client(session, "Ромашка", registrations=0)
    customer.client.name = customer.entity.name
    renamed = change_entity(session, customer.entity.id, {"name": "ООО «Василёк»"})
    assert (renamed.name, renamed.full_name) == ("ООО «Василёк»", "ООО «Василёк»")
    assert session.get_one(Client, customer.id).name == "ООО «Василёк»"
    for typed in ("васил", "ромаш"):
        assert [found.id for found in find_typed(session, typed)] == [customer.id]


def test_a_client_that_is_called_by_its_brand_keeps_it(session: Session) -> None:
    customer = a_client(session, "Ромашка", registrations=0)
    change_entity(session, customer.entity.id, {"name": "ООО «Василёк»"})
    assert session.get_one(Client, customer.id).name == "Ромашка"


def test_a_full_name_of_its_own_stays(session: Session) -> None:
    seller = a_seller(session)
    full = seller.full_name
    assert change_seller(session, seller.id, {"name": "ООО «Ветер»"}).full_name == full


def test_an_approved_phrase_is_asked_for_again_when_it_says_something_else_p3(session: Session) -> None:
    entity = a_client(session, registrations=0, **HEAD).entity
    approve_entitys_preamble(session, entity.id, PHRASE)
    assert change_entity(session, entity.id, {"city": "Тула"}).signatory_phrase == PHRASE
    assert change_entity(session, entity.id, {"signatory_name": "Дёмин Олег Викторович"}).signatory_phrase == ""


def test_who_writes_for_the_client_waits_for_its_turn(session: Session) -> None:
    customer = a_client(session, registrations=0)
    session.expire_all()
    version = session.get_one(Client, customer.id).state_version
    change_entity(session, customer.entity.id, {"city": "Тула"})
    session.expire_all()
    assert session.get_one(Client, customer.id).state_version == version + 1
