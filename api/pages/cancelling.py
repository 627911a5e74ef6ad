"""Cancelling a subscription: what it would give back is shown first."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Response

from api.inputs import PathId
from api.journeys import Cancelled, cancel_subscription
from api.pages.forms import Day, Form, SentForm, Text, Typed
from api.pages.page import Page, PageRoute, ReadingPage, WritingPage
from api.pages.sale_card import sold_of
from contracts.errors import Refusal

router = APIRouter(route_class=PageRoute, include_in_schema=False)


class CancellationForm(Typed):
    """The last day of service, and why."""

    last_day: Day
    reason: Text


@router.get("/sales/{subscription_id}/cancel")
def ask(subscription_id: PathId, page: ReadingPage) -> Response:
    """The form of a cancellation."""
    return page.show("sales/cancel.html", preview=None, **_asked(page, subscription_id))


@router.post("/sales/{subscription_id}:cancel")
def cancel(subscription_id: PathId, form: SentForm, page: WritingPage) -> Response:
    """End the subscription with a day, and credit what is not served."""

    def act() -> str:
        _cancel(page, form, subscription_id)
        return f"/sales/{subscription_id}?said=cancelled"

    return page.once(form, act, _again(page, form, subscription_id, "sales/cancel.html"))


@router.post("/sales/{subscription_id}:preview-cancellation")
def preview(subscription_id: PathId, form: SentForm, page: WritingPage) -> Response:
    """What cancelling would give back; nothing is written."""
    template = "sales/cancellation.html" if page.is_fragment else "sales/cancel.html"

    def act() -> Response:
        made = _cancel(page, form, subscription_id)
        page.session.rollback()
        asked = {} if page.is_fragment else _asked(page, subscription_id)
        return page.show(template, typed=form.typed, preview=made, **asked)

    return page.act_now(act, _again(page, form, subscription_id, template))


def _cancel(page: Page, form: Form, subscription_id: int) -> Cancelled:
    given = form.read(CancellationForm)
    said = (given.last_day, page.person.name, given.reason)
    return cancel_subscription(page.session, subscription_id, *said, at=page.at)


def _again(page: Page, form: Form, subscription_id: int, template: str) -> Callable[[Refusal], Response]:
    def again(refusal: Refusal) -> Response:
        asked = {} if page.is_fragment else _asked(page, subscription_id)
        return page.again(template, form, refusal, preview=None, **asked)

    return again


def _asked(page: Page, subscription_id: int) -> dict[str, Any]:
    client, sold = sold_of(page, subscription_id)
    return {"client": client, "sold": sold}
