"""One page is one transaction by one person: what every page is given, how it is shown, and how a form acts once."""

import hashlib
import json
import re
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Annotated, Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from fastapi import Depends, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.routing import APIRoute
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from api import refusals
from api.audit import audited
from api.calls import KEY_PATTERN, Answered, answer_once
from api.database import reading, transaction
from api.pages.faults import sentence_of, told_by_field
from api.pages.forms import FORM_KEY, Form
from api.pages.guarding import Visitor, admitted, visitor_of, way_in
from api.pages.rooms import menu, room_of
from api.pages.templating import rendered
from api.people import Person
from api.request import language_of, show_only
from api.waiting import in_time
from api.wrong_input import refusal_of_input
from contracts.errors import Refusal
from contracts.parties import Seller
from documents.words import Language

LANGUAGE = "abonement_language"
"""The cookie that keeps the language that was chosen."""
ON_A_PAGE = 50
"""How many rows of a list a page shows before it leads to the next."""
QUEUES_LETTERS = {"sent", "resent_letter", "paper_mailed"}
"""What is said after forms that queue a letter."""
SEE_OTHER = 303
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
    " frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""No script, style or frame but our own, and none of them inside a page."""
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "same-origin",  # without any referrer a browser names no origin of a form either
    "Vary": "Cookie, Accept-Language",
}


@dataclass
class Page:
    """A request of a person on its way: its transaction, who sent it, and the moment at which it counts."""

    request: Request
    session: Session
    at: datetime
    visitor: Visitor | None

    @property
    def person(self) -> Person:
        """Who is signed in; only at pages that are open to anybody there may be nobody."""
        assert self.visitor is not None
        return self.visitor.person

    @property
    def client_id(self) -> int:
        """The client whose person is signed in; only its own rooms ask for it."""
        assert self.person.client_id is not None
        return self.person.client_id

    @cached_property
    def today(self) -> date:
        """The day on the clock on the wall."""
        return self.at.astimezone(self.zone).date()

    @cached_property
    def language(self) -> Language:
        """The language that was chosen, else the person's own, else the browser's."""
        return language_of_page(self.request)

    @cached_property
    def zone(self) -> ZoneInfo:
        """The time zone of our first legal entity: the clock on the wall."""
        name = self.session.exec(select(Seller.time_zone).order_by(Seller.id)).first()  # type: ignore[arg-type]
        return ZoneInfo(name or "Europe/Moscow")

    @property
    def is_fragment(self) -> bool:
        """Whether htmx asks for a part of the page."""
        return "hx-request" in self.request.headers

    def show(self, template: str, status: int = 200, **values: object) -> HTMLResponse:
        """The page, or the fragment, with these values."""
        said = self.request.query_params.get("said", "")
        content = rendered(
            template,
            self.language,
            self.zone,
            form_key=uuid4().hex,
            form_key_name=FORM_KEY,
            said=said,
            waits_for_mail=said in QUEUES_LETTERS and self.request.app.state.settings.smtp_url is None,
            **frame_of(self.request, self.visitor),
            **({"typed": {}, "wrong": {}, "refused": ""} | values),
        )
        return HTMLResponse(content, status, HEADERS | {"Content-Language": self.language})

    def again(self, template: str, form: Form, refusal: Refusal, **values: object) -> HTMLResponse:
        """The page with what was typed and, beside each field, what is wrong with it."""
        wrong, refused = told_by_field(refusal, self.language, set(form.typed))
        status = 200 if self.is_fragment else refusals.status_of(refusal)
        return self.show(template, status, typed=form.typed, wrong=wrong, refused=refused, **values)

    def once(self, form: Form, act: Callable[[], str], again: Callable[[Refusal], Response]) -> Response:
        """Do what the form asks for, once however often it is sent, and go to the address that `act` gives.

        A refusal undoes all of it, and `again` shows the form once more. A form with a password acts with `act_now`:
        of what comes here a digest is kept.
        """
        asked = [self.request.url.path, form.sent]
        fingerprint = hashlib.sha256(json.dumps(asked).encode()).hexdigest()

        def acted() -> Answered:
            return Answered(SEE_OTHER, act())

        def act_once() -> str:
            if not re.fullmatch(KEY_PATTERN, form.key):
                raise Refusal("FIELD_REQUIRED", field=FORM_KEY, value=None)
            assert self.visitor is not None
            return answer_once(self.session, self.visitor.caller, form.key, fingerprint, acted, at=self.at).body

        return self.act_now(act_once, again)

    def act_now(self, act: Callable[[], str | Response], again: Callable[[Refusal], Response]) -> Response:
        """Do what the form asks for and go to the address that `act` gives; a refusal undoes all of it."""
        try:
            done = act()
            self.session.flush()
        except (Refusal, RequestValidationError, IntegrityError) as error:
            self.session.rollback()
            refusal = refusal_of(error)
            if refusal is None:
                raise
            return again(refusal)
        return self.go(done) if isinstance(done, str) else done

    def go(self, place: str) -> Response:
        """Lead the browser to another page of ours."""
        if self.is_fragment:
            return Response(headers={"HX-Redirect": place})
        return RedirectResponse(place, SEE_OTHER)


