"""How the lines from banks stand: which are payments, which are none of ours, and which wait for a person (M5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlmodel import Session, and_, case, col, func, select

from billing.bank_facts import match_lines
from billing.bank_lines import BankLine, BankLineStep, BankStepKind
from billing.bank_matching import Match
from billing.payments import PaymentReversal
from contracts.errors import Refusal


class BankLineState(StrEnum):
    """How a line stands: it waits for a person, it was recorded as a payment, or it is none of ours."""

    WAITING = "waiting"
    PAID = "paid"
    SET_ASIDE = "set_aside"


@dataclass(frozen=True, slots=True)
class BankLineStanding:
    """A line, how it stands, and what was made of it step by step; one whose payment was reversed waits again."""

    line: BankLine
    state: BankLineState
    steps: tuple[BankLineStep, ...]


@dataclass(frozen=True, slots=True)
class LinesWanted:
    """Which lines are looked for; without any of it all of them."""

    state: BankLineState | None = None
    seller_id: int | None = None
    line_id: int | None = None


def lines_found(
    session: Session, wanted: LinesWanted, *, after: int = 0, limit: int | None = None
) -> list[BankLineStanding]:
    """The lines that are looked for, the first stored first, a page after the id of the last."""
    found = _with_state().where(col(BankLine.id) > after).order_by(col(BankLine.id)).limit(limit)
    if wanted.state is not None:
        found = found.where(wanted.state == _STATE)
    if wanted.seller_id is not None:
        found = found.where(BankLine.seller_id == wanted.seller_id)
    if wanted.line_id is not None:
        found = found.where(BankLine.id == wanted.line_id)
    rows = session.exec(found).all()
    steps = _steps(session, [line.id for line, _ in rows])
    return [BankLineStanding(line, BankLineState(state), tuple(steps[line.id])) for line, state in rows]


def line_standing(session: Session, line_id: int) -> BankLineStanding:
    """How one line stands. Raises `Refusal("BANK_LINE_UNKNOWN")`."""
    found = lines_found(session, LinesWanted(line_id=line_id))
    if not found:
        raise Refusal("BANK_LINE_UNKNOWN", field="bank_line_id", value=line_id)
    return found[0]


def why_waiting(session: Session, standings: Sequence[BankLineStanding]) -> dict[int, Match]:
    """Why each line that waits does so as things stand now, by its id, with the invoices to choose among."""
    return match_lines(session, [one.line for one in standings if one.state is BankLineState.WAITING])


_MADE = col(BankLineStep.kind).in_([BankStepKind.MATCHED, BankStepKind.ASSIGNED])
_STATE: Any = case(
    (col(BankLineStep.kind) == BankStepKind.SET_ASIDE, BankLineState.SET_ASIDE.value),
    (and_(_MADE, col(PaymentReversal.id).is_(None)), BankLineState.PAID.value),
    else_=BankLineState.WAITING.value,
)
"""The state that follows from the last step of a line."""


def _with_state() -> Any:
    last = select(BankLineStep.bank_line_id, func.max(BankLineStep.position).label("position"))
    last_step = last.group_by(col(BankLineStep.bank_line_id)).subquery()
    is_last = and_(BankLineStep.bank_line_id == last_step.c.bank_line_id, BankLineStep.position == last_step.c.position)
    told: Any = select(BankLine, _STATE.label("state"))
    told = told.outerjoin(last_step, last_step.c.bank_line_id == BankLine.id).outerjoin(BankLineStep, is_last)
    return told.outerjoin(PaymentReversal, PaymentReversal.payment_id == BankLineStep.payment_id)


def _steps(session: Session, line_ids: Sequence[int]) -> dict[int, list[BankLineStep]]:
    steps: dict[int, list[BankLineStep]] = {line_id: [] for line_id in line_ids}
    taken = select(BankLineStep).where(col(BankLineStep.bank_line_id).in_(line_ids))
    for step in session.exec(taken.order_by(col(BankLineStep.position))):
        steps[step.bank_line_id].append(step)
    return steps
