"""Amending a subscription: what it would cost and give is shown first."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Response
from sqlmodel import col, select

from api.inputs import PathId
from api.journeys import amend_subscription
from api.pages.forms import Amount, Day, Form, SentForm, Text, Typed
from api.pages.page import Page, PageRoute, ReadingPage, WritingPage
from api.pages.sale_card import sold_of
from contracts.amending import Change
from contracts.catalogue import Plan
from contracts.errors import Refusal
from contracts.listed_parties import registrations_of
from contracts.money import Money

router = APIRouter(route_class=PageRoute, include_in_schema=False)


class AmendmentForm(Typed):
    """What changes from the effective day on; what is left out stays."""

    effective_on: Day
    plan: Text | None = None
    add: list[str]
    remove: list[str]
    price: Amount | None = None
    reason: Text


@router.get("/sales/{subscription_id}/amend")
def ask(subscription_id: PathId, page: ReadingPage) -> Response:
    """The form of an amendment."""
    return page.show("sales/amend.html", preview=None, ticked=[], **_asked(page, subscription_id))


@router.post("/sales/{subscription_id}:amend")
def amend(subscription_id: PathId, form: SentForm, page: WritingPage) -> Response:
    """Amend from the day on: cover, hours, and the bill of the difference."""

    def act() -> str:
        amend_subscription(page.session, subscription_id, _change(page, form, subscription_id), at=page.at)
        return f"/sales/{subscription_id}?said=amended"

    return page.once(form, act, _again(page, form, subscription_id, "sales/amend.html"))


@router.post("/sales/{subscription_id}:preview-amendment")
def preview(subscription_id: PathId, form: SentForm, page: WritingPage) -> Response:
    """What the amendment would cost and give; nothing is written."""
    template = "sales/amendment.html" if page.is_fragment else "sales/amend.html"

    def act() -> Response:
        made = amend_subscription(page.session, subscription_id, _change(page, form, subscription_id), at=page.at)
        difference = Money(made.amended.amendment.difference_minor, made.amended.subscription.currency)
        last_day = made.amended.subscription.term.last_day
        page.session.rollback()
        shown = {"difference": difference, "hours": made.hours, "last_day": last_day}
        return page.show(template, typed=form.typed, preview=shown, **_besides(page, form, subscription_id))

    return page.act_now(act, _again(page, form, subscription_id, template))


def _change(page: Page, form: Form, subscription_id: int) -> Change:
    given = form.read(AmendmentForm)
    _, sold = sold_of(page, subscription_id)
    return Change(
        effective_on=given.effective_on,
        agreed_by=page.person.name,
        reason=given.reason,
        plan_code=given.plan,
        add=tuple(given.add),
        remove=tuple(given.remove),
        price=None if given.price is None else Money(given.price.minor, sold.row.currency),
    )


def _again(page: Page, form: Form, subscription_id: int, template: str) -> Callable[[Refusal], Response]:
    return lambda refusal: page.again(template, form, refusal, preview=None, **_besides(page, form, subscription_id))


def _besides(page: Page, form: Form, subscription_id: int) -> dict[str, Any]:
    """What the whole page needs besides; a part of it needs nothing."""
    if page.is_fragment:
        return {}
    return {"ticked": [*form.all("add"), *form.all("remove")]} | _asked(page, subscription_id)


def _asked(page: Page, subscription_id: int) -> dict[str, Any]:
    client, sold = sold_of(page, subscription_id)
    copies = registrations_of(page.session, client.id)
    others = [row for row in copies if row[0].number not in sold.registrations and row[0].surrendered_on is None]
    plans = page.session.exec(select(Plan).order_by(col(Plan.id))).all()
    return {"client": client, "sold": sold, "others": others, "plans": plans}
