"""A party says itself what English papers call it (P3)."""

import pytest
from sqlmodel import Session

from contracts.naming_in_english import name_entity_in_english, name_seller_in_english
from tests.builders import a_client, a_seller, refused

NAMES = {"name_en": " Northern Wind LLC ", "signatory_post_en": "CEO"}


def test_names_are_given_one_by_one_and_taken_away_p3(session: Session) -> None:
    seller, customer = a_seller(session), a_client(session, registrations=0)
    session.refresh(customer.client)
    before = customer.client.state_version
    for party in (
        name_seller_in_english(session, seller.id, NAMES),
        name_entity_in_english(session, customer.entity.id, NAMES),
    ):
        assert (party.name_en, party.signatory_post_en, party.signatory_name_en) == ("Northern Wind LLC", "CEO", "")
    assert name_seller_in_english(session, seller.id, {"signatory_post_en": ""}).name_en == "Northern Wind LLC"
    assert seller.signatory_post_en == ""
    session.refresh(customer.client)
    assert customer.client.state_version == before + 1


@pytest.mark.parametrize("wrong", ["Северный ветер", "Nоrthern", "a\nb", "a" * 301])
def test_what_is_not_english_is_refused_by_its_field_p3(session: Session, wrong: str) -> None:
    seller = a_seller(session)
    with refused(session, "TEXT_WRONG", field="name_en"):
        name_seller_in_english(session, seller.id, {"name_en": wrong})
    assert seller.name_en == ""


def test_only_a_known_party_is_named(session: Session) -> None:
    with refused(session, "SELLER_UNKNOWN"):
        name_seller_in_english(session, 999, NAMES)
    with refused(session, "ENTITY_UNKNOWN"):
        name_entity_in_english(session, 999, NAMES)
