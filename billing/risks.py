"""Measuring what puts renewals at risk: one function for each risk, over any number of lines at once."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby

from msgspec import Struct
from msgspec.json import Decoder
from sqlmodel import Session, col, select

from billing.ending import ending
from billing.pipeline import Chosen, Line, Risk
from contracts.catalogue import Plan
from contracts.errors import Refusal
from contracts.parties import Seller
from contracts.subscriptions import PaymentMark, Subscription
from contracts.terms import ONE_DAY, Term
from entitlements.covers import CoverKind
from entitlements.decision_log import UNSERVED, StoredDecision
from entitlements.facts import facts_of_pools
from entitlements.hours import account
from entitlements.lost_hours import lost_minutes
from entitlements.objection_facts import count_undecided
from entitlements.reasons import Reason
from entitlements.statements import Statement
from entitlements.stored_question import stored_question

FOR_LACK_OF_HOURS = (
    Reason.HOURS_EXHAUSTED,
    Reason.REQUEST_EXCEEDS_BALANCE,
    Reason.OVERRUN_LIMIT_REACHED,
    Reason.OVERAGE_NEEDS_APPROVAL,
)
"""The reasons of a request that was denied, or held for a manager, because its hours were not there."""
CHUNK = 20_000
"""How many clients one select can name on both databases."""


def pipeline(
    session: Session, chosen: Chosen, *, at: datetime, after: int | None = None, limit: int | None = None
) -> list[Line]:
    """The chosen lines with their risks, the first to end first; `after` is the last subscription of the page before.

    Raises `Refusal` with SELLER_UNKNOWN, PLAN_UNKNOWN, FIELD_WRONG for days that hold none, or SUBSCRIPTION_UNKNOWN for
    the page before.
    """
    _require_known(session, chosen)
    if chosen.ends_until < chosen.ends_from:
        allowed = f"{chosen.ends_from} or later"
        raise Refusal("FIELD_WRONG", field="ends_until", value=chosen.ends_until, allowed=allowed)
    last = _last_of_page(session, after)
    if chosen.risk is None:
        return assessed(session, ending(session, chosen, at=at, after=last, limit=limit)[:limit], at=at)
    lines = assessed(session, ending(session, chosen, at=at, after=last), at=at)
    return [line for line in lines if chosen.risk in line.risks][:limit]


def _require_known(session: Session, chosen: Chosen) -> None:
    if chosen.seller_id is not None and session.get(Seller, chosen.seller_id) is None:
        raise Refusal("SELLER_UNKNOWN", field="seller_id", value=chosen.seller_id)
    if chosen.plan is not None and session.exec(select(Plan.id).where(Plan.code == chosen.plan)).first() is None:
        allowed = list(session.exec(select(Plan.code).order_by(Plan.code)))
        raise Refusal("PLAN_UNKNOWN", field="plan", value=chosen.plan, allowed=allowed)


def _last_of_page(session: Session, subscription_id: int | None) -> Subscription | None:
    if subscription_id is None:
        return None
    last = session.get(Subscription, subscription_id)
    if last is None:
        raise Refusal("SUBSCRIPTION_UNKNOWN", field="after", value=subscription_id)
    return last


def assessed(session: Session, lines: Sequence[Line], *, at: datetime) -> list[Line]:
    """The lines with how much there is of each risk."""
    found = {risk: measure(session, lines, at) for risk, measure in MEASURED.items()} if lines else {}
    return [
        replace(
            line, risks={risk: most[line.subscription_id] for risk, most in found.items() if most[line.subscription_id]}
        )
        for line in lines
    ]


class _Cover(Struct):
    kind: CoverKind
    id: int


class _Refused(Struct):
    """As much of a stored answer as says which cover it rested on."""

    cover: _Cover | None = None


_refused = Decoder(_Refused)


def unpaid_days(session: Session, lines: Sequence[Line], at: datetime) -> Mapping[int, int]:
    """For each subscription whose payment is followed, the days since it should have been paid for today (S8)."""
    until: dict[int, date] = {}
    for chunk in _chunks([line.subscription_id for line in lines]):
        marks = select(PaymentMark).where(col(PaymentMark.subscription_id).in_(chunk)).order_by(col(PaymentMark.id))
        until |= {mark.subscription_id: mark.until for mark in session.exec(marks)}  # the last mark governs
    unpaid: dict[int, int] = defaultdict(int)
    for line in lines:
        if line.subscription_id in until:
            served = line.last_day - timedelta(days=line.days_left)
            unpaid[line.subscription_id] = max((served - until[line.subscription_id]).days, 0)
    return unpaid


def refused_requests(session: Session, lines: Sequence[Line], at: datetime) -> Mapping[int, int]:
    """For each subscription, how many requests it could not serve for lack of hours; a ticket asked about twice is one.

    By the answers that the desk was given, which name the subscription they rested on; none rests on one that has not
    begun, so those about earlier moments are not read.
    """
    begun = datetime.combine(min(line.starts_on for line in lines) - ONE_DAY, time(), UTC)  # wherever a seller is
    refused = select(StoredDecision.id, StoredDecision.ticket, StoredDecision.question, StoredDecision.answer)
    refused = refused.where(UNSERVED, col(StoredDecision.reason).in_(FOR_LACK_OF_HOURS))
    refused = refused.where(col(StoredDecision.asked_at) >= begun)
    tickets: dict[int, set[str]] = defaultdict(set)
    for chunk in _chunks(sorted({line.client_id for line in lines})):
        own = refused.where(col(StoredDecision.client_id).in_(chunk))
        for decision_id, ticket, question, answer in session.exec(own):
            cover = _refused.decode(answer).cover
            if cover is not None and cover.kind is CoverKind.SUBSCRIPTION and stored_question(question).is_request:
                tickets[cover.id].add(ticket or decision_id)
    return defaultdict(int, {subscription_id: len(own) for subscription_id, own in tickets.items()})


def lost_hours(session: Session, lines: Sequence[Line], at: datetime) -> Mapping[int, int]:
    """For each subscription, the minutes that burnt in its term or will burn soon.

    A pool is shared by all that the client has with the seller, so it is the pool's minutes. Closed months
    count by their statements, the open ones by the hours account.
    """
    lost: dict[int, int] = defaultdict(int)
    for seller_id, sold in groupby(sorted(lines, key=_seller), key=_seller):
        by_client: dict[int, list[Line]] = defaultdict(list)
        for line in sold:
            by_client[line.client_id].append(line)
        for chunk in _chunks(list(by_client)):
            closed = _closed(session, seller_id, chunk)
            for client_id, facts in facts_of_pools(session, seller_id, chunk).items():
                hours = account(facts, at)
                for line in by_client[client_id]:
                    burnt = sum(minutes for month, minutes in closed[client_id] if _is_whole(month, line.term))
                    lost[line.subscription_id] = burnt + lost_minutes(hours, line.term)
    return lost


def open_objections(session: Session, lines: Sequence[Line], at: datetime) -> Mapping[int, int]:
    """For each subscription, how many objections of its client to the seller's statements wait for a decision (P6)."""
    waiting: dict[int, int] = defaultdict(int)
    for seller_id, sold in groupby(sorted(lines, key=_seller), key=_seller):
        own = list(sold)
        counts: dict[int, int] = {}
        for chunk in _chunks(sorted({line.client_id for line in own})):
            counts |= count_undecided(session, seller_id, chunk)
        waiting |= {line.subscription_id: counts.get(line.client_id, 0) for line in own}
    return waiting


