"""Who was withdrawn is told nowhere as one of today, and may be named again (D4)."""

import pytest
from sqlmodel import Session, select

from api.request import show_only
from contracts.enrolling import add_contact
from contracts.introducing import contact_reached, introduce_contact, withdraw_contact
from contracts.paper_addresses import choose_paper_address, emails_of, paper_addresses
from contracts.paper_ways import PaperWay
from contracts.parties import Client, ClientContact, ClientDomain
from contracts.typed_search import find_typed
from tests.builders import Customer, a_client, a_seller, its_catalogue, moment, refused

AT, LATER, AGAIN = (moment(f"2026-05-13 {hour}:00") for hour in (11, 12, 13))
ANNA, PHONE = "anna@romashka.example", "+79991234567"
LONGEST = f"{'a' * 64}@{'b' * 61}.{'c' * 61}.{'d' * 61}.com"


@pytest.fixture
def own(session: Session) -> Customer:
    its_catalogue(session)
    return a_client(session)


def test_an_address_of_254_characters_is_kept_by_contacts_and_parties(session: Session, own: Customer) -> None:
    assert len(LONGEST) == 254
    contact = introduce_contact(session, own.id, "Анна", email=LONGEST, at=AT)
    for party in (own.entity, a_seller(session)):
        party.email = LONGEST
    session.flush()
    assert contact_reached(session, own.id, LONGEST) == contact.id


@pytest.mark.parametrize(
    ("email", "phone", "field"),
    [
        ("Boris@Lyutik.example", None, "email"),
        ("anyone@lyutik-soft.example", None, "email"),
        ("petr@romashka.example", "8 (999) 765-43-21", "phone"),
    ],
)
def test_a_client_cannot_name_who_speaks_for_another_d4(
    session: Session, own: Customer, email: str, phone: str | None, field: str
) -> None:
    other = a_client(session, "Лютик")
    add_contact(session, other.id, "Борис", emails=("boris@lyutik.example",), phones=("+79997654321",), at=AT)
    session.add(ClientDomain(client_id=other.id, domain="lyutik-soft.example", recorded_at=AT))
    session.flush()
    show_only(session, own.id)
    with refused(session, "CONTACT_FOR_STAFF", field=field):
        introduce_contact(session, own.id, "Пётр", email=email, phone=phone, at=LATER)
    introduce_contact(session, own.id, "Пётр", email="petr@romashka.example", at=LATER)


def found_by_phone(session: Session) -> list[int]:
    return [one.id for one in find_typed(session, PHONE)]


def test_who_was_withdrawn_is_in_no_list_of_today_d4(session: Session, own: Customer) -> None:
    anna = introduce_contact(session, own.id, "Анна", email=ANNA, phone=PHONE, at=AT).id
    choose_paper_address(session, own.id, ANNA, PaperWay.LINK, at=AT)
    version = session.exec(select(Client.state_version).where(Client.id == own.id)).one()
    assert (emails_of(session, own.id), contact_reached(session, own.id, PHONE)) == ([ANNA], anna)
    assert found_by_phone(session) == [own.id]
    assert withdraw_contact(session, own.id, anna, at=LATER) == "Анна"
    assert session.exec(select(Client.state_version).where(Client.id == own.id)).one() > version
    assert (emails_of(session, own.id), found_by_phone(session)) == ([], [])
    assert paper_addresses(session, {own.id})[own.id] == []
    with refused(session, "CONTACT_UNKNOWN", field="address", value=PHONE):
        contact_reached(session, own.id, PHONE)
    with refused(session, "CONTACT_UNKNOWN", field="contact_id", value=anna):
        withdraw_contact(session, own.id, anna, at=AGAIN)
    with refused(session, "PAPER_ADDRESS_UNKNOWN", field="email", value=ANNA, allowed=[]):
        choose_paper_address(session, own.id, ANNA, PaperWay.LINK, at=AGAIN)


def test_who_was_withdrawn_may_be_named_again_by_either_d4(session: Session, own: Customer) -> None:
    anna = add_contact(session, own.id, "Анна", at=AT, emails=(ANNA,)).id
    withdraw_contact(session, own.id, anna, at=LATER)
    assert add_contact(session, own.id, "Анна", at=AGAIN, emails=(ANNA,)).id == anna
    withdraw_contact(session, own.id, anna, at=AGAIN)
    new = introduce_contact(session, own.id, "Анна", email=ANNA, at=AGAIN).id
    rows = session.exec(select(ClientContact).order_by(ClientContact.id)).all()
    assert [(one.contact_id, one.recorded_at, one.withdrawn_at) for one in rows] == [
        (anna, AT, LATER),
        (anna, AGAIN, AGAIN),
        (new, AGAIN, None),
    ]
    with refused(session, "CONTACT_EXISTS", field="email", value=ANNA):
        introduce_contact(session, own.id, "Анна", email=ANNA, at=AGAIN)
