"""A person's own account: the password, and the codes of an authenticator."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Response

from api.pages.forms import Form, SentForm, Text, Typed
from api.pages.page import Page, PageRoute, ReadingPage, WritingPage
from api.people import PASSWORD_LETTERS, Person
from api.signing_in import (
    choose_password,
    enrolling_address,
    new_secret,
    password_is,
    turn_off_codes,
    turn_on_codes,
)
from contracts.errors import Refusal

router = APIRouter(route_class=PageRoute, include_in_schema=False)


class NewPassword(Typed):
    """Another password; the old one is asked for where there is one."""

    password: Text
    old_password: Text = ""


class NewCodes(Typed):
    """The secret that an authenticator was shown, and a code that it made of it."""

    secret: Text
    code: Text


class OwnPassword(Typed):
    """The password, once more, of who takes a protection away."""

    own_password: Text


@router.get("/account")
def show(page: ReadingPage) -> Response:
    """The account of who is signed in."""
    return page.show("account.html", **_account(page))


@router.post("/account/password")
def change_password(form: SentForm, page: WritingPage) -> Response:
    """Choose another password; every other session of the person ends."""

    def change() -> str:
        given, person = form.read(NewPassword), _own(page)
        if person.password_hash and not password_is(person, given.old_password):
            raise Refusal("CREDENTIALS_WRONG", field="old_password")
        assert page.visitor is not None
        choose_password(page.session, person, given.password, but=page.visitor.signed_in, at=page.at)
        return "/account?said=password"

    return page.act_now(change, _again(page, form))


@router.post("/account/codes")
def start_codes(form: SentForm, page: WritingPage) -> Response:
    """From now on a code is asked for too."""

    def start() -> str:
        given = form.read(NewCodes)
        turn_on_codes(page.session, _own(page), given.secret, given.code, at=page.at)
        return "/account?said=codes"

    return page.act_now(start, _again(page, form))


@router.post("/account/codes:stop")
def stop_codes(form: SentForm, page: WritingPage) -> Response:
    """A password alone lets in again."""

    def stop() -> str:
        person = _own(page)
        if not password_is(person, form.read(OwnPassword).own_password):
            raise Refusal("CREDENTIALS_WRONG", field="own_password")
        turn_off_codes(page.session, person)
        return "/account?said=no_codes"

    return page.act_now(stop, _again(page, form))


def _own(page: Page) -> Person:
    """The row of who is signed in, in this transaction."""
    return page.session.get_one(Person, page.person.id)


def _again(page: Page, form: Form) -> Callable[[Refusal], Response]:
    return lambda refusal: page.again("account.html", form, refusal, **_account(page, form.typed.get("secret")))


def _account(page: Page, secret: str | None = None) -> dict[str, Any]:
    person = _own(page)
    shown = secret or new_secret()
    return {
        "own": person,
        "secret": shown,
        "enrolling": enrolling_address(person, shown),
        "shortest": PASSWORD_LETTERS[0],
    }
