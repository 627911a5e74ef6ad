"""Who may ask for service on behalf of a client, where its papers are mailed, and in which language."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Response

from api.pages.admission import PAGES
from api.pages.forms import Form, Name, Phone, SentForm, Text, Typed
from api.pages.one_client import WithdrawnContact
from api.pages.page import Page, PageRoute, ReadingPage, WritingPage
from contracts.enrolling import choose_locale
from contracts.introducing import introduce_contact, withdraw_contact
from contracts.paper_addresses import choose_paper_address, paper_addresses, withdraw_paper_address
from contracts.paper_ways import PaperWay
from contracts.parties import Client
from contracts.recording_domains import domains_of, withdraw_domain
from documents.words import Language
from entitlements.desk_card import speakers

router = APIRouter(route_class=PageRoute, include_in_schema=False)


class NewContact(Typed):
    """A person who may ask for service."""

    name: Name
    email: Text
    phone: Phone | None = None


class Mailing(Typed):
    """Where papers are mailed, and how they come."""

    to: Text
    way: PaperWay


class Stopped(Typed):
    """An address that gets no more papers."""

    email: Text


class Domain(Typed):
    """A mail domain that speaks for the client no more."""

    domain: Text


class PapersLanguage(Typed):
    """The language of papers and letters."""

    language: Language


@router.get("/my/contacts")
def show(page: ReadingPage) -> Response:
    """The client's people, mail domains and addresses for papers."""
    return page.show("my/contacts.html", **_contacts(page))


@router.post("/my/contacts")
def add(form: SentForm, page: WritingPage) -> Response:
    """Name a person who may ask for service from now on."""

    def act() -> str:
        given = form.read(NewContact)
        introduce_contact(page.session, page.client_id, given.name, email=given.email, phone=given.phone, at=page.at)
        return "/my/contacts?said=introduced"

    return _once(page, form, act)


@router.post("/my/contacts:withdraw")
def withdraw(form: SentForm, page: WritingPage) -> Response:
    """Let a person ask for service no more."""

    def act() -> str:
        withdraw_contact(page.session, page.client_id, form.read(WithdrawnContact).contact_id, at=page.at)
        return "/my/contacts?said=contact_withdrawn"

    return _once(page, form, act)


@router.post("/my/contacts:mail-papers")
def mail_papers(form: SentForm, page: WritingPage) -> Response:
    """Mail the papers that are issued from now on to an address of a contact, attached or as links."""

    def act() -> str:
        given = form.read(Mailing)
        choose_paper_address(page.session, page.client_id, given.to, given.way, at=page.at)
        return "/my/contacts?said=mailing_chosen"

    return _once(page, form, act)


@router.post("/my/contacts:stop-papers")
def stop_papers(form: SentForm, page: WritingPage) -> Response:
    """Mail no more papers to an address."""

    def act() -> str:
        withdraw_paper_address(page.session, page.client_id, form.read(Stopped).email)
        return "/my/contacts?said=mailing_stopped"

    return _once(page, form, act)


@router.post("/my/contacts:withdraw-domain")
def stop_domain(form: SentForm, page: WritingPage) -> Response:
    """Mail from a domain speaks for the client no more."""

    def act() -> str:
        withdraw_domain(page.session, page.client_id, form.read(Domain).domain, at=page.at)
        return "/my/contacts?said=domain_withdrawn"

    return _once(page, form, act)


@router.post("/my/contacts:choose-language")
def choose_language(form: SentForm, page: WritingPage) -> Response:
    """Choose the language of the papers and letters to come."""

    def act() -> str:
        choose_locale(page.session, page.client_id, form.read(PapersLanguage).language)
        return "/my/contacts?said=papers_language"

    return _once(page, form, act)


def _once(page: Page, form: Form, act: Callable[[], str]) -> Response:
    return page.once(form, act, lambda refusal: page.again("my/contacts.html", form, refusal, **_contacts(page)))


def _contacts(page: Page) -> dict[str, Any]:
    session, client_id = page.session, page.client_id
    people = speakers(session, client_id)
    return {
        "people": people,
        "emails": sorted({address for one in people for address in one.addresses if "@" in address}),
        "mailed": paper_addresses(session, {client_id})[client_id],
        "domains": domains_of(session, client_id),
        "client": session.get_one(Client, client_id),
        "ways": list(PaperWay),
        "may_change": page.person.role in PAGES["POST", "/my/contacts"],
    }
