"""Signing in to the pages: passwords, second factors, one-time links, and how often one may try.

A session lives on the server: it ends when the person signs out, is disabled or chooses another password.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from threading import BoundedSemaphore

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import Engine, func, or_, update
from sqlmodel import Session, col, select

from api.database import reading
from api.people import PASSWORD_LETTERS, AskedLink, FailedSignIn, Person, PersonSession, SignInLink
from contracts.errors import Refusal
from contracts.locking import take_turn
from contracts.requisites import one_writing

SESSION_HOURS = 12
"""After how many hours a session ends by itself: a working day, and whoever stays later signs in again."""
LINK_HOURS = 48
"""For how many hours a one-time link opens: over a weekend's Saturday, not over a week."""
TRIES, TRIES_FROM_ONE_PLACE = 10, 100
"""Failed attempts for one e-mail, and from one network address, after which nobody may try for a while."""
TRIES_MINUTES = 15
LINKS_IN_A_WHILE = 3
TOTP_SECONDS = 30

_HASHER = PasswordHasher()
_HASHING = BoundedSemaphore(4)
"""Each comparison takes 64 MiB: whoever sends many forms at once does not take the memory of the machine."""
_NOBODY = _HASHER.hash("nobody's password")
"""Compared with where there is no such person, so that the answer takes as long."""


def sign_in(
    engine: Engine, session: Session, email: str, password: str, *, place: str, at: datetime
) -> tuple[Person, str] | None:
    """The person and the token of a new session; None, with the attempt written down, when e-mail or password is wrong.

    `session` has begun nothing yet: passwords are compared before it does, since nobody else writes to SQLite
    meanwhile. Raises `Refusal("TRIES_SPENT")`.
    """
    address = one_writing(email)
    key = _digest(address)
    with reading(engine) as before:
        _require_tries_left(before, key, place, at=at)
        known = before.exec(select(Person).where(Person.email == address)).first()
    fits = _password_fits(known, password)
    _take_try(session, key, place, at=at)
    person = _still_the_same(session, known) if fits and known is not None else None
    if person is None:
        session.add(FailedSignIn(email_sha256=key, place=place, failed_at=at))
        session.flush()
        return None
    return person, begin_session(session, person, waits_for_code=bool(person.totp_secret), at=at)


def begin_session(session: Session, person: Person, *, waits_for_code: bool = False, at: datetime) -> str:
    """A new session of the person; its token is shown to the browser once and kept nowhere."""
    token = secrets.token_urlsafe(32)
    session.add(
        PersonSession(
            person_id=person.id,
            token_sha256=_digest(token),
            waits_for_code=waits_for_code,
            begun_at=at,
            expires_at=at + timedelta(hours=SESSION_HOURS),
        )
    )
    session.flush()
    return token


def session_of(session: Session, token: str, *, at: datetime) -> tuple[Person, PersonSession] | None:
    """Who is signed in with the token; None when nobody is, any more or yet."""
    found = session.exec(
        select(Person, PersonSession)
        .join(PersonSession, col(PersonSession.person_id) == Person.id)
        .where(
            PersonSession.token_sha256 == _digest(token),
            col(PersonSession.ended_at).is_(None),
            PersonSession.expires_at > at,
            col(Person.disabled_at).is_(None),
        )
    ).first()
    return None if found is None else (found[0], found[1])


def give_code(session: Session, token: str, code: str, *, place: str, at: datetime) -> bool:
    """Finish a sign-in with the second factor; False, with the attempt written down, when the code is wrong or used.

    Raises `Refusal` with SESSION_ENDED or TRIES_SPENT.
    """
    found = session_of(session, token, at=at)
    if found is None:
        raise Refusal("SESSION_ENDED")
    person, signed_in = found
    key = _digest(person.email)
    _take_try(session, key, place, at=at)
    session.refresh(person, with_for_update={"key_share": True})  # another may have given a code meanwhile
    step = _step_of(person.totp_secret, code, after=person.totp_step, at=at)
    if step is None:
        session.add(FailedSignIn(email_sha256=key, place=place, failed_at=at))
        session.flush()
        return False
    person.totp_step, signed_in.waits_for_code = step, False
    session.flush()
    return True


def make_link(session: Session, person: Person, *, at: datetime) -> str:
    """The token of a new one-time link; earlier ones of the person open no more."""
    session.exec(
        update(SignInLink)
        .where(col(SignInLink.person_id) == person.id, col(SignInLink.used_at).is_(None))
        .values(used_at=at)
    )
    token = secrets.token_urlsafe(32)
    session.add(
        SignInLink(
            person_id=person.id, token_sha256=_digest(token), made_at=at, expires_at=at + timedelta(hours=LINK_HOURS)
        )
    )
    session.flush()
    return token


def ask_for_link(session: Session, email: str, *, at: datetime) -> None:
    """Note that a person wants a link by mail; not for an e-mail that nobody has, nor after three in a short while."""
    person = session.exec(
        select(Person).where(Person.email == one_writing(email), col(Person.disabled_at).is_(None))
    ).first()
    if person is None:
        return
    lately = select(func.count()).where(
        AskedLink.person_id == person.id, AskedLink.asked_at > at - timedelta(minutes=TRIES_MINUTES)
    )
    if session.exec(lately).one() < LINKS_IN_A_WHILE:
        session.add(AskedLink(person_id=person.id, asked_at=at))
        session.flush()


