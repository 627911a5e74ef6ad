"""Taking in a newcomer in one go: the client, its legal entity, who speaks for it, and where its papers go."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from contracts.enrolling import NewRegistration, add_client, add_contact, add_entity, add_registration
from contracts.paper_addresses import choose_paper_address
from contracts.paper_ways import PaperWay
from contracts.parties import Entity


@dataclass(frozen=True, slots=True)
class Speaker:
    """A person who speaks for a client, and whether papers are mailed to the e-mail, attached, from now on."""

    name: str = ""
    email: str = ""
    phone: str = ""
    gets_papers: bool = True


def take_in(
    session: Session, requisites: Mapping[str, str], speaker: Speaker, *, locale: str, manager: str, at: datetime
) -> Entity:
    """A new client that is called as its entity; `manager` is who of the staff looks after it.

    `locale` is the language of its papers. Raises the refusals of `add_client`, `add_entity`, `add_contact` and
    `choose_paper_address`.
    """
    client = add_client(session, requisites["name"], at=at, locale=locale, manager=manager)
    entity = add_entity(session, client.id, requisites)
    introduce(session, client.id, speaker, called=entity.name, at=at)
    return entity


def introduce(session: Session, client_id: int, speaker: Speaker, *, called: str, at: datetime) -> None:
    """Let a person speak for a client; without an e-mail or a phone nobody is meant.

    `called` is the name of who is not named.
    """
    if not speaker.email and not speaker.phone:
        return
    emails, phones = (tuple(filter(None, [one])) for one in (speaker.email, speaker.phone))
    add_contact(session, client_id, speaker.name or called, at=at, emails=emails, phones=phones)
    if speaker.email and speaker.gets_papers:
        choose_paper_address(session, client_id, speaker.email, PaperWay.ATTACHMENT, at=at)


def register(session: Session, entity_id: int, copies: list[NewRegistration], *, at: datetime) -> tuple[str, ...]:
    """Take in registered copies of an entity; their numbers. Raises the refusals of `add_registration`."""
    return tuple(add_registration(session, entity_id, copy, at=at).number for copy in copies)
