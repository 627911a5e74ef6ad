"""Statement files from banks: taken in, matched with invoices, and the queue of what waits for people (M5)."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from api.calls import CREATED, FileBody, Once, OnceWithFile
from api.inputs import Id, Input, Limit, PathId, line
from api.outputs import Amount, Answer
from api.request import Call, GuardedRoute, Reader, Writer, language_of
from api.v1.books import MOST_FAULTS, FaultAnswer, told_fault
from api.v1.payments import PutInput
from billing.bank_facts import add_account
from billing.bank_file import BankLineKind
from billing.bank_importing import ImportedBankFile, import_bank_file
from billing.bank_lines import BankLine, BankStepKind
from billing.bank_matching import Match, MatchReason
from billing.bank_queue import BankLineStanding, BankLineState, LinesWanted, line_standing, lines_found, why_waiting
from billing.deciding_bank_lines import assign, set_aside, take_back
from contracts.errors import Refusal
from documents.bank_wording import match_text
from documents.words import Language

router = APIRouter(route_class=GuardedRoute, tags=["payments"])

FILE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            kind: {"schema": {"type": "string", "format": "binary"}} for kind in ("text/plain", "application/xml")
        },
    }
}


class AccountInput(Input):
    """One more account of a seller, by its number or IBAN."""

    seller_id: Id
    number: str = line(34, examples=["DE89370400440532013000"])
    currency: str = Field(pattern="^[A-Z]{3}$", examples=["EUR"])


class AccountAnswer(Answer):
    """An account whose statements are read."""

    id: int
    seller_id: int
    number: str
    currency: str


class CandidateAnswer(Answer):
    """An invoice that may be meant, and what it still asks for."""

    invoice_id: int
    number: str
    entity_id: int
    client_id: int
    left: Amount
    currency: str


class MatchAnswer(Answer):
    """Why a line was matched or waits; `candidates` are the invoices to choose among."""

    reason: MatchReason
    text: str
    is_certain: bool
    entity_id: int | None
    candidates: list[CandidateAnswer]


class StepAnswer(Answer):
    """One decision about a line: by a rule, or by a person with a note."""

    kind: BankStepKind
    rule: MatchReason | None
    payment_id: int | None
    decided_by: str
    note: str
    decided_at: datetime


class PlainLineAnswer(Answer):
    """What a bank said came in."""

    id: int
    seller_id: int
    account: str
    kind: BankLineKind
    number: str
    dated_on: date
    booked_on: date
    amount: Amount
    currency: str
    payer_name: str
    payer_inn: str
    payer_kpp: str
    payer_account: str
    purpose: str


class LineAnswer(PlainLineAnswer):
    """A line, how it stands, what was made of it, and why it waits, if it does."""

    state: BankLineState
    steps: list[StepAnswer]
    match: MatchAnswer | None


class NewLineAnswer(PlainLineAnswer):
    """A line that was new, and what was made of it."""

    match: MatchAnswer


class BankFileAnswer(Answer):
    """What a file did, or would do: `known` lines came before, `passed` ones are no money that came to a seller."""

    form: str
    new: int
    matched: int
    waiting: int
    known: int
    passed: int
    fault_count: int
    faults: list[FaultAnswer]
    lines: list[NewLineAnswer]


class AssignInput(Input):
    """Whose payment a line is, to which invoices it is put, and who decided so; without invoices it is an advance."""

    entity_id: Id
    invoices: list[PutInput] = Field(default=[], max_length=100)
    decided_by: str = line(200, examples=["Котова И. Л."])


class DecisionInput(Input):
    """Who decided, and why."""

    decided_by: str = line(200, examples=["Котова И. Л."])
    note: str = line(300, examples=["Возврат займа, не от клиента"])


Skip = Annotated[bool, Query(description="Whether the other lines are taken in although some have faults.")]


@router.post("/v1/bank-accounts", status_code=CREATED, response_model=AccountAnswer)
def account(new: AccountInput, once: Once) -> Response:
    """Read the statements of one more account of a seller; that of its requisites is read without it."""
    return once.answer(
        lambda call: AccountAnswer.model_validate(
            add_account(call.session, new.seller_id, new.number, new.currency, at=call.at)
        )
    )


@router.post("/v1/bank-files:preview", openapi_extra=FILE)
def preview(content: FileBody, call: Writer, request: Request, skip_faulty: Skip = False) -> BankFileAnswer:
    """What taking in the file would do, with every fault of every line; nothing is written."""
    language = language_of(request)
    told = _told(import_bank_file(call.session, content, at=call.at, skip_faulty=skip_faulty), language)
    call.session.rollback()
    return told


@router.post("/v1/bank-files", status_code=CREATED, response_model=BankFileAnswer, openapi_extra=FILE)
def take_in(file: OnceWithFile, request: Request, skip_faulty: Skip = False) -> Response:
    """Take in a 1CClientBankExchange or camt.053 file and match it; the same lines again change nothing."""
    content, once = file
    language = language_of(request)

    def imported(call: Call) -> BankFileAnswer:
        told = _told(import_bank_file(call.session, content, at=call.at, skip_faulty=skip_faulty), language)
        if told.faults and not skip_faulty:
            faults = [fault.model_dump() for fault in told.faults]
            raise Refusal("BANK_FILE_WRONG", field="body", fault_count=told.fault_count, errors=faults)
        return told

    return once.answer(imported)


@router.get("/v1/bank-lines")
def find(
    call: Reader,
    request: Request,
    state: Annotated[BankLineState | None, Query(description="How they stand; `waiting` is the queue.")] = None,
    seller_id: Annotated[PathId | None, Query(description="To whose account they came.")] = None,
    after: Annotated[PathId | None, Query(description="The last id of the page before.")] = None,
    limit: Annotated[Limit, Query()] = 50,
) -> list[LineAnswer]:
    """Lines of banks in the order in which they were taken in; those that wait say why, with the candidates."""
    found = lines_found(call.session, LinesWanted(state, seller_id), after=after or 0, limit=limit)
    return _standings(call, found, language_of(request))


@router.post("/v1/bank-lines/{bank_line_id}:assign", response_model=LineAnswer)
def give(bank_line_id: PathId, new: AssignInput, once: Once, request: Request) -> Response:
    """Record a waiting line as a payment of an entity and put it to invoices of the line's currency."""

    def act(call: Call) -> LineAnswer:
        currency = line_standing(call.session, bank_line_id).line.currency
        puts = [one.of(currency) for one in new.invoices]
        assign(call.session, bank_line_id, new.entity_id, puts, new.decided_by, at=call.at)
        return _one(call, bank_line_id, language_of(request))

    return once.answer(act, status=200)


