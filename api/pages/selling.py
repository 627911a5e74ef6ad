"""Selling on one screen: what is chosen is shown with its dates and its total before anything is issued."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from api.inputs import LARGEST_ID, PathId
from api.pages.forms import Form, SentForm
from api.pages.page import Page, PageRoute, ReadingPage, WritingPage
from api.pages.sale_form import SaleForm, sell_by_form, shown_choices
from api.v1.sale_previews import preview_of
from contracts.errors import Refusal

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/sales/new")
def ask(page: ReadingPage, client: Annotated[PathId | None, Query()] = None) -> Response:
    """The form of a sale, to a known client or a new one."""
    return page.show("sales/new.html", preview=None, ticked=[], **shown_choices(page, client))


@router.post("/sales/new")
def sell(form: SentForm, page: WritingPage) -> Response:
    """Sell: contract, invoice and papers, and go on to where they are looked at and sent."""

    def act() -> str:
        return f"/sales/{sell_by_form(page, form.read(SaleForm)).sale.subscription.id}?said=sold"

    return page.once(form, act, _again(page, form, "sales/new.html"))


@router.post("/sales/preview")
def preview(form: SentForm, page: WritingPage) -> Response:
    """What selling would make: first day, free periods, gap, total; nothing is written."""
    template = "sales/preview.html" if page.is_fragment else "sales/new.html"

    def act() -> Response:
        sold = sell_by_form(page, form.read(SaleForm))
        shown, total = preview_of(page.session, sold, at=page.at), sold.invoice.total
        page.session.rollback()
        return page.show(template, typed=form.typed, preview=shown, total=total, **_chosen(page, form))

    return page.act_now(act, _again(page, form, template))


def _again(page: Page, form: Form, template: str) -> Callable[[Refusal], Response]:
    return lambda refusal: page.again(template, form, refusal, preview=None, **_chosen(page, form))


def _chosen(page: Page, form: Form) -> dict[str, Any]:
    """What the whole page needs besides; a part of it needs nothing."""
    if page.is_fragment:
        return {}
    client_id = form.typed.get("client_id", "")
    known = client_id.isdecimal() and 1 <= int(client_id) <= LARGEST_ID
    return {"ticked": form.all("registrations")} | shown_choices(page, int(client_id) if known else None)
