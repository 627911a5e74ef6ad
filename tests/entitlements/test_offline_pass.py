"""The offline pass: the answers of one moment, and until when they stand (D1)."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from api.database import reading, transaction
from contracts.blocking import raise_block
from contracts.errors import Refusal
from entitlements.answers import Question
from entitlements.client_facts import read_facts
from entitlements.decision import decide
from entitlements.offline_pass import OfflinePass, offline_pass
from entitlements.reasons import Reason
from tests.builders import Customer, a_client, a_plan, a_sale, a_seller, its_catalogue, moment

AT = moment("2026-10-05 10:00")
DAY = timedelta(hours=24)


def given(engine: Engine, customer: Customer, longest: timedelta = DAY) -> OfflinePass:
    with reading(engine) as session:
        return offline_pass(read_facts(session, customer.id), at=AT, longest=longest)


@pytest.fixture
def sold(engine: Engine) -> Customer:
    with transaction(engine) as session:
        its_catalogue(session)
        a_plan(session)
        customer = a_client(session)
        a_sale(session, a_seller(session), customer, starts_on=AT.date(), at=AT)
    return customer


def test_a_pass_says_of_each_service_what_the_desk_would_be_told(engine: Engine, sold: Customer) -> None:
    shown = given(engine, sold)
    assert len(shown.by_service) > 1
    with reading(engine) as session:
        facts = read_facts(session, sold.id)
    for service, decision in shown.by_service.items():
        assert decision == decide(facts, Question(AT, service=service))
    assert shown.any_request == decide(facts, Question(AT))
    assert shown.registrations == tuple(sold.registrations)


def test_a_pass_ends_after_its_longest_time(engine: Engine, sold: Customer) -> None:
    assert given(engine, sold).valid_until == AT + DAY


def test_a_pass_ends_with_the_first_change_that_is_known(engine: Engine, sold: Customer) -> None:
    change = given(engine, sold).any_request.valid_until
    assert change is not None
    assert given(engine, sold, timedelta(days=3000)).valid_until == change


def test_a_suspended_client_gets_no_pass(engine: Engine, sold: Customer) -> None:
    with transaction(engine) as session:
        raise_block(session, sold.id, "Не оплачен счёт", at=AT)
    with pytest.raises(Refusal, match="PASS_WITHHELD"):
        given(engine, sold)


def test_a_client_without_a_contract_gets_a_pass_that_says_no(engine: Engine, sold: Customer) -> None:
    with transaction(engine) as session:
        customer = a_client(session, "Василёк")
    assert given(engine, customer).any_request.reason is Reason.NO_CONTRACT
    assert given(engine, customer).valid_until == AT + DAY
