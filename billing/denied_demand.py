"""The demand that was denied: requests that were not served, for how long, why, and what they were worth (D2, D6)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Row, select
from sqlmodel import Session, col

from contracts.catalogue import Plan, PlanVersion
from contracts.money import Money
from contracts.parties import Client
from entitlements.decision_log import UNSERVED, StoredDecision
from entitlements.over_limit_cases import HeldRequest, HeldRequestEnding, RequestEnd
from entitlements.reasons import Reason
from entitlements.stored_question import stored_question

CHUNK = 5_000
"""How many tickets one select can name."""
SERVED = [reason for reason in Reason if reason.is_served]


@dataclass(frozen=True, slots=True)
class DeniedRequest:
    """A request of a known client that nobody served: the billed minutes that it would have taken, and their price.

    `worth` is incl. tax, at the plan's price of an hour beyond the hours, or of the service where it has one; none
    where no price is known.
    """

    decision_id: str
    client_id: int
    client: str
    asked_at: datetime
    ticket: str
    reason: Reason
    minutes: int
    worth: Money | None


@dataclass(frozen=True, slots=True)
class DeniedForReason:
    """The requests that were denied for one reason; `unpriced_minutes` are those in no sum."""

    reason: Reason
    requests: int
    minutes: int
    unpriced_minutes: int
    sums: tuple[Money, ...]


class _Cover(msgspec.Struct):
    seller_id: int
    plan_code: str
    plan_version: int


class _Cost(msgspec.Struct):
    billed_minutes: int
    amount: Money | None = None


class _Answer(msgspec.Struct):
    """As much of a stored answer as says what the request would have taken."""

    cover: _Cover | None = None
    cost: _Cost | None = None


class _Question(msgspec.Struct):
    """As much of a stored question as says what was asked for."""

    requested_minutes: int | None = None


_answers, _questions = msgspec.json.Decoder(_Answer), msgspec.json.Decoder(_Question)


def denied_requests(
    session: Session,
    *,
    from_at: datetime,
    before: datetime,
    seller_id: int | None = None,
    client_ids: Sequence[int] | None = None,
) -> list[DeniedRequest]:
    """The requests about moments of a span that were not served, in the order of asking.

    A ticket asked about several times is one request, by its last refusal; it is none once it was served after all,
    by a later answer or released by a manager. A request without a cover is every seller's. Questions about what was
    known once are no requests.
    """
    refused = _refusals(session, from_at, before, client_ids)
    served = _served_later(session, {(row.client_id, row.ticket) for row in refused if row.ticket})
    rates = _rates(session)
    found: dict[tuple[int, str], DeniedRequest] = {}
    for row in refused:
        at = served.get((row.client_id, row.ticket))
        answer = _answers.decode(row.answer)
        foreign = seller_id is not None and answer.cover is not None and answer.cover.seller_id != seller_id
        if foreign or (row.ticket and at is not None and at > row.evaluated_at):
            continue
        key = (row.client_id, row.ticket or row.id)
        found.pop(key, None)  # the last refusal stands in its own place
        found[key] = _denied(row, answer, rates)
    return list(found.values())


def by_reason(requests: Iterable[DeniedRequest]) -> list[DeniedForReason]:
    """The requests under their reasons, in the order of the reasons; sums are those of the requests."""
    under: dict[Reason, list[DeniedRequest]] = defaultdict(list)
    for one in requests:
        under[one.reason].append(one)
    return [
        DeniedForReason(
            reason,
            len(own),
            sum(one.minutes for one in own),
            sum(one.minutes for one in own if one.worth is None),
            sums_of(one.worth for one in own),
        )
        for reason, own in sorted(under.items(), key=lambda item: item[0].rank)
    ]


def sums_of(amounts: Iterable[Money | None]) -> tuple[Money, ...]:
    """What the amounts come to, one sum a currency."""
    sums: dict[str, Money] = {}
    for amount in amounts:
        if amount is not None:
            sums[amount.currency] = sums.get(amount.currency, Money(0, amount.currency)) + amount
    return tuple(sums[currency] for currency in sorted(sums))


def _refusals(
    session: Session, from_at: datetime, before: datetime, client_ids: Sequence[int] | None
) -> Sequence[Row[Any]]:
    released = select(col(HeldRequestEnding.id)).join(HeldRequest)
    released = released.where(col(HeldRequest.decision_id) == col(StoredDecision.id))
    released = released.where(col(HeldRequestEnding.end) == RequestEnd.RELEASED)
    columns = ("id", "client_id", "asked_at", "evaluated_at", "ticket", "reason", "question", "answer")
    refused = select(*(getattr(StoredDecision, name) for name in columns), col(Client.name))
    refused = refused.join(Client, col(Client.id) == col(StoredDecision.client_id))
    refused = refused.where(UNSERVED, ~released.exists())
    refused = refused.where(col(StoredDecision.asked_at) >= from_at, col(StoredDecision.asked_at) < before)
    if client_ids is not None:
        refused = refused.where(col(StoredDecision.client_id).in_(client_ids))
    in_turn = refused.order_by(col(StoredDecision.evaluated_at), col(StoredDecision.id))
    rows: Any = session.connection().execute(in_turn)
    return [row for row in rows if stored_question(row.question).is_request]


def _served_later(session: Session, tickets: Set[tuple[int, str]]) -> Mapping[tuple[int, str], datetime]:
    """When each ticket of a client was last answered by service."""
    served: dict[tuple[int, str], datetime] = {}
    asked = sorted(tickets)
    for start in range(0, len(asked), CHUNK):
        clients, names = (set(part) for part in zip(*asked[start : start + CHUNK], strict=True))
        columns = (getattr(StoredDecision, name) for name in ("client_id", "ticket", "evaluated_at", "question"))
        rows = select(*columns).where(col(StoredDecision.client_id).in_(clients), col(StoredDecision.ticket).in_(names))
        rows = rows.where(col(StoredDecision.reason).in_(SERVED)).order_by(col(StoredDecision.evaluated_at))
        for row in session.connection().execute(rows):
            if stored_question(row.question).is_request:
                served[row.client_id, row.ticket] = row.evaluated_at
    return served


def _rates(session: Session) -> Mapping[tuple[str, int], Money | None]:
    """The price of an hour beyond the hours, by plan and version."""
    columns = (getattr(PlanVersion, name) for name in ("version", "overage_rate_minor", "currency"))
    rows = session.connection().execute(select(col(Plan.code), *columns).join_from(Plan, PlanVersion))
    return {
        (row.code, row.version): None if row.overage_rate_minor is None else Money(row.overage_rate_minor, row.currency)
        for row in rows
    }


def _denied(row: Row[Any], answer: _Answer, rates: Mapping[tuple[str, int], Money | None]) -> DeniedRequest:
    cover, cost = answer.cover, answer.cost
    minutes = cost.billed_minutes if cost is not None else 0
    worth = cost.amount if cost is not None and not minutes else None
    minutes = minutes or _questions.decode(row.question).requested_minutes or 0
    rate = rates.get((cover.plan_code, cover.plan_version)) if cover is not None else None
    if worth is None and rate is not None and minutes:
        worth = rate.for_minutes(minutes)
    told = (row.id, row.client_id, row.name, row.asked_at, row.ticket, Reason(row.reason))
    return DeniedRequest(*told, minutes, worth)
