"""The desk's question: may this request be served, and out of which hours (CHECK_API, rules D1–D6, D8)."""

import asyncio
from datetime import datetime
from random import Random
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Path, Request, Response
from pydantic import Field, model_validator
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool

from api.calls import Answered, answer_once, call_key_of, fingerprint_of
from api.checking import Checking, encoded, question_text
from api.database import transaction
from api.identity import Principal
from api.inputs import Id, Input, Moment, read_input, wrong
from api.inputs import line as text_line
from api.openapi import takes
from api.request import Call, GuardedRoute, Reader
from api.v1.answers import SEES_HOURS, BatchAnswer, CheckAnswer, Telling, answer_of
from api.v1.promises import held_request_told, use_told
from contracts.errors import Refusal
from contracts.policies import Channel
from contracts.requisites import normal_contact
from contracts.support_lines import INTAKE, SELF_SERVICE, SUPPORT_LINES, VENDOR
from documents.words import Language
from entitlements.answers import Decision, Question
from entitlements.desk import LONGEST_HOLD_HOURS, Asked, Caller, decoded, hold, hold_of_decision, read_decision
from entitlements.over_limit_facts import held_request_of
from entitlements.reasons import Reason
from entitlements.receipts import receipt
from entitlements.uses import use_of_decision

router = APIRouter(route_class=GuardedRoute, tags=["desk"])

MOST_QUESTIONS = 100
READ_AT_ONCE = 8
"""How many questions of a batch are read together: more would wait for each other's connection."""
LONGEST_REQUEST_MINUTES = 60 * 24 * 31


class ClientKeys(Input):
    """Any keys that name one client; all that are given must name the same.

    `email` is that of a contact, else of anybody at a mail domain of the client; both as they were at the moment.
    """

    id: Id | None = None
    external_id: str | None = text_line(100, default=None)
    inn: str | None = text_line(20, default=None, examples=["7707083893"])
    registration_number: str | None = text_line(40, default=None)
    email: str | None = text_line(254, default=None)
    phone: str | None = text_line(40, default=None)

    @model_validator(mode="after")
    def _names_somebody(self) -> "ClientKeys":
        if not self.given():
            raise wrong("KEY_OF_CLIENT_REQUIRED", ", ".join(type(self).model_fields))
        return self

    def given(self) -> dict[str, str | int]:
        """The keys that were given."""
        return {name: key for name in self.model_fields_set if (key := getattr(self, name)) is not None}


class ContactKeys(Input):
    """Who asks at the client; some plans serve only people whom the client had named by then, by all that is given."""

    email: str | None = text_line(254, default=None)
    phone: str | None = text_line(40, default=None)


class QuestionInput(Input):
    """A request that reached the desk.

    `service` names the work that is asked for, `feature` a service by itself: whether it is part of the deal and how
    many uses are left. `at` is the moment of the request, which decides; `known_at` leaves out what was recorded
    later. With mode `hold` the minutes are reserved from now for `hold_hours` (the plan's own when left out), and a use
    of a counted service is taken until it is given back; a request that needs approval waits in its case. With
    `receipt` the answer carries its receipt; that of a stored answer can be read at any time.
    """

    client: ClientKeys
    contact: ContactKeys | None = None
    registration_number: str | None = text_line(40, default=None, examples=["800123456"])
    service: str | None = text_line(60, default=None, examples=["remote_work"])
    feature: str | None = text_line(60, default=None, examples=["auditor_question"])
    channel: Channel | None = Field(default=None, strict=False, examples=["phone"])
    line: int = Field(
        default=INTAKE,
        ge=SELF_SERVICE,
        le=VENDOR,
        description="; ".join(f"{line.number} {line.name_en.lower()}" for line in SUPPORT_LINES.values()),
    )
    priority: str | None = text_line(20, default=None, examples=["high"])
    requested_minutes: int | None = Field(default=None, ge=1, le=LONGEST_REQUEST_MINUTES, examples=[60])
    at: Moment | None = None
    known_at: Moment | None = None
    ticket: str | None = text_line(100, default=None, examples=["SD-1042"])
    mode: Literal["check", "hold"] = "check"
    hold_hours: int | None = Field(default=None, ge=1, le=LONGEST_HOLD_HOURS)
    explain: Literal["failed", "full"] = "failed"
    locale: Literal["ru", "en"] | None = None
    receipt: bool = False

    @model_validator(mode="after")
    def _asks_for_one_thing(self) -> "QuestionInput":
        if self.service is not None and self.feature is not None:
            raise wrong("FIELD_WRONG", "either service or feature")
        return self

    @model_validator(mode="after")
    def _holds_from_now(self) -> "QuestionInput":
        if self.mode == "hold" and (self.at is not None or self.known_at is not None):
            raise wrong("HOLD_FROM_NOW", "a hold without at and known_at")
        if self.mode == "check" and self.hold_hours is not None:
            raise wrong("HOLD_FROM_NOW", "hold_hours with mode hold only")
        return self

    def question(self, now: datetime) -> Question:
        """What is asked about the client."""
        return Question(
            self.at or now,
            self.registration_number,
            self.service,
            self.requested_minutes,
            self.line,
            self.priority,
            self.channel,
            self.feature,
            () if self.contact is None else normal_contact(self.contact.email, self.contact.phone),
        )


class BatchInput(Input):
    """Up to 100 questions; holds are asked one by one."""

    questions: list[QuestionInput] = Field(min_length=1, max_length=MOST_QUESTIONS)

    @model_validator(mode="after")
    def _only_checks(self) -> "BatchInput":
        if any(question.mode == "hold" for question in self.questions):
            raise wrong("HOLD_FROM_NOW", "mode check")
        return self


