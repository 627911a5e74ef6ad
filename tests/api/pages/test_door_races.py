"""Doors at which several stand at once: a code opens once, tries are counted, one comes first, nobody else waits."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event, Lock
from time import sleep
from typing import Any

import pyotp
import pytest
from sqlmodel import Session, col, select

from api import signing_in
from api.database import reading, transaction
from api.people import FailedSignIn, Person, PersonSession
from api.roles import PersonRole
from api.signing_in import TRIES, begin_session, choose_password, give_code, sign_in, turn_on_codes, use_link
from contracts.errors import Refusal
from tests.api.pages.conftest import Pages
from tests.builders import at_once

PASSWORD = "two blue umbrellas"
EMAIL, PLACE = "sales@example.org", "192.0.2.1"
CALLERS = 8


def person_of(session: Session, pages: Pages) -> Person:
    return session.get_one(Person, pages.people[PersonRole.SALES].id)


def with_password(pages: Pages) -> None:
    with transaction(pages.house.engine) as session:
        choose_password(session, person_of(session, pages), PASSWORD, but=None, at=pages.house.clock())


def waiting_for_code(pages: Pages, totp: pyotp.TOTP) -> list[str]:
    """Sessions of one person that wait for a code, and the clock at the next code."""
    clock = pages.house.clock
    with transaction(pages.house.engine) as session:
        person = person_of(session, pages)
        turn_on_codes(session, person, totp.secret, totp.at(clock()), at=clock())
        tokens = [begin_session(session, person, waits_for_code=True, at=clock()) for _ in range(CALLERS)]
    clock.forward(seconds=60)
    return tokens


def giving(token: str, code: str, at: Any) -> Callable[[Session], bool]:
    return lambda session: give_code(session, token, code, place=PLACE, at=at)


def test_one_code_opens_one_of_several_sessions_at_once(pages: Pages) -> None:
    totp, at = pyotp.TOTP(pyotp.random_base32()), pages.house.clock
    tokens = waiting_for_code(pages, totp)
    answers = at_once(pages.house.engine, *(giving(token, totp.at(at()), at()) for token in tokens))
    assert sorted(answers) == [False] * (CALLERS - 1) + [True]
    with reading(pages.house.engine) as session:
        opened = select(PersonSession).where(col(PersonSession.waits_for_code).is_(False))
        kept = [one.token_sha256 for one in session.exec(opened)]
    assert sum(signing_in._digest(token) in kept for token in tokens) == 1


def all_tries(pages: Pages, *verbs: Callable[[Session], Any]) -> list[str]:
    """How each of the tries ended, and that as many were written down as were answered."""
    answers = at_once(pages.house.engine, *verbs)
    with reading(pages.house.engine) as session:
        assert len(session.exec(select(FailedSignIn)).all()) == TRIES
    return sorted(answer.code if isinstance(answer, Refusal) else str(answer) for answer in answers)


def test_tries_of_a_code_at_once_are_counted(pages: Pages) -> None:
    totp, at = pyotp.TOTP(pyotp.random_base32()), pages.house.clock
    tokens = waiting_for_code(pages, totp) * 2
    ended = all_tries(pages, *(giving(token, "no code", at()) for token in tokens))
    assert ended == ["False"] * TRIES + ["TRIES_SPENT"] * (len(tokens) - TRIES)


def test_tries_of_a_password_at_once_are_counted(pages: Pages) -> None:
    with_password(pages)
    engine, at = pages.house.engine, pages.house.clock()

    def guess(session: Session) -> Any:
        return sign_in(engine, session, EMAIL, "three blue umbrellas", place=PLACE, at=at)

    assert all_tries(pages, *[guess] * (TRIES + 3)) == ["None"] * TRIES + ["TRIES_SPENT"] * 3
    with pytest.raises(Refusal, match="TRIES_SPENT"), transaction(engine) as session:
        sign_in(engine, session, EMAIL, PASSWORD, place=PLACE, at=at)


def test_tries_of_a_link_at_once_are_counted(pages: Pages) -> None:
    at = pages.house.clock()
    ended = all_tries(pages, *[lambda session: use_link(session, "no link", place=PLACE, at=at)] * (TRIES + 3))
    assert ended == ["None"] * TRIES + ["TRIES_SPENT"] * 3


def test_of_several_who_come_first_to_a_new_installation_one_is_its_administrator(house) -> None:
    start, pages = Barrier(3), Pages(house, {}, {})

    def come(number: int) -> str:
        first = {"email": f"person{number}@example.org", "name": "Котова И. Л.", "password": PASSWORD}
        browser = pages.browser()
        start.wait(30)
        return str(browser.post("/welcome", data=first).headers["location"])

    with ThreadPoolExecutor(3) as threads:
        assert sorted(threads.map(come, range(3))) == ["/", "/sign-in", "/sign-in"]
    with reading(house.engine) as session:
        assert len(session.exec(select(Person)).all()) == 1


def test_no_more_than_four_passwords_are_compared_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[int] = []
    running, counting = [0], Lock()

    class Hasher:
        def verify(self, *_: str) -> bool:
            with counting:
                running[0] += 1
                compared.append(running[0])
            sleep(0.01)
            with counting:
                running[0] -= 1
            return True

    monkeypatch.setattr(signing_in, "_HASHER", Hasher())
    with ThreadPoolExecutor(CALLERS) as threads:
        assert all(threads.map(lambda _: signing_in.password_is(Person(), PASSWORD), range(5 * CALLERS)))
    assert max(compared) == 4


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> tuple[Event, Event]:
    """Comparing passwords takes until the second is set; the first says that it has begun."""
    begun, goes_on = Event(), Event()
    fits = signing_in._password_fits

    def slowly(person: Person | None, password: str) -> bool:
        begun.set()
        assert goes_on.wait(30)
        return fits(person, password)

    monkeypatch.setattr(signing_in, "_password_fits", slowly)
    return begun, goes_on


@pytest.mark.parametrize("email", [EMAIL, "nobody@example.org"])
def test_nobody_who_writes_waits_while_a_password_is_compared(pages: Pages, slow: Any, email: str) -> None:
    with_password(pages)
    begun, goes_on = slow
    with ThreadPoolExecutor(1) as threads:
        answer = threads.submit(pages.browser().post, "/sign-in", data={"email": email, "password": PASSWORD})
        assert begun.wait(30)
        with ThreadPoolExecutor(1) as others:
            written = others.submit(pages.sign_in_again, PersonRole.DESK)
            try:
                written.result(5)
            finally:
                goes_on.set()
    assert answer.result().status_code == (303 if email == EMAIL else 401)


def test_a_password_that_was_changed_while_it_was_compared_lets_nobody_in(pages: Pages, slow: Any) -> None:
    with_password(pages)
    begun, goes_on = slow
    with ThreadPoolExecutor(1) as threads:
        answer = threads.submit(pages.browser().post, "/sign-in", data={"email": EMAIL, "password": PASSWORD})
        try:
            assert begun.wait(30)
            with transaction(pages.house.engine) as session:
                person = person_of(session, pages)
                choose_password(session, person, "four green umbrellas", but=None, at=pages.house.clock())
        finally:
            goes_on.set()
    assert answer.result().status_code == 401
