"""A worker's part in webhooks: what the feed has is queued, what is queued is sent (D12)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_network

import structlog
from sqlalchemy import Engine

from api.database import reading, transaction
from api.settings import Settings
from api.v1.changes import change_told
from api.v1.desk_answers import ChangeTold
from api.webhook_sender import WebhookSender, signed_headers
from entitlements.changes import ClientChange
from entitlements.webhook_queue import (
    Message,
    claim,
    is_wanted,
    messages_are_due,
    queue_messages,
    record,
    release,
)

log = structlog.get_logger()

AT_ONCE = 20
EVENT = "client.changed"

Clock = Callable[[], datetime]


@dataclass
class Sent:
    """What one round came to."""

    taken: int = 0
    refused: int = 0


def webhook_sender(settings: Settings) -> WebhookSender:
    """A sender that reaches what anybody may reach, and the networks of the settings."""
    return WebhookSender([ip_network(network) for network in settings.webhook_networks.split()])


def notify(engine: Engine, sender: WebhookSender, clock: Clock) -> Sent:
    """Queue what is new in the feed and send what waits, until nothing does; idle, it writes nothing."""
    with reading(engine) as session:
        if not messages_are_due(session, at=clock()):
            return Sent()
    while True:
        with transaction(engine) as session:
            if not queue_messages(session):
                break
    done = send_messages(engine, sender, clock)
    if done.taken or done.refused:
        log.info("webhooks sent", taken=done.taken, refused=done.refused)
    return done


def send_messages(engine: Engine, sender: WebhookSender, clock: Clock) -> Sent:
    """Send what waits, each recorded before the next; an endpoint that is away keeps none of the others waiting."""
    done = Sent()
    while True:
        with transaction(engine) as session:
            claimed = claim(session, AT_ONCE, at=clock())
        if not claimed:
            return done
        away: set[int] = set()
        for message in claimed:
            if message.endpoint.id in away:
                with transaction(engine) as session:
                    release(session, [message])
            elif _send(engine, sender, message, clock, done):
                away.add(message.endpoint.id)


def _send(engine: Engine, sender: WebhookSender, message: Message, clock: Clock, done: Sent) -> bool:
    """Send a message and record what came of it; returns whether its endpoint is away."""
    with reading(engine) as session:
        if not is_wanted(session, message, at=clock()):
            return False
    at, body = clock(), body_of(message.change)
    headers = signed_headers(id_of(message.change), body, message.endpoint.secrets(at), at=at)
    outcome = sender.post(message.endpoint.url, headers, body)
    with transaction(engine) as session:
        record(session, message, outcome, at=clock())
    if outcome.is_taken:
        done.taken += 1
    else:
        done.refused += 1
    return outcome.is_away


def id_of(change: ClientChange) -> str:
    """The `webhook-id` of a change: the same however often it is sent."""
    return f"change_{change.id}"


def body_of(change: ClientChange) -> str:
    """The body of a message: the change as the feed tells it, the same bytes each time."""
    told = ChangeTold.model_validate(change_told(change)).model_dump_json()
    return f'{{"type":"{EVENT}","timestamp":"{change.told_at.isoformat()}","data":{told}}}'
