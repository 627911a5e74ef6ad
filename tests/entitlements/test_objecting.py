"""P6: objecting to single lines until the printed date, and deciding on it; nothing of the statement changes."""

from datetime import date, datetime

import pytest
from sqlmodel import Session, col, select

from billing.equations import pair_breaches, sum_breaches
from contracts.parties import Seller
from entitlements.equations import hours_breaches
from entitlements.hours_facts import Charge
from entitlements.logging_work import Work, log
from entitlements.objecting import accept, comment, object_to, reject, uphold
from entitlements.objection_facts import comments_of, objection_record, standings
from entitlements.objection_states import LineState
from entitlements.objections import LineReply, Side
from entitlements.statements import Statement, StatementLine
from tests.builders import (
    Customer,
    a_client,
    a_plan,
    a_sale,
    a_seller,
    closed,
    its_catalogue,
    moment,
    refused,
    some_work,
    worked,
)

OCTOBER, NOVEMBER, DECEMBER = (date(2026, month, 1) for month in (10, 11, 12))
IN_TIME, LAST_MINUTE, TOO_LATE = moment("2026-11-03 10:00"), moment("2026-11-09 23:59"), moment("2026-11-10 00:00")


@pytest.fixture
def seller(session: Session) -> Seller:
    its_catalogue(session)
    a_plan(session)
    return a_seller(session)


@pytest.fixture
def customer(session: Session, seller: Seller) -> Customer:
    """A client with an hour a month, a call of 30 minutes, a visit of 75 and paid work in October, which is closed."""
    customer = a_client(session)
    a_sale(session, seller, customer, at=moment("2026-09-01"), starts_on=OCTOBER)
    worked(session, customer, "2026-10-05 10:00", 30)
    log(session, a_visit(customer, 75), at=moment("2026-10-27 12:00"))
    worked(session, customer, "2026-10-28 10:00", 15, charge=Charge.PAID)
    closed(session, seller, customer, OCTOBER)
    return customer


def a_visit(customer: Customer, minutes: int) -> Work:
    """The event as the desk reports it."""
    return some_work(customer, "2026-10-27 10:00", minutes, external_id="VISIT")


def statement_of(session: Session, customer: Customer, month: date = OCTOBER) -> Statement:
    own = Statement.client_id == customer.id
    return session.exec(select(Statement).where(own, Statement.month == month)).one()


def objected(session: Session, customer: Customer, line: int = 2, at: datetime = IN_TIME) -> LineReply:
    statement = statement_of(session, customer)
    return object_to(session, statement.id, line, text="Были полчаса", said_by="Седова", at=at)


def test_a_line_is_answered_once_until_the_printed_date_p6(session: Session, customer: Customer) -> None:
    statement = statement_of(session, customer)
    assert statement.object_until == date(2026, 11, 9)  # 02.11 and five working days, past the holiday of 04.11
    accept(session, statement.id, 1, said_by="Седова", at=IN_TIME)
    objection = objected(session, customer, at=LAST_MINUTE)
    for line, stance in ((1, "accepted"), (2, "objected")):
        with refused(session, "LINE_ANSWERED", field="line", stance=stance, said_by="Седова"):
            objected(session, customer, line)
    with refused(session, "OBJECTION_LATE", field="line", value=date(2026, 11, 10), allowed="until 2026-11-09"):
        objected(session, customer, 3, TOO_LATE)
    with refused(session, "LINE_UNKNOWN", field="line", value=4, allowed="1 to 3"):
        objected(session, customer, 4)
    with refused(session, "STATEMENT_UNKNOWN", field="statement_id"):
        accept(session, 404, 1, said_by="Седова", at=IN_TIME)

    def told(day: int) -> list[LineState]:
        return [one.state for one in standings(session, statement, date(2026, 11, day)).values()]

    assert told(9) == [LineState.ACCEPTED, LineState.UNDECIDED, LineState.OPEN]
    assert told(10) == [LineState.ACCEPTED, LineState.UNDECIDED, LineState.ACCEPTED_BY_SILENCE]
    assert objection_record(session, objection.id).line == 2


