"""Letters on their way: what is due is queued, what is queued is sent, by however many workers (S12, H13, P2, P6)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from smtplib import SMTP, SMTPException

import structlog
from sqlalchemy import Engine
from sqlmodel import col, select

from api.database import reading, transaction
from api.enclosing import Enclosing
from api.mailer import Fate, MailAway, hung_up, mail_server, post
from api.mailing_links import mail_asked_links
from api.settings import Settings
from contracts.errors import Refusal
from contracts.parties import Seller
from documents.bouncing import record_refused_address
from documents.digest_text import digest_text
from documents.digests import due_digests, made_digest, queue_digest
from documents.letters import Letter
from documents.mailing import due_mailings, queue_mailings
from documents.objection_due import DueNews, due_news
from documents.objection_mail import queue_news
from documents.post import claim, free_letters, is_held, put_off, record_failure, record_sent, release
from documents.reminding import due_now, queue_reminders
from documents.store import StoreDamaged, StoreUnavailable
from documents.warning_mail import queue_warnings, unlettered
from documents.words import Language

log = structlog.get_logger()

LOOKS_EVERY = timedelta(minutes=10)
"""How often a worker looks for what is due; looking more often finds little more."""
AT_ONCE = 20
"""How many letters go through one connection."""
NEWS_AT_ONCE = 100
"""How much news about objections is recorded in one transaction: a month that is closed makes all of it due at once."""

Clock = Callable[[], datetime]


@dataclass
class Round:
    """What one round came to."""

    queued: int = 0
    sent: int = 0
    refused: int = 0
    put_off: int = 0


class Reminding:
    """A worker's part in the reminders: it remembers only when it looked last."""

    def __init__(self, engine: Engine, settings: Settings, clock: Clock) -> None:
        self._engine, self._settings, self._clock = engine, settings, clock
        self._looked_at: datetime | None = None

    def work(self) -> None:
        """Queue what is due, if it is time to look again, and send what waits; without a mail server nothing is due."""
        if self._settings.smtp_url is None:
            return
        mail_asked_links(self._engine, self._settings, self._clock)
        at = self._clock()
        if (
            self._looked_at is None or not timedelta() <= at - self._looked_at < LOOKS_EVERY
        ):  # the clock may be set back
            queue_due(self._engine, self._settings, self._clock)
            self._looked_at = at
        if letters_wait(self._engine, at):
            done = send_letters(self._engine, self._settings, self._clock)
            log.info("letters sent", sent=done.sent, refused=done.refused, put_off=done.put_off)


def remind(engine: Engine, settings: Settings, clock: Clock) -> Round:
    """Queue what is due and send what waits, once. Raises `Refusal("MAIL_NOT_SET_UP")`."""
    require_mail(settings)
    queued = queue_due(engine, settings, clock)
    done = send_letters(engine, settings, clock)
    done.queued = queued
    return done


def require_mail(settings: Settings) -> None:
    """That there is a mail server. Raises `Refusal("MAIL_NOT_SET_UP")`."""
    if settings.smtp_url is None:
        raise Refusal("MAIL_NOT_SET_UP", field="ABONEMENT_SMTP_URL", value=None, allowed="smtp://HOST:PORT")


def queue_due(engine: Engine, settings: Settings, clock: Clock) -> int:
    """Queue the letters of what every seller is to remind and warn of and to mail; writes nothing without any."""
    with reading(engine) as session:
        sellers = session.exec(select(Seller).order_by(col(Seller.id))).all()
        due = [(queue_reminders, seller.id) for seller in sellers if due_now(session, seller, at=clock())]
        due += [(queue_warnings, seller.id) for seller in sellers if unlettered(session, seller, at=clock())]
        mailing = [seller.id for seller in sellers if due_mailings(session, seller)]
    queued = 0
    for queue, seller_id in due:
        with transaction(engine) as session:
            queued += queue(session, seller_id, Language(settings.language), at=clock())
    for seller_id in mailing:
        with transaction(engine) as session:
            queued += queue_mailings(session, seller_id, settings.link_days_outside, at=clock())
    language = Language(settings.language)
    queued += sum(len(one.letters) for one in tell_news(engine, news_of_objections(engine, language, clock()), clock))
    return queued + _queue_digests(engine, language, clock())


