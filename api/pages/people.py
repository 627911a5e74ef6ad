"""Who may sign in, for an administrator: add, invite, change, disable."""

from typing import Any

from fastapi import APIRouter, Response
from sqlmodel import col, select

from api.inputs import PathId
from api.inviting import add_person, disable, enable, give_role
from api.pages.forms import Name, SentForm, Text, Typed
from api.pages.page import Page, PageRoute, ReadingPage, WritingPage
from api.people import Person
from api.roles import PersonRole
from api.signing_in import LINK_HOURS, make_link, turn_off_codes
from contracts.known_rows import known_row
from contracts.parties import Client
from contracts.typed_search import client_typed
from documents.words import Language

router = APIRouter(route_class=PageRoute, include_in_schema=False)


class NewPerson(Typed):
    """Somebody who may sign in; `client_id` for people of a client."""

    email: Text
    name: Name
    role: PersonRole
    client_id: Text | None = None
    language: Language = Language.RU


class Change(Typed):
    """Another role, and whether the person may sign in."""

    role: PersonRole
    is_let_in: bool = False


@router.get("/people")
def show(page: ReadingPage) -> Response:
    """Everybody who may sign in."""
    return page.show("people.html", **_people(page))


@router.post("/people")
def add(form: SentForm, page: WritingPage) -> Response:
    """Let somebody in, with a link to choose a password by, which is shown once."""

    def take() -> Response:
        given = form.read(NewPerson)
        person = add_person(
            page.session,
            given.email,
            given.name,
            given.role,
            client_id=client_typed(page.session, given.client_id, "client_id") if given.client_id else None,
            language=given.language,
            at=page.at,
        )
        return _invited(page, person)

    return page.act_now(take, lambda refusal: page.again("people.html", form, refusal, **_people(page)))


@router.post("/people/{person_id}:invite")
def invite(person_id: PathId, page: WritingPage) -> Response:
    """Make another link for who lost the first, or a password."""
    return _invited(page, known_row(page.session, Person, person_id))


@router.post("/people/{person_id}:change")
def change(person_id: PathId, form: SentForm, page: WritingPage) -> Response:
    """Give another role, let in or out; every session of the person ends."""

    def act() -> str:
        given, person = form.read(Change), known_row(page.session, Person, person_id)
        if given.role is not person.role:
            give_role(page.session, person, given.role, at=page.at)
        if given.is_let_in:
            enable(page.session, person)
        else:
            disable(page.session, person, at=page.at)
        return "/people?said=changed"

    return page.once(form, act, lambda refusal: page.again("people.html", form, refusal, **_people(page)))


@router.post("/people/{person_id}:stop-codes")
def stop_codes(person_id: PathId, page: WritingPage) -> Response:
    """Let in with a password alone who lost the authenticator."""
    turn_off_codes(page.session, known_row(page.session, Person, person_id))
    return page.go("/people?said=no_codes")


def _invited(page: Page, person: Person) -> Response:
    """The list with the one-time link, which no other page shows again."""
    token = make_link(page.session, person, at=page.at)
    outside = page.request.app.state.settings.public_url or str(page.request.base_url).rstrip("/")
    link = f"{outside}/sign-in/link#{token}"
    shown = {"invited": person, "link": link, "link_hours": LINK_HOURS}
    return page.show("people.html", **(_people(page) | shown))


def _people(page: Page) -> dict[str, Any]:
    rows = page.session.exec(
        select(Person, Client.name)
        .join(Client, col(Client.id) == Person.client_id, isouter=True)
        .order_by(col(Person.disabled_at).is_not(None), Person.name)
    ).all()
    return {"people": rows, "roles": list(PersonRole), "invited": None}
