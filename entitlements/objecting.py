"""Objecting to single lines of a statement, and deciding on it: nothing of the statement changes (rules P6, H10)."""

from datetime import datetime
from typing import Any

from sqlmodel import Session, func, select

from contracts.appending import append, append_all
from contracts.errors import Refusal
from contracts.known_rows import known_row
from contracts.locking import lock_client
from contracts.parties import Seller
from contracts.requisites import require_text
from entitlements.logging_work import event_of, log
from entitlements.objections import LineReply, ObjectionComment, ObjectionDecision, Outcome, Side, Stance
from entitlements.statements import Statement, StatementLine
from entitlements.work import WorkEntry

LONGEST_TEXT = 2000


def object_to(session: Session, statement_id: int, line: int, *, text: str, said_by: str, at: datetime) -> LineReply:
    """Object to a line, by its place on the statement, until the date that is printed on it.

    Raises `Refusal` with STATEMENT_UNKNOWN, LINE_UNKNOWN, LINE_GIVES_BACK, LINE_ANSWERED, OBJECTION_LATE or TEXT_WRONG.
    """
    why = require_text(text, "text", LONGEST_TEXT)
    return _reply(session, statement_id, line, {"stance": Stance.OBJECTED, "text": why}, said_by, at)


def accept(session: Session, statement_id: int, line: int, *, said_by: str, at: datetime) -> LineReply:
    """Accept a line before silence does; raises as `object_to`."""
    return _reply(session, statement_id, line, {"stance": Stance.ACCEPTED, "text": ""}, said_by, at)


def accept_rest(session: Session, statement_id: int, *, said_by: str, at: datetime) -> int:
    """Accept every line of a statement that has no answer yet; returns how many those were.

    Raises `Refusal` with STATEMENT_UNKNOWN, OBJECTION_LATE or TEXT_WRONG.
    """
    by = require_text(said_by, "said_by", 200)
    statement = _taken(session, statement_id)
    _require_in_time(session, statement, at)
    answer = select(LineReply.id).where(LineReply.statement_line_id == StatementLine.id)
    rest = select(StatementLine.id).where(StatementLine.statement_id == statement.id, ~answer.exists())
    of = {"client_id": statement.client_id, "seller_id": statement.seller_id, "stance": Stance.ACCEPTED, "text": ""}
    said = [{**of, "statement_line_id": line_id, "said_by": by, "said_at": at} for line_id in session.exec(rest)]
    append_all(session, LineReply, said)
    return len(said)


def _reply(
    session: Session, statement_id: int, position: int, said: dict[str, Any], said_by: str, at: datetime
) -> LineReply:
    by = require_text(said_by, "said_by", 200)
    statement = _taken(session, statement_id)
    line = _line(session, statement, position)
    if said["stance"] is Stance.OBJECTED and session.get_one(WorkEntry, line.work_entry_id).reverses_id is not None:
        raise Refusal("LINE_GIVES_BACK", field="line", value=position)
    known = session.exec(select(LineReply).where(LineReply.statement_line_id == line.id)).first()
    if known is not None:
        told = {"stance": known.stance, "said_by": known.said_by, "said_at": known.said_at}
        raise Refusal("LINE_ANSWERED", field="line", value=position, **told)
    _require_in_time(session, statement, at)
    of = {"client_id": statement.client_id, "seller_id": statement.seller_id, "statement_line_id": line.id}
    return append(session, LineReply, {**of, **said, "said_by": by, "said_at": at})


def _taken(session: Session, statement_id: int) -> Statement:
    """The statement, its client's row taken."""
    statement = known_row(session, Statement, statement_id)
    lock_client(session, statement.client_id)
    return statement


def _require_in_time(session: Session, statement: Statement, at: datetime) -> None:
    today = session.get_one(Seller, statement.seller_id).day_of(at)
    if today > statement.object_until:
        raise Refusal("OBJECTION_LATE", field="line", value=today, allowed=f"until {statement.object_until}")


