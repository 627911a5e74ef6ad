"""Requests served in a gap become covered by an explicit act alone, which says who did it and why (S5)."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from api.database import transaction
from api.journeys import cancel_subscription, claim_service, renew_subscription, sell_subscription
from contracts.errors import Refusal
from contracts.parties import Seller
from contracts.subscriptions import GapClaim, Subscription
from entitlements.answers import Question
from entitlements.desk import check
from entitlements.facts import hours_facts
from entitlements.grants import Grant
from entitlements.hours import account
from entitlements.reasons import Reason
from tests.builders import (
    Customer,
    a_client,
    a_plan,
    a_seller,
    an_order,
    asking,
    at_once,
    closed,
    its_catalogue,
    moment,
    refused,
    worked,
)

BOUGHT_AT = moment("2027-05-10 12:00")
CLAIMED_AT = moment("2027-05-12 12:00")
WHO = ("Котова И. Л.", "Договорились при продлении")


def a_lapse(
    session: Session, starts_on: date = date(2026, 4, 1), bought_at: datetime = BOUGHT_AT
) -> tuple[Seller, Customer, Subscription]:
    """A year that ended on 31.03.2027, renewed on 10.05.2027 as if it had not, for an hour a month."""
    its_catalogue(session)
    a_plan(session, lapse_renewal="continuous")
    seller, customer = a_seller(session), a_client(session)
    order = an_order(seller, customer, starts_on=starts_on)
    first = sell_subscription(session, order, at=moment("2026-04-01 09:00")).sale.subscription
    return seller, customer, renew_subscription(session, first.id, 12, at=bought_at).sale.subscription


def reason(session: Session, customer: Customer, at: str, known_at: datetime | None = None) -> Reason:
    return check(session, asking(customer), Question(moment(at), service="remote_work"), known_at=known_at).reason


def test_the_gap_is_covered_only_once_it_is_claimed_s5(session: Session) -> None:
    _, customer, renewed = a_lapse(session)
    assert reason(session, customer, "2027-04-15") is Reason.CONTRACT_NOT_STARTED
    claim = claim_service(session, renewed.id, *WHO, at=CLAIMED_AT)
    assert (claim.subscription_id, claim.claimed_by, claim.reason, claim.claimed_at) == (renewed.id, *WHO, CLAIMED_AT)
    assert reason(session, customer, "2027-04-15") is Reason.COVERED


def test_what_was_known_before_the_claim_is_answered_as_before_d1(session: Session) -> None:
    _, customer, renewed = a_lapse(session)
    claim_service(session, renewed.id, *WHO, at=CLAIMED_AT)
    before = CLAIMED_AT - timedelta(seconds=1)
    assert reason(session, customer, "2027-04-15", known_at=before) is Reason.CONTRACT_NOT_STARTED
    assert reason(session, customer, "2027-04-15", known_at=CLAIMED_AT) is Reason.COVERED


def test_a_claim_gives_each_month_its_hours_once_and_they_pay_for_the_work_of_the_gap_s5_h4(session: Session) -> None:
    seller, customer, renewed = a_lapse(session)
    worked(session, customer, "2027-04-20 10:00", 60)  # in the gap
    worked(session, customer, "2027-05-05 10:00", 30)  # in the gap, in the month in which service began
    worked(session, customer, "2027-05-11 10:00", 30)  # after it
    month_end = moment("2027-05-31 12:00")

    def parts() -> list[tuple[int, int]]:
        lines = account(hours_facts(session, customer.id, seller.id), month_end).lines
        return [(line.parts.included_minutes, line.parts.overage_minutes) for line in lines]

    assert parts() == [(0, 60), (0, 30), (30, 0)]
    claim_service(session, renewed.id, *WHO, at=CLAIMED_AT)
    assert parts() == [(60, 0), (30, 0), (30, 0)]
    hours = account(hours_facts(session, customer.id, seller.id), month_end)
    assert sum(state.lot.minutes for state in hours.usable()) == 60  # not twice
    assert hours.available_minutes == 0


def test_a_claim_changes_no_closed_month_and_gives_nothing_twice_s5(session: Session) -> None:
    seller, customer, renewed = a_lapse(session)
    worked(session, customer, "2027-05-11 10:00", 30)
    for month in (date(2027, 4, 1), date(2027, 5, 1)):
        closed(session, seller, customer, month)
    claim_service(session, renewed.id, *WHO, at=moment("2027-06-02 12:00"))
    given = select(Grant.starts_on).where(Grant.subscription_id == renewed.id, col(Grant.source_key).endswith(":gap"))
    assert session.exec(given).all() == []
    assert reason(session, customer, "2027-04-15") is Reason.COVERED_BY_OVERAGE


def test_a_usage_period_that_began_in_a_closed_month_keeps_what_is_left_of_it_s5(session: Session) -> None:
    seller, customer, renewed = a_lapse(session, date(2026, 4, 15), moment("2027-05-20 12:00"))
    worked(session, customer, "2027-05-21 10:00", 30)  # out of the hour of 15.05.2027 to 14.06.2027
    for month in (date(2027, 4, 1), date(2027, 5, 1)):
        closed(session, seller, customer, month)
    claim_service(session, renewed.id, *WHO, at=moment("2027-06-02 12:00"))
    facts = hours_facts(session, customer.id, seller.id)
    assert account(facts, moment("2027-06-10")).available_minutes == 30
    assert account(facts, moment("2027-06-20")).available_minutes == 60


def test_only_a_gap_is_claimed_and_only_once_s5(session: Session) -> None:
    _, _, renewed = a_lapse(session)
    with refused(session, "NO_GAP", field="subscription_id", value=renewed.predecessor_id):
        claim_service(session, renewed.predecessor_id, *WHO, at=CLAIMED_AT)
    with refused(session, "SUBSCRIPTION_UNKNOWN", field="subscription_id"):
        claim_service(session, renewed.id + 1, *WHO, at=CLAIMED_AT)
    for person, why, field in (("", WHO[1], "claimed_by"), (WHO[0], "\n", "reason")):
        with refused(session, "TEXT_WRONG", field=field):
            claim_service(session, renewed.id, person, why, at=CLAIMED_AT)
    claim_service(session, renewed.id, *WHO, at=CLAIMED_AT)
    with refused(session, "GAP_CLAIMED", field="subscription_id", claimed_by=WHO[0], claimed_at=CLAIMED_AT):
        claim_service(session, renewed.id, *WHO, at=CLAIMED_AT)


def test_the_gap_of_a_cancelled_subscription_cannot_be_claimed_any_more_s5_s11(session: Session) -> None:
    _, _, renewed = a_lapse(session)
    last_day = date(2027, 5, 20)
    cancel_subscription(session, renewed.id, last_day, *WHO, at=CLAIMED_AT)
    with refused(session, "ALREADY_CANCELLED", field="subscription_id", value=renewed.id, last_day=last_day):
        claim_service(session, renewed.id, *WHO, at=CLAIMED_AT)


def test_two_who_claim_at_once_claim_once_s5(engine: Engine) -> None:
    with transaction(engine) as session:
        renewed = a_lapse(session)[2]

    def claim_it(session: Session) -> GapClaim:
        return claim_service(session, renewed.id, *WHO, at=CLAIMED_AT)

    results = at_once(engine, *[claim_it] * 4)
    assert [one.code for one in results if isinstance(one, Refusal)] == ["GAP_CLAIMED"] * 3


@pytest.mark.parametrize("at", ["2027-05-10", "2028-03-31"])
def test_days_after_the_purchase_are_covered_without_a_claim_s5(session: Session, at: str) -> None:
    _, customer, _ = a_lapse(session)
    assert reason(session, customer, at) in (Reason.COVERED, Reason.COVERED_RENEWAL_DUE)
