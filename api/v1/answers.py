"""The desk's answer as the call returns it: a decision in plain data, as much of it as the caller may see."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from api.keys import Role
from contracts.money import Money
from documents.wording import decision_text
from documents.words import Language
from entitlements.answers import CoverView, Decision, HoursView, Option
from entitlements.covers import CoverKind
from entitlements.holds import Hold

SEES_HOURS = frozenset({Role.ADMIN, Role.SALES, Role.ACCOUNTANT, Role.DESK, Role.CLIENT})
SEES_MONEY = frozenset({Role.ADMIN, Role.SALES, Role.ACCOUNTANT, Role.CLIENT})


@dataclass(frozen=True, slots=True)
class Telling:
    """How an answer is told: its id and moment, in which language, to whom, and whether with every rule."""

    decision_id: str
    evaluated_at: datetime
    language: Language
    role: Role
    explain_full: bool = False


def answer_of(decision: Decision, telling: Telling, hold: Hold | None = None) -> dict[str, Any]:
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
    answer["coverage"] = _coverage(cover) if cover is not None else None
    answer["hours"] = _hours(decision.hours) if decision.hours is not None else None
    answer["cost"] = _cost(decision, money)
    answer["hold"] = _hold(hold) if hold is not None else None
    answer["warnings"] = [{"code": warned.code, "on": warned.on} for warned in decision.warnings]
    answer["rules"] = [
        {"code": rule.code, "holds": rule.holds, "clause": rule.clause, "need": rule.need, "have": rule.have}
        for rule in decision.rules
        if telling.explain_full or not rule.holds
    ]
    answer["options"] = [_option(option, money) for option in decision.options]
    if decision.candidates:
        answer["candidates"] = decision.candidates
    return answer


def _coverage(cover: CoverView) -> dict[str, Any]:
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
    }


def _hours(hours: HoursView) -> dict[str, Any]:
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


def _option(option: Option, money: bool) -> dict[str, Any]:
    return {
        "action": option.action,
        "starts_on": option.starts_on,
        "minutes": option.minutes,
        "price": _amount(option.price) if money else None,
        "currency": option.price.currency if money and option.price is not None else None,
    }


def _hold(hold: Hold) -> dict[str, Any]:
    return {"id": hold.id, "minutes": hold.minutes, "placed_at": hold.placed_at, "expires_at": hold.expires_at}


def _amount(amount: Money | None) -> str | None:
    return str(amount) if amount is not None else None
