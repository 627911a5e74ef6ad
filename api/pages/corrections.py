"""Correcting work by hand: what it moves is shown first; what a closed month counted, the next open one mends (H10)."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import Field

from api.inputs import Month as AskedMonth
from api.inputs import PathId
from api.pages.asking import services_named
from api.pages.forms import Form, Name, SentForm, Text, Typed, TypedMinutes
from api.pages.own_books import SellerId, books_of
from api.pages.page import ON_A_PAGE, Page, PageRoute, ReadingPage, WritingPage
from billing.previewing import moved_by
from contracts.errors import Refusal
from contracts.parties import Client
from contracts.terms import first_of_month
from entitlements.hours_facts import Charge
from entitlements.logging_work import Logged, event_of, log
from entitlements.standing_work import entry_that_stands, work_counted
from entitlements.timing import stretches_of
from entitlements.work import WorkEntry

router = APIRouter(route_class=PageRoute, include_in_schema=False)


class Correction(Typed):
    """What the work was; no time at all takes it back."""

    worked: TypedMinutes
    travel: TypedMinutes = 0
    service: Annotated[Name, Field(max_length=60)] = ""
    charge: Charge
    ticket: Annotated[Name, Field(max_length=100)] = ""
    summary: Text = ""


@router.get("/corrections")
def show_all(
    page: ReadingPage,
    seller_id: SellerId = None,
    month: Annotated[AskedMonth | None, Query()] = None,
    client_id: Annotated[PathId | None, Query()] = None,
    after: Annotated[PathId | None, Query()] = None,
) -> Response:
    """The work that counts in a month, of all clients or of one, each with the way to correct it."""
    books = books_of(page, seller_id)
    chosen = month or first_of_month(books.seller.day_of(page.at))
    found = work_counted(page.session, books.seller.id, chosen, client_id, after=after or 0, limit=ON_A_PAGE + 1)
    return page.show(
        "corrections/list.html",
        books=books,
        month_shown=chosen,
        client=page.session.get(Client, client_id) if client_id is not None else None,
        entries=found[:ON_A_PAGE],
        later=found[ON_A_PAGE - 1][0].id if len(found) > ON_A_PAGE else None,
    )


@router.get("/corrections/{entry_id}")
def ask(entry_id: PathId, page: ReadingPage) -> Response:
    """The form of a correction, with the work as it stands."""
    return page.show("corrections/one.html", **_asked(page, entry_id))


@router.post("/corrections/{entry_id}:preview")
def preview(entry_id: PathId, form: SentForm, page: WritingPage) -> Response:
    """What the correction would move; nothing is written."""
    template = "corrections/moved.html" if page.is_fragment else "corrections/one.html"

    def act() -> Response:
        logged = _correct(page, form, entry_id)
        told = {"logged": logged, "moved": moved_by(page.session, logged, at=page.at)}
        page.session.rollback()
        return page.show(template, typed=form.typed, **_asked(page, entry_id) | told)

    return page.act_now(act, lambda refusal: page.again(template, form, refusal, **_asked(page, entry_id)))


@router.post("/corrections/{entry_id}")
def correct(entry_id: PathId, form: SentForm, page: WritingPage) -> Response:
    """Take the work back and record it as it was; both stay to be seen."""

    def act() -> str:
        entry = _entry(page, entry_id)
        logged = _correct(page, form, entry_id)
        counts_on = (logged.entry or logged.reversal or entry).counts_on
        return f"/corrections?seller_id={entry.seller_id}&month={counts_on:%Y-%m}&said=corrected"

    return page.once(
        form, act, lambda refusal: page.again("corrections/one.html", form, refusal, **_asked(page, entry_id))
    )


def _correct(page: Page, form: Form, entry_id: int) -> Logged:
    given, entry = form.read(Correction), _entry(page, entry_id)
    minutes = {"worked_minutes": given.worked, "travel_minutes": given.travel if given.worked else 0}
    is_measured = given.worked == entry.worked_minutes  # other minutes are no timer's
    measured = stretches_of(page.session, [entry]).get(entry.id, ()) if is_measured else ()
    said = {name: getattr(given, name) for name in ("service", "charge", "ticket", "summary")}
    return log(page.session, event_of(entry, **said, **minutes, stretches=measured), at=page.at)


def _entry(page: Page, entry_id: int) -> WorkEntry:
    """The work while it stands. Raises `Refusal("ENTRY_UNKNOWN")` when it was taken back, or never was."""
    entry = entry_that_stands(page.session, entry_id)
    if entry is None:
        raise Refusal("ENTRY_UNKNOWN", field="entry_id", value=entry_id)
    return entry


def _asked(page: Page, entry_id: int) -> dict[str, Any]:
    entry = _entry(page, entry_id)
    return {
        "entry": entry,
        "client": page.session.get_one(Client, entry.client_id),
        "services": services_named(page),
        "charges": list(Charge),
        "logged": None,
        "moved": None,
    }
