"""Signing in: what lets in, what does not, and what ends a session at once."""

import pyotp
import pytest
from sqlmodel import select

from api.database import reading, transaction
from api.inviting import disable
from api.pages.guarding import COOKIE
from api.people import Person
from api.roles import PersonRole
from api.signing_in import TRIES, choose_password, make_link, turn_on_codes
from tests.api.pages.conftest import Pages

PASSWORD = "two blue umbrellas"
SALES = PersonRole.SALES


def with_password(pages: Pages, role: PersonRole = SALES) -> dict[str, str]:
    with transaction(pages.house.engine) as session:
        person = session.get_one(Person, pages.people[role].id)
        choose_password(session, person, PASSWORD, but=None, at=pages.house.clock())
    return {"email": f"{role}@example.org", "password": PASSWORD}


def test_the_right_password_lets_in_and_leads_back_to_where_one_was(pages: Pages) -> None:
    given, browser = with_password(pages), pages.browser()
    assert browser.get("/account?x=1").headers["location"] == "/sign-in?next=%2Faccount%3Fx%3D1"
    answer = browser.post("/sign-in", data=given | {"next": "/account?x=1"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/account?x=1")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert browser.get("/account").status_code == 200


def test_every_writing_of_the_address_lets_in(pages: Pages) -> None:
    given = with_password(pages)
    with transaction(pages.house.engine) as session:
        session.get_one(Person, pages.people[SALES].id).email = "anna@ромашка.рф"
    for email in (" Anna@РОМАШКА.рф", f"anna@{'ромашка.рф'.encode('idna').decode()}"):
        assert pages.browser().post("/sign-in", data=given | {"email": email}).status_code == 303


@pytest.mark.parametrize("wrong", [{"password": "three blue umbrellas"}, {"email": "nobody@example.org"}])
def test_a_wrong_password_and_an_unknown_person_get_the_same_answer(pages: Pages, wrong: dict[str, str]) -> None:
    answer = pages.browser().post("/sign-in", data=with_password(pages) | wrong)
    assert answer.status_code == 401
    assert "The e-mail or the password does not fit" in answer.text
    assert COOKIE not in answer.cookies
    assert PASSWORD not in answer.text


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_nobody_is_led_elsewhere_after_signing_in(pages: Pages, elsewhere: str) -> None:
    answer = pages.browser().post("/sign-in", data=with_password(pages) | {"next": elsewhere})
    assert answer.headers["location"] == "/"


def test_after_ten_failures_even_the_right_password_has_to_wait(pages: Pages) -> None:
    given, browser = with_password(pages), pages.browser()
    for _ in range(TRIES):
        assert browser.post("/sign-in", data=given | {"password": "x"}).status_code == 401
    assert browser.post("/sign-in", data=given).status_code == 429
    pages.house.clock.forward(minutes=16)
    assert browser.post("/sign-in", data=given).status_code == 303


def test_signing_out_ends_the_session_on_the_server(pages: Pages) -> None:
    browser = pages.browser(SALES)
    assert browser.get("/account").status_code == 200
    assert browser.post("/sign-out").headers["location"] == "/sign-in"
    assert pages.browser(SALES).get("/account").status_code == 303  # the cookie that somebody kept


def test_a_disabled_person_is_out_at_once(pages: Pages) -> None:
    given = with_password(pages)
    browser = pages.browser()
    browser.post("/sign-in", data=given)
    with transaction(pages.house.engine) as session:
        disable(session, session.get_one(Person, pages.people[SALES].id), at=pages.house.clock())
    assert browser.get("/account").status_code == 303
    assert pages.browser().post("/sign-in", data=given).status_code == 401


def test_another_password_ends_every_other_session(pages: Pages) -> None:
    given = with_password(pages)
    here, there = pages.browser(), pages.browser()
    for browser in (here, there):
        browser.post("/sign-in", data=given)
    changed = here.post("/account/password", data={"old_password": PASSWORD, "password": "four green umbrellas"})
    assert changed.headers["location"] == "/account?said=password"
    assert (here.get("/account").status_code, there.get("/account").status_code) == (200, 303)
    assert pages.browser().post("/sign-in", data=given).status_code == 401


def test_a_password_is_changed_only_by_who_knows_it(pages: Pages) -> None:
    given, browser = with_password(pages), pages.browser()
    browser.post("/sign-in", data=given)
    refused = browser.post("/account/password", data={"old_password": "x", "password": "four green umbrellas"})
    assert refused.status_code == 401
    assert "four green umbrellas" not in refused.text
    assert browser.post("/account/password", data={"old_password": PASSWORD, "password": "short"}).status_code == 422
    assert pages.browser().post("/sign-in", data=given).status_code == 303


def test_a_session_ends_with_the_working_day(pages: Pages) -> None:
    browser = pages.browser(SALES)
    pages.house.clock.forward(hours=12, minutes=1)
    assert browser.get("/account").status_code == 303


def test_with_a_second_factor_the_password_alone_opens_nothing(pages: Pages) -> None:
    given, browser, clock = with_password(pages), pages.browser(), pages.house.clock
    totp = pyotp.TOTP(pyotp.random_base32())
    with transaction(pages.house.engine) as session:
        person = session.get_one(Person, pages.people[SALES].id)
        turn_on_codes(session, person, totp.secret, totp.at(clock()), at=clock())
    assert browser.post("/sign-in", data=given).headers["location"] == "/sign-in/code?next=/"
    assert browser.get("/account").status_code == 303
    assert browser.post("/sign-in/code", data={"code": totp.at(clock())}).status_code == 401, "taken already"
    clock.forward(seconds=60)
    assert browser.post("/sign-in/code", data={"code": totp.at(clock())}).headers["location"] == "/"
    assert browser.get("/account").status_code == 200


def test_a_link_signs_in_once_and_a_later_one_takes_its_place(pages: Pages) -> None:
    at = pages.house.clock()
    with transaction(pages.house.engine) as session:
        person = session.get_one(Person, pages.people[SALES].id)
        first, second = (make_link(session, person, at=at) for _ in range(2))
    assert pages.browser().post("/sign-in/link", data={"token": first}).status_code == 410
    assert pages.browser().post("/sign-in/link", data={"token": second}).headers["location"] == "/account"
    assert pages.browser().post("/sign-in/link", data={"token": second}).status_code == 410


def test_the_first_who_comes_to_a_new_installation_is_its_administrator(house) -> None:
    pages = Pages(house, {}, {})
    browser = pages.browser()
    assert browser.get("/").headers["location"] == "/welcome"
    first = {"email": "First@example.org", "name": "Котова И. Л.", "password": PASSWORD}
    short = browser.post("/welcome", data=first | {"password": "short"})
    assert short.status_code == 422
    assert "Котова И. Л." in short.text
    assert browser.post("/welcome", data=first).headers["location"] == "/"
    assert browser.get("/").headers["location"] == "/settings"  # where the first steps stand: nobody else is let in
    second = pages.browser()
    assert second.post("/welcome", data=first | {"email": "second@example.org"}).headers["location"] == "/sign-in"
    with reading(house.engine) as session:
        assert list(session.exec(select(Person.email))) == ["first@example.org"]


def test_a_form_from_another_site_does_nothing(pages: Pages) -> None:
    for origin in ("https://evil.example", "null", ""):
        answer = pages.browser(SALES, Origin=origin).post("/sign-out")
        assert answer.status_code == 403
    assert pages.browser(SALES).get("/account").status_code == 200
