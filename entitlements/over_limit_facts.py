"""Reading over-limit cases: as the desk's decision knows them, and as people list them (rule D6)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, func
from sqlmodel import Session, col, select

from contracts.errors import Refusal
from entitlements.case_states import CaseState
from entitlements.covers import CaseFacts
from entitlements.over_limit_cases import CaseChange, HeldRequest, HeldRequestEnding, OverLimitCase, RequestEnd
from entitlements.statements import StatementLine
from entitlements.work import WorkEntry


def read_cases(
    session: Session, client_id: int, known_at: datetime | None, opened: Mapping[int, date | None]
) -> tuple[CaseFacts, ...]:
    """The client's cases from the first open day of each seller on, as they were known at a moment (D1)."""
    held = select(OverLimitCase, HeldRequest.asked_at).join(HeldRequest).where(OverLimitCase.client_id == client_id)
    if known_at is not None:
        held = held.where(HeldRequest.asked_at <= known_at)
    asked: dict[int, list[datetime]] = defaultdict(list)
    cases = {}
    for case, asked_at in session.exec(held.order_by(col(OverLimitCase.id), col(HeldRequest.id))):
        if case.month >= (opened.get(case.seller_id) or date.min):
            cases[case.id] = case
            asked[case.id].append(asked_at)
    changes = _changes(session, list(cases), known_at)
    return tuple(
        CaseFacts(case.id, case.seller_id, case.month, tuple(asked[case.id]), tuple(changes[case.id]))
        for case in cases.values()
    )


def _changes(
    session: Session, case_ids: Sequence[int], known_at: datetime | None
) -> dict[int, list[tuple[datetime, CaseState]]]:
    changes: dict[int, list[tuple[datetime, CaseState]]] = defaultdict(list)
    if not case_ids:
        return changes
    made = select(CaseChange).where(col(CaseChange.case_id).in_(case_ids))
    if known_at is not None:
        made = made.where(CaseChange.changed_at <= known_at)
    for one in session.exec(made.order_by(col(CaseChange.case_id), col(CaseChange.position))):
        changes[one.case_id].append((one.changed_at, one.state))
    return changes


def states_in_month(
    session: Session, seller_id: int, month: date, client_ids: Sequence[int]
) -> dict[int, tuple[int, CaseState]]:
    """The case of each of the clients that has one in a seller's month, by the client's id: its id and state."""
    rows = _listed(OverLimitCase.client_id, OverLimitCase.id, CaseChange.state)
    rows = rows.where(OverLimitCase.seller_id == seller_id, OverLimitCase.month == month)
    rows = rows.where(col(OverLimitCase.client_id).in_(client_ids)).order_by(col(OverLimitCase.id))
    return {client_id: (case_id, state or CaseState.NEW) for client_id, case_id, state in session.exec(rows)}


def forgiven_entries(session: Session, seller_id: int, client_ids: Sequence[int], month: date) -> frozenset[int]:
    """The entries of closed months that were forgiven and are taken back in a month or after it, by their ids."""
    taken_back = select(WorkEntry.reverses_id).join(
        StatementLine, col(StatementLine.work_entry_id) == col(WorkEntry.reverses_id)
    )
    taken_back = taken_back.where(WorkEntry.seller_id == seller_id, col(WorkEntry.client_id).in_(client_ids))
    free = taken_back.where(WorkEntry.counts_on >= month, StatementLine.rate_minor == 0)
    return frozenset(entry_id for entry_id in session.exec(free) if entry_id is not None)


def _listed(*columns: Any) -> Any:
    """Cases with the change that each came to; none while it is new."""
    latest = select(col(CaseChange.case_id), func.max(CaseChange.position).label("position"))
    last = latest.group_by(col(CaseChange.case_id)).subquery()
    rows = select(*columns).select_from(OverLimitCase).outerjoin(last, last.c.case_id == col(OverLimitCase.id))
    its_last = and_(col(CaseChange.case_id) == last.c.case_id, col(CaseChange.position) == last.c.position)
    return rows.outerjoin(CaseChange, its_last)


class CaseRecord(NamedTuple):
    """A case as it is listed: its state with who chose it, when and why, and how many requests it has and wait."""

    id: int
    client_id: int
    seller_id: int
    month: date
    opened_at: datetime
    state: CaseState
    decided_by: str | None
    decided_at: datetime | None
    note: str
    invoice: str | None
    held_requests: int
    waiting_requests: int


