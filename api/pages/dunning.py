"""The ladder of dunning of a seller: the steps in force and before, a new one and what it does now (S8, S10)."""

from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import Field, create_model

from api.inputs import PathId
from api.pages.forms import Day, Form, SentForm, Typed
from api.pages.page import ON_A_PAGE, Page, PageRoute, ReadingPage, WritingPage
from billing.dunning_steps import MOST_DAYS, MOST_STEPS, DunningEffect, DunningNotice, Step
from billing.listed_ladders import ladders_of
from billing.taking_dunning_steps import choose_dunning, dunned_now, overdue_invoices
from contracts.errors import Refusal
from contracts.known_rows import known_row
from contracts.parties import Seller
from contracts.queries import client_names

router = APIRouter(route_class=PageRoute, include_in_schema=False)

ROWS = range(1, MOST_STEPS + 1)
Days = Annotated[int, Field(ge=1, le=MOST_DAYS)]
FIELDS: dict[str, Any] = {
    f"{name}_{row}": (kind | None, None)
    for row in ROWS
    for name, kind in (("days", Days), ("notice", DunningNotice), ("effect", DunningEffect))
}
NewLadder = create_model("NewLadder", __base__=Typed, valid_from=(Day, ...), **FIELDS)
"""From which due day on, and in each row a step; a row without anything is none."""


@router.get("/sellers/{seller_id}/dunning")
def show(seller_id: PathId, page: ReadingPage) -> Response:
    """The steps in force and their history."""
    return page.show("dunning/one.html", **_ladders(page, seller_id))


@router.post("/sellers/{seller_id}/dunning:preview")
def preview(seller_id: PathId, form: SentForm, page: WritingPage) -> Response:
    """What the worker would do next about the invoices that are overdue now; nothing is written."""

    def act() -> Response:
        _choose(page, seller_id, form)
        told = _told(page, seller_id)
        page.session.rollback()
        if page.is_fragment:
            return page.show("dunning/preview.html", told=told)
        return page.show("dunning/one.html", **(_ladders(page, seller_id) | {"told": told, "typed": form.typed}))

    return page.act_now(act, lambda refusal: _again(page, seller_id, form, refusal))


@router.post("/sellers/{seller_id}:choose-dunning")
def choose(seller_id: PathId, form: SentForm, page: WritingPage) -> Response:
    """Dun by these steps the invoices that are due from the day on; steps that were taken stay taken."""

    def act() -> str:
        _choose(page, seller_id, form)
        return f"/sellers/{seller_id}/dunning?said=dunning"

    return page.once(form, act, lambda refusal: _again(page, seller_id, form, refusal))


def _choose(page: Page, seller_id: int, form: Form) -> None:
    given = form.read(NewLadder).model_dump()
    steps = []
    for row in ROWS:
        days, notice, effect = (given[f"{name}_{row}"] for name in ("days", "notice", "effect"))
        if days is not None:
            steps.append(Step(days, notice, effect or DunningEffect.NONE))
        elif notice is not None or effect not in (None, DunningEffect.NONE):
            raise Refusal("FIELD_REQUIRED", field=f"days_{row}", value=None)
    choose_dunning(page.session, seller_id, given["valid_from"], steps, at=page.at)


def _told(page: Page, seller_id: int) -> dict[str, Any]:
    """The steps that are due about the first overdue invoices, in values that outlive the transaction."""
    late = overdue_invoices(page.session, known_row(page.session, Seller, seller_id), at=page.at)
    names = client_names(page.session, {one.client_id for one in late[:ON_A_PAGE]})
    dunned = [dunned_now(page.session, one, at=page.at) for one in late[:ON_A_PAGE]]
    rows = [
        {"id": one.invoice.id, "number": one.invoice.number, "client": names[one.invoice.client_id],
         "due_on": one.invoice.due_on, "left": one.standing.left, "due": one.due}
        for one in dunned
    ]  # fmt: skip
    return {"overdue": len(late), "rows": rows, "taken": sum(len(one.due) for one in dunned)}


def _ladders(page: Page, seller_id: int) -> dict[str, Any]:
    seller, ladders = known_row(page.session, Seller, seller_id), ladders_of(page.session, seller_id)
    today = seller.day_of(page.at)
    in_force = next((one for one in ladders if one.valid_from <= today), None)
    last = {"valid_from": today.isoformat()}
    for row, step in enumerate(in_force.steps if in_force is not None else (), 1):
        last |= {
            f"days_{row}": str(step.working_days),
            f"notice_{row}": step.notice or "",
            f"effect_{row}": step.effect,
        }
    return {
        "seller": seller,
        "ladders": ladders,
        "in_force": in_force,
        "typed": last,
        "rows": ROWS,
        "notices": list(DunningNotice),
        "effects": list(DunningEffect),
        "told": None,
    }


def _again(page: Page, seller_id: int, form: Form, refusal: Refusal) -> Response:
    if page.is_fragment:
        return page.again("dunning/preview.html", form, refusal, told=None)
    values = _ladders(page, seller_id)
    del values["typed"]
    return page.again("dunning/one.html", form, refusal, **values)
