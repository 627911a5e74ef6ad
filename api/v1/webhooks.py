"""Webhooks: which addresses are told of changes, and how each message fared (D12)."""

import json
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field
from sqlmodel import col, select

from api.calls import CREATED, Once
from api.inputs import Input, Limit, PathId, line
from api.outputs import Answer
from api.request import Call, GuardedRoute, Reader
from api.webhook_sender import new_secret
from entitlements.client_state import ChangeKind
from entitlements.webhook_register import (
    add_endpoint,
    deliveries_of,
    disable_endpoint,
    enable_endpoint,
    resend,
    rotate_secret,
)
from entitlements.webhooks import DeliveryState, WebhookAttempt, WebhookDelivery, WebhookEndpoint

router = APIRouter(route_class=GuardedRoute, tags=["webhooks"])


class WebhookInput(Input):
    """An address that is to be told of changes of some kinds; of all of them when it asks for `client.changed`."""

    url: str = line(1000, examples=["https://desk.example.org/abonement"])
    kinds: list[Annotated[ChangeKind, Field(strict=False)]] = Field(
        min_length=1, max_length=20, examples=[["client.changed"]]
    )


class ReasonInput(Input):
    """Why nothing more is to be sent there."""

    reason: str = line(300, examples=["Система заменена"])


class WebhookAnswer(Answer):
    """An endpoint, without its secret; `failing_since` says since when it took no message."""

    id: int
    url: str
    kinds: list[ChangeKind]
    created_at: datetime
    failing_since: datetime | None
    paused_until: datetime | None
    previous_secret_until: datetime | None
    disabled_at: datetime | None
    disabled_reason: str


class SecretAnswer(WebhookAnswer):
    """An endpoint with what its messages are signed with: shown once, null in every repetition of the call."""

    secret: str | None = Field(default=None, examples=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])


class AttemptAnswer(Answer):
    """One attempt to hand a message over: the status of the answer, or why there was none."""

    attempted_at: datetime
    status: int | None
    problem: str
    took_milliseconds: int


class DeliveryAnswer(Answer):
    """The message of one change to one endpoint, with every attempt; `parked` waits for a person."""

    id: int
    webhook_id: int
    change_id: int
    state: DeliveryState
    attempts: int
    taken_at: datetime | None
    log: list[AttemptAnswer]


@router.post("/v1/webhooks", status_code=CREATED, response_model=SecretAnswer)
def add(new: WebhookInput, once: Once, request: Request) -> Response:
    """Tell an address of changes from now on. The secret is shown once; a lost one is replaced by rotating it."""
    secret, plain_http = new_secret(), bool(request.app.state.settings.webhook_networks)

    def act(call: Call) -> WebhookAnswer:
        return _told(add_endpoint(call.session, new.url, new.kinds, secret, plain_http=plain_http, at=call.at))

    return _with_secret(once.answer(act), secret)


@router.get("/v1/webhooks")
def find(call: Reader) -> list[WebhookAnswer]:
    """Every endpoint, the oldest first, also those that are disabled, with the reason."""
    return [_told(one) for one in call.session.exec(select(WebhookEndpoint).order_by(col(WebhookEndpoint.id)))]


@router.post("/v1/webhooks/{webhook_id}:rotate-secret", response_model=SecretAnswer)
def rotate(webhook_id: PathId, once: Once) -> Response:
    """Sign with a new secret, which is shown once, and for a day with the previous one too."""
    secret = new_secret()
    answer = once.answer(lambda call: _told(rotate_secret(call.session, webhook_id, secret, at=call.at)), status=200)
    return _with_secret(answer, secret)


@router.post("/v1/webhooks/{webhook_id}:disable", response_model=WebhookAnswer)
def disable(webhook_id: PathId, why: ReasonInput, once: Once) -> Response:
    """Send nothing more to an endpoint; what waits for it is withdrawn."""
    return once.answer(
        lambda call: _told(disable_endpoint(call.session, webhook_id, why.reason, at=call.at)), status=200
    )


@router.post("/v1/webhooks/{webhook_id}:enable", response_model=WebhookAnswer)
def enable(webhook_id: PathId, once: Once) -> Response:
    """Tell an endpoint again, of what changes from now on; what it missed is in the feed."""
    return once.answer(lambda call: _told(enable_endpoint(call.session, webhook_id)), status=200)


@router.get("/v1/webhook-deliveries")
def deliveries(
    call: Reader,
    webhook_id: Annotated[PathId | None, Query(description="Only those to this endpoint.")] = None,
    state: Annotated[DeliveryState | None, Query(description="Only those in this state.")] = None,
    before: Annotated[PathId | None, Query(description="The last delivery of the page before.")] = None,
    limit: Annotated[Limit, Query()] = 50,
) -> list[DeliveryAnswer]:
    """The messages, the newest first, each with its attempts."""
    found = deliveries_of(call.session, webhook_id, state, limit=limit, before=before)
    return [_delivery_told(call, one) for one in found]


@router.post("/v1/webhook-deliveries/{delivery_id}:resend", response_model=DeliveryAnswer)
def send_again(delivery_id: PathId, once: Once) -> Response:
    """Send a message once more, under the same `webhook-id`, also one that was taken."""
    return once.answer(lambda call: _delivery_told(call, resend(call.session, delivery_id)), status=200)


def _told(endpoint: WebhookEndpoint) -> WebhookAnswer:
    shown = endpoint.model_dump(exclude={"secret", "previous_secret", "kinds"})
    kinds, until = endpoint.kinds.split(), endpoint.previous_until
    return WebhookAnswer.model_validate(shown | {"kinds": kinds, "previous_secret_until": until})


def _with_secret(answer: Response, secret: str) -> Response:
    """The answer with the secret in it, unless it was given before: what is stored for repetitions has none."""
    if "Idempotent-Replayed" in answer.headers:
        return answer
    return Response(
        json.dumps(json.loads(bytes(answer.body)) | {"secret": secret}),
        answer.status_code,
        media_type="application/json",
    )


def _delivery_told(call: Call, delivery: WebhookDelivery) -> DeliveryAnswer:
    log = select(WebhookAttempt).where(WebhookAttempt.delivery_id == delivery.id).order_by(col(WebhookAttempt.id))
    attempts = [AttemptAnswer.model_validate(one) for one in call.session.exec(log)]
    return DeliveryAnswer.model_validate(delivery.model_dump() | {"webhook_id": delivery.endpoint_id, "log": attempts})