def refusal_of(error: Exception) -> Refusal | None:
    """The refusal that an error stands for; none when it is a fault of ours."""
    match error:
        case Refusal():
            return error
        case RequestValidationError():
            return refusal_of_input(error)
        case IntegrityError():
            return refusals.refusal_of(error)
    return None


def frame_of(request: Request, visitor: Visitor | None) -> dict[str, object]:
    """What stands around every page: who is signed in, the menu of the role, and where we are."""
    person = visitor.person if visitor is not None else None
    return {
        "person": person,
        "menu": menu(person.role) if person is not None else [],
        "place": request.url.path,
        "room": room_of(request.url.path, person.role if person is not None else None),
        "address": request.url.path + (f"?{request.url.query}" if request.url.query else ""),
    }


def language_of_page(request: Request) -> Language:
    """The language that was chosen in this browser, else the person's own, else the one that the browser asks for."""
    visitor: Visitor | None = getattr(request.state, "visitor", None)
    chosen = request.cookies.get(LANGUAGE) or (visitor.person.language if visitor is not None else "")
    return Language(chosen) if chosen in tuple(Language) else language_of(request)


class PageRoute(APIRoute):
    """A route that looks itself up in the table of pages first, and tells a "no" as a page."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler behind the guard."""
        handle, path = super().get_route_handler(), self.path_format

        async def guarded(request: Request) -> Response:
            request.scope["query_string"] = without_blanks(request.scope["query_string"])
            try:
                request.state.visitor = await admitted(request, path)
                return await handle(request)
            except Exception as error:
                return answer_to(request, error)

        return guarded


def without_blanks(query: bytes) -> bytes:
    """A query without the fields that were left empty: a browser sends those too, and they ask for nothing."""
    return b"&".join(part for part in query.split(b"&") if not part.endswith(b"="))


def answer_to(request: Request, error: Exception) -> Response:
    """A "no" as a page: the way in for who is not signed in, else what is refused and what to do next."""
    refusal = refusal_of(error)
    if refusal is None:
        answer = refusals.answer_to(request, error)  # raises what is a fault of ours
        refusal = Refusal({503: "UNAVAILABLE", 405: "METHOD_NOT_ALLOWED"}.get(answer.status_code, "ROUTE_UNKNOWN"))
    if refusal.code == "SESSION_REQUIRED":
        if "hx-request" in request.headers:
            return Response(headers={"HX-Redirect": "/sign-in"})
        return RedirectResponse(way_in(request), SEE_OTHER)
    language, visitor = language_of_page(request), getattr(request.state, "visitor", None)
    status = refusals.status_of(refusal, request.path_params)
    page = "fragment_refused.html" if "hx-request" in request.headers else "refused.html"
    told = sentence_of({"code": refusal.code, **refusal.facts}, language)
    values = {"told": told, "said": "", "waits_for_mail": False} | frame_of(request, visitor)
    content = rendered(page, language, ZoneInfo("UTC"), **values)
    return HTMLResponse(content, status, HEADERS | {"Content-Language": language})


async def answer_to_lost(request: Request, error: Exception) -> Response:
    """An address that is no page: told to a browser as a page, to a program as the API tells it."""
    if request.url.path.startswith("/v1/") or "text/html" not in request.headers.get("accept", ""):
        return refusals.answer_to(request, error)
    try:
        request.state.visitor = await in_time(visitor_of, request)
    except Exception as away:
        return answer_to(request, away)
    return answer_to(request, error)


def _reading(request: Request) -> Iterator[Page]:
    """A page that only reads: all it selects shows one state."""
    with reading(request.app.state.engine) as session:
        yield _page(session, request)


def _writing(request: Request) -> Iterator[Page]:
    """A form that acts: committed before the answer leaves, undone when it fails."""
    with transaction(request.app.state.engine) as session:
        page = _page(session, request)
        visitor = page.visitor
        caller, name = (visitor.caller, visitor.person.name) if visitor is not None else ("nobody", "")
        with audited(session, caller=caller, name=name, action=f"{request.method} {request.url.path}", at=page.at):
            yield page


def _page(session: Session, request: Request) -> Page:
    visitor: Visitor | None = request.state.visitor
    if visitor is not None and visitor.person.client_id is not None:
        show_only(session, visitor.person.client_id)
    return Page(request, session, request.app.state.clock(), visitor)


ReadingPage = Annotated[Page, Depends(_reading, scope="function")]
WritingPage = Annotated[Page, Depends(_writing, scope="function")]
