"""What puts a renewal at risk is measured from stored answers and accounts, for the subscription that it is about."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlmodel import Session, select

from billing.pipeline import Chosen, Line, Risk
from billing.risks import MEASURED, pipeline
from contracts.amending import Change, amend
from contracts.money import Money
from contracts.parties import Seller
from contracts.paying import await_payment, follow_payments, mark_paid
from contracts.renewing import renew
from contracts.subscriptions import Subscription
from entitlements.decision_log import StoredDecision
from entitlements.desk import hold
from entitlements.granting import give_for_subscription
from entitlements.objecting import object_to, reject
from tests.builders import (
    Customer,
    a_client,
    a_plan,
    a_sale,
    a_seller,
    ask,
    asked,
    asking,
    closed,
    its_catalogue,
    moment,
    refused,
    worked,
)
from tests.contracts.test_typed_search import plan_of

AT = moment("2026-10-15 10:00")
EVER = (date(2020, 1, 1), date(2040, 1, 1))


@pytest.fixture
def seller(session: Session) -> Seller:
    its_catalogue(session)
    a_plan(session, over_limit="block")
    return a_seller(session)


def a_customer(session: Session, seller: Seller, name: str = "Ромашка", **changes: object) -> Customer:
    customer = a_client(session, name)
    starts_on = date(2026, 9, 1)
    a_sale(session, seller, customer, at=moment("2026-09-01"), **({"starts_on": starts_on} | changes))
    return customer


def lines(session: Session, **facts: object) -> list[Line]:
    return pipeline(session, Chosen(*EVER, **facts), at=AT)  # type: ignore[arg-type]


def request(session: Session, customer: Customer, minutes: int, ticket: str, at: str = "2026-10-05 10:00") -> str:
    question = ask(at, minutes)
    decision, _ = hold(session, asking(customer), question, asked(question.at, ticket=ticket))
    return decision.reason.value


def test_every_risk_is_measured() -> None:
    assert set(MEASURED) == set(Risk)


def test_an_objection_is_a_risk_until_it_is_decided_p6(session: Session, seller: Seller) -> None:
    customer, other = a_customer(session, seller), a_customer(session, seller, "Лютик")
    for one in (customer, other):
        worked(session, one, "2026-09-08 10:00", 30)
    month = closed(session, seller, customer, date(2026, 9, 1))
    assert month is not None
    at = moment("2026-10-02 10:00")
    objection = object_to(session, month.statement.id, 1, text="Нет", said_by="Седова", at=at)
    found = {line.client_id: line.risks.get(Risk.OPEN_OBJECTIONS) for line in lines(session)}
    assert found == {customer.id: 1, other.id: None}
    reject(session, objection.id, reason="Было", decided_by="Орлова", at=at)
    assert all(Risk.OPEN_OBJECTIONS not in line.risks for line in lines(session))


def test_a_request_refused_for_lack_of_hours_is_a_risk_and_a_ticket_counts_once(
    session: Session, seller: Seller
) -> None:
    customer = a_customer(session, seller)
    assert request(session, customer, 90, "SD-1") == "REQUEST_EXCEEDS_BALANCE"
    request(session, customer, 120, "SD-1")
    request(session, customer, 120, "SD-2")
    request(session, customer, 90, "")
    request(session, customer, 90, "")
    assert [line.risks[Risk.HOURS_REFUSED] for line in lines(session)] == [4]


def test_what_was_served_or_refused_for_another_reason_is_no_risk(session: Session, seller: Seller) -> None:
    customer = a_customer(session, seller)
    assert request(session, customer, 30, "SD-1") == "COVERED"
    assert request(session, customer, 90, "SD-2", at="2028-01-01 10:00") == "CONTRACT_LAPSED"
    assert [Risk.HOURS_REFUSED in line.risks for line in lines(session)] == [False]


def test_a_request_held_for_a_manager_counts_too(session: Session, seller: Seller) -> None:
    a_plan(session, "asks", over_limit="approve")
    customer = a_client(session)
    a_sale(session, seller, customer, "asks", at=moment("2026-09-01"), starts_on=date(2026, 9, 1))
    assert request(session, customer, 90, "SD-1") == "OVERAGE_NEEDS_APPROVAL"
    assert [line.risks[Risk.HOURS_REFUSED] for line in lines(session)] == [1]


def test_a_refusal_is_the_risk_of_the_subscription_that_it_rested_on(session: Session, seller: Seller) -> None:
    customer, other = a_customer(session, seller), a_customer(session, seller, "Василёк")
    request(session, customer, 90, "SD-1")
    (old, untouched) = lines(session)
    renewal = renew(session, old.subscription_id, at=AT).subscription
    by_id = {line.subscription_id: line.risks.get(Risk.HOURS_REFUSED) for line in lines(session)}
    assert by_id == {old.subscription_id: 1, untouched.subscription_id: None, renewal.id: None}
    assert untouched.client_id == other.id


def test_a_request_of_the_first_second_is_counted_and_what_was_asked_years_before_is_not_even_read_t4(
    session: Session, seller: Seller
) -> None:
    customer = a_customer(session, seller, starts_on=date(2026, 9, 1))
    request(session, customer, 90, "SD-1", at="2026-09-01 00:00")
    facts = session.get_one(StoredDecision, session.exec(select(StoredDecision.id)).one()).model_dump()
    session.add(StoredDecision(**facts | {"id": "old", "asked_at": moment("2026-08-30 23:59"), "answer": "no answer"}))
    assert [line.risks[Risk.HOURS_REFUSED] for line in lines(session)] == [1]


def test_refusals_are_found_by_an_index_of_their_own(engine: Engine) -> None:
    """Most of a client's answers are no refusals."""
    asked: list[tuple[str, Any]] = []
    with Session(engine) as session:
        its_catalogue(session)
        a_plan(session)
        a_customer(session, a_seller(session))
        found = lines(session)
        event.listen(engine, "before_cursor_execute", lambda *call: asked.append((call[2], call[3])))
        MEASURED[Risk.HOURS_REFUSED](session, found, AT)
        [plan] = [plan_of(session, *one) for one in list(asked)]
    assert "ix_decision_unserved" in " ".join(plan)


