"""An engineer's clocks: started at a ticket, paused, resumed, and stopped with a look at what that draws (H10)."""

from datetime import datetime, time
from typing import Any

from fastapi import APIRouter, Response
from sqlmodel import col, select

from api.inputs import PathId
from api.pages.engineers_day import Job, held_by, job_of
from api.pages.forms import Day, Form, Id, SentForm, Text, Typed
from api.pages.page import Page, PageRoute, ReadingPage, WritingPage
from api.v1.desk_answers import WorkAnswer
from api.v1.work import work_answer
from contracts.errors import Refusal
from contracts.known_rows import known_row
from contracts.parties import Client
from entitlements.desk import live_holds
from entitlements.hours_facts import Charge
from entitlements.timers import Timer
from entitlements.timing import Task, pause, resume, start, stop, timer_records

router = APIRouter(route_class=PageRoute, include_in_schema=False)

OF_A_TASK = ("client_id", "entity_id", "charge", "ticket", "service", "asked_by", "summary")


class End(Typed):
    """What was done; when it ended, if not now; and the hold that its minutes come out of."""

    summary: Text = ""
    charge: Charge = Charge.DRAW
    ended_on: Day | None = None
    ended: time | None = None
    hold_id: Id | None = None


@router.post("/timers")
def begin(form: SentForm, page: WritingPage) -> Response:
    """Start a clock in the name of who is signed in, who has one that runs."""

    def act() -> str:
        job = form.read(Job)
        held = held_by(page, job.hold_id)
        of = {name: getattr(job, name) for name in OF_A_TASK}
        of |= {"seller_id": None if held is None else held.seller_id}
        start(page.session, Task(engineer=page.person.name, **of), at=page.at)
        return "/work?said=timer_runs"

    return page.once(form, act, lambda refusal: page.again("work/new.html", form, refusal, **job_of(page, form.typed)))


@router.get("/timers/{timer_id}")
def show(timer_id: PathId, page: ReadingPage) -> Response:
    """The end of a clock: what it measured, and the form that logs it."""
    return page.show("work/timer.html", **_timer(page, timer_id))


@router.post("/timers/{timer_id}:pause")
def stand_still(timer_id: PathId, form: SentForm, page: WritingPage) -> Response:
    """Let the clock stand still."""
    return _do(page, form, timer_id, lambda: pause(page.session, timer_id, at=page.at))


@router.post("/timers/{timer_id}:resume")
def go_on(timer_id: PathId, form: SentForm, page: WritingPage) -> Response:
    """Let the clock go on."""
    return _do(page, form, timer_id, lambda: resume(page.session, timer_id, at=page.at))


@router.post("/timers/{timer_id}:preview")
def preview(timer_id: PathId, form: SentForm, page: WritingPage) -> Response:
    """What stopping the clock now would draw; it goes on as it was."""

    def act() -> Response:
        told = _stop(page, timer_id, form)
        page.session.rollback()
        if page.is_fragment:
            return page.show("work/preview.html", preview=told)
        return page.show("work/timer.html", typed=form.typed, **_timer(page, timer_id) | {"preview": told})

    def again(refusal: Refusal) -> Response:
        if page.is_fragment:
            return page.again("work/preview.html", form, refusal, preview=None)
        return page.again("work/timer.html", form, refusal, **_timer(page, timer_id))

    return page.act_now(act, again)


@router.post("/timers/{timer_id}:stop")
def end(timer_id: PathId, form: SentForm, page: WritingPage) -> Response:
    """Stop the clock: its work is logged once, and settles the ticket's hold by what it draws."""

    def act() -> str:
        _stop(page, timer_id, form)
        return "/work?said=work_logged"

    return _do(page, form, timer_id, act)


def _do(page: Page, form: Form, timer_id: int, act: Any) -> Response:
    def acted() -> str:
        place = act()
        return place if isinstance(place, str) else "/work"

    return page.once(
        form, acted, lambda refusal: page.again("work/timer.html", form, refusal, **_timer(page, timer_id))
    )


def _stop(page: Page, timer_id: int, form: Form) -> WorkAnswer:
    given = form.read(End)
    ended_at = None
    if given.ended is not None:
        ended_at = datetime.combine(given.ended_on or page.today, given.ended, page.zone)
    told = {"summary": given.summary, "charge": given.charge}
    _, logged = stop(page.session, timer_id, at=page.at, ended_at=ended_at, **told)  # type: ignore[arg-type]
    return work_answer(page.session, logged, held_by(page, given.hold_id), at=page.at)


def _timer(page: Page, timer_id: int) -> dict[str, Any]:
    timer = page.session.exec(select(Timer).where(col(Timer.id) == timer_id)).first()
    if timer is None:
        raise Refusal("TIMER_UNKNOWN", field="timer_id", value=timer_id)
    (record,) = timer_records(page.session, [timer], at=page.at)
    own = live_holds(page.session, at=page.at, client_id=timer.client_id)
    return {
        "timer": timer,
        "record": record,
        "client": known_row(page.session, Client, timer.client_id),
        "held": next((one for one in own if timer.ticket and one.ticket == timer.ticket), None),
        "charges": list(Charge),
        "today": page.today,
        "preview": None,
    }
