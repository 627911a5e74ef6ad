"""The way through the firm's provider of identities: out to it, and back in with what it vouches for; staff only."""

import json
from dataclasses import asdict
from secrets import compare_digest
from typing import Annotated

from fastapi import APIRouter, Query, Response
from sqlmodel import col, select

from api.oidc import Attempt, has_provider, proven_email, way_out
from api.pages.guarding import give_cookie, own_place
from api.pages.page import Page, PageRoute, ReadingPage, WritingPage
from api.people import Person
from api.signing_in import begin_session
from contracts.errors import Refusal
from contracts.requisites import normal_email

router = APIRouter(route_class=PageRoute, include_in_schema=False)

COOKIE = "abonement_attempt"
PATH = "/sign-in/provider"
SECONDS = 600
"""How long one may be on the way."""
Told = Annotated[str, Query(max_length=4000)]


@router.get(PATH)
def go_out(page: ReadingPage, next: Annotated[str, Query(max_length=2000)] = "/") -> Response:
    """Send the browser to the provider. Raises `Refusal` with ROUTE_UNKNOWN without one, or OIDC_FAILED."""
    settings = page.request.app.state.settings
    if not has_provider(settings):
        raise Refusal("ROUTE_UNKNOWN")
    attempt = Attempt.new()
    response = page.go(way_out(settings, attempt, _back(page)))
    kept = json.dumps(asdict(attempt) | {"next": own_place(next)})
    secure = page.request.url.scheme == "https"
    response.set_cookie(COOKIE, kept, max_age=SECONDS, path=PATH, httponly=True, samesite="lax", secure=secure)
    return response


@router.get(f"{PATH}/back")
def come_back(page: WritingPage, state: Told = "", code: Told = "") -> Response:
    """Sign in who comes back with the provider's word; whoever is not of our staff is sent away.

    Raises `Refusal` with OIDC_FAILED, OIDC_EMAIL_UNPROVEN or OIDC_PERSON_UNKNOWN.
    """
    settings, kept = page.request.app.state.settings, _kept(page)
    attempt = Attempt(kept["state"], kept["nonce"], kept["verifier"])
    if not has_provider(settings) or not code or not compare_digest(attempt.state.encode(), state.encode()):
        raise Refusal("OIDC_FAILED")
    email = normal_email(proven_email(settings, attempt, code, _back(page), at=page.at))
    ours = select(Person).where(Person.email == email, col(Person.disabled_at).is_(None))
    person = page.session.exec(ours.where(col(Person.client_id).is_(None))).first()
    if person is None:
        raise Refusal("OIDC_PERSON_UNKNOWN", value=email)
    response = page.go(own_place(kept["next"]))
    give_cookie(response, page.request, begin_session(page.session, person, at=page.at))
    response.delete_cookie(COOKIE, path=PATH)
    return response


def _back(page: Page) -> str:
    outside = page.request.app.state.settings.public_url or str(page.request.base_url).rstrip("/")
    return f"{outside}{PATH}/back"


def _kept(page: Page) -> dict[str, str]:
    try:
        kept = json.loads(page.request.cookies.get(COOKIE, ""))
        return {name: str(kept[name]) for name in ("state", "nonce", "verifier", "next")}
    except (ValueError, KeyError, TypeError):
        raise Refusal("OIDC_FAILED") from None
