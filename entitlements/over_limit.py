"""Over-limit cases: collecting requests beyond the hours, and what managers say to all of them at once (rule D6)."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace
from sqlmodel import Session, col, select

from contracts.appending import append, append_all, append_numbered
from contracts.errors import Refusal
from contracts.locking import lock_client
from contracts.parties import Seller
from contracts.requisites import require_text
from contracts.terms import first_of_month
from entitlements.answers import Decision
from entitlements.case_states import CaseState
from entitlements.covers import CaseFacts, ClientFacts
from entitlements.decision_log import StoredDecision
from entitlements.holds import Hold
from entitlements.hours import local_day
from entitlements.over_limit_cases import CaseChange, HeldRequest, HeldRequestEnding, OverLimitCase, RequestEnd
from entitlements.statements import Statement
from entitlements.uses import use_at

CLOSE_OF_MONTH = "close-month"
"""By whom a case is changed when its month is closed."""


def join_case(session: Session, facts: ClientFacts, answer: Decision) -> ClientFacts:
    """The facts with a request counted in the case of its month, which the first one opens; the client is locked."""
    assert answer.cover is not None
    seller_id = answer.cover.seller_id
    month = first_of_month(local_day(answer.at, facts.pools[seller_id].time_zone))
    known = facts.case_of(seller_id, month)
    if known is None:
        of = {"client_id": facts.client_id, "seller_id": seller_id, "month": month, "opened_at": answer.at}
        known = CaseFacts(append(session, OverLimitCase, of).id, seller_id, month, ())
    joined = replace(known, asked_at=(*known.asked_at, answer.at))
    return replace(facts, cases=(*(case for case in facts.cases if case.id != known.id), joined))


def decide_case(
    session: Session,
    case_id: int,
    state: CaseState,
    *,
    decided_by: str,
    note: str = "",
    at: datetime,
    seen: CaseState = CaseState.NEW,
) -> CaseChange:
    """Bring a case from the state that was `seen` to another, while its month is open.

    Leaving "new" ends every held request at once: with "refuse" they are closed, else each becomes a hold, beyond the
    hours where there are none; once the month is over they are closed whatever is said. Raises `Refusal` with
    CASE_UNKNOWN, CASE_DECIDED when somebody else was first, CASE_STATE_WRONG, MONTH_CLOSED or TEXT_WRONG.
    """
    said = {"changed_by": require_text(decided_by, "decided_by", 200)}
    said["note"] = require_text(note, "note", 300) if note else ""
    case = session.get(OverLimitCase, case_id)
    if case is None:
        raise Refusal("CASE_UNKNOWN", field="case_id", value=case_id)
    lock_client(session, case.client_id)
    last = _last_change(session, case_id)
    _require_open(session, case)
    _require_follows(state, seen, last)
    return _change(session, case, last, state, said, at)


def _last_change(session: Session, case_id: int) -> CaseChange | None:
    made = select(CaseChange).where(CaseChange.case_id == case_id)
    return session.exec(made.order_by(col(CaseChange.position).desc()).limit(1)).first()


def _require_open(session: Session, case: OverLimitCase) -> None:
    month = (Statement.seller_id == case.seller_id, Statement.client_id == case.client_id)
    closed = select(Statement.id).where(*month, Statement.month >= case.month).limit(1)
    if session.exec(closed).first() is not None:
        raise Refusal("MONTH_CLOSED", field="case_id", value=f"{case.month:%Y-%m}")


def _require_follows(state: CaseState, seen: CaseState, last: CaseChange | None) -> None:
    current = CaseState.NEW if last is None else last.state
    allowed = [one.value for one in current.followers]
    if last is not None and current is not seen:
        by = {"decided_by": last.changed_by, "decided_at": last.changed_at}
        raise Refusal("CASE_DECIDED", field="state", value=state, state=current, allowed=allowed, **by)
    if current is not seen:
        raise Refusal("CASE_STATE_WRONG", field="seen", value=seen, allowed=[current.value])
    if state not in current.followers:
        raise Refusal("CASE_STATE_WRONG", field="state", value=state, allowed=allowed)


def _change(
    session: Session,
    case: OverLimitCase,
    last: CaseChange | None,
    state: CaseState,
    said: Mapping[str, str],
    at: datetime,
) -> CaseChange:
    """Store the change; when clocks differ, after whatever the case holds already, so that replays see it last."""
    waiting = _waiting(session, case.id) if last is None else []
    known = [one.asked_at for one in waiting] + ([] if last is None else [last.changed_at])
    at = max([at, *(one + timedelta.resolution for one in known)])
    position = 1 if last is None else last.position + 1
    changed = append(
        session, CaseChange, {"case_id": case.id, "position": position, "state": state, "changed_at": at, **said}
    )
    _end(session, case, waiting, state, at)
    return changed


def _waiting(session: Session, case_id: int) -> Sequence[HeldRequest]:
    rows = select(HeldRequest).outerjoin(HeldRequestEnding).where(HeldRequest.case_id == case_id)
    return session.exec(rows.where(col(HeldRequestEnding.id).is_(None)).order_by(col(HeldRequest.id))).all()


def _end(session: Session, case: OverLimitCase, waiting: Sequence[HeldRequest], state: CaseState, at: datetime) -> None:
    """Release the requests by a hold each, or close them where they are refused or their month is over.

    A released request for a counted service takes its use, beyond what is included too, as a person said so.
    """
    over = first_of_month(session.get_one(Seller, case.seller_id).day_of(at)) > case.month
    if state.serves and not over:
        held = [_hold(case, one, at) for one in waiting]
        hold_ids: Sequence[int | None] = append_numbered(session, Hold, held)
        _take_uses(session, waiting, at)
        end = RequestEnd.RELEASED
    else:
        hold_ids, end = [None] * len(waiting), RequestEnd.CLOSED
    endings = [
        {"held_request_id": one.id, "end": end, "hold_id": hold_id, "ended_at": at}
        for one, hold_id in zip(waiting, hold_ids, strict=True)
    ]
    append_all(session, HeldRequestEnding, endings)


def _take_uses(session: Session, released: Sequence[HeldRequest], at: datetime) -> None:
    asked = select(StoredDecision).where(col(StoredDecision.id).in_([one.decision_id for one in released]))
    answers = {row.id: row.told() for row in session.exec(asked)}
    for one in released:
        use_at(session, answers[one.decision_id], one.service, one.decision_id, one.ticket, at)


def _hold(case: OverLimitCase, request: HeldRequest, at: datetime) -> dict[str, object]:
    return {
        "client_id": case.client_id,
        "seller_id": case.seller_id,
        "decision_id": request.decision_id,
        "ticket": request.ticket,
        "minutes": request.minutes,
        "placed_at": at,
        "expires_at": at + timedelta(hours=request.hold_hours),
    }


def close_cases(
    session: Session, cases: Mapping[int, tuple[int, CaseState]], invoices: Mapping[int, str | None], *, at: datetime
) -> None:
    """What the close of a month makes of its `cases`, as by `states_in_month`: by the client's id, as the invoices are.

    What is billed is invoiced by the number of the invoice; what nobody decided is refused, so that its requests are
    closed, while work that was done beyond the hours is charged as the plan says. The caller holds the clients' rows.
    """
    for client_id, invoice in invoices.items():
        case_id, state = cases.get(client_id, (0, None))
        if state is CaseState.NEW:
            _close_case(session, case_id, CaseState.REFUSE, at)
        elif state is CaseState.BILL and invoice is not None:
            _close_case(session, case_id, CaseState.INVOICED, at, invoice)


def _close_case(session: Session, case_id: int, state: CaseState, at: datetime, invoice: str = "") -> None:
    closed = {"changed_by": CLOSE_OF_MONTH, "note": "", "invoice": invoice}
    _change(session, session.get_one(OverLimitCase, case_id), _last_change(session, case_id), state, closed, at)
