"""The over-limit cases of the whole database: what waited ended once, as its case was decided (rule D6)."""

from collections.abc import Iterator

from sqlalchemy import and_, or_, select
from sqlmodel import Session, col

from entitlements.breaches import Breach
from entitlements.holds import Hold
from entitlements.over_limit_cases import CaseChange, HeldRequest, HeldRequestEnding, OverLimitCase
from entitlements.statements import Statement


def case_breaches(session: Session) -> Iterator[Breach]:
    """Held requests that ended before their case was decided or not with it, or as another hold than was asked for,
    and cases of a closed month that nobody decided."""
    yield from _request_breaches(session)
    yield from _undecided_breaches(session)


def _request_breaches(session: Session) -> Iterator[Breach]:
    decided = select(col(CaseChange.id)).where(col(CaseChange.case_id) == col(HeldRequest.case_id)).exists()
    ended, released = col(HeldRequestEnding.id).is_not(None), col(HeldRequestEnding.hold_id).is_not(None)
    as_asked = and_(
        col(Hold.decision_id) == col(HeldRequest.decision_id), col(Hold.minutes) == col(HeldRequest.minutes)
    )
    rows = select(col(HeldRequest.id), col(HeldRequest.minutes), decided, ended, col(Hold.id), col(Hold.minutes))
    rows = rows.select_from(HeldRequest).outerjoin(HeldRequestEnding)
    rows = rows.outerjoin(Hold, col(Hold.id) == col(HeldRequestEnding.hold_id))
    wrong = or_(and_(decided, ~ended), and_(~decided, ended), and_(released, as_asked.is_not(True)))
    for request_id, minutes, is_decided, is_ended, hold_id, held in session.connection().execute(
        rows.where(wrong).order_by(col(HeldRequest.id))
    ):
        found = "waits" if not is_ended else "closed" if hold_id is None else f"hold {hold_id} of {held} min"
        right = f"a hold of {minutes} min, or closed" if is_decided else "waits"
        yield Breach("D6", f"held request {request_id}", found, right)


def _undecided_breaches(session: Session) -> Iterator[Breach]:
    decided = select(col(CaseChange.id)).where(col(CaseChange.case_id) == col(OverLimitCase.id)).exists()
    of_case = and_(
        col(Statement.client_id) == col(OverLimitCase.client_id),
        col(Statement.seller_id) == col(OverLimitCase.seller_id),
        col(Statement.month) == col(OverLimitCase.month),
    )
    left = select(col(OverLimitCase.id), col(Statement.id)).join(Statement, of_case).where(~decided)
    for case_id, statement_id in session.connection().execute(left.order_by(col(OverLimitCase.id))):
        yield Breach(
            "D6", f"over-limit case {case_id}", f"new, with statement {statement_id}", "a case that was decided"
        )
