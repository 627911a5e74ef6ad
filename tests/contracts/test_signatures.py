"""A contract is marked as signed once, by a day, and the answers follow what was known (D1, D2)."""

from datetime import date

import pytest
from sqlmodel import Session, select

from contracts.selling import Sale
from contracts.signatures import mark_signed
from contracts.subscriptions import ContractSigning
from entitlements.answers import Question
from entitlements.desk import check
from entitlements.reasons import Reason
from tests.builders import Customer, a_client, a_plan, a_sale, a_seller, asking, its_catalogue, moment, refused

SOLD_AT, RECORDED_AT = moment("2026-10-01 12:00"), moment("2026-10-20 12:00")


@pytest.fixture
def customer(session: Session) -> Customer:
    its_catalogue(session)
    return a_client(session)


@pytest.fixture
def sale(session: Session, customer: Customer) -> Sale:
    a_plan(session, requires_signature=True)
    return a_sale(session, a_seller(session), customer, starts_on=date(2026, 10, 1), at=SOLD_AT)


def reason(session: Session, customer: Customer, day: str, known_at: str | None = None) -> Reason:
    question = Question(moment(day), service="consultation_line")
    return check(session, asking(customer), question, known_at=moment(known_at) if known_at else None).reason


def test_service_waits_for_the_signature_and_the_past_is_told_as_it_is_known_d1(
    session: Session, customer: Customer, sale: Sale
) -> None:
    assert reason(session, customer, "2026-10-20") is Reason.NOT_SIGNED
    made = mark_signed(session, sale.contract.id, date(2026, 10, 10), "Котова", at=RECORDED_AT)
    assert (made.signed_on, made.recorded_by, made.recorded_at) == (date(2026, 10, 10), "Котова", RECORDED_AT)
    told = [reason(session, customer, day) for day in ("2026-10-09", "2026-10-10", "2026-10-21")]
    assert told == [Reason.NOT_SIGNED, Reason.COVERED, Reason.COVERED]
    assert reason(session, customer, "2026-10-15", known_at="2026-10-20 11:59") is Reason.NOT_SIGNED
    assert reason(session, customer, "2026-10-15", known_at="2026-10-20 12:00") is Reason.COVERED


def test_what_cannot_be_is_refused_and_nothing_is_written(session: Session, sale: Sale) -> None:
    with refused(session, "CONTRACT_UNKNOWN", field="contract_id"):
        mark_signed(session, sale.contract.id + 1, None, "Котова", at=RECORDED_AT)
    with refused(session, "DAY_IN_FUTURE", field="signed_on", allowed="until 2026-10-20"):
        mark_signed(session, sale.contract.id, date(2026, 10, 21), "Котова", at=RECORDED_AT)
    with refused(session, "TEXT_WRONG", field="recorded_by"):
        mark_signed(session, sale.contract.id, None, " ", at=RECORDED_AT)
    assert mark_signed(session, sale.contract.id, None, "Котова", at=RECORDED_AT).signed_on == date(2026, 10, 20)
    with refused(session, "ALREADY_SIGNED", field="contract_id", signed_on=date(2026, 10, 20)):
        mark_signed(session, sale.contract.id, date(2026, 10, 1), "Котова", at=RECORDED_AT)
    assert len(session.exec(select(ContractSigning)).all()) == 1
