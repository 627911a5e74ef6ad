"""A book is taken over wholly or not at all, again changes nothing, and sells nothing that sales could not have."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import Session, col, select

from api.book import ImportedBook, import_book, read_book_file
from billing.bills import Invoice
from billing.month_queue import first_open_month, open_run
from billing.month_runs import MonthTask
from contracts.enrolling import add_contact
from contracts.money import Money
from contracts.parties import Client, ClientContact, ClientDomain, Contact, ContactAddress, Entity, Seller
from contracts.renewing import renew
from contracts.subscriptions import Contract, Coverage, FreePeriod, Specification, Subscription
from contracts.terms import Term
from documents.papers import Paper
from entitlements.book_mapping import BookMapping
from entitlements.desk import check
from entitlements.facts import hours_facts
from entitlements.granting import give_minutes
from entitlements.grants import Grant
from entitlements.hours import account
from entitlements.hours_facts import GrantKind
from entitlements.reasons import Verdict
from tests.builders import (
    Customer,
    a_client,
    a_plan,
    a_sale,
    a_seller,
    an_inn,
    ask,
    asking,
    closed,
    its_catalogue,
    moment,
    noon,
    refused,
    row_counts,
)

AT = moment("2026-11-25 10:00")
INN, OTHER_INN = "7707083893", "7736050003"
ROW = {
    "client": "Ромашка",
    "external_id": "",
    "inn": INN,
    "kpp": "773601001",
    "contact": "Анна Белова",
    "phone": "8 495 123-45-67",
    "registration": "800123456",
    "product": "accounting-prof",
    "contract": "ИТС-15/22",
    "signed_on": "10.03.2022",
    "subscription": "",
    "plan": "its-prof",
    "starts_on": "2026-04-10",
    "last_day": "",
    "months": "12",
    "price": "33 816,00",
    "hours_left": "0:25",
    "hours_until": "",
}
MORE = (
    "renews",
    "seller",
    "purchase",
    "bought_on",
    "surrendered_on",
    "free_from",
    "free_until",
    "plan_version",
    "email",
    "domain",
)
HEADS = (*ROW, *MORE)
NOTHING_SOLD = dict.fromkeys(("contract", "signed_on", "plan", "starts_on", "months", "price", "hours_left"), "")


@pytest.fixture
def seller(session: Session) -> Seller:
    its_catalogue(session)
    a_plan(session)
    return a_seller(session)


def lines(*rows: dict[str, str]) -> bytes:
    return "\n".join(
        ";".join(f'"{row.get(head, "")}"' for head in HEADS) for row in ({h: h for h in HEADS}, *rows)
    ).encode()


def a_row(**changes: str) -> dict[str, str]:
    return {**ROW, **changes}


def imported(session: Session, seller: Seller, *rows: dict[str, str], on: date | None = None) -> ImportedBook:
    file = read_book_file(lines(*rows), BookMapping())
    return import_book(session, file, seller, at=AT, on=on)


def faults(done: ImportedBook) -> list[tuple[int, str, str]]:
    return [(fault.row, fault.column, fault.refusal.code) for fault in done.faults]


def new(done: ImportedBook) -> dict[str, int]:
    return {name: counted.new for name, counted in done.kinds.items() if counted.new}


def available(session: Session, seller: Seller, at: str) -> int:
    client_id = session.exec(select(Client.id)).one()
    return account(hours_facts(session, client_id, seller.id), moment(at)).available_minutes


def test_a_row_becomes_a_client_with_all_that_it_has(session: Session, seller: Seller) -> None:
    done = imported(session, seller, a_row())
    assert done.faults == ()
    kinds = ("clients", "entities", "contacts", "registrations", "contracts", "subscriptions")
    assert new(done) == dict.fromkeys(kinds, 1)
    client, entity = session.exec(select(Client)).one(), session.exec(select(Entity)).one()
    assert (client.name, entity.name, entity.inn, entity.kpp) == ("Ромашка", "Ромашка", INN, "773601001")
    assert session.exec(select(ContactAddress.value)).all() == ["+74951234567"]
    contract, sold = session.exec(select(Contract)).one(), session.exec(select(Subscription)).one()
    assert (contract.number, contract.signed_on, contract.entity_id) == ("ИТС-15/22", date(2022, 3, 10), entity.id)
    assert (sold.starts_on, sold.ends_on, sold.term_months) == (date(2026, 4, 10), date(2027, 4, 10), 12)
    assert (sold.price_minor, sold.sold_at) == (33_816_00, AT)
    specified = select(Specification).join(Coverage)
    assert session.exec(specified).one().subscription_id == sold.id


def test_no_invoice_no_paper_and_no_free_period_comes_of_an_import_s1(session: Session, seller: Seller) -> None:
    imported(session, seller, a_row(bought_on="2026-11-01"))
    assert [session.exec(select(table)).all() for table in (Invoice, Paper, FreePeriod)] == [[], [], []]


def test_the_same_book_again_changes_nothing_not_even_a_version(session: Session, seller: Seller) -> None:
    rows = [a_row(), a_row(registration="800123457"), a_row(**NOTHING_SOLD, contact="Борис", email="b@example.org")]
    imported(session, seller, *rows)
    before, version = row_counts(session), session.exec(select(Client.state_version)).one()
    done = imported(session, seller, *rows)
    assert (done.faults, new(done), done.opening_minutes) == ((), {}, 0)
    session.expire_all()
    assert (row_counts(session), session.exec(select(Client.state_version)).one()) == (before, version)


def test_rows_that_say_the_same_thing_are_gathered_into_one(session: Session, seller: Seller) -> None:
    done = imported(
        session, seller, a_row(), a_row(), a_row(registration="800123457", price="", months="", hours_left="")
    )
    assert faults(done) == [(4, "price", "VALUE_REQUIRED"), (4, "months", "VALUE_REQUIRED")]
    done = imported(session, seller, a_row(), a_row(), a_row(registration="800123457", hours_left=""))
    assert new(done)["subscriptions"] == 1
    assert len(session.exec(select(Coverage)).all()) == 2


def test_a_plan_may_be_called_by_its_name_and_is_one_with_its_code(session: Session, seller: Seller) -> None:
    done = imported(session, seller, a_row(), a_row(registration="800123457", plan="1С:ИТС ПРОФ"))
    assert new(done)["subscriptions"] == 1


# Natural keys


def test_a_client_is_known_by_its_external_id_then_by_its_entity_then_by_its_name(
    session: Session, seller: Seller
) -> None:
    """D4."""
    own = a_client(session, "Василёк", registrations=0)
    rows = [
        {"client": "Другое имя", "external_id": "CRM-1", "inn": own.entity.inn, "kpp": own.entity.kpp},
        {"client": "василек", "contact": "Пётр"},
        {"client": "Сосна", "external_id": "CRM-2"},
        {"client": "Сосна", "external_id": "CRM-2", "inn": OTHER_INN},
    ]
    done = imported(session, seller, *rows)
    assert (done.faults, done.kinds["clients"].known, done.kinds["clients"].new) == ((), 1, 1)
    assert session.exec(select(ClientContact.client_id)).one() == own.id
    assert session.exec(select(Client.name).order_by(col(Client.id))).all() == ["Василёк", "Сосна"]


def test_a_name_of_two_clients_is_never_guessed(session: Session, seller: Seller) -> None:
    """D4."""
    a_client(session), a_client(session)
    assert faults(imported(session, seller, {"client": "Ромашка", "contact": "Анна"})) == [
        (2, "client", "CLIENT_AMBIGUOUS")
    ]
    rows = [
        {"client": "Сосна", "inn": INN},
        {"client": "Сосна", "inn": OTHER_INN},
        {"client": "сосна", "contact": "Пётр"},
    ]
    assert faults(imported(session, seller, *rows)) == [(4, "client", "CLIENT_AMBIGUOUS")]


def test_what_belongs_to_another_client_is_a_fault(session: Session, seller: Seller) -> None:
    other = a_client(session, "Василёк")
    number, inn, kpp = other.registrations[0], other.entity.inn, other.entity.kpp
    session.get_one(Client, other.id).external_id = "CRM-9"
    assert faults(imported(session, seller, a_row(external_id="CRM-1", inn=inn, kpp=kpp))) == [
        (2, "inn", "ENTITY_EXISTS")
    ]
    assert faults(imported(session, seller, a_row(registration=number))) == [(2, "registration", "REGISTRATION_EXISTS")]
    contract = a_sale(session, seller, other, at=AT).contract
    assert faults(imported(session, seller, a_row(contract=contract.number))) == [(2, "contract", "CONTRACT_EXISTS")]


def test_an_address_from_a_book_is_a_change_for_all_for_whom_the_person_speaks_d1(
    session: Session, seller: Seller
) -> None:
    other = a_client(session, "Лютик")
    add_contact(session, other.id, "Анна", at=AT, emails=("a@example.org",))
    before = session.exec(select(Client.state_version).where(Client.id == other.id)).one()
    imported(session, seller, {"client": "Сосна", "contact": "Анна", "email": "a@example.org", "phone": "84951234567"})
    assert session.exec(select(Client.state_version).where(Client.id == other.id)).one() > before
    assert set(session.exec(select(ContactAddress.recorded_at))) == {AT}


def test_people_are_one_by_name_and_client_or_by_name_and_address(session: Session, seller: Seller) -> None:
    rows = [
        {"client": "Ромашка", "contact": "Анна", "phone": "84951234567, +7 495 123-45-68", "email": "a@example.org"},
        {"client": "Ромашка", "contact": "анна", "email": "b@example.org"},
        {"client": "Сосна", "contact": "Анна", "email": "A@example.org"},
        {"client": "Сосна", "phone": "84957654321"},
    ]
    imported(session, seller, *rows)
    assert session.exec(select(Contact.name).order_by(col(Contact.id))).all() == ["Анна", "Сосна"]
    assert len(session.exec(select(ContactAddress)).all()) == 5
    assert new(imported(session, seller, *rows)) == {}


def test_the_domains_that_a_client_writes_from_are_taken_over_once_d4(session: Session, seller: Seller) -> None:
    rows = [
        {"client": "Ромашка", "domain": "@Romashka.example; ромашка.рф"},
        {"client": "ромашка", "domain": "romashka.example"},
        {"client": "Сосна", "domain": "romashka.example"},
    ]
    assert new(imported(session, seller, *rows)) == {"clients": 2, "domains": 3}
    told = select(Client.name, ClientDomain.domain).join_from(ClientDomain, Client).order_by(col(ClientDomain.id))
    assert session.exec(told).all() == [
        ("Ромашка", "romashka.example"),
        ("Ромашка", "ромашка.рф"),
        ("Сосна", "romashka.example"),
    ]
    assert new(imported(session, seller, *rows)) == {}
    wrong = [{"client": "Ромашка", "domain": "mail.ru"}, {"client": "Сосна", "domain": "sosna"}]
    assert faults(imported(session, seller, *wrong)) == [(2, "domain", "DOMAIN_PUBLIC"), (3, "domain", "DOMAIN_WRONG")]


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"price": "1,00"}, "price"),
        ({"months": "6"}, "last_day"),
        ({"plan": "its-techno", "subscription": "S-1"}, "plan"),
        ({"starts_on": "2026-05-01", "subscription": "S-1"}, "starts_on"),
        ({"hours_left": "1:00"}, "hours_left"),
        ({"product": "trade"}, "product"),
        ({"surrendered_on": "2026-10-01"}, "surrendered_on"),
        ({"contract": "ИТС-16", "subscription": "S-1"}, "contract"),
    ],
)
def test_a_file_that_contradicts_the_book_is_a_fault_and_the_book_stays(
    session: Session, seller: Seller, changes: dict[str, str], column: str
) -> None:
    imported(session, seller, a_row(subscription="S-1"))
    before = row_counts(session)
    done = imported(session, seller, a_row(**({"subscription": "S-1"} | changes)))
    assert ("BOOK_DIFFERS", column) in [(code, over) for _, over, code in faults(done)]
    assert row_counts(session) == before


def test_what_only_describes_is_left_as_the_book_has_it(session: Session, seller: Seller) -> None:
    imported(session, seller, a_row())
    done = imported(session, seller, a_row(client="Ромашка Плюс"))
    assert (done.faults, new(done)) == ((), {})
    assert session.exec(select(Client.name)).one() == "Ромашка"


def test_rows_that_contradict_each_other_name_the_first(session: Session, seller: Seller) -> None:
    done = imported(session, seller, a_row(), a_row(price="1,00"), a_row(inn=OTHER_INN))
    assert faults(done)[0] == (3, "price", "ROW_CONTRADICTS")
    assert {code for _, _, code in faults(done)} == {"ROW_CONTRADICTS"}
    assert done.faults[0].refusal.facts["first_row"] == 2


# What sales could not have sold


@pytest.mark.parametrize(
    ("changes", "column", "code"),
    [
        ({"plan": "its-gold"}, "plan", "PLAN_UNKNOWN"),
        ({"plan_version": "7"}, "plan_version", "PLAN_VERSION_UNKNOWN"),
        ({"product": "tetris"}, "product", "PRODUCT_UNKNOWN"),
        ({"product": ""}, "product", "VALUE_REQUIRED"),
        ({"seller": "south"}, "seller", "SELLER_UNKNOWN"),
        ({"last_day": "2027-04-10"}, "last_day", "LAST_DAY_WRONG"),
        ({"months": "", "last_day": "2027-04-10"}, "last_day", "LAST_DAY_WRONG"),
        ({"starts_on": "2027-12-01", "hours_left": ""}, "starts_on", "START_OUT_OF_RANGE"),
        ({"signed_on": "2026-11-26"}, "signed_on", "DAY_IN_FUTURE"),
        ({"price": "-1,00"}, "price", "PRICE_NEGATIVE"),
        ({"price": "99999999999,00"}, "price", "PRICE_NEGATIVE"),
        ({"registration": "", "product": ""}, "registration", "REGISTRATIONS_REQUIRED"),
        ({"plan": "service-8h"}, "registration", "REGISTRATIONS_NOT_WANTED"),
        ({"surrendered_on": "2026-04-10"}, "registration", "REGISTRATION_SURRENDERED"),
        ({"contract": "2026-0002"}, "contract", "NUMBER_OUT_OF_SERIES"),
        ({"renews": "S-0"}, "renews", "SUBSCRIPTION_UNKNOWN"),
        ({"inn": "", "kpp": ""}, "inn", "VALUE_REQUIRED"),
        (
            {"product": "accounting-basic", "free_from": "2026-01-01", "free_until": "2026-03-31"},
            "free_from",
            "NO_FREE_PERIOD",
        ),
        ({"starts_on": "2026-12-10"}, "hours_left", "HOURS_NOT_OPEN"),
        ({"hours_until": "2026-11-24"}, "hours_until", "HOURS_OVER"),
        ({"months": "1"}, "hours_until", "HOURS_OVER"),
    ],
)
def test_a_row_that_could_not_have_been_sold_is_a_fault_and_nothing_is_written(
    session: Session, seller: Seller, changes: dict[str, str], column: str, code: str
) -> None:
    before = row_counts(session)
    done = imported(session, seller, a_row(**changes))
    assert faults(done) == [(2, column, code)]
    assert row_counts(session) == before


def test_a_term_that_is_no_longer_on_sale_is_taken_as_it_was_agreed_t2(session: Session, seller: Seller) -> None:
    imported(session, seller, a_row(months="", last_day="2027-03-09", starts_on="2026-04-10", price="1,00"))
    assert session.exec(select(Subscription.term_months)).one() == 11


def test_months_are_counted_from_the_start_t1(session: Session, seller: Seller) -> None:
    imported(session, seller, a_row(starts_on="31.01.2026", months="13", hours_left="1:00"))
    assert session.exec(select(Subscription.ends_on)).one() == date(2027, 3, 1)


def test_one_copy_is_never_covered_twice_by_one_kind_s6(session: Session, seller: Seller) -> None:
    later = {"starts_on": "2027-04-10", "subscription": "S-2", "hours_left": ""}
    double = {"starts_on": "2027-04-09", "subscription": "S-2", "hours_left": ""}
    assert faults(imported(session, seller, a_row(), a_row(**double))) == [(3, "registration", "COVERAGE_OVERLAPS")]
    assert new(imported(session, seller, a_row(), a_row(**later)))["subscriptions"] == 2
    (fault,) = imported(session, seller, a_row(subscription="S-3", starts_on="2027-01-10", hours_left="")).faults
    assert (fault.refusal.code, fault.refusal.facts["starts_on"]) == ("COVERAGE_OVERLAPS", date(2026, 4, 10))


def test_renewals_are_linked_and_only_one_renews_s4(session: Session, seller: Seller) -> None:
    rows = [
        a_row(subscription="B", renews="A", starts_on="2026-04-10"),
        a_row(subscription="A", starts_on="2025-04-10", hours_left=""),
    ]
    imported(session, seller, *rows)
    old, sold = session.exec(select(Subscription).order_by(col(Subscription.starts_on))).all()
    assert (old.predecessor_id, sold.predecessor_id) == (None, old.id)
    with refused(session, "ALREADY_RENEWED"):
        renew(session, old.id, at=AT)
    third = a_row(subscription="C", renews="A", starts_on="2027-04-10", hours_left="")
    assert faults(imported(session, seller, third)) == [(2, "renews", "ALREADY_RENEWED")]
    early = a_row(
        subscription="C", renews="B", plan="its-techno", starts_on="2027-04-01", hours_left="", registration="9"
    )
    assert faults(imported(session, seller, early)) == [(2, "starts_on", "START_OUT_OF_RANGE")]
    assert new(imported(session, seller, {**third, "renews": "B"}))["subscriptions"] == 1


def test_a_free_period_that_was_used_is_known_and_never_given_again_s1(session: Session, seller: Seller) -> None:
    row = a_row(bought_on="2026-10-01", free_from="2026-10-01", free_until="2026-12-31", **NOTHING_SOLD) | {
        "plan": "its-prof"
    }
    done = imported(session, seller, row)
    assert (done.faults, new(done)["free_periods"]) == ((), 1)
    free = session.exec(select(FreePeriod)).one()
    assert (free.starts_on, free.ends_on) == (date(2026, 10, 1), date(2027, 1, 1))
    assert new(imported(session, seller, row)) == {}
    (fault,) = imported(session, seller, row | {"free_until": "2027-03-31"}).faults
    assert (fault.refusal.code, fault.refusal.facts["last_day"]) == ("FREE_PERIOD_USED", date(2026, 12, 31))


# Numbers of contracts


def test_a_foreign_number_stands_beside_the_series_and_leaves_it_whole_s13(session: Session, seller: Seller) -> None:
    own = a_client(session, "Василёк")
    first = a_sale(session, seller, own, at=AT, starts_on=AT.date()).contract
    imported(session, seller, a_row())
    second = a_sale(session, seller, a_client(session, "Сосна"), at=AT, starts_on=AT.date()).contract
    assert [contract.number for contract in (first, second)] == ["2026-0001", "2026-0002"]


def test_numbers_of_our_own_form_go_on_with_the_series_s13(session: Session, seller: Seller) -> None:
    rows = [
        a_row(contract="2026-0002", registration="2", hours_left=""),
        a_row(contract="2026-0001", registration="1", hours_left=""),
        a_row(contract="2025-0001", registration="3", hours_left=""),
    ]
    assert imported(session, seller, *rows).faults == ()
    assert new(imported(session, seller, *rows)) == {}
    sale = a_sale(session, seller, a_client(session, "Сосна"), at=AT, starts_on=AT.date())
    assert sale.contract.number == "2026-0003"
    late = a_row(contract="2026-0003", registration="4", hours_left="")
    assert faults(imported(session, seller, late)) == [(2, "contract", "CONTRACT_EXISTS")]


# Hours


def test_the_opening_balance_stands_for_the_month_begun_and_later_months_give_theirs_h5(
    session: Session, seller: Seller
) -> None:
    done = imported(session, seller, a_row())
    assert done.opening_minutes == 25
    grants = session.exec(select(Grant).order_by(col(Grant.starts_on))).all()
    assert [(one.starts_on, one.ends_on, one.minutes) for one in grants] == [
        (date(2026, 11, 25), date(2026, 12, 10), 25),
        (date(2026, 12, 10), date(2027, 1, 10), 60),
        (date(2027, 1, 10), date(2027, 2, 10), 60),
        (date(2027, 2, 10), date(2027, 3, 10), 60),
        (date(2027, 3, 10), date(2027, 4, 10), 60),
    ]
    assert available(session, seller, "2026-11-25 12:00") == 25
    assert available(session, seller, "2026-12-10 12:00") == 60


@pytest.mark.parametrize(
    ("changes", "on", "expected"),
    [
        ({"hours_left": ""}, "2026-11-25", 0),
        ({"hours_left": "0"}, "2026-11-25", 0),
        ({"hours_left": ""}, "2026-11-10", 60),
        ({"hours_left": "0:05"}, "2026-11-10", 5),
        ({"hours_left": "7:00", "hours_until": "2027-06-30"}, "2026-11-25", 420),
    ],
)
def test_what_is_left_of_a_month_is_what_the_book_says_h5(
    session: Session, seller: Seller, changes: dict[str, str], on: str, expected: int
) -> None:
    imported(session, seller, a_row(**changes), on=date.fromisoformat(on))
    assert available(session, seller, "2026-11-25 12:00") == expected


def test_a_balance_rolls_over_as_its_plan_says_h6(session: Session, seller: Seller) -> None:
    a_plan(session, "rolling", included_minutes=480, rollover_cap_minutes=480, rollover_periods=1)
    imported(session, seller, a_row(plan="rolling", hours_left="3:00"))
    assert available(session, seller, "2026-12-10 12:00") == 180 + 480
    assert available(session, seller, "2027-01-10 12:00") == 480 + 480


def test_hours_of_no_subscription_open_a_pool_to_their_last_day_h8(session: Session, seller: Seller) -> None:
    row = {"client": "Ромашка", "hours_left": "20:00", "hours_until": "2027-01-31"}
    assert new(imported(session, seller, row)) == {"clients": 1, "balances": 1}
    assert new(imported(session, seller, row)) == {}
    assert faults(imported(session, seller, row | {"hours_left": "19:00"})) == [(2, "hours_left", "BOOK_DIFFERS")]
    assert session.exec(select(Grant.kind)).one() is GrantKind.PACKAGE
    assert available(session, seller, "2027-01-31 12:00") == 1200
    assert available(session, seller, "2027-02-01 12:00") == 0
    client_id = session.exec(select(Client.id)).one()
    term = Term(date(2026, 11, 1), date(2027, 1, 1))
    give_minutes(session, client_id, seller.id, GrantKind.GOODWILL, 60, term, reason="Спор", source_key="g", at=AT)
    assert faults(imported(session, seller, row | {"hours_until": "2027-02-28"})) == [(2, "hours_left", "POOL_OPEN")]


def test_the_desk_serves_what_was_taken_over_d5(session: Session, seller: Seller) -> None:
    imported(session, seller, a_row())
    client = session.exec(select(Client)).one()
    customer = Customer(client, session.exec(select(Entity)).one(), ("800123456",))
    question = ask("2026-11-25 12:00", 15, registration_number="800123456")
    decision = check(session, asking(customer), question)
    assert (decision.verdict, decision.cover.contract_number) == (Verdict.ALLOW, "ИТС-15/22")


def test_months_that_were_over_before_the_book_are_not_closed_m6(session: Session, seller: Seller) -> None:
    imported(session, seller, a_row(), a_row(subscription="old", starts_on="2024-04-10", hours_left=""))
    assert first_open_month(session, seller.id) == date(2026, 11, 1)
    run = open_run(session, seller.id, date(2026, 10, 1), at=AT)
    assert session.exec(select(MonthTask).where(MonthTask.run_id == run.id)).all() == []
    run = open_run(session, seller.id, date(2026, 11, 1), at=AT)
    assert len(session.exec(select(MonthTask).where(MonthTask.run_id == run.id)).all()) == 1


def test_a_book_of_a_closed_month_is_a_fault(session: Session, seller: Seller) -> None:
    own = a_client(session, registrations=0, inn=INN, kpp="773601001")
    a_sale(session, seller, own, "service-8h", at=noon(date(2026, 10, 1)), price=Money(100))
    closed(session, seller, own, date(2026, 10, 1))
    assert faults(imported(session, seller, a_row(), on=date(2026, 10, 31))) == [(2, "client", "MONTH_CLOSED")]
    assert imported(session, seller, a_row()).faults == ()


@pytest.mark.parametrize("on", [date(2026, 11, 26), date(2025, 11, 23)])
def test_a_book_is_of_a_day_of_the_last_year(session: Session, seller: Seller, on: date) -> None:
    with refused(session, "DAY_OUT_OF_RANGE", field="on", value=on):
        imported(session, seller, a_row(), on=on)


def test_every_fault_of_every_row_is_told_at_once(session: Session, seller: Seller) -> None:
    before = row_counts(session)
    done = imported(
        session,
        seller,
        a_row(inn="7707083890"),
        a_row(registration="2", plan="its-gold", product="tetris"),
        a_row(registration="3", starts_on="31.02.2026", price="дорого"),
    )
    assert faults(done) == [
        (2, "inn", "INN_WRONG"),
        (3, "product", "PRODUCT_UNKNOWN"),
        (4, "starts_on", "DAY_UNREADABLE"),
        (4, "price", "AMOUNT_UNREADABLE"),
    ]
    assert done.faults[2].value == "31.02.2026"
    assert row_counts(session) == before


def test_selects_do_not_grow_with_the_rows(session: Session, seller: Seller) -> None:
    def selects(count: int, first: int) -> int:
        numbers = range(first, first + count)
        book = [a_row(external_id=f"C{n}", inn=an_inn(), registration=f"{n}", contract=f"К-{n}") for n in numbers]
        seen: list[str] = []

        def see(*call: Any) -> None:
            seen.append(call[2])

        event.listen(session.connection(), "before_cursor_execute", see)
        assert imported(session, seller, *book).faults == ()
        event.remove(session.connection(), "before_cursor_execute", see)
        return sum(statement.startswith("SELECT") for statement in seen)

    selects(1, 1)
    assert selects(100, 1000) == selects(2, 10)
