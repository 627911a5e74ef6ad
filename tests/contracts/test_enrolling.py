"""Taking in sellers, clients, entities, contacts and registrations: checked, normal, and each once."""

from datetime import date
from typing import Any

import pytest
from sqlmodel import Session, select

from contracts.catalogue import Registration
from contracts.enrolling import (
    NewRegistration,
    add_client,
    add_contact,
    add_entity,
    add_registration,
    add_seller,
    assign_manager,
)
from contracts.errors import Refusal
from contracts.parties import ClientContact, ContactAddress, SellerTaxMode
from contracts.policies import Purchase
from contracts.queries import clients_named
from contracts.requisites import checked_requisites
from contracts.tax_modes import TaxMode
from tests.builders import BANK, a_client, a_registration, a_seller, an_inn, its_catalogue, moment, refused

AT = moment("2026-05-03 10:00")
INN = "7707083893"


@pytest.fixture
def session(session: Session) -> Session:
    its_catalogue(session)
    return session


def test_requisites_come_out_in_their_normal_form() -> None:
    given = {
        "name": " ООО «Ветер» ",
        "inn": "7707 083 893",
        "phone": "8 495 123-45-67",
        "email": "A@Example.ORG",
        **BANK,
    }
    fine = checked_requisites(given | {"kpp": "", "signatory_post": "директор"})
    assert fine["name"] == fine["full_name"] == "ООО «Ветер»"
    assert (fine["inn"], fine["phone"], fine["email"]) == (INN, "+74951234567", "a@example.org")
    assert fine["bank_account"] == BANK["bank_account"]
    assert "kpp" not in fine


BERLIN = {
    "country": "DE",
    "name": "Nordlicht GmbH",
    "inn": "de136695976",
    "address": "Torstraße 1",
    "postcode": "10119",
    "city": "Berlin",
    "bank_account": "DE89 3704 0044 0532 0130 00",
    "bic": "COBADEFF",
}


def test_an_entity_of_another_country_keeps_its_own_requisites(session: Session) -> None:
    client = add_client(session, "Nordlicht", at=moment("2026-10-05"))
    entity = add_entity(session, client.id, BERLIN)
    kept = (entity.country, entity.inn, entity.bank_account, entity.bic, entity.postcode, entity.city)
    assert kept == ("DE", "DE136695976", "DE89370400440532013000", "COBADEFF", "10119", "Berlin")
    assert clients_named(session, {"inn": "de 136695976"}) == [client.id]
    alone = checked_requisites({name: value for name, value in BERLIN.items() if name != "bic"})
    assert alone["bank_account"] == "DE89370400440532013000"


@pytest.mark.parametrize(
    ("wrong", "code", "field"),
    [
        ({"country": "US"}, "PARTY_COUNTRY_UNKNOWN", "country"),
        ({"country": "KZ"}, "TAX_NUMBER_WRONG", "inn"),
        ({"country": "RU"}, "INN_WRONG", "inn"),
        ({"inn": ""}, "TAX_NUMBER_WRONG", "inn"),
        ({"bank_account": "40702810438000060473"}, "IBAN_WRONG", "bank_account"),
        ({"bic": "044525225"}, "BANK_CODE_WRONG", "bic"),
        ({"kpp": "773601001"}, "FIELD_UNKNOWN", "kpp"),
        ({"correspondent_account": "30101810400000000225"}, "FIELD_UNKNOWN", "correspondent_account"),
        ({"postcode": "1" * 21}, "TEXT_WRONG", "postcode"),
    ],
)
def test_requisites_are_checked_by_the_rules_of_their_country(wrong: dict[str, str], code: str, field: str) -> None:
    with pytest.raises(Refusal) as caught:
        checked_requisites(BERLIN | wrong)
    assert (caught.value.code, caught.value.field) == (code, field)


@pytest.mark.parametrize(
    ("wrong", "code", "field"),
    [
        ({"name": ""}, "TEXT_WRONG", "name"),
        ({"inn": ""}, "INN_WRONG", "inn"),
        ({"inn": "7707083894"}, "INN_WRONG", "inn"),
        ({"full_name": "я" * 1001}, "TEXT_WRONG", "full_name"),
        ({"kpp": "77090100"}, "KPP_WRONG", "kpp"),
        ({"ogrn": "1027700132196"}, "OGRN_WRONG", "ogrn"),
        ({"bic": "144525225"}, "BIC_WRONG", "bic"),
        ({"bic": "044525593"}, "ACCOUNT_WRONG", "bank_account"),
        ({"correspondent_account": "30101810400000000226"}, "CORRESPONDENT_ACCOUNT_WRONG", "correspondent_account"),
        ({"bic": ""}, "BIC_WRONG", "bic"),
        ({"email": "buh"}, "EMAIL_WRONG", "email"),
        ({"phone": "12"}, "PHONE_WRONG", "phone"),
        ({"address": "Москва\nАрбат"}, "TEXT_WRONG", "address"),
        ({"okpo": "1"}, "FIELD_UNKNOWN", "okpo"),
    ],
)
def test_wrong_requisites_are_refused_by_their_field(wrong: dict[str, str], code: str, field: str) -> None:
    with pytest.raises(Refusal) as caught:
        checked_requisites({"name": "ООО «Ветер»", "inn": INN, **BANK} | wrong)
    assert (caught.value.code, caught.value.field) == (code, field)


