"""Clients, their legal entities and the people who speak for them."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response
from pydantic import Field
from sqlmodel import Session, col, select

from api.calls import CREATED, MaybeOnce, Once
from api.inputs import Id, Input, Limit, PathId, Searched, line
from api.outputs import Answer
from api.request import Call, GuardedRoute, Reader
from api.v1.desk_answers import ContactAnswer
from api.v1.sellers import Requisites, RequisitesChange
from contracts.catalogue import Product, Registration
from contracts.changing_requisites import change_entity
from contracts.enrolling import add_client, add_contact, add_entity, assign_manager
from contracts.introducing import withdraw_contact
from contracts.known_rows import known_row
from contracts.parties import Client, ClientContact, Contact, ContactAddress, Entity
from contracts.queries import clients_like
from contracts.recording_domains import domains_of, record_domain, withdraw_domain
from contracts.speaking import speaks_today
from contracts.subscriptions import Contract, Subscription

router = APIRouter(route_class=GuardedRoute, tags=["clients"])


class NewClient(Input):
    """A client; `external_id` is its id in the caller's own system."""

    name: str = line(300, examples=["Ромашка"])
    external_id: str | None = Field(default=None, min_length=1, max_length=100)
    locale: Literal["ru", "en"] = "ru"
    manager: str | None = Field(default=None, min_length=1, max_length=200, examples=["Котова И. Л."])


class Assignment(Input):
    """Who of the staff looks after the client; null when nobody does."""

    manager: str | None = Field(min_length=1, max_length=200, examples=["Котова И. Л."])


class NewContact(Input):
    """A person who speaks for the client."""

    name: str = line(300, examples=["Иванова Мария Петровна"])
    emails: list[str] = Field(default=[], max_length=20, examples=[["buh@example.org"]])
    phones: list[str] = Field(default=[], max_length=20, examples=[["+7 495 123-45-67"]])


class ContactInput(Input):
    """A person who speaks for the client."""

    contact_id: Id


class DomainInput(Input):
    """A mail domain of the client, with or without its @."""

    domain: str = line(254, examples=["romashka.example"])


class DomainAnswer(Answer):
    """A mail domain that speaks for the client."""

    client_id: int
    domain: str
    recorded_at: datetime


class ClientAnswer(Answer):
    """A client; `state_version` grows with every change of its facts."""

    id: int
    name: str
    external_id: str | None
    locale: str
    state_version: int
    created_at: datetime
    manager: str


class EntityAnswer(Answer):
    """A legal entity or sole trader."""

    id: int
    client_id: int
    name: str
    inn: str
    kpp: str
    country: str


class OwnedRegistration(Answer):
    """A registered copy of a product."""

    number: str
    product: str
    entity_id: int


class ContractAnswer(Answer):
    """A contract with the ids of its subscriptions."""

    id: int
    number: str
    seller_id: int
    entity_id: int
    subscription_ids: list[int]


class WholeClient(ClientAnswer):
    """A client with all that it owns."""

    domains: list[str]
    entities: list[EntityAnswer]
    contacts: list[ContactAnswer]
    registrations: list[OwnedRegistration]
    contracts: list[ContractAnswer]


@router.post("/v1/clients", status_code=CREATED, response_model=ClientAnswer)
def add(new: NewClient, once: MaybeOnce) -> Response:
    """Take in a client; its entities follow."""
    return once.answer(
        lambda call: ClientAnswer.model_validate(
            add_client(
                call.session,
                new.name,
                at=call.at,
                external_id=new.external_id,
                locale=new.locale,
                manager=new.manager,
            )
        )
    )


@router.post("/v1/clients/{client_id}:assign", status_code=CREATED, response_model=ClientAnswer)
def assign(client_id: PathId, new: Assignment, once: MaybeOnce) -> Response:
    """Say who of the staff looks after the client from now on."""
    return once.answer(lambda call: ClientAnswer.model_validate(assign_manager(call.session, client_id, new.manager)))


@router.get("/v1/clients")
def find(
    call: Reader,
    search: Annotated[Searched, Query(description="How the name begins.")],
    limit: Annotated[Limit, Query()] = 20,
) -> list[ClientAnswer]:
    """The clients whose names begin so, in the order of their names."""
    return [ClientAnswer.model_validate(client) for client in clients_like(call.session, search, limit)]


@router.get("/v1/clients/{client_id}")
def one(client_id: PathId, call: Reader) -> WholeClient:
    """A client with all that it owns."""
    return _whole(call.session, client_id)


