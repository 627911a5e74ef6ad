"""May this request be served, and out of which hours: one pure function of facts (rules D1–D3, D5, D6)."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from msgspec.structs import replace

from contracts.standing import Standing
from contracts.support_lines import SUPPORT_LINES, VENDOR
from entitlements.answers import CoverView, Decision, Named, OverrideView, Question
from entitlements.case import Case, look_at
from entitlements.covers import Approval, ClientFacts, Cover
from entitlements.due_times import due_of
from entitlements.hours import HoursAccount, account, day_starts_at, local_day
from entitlements.next_change import next_change
from entitlements.options import offered_until, options
from entitlements.reasons import Reason, Verdict
from entitlements.rules import WITHOUT_CONTRACT, reason_of, rules_of, warnings_of
from entitlements.views import cover_view


def decide(facts: ClientFacts, question: Question) -> Decision:
    """The answer about one client: every rule on every cover, the best cover wins (D2, D3).

    Covered with hours left comes first, then with overrun, then the rest; ties by earliest end, then id.
    """
    accounts = {seller_id: account(pool, question.at) for seller_id, pool in facts.pools.items()}
    until = next_change(facts, accounts, question.at)
    answers, over = [], []
    for cover in facts.covers:
        if _is_over(facts, cover, accounts[cover.seller_id].on):
            over.append(cover)
        else:
            answers.append(_on_cover(facts, cover, accounts[cover.seller_id], question, until))
    if all(answer.verdict is Verdict.DENY for answer in answers):  # what is over serves nobody, but may be nearest
        answers += [_on_cover(facts, cover, accounts[cover.seller_id], question, until) for cover in over]
    best = min(answers, key=_preference) if answers else _no_contract(facts, question, until)
    if not SUPPORT_LINES[question.line].needs_cover:
        return _without_cover(best)
    if best.is_served:
        return best
    approval = next((one for one in facts.approvals if one.holds(question.at, question.asked)), None)
    if approval is not None:
        return _approved(facts, best, approval, question, accounts)
    if _vendor_serves(facts, question):
        return replace(best, reason=Reason.ROUTED_TO_VENDOR, routed_to="vendor", line=VENDOR, options=())
    return best


def _is_over(facts: ClientFacts, cover: Cover, on: date) -> bool:
    """Whether the cover has ended, with its grace; years of them need not be looked at while another one serves."""
    return on >= cover.ends_on + timedelta(days=cover.grace_days(facts.plans[cover.plan_version_id]))


def _approved(
    facts: ClientFacts, refused: Decision, approval: Approval, question: Question, accounts: Mapping[int, HoursAccount]
) -> Decision:
    """The answer that a person gave in place of the rules, which stay in it as they are, due as its plan says (D7)."""
    last_day = local_day(approval.until_at - timedelta.resolution, facts.time_zone)
    override = OverrideView(approval.approved_by, approval.reason, approval.until_at, last_day)
    served = replace(refused, reason=Reason.COVERED_BY_OVERRIDE, override=override, options=())
    shown = refused.cover
    if shown is None:
        return served
    cover = facts.cover(shown.kind, shown.id)
    case = look_at(facts, cover, accounts[cover.seller_id], question)
    due = due_of(case)
    return replace(served, due=due, warnings=tuple(warnings_of(case, shown, due)))


def _without_cover(best: Decision) -> Decision:
    """The answer of a line that serves whoever asks, whatever else could be said of their covers (D9)."""
    nothing = dict.fromkeys(("cover", "hours", "cost", "due", "case"))
    return replace(best, reason=Reason.COVERED, routed_to="self_service", counts=(), warnings=(), options=(), **nothing)


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

    A cover of the product asked about comes first, of those one of the service asked about, unless another one took its
    place; then one that runs (the latest rule that failed), one that is suspended, the next to start, the last to end.
    """
    held = {rule.code for rule in refused.rules if rule.holds}
    standing = cover.standing
    days = {Standing.UPCOMING: cover.starts_on.toordinal(), **dict.fromkeys(_ENDED, -cover.last_day.toordinal())}
    return (
        "PRODUCT_COVERED" not in held,
        "SERVICE_INCLUDED" not in held or (standing in _ENDED and cover.has_successor),
        _FROM_SERVICE.get(standing, 0),
        days.get(standing, 0),
        -refused.reason.rank,
    )


def _no_contract(facts: ClientFacts, question: Question, until: datetime | None) -> Decision:
    return Decision(
        Reason.NO_CONTRACT,
        question.at,
        facts.client_id,
        facts.state_version,
        line=question.line,
        rules=WITHOUT_CONTRACT,
        valid_until=until,
    )


def _on_cover(
    facts: ClientFacts, cover: Cover, hours: HoursAccount, question: Question, until: datetime | None
) -> Decision:
    case = look_at(facts, cover, hours, question)
    rules = rules_of(case)
    shown = cover_view(cover, case.plan, case.standing, case.on, case.registered_until)
    reason = reason_of(case, rules)
    due = due_of(case) if reason.is_served else None
    return Decision(
        reason,
        question.at,
        facts.client_id,
        facts.state_version,
        line=question.line,
        cover=shown,
        hours=case.hours,
        cost=case.cost,
        rules=rules,
        warnings=tuple(warnings_of(case, shown, due)),
        options=tuple(options(case, rules)),
        valid_until=_until(case, until),
        due=due,
        counts=case.counts,
        case=case.over_limit,
        asked=_named(facts, question.asked),
    )


def _named(facts: ClientFacts, service: str | None) -> Named | None:
    return None if service is None else Named(service, *facts.service_names.get(service, ()))


def _until(case: Case, until: datetime | None) -> datetime | None:
    """Until when the answer holds: what it offers can change before the facts do."""
    day = offered_until(case)
    changes = None if day is None else day_starts_at(day, case.facts.pools[case.cover.seller_id].time_zone)
    return min((one for one in (until, changes) if one is not None), default=None)


def _vendor_serves(facts: ClientFacts, question: Question) -> bool:
    """Whether the vendor's own line helps with this for free (S2): the product named, or every product there is."""
    today = local_day(question.at, facts.time_zone)
    asked = [
        registration
        for registration in facts.registrations
        if question.registration_number in (None, registration.number) and not registration.is_surrendered(today)
    ]
    return bool(asked) and all(
        registration.vendor_services and (question.asked is None or question.asked in registration.vendor_services)
        for registration in asked
    )
