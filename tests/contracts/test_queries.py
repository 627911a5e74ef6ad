"""Finding clients: by every key that names them, all keys together, and by the beginning of the name (D4).

And reading a contract's calendar.
"""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import Session

from contracts.contract_calendar import EventKind
from contracts.enrolling import add_client, add_contact, add_entity
from contracts.free_periods import grant_free_period
from contracts.on_sale import plan_in_force
from contracts.queries import calendar_of, clients_like, clients_named
from contracts.recording_domains import record_domain
from tests.builders import (
    Customer,
    a_client,
    a_registration,
    a_sale,
    a_seller,
    an_inn,
    its_catalogue,
    moment,
    refused,
)

AT = moment("2026-10-05 10:00")


@pytest.fixture
def session(session: Session) -> Session:
    its_catalogue(session)
    return session


@pytest.fixture
def daisy(session: Session) -> Customer:
    """A client with every kind of key; a second one has others."""
    daisy = a_client(session, "Ромашка")
    daisy.client.external_id = "crm-17"
    add_contact(
        session, daisy.id, "Анна", at=moment("2026-01-01"), emails=("buh@example.org",), phones=("8 (495) 123-45-67",)
    )
    lily = a_client(session, "Лилия")
    add_contact(
        session, lily.id, "Пётр", at=moment("2026-01-01"), emails=("petr@example.org",), phones=("+7 495 765-43-21",)
    )
    session.flush()
    return daisy


def test_a_client_is_found_by_each_of_its_keys(session: Session, daisy: Customer) -> None:
    keys: dict[str, str | int] = {
        "id": daisy.id,
        "external_id": " crm-17 ",
        "inn": daisy.entity.inn,
        "registration_number": f" №{daisy.registrations[0][:3]} {daisy.registrations[0][3:]}",
        "email": " BUH@Example.org ",
        "phone": "84951234567",
    }
    for key, value in keys.items():
        assert clients_named(session, {key: value}) == [daisy.id], key
    assert clients_named(session, keys) == [daisy.id]


@pytest.mark.parametrize(
    "keys",
    [
        {},
        {"id": 404},
        {"external_id": "crm"},
        {"inn": "7707083893"},
        {"registration_number": "0"},
        {"email": "nobody@example.org"},
        {"phone": "+74950000000"},
        {"email": "buh@example.org", "phone": "+74957654321"},
    ],
)
def test_keys_that_name_nobody_or_not_the_same_client_find_none(
    session: Session, daisy: Customer, keys: dict[str, str | int]
) -> None:
    assert clients_named(session, keys) == []


def test_one_inn_of_two_clients_names_both_until_another_key_decides_d4(session: Session) -> None:
    inn = an_inn()
    one, two = (a_client(session, name, inn=inn, kpp=kpp) for name, kpp in (("А", "770901001"), ("Б", "780901001")))
    assert clients_named(session, {"inn": inn}) == [one.id, two.id]
    assert clients_named(session, {"inn": inn, "registration_number": two.registrations[0]}) == [two.id]


def test_mail_from_the_domain_of_a_client_names_it_d4(session: Session, daisy: Customer) -> None:
    record_domain(session, daisy.id, "ромашка.рф", at=AT)
    encoded = "ромашка.рф".encode("idna").decode()
    for email in ("new@ромашка.рф", f"new@{encoded}", " NEW@РОМАШКА.РФ "):
        assert clients_named(session, {"email": email}) == [daisy.id]
    for email in ("new@spb.ромашка.рф", "new@example.org", "new@xn--a.example", "new@ромашка.рф.example"):
        assert clients_named(session, {"email": email}) == []


def test_a_contact_is_known_by_the_address_and_not_by_its_domain_d4(session: Session, daisy: Customer) -> None:
    """Anna writes from the daisy's domain for the lily alone; others of that domain are the daisy's."""
    lily = a_client(session, "Лилия")
    record_domain(session, daisy.id, "daisy.example", at=AT)
    add_contact(session, lily.id, "Анна", at=moment("2026-01-01"), emails=("anna@daisy.example",))
    assert clients_named(session, {"email": "anna@daisy.example"}) == [lily.id]
    assert clients_named(session, {"email": "olga@daisy.example"}) == [daisy.id]


def test_a_contact_is_known_by_every_writing_of_the_address_d4(session: Session, daisy: Customer) -> None:
    """Anna and Boris speak for the lily, each recorded in another writing; the daisy owns their domain."""
    lily = a_client(session, "Лилия")
    record_domain(session, daisy.id, "ромашка.рф", at=AT)
    domains = ("ромашка.рф", "ромашка.рф".encode("idna").decode())
    for name, domain in zip(("anna", "boris"), domains, strict=True):
        add_contact(session, lily.id, name, at=moment("2026-01-01"), emails=(f"{name}@{domain}",))
    for domain in domains:
        assert clients_named(session, {"email": f"anna@{domain}"}) == [lily.id]
        assert clients_named(session, {"email": f"boris@{domain}"}) == [lily.id]
        assert clients_named(session, {"email": f"clara@{domain}"}) == [daisy.id]


