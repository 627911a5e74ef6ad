"""The second act: three months are worked and closed, and what comes between: late corrections, holds, a block."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from sqlmodel import col, select

from api.checking import question_text
from api.database import transaction
from api.demonstration.abroad import work_abroad
from api.demonstration.form import adopt_own_form
from api.demonstration.money import dun_and_take_the_banks_file, pay_what_was_invoiced
from api.demonstration.sales import (
    approve,
    block,
    cancel_two,
    hear_from_outside,
    offer_renewals,
    reconcile_two,
    renew_and_sell_ahead,
    start_after_purchases,
    try_another_plan,
)
from api.demonstration.stage import TODAY, Stage, Tell, moment
from api.demonstration.workload import work_of
from api.month_journeys import MonthReport, close_months
from api.telling import tell_changes
from contracts.terms import ONE_DAY, next_month
from entitlements.answers import Decision, Question
from entitlements.approving import approve_entry, list_entries, object_to_entry
from entitlements.desk import Asked, Caller, hold, release_hold, settle_hold
from entitlements.holds import Hold
from entitlements.logging_work import Work, log
from entitlements.objecting import comment, object_to, uphold
from entitlements.objections import Side
from entitlements.statements import Statement, StatementLine
from entitlements.timing import Task, pause, resume, start, stop
from entitlements.work import WorkEntry

AUGUST, SEPTEMBER, OCTOBER = date(2026, 8, 1), date(2026, 9, 1), date(2026, 10, 1)
CLOSED_ON = {AUGUST: date(2026, 9, 3), SEPTEMBER: date(2026, 10, 2), OCTOBER: TODAY}
"""The months of the play, and the day on which each is closed."""


def live_three_months(stage: Stage, tell: Tell) -> list[MonthReport]:
    """All that happens from August to the morning of the play's own today."""
    august = _work(stage, AUGUST, tell)
    reports = [_close(stage, AUGUST, tell)]
    _report_again(stage, august[5], 15, date(2026, 9, 10))  # its month is closed: it counts in September
    start_after_purchases(stage)
    september = _work(stage, SEPTEMBER, tell)
    _report_again(stage, september[2], 15, date(2026, 9, 30))
    _report_again(stage, september[7], -september[7].worked_minutes, date(2026, 9, 30))  # it never happened
    adopt_own_form(stage)
    reports.append(_close(stage, SEPTEMBER, tell))
    pay_what_was_invoiced(stage)
    _object(stage)
    dun_and_take_the_banks_file(stage)
    offer_renewals(stage)
    reconcile_two(stage)
    renew_and_sell_ahead(stage)
    try_another_plan(stage)
    work_abroad(stage)
    _work(stage, OCTOBER, tell)
    _hold(stage)
    _run_a_timer(stage)
    block(stage)
    approve(stage)
    cancel_two(stage)
    hear_from_outside(stage)
    return [*reports, _close(stage, OCTOBER, tell), _close(stage, OCTOBER, tell, stage.seller_abroad_id)]


def _work(stage: Stage, month: date, tell: Tell) -> Sequence[Work]:
    """Log the month's work, each entry an hour and a half after it began, and tell on its last evening what changed."""
    entity_ids = {role: [entity.id for entity in entities] for role, entities in stage.entities.items()}
    works = list(work_of(month, stage.clients, entity_ids, stage.seller_id))
    for done, work in enumerate(works, 1):
        assert work.started_at is not None
        with transaction(stage.engine) as session:
            log(session, work, at=work.started_at + timedelta(minutes=90))
        tell(f"work {month:%Y-%m}", done, len(works))
    evening = moment(next_month(month) - ONE_DAY, "20:00")
    tell_changes(stage.engine, lambda: evening)  # which records who is to be warned that hours run short
    return works


def _report_again(stage: Stage, work: Work, more_minutes: int, on: date) -> None:
    """The same event, found later to have taken more or less time."""
    with transaction(stage.engine) as session:
        log(session, replace(work, worked_minutes=work.worked_minutes + more_minutes), at=moment(on))


