"""People who sign in to the pages, their sessions and one-time links; of every secret only a digest is kept."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from api.roles import PersonRole
from contracts.columns import choice, identifier, reference

PASSWORD_LETTERS = range(12, 201)
"""How long a password may be."""


class Person(SQLModel, table=True):
    """Somebody who works in the pages: of our staff, or of a client, and then sees that client alone."""

    __table_args__ = (
        CheckConstraint("(role IN ('client', 'client_admin')) = (client_id IS NOT NULL)", name="of_a_client"),
    )

    id: int = identifier()
    email: str = Field(max_length=254, unique=True)
    name: str = Field(max_length=200)
    role: PersonRole = choice(PersonRole)
    client_id: int | None = reference("client.id", nullable=True)
    language: str = Field(default="ru", max_length=2)
    password_hash: str = Field(default="", max_length=200)
    """Argon2id; empty until a password was chosen: only a one-time link lets in."""
    totp_secret: str = Field(default="", max_length=64)
    """Base32; empty while there is no second factor."""
    totp_step: int = 0
    """The half minute of the last code that was taken, so that none is taken twice (RFC 6238, 5.2)."""
    created_at: datetime
    disabled_at: datetime | None = None


class PersonSession(SQLModel, table=True):
    """A browser in which a person is signed in, from a password to the end of the working day at most."""

    __tablename__ = "person_session"

    id: int = identifier()
    person_id: int = reference("person.id")
    token_sha256: str = Field(max_length=64, unique=True)
    waits_for_code: bool
    """The password was right, the second factor is still to come: nobody is signed in yet."""
    begun_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None


class SignInLink(SQLModel, table=True):
    """A link that signs a person in once: an invitation, a forgotten password, or a client without one."""

    __tablename__ = "sign_in_link"

    id: int = identifier()
    person_id: int = reference("person.id")
    token_sha256: str = Field(max_length=64, unique=True)
    made_at: datetime
    expires_at: datetime
    used_at: datetime | None = None


class AskedLink(SQLModel, table=True):
    """That a person asked for a link by mail; the link itself is made by who mails it, and stands in no queue."""

    __tablename__ = "asked_link"
    __table_args__ = (Index("ix_asked_link_taken_at", "taken_at", "id"),)

    id: int = identifier()
    person_id: int = reference("person.id")
    asked_at: datetime
    taken_at: datetime | None = None
    """When a worker took it up."""


class FailedSignIn(SQLModel, table=True):
    """An attempt to sign in that failed; of the e-mail only its digest is kept, for it may be a password in error."""

    __tablename__ = "failed_sign_in"
    __table_args__ = (
        Index("ix_failed_sign_in_email", "email_sha256", "failed_at"),
        Index("ix_failed_sign_in_place", "place", "failed_at"),
        {"info": {"append_only": True}},
    )

    id: int = identifier()
    email_sha256: str = Field(max_length=64)
    place: str = Field(max_length=64)
    """The network address that it came from."""
    failed_at: datetime
