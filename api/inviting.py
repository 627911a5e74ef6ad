"""Who may sign in: people are added, given another role, disabled and let in again by an administrator."""

from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from api.people import Person
from api.roles import PersonRole
from api.signing_in import end_sessions
from contracts.errors import Refusal
from contracts.locking import take_turn
from contracts.parties import Client
from contracts.requisites import normal_email, one_writing, require_text

OF_CLIENTS = (PersonRole.CLIENT, PersonRole.CLIENT_ADMIN)


def add_person(
    session: Session,
    email: str,
    name: str,
    role: PersonRole,
    *,
    client_id: int | None = None,
    language: str = "ru",
    at: datetime,
) -> Person:
    """Let somebody sign in from now on, with a one-time link until a password is chosen.

    Raises `Refusal` with EMAIL_WRONG, EMAIL_TAKEN, TEXT_WRONG, CLIENT_REQUIRED, ROLE_NOT_OF_A_CLIENT or CLIENT_UNKNOWN.
    """
    address = normal_email(email, "email")
    if session.exec(select(Person.id).where(Person.email == address)).first() is not None:
        raise Refusal("EMAIL_TAKEN", field="email", value=address)
    if role in OF_CLIENTS and client_id is None:
        raise Refusal("CLIENT_REQUIRED", field="client_id", value=None)
    if role not in OF_CLIENTS and client_id is not None:
        raise Refusal("ROLE_NOT_OF_A_CLIENT", field="role", value=role, allowed=list(OF_CLIENTS))
    if client_id is not None and session.get(Client, client_id) is None:
        raise Refusal("CLIENT_UNKNOWN", field="client_id", value=client_id)
    person = Person(
        email=address,
        name=require_text(name, "name", 200),
        role=role,
        client_id=client_id,
        language=language,
        created_at=at,
    )
    session.add(person)
    session.flush()
    return person


def person_of(session: Session, email: str) -> Person:
    """The person with this e-mail. Raises `Refusal("PERSON_UNKNOWN")`."""
    person = session.exec(select(Person).where(Person.email == one_writing(email))).first()
    if person is None:
        raise Refusal("PERSON_UNKNOWN", field="email", value=email)
    return person


def disable(session: Session, person: Person, *, at: datetime) -> None:
    """Sign the person out everywhere and let nobody in under this e-mail. Raises `Refusal("LAST_ADMINISTRATOR")`."""
    _require_another_administrator(session, person)
    person.disabled_at = person.disabled_at or at
    end_sessions(session, person, at=at)


def enable(session: Session, person: Person) -> None:
    """Let a disabled person sign in again."""
    person.disabled_at = None
    session.flush()


def give_role(session: Session, person: Person, role: PersonRole, *, at: datetime) -> None:
    """Another role from now on, in a new session; staff stay staff, and people of a client of that client.

    Raises `Refusal` with LAST_ADMINISTRATOR or ROLE_NOT_OF_A_CLIENT.
    """
    if (role in OF_CLIENTS) != (person.client_id is not None):
        allowed = [one for one in PersonRole if (one in OF_CLIENTS) == (person.client_id is not None)]
        raise Refusal("ROLE_NOT_OF_A_CLIENT", field="role", value=role, allowed=allowed)
    if role is not PersonRole.ADMIN:
        _require_another_administrator(session, person)
    person.role = role
    end_sessions(session, person, at=at)


def is_new(session: Session) -> bool:
    """Whether nobody may sign in yet: whoever comes first becomes the administrator."""
    return session.exec(select(func.count()).select_from(Person)).one() == 0


def comes_first(session: Session) -> bool:
    """Whether nobody may sign in yet; then nobody else comes first until the transaction ends."""
    take_turn(session, "first person")
    return is_new(session)


def _require_another_administrator(session: Session, person: Person) -> None:
    """Somebody must be left who can let others in; their rows are held, so that two cannot disable each other."""
    others = session.exec(
        select(Person.id)
        .where(Person.role == PersonRole.ADMIN, col(Person.disabled_at).is_(None))
        .order_by(col(Person.id))
        .with_for_update()
    ).all()
    if list(others) == [person.id]:
        raise Refusal("LAST_ADMINISTRATOR", field="email", value=person.email)
