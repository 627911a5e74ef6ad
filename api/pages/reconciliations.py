"""How we and a client stand over a span: shown before it is issued as a reconciliation act (P1)."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from api.inputs import PathId
from api.journeys import settle_accounts
from api.pages.forms import Day, Id, SentForm, Text, Typed
from api.pages.own_books import SellerId, books_of
from api.pages.page import Page, PageRoute, ReadingPage, WritingPage
from api.pages.payments import PAYERS, Asked
from billing.bank_file import account_currency
from billing.reconciling_accounts import settlement_of
from billing.unpaid_invoices import payers_found
from contracts.errors import Refusal
from contracts.known_rows import known_row
from contracts.listed_parties import entities_named
from contracts.money import CURRENCIES
from contracts.parties import Seller
from contracts.terms import ONE_DAY, Term

router = APIRouter(route_class=PageRoute, include_in_schema=False)

PAGE = "books/reconciliation.html"


class Span(Typed):
    """Between which two, over which days, in which currency."""

    seller_id: Id
    entity_id: Id
    starts_on: Day
    last_day: Day
    currency: Text


@router.get("/reconciliation")
def ask(
    page: ReadingPage,
    seller_id: SellerId = None,
    q: Asked = "",
    entity_id: Annotated[PathId | None, Query()] = None,
    starts_on: Annotated[date | None, Query()] = None,
    last_day: Annotated[date | None, Query()] = None,
    currency: Annotated[str | None, Query(max_length=3)] = None,
) -> Response:
    """Whose accounts are reconciled, by INN or the number of an invoice; then what an act over the days would say."""
    asked = _asked(page, seller_id, q, entity_id)
    seller, today = asked["books"].seller, asked["today"]
    first, last, money = starts_on or today.replace(month=1, day=1), last_day or today, currency or asked["currency"]
    found = None
    if entity_id is not None and starts_on is not None and asked["payers"]:
        found = settlement_of(page.session, seller, asked["payers"][0][0], Term(first, last + ONE_DAY), money)
    typed = {"starts_on": first, "last_day": last, "currency": money}
    return page.show(PAGE, **(asked | {"typed": typed, "found": found}))


@router.post("/reconciliation")
def issue(form: SentForm, page: WritingPage) -> Response:
    """Issue the act with its paper, under the next number of its series."""

    def act() -> str:
        given = form.read(Span)
        seller = known_row(page.session, Seller, given.seller_id)
        span = Term(given.starts_on, given.last_day + ONE_DAY)
        _, paper = settle_accounts(page.session, seller, given.entity_id, span, given.currency, at=page.at)
        return f"/papers/{paper.id}?said=reconciled"

    def again(refusal: Refusal) -> Response:
        seller, entity = (form.typed.get(name, "") for name in ("seller_id", "entity_id"))
        ids = [int(one) if one.isdecimal() else None for one in (seller, entity)]
        return page.again(PAGE, form, refusal, **_asked(page, ids[0], "", ids[1]))

    return page.once(form, act, again)


def _asked(page: Page, seller_id: int | None, q: str, entity_id: int | None) -> dict[str, Any]:
    books, text = books_of(page, seller_id), q.strip()
    if entity_id is not None:
        payers = entities_named(page.session, [entity_id])
    else:
        payers = payers_found(page.session, books.seller.id, text, limit=PAYERS) if text else []
    return {
        "books": books,
        "q": text,
        "payers": payers,
        "currencies": list(CURRENCIES),
        "currency": account_currency(books.seller.bank_account),
        "today": books.seller.day_of(page.at),
        "found": None,
    }
