"""Renewing: from the day after the last day, whenever it is bought, at the continuous price (S4)."""

from datetime import date

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from api.database import transaction
from contracts.catalogue import Registration
from contracts.errors import Refusal
from contracts.money import Money
from contracts.policies import Purchase
from contracts.renewing import renew
from contracts.selling import Sale, sell
from contracts.subscriptions import Coverage, Subscription
from contracts.terms import Term
from tests.builders import (
    a_client,
    a_plan,
    a_registration,
    a_seller,
    an_order,
    at_once,
    its_catalogue,
    moment,
    refused,
)


@pytest.fixture
def session(session: Session) -> Session:
    its_catalogue(session)
    return session


@pytest.fixture
def year(session: Session) -> Sale:
    """A subscription from 01.04.2026 to 31.03.2027."""
    order = an_order(a_seller(session), a_client(session), "its-prof", starts_on=date(2026, 4, 1))
    return sell(session, order, at=moment("2026-03-20 10:00"))


@pytest.mark.parametrize("bought", ["2026-03-20 11:00", "2026-04-01", "2026-12-07 10:00", "2027-03-31 23:59"])
def test_a_renewal_starts_the_day_after_the_last_day_whenever_it_is_bought_s4(
    session: Session, year: Sale, bought: str
) -> None:
    successor = renew(session, year.subscription.id, at=moment(bought)).subscription
    assert successor.term == Term(date(2027, 4, 1), date(2028, 4, 1))
    assert successor.predecessor_id == year.subscription.id
    assert successor.contract_id == year.contract.id


def test_a_renewal_covers_the_same_registrations_at_the_continuous_price_s4(session: Session, year: Sale) -> None:
    successor = renew(session, year.subscription.id, at=moment("2027-03-01"), term_months=6).subscription
    assert (successor.term_months, successor.price) == (6, Money(1_786_900))
    covered = select(Coverage.registration_id, Coverage.starts_on, Coverage.ends_on)
    [old] = session.exec(covered.where(Coverage.subscription_id == year.subscription.id))
    [new] = session.exec(covered.where(Coverage.subscription_id == successor.id))
    assert new == (old[0], date(2027, 4, 1), date(2027, 10, 1))


def test_a_renewal_is_on_the_plan_version_now_in_force(session: Session, year: Sale) -> None:
    a_plan(session, "its-prof", kind="its", valid_from="2027-01-01")
    successor = renew(session, year.subscription.id, at=moment("2027-03-01")).subscription
    assert successor.plan_version_id != year.subscription.plan_version_id
    assert successor.price == Money(1_200_000)


def test_a_chain_of_renewals_tiles_without_drift_t1(session: Session) -> None:
    order = an_order(a_seller(session), a_client(session), "its-prof", term_months=1, starts_on=date(2026, 1, 15))
    sold = sell(session, order, at=moment("2026-01-15 10:00")).subscription
    for month in range(2, 8):
        sold = renew(session, sold.id, at=moment("2026-01-15 12:00")).subscription
        assert sold.starts_on == date(2026, month, 15)


def test_a_copy_that_an_upgrade_replaced_is_left_out_of_the_renewal_s1(session: Session) -> None:
    seller, client = a_seller(session), a_client(session, registrations=2)
    order = an_order(seller, client, "its-prof", starts_on=date(2026, 4, 1))
    year = sell(session, order, at=moment("2026-04-01")).subscription
    gone, stays = client.registrations
    upgrade = {"purchase": Purchase.UPGRADE, "bought_on": date(2026, 6, 1)}
    a_registration(session, client.entity, replaces=gone, **upgrade)
    successor = renew(session, year.id, at=moment("2027-03-01")).subscription
    numbers = select(Registration.number).join(Coverage).where(Coverage.subscription_id == successor.id)
    assert session.exec(numbers).all() == [stays]
    a_registration(session, client.entity, replaces=stays, **upgrade)
    with refused(session, "REGISTRATION_SURRENDERED", field="subscription_id", registration=stays):
        renew(session, successor.id, at=moment("2027-03-01"))


def test_an_unknown_subscription_cannot_be_renewed(session: Session) -> None:
    with refused(session, "SUBSCRIPTION_UNKNOWN", field="subscription_id", value=404):
        renew(session, 404, at=moment("2027-03-01"))


def test_a_renewed_subscription_is_not_renewed_twice_s4(session: Session, year: Sale) -> None:
    successor = renew(session, year.subscription.id, at=moment("2027-03-01")).subscription
    dates = {"successor_id": successor.id, "starts_on": date(2027, 4, 1), "last_day": date(2028, 3, 31)}
    with refused(session, "ALREADY_RENEWED", field="subscription_id", value=year.subscription.id, **dates):
        renew(session, year.subscription.id, at=moment("2027-03-01"))


def test_a_lapsed_subscription_is_not_renewed(session: Session, year: Sale) -> None:
    with refused(session, "SUBSCRIPTION_LAPSED", field="subscription_id", last_day=date(2027, 3, 31)):
        renew(session, year.subscription.id, at=moment("2027-04-01"))


def test_within_the_days_of_grace_a_renewal_is_continuous_s5(session: Session) -> None:
    a_plan(session, grace_days=30)
    order = an_order(a_seller(session), a_client(session), starts_on=date(2026, 4, 1))
    sold = sell(session, order, at=moment("2026-04-01")).subscription
    with refused(session, "SUBSCRIPTION_LAPSED"):
        renew(session, sold.id, at=moment("2027-05-01"))
    assert renew(session, sold.id, at=moment("2027-04-30 23:59")).subscription.starts_on == date(2027, 4, 1)


def test_a_renewal_obeys_the_terms_and_prices_on_sale_t2(session: Session, year: Sale) -> None:
    with refused(session, "TERM_NOT_ON_SALE", field="term_months", allowed=[1, 3, 6, 12, 24]):
        renew(session, year.subscription.id, at=moment("2027-03-01"), term_months=5)
    with refused(session, "CURRENCY_WRONG", field="currency", allowed=["RUB"]):
        renew(session, year.subscription.id, at=moment("2027-03-01"), price=Money(1, "EUR"))


def test_a_renewal_never_overlaps_what_was_sold_anew_for_those_days_s4(session: Session) -> None:
    seller, client = a_seller(session), a_client(session)
    at = moment("2027-03-01 10:00")
    year = sell(session, an_order(seller, client, "its-prof", starts_on=date(2026, 4, 1)), at=at).subscription
    sell(session, an_order(seller, client, "its-prof", starts_on=date(2027, 6, 1)), at=at)
    with refused(session, "COVERAGE_OVERLAPS", field="registrations", starts_on=date(2027, 6, 1)):
        renew(session, year.id, at=at)
    assert renew(session, year.id, at=at, term_months=1).subscription.ends_on == date(2027, 5, 1)


def test_two_who_renew_at_once_make_one_successor_s4(engine: Engine) -> None:
    with transaction(engine) as session:
        its_catalogue(session)
        order = an_order(a_seller(session), a_client(session), "its-prof", starts_on=date(2026, 4, 1))
        year = sell(session, order, at=moment("2026-04-01")).subscription

    def renew_it(session: Session) -> Sale:
        return renew(session, year.id, at=moment("2027-03-01"))

    results = at_once(engine, *[renew_it] * 4)
    assert len([one for one in results if isinstance(one, Sale)]) == 1
    assert {one.code for one in results if isinstance(one, Refusal)} == {"ALREADY_RENEWED"}
    with transaction(engine) as session:
        assert len(session.exec(select(Subscription)).all()) == 2
