"""The clients: finding one by whatever is at hand, and taking in a new one by its INN."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from sqlmodel import select

from api.inputs import PathId, require_printable
from api.pages.faults import told_by_field
from api.pages.forms import SentForm
from api.pages.page import ON_A_PAGE, Page, PageRoute, ReadingPage, WritingPage
from api.pages.requisites import NewClient, take_in_client
from contracts.client_list import list_clients
from contracts.countries import COUNTRIES, HOME
from contracts.errors import Refusal
from contracts.parties import Client, Entity
from contracts.requisites import require_tax_number

router = APIRouter(route_class=PageRoute, include_in_schema=False)

LONGEST_SEARCH = 100


@router.get("/clients")
def find(
    page: ReadingPage,
    q: Annotated[str, Query(max_length=LONGEST_SEARCH)] = "",
    after: Annotated[PathId | None, Query()] = None,
) -> Response:
    """The clients that the text names, by name; all of them without one."""
    found = list_clients(page.session, _printable(q), after=after, limit=ON_A_PAGE + 1)
    return page.show(
        "clients/found.html" if page.is_fragment else "clients/list.html",
        q=q,
        found=found[:ON_A_PAGE],
        today=page.today,
        after=after,
        following=found[ON_A_PAGE - 1].client.id if len(found) > ON_A_PAGE else None,
    )


@router.get("/clients/inn")
def check_inn(
    page: ReadingPage,
    inn: Annotated[str, Query(max_length=LONGEST_SEARCH)] = "",
    country: Annotated[str, Query(max_length=2)] = HOME,
) -> Response:
    """What is to be said of an INN while it is typed: right, wrong, or that of a client who is known already."""
    if not inn.strip():
        return page.show("clients/inn.html", known=[], refusal="", is_typed=False)
    try:
        number = require_tax_number(_printable(inn), country)
    except Refusal as refusal:
        return page.show("clients/inn.html", known=[], refusal=_sentence(page, refusal), is_typed=True)
    same = select(Client).join(Entity).where(Entity.inn == number).distinct()
    known = page.session.exec(same.order_by(Client.search_key)).all()
    return page.show("clients/inn.html", known=known, refusal="", is_typed=True)


@router.get("/clients/new")
def ask(page: ReadingPage) -> Response:
    """The form of a new client."""
    return page.show("clients/new.html", countries=COUNTRIES)


@router.post("/clients/new")
def add(form: SentForm, page: WritingPage) -> Response:
    """Take in a client with its first entity and who speaks for it; who does it looks after it."""

    def act() -> str:
        new = form.read(NewClient)
        entity = take_in_client(page, new)
        return f"/clients/{entity.client_id}?said=client"

    return page.once(form, act, lambda refusal: page.again("clients/new.html", form, refusal, countries=COUNTRIES))


def _sentence(page: Page, refusal: Refusal) -> str:
    return told_by_field(refusal, page.language, set())[1]


def _printable(text: str) -> str:
    """The text, empty where it has what nobody types: then it names nothing."""
    try:
        return require_printable(text)
    except ValueError:
        return ""
