"""The doors of the pages: signing in and out, the first administrator of a new installation, and the language."""

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query, Response

from api.first_steps import first_steps
from api.inviting import add_person, comes_first, is_new
from api.mailing_links import mails_links
from api.oidc import has_provider
from api.pages.forms import Name, SentForm, Text, Typed
from api.pages.guarding import COOKIE, give_cookie, own_place, visitor_of
from api.pages.page import LANGUAGE, Page, PageRoute, ReadingPage, WritingPage
from api.pages.rooms import first_room
from api.people import PASSWORD_LETTERS, Person
from api.roles import PersonRole
from api.signing_in import ask_for_link, begin_session, choose_password, give_code, session_of, sign_in, use_link
from contracts.errors import Refusal
from documents.words import Language

router = APIRouter(route_class=PageRoute, include_in_schema=False)

LANGUAGE_SECONDS = 366 * 24 * 3600


class Credentials(Typed):
    """Who signs in."""

    email: Text
    password: Text
    next: Text = "/"


class Code(Typed):
    """A code of an authenticator."""

    code: Text
    next: Text = "/"


class Token(Typed):
    """What stands behind the # of a one-time link."""

    token: Text


class Asked(Typed):
    """Who wants a one-time link by mail."""

    asked_email: Text


class First(Typed):
    """The first administrator."""

    email: Text
    name: Name
    password: Text


class Chosen(Typed):
    """The language that was chosen, and the page on which it was."""

    language: Language
    next: Text = "/"


@router.get("/")
def begin(page: ReadingPage) -> Response:
    """The first room of who is signed in, for an administrator the first steps while any is left; else the way in."""
    visitor = visitor_of(page.request)
    if visitor is not None:
        role = visitor.person.role
        is_set_up = role is not PersonRole.ADMIN or all(one.is_done for one in first_steps(page.session))
        return page.go(first_room(role) if is_set_up else "/settings")
    return page.go("/welcome" if is_new(page.session) else "/sign-in")


@router.get("/sign-in")
def ask_who(page: ReadingPage, next: Annotated[str, Query(max_length=2000)] = "/") -> Response:
    """Where one signs in."""
    if is_new(page.session):
        return page.go("/welcome")
    return page.show("sign_in.html", next=own_place(next), **_other_ways(page))


@router.post("/sign-in")
def let_in(form: SentForm, page: WritingPage) -> Response:
    """Sign somebody in; a wrong password and a wrong e-mail get one answer."""

    def again(refusal: Refusal) -> Response:
        return page.again("sign_in.html", form, refusal, next=form.typed.get("next", "/"), **_other_ways(page))

    def enter() -> Response:
        given, engine = form.read(Credentials), page.request.app.state.engine
        found = sign_in(engine, page.session, given.email, given.password, place=_place(page), at=page.at)
        if found is None:
            return again(Refusal("CREDENTIALS_WRONG", field="password"))
        return _entered(page, *found, own_place(given.next))

    return page.act_now(enter, again)


@router.get("/sign-in/code")
def ask_for_code(page: ReadingPage, next: Annotated[str, Query(max_length=2000)] = "/") -> Response:
    """Where the second factor is given."""
    return page.show("sign_in_code.html", next=own_place(next))


@router.post("/sign-in/code")
def take_code(form: SentForm, page: WritingPage) -> Response:
    """Finish a sign-in with the code of an authenticator."""

    def again(refusal: Refusal) -> Response:
        if refusal.code == "SESSION_ENDED":
            return page.go("/sign-in")
        return page.again("sign_in_code.html", form, refusal, next=form.typed.get("next", "/"))

    def enter() -> Response:
        given, token = form.read(Code), page.request.cookies.get(COOKIE, "")
        if not give_code(page.session, token, given.code, place=_place(page), at=page.at):
            return again(Refusal("CODE_WRONG", field="code"))
        return page.go(own_place(given.next))

    return page.act_now(enter, again)


@router.get("/sign-in/link")
def show_link(page: ReadingPage) -> Response:
    """The page of a one-time link: its token stands behind the #, which no browser sends; a script puts it in."""
    return page.show("sign_in_link.html")


@router.post("/sign-in/link")
def take_link(form: SentForm, page: WritingPage) -> Response:
    """Sign in with a one-time link, and go on to choose a password."""

    def again(refusal: Refusal) -> Response:
        return page.again("sign_in_link.html", form, refusal)

    def enter() -> Response:
        found = use_link(page.session, form.read(Token).token, place=_place(page), at=page.at)
        if found is None:
            return again(Refusal("SIGN_IN_LINK_ENDED", field="token"))
        return _entered(page, *found, "/account" if not found[0].password_hash else "/")

    return page.act_now(enter, again)


@router.post("/sign-in/link:ask")
def ask_for_mail(form: SentForm, page: WritingPage) -> Response:
    """Mail a one-time link to who asks, if we know the e-mail; whether we do is not said."""

    def again(refusal: Refusal) -> Response:
        return page.again("sign_in.html", form, refusal, next="/", **_other_ways(page))

    def ask() -> str:
        ask_for_link(page.session, form.read(Asked).asked_email, at=page.at)
        return "/sign-in?said=link_asked"

    return page.act_now(ask, again)


@router.post("/sign-out")
def sign_out(page: WritingPage) -> Response:
    """End the session of this browser, on the server."""
    found = session_of(page.session, page.request.cookies.get(COOKIE, ""), at=page.at)
    if found is not None:
        found[1].ended_at = page.at
    response = page.go("/sign-in")
    response.delete_cookie(COOKIE)
    return response


@router.get("/welcome")
def ask_first(page: ReadingPage) -> Response:
    """The wizard of a new installation, for as long as nobody may sign in."""
    return page.show("welcome.html", shortest=PASSWORD_LETTERS[0]) if is_new(page.session) else page.go("/sign-in")


@router.post("/welcome")
def take_first(form: SentForm, page: WritingPage) -> Response:
    """Make the first administrator and sign it in."""

    def again(refusal: Refusal) -> Response:
        return page.again("welcome.html", form, refusal, shortest=PASSWORD_LETTERS[0])

    def enter() -> Response:
        if not comes_first(page.session):
            return page.go("/sign-in")
        given = form.read(First)
        person = add_person(page.session, given.email, given.name, PersonRole.ADMIN, language=page.language, at=page.at)
        choose_password(page.session, person, given.password, but=None, at=page.at)
        return _entered(page, person, begin_session(page.session, person, at=page.at), "/")

    return page.act_now(enter, again)


@router.post("/language")
def choose_language(form: SentForm, page: WritingPage) -> Response:
    """Speak another language in this browser, and stay where one was."""
    chosen = form.read(Chosen)
    response = page.go(own_place(chosen.next))
    response.set_cookie(LANGUAGE, chosen.language, max_age=LANGUAGE_SECONDS, httponly=True, samesite="lax")
    return response


def _entered(page: Page, person: Person, token: str, place: str) -> Response:
    """Lead in, or on to the second factor, with the cookie of the new session."""
    found = session_of(page.session, token, at=page.at)
    assert found is not None
    response = page.go(f"/sign-in/code?next={quote(place, safe='/')}" if found[1].waits_for_code else place)
    give_cookie(response, page.request, token)
    return response


def _other_ways(page: Page) -> dict[str, Any]:
    """How else one may sign in: by a link that is mailed, through the firm's provider."""
    settings = page.request.app.state.settings
    return {"mails": mails_links(settings), "provider": has_provider(settings)}


def _place(page: Page) -> str:
    """The network address that the request came from."""
    return page.request.client.host[:64] if page.request.client is not None else ""  # a proxy may say anything
