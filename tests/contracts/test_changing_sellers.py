"""What papers print of a seller may change, its number and country may not (P2, P3)."""

import pytest
from sqlmodel import Session

from contracts.approving_preambles import approve_sellers_preamble
from contracts.changing_sellers import change_requisites, choose_days
from contracts.parties import Client, Seller
from tests.builders import a_client, a_seller, refused


@pytest.fixture
def seller(session: Session) -> Seller:
    """A seller whose phrase about who signs is approved."""
    return approve_sellers_preamble(session, a_seller(session).id, "в лице директора Мартынюк Натальи Александровны")


def test_what_is_given_changes_and_the_rest_stays(session: Session, seller: Seller) -> None:
    client = a_client(session, registrations=0).client
    version = client.state_version
    was = (seller.name, seller.inn, seller.bank_account, seller.signatory_phrase)
    change_requisites(session, seller.id, {"phone": "8 (495) 123-45-67", "address": ""})
    assert (seller.phone, seller.address) == ("+74951234567", "")
    assert (seller.name, seller.inn, seller.bank_account, seller.signatory_phrase) == was
    session.expire_all()
    assert session.get_one(Client, client.id).state_version > version


def test_another_signatory_takes_the_approved_phrase_away_p3(session: Session, seller: Seller) -> None:
    change_requisites(session, seller.id, {"signatory_name": "Орлов Пётр Ильич"})
    assert (seller.signatory_name, seller.signatory_phrase) == ("Орлов Пётр Ильич", "")


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"inn": "7707083893"}, "FIELD_UNKNOWN", "inn"),
        ({"country": "KZ"}, "FIELD_UNKNOWN", "country"),
        ({"name": ""}, "TEXT_WRONG", "name"),
        ({"bank_account": "40702810900000000001"}, "ACCOUNT_WRONG", "bank_account"),
        ({"email": "нет"}, "EMAIL_WRONG", "email"),
    ],
)
def test_requisites_that_cannot_be_are_refused(
    session: Session, seller: Seller, given: dict[str, str], code: str, field: str
) -> None:
    with refused(session, code, field=field):
        change_requisites(session, seller.id, given)


def test_the_days_that_a_seller_gives_are_from_none_to_sixty(session: Session, seller: Seller) -> None:
    choose_days(session, seller.id, late_entry_days=3, payment_days=60)
    assert (seller.late_entry_days, seller.payment_days) == (3, 60)
    for days in ({"late_entry_days": -1, "payment_days": 5}, {"late_entry_days": 0, "payment_days": 61}):
        with refused(session, "FIELD_WRONG"):
            choose_days(session, seller.id, **days)
    with refused(session, "SELLER_UNKNOWN"):
        choose_days(session, 99, late_entry_days=0, payment_days=0)