def test_both_sides_speak_until_it_is_decided_p6(session: Session, customer: Customer) -> None:
    objection = objected(session, customer)
    comment(session, objection.id, side=Side.STAFF, text="Проверим", said_by="Орлова", at=TOO_LATE)
    comment(session, objection.id, side=Side.CLIENT, text="Ждём", said_by="Седова", at=TOO_LATE)
    assert [one.text for one in comments_of(session, objection.id)] == ["Проверим", "Ждём"]
    reject(session, objection.id, reason="Есть запись", decided_by="Орлова", at=TOO_LATE)
    told = {"outcome": "rejected", "decided_by": "Орлова"}
    with refused(session, "OBJECTION_DECIDED", field="objection_id", **told):
        comment(session, objection.id, side=Side.CLIENT, text="Нет", said_by="Седова", at=TOO_LATE)
    with refused(session, "OBJECTION_DECIDED", field="objection_id", **told):
        uphold(session, objection.id, reason="Да", decided_by="Петров", at=TOO_LATE)
    accepted = accept(session, statement_of(session, customer).id, 1, said_by="Седова", at=IN_TIME)
    for nothing in (accepted.id, 404):
        with refused(session, "OBJECTION_UNKNOWN", field="objection_id"):
            reject(session, nothing, reason="Нет", decided_by="Орлова", at=TOO_LATE)


@pytest.mark.parametrize(("standing", "minutes", "credit_minor"), [(0, [-75], -2025_00), (60, [-75, 60], -2025_00)])
def test_what_is_upheld_is_credited_by_the_next_statement_p6_h10(
    session: Session, seller: Seller, customer: Customer, standing: int, minutes: list[int], credit_minor: int
) -> None:
    before = statement_of(session, customer).model_dump()
    objection = objected(session, customer)
    uphold(session, objection.id, reason="Верно", decided_by="Орлова", standing_minutes=standing, at=IN_TIME)
    done = closed(session, seller, customer, NOVEMBER)
    assert done is not None
    lines = select(StatementLine).where(StatementLine.statement_id == done.statement.id)
    found = session.exec(lines.order_by(col(StatementLine.position))).all()
    assert [line.billed_minutes for line in found] == minutes
    assert done.statement.total_minor == sum(line.amount_minor for line in found) == credit_minor
    assert statement_of(session, customer).model_dump() == before
    record = objection_record(session, objection.id)
    assert [record.reversal_id, record.entry_id][: len(found)] == [line.work_entry_id for line in found]
    with refused(session, "LINE_GIVES_BACK", field="line"):
        object_to(session, done.statement.id, 1, text="Мало", said_by="Седова", at=moment("2026-12-01 10:00"))
    broken = (
        hours_breaches(session, at=moment("2026-12-02"), tell=lambda *_: None),
        pair_breaches(session),
        sum_breaches(session),
    )
    assert [breach for some in broken for breach in some] == []


@pytest.mark.parametrize("standing", [0, 30])
def test_the_report_that_was_objected_to_undoes_no_decision_when_it_is_sent_again_p6_h10(
    session: Session, customer: Customer, standing: int
) -> None:
    objection = objected(session, customer)
    uphold(session, objection.id, reason="Да", decided_by="Орлова", standing_minutes=standing, at=IN_TIME)
    assert log(session, a_visit(customer, 75), at=TOO_LATE).unchanged
    corrected = log(session, a_visit(customer, 45), at=TOO_LATE)
    assert corrected.entry is not None
    assert (corrected.entry.worked_minutes, corrected.reversal is None) == (45, standing == 0)


def test_work_that_the_desk_corrected_first_is_credited_once_p6(session: Session, customer: Customer) -> None:
    objection = objected(session, customer)
    log(session, a_visit(customer, 30), at=IN_TIME)
    with refused(session, "WORK_CORRECTED", field="objection_id"):
        uphold(session, objection.id, reason="Да", decided_by="Орлова", at=TOO_LATE)
    reject(session, objection.id, reason="Уже исправлено", decided_by="Орлова", at=TOO_LATE)


@pytest.mark.parametrize("minutes", [-1, 75])
def test_fewer_minutes_stand_than_were_worked_p6(session: Session, customer: Customer, minutes: int) -> None:
    objection = objected(session, customer)
    with refused(session, "MINUTES_WRONG", field="standing_minutes", allowed="0 to 74"):
        uphold(session, objection.id, reason="Да", decided_by="Орлова", standing_minutes=minutes, at=IN_TIME)
