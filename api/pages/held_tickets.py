"""What becomes of an accepted ticket's held minutes: given back, taken by its work, or held for longer (H12)."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import Field

from api.inputs import PathId
from api.pages.admission import AT_THE_DESK
from api.pages.forms import Form, SentForm, Typed, TypedMinutes
from api.pages.page import Page, PageRoute, ReadingPage, WritingPage
from contracts.known_rows import known_row
from contracts.parties import Client
from entitlements.desk import LONGEST_HOLD_HOURS, extend_hold, release_hold, settle_hold
from entitlements.holds import Hold
from entitlements.named_holds import named_hold

router = APIRouter(route_class=PageRoute, include_in_schema=False)


class Taken(Typed):
    """How many of the minutes the work took; all of them when it is left out."""

    minutes: TypedMinutes | None = None


class Longer(Typed):
    """For how many hours from now."""

    hold_hours: Annotated[int, Field(ge=1, le=LONGEST_HOLD_HOURS)]


@router.get("/holds/{hold_id}")
def show(hold_id: PathId, page: ReadingPage) -> Response:
    """An accepted ticket with what is held for it."""
    return page.show("desk/hold.html", **_hold(page, hold_id))


@router.post("/holds/{hold_id}:release")
def release(hold_id: PathId, form: SentForm, page: WritingPage) -> Response:
    """Give the minutes back."""
    return _end(page, form, hold_id, "released", lambda: release_hold(page.session, hold_id, at=page.at))


@router.post("/holds/{hold_id}:settle")
def settle(hold_id: PathId, form: SentForm, page: WritingPage) -> Response:
    """Take so many of the minutes for work that is logged elsewhere; the rest is given back."""

    def act() -> None:
        settle_hold(page.session, hold_id, at=page.at, minutes=form.read(Taken).minutes)

    return _end(page, form, hold_id, "settled", act)


@router.post("/holds/{hold_id}:extend")
def extend(hold_id: PathId, form: SentForm, page: WritingPage) -> Response:
    """Hold the minutes for so many hours from now."""

    def act() -> None:
        extend_hold(page.session, hold_id, form.read(Longer).hold_hours, at=page.at)

    return _end(page, form, hold_id, "extended", act)


def _end(page: Page, form: Form, hold_id: int, said: str, act: Callable[[], object]) -> Response:
    """Do it once, and go back to the client's card."""
    client_id = known_row(page.session, Hold, hold_id).client_id

    def acted() -> str:
        act()
        return f"/desk/{client_id}?said={said}"

    return page.once(form, acted, lambda refusal: page.again("desk/hold.html", form, refusal, **_hold(page, hold_id)))


def _hold(page: Page, hold_id: int) -> dict[str, Any]:
    held, ending = named_hold(page.session, hold_id)
    lives = ending is None and held.expires_at > page.at
    may_act = page.person.role in AT_THE_DESK
    client = known_row(page.session, Client, held.client_id)
    return {"held": held, "client": client, "ending": ending, "lives": lives, "may_act": may_act}
