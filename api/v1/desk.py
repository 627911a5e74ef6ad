"""The desk's question: may this request be served, and out of which hours (CHECK_API, rules D1–D6, D8)."""

import asyncio
from datetime import datetime
from random import Random
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Path, Request, Response
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool

from api.calls import Answered, answer_once, call_key_of, fingerprint_of
from api.checking import Checking, encoded, question_text
from api.database import transaction
from api.identity import Principal
from api.inputs import read_input
from api.openapi import takes
from api.request import Call, GuardedRoute, Reader, language_of
from api.v1.answers import SEES_HOURS, SEES_MONEY, BatchAnswer, CheckAnswer, Telling, answer_of
from api.v1.asking import BatchInput, QuestionInput
from api.v1.promises import held_request_told, use_told
from billing.owed import with_what_is_owed
from contracts.errors import Refusal
from documents.words import Language
from entitlements.answers import Decision
from entitlements.decision_log import decoded
from entitlements.desk import (
    Asked,
    Caller,
    hold,
    hold_of_decision,
    read_decision,
)
from entitlements.over_limit_facts import held_request_of
from entitlements.reasons import Reason
from entitlements.receipts import receipt
from entitlements.stored_question import stored_question
from entitlements.uses import use_of_decision

router = APIRouter(route_class=GuardedRoute, tags=["desk"])

READ_AT_ONCE = 8
"""How many questions of a batch are read together: more would wait for each other's connection."""
VARY = {"Vary": "Accept-Language"}
_SAID_IN = {language: {"Content-Language": language.value, **VARY} for language in Language}


@router.post("/v1/entitlement-checks", response_model=CheckAnswer, openapi_extra=takes(QuestionInput, call_key=True))
async def ask(request: Request) -> Response:
    """May this request be served, and out of which hours? With mode `hold` the minutes are reserved as well.

    A business "no" is an answer with `decision: "deny"`, status 200. A hold needs an `Idempotency-Key`. The body is
    read here, not by the framework, which would cost as much as the decision.
    """
    new = await read_input(request, QuestionInput)
    if new.mode == "hold":
        return await run_in_threadpool(_hold, request, new)
    answer = encoded(await _answer(request, new, request.state.body))
    return Response(answer, headers=_SAID_IN[_language(request, new.locale)], media_type="application/json")


@router.post("/v1/entitlement-checks:batch", response_model=BatchAnswer)
async def ask_batch(request: Request, new: BatchInput) -> Response:
    """The same for up to 100 questions at once, in their order."""
    bodies = request.state.body["questions"]
    asked, answers = list(zip(new.questions, bodies, strict=True)), []
    for first in range(0, len(asked), READ_AT_ONCE):
        some = asked[first : first + READ_AT_ONCE]
        answers += await asyncio.gather(*(_answer(request, one, body) for one, body in some))
    return Response(encoded({"answers": answers}), headers=VARY, media_type="application/json")


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
    if call.principal.role in SEES_MONEY:
        known_at = stored_question(row["question"]).known_then(evaluated_at)
        [decision] = with_what_is_owed(call.session, [decision], known_at=known_at)
    held = hold_of_decision(call.session, decision.client_id, decision_id)
    answer = _taken(call.session, answer_of(decision, telling, held), decision)
    seen = call.principal.role in SEES_HOURS or call.principal.caller == row["asked_by"]
    asked = msgspec.json.decode(row["question"]) if seen else None
    answer["receipt"] = receipt(request.app.state.signer.key_now(), evaluated_at, asked, answer)
    return Response(encoded(answer), headers=_SAID_IN[telling.language], media_type="application/json")


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
    if principal.role in SEES_MONEY:
        decision = await checking.with_what_is_owed(decision, new.known_at or now)
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
            if principal.role in SEES_MONEY:
                [decision] = with_what_is_owed(session, [decision], known_at=now)
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
    """The question's own, else as `Accept-Language` says, else that of the installation."""
    return language_of(request) if locale is None else Language(locale)
