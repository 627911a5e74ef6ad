"""The outbox: a letter is claimed by one, recorded once, put off and tried again, and withdrawn when it is no news."""

from datetime import timedelta

import pytest
from sqlmodel import Session, select

from contracts.cancelling import cancel
from contracts.parties import Seller
from contracts.renewing import renew
from contracts.subscriptions import Subscription
from documents.letters import Letter, LetterState
from documents.post import (
    ATTEMPTS,
    FIRST_WAIT,
    LEASE,
    LONGEST_WAIT,
    SLOWEST,
    claim,
    is_held,
    put_off,
    record_failure,
    record_sent,
    release,
)
from tests.builders import noon
from tests.documents.test_reminding import a_customer, before, opened, remind

AT = noon(before(60))


@pytest.fixture
def sold(session: Session) -> Subscription:
    """A subscription with two letters of its first reminder in the outbox."""
    seller = opened(session)
    _, sold = a_customer(session, seller)
    assert len(remind(session, seller, before(60))) == 2
    return sold


def states(session: Session) -> list[str]:
    session.expire_all()
    return [letter.state.value for letter in session.exec(select(Letter).order_by(Letter.id))]


def test_a_claimed_letter_is_nobody_elses_until_the_claim_runs_out(session: Session, sold: Subscription) -> None:
    first = claim(session, 1, at=AT)
    second = claim(session, 5, at=AT)
    assert [len(first), len(second)] == [1, 1]
    assert claim(session, 5, at=AT + LEASE - timedelta(seconds=1)) == []
    assert len(claim(session, 5, at=AT + LEASE)) == 2


def test_a_claim_is_held_no_longer_than_a_slow_server_needs(session: Session, sold: Subscription) -> None:
    (letter,) = claim(session, 1, at=AT)
    assert is_held(letter, at=AT)
    assert not is_held(letter, at=AT + LEASE - SLOWEST)


def test_what_was_sent_is_not_sent_again_nor_failed_later(session: Session, sold: Subscription) -> None:
    letters = claim(session, 5, at=AT)
    for letter in letters:
        record_sent(session, letter, at=AT)
        record_failure(session, letter, "too late")
    assert states(session) == ["sent", "sent"]
    assert claim(session, 5, at=AT + LEASE) == []


def test_a_letter_that_is_put_off_waits_longer_each_time_and_then_for_a_person(
    session: Session, sold: Subscription
) -> None:
    at, waits = AT, []
    for _ in range(ATTEMPTS):
        (letter,) = claim(session, 1, at=at)
        put_off(session, letter, "450 later", at=at)
        session.refresh(letter)
        waits.append((letter.claimed_until or at) - at)
        assert letter.problem == "450 later"
        other = session.exec(select(Letter).where(Letter.id != letter.id)).one()
        other.state = LetterState.WITHDRAWN
        at = max(at, letter.claimed_until or at)
    assert waits[:3] == [FIRST_WAIT, FIRST_WAIT * 2, FIRST_WAIT * 4]
    assert max(waits) == LONGEST_WAIT
    assert states(session) == ["failed", "withdrawn"]


def test_letters_of_a_server_that_is_away_wait_without_losing_an_attempt(session: Session, sold: Subscription) -> None:
    letters = claim(session, 5, at=AT)
    record_sent(session, letters[0], at=AT)
    release(session, letters, at=AT)
    assert states(session) == ["sent", "queued"]
    assert claim(session, 5, at=AT + FIRST_WAIT - timedelta(seconds=1)) == []
    (again,) = claim(session, 5, at=AT + FIRST_WAIT)
    assert again.attempts == 0


def test_who_renewed_while_the_letter_waited_is_not_written_to_s12(session: Session, sold: Subscription) -> None:
    renew(session, sold.id, at=AT)
    assert claim(session, 5, at=AT) == []
    assert states(session) == ["withdrawn", "withdrawn"]


def test_who_cancelled_while_the_letter_waited_is_not_written_to_s12(session: Session, sold: Subscription) -> None:
    cancel(session, sold.id, before(1), "Котова", "Закрытие", at=AT)
    assert claim(session, 5, at=AT) == []


def test_a_letter_that_waited_until_the_next_reminder_is_withdrawn_for_it_s12(
    session: Session, sold: Subscription
) -> None:
    remind(session, session.get_one(Seller, sold.seller_id), before(30))
    assert len(claim(session, 5, at=noon(before(30)))) == 2
    assert states(session) == ["withdrawn", "withdrawn", "queued", "queued"]