def test_minutes_that_burnt_or_will_burn_soon_are_a_risk_h6(session: Session, seller: Seller) -> None:
    customer = a_customer(session, seller)
    worked(session, customer, "2026-09-10 10:00", 45)
    worked(session, customer, "2026-10-12 10:00", 30)
    assert [line.risks[Risk.HOURS_LOST] for line in lines(session)] == [15 + 30]


def test_closing_a_month_changes_no_risk_h1(session: Session, seller: Seller) -> None:
    customer = a_customer(session, seller)
    worked(session, customer, "2026-09-10 10:00", 45)
    before = lines(session)
    closed(session, seller, customer, date(2026, 9, 1))
    assert lines(session) == before
    assert before[0].risks[Risk.HOURS_LOST] == 75


def test_a_renewal_is_not_blamed_for_what_its_predecessor_lost(session: Session, seller: Seller) -> None:
    customer = a_customer(session, seller, term_months=1)
    (old,) = lines(session)
    at = moment("2026-09-20 10:00")
    give_for_subscription(session, renew(session, old.subscription_id, term_months=12, at=at).subscription, at=at)
    closed(session, seller, customer, date(2026, 9, 1))
    assert [line.risks[Risk.HOURS_LOST] for line in lines(session)] == [60, 60]


def test_lines_are_chosen_by_a_risk_and_page_by_page(session: Session, seller: Seller) -> None:
    customers = [a_customer(session, seller, name) for name in "АБВГ"]
    for customer in customers[1:]:
        request(session, customer, 90, "SD-1")
    chosen = Chosen(*EVER, risk=Risk.HOURS_REFUSED)
    first = pipeline(session, chosen, at=AT, limit=2)
    rest = pipeline(session, chosen, at=AT, limit=2, after=first[-1].subscription_id)
    assert [line.client for line in first] == ["Б", "В"]
    assert [line.client for line in rest] == ["Г"]
    assert [line.client for line in pipeline(session, Chosen(*EVER), at=AT, limit=3)] == ["А", "Б", "В"]


def test_what_cannot_be_chosen_is_refused_by_name(session: Session, seller: Seller) -> None:
    with refused(session, "FIELD_WRONG", field="ends_until", value=date(2026, 1, 1), allowed="2026-01-02 or later"):
        pipeline(session, Chosen(date(2026, 1, 2), date(2026, 1, 1)), at=AT)
    with refused(session, "SELLER_UNKNOWN", field="seller_id", value=999):
        lines(session, seller_id=999)
    with refused(session, "PLAN_UNKNOWN", field="plan", value="gold"):
        lines(session, plan="gold")
    with refused(session, "SUBSCRIPTION_UNKNOWN", field="after", value=999):
        pipeline(session, Chosen(*EVER), at=AT, after=999)


def test_what_should_have_been_paid_for_today_is_a_risk_until_it_is_s8(session: Session, seller: Seller) -> None:
    follow_payments(session, seller.id, date(2026, 9, 1))
    followed, other = a_customer(session, seller), a_customer(session, seller, "Василёк")
    sold = {line.client_id: line.subscription_id for line in lines(session)}
    due = session.get_one(Subscription, sold[followed.id])
    await_payment(session, due, date(2026, 10, 5), at=moment("2026-09-28"))

    def unpaid() -> dict[int, int | None]:
        return {line.client_id: line.risks.get(Risk.UNPAID) for line in lines(session)}

    assert unpaid() == {followed.id: 10, other.id: None}
    mark_paid(session, due.id, date(2026, 10, 14), "п/п 1", at=AT)
    assert unpaid()[followed.id] == 1
    mark_paid(session, due.id, None, "п/п 2", at=AT)
    assert unpaid()[followed.id] is None


def test_the_last_price_is_that_of_the_last_amendment_s9(session: Session, seller: Seller) -> None:
    a_customer(session, seller)
    [line] = lines(session)
    amend(session, line.subscription_id, Change(date(2026, 12, 1), "Котова", "Рост", price=Money(1_500_000)), at=AT)
    assert [line.last_price for line in lines(session)] == [Money(1_500_000)]
