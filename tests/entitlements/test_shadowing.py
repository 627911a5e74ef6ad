"""H15: a shadow plan is set, listed and ended by a person with a reason, and changes no client's facts."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from contracts.parties import Client, Seller
from entitlements.shadowing import Shadow, end_shadow, list_shadows, set_shadow, shadow_record
from tests.builders import Customer, a_client, a_plan, a_sale, a_seller, its_catalogue, moment, refused

OCTOBER = date(2026, 10, 1)
AT = moment("2026-10-20 10:00")
SHADOW = Shadow("more", OCTOBER, date(2026, 12, 31), "Котова И. Л.", "К продлению")


@pytest.fixture
def seller(session: Session) -> Seller:
    its_catalogue(session)
    a_plan(session)
    a_plan(session, "more", kind="support", included_minutes=240)
    return a_seller(session)


@pytest.fixture
def customer(session: Session, seller: Seller) -> Customer:
    customer = a_client(session)
    a_sale(session, seller, customer, at=moment("2026-09-01 12:00"), starts_on=OCTOBER)
    return customer


def test_a_shadow_plan_runs_from_a_day_to_a_day_or_until_somebody_ends_it_h15(
    session: Session, seller: Seller, customer: Customer
) -> None:
    state = select(Client.state_version).where(Client.id == customer.id)
    version = session.exec(state).one()
    own = set_shadow(session, seller.id, replace(SHADOW, client_id=customer.id), at=AT)
    of_all = set_shadow(session, seller.id, replace(SHADOW, of_plan="support"), at=AT)
    assert [one.id for one in list_shadows(session)] == [own.id, of_all.id]
    assert [one.id for one in list_shadows(session, client_id=customer.id)] == [own.id]
    assert [one.id for one in list_shadows(session, after=own.id, limit=5)] == [of_all.id]
    record = shadow_record(session, of_all.id)
    assert (record.of_plan, record.plan, record.version, record.last_day) == ("support", "more", 1, date(2026, 12, 31))
    end_shadow(session, own.id, "Орлова Н. В.", "Клиент выбрал", at=AT)
    ended = shadow_record(session, own.id)
    assert (ended.last_day, ended.ended_by, ended.end_reason) == (date(2026, 10, 20), "Орлова Н. В.", "Клиент выбрал")
    with refused(session, "SHADOW_PLAN_ENDED", field="shadow_plan_id", last_day=date(2026, 10, 20)):
        end_shadow(session, own.id, "Орлова Н. В.", "Ещё раз", at=AT)
    with refused(session, "SHADOW_PLAN_ENDED", field="shadow_plan_id"):
        end_shadow(session, of_all.id, "Орлова Н. В.", "Поздно", at=moment("2027-01-01"))
    assert session.exec(state).one() == version


@pytest.mark.parametrize(
    ("changes", "code", "facts"),
    [
        ({"client_id": None}, "FIELD_REQUIRED", {"field": "client_id"}),
        ({"client_id": 999}, "CLIENT_UNKNOWN", {"field": "client_id"}),
        ({"of_plan": "support"}, "FIELD_WRONG", {"field": "of_plan"}),
        ({"client_id": None, "of_plan": "nothing"}, "PLAN_UNKNOWN", {"field": "of_plan"}),
        ({"plan": "nothing"}, "PLAN_UNKNOWN", {"field": "plan"}),
        ({"version": 2}, "PLAN_VERSION_UNKNOWN", {"allowed": [1]}),
        ({"subscription_id": 999}, "SUBSCRIPTION_UNKNOWN", {"field": "subscription_id"}),
        ({"last_day": date(2026, 9, 30)}, "LAST_DAY_WRONG", {"allowed": (OCTOBER, date(2029, 9, 30))}),
        ({"last_day": date(2029, 10, 1)}, "LAST_DAY_WRONG", {"field": "last_day"}),
        ({"set_by": " "}, "TEXT_WRONG", {"field": "set_by"}),
        ({"reason": "a\nb"}, "TEXT_WRONG", {"field": "reason"}),
    ],
)
def test_what_cannot_run_beside_a_plan_is_refused_h15(
    session: Session, seller: Seller, customer: Customer, changes: dict[str, Any], code: str, facts: dict[str, Any]
) -> None:
    wanted = replace(SHADOW, **({"client_id": customer.id} | changes))
    with refused(session, code, **facts):
        set_shadow(session, seller.id, wanted, at=AT)


def test_a_seller_and_a_shadow_plan_that_are_not_there_are_named_h15(session: Session, seller: Seller) -> None:
    with refused(session, "SELLER_UNKNOWN", field="seller_id"):
        set_shadow(session, 999, SHADOW, at=AT)
    with refused(session, "SHADOW_PLAN_UNKNOWN", field="shadow_plan_id"):
        end_shadow(session, 999, "Котова", "Ошибка", at=AT + timedelta(days=1))
