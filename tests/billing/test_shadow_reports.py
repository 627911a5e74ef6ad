"""H15: the report of a shadow plan tells what would have differed on its days, and only then, client by client."""

from dataclasses import replace
from datetime import date

import pytest
from msgspec import json as msgspec_json
from sqlmodel import Session

from billing.shadow_reports import shadow_report
from contracts.money import Money
from contracts.parties import Seller
from entitlements.desk import Asked, hold
from entitlements.reasons import Reason
from entitlements.shadowing import Shadow, end_shadow, set_shadow, shadow_record
from tests.builders import (
    Customer,
    a_client,
    a_plan,
    a_sale,
    a_seller,
    ask,
    asking,
    its_catalogue,
    moment,
    row_counts,
    worked,
)

OCTOBER = date(2026, 10, 1)
SHADOW = Shadow("more", date(2026, 10, 10), date(2026, 12, 31), "Котова И. Л.", "К продлению", of_plan="strict")
AT = moment("2026-11-20 12:00")


@pytest.fixture
def seller(session: Session) -> Seller:
    its_catalogue(session)
    a_plan(session)
    a_plan(session, "strict", kind="strict", over_limit="block")
    a_plan(session, "more", kind="more", included_minutes=240, over_limit="block")
    return a_seller(session)


def a_customer(session: Session, seller: Seller, name: str, plan: str = "strict") -> Customer:
    """A client who used up the hour of October on its first Monday."""
    customer = a_client(session, name)
    a_sale(session, seller, customer, plan, at=moment("2026-09-01 12:00"), starts_on=OCTOBER)
    worked(session, customer, "2026-10-05 10:00", 75)
    return customer


def asks(session: Session, customer: Customer, at: str) -> Reason:
    """A request for half an hour, whose ticket is its moment."""
    words = msgspec_json.encode({"client": {"id": customer.id}, "service": "remote_work", "requested_minutes": 30})
    asked = Asked(f"{customer.id} {at}", "desk", moment(at), at, words.decode())
    return hold(session, asking(customer), ask(at, 30), asked)[0].reason


def test_each_client_of_a_plan_is_told_with_the_answers_of_the_days_h15(session: Session, seller: Seller) -> None:
    first, second = (a_customer(session, seller, name) for name in ("Ромашка", "Лютик"))
    a_customer(session, seller, "Василёк", "support")
    for at in ("2026-10-09 10:00", "2026-10-12 10:00", "2026-11-30 10:00"):
        asks(session, first, at)
    shadow = shadow_record(session, set_shadow(session, seller.id, SHADOW, at=AT).id)
    before = row_counts(session)
    told = shadow_report(session, shadow, at=AT)
    assert row_counts(session) == before
    assert [one.client_id for one in told] == [first.id, second.id]
    own = told[0].replay
    assert own is not None
    assert [month.term.starts_on for month in own.months] == [OCTOBER, date(2026, 11, 1)]
    (answer,) = own.answers
    assert (answer.ticket, own.asked) == ("2026-10-12 10:00", 1)
    assert (answer.held.reason, answer.tried.reason) == (Reason.HOURS_EXHAUSTED, Reason.COVERED)
    assert (answer.held.available_minutes, answer.tried.available_minutes) == (0, 165)
    assert (own.months[0].held.refused, own.months[0].tried.refused) == (1, 0)
    assert (own.months[0].held.charged, own.months[0].tried.charged) == (Money(67_500), Money(0))
    assert [one.client_id for one in shadow_report(session, shadow, at=AT, after=first.id, limit=1)] == [second.id]


def test_a_shadow_plan_counts_up_to_the_day_on_which_it_was_ended_h15(session: Session, seller: Seller) -> None:
    customer = a_customer(session, seller, "Ромашка")
    wanted = replace(SHADOW, of_plan=None, client_id=customer.id)
    made = set_shadow(session, seller.id, wanted, at=moment("2026-10-01"))
    assert shadow_report(session, shadow_record(session, made.id), at=moment("2026-10-09 23:59")) == []
    asks(session, customer, "2026-10-12 10:00")
    asks(session, customer, "2026-10-13 10:00")
    end_shadow(session, made.id, "Орлова", "Хватит", at=moment("2026-10-12 18:00"))
    (told,) = shadow_report(session, shadow_record(session, made.id), at=AT)
    assert told.replay is not None
    assert [one.ticket for one in told.replay.answers] == ["2026-10-12 10:00"]


def test_a_client_that_cannot_be_told_stops_no_other_h15(session: Session, seller: Seller) -> None:
    """A price in another currency beside roubles makes no sum."""
    first, second = (a_customer(session, seller, name) for name in ("Ромашка", "Лютик"))
    a_sale(session, seller, first, at=moment("2026-09-02 12:00"), starts_on=OCTOBER)
    a_plan(session, "abroad", kind="abroad", currency="EUR")
    shadow = shadow_record(session, set_shadow(session, seller.id, replace(SHADOW, plan="abroad"), at=AT).id)
    told = {one.client_id: one for one in shadow_report(session, shadow, at=AT)}
    problem, other = told[first.id].problem, told[second.id].replay
    assert problem is not None
    assert problem.code == "MIXED_CURRENCIES"
    assert other is not None
    assert other.tried_sum.currency == "EUR"