def test_a_domain_that_two_clients_share_names_both_until_another_key_decides_d4(
    session: Session, daisy: Customer
) -> None:
    lily = a_client(session, "Лилия")
    for client in (daisy, lily):
        record_domain(session, client.id, "flowers.example", at=AT)
    assert clients_named(session, {"email": "a@flowers.example"}) == [daisy.id, lily.id]
    assert clients_named(session, {"email": "a@flowers.example", "inn": lily.entity.inn}) == [lily.id]


def test_two_entities_of_one_client_name_it_once(session: Session, daisy: Customer) -> None:
    add_entity(session, daisy.id, {"name": "Филиал", "inn": daisy.entity.inn, "kpp": "780901001"})
    assert clients_named(session, {"inn": daisy.entity.inn}) == [daisy.id]


def test_an_inn_may_be_typed_with_spaces(session: Session, daisy: Customer) -> None:
    inn = daisy.entity.inn
    assert clients_named(session, {"inn": f" {inn[:4]} {inn[4:]}"}) == [daisy.id]


def test_an_unknown_key_or_an_unreadable_address_is_refused(session: Session) -> None:
    allowed = ["id", "external_id", "inn", "registration_number", "email", "phone"]
    with refused(session, "FIELD_UNKNOWN", field="ogrn", value="1", allowed=allowed):
        clients_named(session, {"ogrn": "1"})
    with refused(session, "EMAIL_WRONG", field="email"):
        clients_named(session, {"email": "buh"})
    with refused(session, "PHONE_WRONG", field="phone"):
        clients_named(session, {"phone": "12"})
    with refused(session, "INN_WRONG", field="inn"):
        clients_named(session, {"inn": "7707083894"})


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("е", ["Ёлка", "Ель_1"]),
        ("ЁЛК", ["Ёлка"]),
        ("  ель ", ["Ель_1"]),
        ("ель_", ["Ель_1"]),
        ("ель%", []),
        ("лка", []),
        ("", ["Ёлка", "Ель_1", "Сосна"]),
    ],
)
def test_clients_are_found_by_the_beginning_of_their_names_in_one_order_on_both_databases(
    session: Session, text: str, found: list[str]
) -> None:
    for name in ("Сосна", "Ель_1", "Ёлка"):
        add_client(session, name, at=moment("2026-01-01"))
    assert [client.name for client in clients_like(session, text)] == found


def test_at_most_so_many_clients_are_listed(session: Session) -> None:
    for number in range(5):
        add_client(session, f"Клиент {number}", at=moment("2026-01-01"))
    assert [client.name for client in clients_like(session, "клиент", limit=2)] == ["Клиент 0", "Клиент 1"]


def test_a_calendar_is_read_in_as_many_selects_however_much_was_sold(session: Session, daisy: Customer) -> None:
    seen: list[str] = []

    def note(*call: Any) -> None:
        seen.append(call[2])

    seller, order = a_seller(session), {"plan_code": "its-prof", "term_months": 3}
    first = a_sale(session, seller, daisy, at=AT, **order)
    starts_on = first.subscription.ends_on
    a_sale(session, seller, daisy, at=AT, contract_id=first.contract.id, starts_on=starts_on, **order)
    event.listen(session.connection(), "before_cursor_execute", note)
    calendar = calendar_of(session, first.contract)
    assert len(seen) == 3  # what was sold, its amendments, the free periods
    assert [tiling.sold.term.starts_on for tiling in calendar.tilings] == [date(2026, 10, 5), date(2027, 1, 5)]


def test_a_calendar_has_the_free_periods_that_its_seller_gave_to_what_it_covers_s1(
    session: Session, daisy: Customer
) -> None:
    north, south = a_seller(session), a_seller(session, "south")
    version = plan_in_force(session, "its-prof", AT.date())[1]
    bought = [a_registration(session, daisy.entity, bought_on=date(2026, 9, day)) for day in (1, 2, 3)]
    for seller, registration in zip((north, south, north), bought, strict=True):
        grant_free_period(session, registration, version, seller.id, at=AT)
    covered = tuple(registration.number for registration in bought[:2])
    contract = a_sale(session, north, daisy, "its-prof", at=AT, registrations=covered).contract
    free = [one for one in calendar_of(session, contract).events if one.kind is EventKind.FREE_PERIOD_START]
    assert [(one.on, one.registration_number) for one in free] == [(date(2026, 9, 1), covered[0])]
