"""Mails one-time links to who asked for them; a link is made as it is mailed, so that no queue ever holds one."""

from collections.abc import Callable
from datetime import datetime, timedelta
from smtplib import SMTPException
from uuid import uuid4

import structlog
from sqlalchemy import Engine
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from api.database import reading, transaction
from api.mailer import Fate, MailAway, mail_server, post
from api.people import AskedLink, Person
from api.settings import Settings
from api.signing_in import LINK_HOURS, make_link
from documents.letters import Letter
from documents.words import Language

log = structlog.get_logger()

STILL_WANTED = timedelta(hours=1)
"""For how long a link is worth sending: who waited longer has asked again."""
SENDER = "Abonement"
_TEXTS = {
    Language.RU: (
        "Ссылка для входа",
        "Здравствуйте!\n\nВойти можно по этой ссылке, один раз, в течение {hours} часов:\n\n{link}\n\n"
        "Если вы её не просили, ничего не делайте: без неё никто не войдёт.\n",
    ),
    Language.EN: (
        "Your link to sign in",
        "Hello,\n\nthis link signs you in, once, within {hours} hours:\n\n{link}\n\n"
        "If you did not ask for it, there is nothing to do: without it nobody signs in.\n",
    ),
}


def mails_links(settings: Settings) -> bool:
    """Whether links can be mailed: there is a mail server, and an address that a link can lead to."""
    return settings.smtp_url is not None and bool(settings.public_url)


def mail_asked_links(engine: Engine, settings: Settings, clock: Callable[[], datetime]) -> int:
    """Mail what was asked for, each once, and say how many went; while the mail server is away they wait.

    A worker that dies between making a link and mailing it leaves a link that nobody has: the person asks again.
    """
    if not mails_links(settings) or not _waits(engine, at=clock()):
        return 0
    assert settings.smtp_url is not None
    sent = 0
    try:
        with mail_server(settings.smtp_url.get_secret_value()) as server:
            while True:
                with transaction(engine) as session:
                    letter = _next_letter(session, settings.public_url, at=clock())
                if letter is None:
                    break
                fate, said = post(server, letter, settings.mail_from)
                sent += fate is Fate.TAKEN
                if fate is not Fate.TAKEN:
                    log.warning("link not mailed", fate=fate.name, said=said)
                if fate is Fate.UNKNOWN:
                    break
    except (MailAway, OSError, ValueError, SMTPException) as problem:
        log.warning("links wait", problem=str(problem) if isinstance(problem, MailAway) else type(problem).__name__)
    return sent


def _waits(engine: Engine, *, at: datetime) -> bool:
    with reading(engine) as session:
        return session.exec(_wanted(at).limit(1)).first() is not None


def _wanted(at: datetime) -> SelectOfScalar[AskedLink]:
    return (
        select(AskedLink)
        .where(col(AskedLink.taken_at).is_(None), AskedLink.asked_at > at - STILL_WANTED)
        .order_by(col(AskedLink.id))
    )


def _next_letter(session: Session, outside: str, *, at: datetime) -> Letter | None:
    """The letter with a new link for the next who asked; none when nobody waits."""
    asked = session.exec(_wanted(at).limit(1).with_for_update(skip_locked=True)).first()
    if asked is None:
        return None
    asked.taken_at = at
    person = session.get_one(Person, asked.person_id)
    subject, body = _TEXTS[Language(person.language)]
    link = f"{outside}/sign-in/link#{make_link(session, person, at=at)}"
    return Letter(
        recipient=person.email,
        sender_name=SENDER,
        subject=subject,
        body=body.format(hours=LINK_HOURS, link=link),
        message_key=uuid4().hex,
        queued_at=at,
        language=person.language,
    )
