"""What an installation is made of, for its administrators: sellers, plans in plain words, calendars, and its health."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Response
from sqlmodel import col, select

from api.doctor import examine
from api.pages.page import Page, PageRoute, ReadingPage
from contracts.catalogue import Plan, PlanPrice, PlanVersion
from contracts.errors import Refusal
from contracts.listed_parties import sellers_of
from contracts.money import Money
from contracts.on_sale import plan_in_force
from documents.plan_clauses import plan_clauses
from entitlements.calendar import Certainty, load_calendar

router = APIRouter(route_class=PageRoute, include_in_schema=False)

YEARS_SHOWN = 3
"""The year of today, and so many minus one after it."""


@router.get("/settings")
def hub(page: ReadingPage) -> Response:
    """The doors to everything that is set once and seldom changed."""
    return page.show("settings/hub.html")


@router.get("/sellers")
def sellers(page: ReadingPage) -> Response:
    """Our own legal entities, as papers print them."""
    return page.show("settings/sellers.html", sellers=sellers_of(page.session))


@router.get("/plans")
def plans(page: ReadingPage) -> Response:
    """What is on sale today, with its prices."""
    day = page.at.astimezone(page.zone).date()
    found = page.session.exec(
        select(Plan, PlanVersion)
        .join(PlanVersion, col(PlanVersion.plan_id) == Plan.id)
        .where(PlanVersion.valid_from <= day)
        .order_by(Plan.code, col(PlanVersion.version).desc())
    ).all()
    in_force: dict[str, tuple[Plan, PlanVersion]] = {}
    for plan, version in found:
        in_force.setdefault(plan.code, (plan, version))
    prices: dict[int, list[PlanPrice]] = {}
    for price in page.session.exec(select(PlanPrice).order_by(col(PlanPrice.term_months))):
        prices.setdefault(price.plan_version_id, []).append(price)
    shown = [(plan, version, _told(version, prices.get(version.id, []))) for plan, version in in_force.values()]
    return page.show("settings/plans.html", plans=shown)


@router.get("/plans/{code}")
def plan(code: str, page: ReadingPage) -> Response:
    """What a plan promises, clause by clause, in the words of the contract."""
    found, version = _plan(page, code)
    seller = next(iter(sellers_of(page.session)), None)
    clauses = [] if seller is None else plan_clauses(page.session, found, version, seller, page.language)
    own = select(PlanPrice).where(PlanPrice.plan_version_id == version.id).order_by(col(PlanPrice.term_months))
    prices = _told(version, page.session.exec(own).all())
    return page.show("settings/plan.html", plan=found, version=version, clauses=clauses, prices=prices)


@router.get("/calendars")
def calendars(page: ReadingPage, year: Annotated[int | None, Query(ge=2000, le=2099)] = None) -> Response:
    """The working days of our calendars, and how far each year can be trusted."""
    first = year or page.at.astimezone(page.zone).year
    years = range(first, first + YEARS_SHOWN)
    used = sorted({one.calendar for one in sellers_of(page.session)}) or ["RU"]
    shown = [(one, number, load_calendar(one).year_of(number)) for one in used for number in years]
    return page.show("settings/calendars.html", years=shown, trusted=Certainty.DECREED)


@router.get("/installation")
def installation(page: ReadingPage) -> Response:
    """What the doctor finds: how each thing is that the installation stands on, and how to mend it."""
    findings = examine(page.request.app.state.settings)
    return page.show("settings/installation.html", findings=findings)


def _plan(page: Page, code: str) -> tuple[Plan, PlanVersion]:
    try:
        return plan_in_force(page.session, code, page.at.astimezone(page.zone).date())
    except Refusal as unknown:
        raise Refusal("PLAN_UNKNOWN", field="code", value=code) from unknown


def _told(version: PlanVersion, prices: Sequence[PlanPrice]) -> list[tuple[int, Money | None, Money | None]]:
    """Each length of term with its price, and its price after a break; none where it is agreed in each sale."""

    def amount(minor: int | None) -> Money | None:
        return None if minor is None else Money(minor, version.currency)

    return [(one.term_months, amount(one.price_minor), amount(one.after_break_minor)) for one in prices]