def _whole(session: Session, client_id: int) -> WholeClient:
    client = known_row(session, Client, client_id)
    entities = session.exec(select(Entity).where(Entity.client_id == client.id).order_by(col(Entity.id)))
    return WholeClient(
        **ClientAnswer.model_validate(client).model_dump(),
        domains=domains_of(session, client.id),
        entities=[EntityAnswer.model_validate(entity) for entity in entities],
        contacts=_contacts(session, client.id),
        registrations=_registrations(session, client.id),
        contracts=_contracts(session, client.id),
    )


@router.post("/v1/clients/{client_id}/entities", status_code=CREATED, response_model=EntityAnswer)
def take_entity(client_id: PathId, new: Requisites, once: MaybeOnce) -> Response:
    """Take in a legal entity of the client."""
    return once.answer(
        lambda call: EntityAnswer.model_validate(add_entity(call.session, client_id, new.given())),
    )


@router.post("/v1/entities/{entity_id}:change", status_code=CREATED, response_model=EntityAnswer)
def change(entity_id: PathId, new: RequisitesChange, once: Once) -> Response:
    """Change requisites: papers issued from now on print the new ones, and issued ones stay as they are."""
    return once.answer(lambda call: EntityAnswer.model_validate(change_entity(call.session, entity_id, new.given())))


@router.post("/v1/clients/{client_id}/contacts", status_code=CREATED, response_model=ContactAnswer)
def take_contact(client_id: PathId, new: NewContact, once: MaybeOnce) -> Response:
    """Take in a person who speaks for the client; one whose name and address are known is linked, not made twice."""
    emails, phones = tuple(new.emails), tuple(new.phones)
    return once.answer(
        lambda call: _contact(
            call.session, add_contact(call.session, client_id, new.name, at=call.at, emails=emails, phones=phones)
        )
    )


@router.post("/v1/clients/{client_id}:withdraw-contact", response_model=WholeClient)
def withdraw_speaker(client_id: PathId, new: ContactInput, once: MaybeOnce) -> Response:
    """The person asks for the client no more, and no papers go to an address that was that person's alone."""

    def act(call: Call) -> WholeClient:
        withdraw_contact(call.session, client_id, new.contact_id, at=call.at)
        return _whole(call.session, client_id)

    return once.answer(act, status=200)


@router.post("/v1/clients/{client_id}/domains", status_code=CREATED, response_model=DomainAnswer)
def take_domain(client_id: PathId, new: DomainInput, once: MaybeOnce) -> Response:
    """Record that mail from a domain speaks for the client, unless its address is that of a known contact."""
    return once.answer(
        lambda call: DomainAnswer.model_validate(record_domain(call.session, client_id, new.domain, at=call.at))
    )


@router.post("/v1/clients/{client_id}:withdraw-domain", response_model=DomainAnswer)
def withdraw(client_id: PathId, new: DomainInput, once: MaybeOnce) -> Response:
    """Mail from the domain no longer speaks for the client."""

    def act(call: Call) -> DomainAnswer:
        return DomainAnswer.model_validate(withdraw_domain(call.session, client_id, new.domain, at=call.at))

    return once.answer(act, status=200)


def _contacts(session: Session, client_id: int) -> list[ContactAnswer]:
    linked = select(Contact).join(ClientContact)
    linked = linked.where(ClientContact.client_id == client_id, speaks_today(ClientContact))
    return [_contact(session, contact) for contact in session.exec(linked.order_by(col(Contact.id))).all()]


def _contact(session: Session, contact: Contact) -> ContactAnswer:
    own = select(ContactAddress.value).where(ContactAddress.contact_id == contact.id)
    addresses = list(session.exec(own.order_by(ContactAddress.value)))
    return ContactAnswer(id=contact.id, name=contact.name, addresses=addresses)


def _registrations(session: Session, client_id: int) -> list[OwnedRegistration]:
    owned = select(Registration, Product.code).join(Product).where(Registration.client_id == client_id)
    return [
        OwnedRegistration(number=row.number, product=product, entity_id=row.entity_id)
        for row, product in session.exec(owned.order_by(Registration.number))
    ]


def _contracts(session: Session, client_id: int) -> list[ContractAnswer]:
    sold: dict[int, list[int]] = {}
    subscriptions = select(Subscription.contract_id, Subscription.id).where(Subscription.client_id == client_id)
    for contract_id, subscription_id in session.exec(subscriptions.order_by(col(Subscription.id))):
        sold.setdefault(contract_id, []).append(subscription_id)
    rows = session.exec(select(Contract).where(Contract.client_id == client_id).order_by(col(Contract.id)))
    return [
        ContractAnswer(
            id=row.id,
            number=row.number,
            seller_id=row.seller_id,
            entity_id=row.entity_id,
            subscription_ids=sold.get(row.id, []),
        )
        for row in rows
    ]
