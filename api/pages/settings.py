"""What an installation is made of, for its administrators: sellers, plans in plain words, calendars, and its health."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.doctor import examine
from api.pages.page import PageRoute, ReadingPage
from contracts.queries import all_sellers
from entitlements.calendar import Certainty, load_calendar

router = APIRouter(route_class=PageRoute, include_in_schema=False)

YEARS_SHOWN = 3
"""The year of today, and so many minus one after it."""


@router.get("/settings")
def hub(page: ReadingPage) -> Response:
    """The doors to everything that is set once and seldom changed."""
    return page.show("settings/hub.html")


@router.get("/calendars")
def calendars(page: ReadingPage, year: Annotated[int | None, Query(ge=2000, le=2099)] = None) -> Response:
    """The working days of our calendars, and how far each year can be trusted."""
    first = year or page.at.astimezone(page.zone).year
    years = range(first, first + YEARS_SHOWN)
    used = sorted({one.calendar for one in all_sellers(page.session)}) or ["RU"]
    shown = [(one, number, load_calendar(one).year_of(number)) for one in used for number in years]
    return page.show("settings/calendars.html", years=shown, trusted=Certainty.DECREED)


@router.get("/installation")
def installation(page: ReadingPage) -> Response:
    """What the doctor finds: how each thing is that the installation stands on, and how to mend it."""
    findings = examine(page.request.app.state.settings)
    return page.show("settings/installation.html", findings=findings)