def _line(session: Session, statement: Statement, position: int) -> StatementLine:
    own = StatementLine.statement_id == statement.id
    line = session.exec(select(StatementLine).where(own, StatementLine.position == position)).first()
    if line is None:
        last = session.exec(select(func.max(StatementLine.position)).where(own)).one()
        allowed = f"1 to {last}" if last else "this statement has no lines"
        raise Refusal("LINE_UNKNOWN", field="line", value=position, allowed=allowed)
    return line


def comment(
    session: Session, objection_id: int, *, side: Side, text: str, said_by: str, at: datetime
) -> ObjectionComment:
    """Say something about an objection that is not decided yet.

    Raises `Refusal` with OBJECTION_UNKNOWN, OBJECTION_DECIDED or TEXT_WRONG.
    """
    said = {"text": require_text(text, "text", LONGEST_TEXT), "said_by": require_text(said_by, "said_by", 200)}
    _lock_undecided(session, objection_id)
    return append(session, ObjectionComment, {"objection_id": objection_id, "side": side, "said_at": at, **said})


def uphold(
    session: Session, objection_id: int, *, reason: str, decided_by: str, standing_minutes: int = 0, at: datetime
) -> ObjectionDecision:
    """Agree with an objection: its work is taken back, and entered anew with the minutes that stand, if any do.

    Both count on the first open day, so the next statement credits the line (H10). Raises `Refusal` with
    OBJECTION_UNKNOWN, OBJECTION_DECIDED, WORK_CORRECTED when the desk was first, MINUTES_WRONG or TEXT_WRONG.
    """
    said = _decided(reason, decided_by, at)
    line = session.get_one(StatementLine, _lock_undecided(session, objection_id).statement_line_id)
    entry = session.get_one(WorkEntry, line.work_entry_id)
    reversal = session.exec(select(WorkEntry.id).where(WorkEntry.reverses_id == entry.id)).first()
    if reversal is not None:
        raise Refusal("WORK_CORRECTED", field="objection_id", value=objection_id, work_entry_id=reversal)
    if not 0 <= standing_minutes < entry.worked_minutes:
        allowed = f"0 to {entry.worked_minutes - 1}"
        raise Refusal("MINUTES_WRONG", field="standing_minutes", value=standing_minutes, allowed=allowed)
    made = log(session, event_of(entry, worked_minutes=standing_minutes), at=at)
    assert made.reversal is not None
    entry_id = made.entry.id if made.entry is not None else None
    by = {"standing_minutes": standing_minutes, "reversal_id": made.reversal.id, "entry_id": entry_id}
    upheld = {"objection_id": objection_id, "outcome": Outcome.UPHELD, **said, **by}
    return append(session, ObjectionDecision, upheld)


def reject(session: Session, objection_id: int, *, reason: str, decided_by: str, at: datetime) -> ObjectionDecision:
    """Let the line stand as it is. Raises `Refusal` with OBJECTION_UNKNOWN, OBJECTION_DECIDED or TEXT_WRONG."""
    said = _decided(reason, decided_by, at)
    _lock_undecided(session, objection_id)
    rejected = {"objection_id": objection_id, "outcome": Outcome.REJECTED, **said}
    return append(session, ObjectionDecision, rejected)


def _decided(reason: str, decided_by: str, at: datetime) -> dict[str, Any]:
    by = {
        "reason": require_text(reason, "reason", LONGEST_TEXT),
        "decided_by": require_text(decided_by, "decided_by", 200),
    }
    return {**by, "decided_at": at}


def _lock_undecided(session: Session, objection_id: int) -> LineReply:
    """The objection, its client's row taken."""
    objection = session.get(LineReply, objection_id)
    if objection is None or objection.stance is not Stance.OBJECTED:
        raise Refusal("OBJECTION_UNKNOWN", field="objection_id", value=objection_id)
    lock_client(session, objection.client_id)
    made = select(ObjectionDecision).where(ObjectionDecision.objection_id == objection_id)
    known = session.exec(made).first()
    if known is not None:
        told = {"outcome": known.outcome, "decided_by": known.decided_by, "decided_at": known.decided_at}
        raise Refusal("OBJECTION_DECIDED", field="objection_id", value=objection_id, **told)
    return objection