def test_a_seller_begins_with_a_dated_tax_mode_m2(session: Session) -> None:
    seller = a_seller(session, tax_mode=TaxMode.SIMPLIFIED_5, taxed_from=date(2026, 1, 1), late_entry_days=3)
    [mode] = session.exec(select(SellerTaxMode).where(SellerTaxMode.seller_id == seller.id))
    assert (mode.mode, mode.valid_from) == (TaxMode.SIMPLIFIED_5, date(2026, 1, 1))
    assert (seller.time_zone, seller.calendar, seller.late_entry_days) == ("Europe/Moscow", "RU", 3)


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"code": "north"}, "SELLER_EXISTS", "code"),
        ({"code": " north "}, "SELLER_EXISTS", "code"),
        ({"inn": INN}, "SELLER_EXISTS", "inn"),
        ({"time_zone": "Mars/Olympus"}, "TIME_ZONE_UNKNOWN", "time_zone"),
        ({"time_zone": "../etc/passwd"}, "TIME_ZONE_UNKNOWN", "time_zone"),
        ({"late_entry_days": -1}, "FIELD_WRONG", "late_entry_days"),
        ({"code": ""}, "TEXT_WRONG", "code"),
        ({"city": "a\x00b"}, "TEXT_WRONG", "city"),
    ],
)
def test_a_seller_that_cannot_be_is_refused(session: Session, changes: dict[str, Any], code: str, field: str) -> None:
    mode: dict[str, Any] = {"tax_mode": TaxMode.GENERAL, "taxed_from": date(2026, 1, 1)}
    add_seller(session, "north", {"name": "ООО «Ветер»", "inn": INN}, **mode)
    given: dict[str, Any] = {"code": "south", "inn": an_inn()} | mode | changes
    requisites = {name: given.pop(name) for name in ("inn", "city") if name in given}
    with refused(session, code, field=field):
        add_seller(session, given.pop("code"), {"name": "ООО «Юг»"} | requisites, **given)


def test_a_client_is_known_by_its_external_id_once(session: Session) -> None:
    known = add_client(session, "Ёлка  плюс", at=AT, external_id=" crm-1 ", locale="en")
    assert (known.name, known.search_key, known.external_id, known.locale) == ("Ёлка  плюс", "елка плюс", "crm-1", "en")
    with refused(session, "CLIENT_EXISTS", field="external_id", value="crm-1", client_id=known.id):
        add_client(session, "Другая", at=AT, external_id="crm-1")
    with refused(session, "LOCALE_UNKNOWN", field="locale", value="de", allowed=["ru", "en"]):
        add_client(session, "Другая", at=AT, locale="de")
    with refused(session, "TEXT_WRONG", field="name"):
        add_client(session, "Дру\u202eгая", at=AT)


def test_an_entity_is_known_by_inn_and_kpp_once(session: Session) -> None:
    daisy, lily = (add_client(session, name, at=AT) for name in ("Ромашка", "Лилия"))
    add_entity(session, daisy.id, {"name": "Голова", "inn": INN, "kpp": "770901001"})
    add_entity(session, daisy.id, {"name": "Филиал", "inn": INN, "kpp": "780901001"})
    add_entity(session, lily.id, {"name": "Без КПП", "inn": INN})
    for requisites in ({"inn": INN, "kpp": "770901001"}, {"inn": INN}):
        with refused(session, "ENTITY_EXISTS", field="inn", value=INN):
            add_entity(session, lily.id, {"name": "Ещё раз"} | requisites)
    with refused(session, "CLIENT_UNKNOWN", field="client_id", value=404):
        add_entity(session, 404, {"name": "Ещё", "inn": an_inn()})


def test_a_contact_known_by_an_address_is_linked_and_not_made_twice(session: Session) -> None:
    daisy, lily = (add_client(session, name, at=AT) for name in ("Ромашка", "Лилия"))
    anna = add_contact(
        session,
        daisy.id,
        "Анна",
        at=moment("2026-01-01"),
        emails=("a@example.org", "A@Example.org"),
        phones=("84951234567",),
    )
    same = add_contact(
        session, lily.id, " Анна ", at=moment("2026-01-01"), phones=("+7 495 123-45-67", "+7 495 000-00-00")
    )
    again = add_contact(session, lily.id, "Анна", at=moment("2026-01-01"), emails=("a@example.org",))
    assert anna.id == same.id == again.id
    assert len(session.exec(select(ContactAddress)).all()) == 3
    links = session.exec(select(ClientContact.client_id).order_by(ClientContact.client_id)).all()
    assert links == [daisy.id, lily.id]


