"""A person approves the phrase about who signs, for a seller or a client's entity (P3)."""

from sqlmodel import Session

from contracts.approving_preambles import approve_entitys_preamble, approve_sellers_preamble
from tests.builders import a_client, a_seller, refused

PHRASE = "в лице директора Зайца Ивана Петровича, действующего на основании Устава"


def test_an_approved_phrase_is_kept_with_the_party_p3(session: Session) -> None:
    seller, customer = a_seller(session), a_client(session, registrations=0)
    session.refresh(customer.client)
    before = customer.client.state_version
    assert approve_sellers_preamble(session, seller.id, f" {PHRASE} ").signatory_phrase == PHRASE
    assert approve_entitys_preamble(session, customer.entity.id, PHRASE).signatory_phrase == PHRASE
    session.expire_all()
    assert (seller.signatory_phrase, customer.entity.signatory_phrase) == (PHRASE, PHRASE)
    assert customer.client.state_version == before + 1


def test_what_cannot_be_printed_or_belongs_to_nobody_is_refused_p3(session: Session) -> None:
    seller = a_seller(session)
    with refused(session, "TEXT_WRONG", field="phrase"):
        approve_sellers_preamble(session, seller.id, "  ")
    with refused(session, "SELLER_UNKNOWN"):
        approve_sellers_preamble(session, 999, PHRASE)
    with refused(session, "ENTITY_UNKNOWN"):
        approve_entitys_preamble(session, 999, PHRASE)
    assert seller.signatory_phrase == ""
