"""Keys of programs, for administrators: made with a secret that is shown once, and revoked for good."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Response
from sqlmodel import col, select

from api.identity import BOUND, create_key, revoke
from api.keys import ApiKey
from api.pages.forms import Day, Name, SentForm, Text, Typed
from api.pages.page import Page, PageRoute, ReadingPage, WritingPage
from api.roles import Role
from contracts.parties import Client
from contracts.typed_search import client_typed

router = APIRouter(route_class=PageRoute, include_in_schema=False)


class NewKey(Typed):
    """A key: whose it is, what it may do, of which client alone, and its last day."""

    name: Name
    role: Role
    client_id: Text | None = None
    last_day: Day | None = None


@router.get("/keys")
def show(page: ReadingPage) -> Response:
    """Every key, without its secret."""
    return page.show("settings/keys.html", **_keys(page))


@router.post("/keys")
def add(form: SentForm, page: WritingPage) -> Response:
    """Make a key; the page that answers is the only one that ever shows its secret."""

    def make() -> Response:
        given = form.read(NewKey)
        until = None if given.last_day is None else end_of_day(given.last_day, page.zone)
        client_id = client_typed(page.session, given.client_id, "client_id") if given.client_id else None
        _, token = create_key(page.session, given.name, given.role, at=page.at, client_id=client_id, expires_at=until)
        return page.show("settings/keys.html", **(_keys(page) | {"token": token}))

    return page.act_now(make, lambda refusal: page.again("settings/keys.html", form, refusal, **_keys(page)))


@router.post("/keys/{prefix}:revoke")
def end(prefix: str, page: WritingPage) -> Response:
    """Take a key back for good; ending it again changes nothing."""
    revoke(page.session, prefix, at=page.at)
    return page.go("/keys?said=key_revoked")


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The moment at which a day is over in the zone."""
    return datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)


def _keys(page: Page) -> dict[str, Any]:
    keys = page.session.exec(
        select(ApiKey, Client.name)
        .join(Client, col(Client.id) == ApiKey.client_id, isouter=True)
        .order_by(col(ApiKey.revoked_at).is_not(None), col(ApiKey.id))
    ).all()
    return {"keys": keys, "roles": list(Role), "bound": BOUND, "token": ""}