def test_two_persons_may_share_an_address(session: Session) -> None:
    client = add_client(session, "Ромашка", at=AT)
    anna, petr = (
        add_contact(session, client.id, name, at=moment("2026-01-01"), emails=("office@example.org",))
        for name in ("Анна", "Пётр")
    )
    assert anna.id != petr.id


@pytest.mark.parametrize(
    ("name", "addresses", "code", "field"),
    [
        ("", {}, "TEXT_WRONG", "name"),
        ("Анна", {"emails": ("x",)}, "EMAIL_WRONG", "email"),
        ("Анна", {"phones": ("12",)}, "PHONE_WRONG", "phone"),
    ],
)
def test_a_contact_with_a_wrong_address_is_refused(
    session: Session, name: str, addresses: dict[str, tuple[str, ...]], code: str, field: str
) -> None:
    client = add_client(session, "Ромашка", at=AT)
    with refused(session, code, field=field):
        add_contact(session, client.id, name, at=moment("2026-01-01"), **addresses)


def test_an_upgrade_surrenders_the_copy_it_replaces_on_the_day_it_was_bought_s1(session: Session) -> None:
    client = a_client(session, registrations=0)
    old = a_registration(session, client.entity, "accounting-basic")
    bought = {"purchase": Purchase.UPGRADE, "bought_on": date(2026, 5, 15), "replaces": old.number}
    new = a_registration(session, client.entity, **bought)
    assert (old.surrendered_on, new.surrendered_on) == (date(2026, 5, 15), None)
    with refused(session, "REGISTRATION_SURRENDERED", field="replaces", surrendered_on=date(2026, 5, 15)):
        a_registration(session, client.entity, **bought)


UPGRADE: dict[str, Any] = {"purchase": Purchase.UPGRADE, "bought_on": date(2026, 5, 15)}


@pytest.mark.parametrize(
    ("entity_id", "new", "code", "field"),
    [
        (404, {}, "ENTITY_UNKNOWN", "entity_id"),
        (None, {"product_code": "tetris"}, "PRODUCT_UNKNOWN", "product"),
        (None, {"number": "theirs"}, "REGISTRATION_EXISTS", "number"),
        (None, {"number": " "}, "TEXT_WRONG", "number"),
        (None, {**UPGRADE, "bought_on": None}, "BOUGHT_ON_REQUIRED", "bought_on"),
        (None, UPGRADE, "REGISTRATION_UNKNOWN", "replaces"),
        (None, {**UPGRADE, "replaces": "404"}, "REGISTRATION_UNKNOWN", "replaces"),
        (None, {**UPGRADE, "replaces": "theirs"}, "REGISTRATION_UNKNOWN", "replaces"),
    ],
)
def test_a_registration_that_cannot_be_is_refused(
    session: Session, entity_id: int | None, new: dict[str, Any], code: str, field: str
) -> None:
    client, other = a_client(session, registrations=0), a_client(session, "Лилия")
    new = {name: other.registrations[0] if value == "theirs" else value for name, value in new.items()}
    given: dict[str, Any] = {"number": "1", "product_code": "accounting-prof"} | new
    with refused(session, code, field=field):
        add_registration(session, entity_id or client.entity.id, NewRegistration(**given), at=AT)
    assert not session.exec(select(Registration).where(Registration.surrendered_on != None)).all()  # noqa: E711


def test_the_products_that_are_known_are_named(session: Session) -> None:
    with pytest.raises(Refusal) as caught:
        a_registration(session, a_client(session, registrations=0).entity, "tetris")
    assert "accounting-prof" in caught.value.facts["allowed"]


def test_a_client_is_looked_after_by_nobody_until_somebody_is_named(session: Session) -> None:
    assert add_client(session, "Ромашка", at=AT).manager == ""
    client = add_client(session, "Василёк", at=AT, manager=" Котова И. Л. ")
    assert client.manager == "Котова И. Л."
    assert assign_manager(session, client.id, "Ильин А. С.").manager == "Ильин А. С."
    assert assign_manager(session, client.id, None).manager == ""


def test_who_looks_after_a_client_is_one_line_of_text(session: Session) -> None:
    client = add_client(session, "Ромашка", at=AT)
    for wrong in ("", "Котова\nИ. Л.", "я" * 201):
        with pytest.raises(Refusal, match="TEXT_WRONG"):
            assign_manager(session, client.id, wrong)
    with refused(session, "CLIENT_UNKNOWN", field="client_id", value=999):
        assign_manager(session, 999, "Котова И. Л.")