def _object(stage: Stage) -> None:
    """A client objects to what its September charged; half of it stands, so October's statement credits the rest."""
    at = moment(date(2026, 10, 5), "10:00")
    with transaction(stage.engine) as session:
        charged = select(StatementLine, WorkEntry.worked_minutes).join(Statement).join(WorkEntry)
        charged = charged.where(Statement.month == SEPTEMBER, StatementLine.overage_minutes > 0)
        line, minutes = session.exec(
            charged.order_by(col(WorkEntry.worked_minutes).desc(), col(StatementLine.id)).limit(1)
        ).one()
        words = {"text": "Звонок был короче", "said_by": "Седова А. П."}
        objection = object_to(session, line.statement_id, line.position, **words, at=at)
        reply = {"text": "Проверяем запись звонка", "said_by": "Орлова Н. В."}
        comment(session, objection.id, side=Side.STAFF, **reply, at=at + timedelta(hours=1))
        decision = {"reason": "По записи звонка", "decided_by": "Орлова Н. В.", "standing_minutes": minutes // 2}
        uphold(session, objection.id, **decision, at=at + timedelta(hours=2))  # type: ignore[arg-type]


def _run_a_timer(stage: Stage) -> None:
    """An engineer's clock with a pause for lunch; the client approves what it logged, and objects to other work."""
    task = Task(stage.clients["pine-tree"], "Alexei Ilyin", stage.seller_id, ticket="SD-2005", service="remote_work")
    on = date(2026, 10, 28)
    with transaction(stage.engine) as session:
        timer = start(session, task, at=moment(on, "12:20"))
        pause(session, timer.id, at=moment(on, "13:00"))
        resume(session, timer.id, at=moment(on, "14:00"))
        stopped = stop(session, timer.id, at=moment(on, "14:25"), summary="Price labels set up")[1]
        assert stopped.entry is not None
        at = moment(date(2026, 10, 29), "10:00")
        other, *_ = list_entries(session, client_id=task.client_id)
        approve_entry(session, stopped.entry.id, said_by="Susan Clark", at=at)
        object_to_entry(session, other.id, text="We were told it is free", said_by="Susan Clark", at=at)


def _close(stage: Stage, month: date, tell: Tell, seller_id: int | None = None) -> MonthReport:
    at = moment(CLOSED_ON[month], "09:00")
    return close_months(
        stage.engine,
        seller_id or stage.seller_id,
        month,
        clock=lambda: at,
        tell=lambda closing, done, clients: tell(f"close {closing:%Y-%m}", done, clients),
    )


def _hold(stage: Stage) -> None:
    """Three tickets are accepted: one is worked and settled, one is given back, one is still held today.

    A fourth is beyond the hours and waits for a manager, in the first over-limit case.
    """
    settled = _accept(stage, "pine-tree", 60, "SD-2001", date(2026, 10, 27), "10:00")
    with transaction(stage.engine) as session:
        started_at = moment(date(2026, 10, 27), "11:00")
        client_id = stage.clients["pine-tree"]
        work = Work(client_id, "demo", "SD-2001/1", 50, started_at, ticket="SD-2001", service="remote_work")
        log(
            session,
            replace(work, asked_by="Susan Clark", summary="Exchange with the bank set up"),
            at=started_at + timedelta(hours=1),
        )
        settle_hold(session, settled, at=moment(date(2026, 10, 27), "12:00"))
    released = _accept(stage, "romashka", 90, "SD-2002", date(2026, 10, 29), "15:00")
    with transaction(stage.engine) as session:
        release_hold(session, released, at=moment(date(2026, 10, 29), "16:00"))
    _accept(stage, "atelier", 60, "SD-2003", date(2026, 11, 3), "17:00")
    _wait(stage, "shchukina", 120, "SD-2004", date(2026, 11, 3), "17:30")


def _accept(stage: Stage, role: str, minutes: int, ticket: str, on: date, clock: str) -> int:
    """Reserve minutes for a ticket; returns the hold's id."""
    _, placed = _ask(stage, role, minutes, ticket, moment(on, clock))
    assert placed is not None, role
    return placed.id


def _wait(stage: Stage, role: str, minutes: int, ticket: str, on: date, clock: str) -> None:
    """Ask for more than there is of a plan that asks a manager."""
    answer, _ = _ask(stage, role, minutes, ticket, moment(on, clock))
    assert answer.case is not None, role


def _ask(stage: Stage, role: str, minutes: int, ticket: str, at: datetime) -> tuple[Decision, Hold | None]:
    question = Question(at, service="remote_work", minutes=minutes)
    words = question_text({"question": question})
    asked = Asked(str(uuid5(NAMESPACE_URL, ticket)), "demo", at, ticket, words)
    with transaction(stage.engine) as session:
        return hold(session, Caller({"id": stage.clients[role]}), question, asked)
