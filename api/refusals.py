"""How a "no" is told over HTTP: every refusal as a problem of RFC 9457, with its status and its sentence."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import uuid4

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from starlette.exceptions import HTTPException

from api.authorisation import FEED
from api.request import language_of
from api.wrong_input import MOST_VALUES, refusal_of_input
from contracts.errors import Refusal
from contracts.money import Money
from documents.refusal_wording import refusal_text
from documents.store import StoreUnavailable

log = structlog.get_logger()

RETRY_SECONDS = 2
LONGEST_VALUE = 200
"""Characters of a caller's value that a problem repeats."""

STATUSES = {
    **dict.fromkeys(("BODY_UNREADABLE", "BODY_TOO_DEEP", "CALL_KEY_REQUIRED"), 400),
    **dict.fromkeys(("KEY_REQUIRED", "KEY_WRONG", "KEY_REVOKED", "KEY_EXPIRED"), 401),
    **dict.fromkeys(
        ("CREDENTIALS_WRONG", "CODE_WRONG", "SESSION_ENDED", "SESSION_REQUIRED", "OIDC_EMAIL_UNPROVEN"), 401
    ),
    **dict.fromkeys(("OIDC_EMAIL_UNPROVEN", "OIDC_PERSON_UNKNOWN", "ORIGIN_WRONG", "ROLE_NOT_ALLOWED"), 403),
    **dict.fromkeys(("LINK_UNKNOWN", "ROUTE_UNKNOWN"), 404),
    "METHOD_NOT_ALLOWED": 405,
    **dict.fromkeys(("LINK_ENDED", "LINK_REVOKED", "SIGN_IN_LINK_ENDED"), 410),
    "BODY_TOO_LARGE": 413,
    "BODY_NOT_JSON": 415,
    "TRIES_SPENT": 429,
    "FAULT": 500,
    "OIDC_FAILED": 502,
    **dict.fromkeys(("UNAVAILABLE", "DATABASE_UNREACHABLE"), 503),
    **dict.fromkeys(
        (
            "ADDRESS_BOUNCED",
            "ADDRESS_NOT_LISTED",
            "ALREADY_CANCELLED",
            "ALREADY_RENEWED",
            "ALREADY_SIGNED",
            "BANK_LINE_DECIDED",
            "BANK_LINE_NOT_RECEIVED",
            "BANK_LINE_WAITING",
            "BASE_PLAN_REQUIRED",
            "BLOCK_LIFTED",
            "BOOK_DIFFERS",
            "CASE_DECIDED",
            "COVERAGE_OVERLAPS",
            "ENTRY_ANSWERED",
            "ENTRY_CLOSED",
            "FREE_PERIOD_USED",
            "GOODWILL_SPENT",
            "GAP_CLAIMED",
            "GRANT_VOIDED",
            "HOLD_ENDED",
            "HOLD_LAPSED",
            "KEY_REUSED",
            "LAST_ADMINISTRATOR",
            "LETTER_WAITS",
            "LINE_ANSWERED",
            "LINKS_REVOKED",
            "MONTH_CLOSED",
            "MONTH_NOT_OVER",
            "NOTHING_AMENDED",
            "NOTHING_TO_OFFER",
            "NOTHING_TO_PAY_BACK",
            "NOTHING_TO_PUT",
            "NO_GAP",
            "OBJECTION_DECIDED",
            "OBJECTION_LATE",
            "OFFLINE_USE_REVIEWED",
            "OVERRIDE_ENDED",
            "PAPER_MAILED",
            "PAPER_NOT_FAILED",
            "PAPER_NOT_PRINTED",
            "PAPER_SIGNED",
            "PAPER_STANDS",
            "PAPER_SUPERSEDED",
            "PAPER_UNCHANGED",
            "PASS_WITHHELD",
            "PAYMENT_PAID_BACK",
            "PAYMENT_REVERSED",
            "PLAN_NEWER",
            "POOL_OPEN",
            "PREVIOUS_MONTH_OPEN",
            "RENEWAL_NOT_OPEN",
            "SHADOW_PLAN_ENDED",
            "SUBSCRIPTION_LAPSED",
            "SUBSCRIPTION_OVER",
            "TAXED_ALREADY",
            "TIMER_PAUSED",
            "TIMER_RUNNING",
            "TIMER_STOPPED",
            "WEBHOOK_DISABLED",
            "WORK_CORRECTED",
            "WORK_MONTH_CLOSED",
            "USE_RETURNED",
        ),
        409,
    ),
}
"""The statuses of codes; `…_EXISTS` and `…_TAKEN` are 409, `…_UNKNOWN` of a thing in the path 404, the rest 422."""

