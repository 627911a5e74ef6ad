"""Reconciliation acts: what one would say of a seller and an entity over days that are over, then the act (P1)."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response

from api import refusals
from api.inputs import PathId
from api.journeys import settle_accounts
from api.pages.faults import told_by_field
from api.pages.forms import Day, Form, Id, SentForm, Text, Typed
from api.pages.own_books import SellerId, books_of
from api.pages.page import Page, PageRoute, ReadingPage, WritingPage
from api.pages.payments import PAYERS
from billing.bank_file import account_currency
from billing.reconciling_accounts import draw_up
from billing.settlement import Settlement
from billing.unpaid_invoices import payers_found
from contracts.errors import Refusal
from contracts.known_rows import known_row
from contracts.listed_parties import entities_named, entities_of
from contracts.money import CURRENCIES
from contracts.parties import Client, Entity, Seller
from contracts.terms import ONE_DAY, Term
from documents.journal_table import SOURCES

router = APIRouter(route_class=PageRoute, include_in_schema=False)

AskedId = Annotated[PathId | None, Query()]


class NewAct(Typed):
    """Between whom, over which days, in which currency."""

    seller_id: Id
    entity_id: Id
    currency: Text
    starts_on: Day
    last_day: Day


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form of the page asks for: its fields, and by what an entity is looked for."""

    seller_id: SellerId = None
    client_id: AskedId = None
    entity_id: AskedId = None
    q: Annotated[str, Query(max_length=60)] = ""
    currency: Annotated[str, Query(max_length=3)] = ""
    starts_on: Annotated[date | None, Query()] = None
    last_day: Annotated[date | None, Query()] = None


@router.get("/reconciliation")
def show(page: ReadingPage, asked: Annotated[Asked, Depends()]) -> Response:
    """Where an act is drawn up; once the entity and the days are chosen, what it would say."""
    values = _asked(page, asked)
    if asked.entity_id is None or asked.starts_on is None or asked.last_day is None:
        return page.show("reconciliation/one.html", **values)
    try:
        span, seller = Term(asked.starts_on, asked.last_day + ONE_DAY), values["books"].seller
        found = draw_up(page.session, seller, asked.entity_id, span, values["typed"]["currency"], at=page.at)
    except Refusal as refusal:
        wrong, refused = told_by_field(refusal, page.language, set(values["typed"]))
        status = refusals.status_of(refusal)
        return page.show("reconciliation/one.html", status, **values, wrong=wrong, refused=refused)
    return page.show("reconciliation/one.html", **(values | {"found": found}))


@router.post("/reconciliation")
def issue(form: SentForm, page: WritingPage) -> Response:
    """Issue the act under the next number of its series; its paper follows."""

    def act() -> str:
        new = form.read(NewAct)
        seller, span = known_row(page.session, Seller, new.seller_id), Term(new.starts_on, new.last_day + ONE_DAY)
        _, paper = settle_accounts(page.session, seller, new.entity_id, span, new.currency, at=page.at)
        return f"/papers/{paper.id}?said=reconciled"

    return page.once(form, act, lambda refusal: _again(page, form, refusal))


def _again(page: Page, form: Form, refusal: Refusal) -> Response:
    ids = {name: int(text) for name, text in form.typed.items() if name.endswith("_id") and text.isdecimal()}
    values = _asked(page, Asked(ids.get("seller_id"), entity_id=ids.get("entity_id")))
    return page.again("reconciliation/one.html", form, refusal, **{k: v for k, v in values.items() if k != "typed"})


def _asked(page: Page, asked: Asked) -> dict[str, Any]:
    books = books_of(page, asked.seller_id)
    quarter = _last_quarter(books.seller.day_of(page.at))
    found: Settlement | None = None
    return {
        "books": books,
        "q": asked.q.strip(),
        "client_id": asked.client_id,
        "entities": _entities(page, books.seller, asked),
        "currencies": list(CURRENCIES),
        "sources": SOURCES[page.language],
        "found": found,
        "typed": {
            "entity_id": asked.entity_id or "",
            "currency": asked.currency or account_currency(books.seller.bank_account),
            "starts_on": (asked.starts_on or quarter.starts_on).isoformat(),
            "last_day": (asked.last_day or quarter.last_day).isoformat(),
        },
    }


def _entities(page: Page, seller: Seller, asked: Asked) -> list[tuple[Entity, str]]:
    """Among whom to choose: who was looked for, else the entities of the client, else the one that was chosen."""
    if text := asked.q.strip():
        return payers_found(page.session, seller.id, text, limit=PAYERS)
    if asked.client_id is not None:
        client = known_row(page.session, Client, asked.client_id)
        return [(one, client.name) for one in entities_of(page.session, client.id)]
    return entities_named(page.session, {asked.entity_id})


def _last_quarter(on: date) -> Term:
    """The calendar quarter that ended last."""
    ends_on = date(on.year, (on.month - 1) // 3 * 3 + 1, 1)
    return Term(date(ends_on.year - (ends_on.month == 1), (ends_on.month - 4) % 12 + 1, 1), ends_on)