def news_of_objections(engine: Engine, language: Language, at: datetime) -> list[DueNews]:
    """What every seller is to tell about objections now (P6); writes nothing."""
    with reading(engine) as session:
        sellers = session.exec(select(Seller).order_by(col(Seller.id))).all()
        return [news for seller in sellers for news in due_news(session, seller, language, at=at)]


def tell_news(engine: Engine, news: Sequence[DueNews], clock: Clock) -> list[DueNews]:
    """Record what is due and queue its letters, a few at a time; returns what nobody had told before."""
    told: list[DueNews] = []
    for seller_id in sorted({one.seller_id for one in news}):
        own = [one for one in news if one.seller_id == seller_id and one.letters]
        for first in range(0, len(own), NEWS_AT_ONCE):
            with transaction(engine) as session:
                told += queue_news(session, seller_id, own[first : first + NEWS_AT_ONCE], at=clock())
    return told


def _queue_digests(engine: Engine, language: Language, at: datetime) -> int:
    """Queue the digests that are due: made by a reader, so that nobody waits for them, and recorded one by one."""
    with reading(engine) as session:
        digests = [(due, made_digest(session, due, at=at)) for due in due_digests(session, at=at)]
    queued = 0
    for due, digest in digests:
        with transaction(engine) as session:
            words = digest_text(digest, language) if digest.clients else None
            queued += queue_digest(session, due, words, at=at)
    return queued


def letters_wait(engine: Engine, at: datetime) -> bool:
    """Whether a letter waits to be sent."""
    with reading(engine) as session:
        return session.exec(select(Letter.id).where(*free_letters(at)).limit(1)).first() is not None


def send_letters(engine: Engine, settings: Settings, clock: Clock) -> Round:
    """Send what waits; while the mail server is away the letters wait a little longer."""
    done, enclosing = Round(), Enclosing(engine, settings, clock)
    address = settings.smtp_url.get_secret_value() if settings.smtp_url is not None else ""
    while True:
        with transaction(engine) as session:
            letters = claim(session, AT_ONCE, at=clock())
        if not letters:
            return done
        try:
            with mail_server(address) as server:
                _send(engine, server, enclosing, settings.mail_from, letters, clock, done)
        except (MailAway, OSError, ValueError, SMTPException) as problem:
            log.warning("mail waits", problem=str(problem) if isinstance(problem, MailAway) else type(problem).__name__)
            with transaction(engine) as session:
                release(session, letters, at=clock())
            return done


def _send(
    engine: Engine,
    server: SMTP,
    enclosing: Enclosing,
    mail_from: str,
    letters: Sequence[Letter],
    clock: Clock,
    done: Round,
) -> None:
    """Hand letters to the mail server one by one, and record what became of each before the next.

    A letter on which the server went away is put off like any other, so that it cannot stop those behind it for ever.
    """
    for letter in letters:
        if not is_held(letter, at=clock()):
            return  # the server is so slow that another worker may soon take it up
        fate, said = _hand_over(server, enclosing, letter, mail_from)
        with transaction(engine) as session:
            match fate:
                case Fate.TAKEN:
                    record_sent(session, letter, at=clock())
                    done.sent += 1
                case Fate.REFUSED | Fate.TOO_LARGE | Fate.BOUNCED:
                    record_failure(session, letter, said)
                    if fate is Fate.BOUNCED:
                        record_refused_address(session, letter, said, at=clock())
                    done.refused += 1
                case Fate.PUT_OFF | Fate.UNKNOWN:
                    put_off(session, letter, said, at=clock())
                    done.put_off += 1
        if fate is Fate.UNKNOWN or hung_up(server):  # a server that says 421 hangs up
            raise MailAway(said)


def _hand_over(server: SMTP, enclosing: Enclosing, letter: Letter, mail_from: str) -> tuple[Fate, str]:
    """Hand one letter over with what it carries; files that are too large for the server become links."""
    try:
        fate, said = post(server, letter, mail_from, enclosing.enclosures(letter))
    except (FileNotFoundError, StoreDamaged) as lost:
        return Fate.REFUSED, f"the file of a paper is lost: {lost}"
    except StoreUnavailable as away:  # the letters without files can leave
        return Fate.PUT_OFF, f"the store gives no file now: {away}"
    linked = enclosing.as_links(letter) if fate is Fate.TOO_LARGE else None
    return (fate, said) if linked is None else post(server, linked, mail_from, enclosing.enclosures(linked))
