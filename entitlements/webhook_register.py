"""Taking in endpoints of webhooks, changing what they are signed with, and sending a message again (D12)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import SplitResult, urlsplit

from sqlmodel import Session, col, func, select

from contracts.errors import Refusal
from contracts.requisites import require_text
from entitlements.changes import ClientChange
from entitlements.client_state import ChangeKind
from entitlements.webhook_addresses import names_inside
from entitlements.webhook_queue import disable
from entitlements.webhooks import DeliveryState, WebhookDelivery, WebhookEndpoint

OVERLAP = timedelta(days=1)
"""How long after a rotation a message is signed with the previous secret too."""
URL_ALLOWED = "https://HOST/PATH, HOST reached from the internet, no name or password, no #"


def add_endpoint(
    session: Session, url: str, kinds: Sequence[ChangeKind], secret: str, *, plain_http: bool = False, at: datetime
) -> WebhookEndpoint:
    """An endpoint that is told of changes from now on; `plain_http` lets it be without TLS and inside.

    Raises `Refusal` with TEXT_WRONG, WEBHOOK_URL_WRONG or WEBHOOK_KINDS_REQUIRED.
    """
    if not kinds:
        raise Refusal("WEBHOOK_KINDS_REQUIRED", field="kinds", value=[], allowed=list(ChangeKind))
    newest = session.exec(select(func.max(ClientChange.id))).one()
    endpoint = WebhookEndpoint(
        url=require_webhook_url(url, plain_http),
        kinds=" ".join(kind for kind in ChangeKind if kind in kinds),
        secret=secret,
        queued_until=newest or 0,
        created_at=at,
    )
    session.add(endpoint)
    session.flush()
    return endpoint


def require_webhook_url(url: str, plain_http: bool) -> str:
    """The address, unless nothing may ever be sent there. Raises `Refusal` with TEXT_WRONG or WEBHOOK_URL_WRONG."""
    text = require_text(url, "url", 1000)
    try:
        parts = urlsplit(text)
        fine = bool(parts.hostname) and parts.port != 0 and text.isascii() and " " not in text
    except ValueError:
        raise Refusal("WEBHOOK_URL_WRONG", field="url", value=None, allowed=URL_ALLOWED) from None
    reached = parts.scheme in ("https", "http") if plain_http else _is_reached(parts)
    if not fine or not reached or "@" in parts.netloc or "#" in text:
        raise Refusal("WEBHOOK_URL_WRONG", field="url", value=None, allowed=URL_ALLOWED)  # it may hold a password
    return text


def _is_reached(parts: SplitResult) -> bool:
    """Whether the address is one with TLS, and not written as one inside."""
    return parts.scheme == "https" and not names_inside(parts.hostname or "")


def endpoint_of(session: Session, endpoint_id: int) -> WebhookEndpoint:
    """A known endpoint, its row taken. Raises `Refusal("WEBHOOK_UNKNOWN")`."""
    known = select(WebhookEndpoint).where(WebhookEndpoint.id == endpoint_id).with_for_update(key_share=True)
    endpoint = session.exec(known).first()
    if endpoint is None:
        raise Refusal("WEBHOOK_UNKNOWN", field="webhook_id", value=endpoint_id)
    return endpoint


def rotate_secret(session: Session, endpoint_id: int, secret: str, *, at: datetime) -> WebhookEndpoint:
    """Sign with a new secret from now on, and for a day with the previous one too.

    A rotation within that day, as after an answer that was lost, leaves the one that receivers know. Raises
    `Refusal` with WEBHOOK_UNKNOWN or WEBHOOK_DISABLED.
    """
    endpoint = _active(session, endpoint_id)
    if endpoint.previous_until is None or endpoint.previous_until <= at:
        endpoint.previous_secret, endpoint.previous_until = endpoint.secret, at + OVERLAP
    endpoint.secret = secret
    session.flush()
    return endpoint


def disable_endpoint(session: Session, endpoint_id: int, reason: str, *, at: datetime) -> WebhookEndpoint:
    """End an endpoint for good; ending it again changes nothing. Raises `Refusal` with WEBHOOK_UNKNOWN, TEXT_WRONG."""
    endpoint = endpoint_of(session, endpoint_id)
    if endpoint.disabled_at is None:
        disable(session, endpoint, require_text(reason, "reason", 300), at=at)
    return endpoint


def enable_endpoint(session: Session, endpoint_id: int) -> WebhookEndpoint:
    """Let a disabled endpoint be told again, of what changes from now on. Raises `Refusal("WEBHOOK_UNKNOWN")`."""
    endpoint = endpoint_of(session, endpoint_id)
    if endpoint.disabled_at is not None:
        newest = session.exec(select(func.max(ClientChange.id))).one()
        endpoint.disabled_at, endpoint.disabled_reason, endpoint.queued_until = None, "", newest or 0
        endpoint.failing_since, endpoint.failures, endpoint.paused_until = None, 0, None
        session.flush()
    return endpoint


def resend(session: Session, delivery_id: int) -> WebhookDelivery:
    """Queue a message once more, under the same id, also one that was taken.

    Raises `Refusal` with DELIVERY_UNKNOWN or WEBHOOK_DISABLED.
    """
    found = session.get(WebhookDelivery, delivery_id)
    if found is None:
        raise Refusal("DELIVERY_UNKNOWN", field="delivery_id", value=delivery_id)
    _active(session, found.endpoint_id)
    locked = select(WebhookDelivery).where(WebhookDelivery.id == delivery_id).with_for_update(key_share=True)
    delivery = session.exec(locked.execution_options(populate_existing=True)).one()
    if delivery.state is not DeliveryState.QUEUED:
        delivery.state, delivery.taken_at = DeliveryState.QUEUED, None
        delivery.attempts, delivery.claimed_until = 0, None
        session.flush()
    return delivery


def _active(session: Session, endpoint_id: int) -> WebhookEndpoint:
    endpoint = endpoint_of(session, endpoint_id)
    if endpoint.disabled_at is not None:
        raise Refusal("WEBHOOK_DISABLED", field="webhook_id", value=endpoint_id, reason=endpoint.disabled_reason)
    return endpoint


def deliveries_of(
    session: Session, endpoint_id: int | None, state: DeliveryState | None, *, limit: int, before: int | None = None
) -> list[WebhookDelivery]:
    """The newest messages first, of one endpoint or all, in one state or any."""
    found = select(WebhookDelivery).order_by(col(WebhookDelivery.id).desc()).limit(limit)
    for column, value in ((WebhookDelivery.endpoint_id, endpoint_id), (WebhookDelivery.state, state)):
        if value is not None:
            found = found.where(col(column) == value)
    if before is not None:
        found = found.where(col(WebhookDelivery.id) < before)
    return list(session.exec(found))
