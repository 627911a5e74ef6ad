"""Recording the mail domains of clients: each once, several clients may share one, a provider's is nobody's (D4)."""

import pytest
from sqlmodel import Session, select

from contracts.parties import Client, ClientDomain
from contracts.queries import clients_named
from contracts.recording_domains import domains_of, record_domain, withdraw_domain
from tests.builders import Customer, a_client, its_catalogue, moment, refused

AT = moment("2026-05-13 12:00")


@pytest.fixture
def client(session: Session) -> Customer:
    its_catalogue(session)
    return a_client(session)


def test_a_domain_is_recorded_once_in_one_writing_d4(session: Session, client: Customer) -> None:
    versioned = select(Client.state_version).where(Client.id == client.id)
    version = session.exec(versioned).one()
    first = record_domain(session, client.id, "@Romashka.Example", at=AT)
    again = record_domain(session, client.id, "romashka.example", at=moment("2026-06-01"))
    assert (first.domain, first.recorded_at, again.id) == ("romashka.example", AT, first.id)
    assert domains_of(session, client.id) == ["romashka.example"]
    assert session.exec(versioned).one() == version + 2


def test_a_domain_that_is_withdrawn_names_nobody_d4(session: Session, client: Customer) -> None:
    for domain in ("b.example", "a.example"):
        record_domain(session, client.id, domain, at=AT)
    withdraw_domain(session, client.id, " A.example", at=moment("2026-06-01"))
    assert domains_of(session, client.id) == ["b.example"]
    assert clients_named(session, {"email": "anna@a.example"}) == []
    assert clients_named(session, {"email": "anna@b.example"}) == [client.id]


def test_a_domain_that_was_withdrawn_names_the_client_before_and_may_be_recorded_again_d1(
    session: Session, client: Customer
) -> None:
    hours = [moment(f"2026-05-13 {hour}:00") for hour in (11, 12, 13, 14, 15)]
    first = record_domain(session, client.id, "a.example", at=hours[1])
    gone = withdraw_domain(session, client.id, "a.example", at=hours[2])
    assert (gone.id, gone.withdrawn_at) == (first.id, hours[2])
    again = record_domain(session, client.id, "a.example", at=hours[4])
    assert (again.id > first.id, again.withdrawn_at) == (True, None)
    assert domains_of(session, client.id) == ["a.example"]
    named = [clients_named(session, {"email": "anna@a.example"}, at=at) == [client.id] for at in hours]
    assert named == [False, True, False, False, True]


def test_what_cannot_be_a_clients_domain_is_refused_and_nothing_is_written_d4(
    session: Session, client: Customer
) -> None:
    record_domain(session, client.id, "a.example", at=AT)
    with refused(session, "DOMAIN_PUBLIC", field="domain", value="mail.ru"):
        record_domain(session, client.id, "Mail.ru", at=AT)
    with refused(session, "DOMAIN_WRONG", field="domain", value="a@b.example"):
        record_domain(session, client.id, "a@b.example", at=AT)
    with refused(session, "CLIENT_UNKNOWN", field="client_id", value=404):
        record_domain(session, 404, "a.example", at=AT)
    with refused(session, "DOMAIN_UNKNOWN", field="domain", value="b.example", allowed=["a.example"]):
        withdraw_domain(session, client.id, "b.example", at=AT)
    with refused(session, "CLIENT_UNKNOWN", field="client_id", value=404):
        withdraw_domain(session, 404, "a.example", at=AT)
    assert session.exec(select(ClientDomain.domain)).all() == ["a.example"]
