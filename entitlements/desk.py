"""The desk asks: finding the client, deciding, storing the answer, holding minutes (rules D1, D2, D4, D5, H12)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import insert, or_
from sqlmodel import Session, col, select

from contracts.appending import append
from contracts.errors import Refusal
from contracts.known_rows import known_row
from contracts.locking import lock_client
from contracts.queries import clients_named
from entitlements.answers import CoverView, Decision, Question
from entitlements.client_facts import current_facts, lock_facts, read_facts, store_snapshot
from entitlements.covers import ClientFacts
from entitlements.decision import decide
from entitlements.decision_log import StoredDecision
from entitlements.hold_ends import HoldEnd
from entitlements.holds import Hold, HoldEnding
from entitlements.hours_facts import Reserve
from entitlements.named_holds import named_hold
from entitlements.over_limit import join_case
from entitlements.over_limit_cases import HeldRequest
from entitlements.reasons import Reason
from entitlements.uses import ServiceUse, take_use, use_facts

LONGEST_HOLD_HOURS = 8760


class Caller(Struct, frozen=True):
    """Who the request is about, by any keys that name a client; `only_client_id` is all that the asker may see."""

    keys: Mapping[str, str | int]
    only_client_id: int | None = None


def find_client(
    session: Session, caller: Caller, question: Question, known_at: datetime | None = None
) -> int | Decision:
    """The one client that the keys named then, else the answer CLIENT_UNKNOWN or CLIENT_AMBIGUOUS with candidates (D4).

    Between several the owner of the program asked about is meant, when it is one of them.
    """
    at = question.at
    found = clients_named(session, caller.keys, at=at if known_at is None else min(at, known_at))
    if caller.only_client_id is not None:
        found = [client_id for client_id in found if client_id == caller.only_client_id]
    if len(found) > 1 and question.registration_number is not None:
        owners = clients_named(session, {"registration_number": question.registration_number})
        found = [client_id for client_id in found if client_id in owners] or found
    if len(found) == 1:
        return found[0]
    reason = Reason.CLIENT_AMBIGUOUS if found else Reason.CLIENT_UNKNOWN
    return Decision(reason, at, None, 0, candidates=tuple(found))


def check(session: Session, caller: Caller, question: Question, *, known_at: datetime | None = None) -> Decision:
    """The answer, from the facts in force at the moment asked about; nothing is reserved or stored."""
    found = find_client(session, caller, question, known_at)
    if isinstance(found, Decision):
        return found
    if known_at is not None:
        return decide(read_facts(session, found, before=question.at, known_at=known_at), question)
    facts = current_facts(session, found)
    if reaches_back(facts, question.at):
        facts = read_facts(session, found, before=question.at)
    return decide(facts, question)


def reaches_back(facts: ClientFacts, at: datetime) -> bool:
    """Whether the moment lies in a month that is closed, so that the facts must be read for it (D1)."""
    return any(pool.since is not None and at < pool.since for pool in facts.pools.values())


class Asked(Struct, frozen=True):
    """An answer as it is stored: its id, made before it is given, who asked, when, and the question as it came."""

    id: str
    asked_by: str
    evaluated_at: datetime
    ticket: str
    question: str


def stored(decision: Decision, asked: Asked) -> dict[str, Any]:
    """The columns of the `StoredDecision` that keeps an answer with all that it rested on (E5)."""
    return {
        "id": asked.id,
        "client_id": decision.client_id,
        "asked_by": asked.asked_by,
        "asked_at": decision.at,
        "evaluated_at": asked.evaluated_at,
        "decision": decision.verdict,
        "reason": decision.reason,
        "ticket": asked.ticket,
        "state_version": decision.state_version,
        "question": asked.question,
        "answer": msgspec.json.encode(decision).decode(),
    }


def read_decision(session: Session, decision_id: str) -> tuple[StoredDecision, Decision] | None:
    """A stored answer, as it was given."""
    row = session.get(StoredDecision, decision_id)
    return None if row is None else (row, row.told())


def hold(
    session: Session, caller: Caller, question: Question, asked: Asked, *, hold_hours: int | None = None
) -> tuple[Decision, Hold | None]:
    """Check and, when the request is served, reserve the hours it needs and take its use of a counted service.

    All in one transaction. A request that a manager has to approve reserves nothing: it waits in the over-limit case
    of its month (D6). A hold is asked about now; when clocks differ, never about a moment before what is already
    taken, for it could not see it. It lives for `hold_hours`, or as long as the plan says. Raises
    `Refusal("HOLD_HOURS_WRONG")`.
    """
    if hold_hours is not None:
        _require_hold_hours(hold_hours)
    found = find_client(session, caller, question)
    if isinstance(found, Decision):
        store_decision(session, found, asked)
        return found, None
    facts = lock_facts(session, found)
    question = replace(question, at=_not_before_others(facts, question.at))
    decision = decide(facts, question)
    waits = decision.reason is Reason.OVERAGE_NEEDS_APPROVAL
    if waits:
        facts = join_case(session, facts, decision)
        decision = decide(facts, question)
    store_decision(session, decision, asked)
    if waits:
        _wait(session, facts, decision, asked, question.asked, hold_hours)
    placed = _place(session, facts, decision, asked, hold_hours)
    used = take_use(session, decision, question.asked, asked.id, asked.ticket)
    facts = facts if placed is None else _with_hold(facts, placed)
    store_snapshot(session, facts if used is None else _with_use(facts, used))
    return decision, placed


_DECISION = insert(StoredDecision)


def store_decision(session: Session, decision: Decision, asked: Asked) -> None:
    """Keep an answer as it was given (E5)."""
    session.connection().execute(_DECISION, stored(decision, asked))


def _not_before_others(facts: ClientFacts, at: datetime) -> datetime:
    """The moment, or the first one that sees every hold that was placed and the work that took the place of one."""
    reserves = [reserve for pool in facts.pools.values() for reserve in pool.reserves]
    ended = (one.ended_at + timedelta.resolution for one in reserves if one.ended_at is not None)
    used = (use.used_at for use in facts.uses)
    told = (moment + timedelta.resolution for case in facts.cases for moment in case.moments)
    return max([at, *(one.placed_at for one in reserves), *ended, *used, *told])


def _require_hold_hours(hold_hours: int) -> None:
    if not 1 <= hold_hours <= LONGEST_HOLD_HOURS:
        raise Refusal("HOLD_HOURS_WRONG", field="hold_hours", value=hold_hours, allowed=f"1 to {LONGEST_HOLD_HOURS}")


def _place(
    session: Session, facts: ClientFacts, decision: Decision, asked: Asked, hold_hours: int | None
) -> Hold | None:
    if not decision.is_served_here or decision.cover is None or decision.cost is None:
        return None
    if not decision.cost.billed_minutes:
        return None
    placed = {
        "client_id": facts.client_id,
        "seller_id": decision.cover.seller_id,
        "decision_id": asked.id,
        "ticket": asked.ticket,
        "minutes": decision.cost.billed_minutes,
        "placed_at": decision.at,
        "expires_at": decision.at + timedelta(hours=hold_hours or _hold_hours(facts, decision.cover)),
    }
    return append(session, Hold, placed)


def _wait(
    session: Session, facts: ClientFacts, decision: Decision, asked: Asked, service: str | None, hold_hours: int | None
) -> None:
    assert decision.case is not None
    assert decision.cover is not None
    assert decision.cost is not None
    held = {
        "case_id": decision.case.id,
        "decision_id": asked.id,
        "ticket": asked.ticket,
        "service": service,
        "minutes": decision.cost.billed_minutes,
        "hold_hours": hold_hours or _hold_hours(facts, decision.cover),
        "asked_by": asked.asked_by,
        "asked_at": decision.at,
    }
    append(session, HeldRequest, held)


def _with_hold(facts: ClientFacts, placed: Hold) -> ClientFacts:
    pool = facts.pools[placed.seller_id]
    reserve = Reserve(placed.id, placed.minutes, placed.placed_at, placed.expires_at)
    return replace(facts, pools={**facts.pools, placed.seller_id: replace(pool, reserves=(*pool.reserves, reserve))})


def _with_use(facts: ClientFacts, used: ServiceUse) -> ClientFacts:
    return replace(facts, uses=(*facts.uses, use_facts(used, facts.pools[used.seller_id].time_zone)))


def _hold_hours(facts: ClientFacts, view: CoverView) -> int:
    """For how long the plan of a cover holds minutes."""
    return facts.plans[facts.cover(view.kind, view.id).plan_version_id].hold_hours


def hold_of_decision(session: Session, client_id: int | None, decision_id: str) -> Hold | None:
    """The hold that a stored answer about a client placed, if any; it may have been extended or ended since."""
    placed = select(Hold).where(Hold.client_id == client_id, Hold.decision_id == decision_id)
    return session.exec(placed.where(col(Hold.successor_of).is_(None))).first()


def settle_hold(session: Session, hold_id: int, *, at: datetime, minutes: int | None = None) -> HoldEnding:
    """End a hold whose work is logged, wholly or by so many of its minutes; the rest is released.

    The id of one that was extended means the hold that took its place, here and below. A lapsed one can be settled
    too, since its minutes no longer count (H12). Raises `Refusal` with HOLD_UNKNOWN, HOLD_ENDED, or MINUTES_WRONG for
    more minutes than it holds.
    """
    held = _running(session, hold_id)
    settled = held.minutes if minutes is None else minutes
    if not 0 <= settled <= held.minutes:
        raise Refusal("MINUTES_WRONG", field="minutes", value=settled, allowed=f"0 to {held.minutes}")
    return _end(session, held, HoldEnd.SETTLED, at, settled)


def release_hold(session: Session, hold_id: int, *, at: datetime) -> HoldEnding:
    """Give a hold's minutes back. Raises `Refusal` with HOLD_UNKNOWN or HOLD_ENDED."""
    return _end(session, _running(session, hold_id), HoldEnd.RELEASED, at)


