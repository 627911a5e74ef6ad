"""Who may open a page: the person of the session that the browser's cookie names, and forms only from our own pages."""

from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from fastapi import Request, Response

from api.database import reading
from api.pages.admission import NO_VISITOR, OPEN_PAGES, PAGES
from api.people import Person, PersonSession
from api.signing_in import SESSION_HOURS, session_of
from api.waiting import in_time
from contracts.errors import Refusal

COOKIE = "abonement_session"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who is signed in in the browser that asks."""

    person: Person
    signed_in: PersonSession

    @property
    def caller(self) -> str:
        """The name under which what this person does is stored."""
        return f"person:{self.person.id}"


async def admitted(request: Request, path: str) -> Visitor | None:
    """Who may go on to the page at `path` (as it is declared); none at a page that is open to anybody.

    Raises `Refusal` with SESSION_REQUIRED, ROLE_NOT_ALLOWED or ORIGIN_WRONG. A page in no table lets nobody in.
    """
    place = (request.method, path)
    if request.method != "GET":
        require_own_form(request)
    if place in OPEN_PAGES:
        return None
    visitor = await in_time(visitor_of, request)
    request.state.visitor = visitor  # whoever is not let in keeps the own menu
    if visitor is None:
        raise Refusal("SESSION_REQUIRED")
    if visitor.person.role not in PAGES.get(place, NO_VISITOR):
        raise Refusal("ROLE_NOT_ALLOWED", role=visitor.person.role)
    return visitor


def visitor_of(request: Request) -> Visitor | None:
    """Who is signed in; none without a session, or while its second factor is still to come."""
    token, at = request.cookies.get(COOKIE), request.app.state.clock()
    if not token:
        return None
    with reading(request.app.state.engine) as session:
        found = session_of(session, token, at=at)
    return None if found is None or found[1].waits_for_code else Visitor(*found)


def require_own_form(request: Request) -> None:
    """Take what changes something from our own pages only (CSRF). Raises `Refusal("ORIGIN_WRONG")`.

    Every browser of today names the origin of a form; a request without any is no browser's.
    """
    origin = request.headers.get("origin", "")
    if urlsplit(origin).netloc.lower() != request.headers.get("host", "").lower() or not origin.startswith("http"):
        raise Refusal("ORIGIN_WRONG", field="Origin", value=origin)


def give_cookie(response: Response, request: Request, token: str) -> None:
    """Let the browser show the session's token from now on: to us only, and to no script."""
    response.set_cookie(
        COOKIE, token, max_age=SESSION_HOURS * 3600, httponly=True, samesite="lax", secure=request.url.scheme == "https"
    )


def way_in(request: Request) -> str:
    """The page where one signs in, and then comes back."""
    place = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return "/sign-in" if request.method != "GET" or place == "/" else f"/sign-in?next={quote(place, safe='')}"


def own_place(address: str) -> str:
    """The address when it is one of ours, else the first room: nobody is led elsewhere after signing in."""
    parts = urlsplit(address)
    ours = address.startswith("/") and not address.startswith(("//", "/\\")) and not parts.netloc and not parts.scheme
    return address if ours else "/"
