"""What an installation is set up by: the doors to it, the working calendars of its sellers, and its health."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from api.doctor import examine
from api.first_steps import first_steps
from api.inputs import PathId
from api.pages.forms import SentForm, Text, Typed
from api.pages.page import Page, PageRoute, ReadingPage, WritingPage
from billing.tax import tax_countries
from contracts.countries import HOME
from contracts.errors import Refusal
from contracts.queries import all_sellers
from entitlements.calendar import YEARS, Certainty, load_calendar
from entitlements.choosing_calendars import choose_calendar

router = APIRouter(route_class=PageRoute, include_in_schema=False)

YEARS_SHOWN = 3
"""The year of today, and so many minus one after it."""
SATURDAY = 5


class Chosen(Typed):
    """By the calendar of which country a seller goes."""

    country: Text


@dataclass(frozen=True, slots=True)
class Year:
    """A year of a calendar: its working days in all and by month, and what makes it other than any year."""

    number: int
    certainty: Certainty
    working_days: int
    by_month: list[int]
    weekdays_off: list[date]
    working_weekends: list[date]
    shortened: list[date]

    @property
    def is_decreed(self) -> bool:
        """Whether nothing of it is a guess."""
        return self.certainty is Certainty.DECREED


@router.get("/settings")
def hub(page: ReadingPage) -> Response:
    """The doors to everything that is set once and seldom changed; before them the first steps, while any is left."""
    steps = first_steps(page.session)
    return page.show("settings/hub.html", steps=[] if all(one.is_done for one in steps) else steps)


@router.get("/calendars")
def calendars(page: ReadingPage, year: Annotated[int | None, Query(ge=YEARS[0], le=YEARS[-1])] = None) -> Response:
    """The working days of our calendars, how far each year can be trusted, and which seller goes by which."""
    return page.show("settings/calendars.html", **_calendars(page, year or page.today.year))


@router.post("/calendars/{seller_id}:choose")
def choose(seller_id: PathId, form: SentForm, page: WritingPage) -> Response:
    """Let a seller go by the calendar of another country from now on."""

    def act() -> str:
        choose_calendar(page.session, seller_id, form.read(Chosen).country)
        return "/calendars?said=calendar"

    def again(refusal: Refusal) -> Response:
        return page.again("settings/calendars.html", form, refusal, **_calendars(page, page.today.year))

    return page.once(form, act, again)


@router.get("/installation")
def installation(page: ReadingPage) -> Response:
    """What the doctor finds: how each thing is that the installation stands on, and how to mend it."""
    findings = examine(page.request.app.state.settings)
    return page.show("settings/installation.html", findings=findings)


def _calendars(page: Page, first: int) -> dict[str, Any]:
    sellers = all_sellers(page.session)
    used = sorted({one.calendar for one in sellers}) or [HOME]
    years = [number for number in range(first, first + YEARS_SHOWN) if number in YEARS]
    return {
        "sellers": sellers,
        "countries": sorted({*tax_countries(), *used}),
        "calendars": [(country, [_year(country, number) for number in years]) for country in used],
        "first": first,
        "earlier": first - 1 if first - 1 in YEARS else None,
        "later": first + 1 if first + 1 in YEARS else None,
    }


def _year(country: str, number: int) -> Year:
    calendar = load_calendar(country)
    days, worked = calendar.year_of(number), calendar.working_days(number)
    return Year(
        number,
        days.certainty,
        len(worked),
        list(Counter(day.month for day in worked).values()),
        sorted(day for day in days.days_off if day.weekday() < SATURDAY),
        [day for day in worked if day.weekday() >= SATURDAY],
        sorted(days.shortened),
    )