def use_link(session: Session, token: str, *, place: str, at: datetime) -> tuple[Person, str] | None:
    """The person and the token of a session that the link begins; None when it opened before, or stands no more.

    A second factor is asked for all the same. Raises `Refusal("TRIES_SPENT")`.
    """
    key = _digest(token)
    _take_try(session, key, place, at=at)
    taken = session.exec(
        update(SignInLink)
        .where(col(SignInLink.token_sha256) == key, col(SignInLink.used_at).is_(None), col(SignInLink.expires_at) > at)
        .values(used_at=at)
        .returning(col(SignInLink.person_id))
    ).first()
    person = None if taken is None else session.get(Person, taken[0])
    if person is None or person.disabled_at is not None:
        session.add(FailedSignIn(email_sha256=key, place=place, failed_at=at))
        session.flush()
        return None
    return person, begin_session(session, person, waits_for_code=bool(person.totp_secret), at=at)


def choose_password(
    session: Session, person: Person, password: str, *, but: PersonSession | None, at: datetime
) -> None:
    """Give the person another password; every session ends but the one in which it was chosen.

    Raises `Refusal("PASSWORD_WRONG")` for one of less than 12 letters, or one that is the e-mail or the name.
    """
    lowered = password.lower()
    if len(password) not in PASSWORD_LETTERS or lowered in (person.email, person.name.lower()):
        allowed = f"{PASSWORD_LETTERS[0]}-{PASSWORD_LETTERS[-1]}"
        raise Refusal("PASSWORD_WRONG", field="password", allowed=allowed)
    person.password_hash = _HASHER.hash(password)
    end_sessions(session, person, but=but, at=at)


def end_sessions(session: Session, person: Person, *, but: PersonSession | None = None, at: datetime) -> None:
    """Sign the person out everywhere, but for one session."""
    ended = update(PersonSession).where(
        col(PersonSession.person_id) == person.id, col(PersonSession.ended_at).is_(None)
    )
    if but is not None:
        ended = ended.where(col(PersonSession.id) != but.id)
    session.exec(ended.values(ended_at=at))
    session.flush()


def turn_on_codes(session: Session, person: Person, secret: str, code: str, *, at: datetime) -> None:
    """From now on a code of the authenticator is asked for too. Raises `Refusal("CODE_WRONG")`."""
    step = _step_of(secret, code, after=0, at=at)
    if step is None:
        raise Refusal("CODE_WRONG", field="code")
    person.totp_secret, person.totp_step = secret, step
    session.flush()


def turn_off_codes(session: Session, person: Person) -> None:
    """Ask for a password alone again: for a lost telephone, by an administrator or by the person."""
    person.totp_secret, person.totp_step = "", 0
    session.flush()


def new_secret() -> str:
    """A secret for an authenticator."""
    return pyotp.random_base32()


def enrolling_address(person: Person, secret: str) -> str:
    """What an authenticator reads from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=person.email, issuer_name="Abonement")


def password_is(person: Person, password: str) -> bool:
    """Whether this is the person's password."""
    return _password_fits(person, password)


def _password_fits(person: Person | None, password: str) -> bool:
    try:
        with _HASHING:
            return _HASHER.verify((person.password_hash if person is not None else "") or _NOBODY, password[:200])
    except (VerifyMismatchError, InvalidHashError):
        return False


def _still_the_same(session: Session, known: Person) -> Person | None:
    """The person, unless disabled or given another password since; neither happens until the transaction ends."""
    same = select(Person).where(
        Person.id == known.id, Person.password_hash == known.password_hash, col(Person.disabled_at).is_(None)
    )
    return session.exec(same.with_for_update(key_share=True)).first()


def _step_of(secret: str, code: str, *, after: int, at: datetime) -> int | None:
    """The half minute that the code belongs to: this one or a neighbour, and later than the last that was taken."""
    now, given = int(at.timestamp()) // TOTP_SECONDS, code.replace(" ", "")
    totp = pyotp.TOTP(secret)
    fitting = (step for step in (now - 1, now, now + 1) if step > after and _same(totp.generate_otp(step), given))
    return next(fitting, None)


def _same(code: str, given: str) -> bool:
    return secrets.compare_digest(code.encode(), given.encode())


def _take_try(session: Session, key: str, place: str, *, at: datetime) -> None:
    """Be the only one who tries until the transaction ends, so that none counts before another has written down."""
    take_turn(session, "tries")
    _require_tries_left(session, key, place, at=at)


def _require_tries_left(session: Session, key: str, place: str, *, at: datetime) -> None:
    since = at - timedelta(minutes=TRIES_MINUTES)
    of_email = func.count().filter(col(FailedSignIn.email_sha256) == key)
    failed = session.exec(
        select(of_email, func.count()).where(
            FailedSignIn.failed_at > since, or_(col(FailedSignIn.email_sha256) == key, col(FailedSignIn.place) == place)
        )
    ).one()
    if failed[0] >= TRIES or failed[1] >= TRIES_FROM_ONE_PLACE:
        raise Refusal("TRIES_SPENT", minutes=TRIES_MINUTES)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()