@router.post("/v1/bank-lines/{bank_line_id}:set-aside", response_model=LineAnswer)
def pass_over(bank_line_id: PathId, new: DecisionInput, once: Once, request: Request) -> Response:
    """Say that a waiting line is no payment of a client."""

    def act(call: Call) -> LineAnswer:
        set_aside(call.session, bank_line_id, new.decided_by, new.note, at=call.at)
        return _one(call, bank_line_id, language_of(request))

    return once.answer(act, status=200)


@router.post("/v1/bank-lines/{bank_line_id}:take-back", response_model=LineAnswer)
def decide_anew(bank_line_id: PathId, new: DecisionInput, once: Once, request: Request) -> Response:
    """Let a decided line wait again; the payment that was made of it is reversed."""

    def act(call: Call) -> LineAnswer:
        take_back(call.session, bank_line_id, new.decided_by, new.note, at=call.at)
        return _one(call, bank_line_id, language_of(request))

    return once.answer(act, status=200)


def _told(done: ImportedBankFile, language: Language) -> BankFileAnswer:
    return BankFileAnswer(
        form=done.form,
        new=len(done.new),
        matched=done.matched,
        waiting=len(done.new) - done.matched,
        known=done.known,
        passed=done.passed,
        fault_count=len(done.faults),
        faults=[told_fault(fault, language) for fault in done.faults[:MOST_FAULTS]],
        lines=[NewLineAnswer(**_plain(one), match=_match(found, language)) for one, found in done.new],
    )


def _one(call: Call, bank_line_id: int, language: Language) -> LineAnswer:
    (told,) = _standings(call, [line_standing(call.session, bank_line_id)], language)
    return told


def _standings(call: Call, standings: Sequence[BankLineStanding], language: Language) -> list[LineAnswer]:
    waiting = why_waiting(call.session, standings)
    return [
        LineAnswer(
            **_plain(one.line),
            state=one.state,
            steps=[StepAnswer.model_validate(step) for step in one.steps],
            match=_match(waiting[one.line.id], language) if one.line.id in waiting else None,
        )
        for one in standings
    ]


def _plain(row: BankLine) -> dict[str, Any]:
    return PlainLineAnswer.model_validate(row).model_dump()


def _match(found: Match, language: Language) -> MatchAnswer:
    candidates = [
        CandidateAnswer(
            invoice_id=one.id,
            number=one.number,
            entity_id=one.entity_id,
            client_id=one.client_id,
            left=str(one.left),
            currency=one.left.currency,
        )
        for one in found.candidates
    ]
    return MatchAnswer(
        reason=found.reason,
        text=match_text(found.reason, language),
        is_certain=found.is_certain,
        entity_id=found.entity_id,
        candidates=candidates,
    )
