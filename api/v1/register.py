"""The vendor's register against what we sold."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import Field

from api.database import reading
from api.inputs import Id, Input
from api.outputs import Answer
from api.register_wire import AnswerEntry, of_numbers
from api.registers import compare, register_server
from api.request import GuardedRoute
from contracts.known_rows import known_row
from contracts.parties import Client
from contracts.register import Answers, Partner, Unanswered
from contracts.register_differences import Difference, Finding
from contracts.terms import ONE_DAY

router = APIRouter(route_class=GuardedRoute, tags=["register"])

PATIENCE_SECONDS = 20
"""How long a caller waits for the register; the numbers that are left then have no answer."""


class ReconciliationInput(Input):
    """Whose lines, every client's unless told otherwise; with `answers` they are compared with these, nobody is asked.

    `answers` are written as the register writes them: every instant a midnight in Moscow, null for what is not known.
    """

    client_id: Id | None = None
    answers: Annotated[list[AnswerEntry], Field(max_length=10_000)] | None = None


class RegisterPeriodTold(Answer):
    """The period of the register that a finding rests on; null for what the register does not say."""

    code: str | None
    starts_on: date | None
    last_day: date | None
    partner: Partner


class DifferenceTold(Answer):
    """A line of ours, what was found, the period it rests on, and why there was no answer."""

    registration_number: str
    client_id: int
    subscription_id: int
    plan: str
    starts_on: date
    last_day: date
    finding: Finding
    register_period: RegisterPeriodTold | None
    reason: Unanswered | None


class ReconciliationAnswer(Answer):
    """How many lines there are of each finding, and every line in the order of the registration numbers."""

    at: datetime
    counts: dict[Finding, int]
    lines: list[DifferenceTold]


@router.post("/v1/register:reconcile")
def reconcile(asked: ReconciliationInput, request: Request) -> ReconciliationAnswer:
    """Compare what we sold with the vendor's register; nothing is stored, nothing concluded from a failed answer."""
    state = request.app.state
    if asked.client_id is not None:
        with reading(state.engine) as session:
            known_row(session, Client, asked.client_id)
    at, whose = state.clock(), asked.client_id
    if asked.answers is not None:
        found = compare(state.engine, GivenAnswers(asked.answers), at=at, client_id=whose)
    else:
        with register_server(state.settings, patience_seconds=PATIENCE_SECONDS) as register:
            found = compare(state.engine, register, at=at, client_id=whose)
    counted = Counter(one.finding for one in found)
    return ReconciliationAnswer(
        at=at, counts={finding: counted[finding] for finding in Finding}, lines=[_told(one) for one in found]
    )


@dataclass(frozen=True, slots=True)
class GivenAnswers:
    """Answers that the caller brings, which can be asked as the register can."""

    entries: Sequence[AnswerEntry]
    source: str = "call"

    def ask(self, numbers: Sequence[str]) -> Iterator[Answers]:
        """What they say of the numbers; others are passed over."""
        yield of_numbers([(entry.number, entry.answer) for entry in self.entries], numbers)


def _told(one: Difference) -> DifferenceTold:
    period, line = one.period, one.line
    return DifferenceTold(
        registration_number=line.registration_number,
        client_id=line.client_id,
        subscription_id=line.subscription_id,
        plan=line.plan_code,
        starts_on=line.term.starts_on,
        last_day=line.term.last_day,
        finding=one.finding,
        register_period=None
        if period is None
        else RegisterPeriodTold(
            code=period.code,
            starts_on=period.starts_on,
            last_day=period.ends_on and period.ends_on - ONE_DAY,
            partner=period.partner,
        ),
        reason=one.reason,
    )
