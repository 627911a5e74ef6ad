"""An engineer's day: the clocks, the accepted tickets, the work that was logged, and logging it by hand (H3, H10)."""

from datetime import datetime, time
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import Field
from sqlmodel import col, select

from api.inputs import PathId
from api.pages.admission import AT_THE_DESK
from api.pages.asking import services_named
from api.pages.engineers_entries import logged_on
from api.pages.forms import Day, Form, Id, Name, SentForm, Text, Typed, TypedMinutes
from api.pages.page import ON_A_PAGE, Page, PageRoute, ReadingPage, WritingPage
from api.v1.desk_answers import WorkAnswer
from api.v1.work import record_work
from contracts.errors import Refusal
from contracts.known_rows import known_row
from contracts.parties import Client, Entity
from contracts.queries import client_names
from entitlements.decision_log import StoredDecision
from entitlements.desk import live_holds
from entitlements.holds import Hold
from entitlements.hours_facts import Charge
from entitlements.logging_work import Work
from entitlements.named_holds import named_hold
from entitlements.timing import open_timers

router = APIRouter(route_class=PageRoute, include_in_schema=False)

SOURCE = "pages"
"""The source of work that is logged by hand here; its external id is the form's own key."""


class Job(Typed):
    """Work for a client: what a clock is started at, or what was done, when and for how long."""

    client_id: Id
    hold_id: Id | None = None
    entity_id: Id | None = None
    ticket: Annotated[Name, Field(max_length=100)] = ""
    service: Annotated[Name, Field(max_length=60)] = ""
    charge: Charge = Charge.DRAW
    asked_by: Annotated[Name, Field(max_length=200)] = ""
    summary: Text = ""
    worked_on: Day | None = None
    began: time | None = None
    worked: TypedMinutes | None = None
    travel: TypedMinutes = 0


@router.get("/work")
def show(page: ReadingPage, after: Annotated[PathId | None, Query()] = None) -> Response:
    """The day of who is signed in: own clocks, everybody's accepted tickets, own work of today."""
    timers = open_timers(page.session, at=page.at, engineer=page.person.name)
    found = live_holds(page.session, at=page.at, after=after or 0, limit=ON_A_PAGE + 1)
    holds = found[:ON_A_PAGE]
    entries = logged_on(page.session, page.person.name, page.today, at=page.at)
    return page.show(
        "work/day.html",
        timers=timers,
        holds=holds,
        next_after=holds[-1].id if len(found) > ON_A_PAGE else None,
        entries=entries,
        names=client_names(page.session, {*(one.client_id for one in timers), *(one.client_id for one in holds)}),
        in_hand={(one.client_id, one.ticket) for one in timers},
        works=page.person.role in AT_THE_DESK,
    )


@router.get("/jobs/new")
def ask(
    page: ReadingPage,
    client_id: Annotated[PathId | None, Query()] = None,
    hold_id: Annotated[PathId | None, Query()] = None,
) -> Response:
    """The form of work for a client or on an accepted ticket: start a clock at it, or log it."""
    given = {"client_id": str(client_id or ""), "hold_id": str(hold_id or "")}
    return page.show("work/new.html", **job_of(page, given))


@router.post("/jobs:preview")
def preview(form: SentForm, page: WritingPage) -> Response:
    """What logging it would draw; nothing is written."""

    def act() -> Response:
        told = _log(page, form)
        page.session.rollback()
        if page.is_fragment:
            return page.show("work/preview.html", preview=told)
        return page.show("work/new.html", typed=form.typed, **job_of(page, form.typed) | {"preview": told})

    return page.act_now(act, lambda refusal: _again(page, form, refusal, "work/preview.html"))


@router.post("/jobs")
def record(form: SentForm, page: WritingPage) -> Response:
    """Log work, which settles the ticket's hold by what it draws; it is never refused for want of hours (H12)."""

    def act() -> str:
        _log(page, form)
        return "/work?said=work_logged"

    return page.once(form, act, lambda refusal: _again(page, form, refusal, "work/new.html"))


def _log(page: Page, form: Form) -> WorkAnswer:
    job = form.read(Job)
    if not job.worked:
        raise Refusal("FIELD_REQUIRED", field="worked", value=None)
    held, day = held_by(page, job.hold_id), job.worked_on or page.today
    began = None if job.began is None else datetime.combine(day, job.began, page.zone)
    work = Work(
        job.client_id,
        SOURCE,
        form.key,
        job.worked,
        travel_minutes=job.travel,
        started_at=began,
        work_on=day if began is None else None,
        seller_id=None if held is None else held.seller_id,
        engineer=page.person.name,
        **{name: getattr(job, name) for name in ("entity_id", "charge", "ticket", "service", "asked_by", "summary")},
    )
    return record_work(page.session, work, held, at=page.at)


def _again(page: Page, form: Form, refusal: Refusal, fragment: str) -> Response:
    if page.is_fragment:
        return page.again(fragment, form, refusal, preview=None)
    return page.again("work/new.html", form, refusal, **job_of(page, form.typed))


def held_by(page: Page, hold_id: int | None) -> Hold | None:
    """The hold that the work is done on, while it has not ended: what ended stays as it is (H12).

    Raises `Refusal("HOLD_UNKNOWN")`.
    """
    if hold_id is None:
        return None
    held, ended = named_hold(page.session, hold_id)
    return held if ended is None else None


def job_of(page: Page, given: dict[str, str]) -> dict[str, Any]:
    """The form for a client, or for the client of an accepted ticket, and what can be chosen in it.

    Raises `Refusal` with CLIENT_UNKNOWN or HOLD_UNKNOWN.
    """
    hold_id, client_id = (int(given.get(name) or 0) for name in ("hold_id", "client_id"))
    held = held_by(page, hold_id or None)
    client = known_row(page.session, Client, held.client_id if held is not None else client_id)
    entities = select(Entity).where(Entity.client_id == client.id).order_by(col(Entity.id))
    decision = page.session.get(StoredDecision, held.decision_id) if held is not None else None
    return {
        "client": client,
        "held": held,
        "service": decision.service if decision is not None else "",
        "services": services_named(page),
        "entities": page.session.exec(entities).all(),
        "charges": list(Charge),
        "today": page.today,
        "preview": None,
    }