HEADERS = {
    401: {"WWW-Authenticate": 'Bearer realm="abonement"'},
    503: {"Retry-After": str(RETRY_SECONDS)},
}

CONSTRAINTS = {
    "uq_address_clearance_bounce_id": ("ADDRESS_NOT_LISTED", "email"),
    "uq_service_override_ending_override_id": ("OVERRIDE_ENDED", "override_id"),
    "coverage_no_overlap": ("COVERAGE_OVERLAPS", "registrations"),
    "uq_bank_account_number": ("BANK_ACCOUNT_EXISTS", "number"),
    "uq_bank_line_step_bank_line_id_position": ("BANK_LINE_DECIDED", "bank_line_id"),
    "uq_contract_signing_contract_id": ("ALREADY_SIGNED", "contract_id"),
    "uq_cancellation_subscription_id": ("ALREADY_CANCELLED", "subscription_id"),
    "uq_client_external_id": ("CLIENT_EXISTS", "external_id"),
    "uq_entry_reply_work_entry_id": ("ENTRY_ANSWERED", "entry_id"),
    "uq_entity_inn_kpp": ("ENTITY_EXISTS", "inn"),
    "uq_free_period_registration_id": ("FREE_PERIOD_USED", "registration_number"),
    "uq_gap_claim_subscription_id": ("GAP_CLAIMED", "subscription_id"),
    "uq_grant_source_key": ("GRANT_EXISTS", "Idempotency-Key"),
    "uq_grant_void_grant_id_voided_on": ("GRANT_VOIDED", "grant_id"),
    "uq_hold_ending_hold_id": ("HOLD_ENDED", "hold_id"),
    "uq_imported_free_period_free_period_id": ("FREE_PERIOD_USED", "free_from"),
    "uq_imported_subscription_seller_id_external_id": ("BOOK_DIFFERS", "subscription"),
    "uq_imported_subscription_subscription_id": ("BOOK_DIFFERS", "subscription"),
    "uq_link_revocation_letter_id": ("LINKS_REVOKED", "letter_id"),
    "uq_mailed_paper_paper_id_copy_number": ("PAPER_MAILED", "paper_ids"),
    "uq_line_reply_statement_line_id": ("LINE_ANSWERED", "line"),
    "uq_objection_decision_objection_id": ("OBJECTION_DECIDED", "objection_id"),
    "uq_offline_review_offline_use_id": ("OFFLINE_USE_REVIEWED", "offline_use_id"),
    "uq_over_limit_case_change_case_id_position": ("CASE_DECIDED", "state"),
    "uq_person_email": ("EMAIL_TAKEN", "email"),
    "uq_payment_reversal_payment_id": ("PAYMENT_REVERSED", "payment_id"),
    "uq_plan_code": ("PLAN_EXISTS", "new_code"),
    "uq_plan_version_plan_id_version": ("PLAN_NEWER", "base"),
    "uq_registration_number": ("REGISTRATION_EXISTS", "number"),
    "uq_saved_mapping_name": ("MAPPING_EXISTS", "mapping"),
    "uq_seller_code": ("SELLER_EXISTS", "code"),
    "uq_seller_inn_kpp": ("SELLER_EXISTS", "inn"),
    "uq_service_use_return_use_id": ("USE_RETURNED", "use_id"),
    "uq_shadow_plan_ending_shadow_plan_id": ("SHADOW_PLAN_ENDED", "shadow_plan_id"),
    "uq_subscription_predecessor_id": ("ALREADY_RENEWED", "subscription_id"),
    "uq_timer_running_engineer": ("TIMER_RUNNING", "engineer"),
    "uq_work_entry_source_external_id_revision": ("EXTERNAL_ID_TAKEN", "external_id"),
}
"""The refusal that each rule of the schema stands for when two callers passed its check in code at once."""


def problem(request: Request, refusal: Refusal) -> JSONResponse:
    """The refusal as an answer in the caller's language."""
    status, language = status_of(refusal, request.path_params), language_of(request)
    body = {
        "type": f"urn:abonement:problem:{refusal.code.lower().replace('_', '-')}",
        "title": refusal_text(refusal.code, language),
        "status": status,
        "code": refusal.code,
        "field": refusal.field,
        **{name: plain(fact) for name, fact in refusal.facts.items()},
    }
    headers = {"Content-Language": language, "Vary": "Accept-Language", **HEADERS.get(status, {})}
    if status == 401 and (request.method, request.url.path) == FEED:
        headers["WWW-Authenticate"] = 'Basic realm="abonement", charset="UTF-8"'  # calendar programs ask for a password
    return JSONResponse(body, status, headers, media_type="application/problem+json")


