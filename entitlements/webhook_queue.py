"""The outbox of webhooks: messages are queued from the feed, and leave one by one after the commit (D12).

A message is claimed before it is sent and recorded afterwards. A worker that dies in between leaves its claim to run
out, and the message is sent again under the same id: at least once, and a receiver can tell a repetition.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_
from sqlmodel import Session, col, func, select, update

from contracts.appending import append, append_all
from entitlements.changes import ClientChange
from entitlements.webhooks import DeliveryState, WebhookAttempt, WebhookDelivery, WebhookEndpoint

CHANGES_AT_ONCE = 500
LEASE = timedelta(minutes=5)
"""How long a worker has the messages of one claim to itself."""
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 300, 600, 840, 1200, 1440))
"""How long a message waits after each refusal; after the last one, some three days on, it is parked."""
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=1)
"""How long an endpoint that cannot be reached is left alone: at first, doubled each time, and at most."""
LASTING = timedelta(days=3)
"""An endpoint that took nothing for so long is disabled."""
GONE = 410


@dataclass(frozen=True, slots=True)
class Message:
    """A claimed message, the endpoint it goes to and the change it tells of."""

    delivery: WebhookDelivery
    endpoint: WebhookEndpoint
    change: ClientChange


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an attempt; `is_away` is an endpoint that would take no other message now either."""

    status: int | None
    problem: str = ""
    is_away: bool = False
    took_milliseconds: int = 0

    @property
    def is_taken(self) -> bool:
        """Whether the endpoint has the message."""
        return self.status is not None and 200 <= self.status < 300


def messages_are_due(session: Session, *, at: datetime) -> bool:
    """Whether there is anything to queue or to send."""
    newest = select(func.max(ClientChange.id)).scalar_subquery()
    behind = select(WebhookEndpoint.id).where(col(WebhookEndpoint.disabled_at).is_(None))
    behind = behind.where(col(WebhookEndpoint.queued_until) < newest)
    due = select(WebhookDelivery.id).join(WebhookEndpoint).where(*_free(at))
    return any(session.exec(one.limit(1)).first() is not None for one in (behind, due))


def queue_messages(session: Session) -> int:
    """Queue what the feed has for each endpoint since it was looked at last; returns how many changes were looked at.

    The endpoint's row is taken first, so each change is looked at once for each.
    """
    active = select(WebhookEndpoint).where(col(WebhookEndpoint.disabled_at).is_(None)).order_by(col(WebhookEndpoint.id))
    looked_at = 0
    for endpoint in session.exec(active.with_for_update(key_share=True, skip_locked=True)):
        news = select(ClientChange.id, ClientChange.kinds).where(col(ClientChange.id) > endpoint.queued_until)
        found = session.exec(news.order_by(col(ClientChange.id)).limit(CHANGES_AT_ONCE)).all()
        wanted = set(endpoint.kinds.split())
        rows = [{"endpoint_id": endpoint.id, "change_id": one} for one, kinds in found if wanted & set(kinds.split())]
        append_all(session, WebhookDelivery, rows)
        if found:
            endpoint.queued_until = found[-1][0]
        looked_at += len(found)
    session.flush()
    return looked_at


def _free(at: datetime) -> list[ColumnElement[bool]]:
    delivery, endpoint = WebhookDelivery, WebhookEndpoint
    return [
        col(delivery.state) == DeliveryState.QUEUED,
        or_(col(delivery.claimed_until).is_(None), col(delivery.claimed_until) <= at),
        col(endpoint.disabled_at).is_(None),
        or_(col(endpoint.paused_until).is_(None), col(endpoint.paused_until) <= at),
    ]


def claim(session: Session, limit: int, *, at: datetime) -> list[Message]:
    """The messages that wait, claimed for this worker; what was refused before comes after what was not."""
    waiting = select(WebhookDelivery, WebhookEndpoint, ClientChange).where(*_free(at))
    waiting = waiting.join(WebhookEndpoint, col(WebhookEndpoint.id) == col(WebhookDelivery.endpoint_id))
    waiting = waiting.join(ClientChange, col(ClientChange.id) == col(WebhookDelivery.change_id))
    waiting = waiting.order_by(col(WebhookDelivery.attempts), col(WebhookDelivery.id)).limit(limit)
    claimed = session.exec(waiting.with_for_update(of=WebhookDelivery, skip_locked=True)).all()
    for delivery, _, _ in claimed:
        delivery.claimed_until = at + LEASE
    session.flush()
    return [Message(*row) for row in claimed]


