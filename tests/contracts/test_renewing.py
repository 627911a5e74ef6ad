"""Renewing: from the day after the last day at the continuous price, after a lapse as the plan says (S4, S5)."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from api.database import transaction
from contracts.catalogue import Registration
from contracts.contract_calendar import EventKind
from contracts.errors import Refusal
from contracts.money import Money
from contracts.policies import LapseRenewal, Purchase
from contracts.queries import calendar_of
from contracts.renewal_choices import RenewalOffer
from contracts.renewing import offer_renewal, renew
from contracts.selling import Sale, sell
from contracts.subscriptions import Cancellation, Coverage, Specification, Subscription
from contracts.succession import succeeded
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
    noon,
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
    covered = select(Coverage.registration_id, Coverage.starts_on, Coverage.ends_on).join(Specification)
    [old] = session.exec(covered.where(Specification.subscription_id == year.subscription.id))
    [new] = session.exec(covered.where(Specification.subscription_id == successor.id))
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
    numbers = (
        select(Registration.number)
        .join(Coverage)
        .join(Specification)
        .where(Specification.subscription_id == successor.id)
    )
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


def test_after_a_lapse_a_renewal_starts_anew_at_the_price_after_a_break_s5(session: Session, year: Sale) -> None:
    successor = renew(session, year.subscription.id, at=moment("2027-04-01")).subscription
    assert successor.term == Term(date(2027, 4, 1), date(2028, 4, 1))
    assert (successor.price, successor.predecessor_id) == (Money(4_057_200), year.subscription.id)


def test_after_a_lapse_a_price_without_list_is_asked_for_s5(session: Session, year: Sale) -> None:
    with refused(session, "PRICE_REQUIRED", field="price"):  # two years are not on sale after a break
        renew(session, year.subscription.id, at=moment("2027-05-01"), term_months=24)
    agreed = renew(session, year.subscription.id, at=moment("2027-05-01"), term_months=24, price=Money(7_000_000))
    assert agreed.subscription.price == Money(7_000_000)


@pytest.fixture
def lapsed(session: Session) -> dict[LapseRenewal, Subscription]:
    """By lapse policy: a subscription of a year with 30 days of grace that ended on 31.03.2027."""
    seller = a_seller(session, "south")
    sold = {}
    for policy in LapseRenewal:
        a_plan(session, policy, lapse_renewal=policy, grace_days=30)
        order = an_order(seller, a_client(session, policy), policy, starts_on=date(2026, 4, 1))
        sold[policy] = sell(session, order, at=moment("2026-04-01")).subscription
    return sold


@pytest.mark.parametrize("policy", list(LapseRenewal))
def test_on_the_last_day_of_grace_a_renewal_is_still_continuous_s5(
    session: Session, lapsed: dict[LapseRenewal, Subscription], policy: LapseRenewal
) -> None:
    successor = renew(session, lapsed[policy].id, at=moment("2027-04-30 23:59")).subscription
    assert (successor.starts_on, successor.serves_from) == (date(2027, 4, 1), date(2027, 4, 1))
    assert (successor.price, successor.gap_price) == (Money(1_200_000), Money(0))


def test_a_day_later_each_policy_renews_in_its_own_way_s5(
    session: Session, lapsed: dict[LapseRenewal, Subscription]
) -> None:
    with refused(session, "PRICE_REQUIRED"):  # the list has no price after a break
        renew(session, lapsed[LapseRenewal.NEW_START].id, at=moment("2027-05-01"))
    continuous = renew(session, lapsed[LapseRenewal.CONTINUOUS].id, at=moment("2027-05-01")).subscription
    assert continuous.term == Term(date(2027, 4, 1), date(2028, 4, 1))
    assert (continuous.serves_from, continuous.price) == (date(2027, 5, 1), Money(1_200_000))
    paid = renew(session, lapsed[LapseRenewal.PAY_GAP].id, at=moment("2027-05-01")).subscription
    assert paid.term == Term(date(2027, 5, 1), date(2028, 5, 1))
    assert (paid.price, paid.gap_price) == (Money(1_200_000), Money(98_361))  # 30 of 366 days


def test_only_the_way_that_is_open_can_be_taken_s5(
    session: Session, year: Sale, lapsed: dict[LapseRenewal, Subscription]
) -> None:
    with refused(session, "RENEWAL_NOT_OPEN", field="kind", allowed=[LapseRenewal.CONTINUOUS]):
        renew(session, year.subscription.id, at=moment("2027-03-31"), kind=LapseRenewal.NEW_START)
    with refused(session, "RENEWAL_NOT_OPEN", field="kind", allowed=[LapseRenewal.PAY_GAP]):
        renew(session, lapsed[LapseRenewal.PAY_GAP].id, at=moment("2027-05-01"), kind=LapseRenewal.CONTINUOUS)
    renew(session, lapsed[LapseRenewal.PAY_GAP].id, at=moment("2027-05-01"), kind=LapseRenewal.PAY_GAP)


def test_a_continuous_renewal_that_would_be_over_is_refused_s5(
    session: Session, lapsed: dict[LapseRenewal, Subscription]
) -> None:
    with refused(session, "SUBSCRIPTION_LAPSED", field="term_months", value=1, last_day=date(2027, 3, 31)):
        renew(session, lapsed[LapseRenewal.CONTINUOUS].id, at=moment("2027-05-01"), term_months=1)


def test_the_offer_shows_every_term_on_sale_and_is_what_renewing_does_s5(
    session: Session, lapsed: dict[LapseRenewal, Subscription]
) -> None:
    at = moment("2027-05-01")
    offered = offer_renewal(session, lapsed[LapseRenewal.PAY_GAP].id, at=at).choices
    assert [(choice.term_months, choice.kind) for choice in offered if choice.is_open] == [
        (months, LapseRenewal.PAY_GAP) for months in (1, 3, 6, 12, 24)
    ]
    [half] = [choice for choice in offered if choice.is_open and choice.term_months == 6]
    made = renew(session, lapsed[LapseRenewal.PAY_GAP].id, at=at, term_months=6).subscription
    assert (made.term, made.serves_from, made.price, made.gap_price) == (
        half.term,
        half.serves_from,
        half.price,
        half.gap,
    )
    assert offer_renewal(session, lapsed[LapseRenewal.PAY_GAP].id, at=at).choices == ()
    with refused(session, "SUBSCRIPTION_UNKNOWN", field="subscription_id"):
        offer_renewal(session, made.id + 1, at=at)


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


def test_an_offer_stands_until_the_day_before_any_figure_of_it_changes_s5(session: Session) -> None:
    """On each of its days it is the same, on the day after it is not: service ended, or another version is in force."""
    a_plan(session, "graced", grace_days=30, valid_from="2020-01-01")
    at = moment("2027-03-01 10:00")
    order = an_order(a_seller(session), a_client(session), "graced", starts_on=date(2026, 4, 1))
    old = sell(session, order, at=moment("2026-04-01")).subscription

    def offered(on: date) -> RenewalOffer:
        return offer_renewal(session, old.id, at=noon(on))

    assert offer_renewal(session, old.id, at=at).valid_until == date(2027, 4, 30)
    dearer = [{"term_months": months, "price": f"{months}500.00"} for months in (1, 3, 6, 12)]
    a_plan(session, "graced", grace_days=30, valid_from="2027-03-16", prices=dearer)
    for today, last in (
        (date(2027, 3, 1), date(2027, 3, 15)),
        (date(2027, 3, 16), date(2027, 4, 30)),
        (date(2027, 5, 1), date(2027, 5, 1)),
    ):
        days = [today + timedelta(days=n) for n in range((last - today).days + 1)]
        assert {offered(day).valid_until for day in days} == {last}
        assert len({offered(day).choices for day in days}) == 1
        assert offered(last + timedelta(days=1)).choices != offered(last).choices


@pytest.mark.parametrize(
    ("starts_on", "months", "last_days"),
    [
        (date(2027, 3, 1), 12, [date(2028, 2, 29), date(2029, 2, 28)]),
        (date(2028, 2, 29), 12, [date(2029, 2, 28), date(2030, 2, 28)]),
        (date(2026, 2, 1), 1, [date(2026, 2, 28), date(2026, 3, 31)]),
    ],
)
def test_a_renewal_lasts_months_and_never_the_number_of_days_of_the_old_term_s4(
    session: Session, starts_on: date, months: int, last_days: list[date]
) -> None:
    order = an_order(a_seller(session), a_client(session), "its-prof", starts_on=starts_on, term_months=months)
    at = noon(starts_on)
    old = sell(session, order, at=at).subscription
    new = renew(session, old.id, at=at).subscription
    assert [old.term.last_day, new.term.last_day] == last_days


def test_what_was_renewed_runs_to_its_last_day_and_is_never_cancelled_s4(session: Session, year: Sale) -> None:
    """It is succeeded, not lost: what counts those who left must not count it."""
    old = year.subscription
    new = renew(session, old.id, at=moment("2027-03-01")).subscription
    assert (old.cancelled_on, old.last_day, old.never_serves) == (None, date(2027, 3, 31), False)
    assert session.exec(select(Cancellation)).all() == []
    assert succeeded({one.id: one.predecessor_id for one in (old, new)}, []) == {old.id}
    kinds = {event.kind for event in calendar_of(session, year.contract).events}
    assert EventKind.CANCELLED not in kinds


def test_what_lapsed_and_came_back_is_never_cancelled_s5(session: Session, year: Sale) -> None:
    renew(session, year.subscription.id, at=moment("2027-06-01"))
    assert year.subscription.cancelled_on is None
    assert session.exec(select(Cancellation)).all() == []