def status_of(refusal: Refusal, path: Mapping[str, object] = {}) -> int:
    """The HTTP status of a refusal of a call with these parameters in its path."""
    code = refusal.code
    if code in STATUSES:
        return STATUSES[code]
    if code.endswith(("_EXISTS", "_TAKEN")):
        return 409
    return 404 if code.endswith("_UNKNOWN") and refusal.field in path else 422


def plain(fact: object) -> Any:
    """A fact as JSON says it: days in ISO, amounts as texts, long texts and lists cut."""
    match fact:
        case None | bool() | int():
            return fact
        case Enum():
            return fact.value
        case datetime() | date():
            return fact.isoformat()
        case list() | tuple() | set() | frozenset():
            return [plain(item) for item in list(fact)[:MOST_VALUES]]
        case dict():
            return {str(name)[:LONGEST_VALUE]: plain(item) for name, item in list(fact.items())[:MOST_VALUES]}
        case str() | float() | Decimal() | Money():
            text = str(fact).encode(errors="backslashreplace").decode()
            return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"
    return type(fact).__name__


def refusal_of(broken: IntegrityError) -> Refusal | None:
    """What a broken rule of the schema refuses; none when it is a fault of ours."""
    code, field = CONSTRAINTS.get(_constraint(broken), (None, None))
    return Refusal(code, field=field) if code is not None else None


def _constraint(broken: IntegrityError) -> str:
    """The broken constraint's name; SQLite tells the columns of a unique key, from which the name follows."""
    diagnosis = getattr(broken.orig, "diag", None)
    if diagnosis is not None:
        return re.sub("^ix_", "uq_", diagnosis.constraint_name or "")  # some keys are unique indexes
    text = str(broken.orig)
    if unique := re.fullmatch(r"UNIQUE constraint failed: (.+)", text):
        places = [place.split(".") for place in unique[1].split(", ")]
        return "_".join(["uq", places[0][0], *(column for _, column in places)])
    return text


def fault(request: Request, error: Exception) -> JSONResponse:
    """The answer to a fault of ours: an id that finds it in the log, and nothing else.

    The desk hears UNAVAILABLE, be it for a row that makes no sense: it knows a verdict, and that none can be given.
    """
    fault_id, path = str(uuid4()), request.url.path
    log.error("fault", id=fault_id, method=request.method, path=path, exc_info=error)
    code = "UNAVAILABLE" if path.startswith("/v1/entitlement-checks") else "FAULT"
    return problem(request, Refusal(code, instance=f"urn:uuid:{fault_id}"))


def answer_to(request: Request, error: Exception) -> Response:
    """The answer to whatever was raised; anything that is no "no" is raised again, as a fault of ours."""
    match error:
        case Refusal():
            return problem(request, error)
        case RequestValidationError():
            return problem(request, refusal_of_input(error, getattr(request.state, "shape", None)))
        case IntegrityError():
            refusal = refusal_of(error)
            return fault(request, error) if refusal is None else problem(request, refusal)
        case OperationalError() | InterfaceError() | PoolExhausted():
            log.warning("database away", method=request.method, path=request.url.path, problem=type(error).__name__)
            return problem(request, Refusal("UNAVAILABLE"))
        case StoreUnavailable():
            log.warning(
                "store away", method=request.method, path=request.url.path, problem=type(error.__cause__).__name__
            )
            return problem(request, Refusal("UNAVAILABLE"))
        case HTTPException():
            known = {404: "ROUTE_UNKNOWN", 405: "METHOD_NOT_ALLOWED", 400: "BODY_UNREADABLE"}
            answer = problem(request, Refusal(known.get(error.status_code, "FAULT")))
            answer.headers.update(error.headers or {})
            return answer
    raise error


def install(app: FastAPI) -> None:
    """Tell every "no" of the application in this one form."""
    for kind in ANSWERED:
        app.add_exception_handler(kind, answer_to)


ANSWERED: tuple[type[Exception], ...] = (
    Refusal,
    RequestValidationError,
    IntegrityError,
    OperationalError,
    InterfaceError,
    PoolExhausted,
    StoreUnavailable,
    HTTPException,
)
