"""The outbox: letters are queued by what makes them due, and leave one by one after its commit (S12, H13, P2, P6).

A letter is claimed before it is sent and recorded after the mail server took it. A worker that dies in between leaves
its claim to run out, and the letter is sent again under the same Message-ID: that is the only way to a second copy.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, or_
from sqlmodel import Session, col, select, update

from contracts.parties import Seller
from contracts.renewing import successor_of
from contracts.subscriptions import Subscription
from documents.bouncing import listed_addresses
from documents.dunning_mail import say_as_it_stands, still_dunned
from documents.letters import Letter, LetterState, Reminder
from documents.mailing import still_to_be_mailed
from documents.objection_mail import still_told
from documents.warning_mail import followed
from entitlements.hour_warnings import HoursWarning

LEASE = timedelta(minutes=10)
"""How long a worker has the letters of one claim to itself."""
SLOWEST = timedelta(minutes=3)
"""How long handing over one letter may take."""
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=5), timedelta(hours=6)
"""How long a letter waits after the mail server put it off: at first, doubled each time, and at most."""
ATTEMPTS = 12
"""How often a letter that is put off is tried before it waits for a person: about two days."""


def free_letters(at: datetime) -> list[ColumnElement[bool]]:
    """What makes a letter wait to be sent now: queued, and claimed by nobody."""
    free = or_(col(Letter.claimed_until).is_(None), col(Letter.claimed_until) <= at)
    return [col(Letter.state) == LetterState.QUEUED, free]


def claim(session: Session, limit: int, *, at: datetime) -> list[Letter]:
    """The oldest letters that wait, claimed for this worker.

    Those that nobody needs any more are withdrawn instead, and those to an address on the bounce list are stopped. A
    notice about an invoice says what is so now.

    What was put off comes after what was not: a letter on which the server falls over stops no other.
    """
    waiting = select(Letter).where(*free_letters(at)).order_by(col(Letter.attempts), col(Letter.id)).limit(limit)
    letters = session.exec(waiting.with_for_update(skip_locked=True)).all()
    listed, claimed = listed_addresses(session, {letter.recipient for letter in letters}), []
    for letter in letters:
        if letter.recipient in listed:
            letter.state, letter.problem = LetterState.STOPPED, listed[letter.recipient]
        elif _is_news(session, letter, at):
            letter.claimed_until = at + LEASE
            if letter.notice_id is not None:
                say_as_it_stands(session, letter)
            claimed.append(letter)
        else:
            letter.state = LetterState.WITHDRAWN
    session.flush()
    return claimed


def is_held(letter: Letter, *, at: datetime) -> bool:
    """Whether a claimed letter can still be sent before its claim runs out, however slow the mail server is."""
    return letter.claimed_until is not None and at + SLOWEST < letter.claimed_until


def _is_news(session: Session, letter: Letter, at: datetime) -> bool:
    """Whether what the letter says is still to be told."""
    if letter.objection_reminder_id is not None:
        return still_told(session, letter.objection_reminder_id, at=at)
    if letter.notice_id is not None:
        return still_dunned(session, letter.notice_id)
    if letter.mailing_id is not None:
        return still_to_be_mailed(session, letter.mailing_id)
    if letter.warning_id is not None:
        return _still_warns(session, letter.warning_id, at)
    if letter.reminder_id is None:
        return True  # a digest says what was
    return _still_ends(session, session.get_one(Reminder, letter.reminder_id))


def _still_warns(session: Session, warning_id: int, at: datetime) -> bool:
    """Whether the period of the hours runs, and no later warning tells of them (H13)."""
    last = select(HoursWarning, Seller).join(Seller).where(HoursWarning.id == warning_id, ~followed())
    found = session.exec(last).first()
    return found is not None and found[0].period_last_day >= found[1].day_of(at)


def _still_ends(session: Session, reminder: Reminder) -> bool:
    """Whether its subscription is neither renewed nor cancelled, and no later reminder of it was taken up."""
    sold = session.get_one(Subscription, reminder.subscription_id)
    later = select(Reminder.id).where(
        Reminder.subscription_id == sold.id, col(Reminder.days_before) < reminder.days_before
    )
    return sold.cancelled_on is None and successor_of(session, sold) is None and session.exec(later).first() is None


def record_sent(session: Session, letter: Letter, *, at: datetime) -> None:
    """That the mail server took the letter."""
    _record(session, letter, state=LetterState.SENT, sent_at=at, problem="")


def record_failure(session: Session, letter: Letter, problem: str) -> None:
    """That the mail server will never take the letter: it waits for a person."""
    _record(session, letter, state=LetterState.FAILED, problem=problem[:1000])


def put_off(session: Session, letter: Letter, problem: str, *, at: datetime) -> None:
    """That the mail server will take the letter later; after `ATTEMPTS` it waits for a person."""
    if letter.attempts + 1 >= ATTEMPTS:
        record_failure(session, letter, problem)
        return
    wait = min(FIRST_WAIT * 2**letter.attempts, LONGEST_WAIT)
    _record(session, letter, claimed_until=at + wait, attempts=letter.attempts + 1, problem=problem[:1000])


def release(session: Session, letters: Sequence[Letter], *, at: datetime) -> None:
    """That the mail server is away: the letters that this worker still has wait a little, which is no attempt."""
    for letter in letters:
        still = (col(Letter.id) == letter.id, col(Letter.claimed_until) == letter.claimed_until)
        waiting = update(Letter).where(*still, col(Letter.state) == LetterState.QUEUED)
        session.exec(waiting.values(claimed_until=at + FIRST_WAIT))


def _record(session: Session, letter: Letter, **outcome: Any) -> None:
    waiting = (col(Letter.id) == letter.id, col(Letter.state) == LetterState.QUEUED)
    session.exec(update(Letter).where(*waiting).values(**outcome))
