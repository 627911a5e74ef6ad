"""The form of a sale: who buys, which copies are covered, what is sold on which terms; and the sale it asks for."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from api.journeys import Sold, sell_subscription
from api.newcomers import register
from api.pages.forms import Amount, Day, Id, Text
from api.pages.page import Page
from api.pages.requisites import NewClient, take_in_client
from contracts.catalogue import Registration
from contracts.countries import COUNTRIES
from contracts.enrolling import NewRegistration
from contracts.errors import Refusal
from contracts.known_rows import known_row
from contracts.listed_parties import contracts_of, entities_of, products_by_name, registrations_of
from contracts.parties import Client, Entity, Seller
from contracts.plans_on_sale import PlanOnSale, plans_on_sale, term_on_sale
from contracts.policies import Purchase
from contracts.queries import all_sellers
from contracts.selling import Order
from contracts.subscriptions import Contract

SOLD_BY_NUMBER = (Purchase.BOX, Purchase.PLUS_ITS)
"""The purchases that name no other copy; an upgrade is taken in on the page of the client."""


class SaleForm(NewClient):
    """What is sold to whom; an entity that is known, or the requisites of a new client.

    `numbers` are those of new copies of one product, apart by spaces or commas; `offer` is the code of a term on sale.
    Without `starts_on` it starts on the first day possible, without `price` the list price or the promotion's holds.
    """

    inn: Text = ""
    name: Text = ""
    client_id: Id | None = None
    entity_id: Id | None = None
    seller_id: Id
    registrations: list[str]
    numbers: Text = ""
    product: Text = ""
    purchase: Purchase = Purchase.BOX
    bought_on: Day | None = None
    offer: Text
    starts_on: Day | None = None
    price: Amount | None = None
    contract_id: Id | None = None

    def copies(self) -> list[NewRegistration]:
        """The new copies."""
        numbers = dict.fromkeys(filter(None, re.split(r"[\s,;]+", self.numbers)))
        return [NewRegistration(number, self.product, self.purchase, self.bought_on) for number in numbers]


def sell_by_form(page: Page, given: SaleForm) -> Sold:
    """Sell what the form asks for, to a client that is taken in first where it is new, all or nothing.

    Raises FIELD_REQUIRED, and the refusals of `take_in`, `register` and `sell`.
    """
    session, seller = page.session, known_row(page.session, Seller, given.seller_id)
    entity_id = given.entity_id or _newcomer(page, given).id
    numbers = (*given.registrations, *register(session, entity_id, given.copies(), at=page.at))
    term = term_on_sale(plans_on_sale(session, seller.day_of(page.at)), given.offer)
    order = Order(
        seller_id=seller.id,
        entity_id=entity_id,
        plan_code=term.plan.code,
        term_months=term.term_months,
        registrations=numbers,
        starts_on=given.starts_on,
        price=None if given.price is None else replace(given.price, currency=term.currency),
        contract_id=given.contract_id,
        promotion=None if term.promotion is None else term.promotion.code,
    )
    return sell_subscription(session, order, at=page.at)


def _newcomer(page: Page, given: SaleForm) -> Entity:
    for name in ("inn", "name"):
        if not getattr(given, name):
            raise Refusal("FIELD_REQUIRED", field=name, value=None)
    return take_in_client(page, given)


@dataclass(frozen=True, slots=True)
class SaleChoices:
    """What the form offers: sellers, plans on sale, and of a known client its entities, copies and contracts."""

    sellers: Sequence[Seller]
    plans: Sequence[PlanOnSale]
    products: Sequence[tuple[str, str]]
    client: Client | None = None
    entities: Sequence[Entity] = ()
    registrations: Sequence[tuple[Registration, str]] = ()
    contracts: Sequence[Contract] = ()


def sale_choices(page: Page, client_id: int | None) -> SaleChoices:
    """What the form offers today. Raises `Refusal("CLIENT_UNKNOWN")`."""
    sellers = all_sellers(page.session)
    on = max((seller.day_of(page.at) for seller in sellers), default=page.at.date())
    choices = SaleChoices(sellers, plans_on_sale(page.session, on), products_by_name(page.session))
    if client_id is None:
        return choices
    client = known_row(page.session, Client, client_id)
    return replace(
        choices,
        client=client,
        entities=entities_of(page.session, client.id),
        registrations=[row for row in registrations_of(page.session, client.id) if row[0].surrendered_on is None],
        contracts=contracts_of(page.session, client.id),
    )


def shown_choices(page: Page, client_id: int | None) -> dict[str, Any]:
    """The values of the page with the form."""
    purchases = list(SOLD_BY_NUMBER)
    return {"choices": sale_choices(page, client_id), "countries": COUNTRIES, "purchases": purchases}