def is_wanted(session: Session, message: Message, *, at: datetime) -> bool:
    """Whether a claimed message is still this worker's to send, and its endpoint still takes any."""
    delivery = session.get_one(WebhookDelivery, message.delivery.id)
    endpoint = session.get_one(WebhookEndpoint, message.endpoint.id)
    mine = delivery.state is DeliveryState.QUEUED and delivery.claimed_until == message.delivery.claimed_until
    return mine and endpoint.disabled_at is None and at < message.delivery.claimed_until  # type: ignore[operator]


def release(session: Session, messages: Sequence[Message]) -> None:
    """Give back claimed messages that were not tried, since their endpoint is away; that is no attempt."""
    for message in messages:
        own = (col(WebhookDelivery.id) == message.delivery.id, _is_claimed_by(message))
        session.exec(update(WebhookDelivery).where(*own).values(claimed_until=None))


def _is_claimed_by(message: Message) -> ColumnElement[bool]:
    return col(WebhookDelivery.claimed_until) == message.delivery.claimed_until


def record(session: Session, message: Message, outcome: Outcome, *, at: datetime) -> None:
    """Write down an attempt and what follows from it for the message and for its endpoint."""
    taken = select(WebhookEndpoint).where(WebhookEndpoint.id == message.endpoint.id)
    endpoint = session.exec(taken.with_for_update(key_share=True)).one()
    delivery = session.exec(
        select(WebhookDelivery).where(WebhookDelivery.id == message.delivery.id).with_for_update(key_share=True)
    ).one()
    fact = {"delivery_id": delivery.id, "attempted_at": at, "status": outcome.status}
    fact |= {"problem": outcome.problem[:300], "took_milliseconds": outcome.took_milliseconds}
    append(session, WebhookAttempt, fact)
    if outcome.is_taken:
        delivery.state, delivery.taken_at = DeliveryState.TAKEN, at
        endpoint.failing_since, endpoint.failures, endpoint.paused_until = None, 0, None
    elif delivery.state is DeliveryState.QUEUED:
        _put_off(delivery, at)
        _record_failure(session, endpoint, outcome, at)
    session.flush()


def _put_off(delivery: WebhookDelivery, at: datetime) -> None:
    delivery.attempts += 1
    if delivery.attempts > len(WAITS):
        delivery.state = DeliveryState.PARKED
    else:
        delivery.claimed_until = at + WAITS[delivery.attempts - 1]


def _record_failure(session: Session, endpoint: WebhookEndpoint, outcome: Outcome, at: datetime) -> None:
    endpoint.failing_since = endpoint.failing_since or at
    if outcome.is_away:
        endpoint.paused_until = at + min(FIRST_PAUSE * 2 ** min(endpoint.failures, 10), LONGEST_PAUSE)
        endpoint.failures += 1
    if endpoint.disabled_at is not None:
        return
    if outcome.status == GONE:
        disable(session, endpoint, "410 Gone", at=at)
    elif at - endpoint.failing_since >= LASTING:
        since = endpoint.failing_since.isoformat(timespec="minutes")
        disable(session, endpoint, f"took nothing since {since}: {outcome.status or outcome.problem}"[:300], at=at)


def disable(session: Session, endpoint: WebhookEndpoint, reason: str, *, at: datetime) -> None:
    """End an endpoint; what waits for it is withdrawn, so it gets nothing more."""
    endpoint.disabled_at, endpoint.disabled_reason = at, reason
    waiting = (col(WebhookDelivery.endpoint_id) == endpoint.id, col(WebhookDelivery.state) == DeliveryState.QUEUED)
    session.exec(update(WebhookDelivery).where(*waiting).values(state=DeliveryState.WITHDRAWN))
    session.flush()