def extend_hold(session: Session, hold_id: int, hold_hours: int, *, at: datetime) -> Hold:
    """End a live hold and place its successor, with the same minutes, for so many hours from now.

    Raises `Refusal` with HOLD_UNKNOWN, HOLD_ENDED, HOLD_HOURS_WRONG or HOLD_LAPSED: lapsed minutes may be somebody
    else's by now.
    """
    _require_hold_hours(hold_hours)
    old = _running(session, hold_id)
    if old.expires_at <= at:
        raise Refusal("HOLD_LAPSED", field="hold_id", value=hold_id, expires_at=old.expires_at)
    _end(session, old, HoldEnd.EXTENDED, at)
    extended = {
        "client_id": old.client_id,
        "seller_id": old.seller_id,
        "decision_id": old.decision_id,
        "successor_of": old.id,
        "ticket": old.ticket,
        "minutes": old.minutes,
        "placed_at": at,
        "expires_at": at + timedelta(hours=hold_hours),
    }
    return append(session, Hold, extended)


def _running(session: Session, hold_id: int) -> Hold:
    """The hold that the id names, with its client's row locked. Raises `Refusal` with HOLD_UNKNOWN or HOLD_ENDED."""
    lock_client(session, known_row(session, Hold, hold_id).client_id)
    held, ending = named_hold(session, hold_id)
    if ending is not None:
        raise Refusal("HOLD_ENDED", field="hold_id", value=hold_id, end=ending.end)
    return held


def _end(session: Session, held: Hold, end: HoldEnd, at: datetime, settled: int | None = None) -> HoldEnding:
    return append(session, HoldEnding, {"hold_id": held.id, "end": end, "ended_at": at, "settled_minutes": settled})


def live_holds(
    session: Session, *, at: datetime, client_id: int | None = None, after: int = 0, limit: int | None = None
) -> list[Hold]:
    """The holds that count at a moment, of one client or of all, in the order of their placing, from an id on."""
    live = select(Hold).outerjoin(HoldEnding).where(or_(col(HoldEnding.id).is_(None), col(HoldEnding.ended_at) > at))
    live = live.where(col(Hold.placed_at) <= at, col(Hold.expires_at) > at, col(Hold.id) > after)
    if client_id is not None:
        live = live.where(Hold.client_id == client_id)
    return list(session.exec(live.order_by(col(Hold.id)).limit(limit)))
