"""Versions of a plan stand side by side; a new one changes nothing that was sold (S9, T2)."""

from datetime import date
from typing import Any

import pytest
from sqlmodel import Session, select

from contracts.amending import price_now
from contracts.catalogue import Plan, PlanVersion
from contracts.plan_definitions import definition_of
from contracts.plan_versions import Difference, plan_differences, versions_of
from contracts.publishing import load_catalogue, publish_plan
from contracts.selling import sell
from tests.builders import PUBLISHED_AT, a_client, a_plan, a_seller, an_order, its_catalogue, moment, refused


@pytest.fixture
def session(session: Session) -> Session:
    """A plan in two versions, the second with other prices, other rounding and a service less."""
    its_catalogue(session)
    due = {"priority": "high", "name": "Срочно", "name_en": "Urgent", "respond_minutes": 60}
    a_plan(session, due_times=[due])
    services = [{"code": "remote_work", "draws_hours": True}, {"code": "visit", "draws_hours": True}]
    services += [{"code": "auditor_question", "included_count": 2}, {"code": "disk", "price": "150.00"}]
    prices = [{"term_months": 12, "price": "15000.00"}, {"term_months": 36, "price": "40000.00"}]
    changes: dict[str, Any] = {
        "quantum_minutes": 30,
        "overage_rate": "3000.00",
        "desk_hours": "08:00-20:00",
        "channels": ["phone"],
    }
    changes |= {"highest_line": 2, "requires_signature": True, "unpaid": "approve", "named_contacts_only": True}
    changes |= {"register_check_days": 30, "bills_travel": True, "goodwill_minutes": 60}
    changes |= {"entry_approval": True, "exempt_percent": 40, "exempt_ground": "ст. 149 НК РФ"}
    changes |= {"due_times": [due | {"respond_minutes": 30, "resolve_minutes": 240}]}
    a_plan(session, valid_from="2027-01-01", services=services, prices=prices, **changes)
    return session


def test_two_versions_tell_what_they_say_otherwise_s9(session: Session) -> None:
    found = {one.setting: (one.before, one.after) for one in plan_differences(session, "support", 1, 2)}
    assert found == {
        "valid_from": ("2020-01-01", "2027-01-01"),
        "quantum_minutes": ("15", "30"),
        "overage_rate": ("2700.00", "3000.00"),
        "desk_hours": ("09:00-18:00", "08:00-20:00"),
        "channels": ("", "phone"),
        "highest_line": (None, "2"),
        "requires_signature": ("False", "True"),
        "unpaid": ("deny", "approve"),
        "named_contacts_only": ("False", "True"),
        "register_check_days": (None, "30"),
        "bills_travel": ("False", "True"),
        "goodwill_minutes": (None, "60"),
        "entry_approval": ("False", "True"),
        "exempt_percent": ("0", "40"),
        "exempt_ground": ("", "ст. 149 НК РФ"),
        "due_times.high.respond_minutes": ("60", "30"),
        "due_times.high.resolve_minutes": (None, "240"),
        "services.consultation_line.draws_hours": ("False", None),
        "services.auditor_question.draws_hours": (None, "False"),
        "services.auditor_question.included_count": (None, "2"),
        "services.auditor_question.count_months": (None, "1"),
        "services.disk.draws_hours": (None, "False"),
        "services.disk.price": (None, "150.00"),
        "services.visit.minimum_minutes": ("60", None),
        "prices.12.price": ("12000.00", "15000.00"),
        "prices.36": (None, "on sale"),
        "prices.36.price": (None, "40000.00"),
        **{
            f"prices.{months}{what}": (told, None)
            for months in (1, 3, 6, 24)
            for what, told in (("", "on sale"), (".price", f"{months}000.00"))
        },
    }
    assert plan_differences(session, "support", 2, 2) == []
    assert Difference("quantum_minutes", "30", "15") in plan_differences(session, "support", 2, 1)


def test_what_is_not_there_is_refused_with_what_is(session: Session) -> None:
    with refused(session, "PLAN_VERSION_UNKNOWN", field="version", allowed=[1, 2]):
        plan_differences(session, "support", 1, 3)
    with refused(session, "PLAN_UNKNOWN", field="plan"):
        versions_of(session, "none")


def test_a_new_version_never_changes_what_was_sold_s9(session: Session) -> None:
    order = an_order(a_seller(session), a_client(session), starts_on=date(2026, 10, 1))
    sold = sell(session, order, at=moment("2026-09-20")).subscription
    before = sold.model_dump()
    version = session.get_one(PlanVersion, sold.plan_version_id).model_dump()
    a_plan(session, valid_from="2026-09-21", quantum_minutes=60, prices=[{"term_months": 12, "price": "1.00"}])
    session.expire_all()
    assert session.get_one(PlanVersion, sold.plan_version_id).model_dump() == version
    assert sold.model_dump() == before
    assert str(price_now(session, sold)) == "12000.00"


@pytest.mark.parametrize("wrong", ["visit", [["visit"]], {"code": "visit"}, [{"draws_hours": True}]])
def test_services_of_a_plan_are_a_list_of_objects_with_a_code(session: Session, wrong: object) -> None:
    with refused(session, "FIELD_REQUIRED" if wrong == [{"draws_hours": True}] else "FIELD_WRONG"):
        a_plan(session, services=wrong)


def test_what_is_published_from_the_definition_of_a_version_says_all_that_it_said_s9(session: Session) -> None:
    promotion = {"code": "spring", "name": "Весна", "name_en": "Spring", "term_months": 12, "pay_months": 8}
    promotion |= {"price": "8000.00", "valid_from": "2027-02-01"}
    last = versions_of(session, "support")[-1]
    last = publish_plan(
        session, definition_of(session, last) | {"promotions": [promotion], "warning_percents": [50]}, at=PUBLISHED_AT
    )
    again = publish_plan(session, definition_of(session, last), at=PUBLISHED_AT)
    assert again.version == 4
    assert plan_differences(session, "support", 3, 4) == []
    assert definition_of(session, again) == definition_of(session, last)
    assert [one["code"] for one in definition_of(session, again)["promotions"]] == ["spring"]


def test_every_plan_of_the_catalogue_is_published_from_its_definition_again(session: Session) -> None:
    load_catalogue(session, "its", at=PUBLISHED_AT)
    for plan in session.exec(select(Plan)).all():
        first = versions_of(session, plan.code)[-1]
        again = publish_plan(session, definition_of(session, first), at=PUBLISHED_AT)
        assert plan_differences(session, plan.code, first.version, again.version) == []
        assert definition_of(session, again) == definition_of(session, first)
