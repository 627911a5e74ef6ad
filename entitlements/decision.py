"""May this request be served, and out of which hours: one pure function of facts (rules D1–D3, D5, D6)."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from msgspec.structs import replace

from contracts.clauses import CLAUSES
from contracts.money import Money
from contracts.policies import OverLimit
from contracts.standing import Standing
from entitlements.answers import (
    Cost,
    CoverView,
    Decision,
    GrantView,
    HoursView,
    Question,
    RuleResult,
    Warned,
)
from entitlements.clocks import (
    base_is_active,
    held_by_other,
    is_paid,
    payment_is_due,
    registered_until,
    standing_of,
)
from entitlements.covers import ClientFacts, Cover, CoverKind, PlanTerms, ServiceTerms
from entitlements.hours import HoursAccount, account, local_day
from entitlements.hours_facts import HoursFacts
from entitlements.next_change import next_change
from entitlements.options import options
from entitlements.reasons import Reason, Verdict
from entitlements.rounding import round_up

ONE_DAY = timedelta(days=1)
VENDOR_LINE = 4
"""The support line of the vendor (D9)."""


def decide(facts: ClientFacts, question: Question) -> Decision:
    """The answer about one client: every rule on every cover, the best cover wins (D2, D3).

    Covered with hours left comes first, then with overrun, then the rest; ties by earliest end, then id.
    """
    accounts = {seller_id: account(pool, question.at) for seller_id, pool in facts.pools.items()}
    until = next_change(facts, accounts, question.at)
    answers = [_on_cover(facts, cover, accounts[cover.seller_id], question, until) for cover in facts.covers]
    best = min(answers, key=_preference) if answers else _no_contract(facts, question, until)
    if not best.is_served and _vendor_serves(facts, question):
        return replace(best, reason=Reason.ROUTED_TO_VENDOR, routed_to="vendor", line=VENDOR_LINE, options=())
    return best


_TIERS = (Verdict.ALLOW, Verdict.ALLOW_WITH_WARNING, Verdict.NEEDS_APPROVAL, Verdict.DENY)


def _preference(answer: Decision) -> tuple[object, ...]:
    cover, cost = answer.cover, answer.cost
    assert cover is not None
    assert cost is not None
    tier = 0 if answer.is_served and cost.overage_minutes == 0 else _TIERS.index(answer.verdict)
    nearness = _nearness(answer, cover) if answer.verdict is Verdict.DENY else ()
    return tier, nearness, cover.last_day, cover.id


_FROM_SERVICE = {Standing.SUSPENDED: 1, Standing.UPCOMING: 2, Standing.LAPSED: 3, Standing.CANCELLED: 3}
_ENDED = (Standing.LAPSED, Standing.CANCELLED)


def _nearness(refused: Decision, cover: CoverView) -> tuple[int, ...]:
    """Which refusal the desk should hear: the one that is nearest to service.

    A cover of the product asked about comes first; then one that runs (the latest rule that failed), one that is
    suspended, the next to start, the last to end.
    """
    covers_product = all(rule.holds for rule in refused.rules if rule.code == "PRODUCT_COVERED")
    standing = cover.standing
    days = {Standing.UPCOMING: cover.starts_on.toordinal(), **dict.fromkeys(_ENDED, -cover.last_day.toordinal())}
    return not covers_product, _FROM_SERVICE.get(standing, 0), days.get(standing, 0), -refused.reason.rank


def _no_contract(facts: ClientFacts, question: Question, until: datetime | None) -> Decision:
    return Decision(
        Reason.NO_CONTRACT,
        question.at,
        facts.client_id,
        facts.state_version,
        line=question.line,
        rules=(_rule("CONTRACT_EXISTS", False),),
        valid_until=until,
    )


def _on_cover(
    facts: ClientFacts, cover: Cover, hours: HoursAccount, question: Question, until: datetime | None
) -> Decision:
    plan = facts.plans[cover.plan_version_id]
    number, on = question.registration_number, hours.on
    registered = registered_until(facts, cover, plan, number)
    standing = standing_of(cover, plan, on, question.at, registered)
    service = plan.service(question.service) if question.service else None
    view = _hours_view(cover, plan, hours, facts.pools[cover.seller_id])
    need = _need(plan, service, view, question)
    cost = _cost(plan, need, view.available_minutes)
    rules = (
        _rule("CONTRACT_EXISTS", True),
        _rule("TERM_STARTED", standing is not Standing.UPCOMING),
        _rule("NOT_CANCELLED", standing is not Standing.CANCELLED),
        _rule("NOT_SUSPENDED", standing is not Standing.SUSPENDED),
        _rule("TERM_RUNNING", standing is not Standing.LAPSED),
        _rule("REGISTERED_WITH_US", not held_by_other(facts, cover, plan, number, on)),
        _rule("PAID", is_paid(cover, on)),
        _rule("PRODUCT_COVERED", _covers_product(facts, cover, number, on)),
        _rule("BASE_PLAN_ACTIVE", base_is_active(facts, plan, number, on, question.at)),
        _rule("SERVICE_INCLUDED", question.service is None or service is not None),
        _rule("MINUTES_AVAILABLE", cost.overage_minutes == 0, need, view.available_minutes),
    )
    shown, due = _cover_view(cover, plan, standing, on, registered), payment_is_due(cover, on)
    reason = _first_failed(rules, plan, view, cost) or _served(cover, plan, standing, view, cost, due)
    return Decision(
        reason,
        question.at,
        facts.client_id,
        facts.state_version,
        line=question.line,
        cover=shown,
        hours=view,
        cost=cost,
        rules=rules,
        warnings=tuple(_warnings(cover, plan, shown, view, cost, due)),
        options=tuple(options(facts, cover, plan, standing, cost)),
        valid_until=until,
    )


def _rule(code: str, holds: bool, need: int | None = None, have: int | None = None) -> RuleResult:
    return RuleResult(code, holds, CLAUSES[code], need, have)


def _need(plan: PlanTerms, service: ServiceTerms | None, view: HoursView, question: Question) -> int:
    """The billed minutes that the request would take; the least billable when it names none (D5).

    A question that names neither a service nor minutes needs hours only where hours are part of the deal.
    """
    if question.service is not None:
        draws = service is not None and service.draws_hours
    else:
        draws = any(service.draws_hours for service in plan.services)
        draws = draws and (question.minutes is not None or view.given_minutes > 0)
    if not draws:
        return 0
    minimum = service.minimum_minutes if service is not None else None
    least = plan.rounding.minimum_minutes if minimum is None else minimum
    return round_up(100 * (question.minutes or 1), plan.rounding.quantum_minutes, least)


def _covers_product(facts: ClientFacts, cover: Cover, number: str | None, on: date) -> bool:
    if number is None:
        return True
    registration = facts.registration(number)
    if registration is None or registration.is_surrendered(on):
        return False
    return cover.registrations is None or number in cover.registrations


def _hours_view(cover: Cover, plan: PlanTerms, hours: HoursAccount, pool: HoursFacts) -> HoursView:
    period = cover.usage_period(hours.on, plan.included_per)
    usable = hours.usable()
    given = sum(state.lot.minutes for state in usable)
    return HoursView(
        given_minutes=given,
        used_minutes=sum(state.used_minutes for state in usable),
        held_minutes=sum(state.held_minutes for state in usable),
        available_minutes=hours.available_minutes,
        overage_minutes=_overage_since(period.starts_on, hours, pool) + hours.held_beyond_minutes,
        overrun_limit_minutes=None if plan.overrun_percent is None else given * plan.overrun_percent // 100,
        period_starts_on=period.starts_on,
        period_last_day=period.last_day,
        grants=tuple(
            GrantView(state.lot.kind, state.remaining_minutes, state.lot.ends_on - ONE_DAY)
            for state in usable
            if state.remaining_minutes
        ),
    )


def _overage_since(day: date, hours: HoursAccount, pool: HoursFacts) -> int:
    """The overage from a day on; after the term its last usage period goes on through the days of grace (D6)."""
    closed = sum(minutes for counts_on, minutes in pool.closed_overage if counts_on >= day)
    return closed + sum(line.parts.overage_minutes for line in hours.lines if line.counts_on >= day)


def _cost(plan: PlanTerms, need: int, available: int) -> Cost:
    covered = min(need, available)
    over, rate = need - covered, plan.overage_rate_minor
    amount = None if over == 0 or rate is None else Money(rate, plan.currency).for_minutes(over)
    return Cost(need, covered, over, amount)


_FAILURES = {
    "TERM_STARTED": Reason.CONTRACT_NOT_STARTED,
    "NOT_CANCELLED": Reason.CONTRACT_CANCELLED,
    "NOT_SUSPENDED": Reason.CONTRACT_SUSPENDED,
    "TERM_RUNNING": Reason.CONTRACT_LAPSED,
    "REGISTERED_WITH_US": Reason.HELD_BY_OTHER_PARTNER,
    "PAID": Reason.PAYMENT_OVERDUE,
    "PRODUCT_COVERED": Reason.PRODUCT_NOT_COVERED,
    "BASE_PLAN_ACTIVE": Reason.BASE_PLAN_INACTIVE,
    "SERVICE_INCLUDED": Reason.SERVICE_NOT_INCLUDED,
}


def _first_failed(rules: tuple[RuleResult, ...], plan: PlanTerms, view: HoursView, cost: Cost) -> Reason | None:
    failed = next((rule for rule in rules if not rule.holds), None)
    if failed is None:
        return None
    return _FAILURES[failed.code] if failed.code in _FAILURES else _over_limit(plan, view, cost)


def _over_limit(plan: PlanTerms, view: HoursView, cost: Cost) -> Reason | None:
    """What the plan says to a request that the hours left cannot pay (D5, D6); none when it is served as overrun."""
    if plan.over_limit is OverLimit.BLOCK:
        return Reason.REQUEST_EXCEEDS_BALANCE if view.available_minutes else Reason.HOURS_EXHAUSTED
    limit = view.overrun_limit_minutes
    if limit is not None and view.overage_minutes + cost.overage_minutes > limit:
        return Reason.OVERRUN_LIMIT_REACHED
    return Reason.OVERAGE_NEEDS_APPROVAL if plan.over_limit is OverLimit.APPROVE else None


def _served(cover: Cover, plan: PlanTerms, standing: Standing, view: HoursView, cost: Cost, due: bool) -> Reason:
    if standing is Standing.GRACE:
        return Reason.COVERED_IN_GRACE
    if cost.overage_minutes:
        return Reason.COVERED_BY_OVERAGE
    if _is_low(plan, view, cost):
        return Reason.COVERED_LOW_BALANCE
    if cover.kind is CoverKind.FREE_PERIOD:
        return Reason.COVERED_FREE_PERIOD
    if standing is Standing.EXPIRING:
        return Reason.COVERED_RENEWAL_DUE
    return Reason.COVERED_PAYMENT_DUE if due else Reason.COVERED


def _is_low(plan: PlanTerms, view: HoursView, cost: Cost) -> bool:
    """Whether this request brings the pool to the share of used minutes from which the desk is warned (H13)."""
    taken = view.used_minutes + view.held_minutes + cost.covered_minutes
    return cost.billed_minutes > 0 and 100 * taken >= plan.low_balance_percent * view.given_minutes


def _warnings(
    cover: Cover, plan: PlanTerms, shown: CoverView, view: HoursView, cost: Cost, due: bool
) -> Iterator[Warned]:
    if shown.standing is Standing.GRACE:
        yield Warned("IN_GRACE", shown.grace_until)
    if cost.overage_minutes:
        yield Warned("OVERAGE")
    if _is_low(plan, view, cost):
        yield Warned(f"BALANCE_BELOW_{plan.low_balance_percent}")
    if shown.standing is Standing.EXPIRING and cover.kind is CoverKind.SUBSCRIPTION:
        yield Warned("RENEWAL_DUE", shown.last_day)
    if due:
        yield Warned("PAYMENT_DUE", cover.served_unpaid_until)


def _cover_view(cover: Cover, plan: PlanTerms, standing: Standing, on: date, registered: date | None) -> CoverView:
    last_day = cover.last_day(on, registered)
    return CoverView(
        kind=cover.kind,
        id=cover.id,
        seller_id=cover.seller_id,
        contract_number=cover.contract_number,
        plan_code=plan.code,
        plan_version=plan.version,
        standing=standing,
        starts_on=cover.first_day,
        last_day=last_day,
        days_left=max((last_day - on).days, 0),
        grace_until=last_day + timedelta(days=plan.grace_days) if standing is Standing.GRACE else None,
        paid_until=cover.paid_until,
    )


def _vendor_serves(facts: ClientFacts, question: Question) -> bool:
    """Whether the vendor's own line helps with this for free (S2): the product named, or every product there is."""
    today = local_day(question.at, facts.time_zone)
    asked = [
        registration
        for registration in facts.registrations
        if question.registration_number in (None, registration.number) and not registration.is_surrendered(today)
    ]
    return bool(asked) and all(
        registration.vendor_services and (question.service is None or question.service in registration.vendor_services)
        for registration in asked
    )
