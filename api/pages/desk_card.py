"""The desk: finding the client, its card, and the answer to what it asks for (rules D1, D2, D4, D5)."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from starlette.datastructures import FormData

from api.inputs import PathId
from api.pages.asking import Asking, answered, asking_of, card_of, shown_answer
from api.pages.forms import Form, SentForm
from api.pages.page import Page, PageRoute, ReadingPage, WritingPage
from contracts.errors import Refusal
from contracts.typed_search import find_typed
from entitlements.answers import Decision
from entitlements.decision_log import StoredDecision
from entitlements.desk import Caller, check, hold, live_holds, stored
from entitlements.reasons import Reason

router = APIRouter(route_class=PageRoute, include_in_schema=False)

MOST_FOUND = 20


@router.get("/desk")
def search(page: ReadingPage, q: Annotated[str, Query(max_length=300)] = "") -> Response:
    """The one search field; what is found by its beginning comes as one types, and Enter opens the only one."""
    found = find_typed(page.session, q, limit=MOST_FOUND + 1)
    if page.is_fragment:
        return page.show("desk/found.html", q=q, found=found[:MOST_FOUND], more=len(found) > MOST_FOUND)
    if len(found) == 1:
        return page.go(f"/desk/{found[0].id}")
    return page.show("desk/search.html", q=q, found=found[:MOST_FOUND], more=len(found) > MOST_FOUND)


@router.get("/desk/{client_id}")
def show(
    client_id: PathId, page: ReadingPage, answer: Annotated[str | None, Query(pattern="^[0-9a-f-]{36}$")] = None
) -> Response:
    """The client's card with the answer to what the form asks, or one that was given; to htmx the answer alone."""
    sent = page.request.query_params
    form = Form(FormData([(name, value) for name, value in sent.multi_items() if name in Asking.model_fields]))

    def again(refusal: Refusal) -> Response:
        if page.is_fragment:
            return page.again("desk/answered.html", form, refusal, decision=None, already=0)
        return _again(page, client_id, form, refusal)

    def look() -> Response:
        if answer is not None:
            given = shown_answer(page, answered(page, client_id, answer))
            return page.show("desk/card.html", **card_of(page, client_id), **given, given=True, already=0)
        asking = form.read(Asking)
        decision = check(page.session, Caller({"id": client_id}), asking_of(page, client_id, asking).question)
        told = shown_answer(page, decision) | {"already": _held_for(page, client_id, asking.ticket)}
        if page.is_fragment:
            return page.show("desk/answered.html", typed=form.typed, **told)
        return page.show("desk/card.html", typed=form.typed, **card_of(page, client_id), **told)

    return page.act_now(look, again)


@router.post("/desk/{client_id}:answer")
def answer_it(client_id: PathId, form: SentForm, page: WritingPage) -> Response:
    """Keep the answer that is given to the client, without a ticket (D1)."""

    def act() -> str:
        asked = asking_of(page, client_id, form.read(Asking))
        decision = check(page.session, Caller({"id": client_id}), asked.question)
        page.session.add(StoredDecision(**stored(decision, asked.record)))
        return f"/desk/{client_id}?answer={asked.record.id}&said=answered"

    return page.once(form, act, lambda refusal: _again(page, client_id, form, refusal))


@router.post("/desk/{client_id}:accept")
def accept(client_id: PathId, form: SentForm, page: WritingPage) -> Response:
    """Accept a ticket: what it needs is held from now; beyond the hours it waits for who decides (H12, D6).

    Where minutes are held for it already, that is said first, and sending the form again holds more.
    """

    def act() -> str:
        asking = form.read(Asking)
        if asking.ticket is None:
            raise Refusal("FIELD_REQUIRED", field="ticket", value=None)
        if asking.again != asking.ticket and _held_for(page, client_id, asking.ticket):
            raise Refusal("TICKET_HELD", field="ticket", value=asking.ticket)
        asked = asking_of(page, client_id, asking)
        decision, _ = hold(page.session, Caller({"id": client_id}), asked.question, asked.record)
        return f"/desk/{client_id}?answer={asked.record.id}&{_outcome(decision)}"

    return page.once(form, act, lambda refusal: _again(page, client_id, form, refusal))


def _outcome(decision: Decision) -> str:
    if decision.reason is Reason.OVERAGE_NEEDS_APPROVAL:
        return "said=ticket_waits"
    return "said=accepted" if decision.is_served else "said=not_accepted"


def _held_for(page: Page, client_id: int, ticket: str | None) -> int:
    """The minutes that are held for the client's ticket now."""
    if ticket is None:
        return 0
    return sum(one.minutes for one in live_holds(page.session, at=page.at, client_id=client_id) if one.ticket == ticket)


def _again(page: Page, client_id: int, form: Form, refusal: Refusal) -> Response:
    already = _held_for(page, client_id, form.typed.get("ticket", "").strip() or None)
    return page.again("desk/card.html", form, refusal, decision=None, already=already, **card_of(page, client_id))
