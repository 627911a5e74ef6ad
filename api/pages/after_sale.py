"""What is done about a sale later: hours sold beside it, its contract signed, its gap claimed (H8, D2, S5)."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Response

from api.inputs import PathId
from api.journeys import claim_service
from api.pages.forms import Day, Form, SentForm, Text, Typed
from api.pages.page import Page, PageRoute, ReadingPage, WritingPage
from api.pages.sale_card import shown_card, sold_of
from api.taking_offers import sell_as_shown
from contracts.errors import Refusal
from contracts.on_sale import currencies_of
from contracts.signatures import mark_signed
from documents.drawing_offer import packages_on_sale

router = APIRouter(route_class=PageRoute, include_in_schema=False)


class Package(Typed):
    """A package at the price that was shown, and the first day of its hours, today unless it is named."""

    package: Text
    starts_on: Day | None = None


class Signed(Typed):
    """The day on which both parties had signed, today unless it is named."""

    signed_on: Day | None = None


class Claim(Typed):
    """Why the gap is served after all."""

    reason: Text


@router.get("/sales/{subscription_id}/package")
def ask_package(subscription_id: PathId, page: ReadingPage) -> Response:
    """The packages on sale, with the price and the last day of each if it is bought today."""
    return page.show("sales/package.html", **_packages(page, subscription_id))


@router.post("/sales/{subscription_id}:sell-package")
def sell(subscription_id: PathId, form: SentForm, page: WritingPage) -> Response:
    """Sell a package under the contract of the sale: its hours, its invoice and the paper of it."""

    def act() -> str:
        given, (client, sold) = form.read(Package), sold_of(page, subscription_id)
        sell_as_shown(page.session, sold.contract.id, given.package, given.starts_on, at=page.at)
        return f"/clients/{client.id}?said=package_sold"

    def again(refusal: Refusal) -> Response:
        return page.again("sales/package.html", form, refusal, **_packages(page, subscription_id))

    return page.once(form, act, again)


@router.post("/sales/{subscription_id}:sign")
def sign(subscription_id: PathId, form: SentForm, page: WritingPage) -> Response:
    """Say that the contract is signed: a plan that requires it serves from then on."""

    def act() -> str:
        _, sold = sold_of(page, subscription_id)
        mark_signed(page.session, sold.contract.id, form.read(Signed).signed_on, page.person.name, at=page.at)
        return f"/sales/{subscription_id}?said=signed"

    return page.once(form, act, _again(page, form, subscription_id))


@router.post("/sales/{subscription_id}:claim")
def claim(subscription_id: PathId, form: SentForm, page: WritingPage) -> Response:
    """Serve the gap before a renewal after all, with its hours, from the start of its term."""

    def act() -> str:
        claim_service(page.session, subscription_id, page.person.name, form.read(Claim).reason, at=page.at)
        return f"/sales/{subscription_id}?said=claimed"

    return page.once(form, act, _again(page, form, subscription_id))


def _again(page: Page, form: Form, subscription_id: int) -> Callable[[Refusal], Response]:
    return lambda refusal: page.again("sales/one.html", form, refusal, **shown_card(page, subscription_id))


def _packages(page: Page, subscription_id: int) -> dict[str, Any]:
    client, sold = sold_of(page, subscription_id)
    currencies = currencies_of(page.session, [sold.contract.id])
    return {"client": client, "sold": sold, "packages": packages_on_sale(page.session, page.today, currencies)}