def list_cases(
    session: Session,
    *,
    state: CaseState | None = None,
    seller_id: int | None = None,
    client_id: int | None = None,
    month: date | None = None,
    case_id: int | None = None,
    after: int = 0,
    limit: int | None = None,
) -> list[CaseRecord]:
    """The cases in the order of their opening, those of a state, a seller, a client or a month, from an id on."""
    rows = _listed(OverLimitCase, CaseChange).where(col(OverLimitCase.id) > after)
    if state is CaseState.NEW:
        rows = rows.where(col(CaseChange.id).is_(None))
    elif state is not None:
        rows = rows.where(CaseChange.state == state)
    own = {"seller_id": seller_id, "client_id": client_id, "month": month, "id": case_id}
    rows = rows.where(*(getattr(OverLimitCase, name) == value for name, value in own.items() if value is not None))
    found = list(session.exec(rows.order_by(col(OverLimitCase.id)).limit(limit)))
    counts = _counts(session, [case.id for case, _ in found])
    return [_record(case, last, *counts.get(case.id, (0, 0))) for case, last in found]


def _record(case: OverLimitCase, last: CaseChange | None, held: int, waiting: int) -> CaseRecord:
    told: tuple[CaseState, str | None, datetime | None, str, str | None] = (CaseState.NEW, None, None, "", None)
    if last is not None:
        told = (last.state, last.changed_by, last.changed_at, last.note, last.invoice or None)
    return CaseRecord(case.id, case.client_id, case.seller_id, case.month, case.opened_at, *told, held, waiting)


def _counts(session: Session, case_ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """How many requests each case collected, and how many of them wait."""
    counted = select(col(HeldRequest.case_id), func.count(), func.count(col(HeldRequestEnding.id)))
    counted = counted.outerjoin(HeldRequestEnding).where(col(HeldRequest.case_id).in_(case_ids))
    rows = session.exec(counted.group_by(col(HeldRequest.case_id)))
    return {case_id: (held, held - ended) for case_id, held, ended in rows}


def case_record(session: Session, case_id: int) -> CaseRecord:
    """One case. Raises `Refusal("CASE_UNKNOWN")`."""
    found = list_cases(session, case_id=case_id)
    if not found:
        raise Refusal("CASE_UNKNOWN", field="case_id", value=case_id)
    return found[0]


def clients_of(session: Session, case_ids: Sequence[int]) -> dict[int, int]:
    """Whose each of the cases is, by the case's id; unknown ones are left out."""
    owners = select(OverLimitCase.id, OverLimitCase.client_id).where(col(OverLimitCase.id).in_(case_ids))
    return dict(session.exec(owners).all())


class RequestRecord(NamedTuple):
    """A held request as it is listed; `end` is none while it waits, `hold_id` names the hold that serves it."""

    id: int
    decision_id: str
    ticket: str
    service: str | None
    minutes: int
    asked_by: str
    asked_at: datetime
    end: RequestEnd | None
    ended_at: datetime | None
    hold_id: int | None


_OF_REQUEST, _OF_END = RequestRecord._fields[:7], RequestRecord._fields[7:]


def requests_of(session: Session, case_id: int) -> list[RequestRecord]:
    """What a case has collected, in the order of asking."""
    rows = select(HeldRequest, HeldRequestEnding).outerjoin(HeldRequestEnding).where(HeldRequest.case_id == case_id)
    return [
        RequestRecord._make(
            [*(getattr(one, name) for name in _OF_REQUEST), *(getattr(end, name, None) for name in _OF_END)]
        )
        for one, end in session.exec(rows.order_by(col(HeldRequest.id)))
    ]


def changes_of(session: Session, case_id: int) -> list[CaseChange]:
    """Every change of a case, the first one first."""
    made = select(CaseChange).where(CaseChange.case_id == case_id)
    return list(session.exec(made.order_by(col(CaseChange.position))))


def held_request_of(session: Session, decision_id: str) -> HeldRequest | None:
    """The request that waits since a stored answer, if any."""
    return session.exec(select(HeldRequest).where(HeldRequest.decision_id == decision_id)).first()
