"""Only a contact whom the client named may ask where the plan says so, as it was known at the moment (D1, D2)."""

import pytest
from sqlmodel import Session, select

from contracts.enrolling import add_contact
from contracts.introducing import introduce_contact, withdraw_contact
from contracts.parties import ClientContact
from entitlements.answers import Question
from entitlements.client_facts import current_facts, keep_snapshot, read_facts
from entitlements.covers import NamedContact
from entitlements.desk import check
from entitlements.reasons import Reason
from tests.builders import Customer, a_client, a_plan, a_sale, a_seller, asking, its_catalogue, moment, refused

NAMED_AT = moment("2026-10-10 12:00")
ANNA = "anna@example.org"


@pytest.fixture
def customer(session: Session) -> Customer:
    its_catalogue(session)
    client = a_client(session)
    a_plan(session, named_contacts_only=True)
    a_sale(session, a_seller(session), client, at=moment("2026-10-01"))
    return client


def reason(
    session: Session, customer: Customer, *contact: str, at: str = "2026-10-20", known_at: str | None = None
) -> Reason:
    question = Question(moment(at), service="consultation_line", contact=contact)
    return check(session, asking(customer), question, known_at=moment(known_at) if known_at else None).reason


def test_who_was_named_may_ask_and_the_past_is_told_as_it_was_known_d1(session: Session, customer: Customer) -> None:
    assert reason(session, customer, ANNA) is Reason.CONTACT_NOT_NAMED
    add_contact(session, customer.id, "Анна", at=NAMED_AT, emails=("Anna@Example.org",))
    assert reason(session, customer, ANNA) is Reason.COVERED
    assert reason(session, customer) is Reason.CONTACT_NOT_NAMED
    assert reason(session, customer, ANNA, known_at="2026-10-10 11:59") is Reason.CONTACT_NOT_NAMED
    assert reason(session, customer, ANNA, known_at="2026-10-10 12:00") is Reason.COVERED
    add_contact(session, customer.id, "Анна", at=moment("2026-10-12"), emails=(ANNA,), phones=("8 495 123-45-67",))
    assert reason(session, customer, ANNA, "+74951234567") is Reason.COVERED
    assert reason(session, customer, ANNA, "+74951234567", known_at="2026-10-11") is Reason.CONTACT_NOT_NAMED


def test_what_another_client_adds_to_a_shared_person_is_seen_here_as_well(session: Session, customer: Customer) -> None:
    add_contact(session, customer.id, "Анна", at=NAMED_AT, emails=(ANNA,))
    keep_snapshot(session, read_facts(session, customer.id))
    other = a_client(session, "Лютик")
    add_contact(session, other.id, "Анна", at=NAMED_AT, emails=(ANNA,), phones=("+7 495 765-43-21",))
    assert reason(session, customer, "+74957654321") is Reason.COVERED


def test_people_are_read_only_where_a_plan_asks_for_them(session: Session, customer: Customer) -> None:
    add_contact(session, customer.id, "Анна", at=NAMED_AT, emails=(ANNA,))
    assert current_facts(session, customer.id).contacts == (NamedContact({ANNA: NAMED_AT}),)
    other = a_client(session, "Лютик")
    add_contact(session, other.id, "Анна", at=NAMED_AT, emails=(ANNA,))
    assert read_facts(session, other.id).contacts == ()


def test_an_address_counts_since_it_was_recorded_d1(session: Session, customer: Customer) -> None:
    for phones, at in (((), NAMED_AT), (("8 495 123-45-67",), moment("2026-10-12"))):
        add_contact(session, customer.id, "Анна", at=at, emails=(ANNA,), phones=phones)
    assert reason(session, customer, ANNA, "+74951234567", at="2026-10-11 23:59") is Reason.CONTACT_NOT_NAMED
    assert reason(session, customer, ANNA, at="2026-10-11 23:59") is Reason.COVERED
    assert reason(session, customer, ANNA, "+74951234567", at="2026-10-12") is Reason.COVERED


def test_who_was_withdrawn_might_ask_before_and_each_naming_stays_d1(session: Session, customer: Customer) -> None:
    anna = add_contact(session, customer.id, "Анна", at=NAMED_AT, emails=(ANNA,)).id
    keep_snapshot(session, read_facts(session, customer.id))
    withdraw_contact(session, customer.id, anna, at=moment("2026-10-12"))
    assert reason(session, customer, ANNA) is Reason.CONTACT_NOT_NAMED
    assert add_contact(session, customer.id, "Анна", at=moment("2026-10-14"), emails=(ANNA,)).id == anna
    days = {"2026-10-09": False, "2026-10-11": True, "2026-10-13": False, "2026-10-15": True}
    for day, may_ask in days.items():
        due = Reason.COVERED if may_ask else Reason.CONTACT_NOT_NAMED
        for known_at in (None, day, "2026-10-20"):
            assert reason(session, customer, ANNA, at=day, known_at=known_at) is due, (day, known_at)
        assert reason(session, customer, ANNA, known_at=day) is due, day
    spans = [(one.recorded_at, one.withdrawn_at) for one in session.exec(select(ClientContact))]
    assert spans == [(NAMED_AT, moment("2026-10-12")), (moment("2026-10-14"), None)]


def test_what_becomes_known_of_a_person_later_is_nothing_of_whom_withdrew_them(
    session: Session, customer: Customer
) -> None:
    anna = introduce_contact(session, customer.id, "Анна", email=ANNA, at=NAMED_AT).id
    withdraw_contact(session, customer.id, anna, at=moment("2026-10-12"))
    facts = read_facts(session, customer.id)
    other = a_client(session, "Лютик")
    phones = ("8 495 123-45-67",)
    assert add_contact(session, other.id, "Анна", at=moment("2026-10-13"), emails=(ANNA,), phones=phones).id == anna
    assert read_facts(session, customer.id) == facts
    assert facts.contacts == (NamedContact({ANNA: NAMED_AT}, moment("2026-10-12")),)
    with refused(session, "CONTACT_FOR_STAFF", field="email"):
        introduce_contact(session, customer.id, "Анна", email=ANNA, at=moment("2026-10-14"))
