"""What an answer tells besides hours: due times (D10), what is counted, and who approved or approves it (D6, D7)."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field

from entitlements.answers import CaseView, CountView, Decision, Due, OverrideView
from entitlements.case_states import CaseState

if TYPE_CHECKING:
    from entitlements.over_limit_cases import HeldRequest
    from entitlements.uses import ServiceUse  # needs the database, which a caller of these shapes does not have


class DueTold(BaseModel):
    """By when the request is answered and, where that is promised, solved: business time of `calendar`.

    `priority` is the one whose promise holds: the plan's first where the request names none that the plan knows.
    """

    model_config = ConfigDict(extra="forbid")

    priority: str = Field(examples=["high"])
    respond_by: datetime
    resolve_by: datetime | None
    calendar: str = Field(examples=["RU 09:00-18:00 Europe/Moscow"])


def due_told(due: Due) -> dict[str, Any]:
    """Due times in the form of `DueTold`."""
    return {
        "priority": due.priority,
        "respond_by": due.respond_by,
        "resolve_by": due.resolve_by,
        "calendar": due.calendar,
    }


class CountedPeriodTold(BaseModel):
    """The months in which uses are counted."""

    model_config = ConfigDict(extra="forbid")

    starts_on: date
    last_day: date


class CountTold(BaseModel):
    """A counted service of the plan: how many uses the period has, how many are used and how many left."""

    model_config = ConfigDict(extra="forbid")

    service: str = Field(examples=["auditor_question"])
    included: int
    used: int
    available: int
    period: CountedPeriodTold


class UseTold(BaseModel):
    """The use that a request with mode `hold` took."""

    model_config = ConfigDict(extra="forbid")

    id: int
    service: str = Field(examples=["auditor_question"])


def count_told(count: CountView) -> dict[str, Any]:
    """A count in the form of `CountTold`."""
    return {
        "service": count.service,
        "included": count.included,
        "used": count.used,
        "available": count.available,
        "period": {"starts_on": count.period_starts_on, "last_day": count.period_last_day},
    }


def use_told(use: "ServiceUse | None") -> dict[str, Any] | None:
    """A use in the form of `UseTold`."""
    return None if use is None else {"id": use.id, "service": use.service}


class OverrideTold(BaseModel):
    """Who approved that the request is served although a rule fails, why, and until when (D7)."""

    model_config = ConfigDict(extra="forbid")

    approved_by: str = Field(examples=["Орлова Н. В."])
    reason: str = Field(examples=["Счёт оплатят в понедельник"])
    until_at: datetime


def override_told(override: OverrideView) -> dict[str, Any]:
    """An override in the form of `OverrideTold`."""
    return {"approved_by": override.approved_by, "reason": override.reason, "until_at": override.until_at}


class CaseTold(BaseModel):
    """The over-limit case of the month: its state, and how many requests it has collected; `month` is its first day."""

    model_config = ConfigDict(extra="forbid")

    id: int
    state: CaseState
    month: date
    held_requests: int


class HeldRequestTold(BaseModel):
    """The request with mode `hold` as it waits in its case: it reserves nothing until a manager decides."""

    model_config = ConfigDict(extra="forbid")

    id: int
    case_id: int
    minutes: int
    asked_at: datetime


def case_told(case: CaseView) -> dict[str, Any]:
    """A case in the form of `CaseTold`."""
    return {"id": case.id, "state": case.state, "month": case.month, "held_requests": case.held_requests}


def held_request_told(held: "HeldRequest | None") -> dict[str, Any] | None:
    """A held request in the form of `HeldRequestTold`."""
    if held is None:
        return None
    return {"id": held.id, "case_id": held.case_id, "minutes": held.minutes, "asked_at": held.asked_at}


def promised(decision: Decision) -> dict[str, Any]:
    """All of these that the decision itself holds."""
    return {
        "due": due_told(decision.due) if decision.due is not None else None,
        "override": override_told(decision.override) if decision.override is not None else None,
        "counts": [count_told(count) for count in decision.counts],
        "case": case_told(decision.case) if decision.case is not None else None,
    }
