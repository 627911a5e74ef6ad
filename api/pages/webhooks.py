"""Webhooks, for administrators: which addresses are told of changes, and how each message fared (D12)."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import Field
from sqlmodel import col, select

from api.inputs import PathId
from api.pages.forms import Name, SentForm, Text, Typed
from api.pages.page import ON_A_PAGE, Page, PageRoute, ReadingPage, WritingPage
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
from entitlements.webhooks import WebhookAttempt, WebhookEndpoint

router = APIRouter(route_class=PageRoute, include_in_schema=False)


class NewWebhook(Typed):
    """An address, and the kinds of changes that it is told of."""

    url: Text
    kinds: list[ChangeKind] = Field(min_length=1)


class Why(Typed):
    """Why nothing more is to be sent."""

    reason: Name


@router.get("/webhooks")
def show(page: ReadingPage) -> Response:
    """Every endpoint."""
    return page.show("settings/webhooks.html", **_endpoints(page))


@router.post("/webhooks")
def add(form: SentForm, page: WritingPage) -> Response:
    """Tell an address of changes from now on; its secret is shown once."""

    def make() -> Response:
        given, secret = form.read(NewWebhook), new_secret()
        plain_http = bool(page.request.app.state.settings.webhook_networks)
        add_endpoint(page.session, given.url, given.kinds, secret, plain_http=plain_http, at=page.at)
        return page.show("settings/webhooks.html", **(_endpoints(page) | {"secret": secret}))

    return page.act_now(make, lambda refusal: page.again("settings/webhooks.html", form, refusal, **_endpoints(page)))


@router.post("/webhooks/{webhook_id}:rotate")
def rotate(webhook_id: PathId, page: WritingPage) -> Response:
    """Sign with a new secret, and for a day with the previous one too."""
    secret = new_secret()
    rotate_secret(page.session, webhook_id, secret, at=page.at)
    return page.show("settings/webhooks.html", **(_endpoints(page) | {"secret": secret}))


@router.post("/webhooks/{webhook_id}:disable")
def disable(webhook_id: PathId, form: SentForm, page: WritingPage) -> Response:
    """Send nothing more there."""

    def act() -> str:
        disable_endpoint(page.session, webhook_id, form.read(Why).reason, at=page.at)
        return "/webhooks?said=changed_webhook"

    return page.once(form, act, lambda refusal: page.again("settings/webhooks.html", form, refusal, **_endpoints(page)))


@router.post("/webhooks/{webhook_id}:enable")
def enable(webhook_id: PathId, page: WritingPage) -> Response:
    """Tell the address again, of what changes from now on."""
    enable_endpoint(page.session, webhook_id)
    return page.go("/webhooks?said=changed_webhook")


@router.get("/webhooks/{webhook_id}/deliveries")
def deliveries(webhook_id: PathId, page: ReadingPage, before: Annotated[PathId | None, Query()] = None) -> Response:
    """The messages to an endpoint, the newest first, each with its attempts."""
    found = deliveries_of(page.session, webhook_id, None, limit=ON_A_PAGE, before=before)
    attempts: dict[int, list[WebhookAttempt]] = {}
    own = select(WebhookAttempt).where(col(WebhookAttempt.delivery_id).in_([one.id for one in found]))
    for attempt in page.session.exec(own.order_by(col(WebhookAttempt.id))):
        attempts.setdefault(attempt.delivery_id, []).append(attempt)
    shown = [(one, attempts.get(one.id, [])) for one in found]
    earlier = found[-1].id if len(found) == ON_A_PAGE else None
    return page.show("settings/deliveries.html", deliveries=shown, webhook_id=webhook_id, earlier=earlier)


@router.post("/webhooks/{webhook_id}/deliveries/{delivery_id}:resend")
def send_again(webhook_id: PathId, delivery_id: PathId, page: WritingPage) -> Response:
    """Send a message once more, under the same id."""
    resend(page.session, delivery_id)
    return page.go(f"/webhooks/{webhook_id}/deliveries?said=resent")


def _endpoints(page: Page) -> dict[str, Any]:
    endpoints = page.session.exec(select(WebhookEndpoint).order_by(col(WebhookEndpoint.id))).all()
    return {"endpoints": endpoints, "kinds": list(ChangeKind), "secret": ""}
