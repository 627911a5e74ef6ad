"""A case and its held requests that contradict each other are found, whoever changed them (D6)."""

from datetime import date

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from api.database import transaction
from entitlements.case_equations import case_breaches
from entitlements.case_states import CaseState
from entitlements.over_limit import decide_case
from entitlements.over_limit_cases import OverLimitCase
from entitlements.statements import Statement
from tests.api.test_reconcile import run, without_rules
from tests.builders import a_client, a_plan, a_sale, a_seller, held, its_catalogue, moment
from tests.rows import put_row


@pytest.fixture
def cases(engine: Engine) -> Engine:
    """A case in which one request was released, and one in which another waits."""
    with transaction(engine) as session:
        its_catalogue(session)
        a_plan(session, over_limit="approve")
        seller = a_seller(session)
        for name in ("Ромашка", "Сосна"):
            customer = a_client(session, name)
            a_sale(session, seller, customer, starts_on=date(2026, 5, 1), at=moment("2026-05-01"))
            held(session, customer, "2026-05-13 12:00", 90)
        first, _ = session.exec(select(OverLimitCase.id).order_by(OverLimitCase.id)).all()
        decide_case(session, first, CaseState.BILL, decided_by="Орлова Н. В.", at=moment("2026-05-14 10:00"))
    return engine


def found(session: Session) -> list[tuple[str, str, str]]:
    return [(breach.subject, breach.found, breach.right) for breach in case_breaches(session)]


def test_sound_cases_break_nothing_d6(cases: Engine) -> None:
    with transaction(cases) as session:
        assert found(session) == []


@pytest.mark.parametrize(
    ("table", "tampering", "breach"),
    [
        ("hold", "UPDATE hold SET minutes = 60", ("hold 1 of 60 min", "a hold of 90 min, or closed")),
        ("held_request_ending", "DELETE FROM held_request_ending", ("waits", "a hold of 90 min, or closed")),
        ("over_limit_case_change", "DELETE FROM over_limit_case_change", ("hold 1 of 90 min", "waits")),
    ],
)
def test_what_was_changed_behind_the_rules_is_found_d6(
    cases: Engine, table: str, tampering: str, breach: tuple[str, str]
) -> None:
    for session in without_rules(cases, table):
        assert run(session, tampering) == 1
        assert found(session) == [("held request 1", *breach)]


def test_a_case_of_a_closed_month_that_nobody_decided_is_found_d6(cases: Engine) -> None:
    with Session(cases) as session:
        case = session.get_one(OverLimitCase, 2)
        month = {"client_id": case.client_id, "seller_id": case.seller_id, "month": case.month}
        statement = put_row(session, Statement, **month)
        assert found(session) == [
            ("over-limit case 2", f"new, with statement {statement.id}", "a case that was decided")
        ]
