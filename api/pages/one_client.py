"""One client: all about it on one page, and what is added to it."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from api.inputs import PathId
from api.newcomers import Speaker, introduce
from api.pages.client_card import client_card
from api.pages.forms import Day, Form, Id, Name, Phone, SentForm, Text, Typed
from api.pages.page import ON_A_PAGE, Page, PageRoute, ReadingPage, WritingPage
from api.pages.requisites import Requisites, given_requisites
from contracts.countries import COUNTRIES
from contracts.enrolling import NewRegistration, add_entity, add_registration, assign_manager
from contracts.errors import Refusal
from contracts.introducing import withdraw_contact
from contracts.known_rows import known_row
from contracts.listed_parties import entities_of, products_by_name, registrations_of
from contracts.paper_addresses import choose_paper_address, withdraw_paper_address
from contracts.paper_ways import PaperWay
from contracts.parties import Client
from contracts.policies import Purchase
from documents.listed_papers import papers_of
from documents.paper_names import KINDS
from documents.pipeline_table import FREE_STANDINGS, STANDINGS

router = APIRouter(route_class=PageRoute, include_in_schema=False)


class Manager(Typed):
    """Who of the staff looks after the client; empty when nobody does."""

    manager: Name = ""


class NewContact(Typed):
    """A person who speaks for the client, and whether papers go to the e-mail."""

    contact: Name
    email: Text = ""
    phone: Phone = ""
    gets_papers: bool = False


class WithdrawnContact(Typed):
    """A person who speaks for the client no more."""

    contact_id: Id


class NewCopy(Typed):
    """A registered copy; an upgrade names the number that it replaces."""

    entity_id: Id
    number: Text
    product: Text
    purchase: Purchase = Purchase.BOX
    bought_on: Day | None = None
    replaces: Text | None = None


class Mailed(Typed):
    """An address of a contact; the way in which papers come there, none to send no more."""

    email: Text
    way: PaperWay | None = None


@router.get("/clients/{client_id}")
def show(client_id: PathId, page: ReadingPage) -> Response:
    """Everything about one client."""
    return page.show("clients/one.html", **_shown(page, client_id))


@router.get("/clients/{client_id}/papers")
def papers(client_id: PathId, page: ReadingPage, before: Annotated[PathId | None, Query()] = None) -> Response:
    """All papers of a client, the latest first."""
    found = papers_of(page.session, known_row(page.session, Client, client_id).id, before=before, limit=ON_A_PAGE + 1)
    return page.show(
        "clients/papers.html",
        client=known_row(page.session, Client, client_id),
        papers=found[:ON_A_PAGE],
        kinds=KINDS[page.language],
        earlier=found[ON_A_PAGE - 1].id if len(found) > ON_A_PAGE else None,
    )


@router.post("/clients/{client_id}:assign")
def assign(client_id: PathId, form: SentForm, page: WritingPage) -> Response:
    """Say who of the staff looks after the client from now on."""

    def act() -> str:
        assign_manager(page.session, client_id, form.read(Manager).manager or None)
        return f"/clients/{client_id}?said=manager"

    return page.once(form, act, _again(page, form, client_id))


@router.post("/clients/{client_id}:mail-papers")
def mail_papers(client_id: PathId, form: SentForm, page: WritingPage) -> Response:
    """Say whether papers of the client are mailed to an address of a contact, and how."""

    def act() -> str:
        given = form.read(Mailed)
        if given.way is None:
            withdraw_paper_address(page.session, client_id, given.email)
        else:
            choose_paper_address(page.session, client_id, given.email, given.way, at=page.at)
        return f"/clients/{client_id}?said=mailed_to"

    return page.once(form, act, _again(page, form, client_id))


@router.get("/clients/{client_id}/contacts")
def ask_contact(client_id: PathId, page: ReadingPage) -> Response:
    """The form of a person who speaks for the client."""
    return page.show("clients/contact.html", client=known_row(page.session, Client, client_id))


@router.post("/clients/{client_id}/contacts")
def take_contact(client_id: PathId, form: SentForm, page: WritingPage) -> Response:
    """Take in a person who speaks for the client."""

    def act() -> str:
        given = form.read(NewContact)
        if not given.email and not given.phone:
            raise Refusal("FIELD_REQUIRED", field="email", value=None)
        speaker = Speaker(given.contact, given.email, given.phone, given.gets_papers)
        introduce(
            page.session, known_row(page.session, Client, client_id).id, speaker, called=given.contact, at=page.at
        )
        return f"/clients/{client_id}?said=contact"

    return page.once(
        form,
        act,
        lambda no: page.again("clients/contact.html", form, no, client=known_row(page.session, Client, client_id)),
    )


@router.post("/clients/{client_id}:withdraw-contact")
def drop_contact(client_id: PathId, form: SentForm, page: WritingPage) -> Response:
    """Let a person speak for the client no more."""

    def act() -> str:
        withdraw_contact(page.session, client_id, form.read(WithdrawnContact).contact_id, at=page.at)
        return f"/clients/{client_id}?said=contact_withdrawn"

    return page.once(form, act, _again(page, form, client_id))


@router.get("/clients/{client_id}/entities")
def ask_entity(client_id: PathId, page: ReadingPage) -> Response:
    """The form of one more legal entity."""
    return page.show("clients/entity.html", client=known_row(page.session, Client, client_id), countries=COUNTRIES)


@router.post("/clients/{client_id}/entities")
def take_entity(client_id: PathId, form: SentForm, page: WritingPage) -> Response:
    """Take in a legal entity of the client."""

    def act() -> str:
        add_entity(page.session, client_id, given_requisites(form.read(Requisites)))
        return f"/clients/{client_id}?said=entity"

    def again(refusal: Refusal) -> Response:
        client = known_row(page.session, Client, client_id)
        return page.again("clients/entity.html", form, refusal, client=client, countries=COUNTRIES)

    return page.once(form, act, again)


@router.get("/clients/{client_id}/registrations")
def ask_registration(client_id: PathId, page: ReadingPage) -> Response:
    """The form of one more registered copy."""
    return page.show("clients/registration.html", **_for_registration(page, client_id))


@router.post("/clients/{client_id}/registrations")
def take_registration(client_id: PathId, form: SentForm, page: WritingPage) -> Response:
    """Take in a registered copy of an entity of the client."""

    def act() -> str:
        given = form.read(NewCopy)
        if given.entity_id not in {one.id for one in entities_of(page.session, client_id)}:
            raise Refusal("ENTITY_UNKNOWN", field="entity_id", value=given.entity_id)
        copy = NewRegistration(given.number, given.product, given.purchase, given.bought_on, given.replaces)
        add_registration(page.session, given.entity_id, copy, at=page.at)
        return f"/clients/{client_id}?said=registration"

    def again(refusal: Refusal) -> Response:
        return page.again("clients/registration.html", form, refusal, **_for_registration(page, client_id))

    return page.once(form, act, again)


def _for_registration(page: Page, client_id: int) -> dict[str, Any]:
    client = known_row(page.session, Client, client_id)
    return {
        "client": client,
        "entities": entities_of(page.session, client.id),
        "registrations": registrations_of(page.session, client.id),
        "products": products_by_name(page.session),
        "purchases": list(Purchase),
    }


def _shown(page: Page, client_id: int) -> dict[str, Any]:
    return {
        "card": client_card(page, known_row(page.session, Client, client_id)),
        "kinds": KINDS[page.language],
        "standings": STANDINGS[page.language],
        "free_standings": FREE_STANDINGS[page.language],
        "ways": list(PaperWay),
    }


def _again(page: Page, form: Form, client_id: int) -> Any:
    return lambda refusal: page.again("clients/one.html", form, refusal, **_shown(page, client_id))