def _is_whole(month: date, term: Term) -> bool:
    """Whether a calendar month begins in the term: what burns earlier in its first one may be the predecessor's."""
    return term.starts_on <= month < term.ends_on


def _closed(session: Session, seller_id: int, client_ids: Sequence[int]) -> Mapping[int, list[tuple[date, int]]]:
    """The minutes that burnt in each closed month of each client."""
    closed = select(Statement.client_id, col(Statement.month), Statement.burnt_minutes)
    closed = closed.where(Statement.seller_id == seller_id, Statement.burnt_minutes > 0)
    burnt: dict[int, list[tuple[date, int]]] = defaultdict(list)
    for client_id, month, minutes in session.exec(closed.where(col(Statement.client_id).in_(client_ids))):
        burnt[client_id].append((month, minutes))
    return burnt


def _seller(line: Line) -> int:
    return line.seller_id


def _chunks(ids: Sequence[int]) -> list[Sequence[int]]:
    return [ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK)]


Measure = Callable[[Session, Sequence[Line], datetime], Mapping[int, int]]
MEASURED: Mapping[Risk, Measure] = {
    Risk.UNPAID: unpaid_days,
    Risk.HOURS_REFUSED: refused_requests,
    Risk.HOURS_LOST: lost_hours,
    Risk.OPEN_OBJECTIONS: open_objections,
}
"""How each risk is measured; a new risk is a line here and its name in `Risk`."""
