"""Over-limit cases: what the desk asked for beyond the hours, and what managers say to it (D6)."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from pydantic import Field

from api.inputs import PathId
from api.pages.admission import DECIDE_CASES, SEE_THE_DESK
from api.pages.forms import Name, SentForm, Typed
from api.pages.page import ON_A_PAGE, Page, PageRoute, ReadingPage, WritingPage
from contracts.queries import client_names
from entitlements.case_states import CaseState
from entitlements.over_limit import decide_case
from entitlements.over_limit_facts import case_record, changes_of, list_cases, requests_of

router = APIRouter(route_class=PageRoute, include_in_schema=False)


class Verdict(Typed):
    """What becomes of the case; `seen` is the state that was decided on, so that nobody overrules somebody unawares."""

    state: Literal["watch", "bill", "refuse", "forgiven"]
    seen: Literal["new", "watch", "bill", "forgiven"]
    note: Annotated[Name, Field(max_length=300)] = ""


@router.get("/cases")
def show(
    page: ReadingPage,
    state: Annotated[CaseState | Literal["any"], Query()] = CaseState.NEW,
    after: Annotated[PathId | None, Query()] = None,
) -> Response:
    """The cases in the order of their opening: those that wait for a manager, of another state, or all."""
    wanted = None if state == "any" else CaseState(state)
    found = list_cases(page.session, state=wanted, after=after or 0, limit=ON_A_PAGE + 1)
    cases = found[:ON_A_PAGE]
    return page.show(
        "desk/cases.html",
        cases=cases,
        state=state,
        states=[*CaseState, "any"],
        names=client_names(page.session, [one.client_id for one in cases]),
        next_after=cases[-1].id if len(found) > ON_A_PAGE else None,
    )


@router.get("/cases/{case_id}")
def read(case_id: PathId, page: ReadingPage) -> Response:
    """A case with its requests and every change of its state."""
    return page.show("desk/case.html", **_case(page, case_id))


@router.post("/cases/{case_id}:decide")
def decide(case_id: PathId, form: SentForm, page: WritingPage) -> Response:
    """Bring the case to another state, in the name of who is signed in; its requests are released or closed at once."""

    def act() -> str:
        given = form.read(Verdict)
        said = {"decided_by": page.person.name, "note": given.note, "seen": CaseState(given.seen)}
        decide_case(page.session, case_id, CaseState(given.state), at=page.at, **said)  # type: ignore[arg-type]
        return f"/cases/{case_id}?said=case_decided"

    return page.once(form, act, lambda refusal: page.again("desk/case.html", form, refusal, **_case(page, case_id)))


def _case(page: Page, case_id: int) -> dict[str, Any]:
    case = case_record(page.session, case_id)
    role = page.person.role
    return {
        "case": case,
        "name": client_names(page.session, [case.client_id])[case.client_id],
        "requests": requests_of(page.session, case_id),
        "changes": changes_of(page.session, case_id),
        "choices": case.state.followers if role in DECIDE_CASES else (),
        "opens_card": role in SEE_THE_DESK,
    }
