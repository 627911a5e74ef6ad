"""Sellers, our own legal entities: what papers print of each, its tax mode by days, its windows, and a new one."""

from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import Field

from api.inputs import PathId
from api.pages.forms import Day, Form, Name, SentForm, Text, Typed
from api.pages.page import Page, PageRoute, ReadingPage, WritingPage
from api.pages.requisites import PRINTED, ChangedRequisites
from billing.invoicing import taxation
from billing.tax import tax_countries
from billing.taxing import take_in_seller, tax_from
from contracts.changing_requisites import change_seller
from contracts.choosing_days import choose_days
from contracts.countries import HOME
from contracts.enrolling import choose_reminders
from contracts.errors import Refusal
from contracts.known_rows import known_row
from contracts.parties import Seller
from contracts.paying import follow_payments
from contracts.queries import all_sellers
from contracts.tax_modes import TaxMode

router = APIRouter(route_class=PageRoute, include_in_schema=False)

Days = Annotated[int, Field(ge=0, le=60)]


class NewSeller(ChangedRequisites):
    """A new seller, taxed in a mode from a day on."""

    inn: Text
    country: Text = HOME
    code: Annotated[Name, Field(max_length=40)]
    tax_mode: TaxMode
    taxed_from: Day
    time_zone: Text = "Europe/Moscow"
    late_entry_days: Days = 0


class Windows(Typed):
    """The days for late entries and for paying an invoice."""

    late_entry_days: Days
    payment_days: Days


class Taxed(Typed):
    """A tax mode and its first day."""

    tax_mode: TaxMode
    taxed_from: Day


class Reminded(Typed):
    """On which days before an end somebody is reminded, and where the staff reads."""

    reminder_days: Annotated[Text, Field(pattern=r"^[0-9 ,]*$", max_length=60)] = ""
    reminder_email: Text | None = None


class Followed(Typed):
    """From which day on what is sold serves only while it is paid; none to follow payments no longer."""

    payments_from: Day | None = None


@router.get("/sellers")
def show_all(page: ReadingPage) -> Response:
    """Our own legal entities."""
    return page.show("sellers/list.html", sellers=all_sellers(page.session))


@router.get("/sellers/new")
def ask(page: ReadingPage) -> Response:
    """The form of a new seller."""
    return page.show("sellers/new.html", **_choices())


@router.post("/sellers/new")
def add(form: SentForm, page: WritingPage) -> Response:
    """Take in one of our own legal entities."""

    def act() -> str:
        new = form.read(NewSeller)
        terms = {name: getattr(new, name) for name in ("tax_mode", "taxed_from", "time_zone", "late_entry_days")}
        requisites = {name: value for name, value in new.given().items() if value}
        requisites |= {"inn": new.inn, "country": new.country}
        seller = take_in_seller(page.session, new.code, requisites, **terms)
        return f"/sellers/{seller.id}?said=seller"

    return page.once(form, act, lambda refusal: page.again("sellers/new.html", form, refusal, **_choices()))


@router.get("/sellers/{seller_id}")
def show(seller_id: PathId, page: ReadingPage) -> Response:
    """A seller as papers print it, its tax modes by days, and what may be changed."""
    return page.show("sellers/one.html", **_seller(page, seller_id))


@router.post("/sellers/{seller_id}:change")
def change(seller_id: PathId, form: SentForm, page: WritingPage) -> Response:
    """Print other requisites from now on."""

    def act() -> str:
        change_seller(page.session, seller_id, form.read(ChangedRequisites).given())
        return _changed(seller_id)

    return page.once(form, act, lambda refusal: _again(page, seller_id, form, refusal))


@router.post("/sellers/{seller_id}:tax")
def tax(seller_id: PathId, form: SentForm, page: WritingPage) -> Response:
    """Tax in another mode from a day on."""

    def act() -> str:
        given = form.read(Taxed)
        tax_from(page.session, seller_id, given.tax_mode, given.taxed_from)
        return _changed(seller_id)

    return page.once(form, act, lambda refusal: _again(page, seller_id, form, refusal))


@router.post("/sellers/{seller_id}:give-days")
def give_days(seller_id: PathId, form: SentForm, page: WritingPage) -> Response:
    """Choose the days for late entries and for paying."""

    def act() -> str:
        choose_days(page.session, seller_id, **form.read(Windows).model_dump())
        return _changed(seller_id)

    return page.once(form, act, lambda refusal: _again(page, seller_id, form, refusal))


@router.post("/sellers/{seller_id}:remind")
def remind(seller_id: PathId, form: SentForm, page: WritingPage) -> Response:
    """Choose on which days before an end somebody is reminded (S12)."""

    def act() -> str:
        given = form.read(Reminded)
        days = [int(one) for one in given.reminder_days.replace(",", " ").split()]
        try:
            choose_reminders(page.session, seller_id, days, given.reminder_email)
        except Refusal as refused:
            field = "reminder_email" if refused.field == "email" else "reminder_days"
            raise Refusal(refused.code, field=field, **refused.facts) from refused
        return _changed(seller_id)

    return page.once(form, act, lambda refusal: _again(page, seller_id, form, refusal))


@router.post("/sellers/{seller_id}:follow-payments")
def follow(seller_id: PathId, form: SentForm, page: WritingPage) -> Response:
    """Let the payment of what is sold from a day on be a clock of its service, or no longer (S8)."""

    def act() -> str:
        follow_payments(page.session, seller_id, form.read(Followed).payments_from)
        return _changed(seller_id)

    return page.once(form, act, lambda refusal: _again(page, seller_id, form, refusal))


def _changed(seller_id: int) -> str:
    return f"/sellers/{seller_id}?said=seller_changed"


def _again(page: Page, seller_id: int, form: Form, refusal: Refusal) -> Response:
    return page.again("sellers/one.html", form, refusal, **_seller(page, seller_id))


def _choices() -> dict[str, Any]:
    return {"countries": tax_countries(), "modes": list(TaxMode), "printed": PRINTED}


def _seller(page: Page, seller_id: int) -> dict[str, Any]:
    seller = known_row(page.session, Seller, seller_id)
    return _choices() | {"seller": seller, "taxed": taxation(page.session, seller.id).modes}
