"""Over-limit cases: requests beyond the hours that wait for a manager, and what managers say to them (D6)."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from pydantic import Field

from api.calls import Once
from api.inputs import Id, Input, Limit, Month, PathId, line
from api.outputs import Answer
from api.refusals import plain
from api.request import Call, GuardedRoute, Reader
from contracts.errors import Refusal
from contracts.known_rows import known_row
from contracts.parties import Client
from entitlements.case_states import CaseState
from entitlements.over_limit import decide_case
from entitlements.over_limit_cases import RequestEnd
from entitlements.over_limit_facts import case_record, changes_of, clients_of, list_cases, requests_of

router = APIRouter(route_class=GuardedRoute, tags=["desk"])

MOST_CASES = 100


class CaseAnswer(Answer):
    """An over-limit case: its state with who chose it, when and why, and how many requests it collected and wait.

    `month` is the first day of the seller's calendar month; `invoice` is the number of the invoice that charges for it.
    """

    id: int
    client_id: int
    seller_id: int
    month: date
    opened_at: datetime
    state: CaseState
    decided_by: str | None
    decided_at: datetime | None
    note: str
    invoice: str | None
    held_requests: int
    waiting_requests: int


class HeldRequestAnswer(Answer):
    """A request of the case; `end` is none while it waits, `hold_id` names the hold that serves it."""

    id: int
    decision_id: str
    ticket: str
    service: str | None
    minutes: int
    asked_by: str
    asked_at: datetime
    end: RequestEnd | None
    ended_at: datetime | None
    hold_id: int | None


class CaseChangeAnswer(Answer):
    """A change of the case's state; `invoice` is the number of the invoice of one that was invoiced."""

    state: CaseState
    changed_by: str
    note: str
    invoice: str
    changed_at: datetime


class WholeCaseAnswer(CaseAnswer):
    """A case with all that it collected and every change of its state."""

    requests: list[HeldRequestAnswer]
    changes: list[CaseChangeAnswer]


class DecisionInput(Input):
    """What becomes of the case; `seen` is the state that was decided on, so that nobody overrules somebody unawares.

    Who was overtaken is told the new `state` with CASE_DECIDED, and decides on that one.
    """

    state: Literal["watch", "bill", "refuse", "forgiven"] = Field(examples=["bill"])
    seen: Literal["new", "watch", "bill", "forgiven"] = "new"
    decided_by: str = line(200, examples=["Орлова Н. В."])
    note: str | None = line(300, default=None, examples=["Отчётный период"])


class DecisionsInput(DecisionInput):
    """The same for up to 100 cases at once."""

    case_ids: list[Id] = Field(min_length=1, max_length=MOST_CASES)


class DecidedCase(Answer):
    """What became of one of several cases: the case, or the code of the refusal with its facts."""

    case_id: int
    case: CaseAnswer | None
    refused: str | None
    facts: dict[str, Any]


class DecidedCases(Answer):
    """What became of each case, in the order of the call."""

    results: list[DecidedCase]


@router.get("/v1/over-limit-cases")
def find(
    call: Reader,
    state: Annotated[CaseState | None, Query()] = None,
    seller_id: Annotated[PathId | None, Query()] = None,
    client_id: Annotated[PathId | None, Query()] = None,
    month: Annotated[Month | None, Query(description="A calendar month of the seller, YYYY-MM.")] = None,
    after: Annotated[PathId | None, Query(description="The last id of the page before.")] = None,
    limit: Annotated[Limit, Query()] = 50,
) -> list[CaseAnswer]:
    """The cases in the order of their opening."""
    if client_id is not None:
        known_row(call.session, Client, client_id)
    own = {"state": state, "seller_id": seller_id, "client_id": client_id, "month": month}
    found = list_cases(call.session, **own, after=after or 0, limit=limit)  # type: ignore[arg-type]
    return [CaseAnswer.model_validate(one) for one in found]


@router.get("/v1/over-limit-cases/{case_id}")
def read(case_id: PathId, call: Reader) -> WholeCaseAnswer:
    """A case with its requests and changes."""
    record = case_record(call.session, case_id)
    return WholeCaseAnswer(
        **record._asdict(),
        requests=[HeldRequestAnswer.model_validate(one) for one in requests_of(call.session, case_id)],
        changes=[CaseChangeAnswer.model_validate(one) for one in changes_of(call.session, case_id)],
    )


@router.post("/v1/over-limit-cases/{case_id}:decide", response_model=CaseAnswer)
def decide(case_id: PathId, new: DecisionInput, once: Once) -> Response:
    """Bring a case to another state; one that leaves "new" releases or closes all its requests at once."""
    return once.answer(lambda call: _decide(call, case_id, new), status=200)


@router.post("/v1/over-limit-cases:decide", response_model=DecidedCases)
def decide_many(new: DecisionsInput, once: Once) -> Response:
    """Bring several cases to a state, each by itself: one that is refused does not keep the others."""
    return once.answer(lambda call: _decide_many(call, new), status=200)


def _decide(call: Call, case_id: int, new: DecisionInput) -> CaseAnswer:
    said = {"decided_by": new.decided_by, "note": new.note or "", "seen": CaseState(new.seen)}
    decide_case(call.session, case_id, CaseState(new.state), at=call.at, **said)  # type: ignore[arg-type]
    return CaseAnswer.model_validate(case_record(call.session, case_id))


def _decide_many(call: Call, new: DecisionsInput) -> DecidedCases:
    """In the order of their clients, as every transaction that takes several clients' rows."""
    clients = clients_of(call.session, new.case_ids)
    in_turn = sorted(dict.fromkeys(new.case_ids), key=lambda case_id: (clients.get(case_id, 0), case_id))
    decided = {case_id: _decide_one(call, case_id, new) for case_id in in_turn}
    return DecidedCases(results=[decided[case_id] for case_id in dict.fromkeys(new.case_ids)])


def _decide_one(call: Call, case_id: int, new: DecisionInput) -> DecidedCase:
    try:
        with call.session.begin_nested():
            return DecidedCase(case_id=case_id, case=_decide(call, case_id, new), refused=None, facts={})
    except Refusal as no:
        facts = {name: plain(fact) for name, fact in no.facts.items()}
        return DecidedCase(case_id=case_id, case=None, refused=no.code, facts=facts)
