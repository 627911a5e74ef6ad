"""The desk's answer as the call returns it: a decision in plain data, as much of it as the caller may see."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from pydantic import BaseModel, ConfigDict, Field

from api.roles import Role
from api.v1.promises import CaseTold, CountTold, DueTold, HeldRequestTold, OverrideTold, UseTold, promised
from contracts.money import Money
from contracts.standing import Standing
from documents.reason_table import reason_table
from documents.wording import decision_text
from documents.words import Language
from entitlements.answers import CoverView, Decision, HoursView, Option
from entitlements.covers import CoverKind
from entitlements.hours_facts import GrantKind
from entitlements.reasons import Reason, Verdict

if TYPE_CHECKING:
    from entitlements.holds import Hold

SEES_HOURS = frozenset({Role.ADMIN, Role.SALES, Role.ACCOUNTANT, Role.DESK, Role.CLIENT})
SEES_MONEY = frozenset({Role.ADMIN, Role.SALES, Role.ACCOUNTANT, Role.CLIENT})


class Told(BaseModel):
    """A part of the answer: exactly these fields."""

    model_config = ConfigDict(extra="forbid")


class PlanTold(Told):
    """The version of the plan that was sold."""

    code: str = Field(examples=["prof"])
    version: int


class CoverTold(Told):
    """The subscription or free period that the answer rests on; `last_day` is inside it."""

    kind: CoverKind
    contract: str | None = Field(examples=["2026-0118"])
    subscription_id: int | None
    free_period_id: int | None
    seller_id: int
    plan: PlanTold
    standing: Standing
    starts_on: date
    last_day: date
    days_left: int
    grace_until: date | None
    paid_until: date | None


class LastDayTold(Told):
    """All that a verdict key is told of a cover."""

    last_day: date


class GrantTold(Told):
    """What is left of one grant that can pay today."""

    kind: GrantKind
    remaining: int
    expires_on: date


class PeriodTold(Told):
    """The usage period in which overage is counted."""

    starts_on: date
    last_day: date


class HoursTold(Told):
    """Minutes of the pool: given = used + held + available; `overage` is that of the period."""

    given: int
    used: int
    held: int
    available: int
    overage: int
    overrun_limit: int | None
    period: PeriodTold
    grants: list[GrantTold]


class CostTold(Told):
    """Billed minutes of the request, how many of them grants pay, and the price of the rest."""

    billed_minutes: int
    covered: int
    overage: int
    amount: str | None = Field(examples=["3000.00"])
    currency: str | None


class HoldTold(Told):
    """The minutes that were reserved with the answer."""

    id: int
    minutes: int
    placed_at: datetime
    expires_at: datetime


class WarningTold(Told):
    """Something to say although the request is served."""

    code: str = Field(examples=["RENEWAL_DUE"])
    on: date | None


class RuleTold(Told):
    """A rule that was looked at; `clause` is the paragraph of the printed contract that holds it."""

    code: str = Field(examples=["MINUTES_AVAILABLE"])
    holds: bool
    clause: str = Field(examples=["5.1"])
    need: int | None
    have: int | None


class OptionTold(Told):
    """What would change the answer; `price` and `invoice` of paying are what is left to pay, and on which invoice."""

    action: str = Field(examples=["buy_package"])
    starts_on: date | None
    minutes: int | None
    price: str | None = Field(examples=["15000.00"])
    currency: str | None
    invoice: str | None = Field(examples=["2026-0118"])


class RouteTold(Told):
    """The support line that the request goes to, and whose it is."""

    line: int
    to: str = Field(examples=["own_desk"])


class CheckAnswer(Told):
    """The answer; what a caller may not see is left out (hours of a verdict key, money of a desk key).

    `receipt` is a compact JWS over the question and this answer; anybody can check it with `/.well-known/jwks.json`.
    """

    decision: Verdict
    reason: Reason = Field(description="\n\n".join(map(reason_table, Language)))
    text: str
    decision_id: str
    at: datetime
    evaluated_at: datetime
    state_version: int
    valid_until: datetime | None
    route: RouteTold
    client_id: int | None = None
    coverage: CoverTold | LastDayTold | None
    hours: HoursTold | None = None
    cost: CostTold | None = None
    due: DueTold | None = None
    override: OverrideTold | None = None
    counts: list[CountTold] | None = None
    use: UseTold | None = None
    hold: HoldTold | None = None
    case: CaseTold | None = None
    held_request: HeldRequestTold | None = None
    warnings: list[WarningTold] | None = None
    rules: list[RuleTold] | None = None
    options: list[OptionTold] | None = None
    candidates: list[int] | None = None
    receipt: str | None = None


class BatchAnswer(Told):
    """The answers in the order of the questions."""

    answers: list[CheckAnswer]


class Telling(Struct, frozen=True):
    """How an answer is told: its id and moment, in which language, to whom, and whether with every rule."""

    decision_id: str
    evaluated_at: datetime
    language: Language
    role: Role
    explain_full: bool = False


def answer_of(decision: Decision, telling: Telling, hold: "Hold | None" = None) -> dict[str, Any]:
    """The body of the answer, in the form of CHECK_API; a verdict key sees the decision and the last day only."""
    cover, money = decision.cover, telling.role in SEES_MONEY
    hours = telling.role in SEES_HOURS
    answer: dict[str, Any] = {
        "decision": decision.verdict,
        "reason": decision.reason,
        "text": decision_text(decision, telling.language, hours=hours, money=money),
        "decision_id": telling.decision_id,
        "at": decision.at,
        "evaluated_at": telling.evaluated_at,
        "state_version": decision.state_version,
        "valid_until": decision.valid_until,
        "route": {"line": decision.line, "to": decision.routed_to},
    }
    if not hours:
        answer["coverage"] = {"last_day": cover.last_day} if cover is not None else None
        return answer
    answer["client_id"] = decision.client_id
    answer["coverage"] = cover_told(cover) if cover is not None else None
    answer["hours"] = hours_told(decision.hours) if decision.hours is not None else None
    answer["cost"] = _cost(decision, money)
    answer |= promised(decision)
    answer["hold"] = _hold(hold) if hold is not None else None
    answer["warnings"] = [{"code": warned.code, "on": warned.on} for warned in decision.warnings]
    answer["rules"] = [
        {"code": rule.code, "holds": rule.holds, "clause": rule.clause, "need": rule.need, "have": rule.have}
        for rule in decision.rules
        if telling.explain_full or not rule.holds
    ]
    answer["options"] = [option_told(option, money) for option in decision.options]
    if decision.candidates:
        answer["candidates"] = decision.candidates
    return answer


def cover_told(cover: CoverView) -> dict[str, Any]:
    """A cover in the form of `CoverTold`."""
    return {
        "kind": cover.kind,
        "contract": cover.contract_number or None,
        "subscription_id": cover.id if cover.kind is CoverKind.SUBSCRIPTION else None,
        "free_period_id": cover.id if cover.kind is CoverKind.FREE_PERIOD else None,
        "seller_id": cover.seller_id,
        "plan": {"code": cover.plan_code, "version": cover.plan_version},
        "standing": cover.standing,
        "starts_on": cover.starts_on,
        "last_day": cover.last_day,
        "days_left": cover.days_left,
        "grace_until": cover.grace_until,
        "paid_until": cover.paid_until,
    }


def hours_told(hours: HoursView) -> dict[str, Any]:
    """Hours in the form of `HoursTold`."""
    return {
        "given": hours.given_minutes,
        "used": hours.used_minutes,
        "held": hours.held_minutes,
        "available": hours.available_minutes,
        "overage": hours.overage_minutes,
        "overrun_limit": hours.overrun_limit_minutes,
        "period": {"starts_on": hours.period_starts_on, "last_day": hours.period_last_day},
        "grants": [
            {"kind": grant.kind, "remaining": grant.remaining_minutes, "expires_on": grant.last_day}
            for grant in hours.grants
        ],
    }


def _cost(decision: Decision, money: bool) -> dict[str, Any] | None:
    cost = decision.cost
    if cost is None:
        return None
    return {
        "billed_minutes": cost.billed_minutes,
        "covered": cost.covered_minutes,
        "overage": cost.overage_minutes,
        "amount": _amount(cost.amount) if money else None,
        "currency": cost.amount.currency if money and cost.amount is not None else None,
    }


def option_told(option: Option, money: bool) -> dict[str, Any]:
    """An option in the form of `OptionTold`, with its price and invoice where the caller may see money."""
    return {
        "action": option.action,
        "starts_on": option.starts_on,
        "minutes": option.minutes,
        "price": _amount(option.price) if money else None,
        "currency": option.price.currency if money and option.price is not None else None,
        "invoice": option.invoice_number if money else None,
    }


def _hold(hold: "Hold") -> dict[str, Any]:
    return {"id": hold.id, "minutes": hold.minutes, "placed_at": hold.placed_at, "expires_at": hold.expires_at}


def _amount(amount: Money | None) -> str | None:
    return str(amount) if amount is not None else None
