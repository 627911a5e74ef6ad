"""Packages of hours that a client buys by itself, at the price list, from today on (H8)."""

from collections import defaultdict
from typing import Any, Literal

from fastapi import APIRouter, Response

from api.own_buying import buy_package
from api.pages.admission import PAGES
from api.pages.forms import Id, SentForm, Text, Typed
from api.pages.page import Page, PageRoute, ReadingPage, WritingPage
from billing.invoicing import taxation
from contracts.listed_parties import contracts_of
from contracts.on_sale import currencies_of
from contracts.sold import sold_to
from documents.drawing_offer import packages_on_sale
from documents.drawing_parties import plan_names

router = APIRouter(route_class=PageRoute, include_in_schema=False)


class Purchase(Typed):
    """A package at the price that was shown, under a contract, and that both are agreed to."""

    package: Text
    contract_id: Id
    is_agreed: Literal["yes"]


@router.get("/my/packages")
def show(page: ReadingPage) -> Response:
    """What is on sale, with price, price of an hour, and the last day of the hours if they are bought today."""
    return page.show("my/packages.html", **_packages(page))


@router.post("/my/packages")
def buy(form: SentForm, page: WritingPage) -> Response:
    """Buy a package: its hours are there at once, its invoice is shown."""

    def act() -> str:
        staff = page.request.app.state.settings.language
        given, by = form.read(Purchase), page.person.name
        invoice = buy_package(page.session, given.contract_id, given.package, by, staff, at=page.at)
        return f"/my/invoices/{invoice.id}?said=bought"

    return page.once(form, act, lambda refusal: page.again("my/packages.html", form, refusal, **_packages(page)))


def _packages(page: Page) -> dict[str, Any]:
    contracts = contracts_of(page.session, page.client_id)
    currencies = currencies_of(page.session, [one.id for one in contracts])
    sellers = {one.seller_id for one in contracts}
    return {
        "packages": packages_on_sale(page.session, page.today, currencies),
        "is_taxed": all(taxation(page.session, one).mode_on(page.today).is_taxed for one in sellers),
        "contracts": contracts,
        "plans": _plans(page),
        "may_buy": page.person.role in PAGES["POST", "/my/packages"],
    }


def _plans(page: Page) -> dict[int, str]:
    """The plans under each contract, by which people know it."""
    named, plans = plan_names(page.session, page.language), defaultdict[int, list[str]](list)
    for one in sold_to(page.session, page.client_id):
        plans[one.contract.id].append(named[one.plan.code])
    return {contract_id: ", ".join(dict.fromkeys(names)) for contract_id, names in plans.items()}