@router.post("/v1/entitlement-checks", response_model=CheckAnswer, openapi_extra=takes(QuestionInput, call_key=True))
async def ask(request: Request) -> Response:
    """May this request be served, and out of which hours? With mode `hold` the minutes are reserved as well.

    A business "no" is an answer with `decision: "deny"`, status 200. A hold needs an `Idempotency-Key`. The body is
    read here, not by the framework, which would cost as much as the decision.
    """
    new = await read_input(request, QuestionInput)
    if new.mode == "hold":
        return await run_in_threadpool(_hold, request, new)
    return Response(encoded(await _answer(request, new, request.state.body)), media_type="application/json")


@router.post("/v1/entitlement-checks:batch", response_model=BatchAnswer)
async def ask_batch(request: Request, new: BatchInput) -> Response:
    """The same for up to 100 questions at once, in their order."""
    bodies = request.state.body["questions"]
    asked, answers = list(zip(new.questions, bodies, strict=True)), []
    for first in range(0, len(asked), READ_AT_ONCE):
        some = asked[first : first + READ_AT_ONCE]
        answers += await asyncio.gather(*(_answer(request, one, body) for one, body in some))
    return Response(encoded({"answers": answers}), media_type="application/json")


@router.get("/v1/entitlement-checks/{decision_id}", response_model=CheckAnswer)
def read(
    decision_id: Annotated[str, Path(pattern="^[0-9a-f-]{36}$")],
    request: Request,
    call: Reader,
    locale: Literal["ru", "en"] | None = None,
) -> Response:
    """An answer as it was given, with every rule that was looked at and its receipt."""
    row, decision = _stored(request, call, decision_id)
    evaluated_at: datetime = row["evaluated_at"]
    if call.principal.client_id not in (None, decision.client_id):
        raise Refusal("DECISION_UNKNOWN", field="decision_id", value=decision_id)
    telling = Telling(decision_id, evaluated_at, _language(request, locale), call.principal.role, True)
    held = hold_of_decision(call.session, decision.client_id, decision_id)
    answer = _taken(call.session, answer_of(decision, telling, held), decision)
    seen = call.principal.role in SEES_HOURS or call.principal.caller == row["asked_by"]
    question = msgspec.json.decode(row["question"]) if seen else None
    answer["receipt"] = receipt(request.app.state.signer.key_now(), evaluated_at, question, answer)
    return Response(encoded(answer), media_type="application/json")


def _stored(request: Request, call: Call, decision_id: str) -> tuple[dict[str, Any], Decision]:
    """A stored answer with its columns, also when it is not written yet. Raises `Refusal("DECISION_UNKNOWN")`."""
    checking: Checking = request.app.state.checking
    waiting = checking.writer.find(decision_id)
    if waiting is not None:
        return waiting, decoded(waiting["answer"])
    found = read_decision(call.session, decision_id)
    if found is None:
        raise Refusal("DECISION_UNKNOWN", field="decision_id", value=decision_id)
    return found[0].model_dump(), found[1]


async def _answer(request: Request, new: QuestionInput, body: Any) -> dict[str, Any]:
    principal: Principal = request.state.principal
    checking: Checking = request.app.state.checking
    now = request.app.state.clock()
    asked = _asked(new, body, principal, now)
    caller = Caller(new.client.given(), principal.client_id)
    decision = await checking.check(caller, new.question(now), asked, new.known_at)
    answer = answer_of(decision, _telling(request, new, asked))
    if new.receipt:
        answer["receipt"] = receipt(await request.app.state.signer.key(), now, body, answer)
    return answer


def _hold(request: Request, new: QuestionInput) -> Response:
    key = call_key_of(request)
    principal: Principal = request.state.principal
    now, body = request.app.state.clock(), request.state.body
    signing = request.app.state.signer.key_now() if new.receipt else None
    with transaction(request.app.state.engine) as session:

        def act() -> Answered:
            asked = _asked(new, body, principal, now)
            caller = Caller(new.client.given(), principal.client_id)
            decision, held = hold(session, caller, new.question(now), asked, hold_hours=new.hold_hours)
            told = _taken(session, answer_of(decision, _telling(request, new, asked), held), decision)
            if signing is not None:
                told["receipt"] = receipt(signing, now, body, told)
            return Answered(200, encoded(told).decode())

        answered = answer_once(session, principal.caller, key, fingerprint_of(request), act, at=now)
    return answered.response()


def _taken(session: Session, told: dict[str, Any], decision: Decision) -> dict[str, Any]:
    """The answer with what it took besides hours: a use of a counted service, or a place in an over-limit case."""
    if decision.counts and "counts" in told:
        told["use"] = use_told(use_of_decision(session, told["decision_id"]))
    if decision.reason is Reason.OVERAGE_NEEDS_APPROVAL and "case" in told:
        told["held_request"] = held_request_told(held_request_of(session, told["decision_id"]))
    return told


def _asked(new: QuestionInput, body: Any, principal: Principal, now: datetime) -> Asked:
    return Asked(_decision_id(), principal.caller, now, new.ticket or "", question_text(body))


_CHANCE = Random()
"""Seeded by the system for this process, whoever seeds the common one."""


def _decision_id() -> str:
    """An id that no other answer has, in the form of a UUID of version 4.

    It opens nothing by itself, so the system's slow randomness is not needed.
    """
    digits = f"{_CHANCE.getrandbits(128):032x}"
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"


def _telling(request: Request, new: QuestionInput, asked: Asked) -> Telling:
    language, role = _language(request, new.locale), request.state.principal.role
    return Telling(asked.id, asked.evaluated_at, language, role, new.explain == "full")


def _language(request: Request, locale: str | None) -> Language:
    return Language(locale or request.app.state.settings.language)
