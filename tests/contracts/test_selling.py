"""Selling: one verb that issues contract, term, coverage and free periods, or refuses and writes nothing (S1, S6)."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from api.database import transaction
from contracts.catalogue import Registration
from contracts.enrolling import add_entity
from contracts.errors import Refusal
from contracts.money import Money
from contracts.policies import Purchase
from contracts.selling import Sale, sell
from contracts.subscriptions import Contract, Coverage
from contracts.terms import Term
from tests.builders import (
    a_client,
    a_plan,
    a_registration,
    a_seller,
    an_inn,
    an_order,
    at_once,
    its_catalogue,
    moment,
    refused,
)

MAY_3 = moment("2026-05-03 10:00")


@pytest.fixture
def session(session: Session) -> Session:
    its_catalogue(session)
    return session


def coverages(session: Session) -> list[tuple[str, date, date]]:
    rows = select(Registration.number, Coverage.starts_on, Coverage.ends_on).join(Registration)
    return sorted(session.exec(rows).all())


def test_a_sale_makes_a_contract_a_subscription_over_its_term_and_covers_the_registrations(session: Session) -> None:
    seller, client = a_seller(session), a_client(session, registrations=2)
    sale = sell(session, an_order(seller, client, "its-prof", starts_on=date(2026, 5, 15)), at=MAY_3)
    assert sale.contract.number == "2026-0001"
    assert (sale.contract.entity_id, sale.contract.signed_on) == (client.entity.id, date(2026, 5, 3))
    assert sale.subscription.term == Term(date(2026, 5, 15), date(2027, 5, 15))
    assert sale.subscription.price == Money(3_381_600)
    assert coverages(session) == [(number, date(2026, 5, 15), date(2027, 5, 15)) for number in client.registrations]


def test_a_sale_without_a_start_begins_today_where_the_seller_is_t4(session: Session) -> None:
    a_plan(session)
    moscow, client = a_seller(session), a_client(session)
    kamchatka = a_seller(session, "east", time_zone="Asia/Kamchatka")
    other = a_client(session, "Лютик")
    at = moment("2026-05-03 23:30")
    assert sell(session, an_order(moscow, client), at=at).subscription.starts_on == date(2026, 5, 3)
    assert sell(session, an_order(kamchatka, other), at=at).subscription.starts_on == date(2026, 5, 4)


def test_a_price_agreed_in_the_sale_wins_over_the_list(session: Session) -> None:
    order = an_order(a_seller(session), a_client(session), "its-prof", price=Money(1))
    assert sell(session, order, at=MAY_3).subscription.price == Money(1)


def test_a_sale_can_go_under_a_contract_that_is_there(session: Session) -> None:
    seller, client = a_seller(session), a_client(session)
    first = sell(session, an_order(seller, client, "its-prof"), at=MAY_3)
    order = an_order(seller, client, "service-8h", registrations=(), price=Money(1), contract_id=first.contract.id)
    assert sell(session, order, at=MAY_3).contract is first.contract


def test_terms_on_sale_are_a_list_and_the_refusal_names_it_t2(session: Session) -> None:
    order = an_order(a_seller(session), a_client(session), "its-prof", term_months=2)
    allowed = [1, 3, 6, 12, 24]
    with refused(session, "TERM_NOT_ON_SALE", field="term_months", value=2, allowed=allowed):
        sell(session, order, at=MAY_3)


FOREIGN = "of another client"
REFUSED: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("SELLER_UNKNOWN", {"seller_id": 404}, {"field": "seller_id", "value": 404}),
    ("ENTITY_UNKNOWN", {"entity_id": 404}, {"field": "entity_id", "value": 404}),
    ("PLAN_UNKNOWN", {"plan_code": "gold"}, {"field": "plan", "value": "gold"}),
    ("PLAN_NOT_ON_SALE", {"plan_code": "future"}, {"field": "plan", "value": "future"}),
    ("TERM_NOT_ON_SALE", {"term_months": 0}, {"field": "term_months", "allowed": [1, 3, 6, 12, 24]}),
    ("PRICE_REQUIRED", {"plan_code": "its-techno"}, {"field": "price"}),
    ("PRICE_NEGATIVE", {"price": Money(-1)}, {"field": "price", "value": "-0.01", "allowed": "0.00 or more"}),
    ("CURRENCY_WRONG", {"price": Money(1, "EUR")}, {"field": "currency", "value": "EUR", "allowed": ["RUB"]}),
    ("REGISTRATIONS_REQUIRED", {"registrations": ()}, {"field": "registrations", "value": []}),
    ("REGISTRATION_UNKNOWN", {"registrations": ("1",)}, {"field": "registrations", "value": "1"}),
    ("REGISTRATION_UNKNOWN", {"registrations": (FOREIGN,)}, {"field": "registrations"}),
    (
        "REGISTRATIONS_NOT_WANTED",
        {"plan_code": "service-8h", "price": Money(1)},
        {"field": "registrations", "allowed": []},
    ),
    ("CONTRACT_UNKNOWN", {"contract_id": 404}, {"field": "contract_id", "value": 404}),
    ("CONTRACT_UNKNOWN", {"contract_id": FOREIGN}, {"field": "contract_id"}),
    (
        "START_OUT_OF_RANGE",
        {"starts_on": date(2027, 5, 5)},
        {"field": "starts_on", "allowed": (date(2025, 5, 2), date(2027, 5, 4))},
    ),
    ("START_OUT_OF_RANGE", {"starts_on": date(2025, 5, 1)}, {"field": "starts_on", "value": date(2025, 5, 1)}),
    (
        "START_NOT_ALIGNED",
        {"plan_code": "aligned", "starts_on": date(2026, 6, 2)},
        {"field": "starts_on", "allowed": [date(2026, 6, 1), date(2026, 7, 1)]},
    ),
]


@pytest.mark.parametrize(("code", "wrong", "facts"), REFUSED, ids=[f"{row[0]} {row[1]}" for row in REFUSED])
def test_an_order_that_cannot_be_sold_is_refused_by_its_field_and_writes_nothing(
    session: Session, code: str, wrong: dict[str, Any], facts: dict[str, Any]
) -> None:
    a_plan(session, "aligned", alignment="first_of_month")
    a_plan(session, "future", valid_from="2026-05-04")
    seller, client, other = a_seller(session), a_client(session), a_client(session, "Лютик")
    theirs = sell(session, an_order(seller, other, "its-prof"), at=MAY_3).contract.id
    if wrong.get("registrations") == (FOREIGN,):
        wrong = {"registrations": other.registrations}
    if wrong.get("contract_id") == FOREIGN:
        wrong = {"contract_id": theirs}
    with refused(session, code, **facts):
        sell(session, replace(an_order(seller, client, "its-prof"), **wrong), at=MAY_3)


def test_a_contract_of_a_sister_entity_is_not_this_entitys_contract(session: Session) -> None:
    seller, client = a_seller(session), a_client(session)
    first = sell(session, an_order(seller, client, "its-prof"), at=MAY_3)
    sister = add_entity(session, client.id, {"name": "ООО «Сестра»", "inn": an_inn()})
    order = replace(an_order(seller, client, "service-8h", registrations=()), price=Money(1), entity_id=sister.id)
    with refused(session, "CONTRACT_UNKNOWN", field="contract_id", value=first.contract.id):
        sell(session, replace(order, contract_id=first.contract.id), at=MAY_3)


def test_the_gap_between_a_free_period_and_an_aligned_start_is_known_before_anything_is_issued_t3(
    session: Session,
) -> None:
    seller, client = a_seller(session), a_client(session, registrations=0)
    number = a_registration(session, client.entity, bought_on=date(2026, 4, 20)).number
    a_plan(session, "aligned", alignment="first_of_month", free_box_months=3)
    sale = sell(session, an_order(seller, client, "aligned", registrations=(number,)), at=MAY_3)
    assert sale.free_periods[0].term.last_day == date(2026, 7, 19)
    assert sale.subscription.starts_on == date(2026, 8, 1)  # the gap is 20.07 to 31.07


def test_with_any_day_the_paid_term_starts_the_day_after_the_free_period_t3(session: Session) -> None:
    seller, client = a_seller(session), a_client(session, registrations=0)
    number = a_registration(session, client.entity, bought_on=date(2026, 4, 20)).number
    sale = sell(session, an_order(seller, client, "its-prof", registrations=(number,)), at=MAY_3)
    assert sale.free_periods[0].term == Term(date(2026, 4, 20), date(2026, 7, 20))
    assert sale.subscription.starts_on == date(2026, 7, 20)


def test_a_second_sale_starts_after_the_free_period_that_the_first_one_granted_s1(session: Session) -> None:
    seller, client = a_seller(session), a_client(session, registrations=0)
    number = a_registration(session, client.entity, bought_on=date(2026, 4, 20)).number
    sell(session, an_order(seller, client, "its-prof", registrations=(number,)), at=MAY_3)
    a_plan(session)
    second = sell(session, an_order(seller, client, registrations=(number,)), at=MAY_3)
    assert second.free_periods == ()
    assert second.subscription.starts_on == date(2026, 7, 20)


@pytest.mark.parametrize("starts_on", [date(2026, 5, 20), date(2026, 5, 15)])
def test_a_surrendered_copy_is_not_sold_cover_from_the_upgrade_on_s1(session: Session, starts_on: date) -> None:
    seller, client = a_seller(session), a_client(session, registrations=0)
    old = a_registration(session, client.entity, "accounting-basic")
    upgrade = {"purchase": Purchase.UPGRADE, "bought_on": date(2026, 5, 15), "replaces": old.number}
    a_registration(session, client.entity, **upgrade)
    order = an_order(seller, client, "its-prof", registrations=(old.number,), starts_on=starts_on)
    with refused(session, "REGISTRATION_SURRENDERED", value=old.number, surrendered_on=date(2026, 5, 15)):
        sell(session, order, at=MAY_3)
    assert sell(session, replace(order, starts_on=date(2026, 5, 14)), at=MAY_3)


def test_two_subscriptions_of_one_kind_never_overlap_on_a_number_s6(session: Session) -> None:
    seller, client = a_seller(session), a_client(session, registrations=0)
    first, second = (a_registration(session, client.entity, bought_on=None).number for _ in range(2))
    order = an_order(seller, client, "its-prof", registrations=(first,), starts_on=date(2026, 5, 15))
    sell(session, order, at=MAY_3)
    dates = {"value": first, "starts_on": date(2026, 5, 15), "last_day": date(2027, 5, 14)}
    both = replace(order, plan_code="its-techno", registrations=(second, first), price=Money(1))
    for starts_on, months in [(date(2026, 5, 15), 12), (date(2026, 4, 16), 1), (date(2026, 8, 1), 1)]:
        with refused(session, "COVERAGE_OVERLAPS", field="registrations", **dates):
            sell(session, replace(both, starts_on=starts_on, term_months=months), at=MAY_3)
    assert sell(session, replace(both, starts_on=date(2026, 4, 15), term_months=1), at=MAY_3)


def test_a_refused_sale_grants_no_free_period_and_takes_no_number_s13(session: Session) -> None:
    seller, client = a_seller(session), a_client(session, registrations=0)
    taken = a_registration(session, client.entity, bought_on=None).number
    sell(session, an_order(seller, client, "its-prof", registrations=(taken,)), at=MAY_3)
    fresh = a_registration(session, client.entity, bought_on=date(2026, 5, 1)).number
    order = an_order(seller, client, "its-prof", registrations=(fresh, taken))
    with refused(session, "COVERAGE_OVERLAPS", value=taken):
        sell(session, replace(order, starts_on=date(2026, 6, 1)), at=MAY_3)
    sale = sell(session, replace(order, registrations=(fresh,)), at=MAY_3)
    assert (sale.contract.sequence, len(sale.free_periods)) == (2, 1)


def test_different_plan_kinds_may_cover_one_number_on_the_same_days_s6(session: Session) -> None:
    seller, client = a_seller(session), a_client(session)
    a_plan(session)
    sell(session, an_order(seller, client, "its-prof"), at=MAY_3)
    sell(session, an_order(seller, client, "support"), at=MAY_3)
    assert len(coverages(session)) == 2


def test_the_database_refuses_the_overlap_that_slips_past_the_code_s6(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    seller, client = a_seller(session), a_client(session)
    sell(session, an_order(seller, client, "its-prof"), at=MAY_3)
    monkeypatch.setattr("contracts.selling.require_uncovered", lambda *_: None)
    with pytest.raises(IntegrityError, match="coverage_no_overlap"):
        sell(session, an_order(seller, client, "its-techno", price=Money(1)), at=MAY_3)


def test_two_who_sell_the_same_registration_at_once_sell_it_once_s6(engine: Engine) -> None:
    with transaction(engine) as session:
        its_catalogue(session)
        seller, client = a_seller(session), a_client(session)
    order = an_order(seller, client, "its-prof")

    def sell_it(session: Session) -> Sale:
        return sell(session, order, at=MAY_3)

    results = at_once(engine, *[sell_it] * 4)
    assert len([one for one in results if isinstance(one, Sale)]) == 1
    assert {one.code for one in results if isinstance(one, Refusal)} == {"COVERAGE_OVERLAPS"}
    with transaction(engine) as session:
        assert len(coverages(session)) == 1
        assert session.exec(select(Contract.number)).all() == ["2026-0001"]


@pytest.mark.parametrize(
    ("at", "day"),
    [
        ("2026-10-31 23:00", date(2026, 10, 31)),
        ("2026-10-31 23:59:59", date(2026, 10, 31)),
        ("2026-11-01 00:00", date(2026, 11, 1)),
        ("2026-11-01 01:30", date(2026, 11, 1)),  # the hour that comes twice
        ("2027-03-13 23:59:59", date(2027, 3, 13)),
        ("2027-03-14 03:00", date(2027, 3, 14)),  # an hour before it was 01:59:59
    ],
)
def test_a_contract_made_in_the_hours_before_a_clock_change_begins_on_its_local_day_t4(
    session: Session, at: str, day: date
) -> None:
    a_plan(session)
    seller = a_seller(session, time_zone="America/New_York")
    sale = sell(session, an_order(seller, a_client(session), term_months=1), at=moment(at, seller.time_zone))
    assert (sale.contract.signed_on, sale.subscription.term) == (day, Term.of_months(day, 1))
