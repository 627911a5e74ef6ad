"""The rules of the desk's question: all are looked at, and the first that fails is the reason (rules D2, D5, D6)."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from operator import attrgetter

from contracts.clauses import CLAUSES
from contracts.policies import OverLimit, Unpaid
from contracts.standing import Standing
from entitlements.answers import CountView, CoverView, Due, RuleResult, Warned
from entitlements.case import Case
from entitlements.case_states import CaseState
from entitlements.clocks import (
    base_is_active,
    held_by_other,
    is_paid,
    is_signed,
    last_answers,
    payment_is_due,
    registration_due,
)
from entitlements.covers import CoverKind
from entitlements.hours import local_day
from entitlements.reasons import Reason


def rules_of(case: Case) -> tuple[RuleResult, ...]:
    """Every rule in its fixed order."""
    cover, plan, standing, number = case.cover, case.plan, case.standing, case.question.registration_number
    need, have = case.cost.billed_minutes, case.hours.available_minutes
    return (
        _rule("CONTRACT_EXISTS", True),
        _rule("TERM_STARTED", standing is not Standing.UPCOMING),
        _rule("NOT_CANCELLED", standing is not Standing.CANCELLED),
        _rule("NOT_SUSPENDED", standing is not Standing.SUSPENDED),
        _rule("TERM_RUNNING", standing is not Standing.LAPSED),
        _rule("REGISTERED_WITH_US", not held_by_other(case.facts, cover, plan, number, case.on)),
        _rule("SIGNED", is_signed(cover, plan, case.on)),
        _rule("PAID", is_paid(cover, case.on) or plan.unpaid is Unpaid.APPROVE),
        _rule("PRODUCT_COVERED", _covers_product(case)),
        _rule("BASE_PLAN_ACTIVE", base_is_active(case.facts, cover, plan, number, case.on, case.question.at)),
        _contact_named(case),
        _rule("SERVICE_INCLUDED", case.question.asked is None or case.service is not None),
        _rule("CHANNEL_INCLUDED", _includes_channel(case)),
        _rule("LINE_INCLUDED", plan.highest_line is None or case.question.line <= plan.highest_line),
        _count_available(case.count),
        _rule("PAID_OR_APPROVED", is_paid(cover, case.on) or plan.unpaid is Unpaid.DENY),
        _rule("SERVICE_IN_PRICE", case.service is None or case.service.price_minor is None),
        _rule("MINUTES_AVAILABLE", case.cost.overage_minutes == 0, need, have),
        _rule("REGISTER_CHECKED", plan.register_check_days is None or None not in _last_answers(case)),
    )


WITHOUT_CONTRACT = (RuleResult("CONTRACT_EXISTS", False, CLAUSES["CONTRACT_EXISTS"]),)
"""All that can be looked at for a client without a cover."""


def _rule(code: str, holds: bool, need: int | None = None, have: int | None = None) -> RuleResult:
    return RuleResult(code, holds, CLAUSES[code], need, have)


def _last_answers(case: Case) -> list[datetime | None]:
    return last_answers(case.facts, case.cover, case.question.registration_number, case.on)


def _contact_named(case: Case) -> RuleResult:
    """Whether all addresses that the question gives were at its moment those of one person whom the client named.

    Where that is asked, a question that names nobody is told by none to `have` of the one to `need`.
    """
    if not case.plan.named_contacts_only:
        return _rule("CONTACT_NAMED", True)
    asking = case.question.contact
    named = bool(asking) and any(one.may_ask(asking, case.question.at) for one in case.facts.contacts)
    return _rule("CONTACT_NAMED", named, 1, min(len(asking), 1))


def _count_available(count: CountView | None) -> RuleResult:
    if count is None:
        return _rule("COUNT_AVAILABLE", True)
    return _rule("COUNT_AVAILABLE", count.available > 0, 1, count.available)


def _covers_product(case: Case) -> bool:
    number = case.question.registration_number
    if number is None:
        return True
    registration = case.facts.registration(number)
    if registration is None or registration.is_surrendered(case.on):
        return False
    return case.cover.registrations is None or number in case.cover.registrations


def _includes_channel(case: Case) -> bool:
    channel, included = case.question.channel, case.plan.channels
    return channel is None or not included or channel in included


_FAILURES = {
    "TERM_STARTED": Reason.CONTRACT_NOT_STARTED,
    "NOT_CANCELLED": Reason.CONTRACT_CANCELLED,
    "NOT_SUSPENDED": Reason.CONTRACT_SUSPENDED,
    "TERM_RUNNING": Reason.CONTRACT_LAPSED,
    "REGISTERED_WITH_US": Reason.HELD_BY_OTHER_PARTNER,
    "SIGNED": Reason.NOT_SIGNED,
    "PAID": Reason.PAYMENT_OVERDUE,
    "PRODUCT_COVERED": Reason.PRODUCT_NOT_COVERED,
    "BASE_PLAN_ACTIVE": Reason.BASE_PLAN_INACTIVE,
    "CONTACT_NAMED": Reason.CONTACT_NOT_NAMED,
    "SERVICE_INCLUDED": Reason.SERVICE_NOT_INCLUDED,
    "CHANNEL_INCLUDED": Reason.CHANNEL_NOT_INCLUDED,
    "LINE_INCLUDED": Reason.LINE_NOT_INCLUDED,
    "COUNT_AVAILABLE": Reason.COUNT_EXHAUSTED,
    "PAID_OR_APPROVED": Reason.PAYMENT_OVERDUE_HOLD,
    "REGISTER_CHECKED": Reason.REGISTER_UNCHECKED,
    "SERVICE_IN_PRICE": Reason.SERVICE_PAID_SEPARATELY,
}


def reason_of(case: Case, rules: tuple[RuleResult, ...]) -> Reason:
    """Of what the rules that fail say the first reason in the fixed order, else how the request is served.

    Hours that are short may refuse or need approval: so no rule alone is the first, but each reason has its place.
    """
    said = (_FAILURES.get(rule.code) or _over_limit(case) for rule in rules if not rule.holds)
    first = min((reason for reason in said if reason is not None), key=attrgetter("rank"), default=None)
    return first or _served(case)


def _over_limit(case: Case) -> Reason | None:
    """What the plan says to a request that the hours left cannot pay (D5, D6); none when it is served as overrun."""
    plan, view, cost = case.plan, case.hours, case.cost
    asks = plan.over_limit is OverLimit.APPROVE
    said = case.over_limit.state if asks and case.over_limit is not None else CaseState.NEW
    if plan.over_limit is OverLimit.BLOCK or said is CaseState.REFUSE:
        return Reason.REQUEST_EXCEEDS_BALANCE if view.available_minutes else Reason.HOURS_EXHAUSTED
    limit = view.overrun_limit_minutes
    if limit is not None and view.overage_minutes + cost.overage_minutes > limit:
        return Reason.OVERRUN_LIMIT_REACHED
    return Reason.OVERAGE_NEEDS_APPROVAL if asks and not said.serves else None


def _served(case: Case) -> Reason:
    if case.standing is Standing.GRACE:
        return Reason.COVERED_IN_GRACE
    if case.cost.overage_minutes:
        return Reason.COVERED_BY_OVERAGE
    if _is_low(case):
        return Reason.COVERED_LOW_BALANCE
    if case.cover.kind is CoverKind.FREE_PERIOD:
        return Reason.COVERED_FREE_PERIOD
    if case.standing is Standing.EXPIRING:
        return Reason.COVERED_RENEWAL_DUE
    return Reason.COVERED_PAYMENT_DUE if payment_is_due(case.cover, case.on) else Reason.COVERED


def _is_low(case: Case) -> bool:
    """Whether this request brings the pool to the share of used minutes from which the desk is warned (H13)."""
    view, cost = case.hours, case.cost
    taken = view.used_minutes + view.held_minutes + cost.covered_minutes
    return cost.billed_minutes > 0 and 100 * taken >= case.plan.low_balance_percent * view.given_minutes


def warnings_of(case: Case, shown: CoverView, due: Due | None) -> Iterator[Warned]:
    """What the desk should say although the request is served."""
    if shown.standing is Standing.GRACE:
        yield Warned("IN_GRACE", shown.grace_until)
    if case.cost.overage_minutes:
        yield Warned("OVERAGE")
    if case.over_limit is not None:
        yield Warned("OVER_LIMIT_CASE", case.over_limit.month)
    if _is_low(case):
        yield Warned(f"BALANCE_BELOW_{case.plan.low_balance_percent}")
    if shown.standing in (Standing.ACTIVE, Standing.EXPIRING):
        yield from _ends_soon(case)
    if payment_is_due(case.cover, case.on):
        yield Warned("PAYMENT_DUE", case.cover.served_unpaid_until)
    answered_on = _stale_since(case)
    if answered_on is not None:
        yield Warned("REGISTER_STALE", answered_on)
    if due is not None and due.guessed:
        yield Warned("CALENDAR_GUESSED")
    if due is not None and case.question.priority not in (None, due.priority):
        yield Warned("PRIORITY_UNKNOWN")


def _ends_soon(case: Case) -> Iterator[Warned]:
    """That the registration with the vendor or the term ends soon, each with its own last day (S8)."""
    cover, number = case.cover, case.question.registration_number
    due = registration_due(case.facts, cover, case.plan, number, case.on)
    if due is not None and not cover.has_successor and cover.cancelled_on is None:
        yield Warned("REGISTRATION_DUE", due)
    if case.standing is case.own_standing is Standing.EXPIRING and cover.kind is CoverKind.SUBSCRIPTION:
        yield Warned("RENEWAL_DUE", case.cover.last_day(case.on))


def _stale_since(case: Case) -> date | None:
    """The day of the oldest answer of the register, where the plan calls it old: it still holds (D11)."""
    fresh_days, zone = case.plan.register_check_days, case.facts.pools[case.cover.seller_id].time_zone
    if fresh_days is None:
        return None
    oldest = min((local_day(at, zone) for at in _last_answers(case) if at is not None), default=case.on)
    return oldest if oldest + timedelta(days=fresh_days) < case.on else None
