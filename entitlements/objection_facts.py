"""Reading objections: as people list them, and how each line of a statement stands (rule P6)."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, select

from contracts.errors import Refusal
from entitlements.objection_states import LineState, ObjectionState
from entitlements.objections import LineReply, ObjectionComment, ObjectionDecision, Outcome, Stance
from entitlements.statements import Statement, StatementLine
from entitlements.work import WorkEntry


class LineStanding(NamedTuple):
    """How a line stands, and the objection to it, if any."""

    state: LineState
    objection_id: int | None = None


def standings(session: Session, statement: Statement, on: date) -> dict[int, LineStanding]:
    """How the lines of a statement stand on a day, by the line's id."""
    rows = select(StatementLine.id, LineReply, col(ObjectionDecision.outcome)).where(
        StatementLine.statement_id == statement.id
    )
    rows = rows.outerjoin(LineReply, col(LineReply.statement_line_id) == col(StatementLine.id))
    rows = rows.outerjoin(ObjectionDecision, col(ObjectionDecision.objection_id) == col(LineReply.id))
    late = on > statement.object_until
    return {line_id: _standing(reply, outcome, late) for line_id, reply, outcome in session.exec(rows)}


def _standing(reply: LineReply | None, outcome: Outcome | None, late: bool) -> LineStanding:
    if reply is None:
        return LineStanding(LineState.ACCEPTED_BY_SILENCE if late else LineState.OPEN)
    if reply.stance is Stance.ACCEPTED:
        return LineStanding(LineState.ACCEPTED)
    return LineStanding(LineState(outcome or "undecided"), reply.id)


class ObjectionRecord(NamedTuple):
    """An objection as it is listed: to which line of which statement, why, and what was decided."""

    id: int
    client_id: int
    seller_id: int
    statement_id: int
    month: date
    line: int
    work_entry_id: int
    text: str
    said_by: str
    said_at: datetime
    state: ObjectionState
    reason: str | None
    decided_by: str | None
    decided_at: datetime | None
    standing_minutes: int | None
    reversal_id: int | None
    entry_id: int | None


_DECIDED = ObjectionRecord._fields[-6:]


def list_objections(
    session: Session,
    *,
    state: ObjectionState | None = None,
    seller_id: int | None = None,
    client_id: int | None = None,
    objection_id: int | None = None,
    after: int = 0,
    limit: int | None = None,
) -> list[ObjectionRecord]:
    """The objections in the order in which they were raised, those of a state, a seller or a client, from an id on."""
    rows = select(LineReply, StatementLine, Statement, ObjectionDecision)
    rows = rows.join(StatementLine, col(StatementLine.id) == col(LineReply.statement_line_id))
    rows = rows.join(Statement, col(Statement.id) == col(StatementLine.statement_id))
    rows = rows.outerjoin(ObjectionDecision, col(ObjectionDecision.objection_id) == col(LineReply.id))
    rows = rows.where(LineReply.stance == Stance.OBJECTED, col(LineReply.id) > after)
    if state is ObjectionState.UNDECIDED:
        rows = rows.where(col(ObjectionDecision.id).is_(None))
    elif state is not None:
        rows = rows.where(ObjectionDecision.outcome == Outcome(state))
    own = {"seller_id": seller_id, "client_id": client_id, "id": objection_id}
    rows = rows.where(*(getattr(LineReply, name) == value for name, value in own.items() if value is not None))
    return [_record(*row) for row in session.exec(rows.order_by(col(LineReply.id)).limit(limit))]


def _record(
    reply: LineReply, line: StatementLine, statement: Statement, decision: ObjectionDecision | None
) -> ObjectionRecord:
    decided: list[Any] = [getattr(decision, name, None) for name in _DECIDED]
    return ObjectionRecord(
        reply.id,
        reply.client_id,
        reply.seller_id,
        statement.id,
        statement.month,
        line.position,
        line.work_entry_id,
        reply.text,
        reply.said_by,
        reply.said_at,
        ObjectionState(decision.outcome if decision is not None else "undecided"),
        *decided,
    )


def objection_record(session: Session, objection_id: int) -> ObjectionRecord:
    """One objection. Raises `Refusal("OBJECTION_UNKNOWN")`."""
    found = list_objections(session, objection_id=objection_id)
    if not found:
        raise Refusal("OBJECTION_UNKNOWN", field="objection_id", value=objection_id)
    return found[0]


def comments_of(session: Session, objection_id: int) -> list[ObjectionComment]:
    """The thread of an objection, the first comment first."""
    said = select(ObjectionComment).where(ObjectionComment.objection_id == objection_id)
    return list(session.exec(said.order_by(col(ObjectionComment.id))))


def is_undecided() -> ColumnElement[bool]:
    """Whether nobody has decided on an objection, for a query of `LineReply`."""
    made = select(ObjectionDecision.id).where(col(ObjectionDecision.objection_id) == col(LineReply.id))
    return ~made.exists()


def awaits_answer() -> ColumnElement[bool]:
    """Whether a line that may be objected to has no answer, for a query of `Statement`.

    Work is asked for by its id alone: joined, SQLite would look through all work that gives nothing back.
    """
    answer = select(LineReply.id).where(col(LineReply.statement_line_id) == col(StatementLine.id))
    back = select(WorkEntry.id).where(col(WorkEntry.id) == col(StatementLine.work_entry_id))
    back = back.where(col(WorkEntry.reverses_id).is_not(None))
    lines = select(StatementLine.id).where(col(StatementLine.statement_id) == col(Statement.id))
    return lines.where(~answer.exists(), ~back.exists()).exists()


def statements_awaiting(session: Session, client_id: int, on: date) -> list[Statement]:
    """The statements of a client of which a line may still be answered and is not, the first to be over first (P6)."""
    waits = select(Statement).where(Statement.client_id == client_id, Statement.object_until >= on, awaits_answer())
    return list(session.exec(waits.order_by(col(Statement.object_until), col(Statement.id))))


def count_undecided(session: Session, seller_id: int, client_ids: Sequence[int]) -> dict[int, int]:
    """How many objections of each client to a seller's lines wait for a decision, by the client's id."""
    waiting = select(LineReply.client_id, func.count()).outerjoin(
        ObjectionDecision, col(ObjectionDecision.objection_id) == col(LineReply.id)
    )
    waiting = waiting.where(LineReply.stance == Stance.OBJECTED, col(ObjectionDecision.id).is_(None))
    waiting = waiting.where(LineReply.seller_id == seller_id, col(LineReply.client_id).in_(client_ids))
    return dict(session.exec(waiting.group_by(col(LineReply.client_id))).all())


def states_of(session: Session, client_id: int) -> dict[int, ObjectionState]:
    """The state of every objection of a client, by its id."""
    rows = select(LineReply.id, col(ObjectionDecision.outcome)).outerjoin(
        ObjectionDecision, col(ObjectionDecision.objection_id) == col(LineReply.id)
    )
    rows = rows.where(LineReply.client_id == client_id, LineReply.stance == Stance.OBJECTED)
    found = session.exec(rows.order_by(col(LineReply.id)))
    return {objection_id: ObjectionState(outcome or "undecided") for objection_id, outcome in found}
