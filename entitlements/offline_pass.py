"""What a desk needs to go on while the server is away: the answers about one client, and how long they stand (D1)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from contracts.errors import Refusal
from contracts.policies import Channel
from contracts.support_lines import SUPPORT_LINES
from entitlements.answers import Decision, Question
from entitlements.case import Case, look_at
from entitlements.covers import ClientFacts, RegistrationFacts
from entitlements.decision import decide
from entitlements.hours import HoursAccount, account, local_day
from entitlements.pass_claims import Billing, Limits
from entitlements.reasons import Reason, Verdict

WITHOUT_RULES = (Reason.COVERED_BY_OVERRIDE, Reason.ROUTED_TO_VENDOR)
"""How a request is served whatever its cover says."""


class GivenAnswer(Struct, frozen=True):
    """The answer about a service as work or by itself, or any, for each of the registrations; none is any of them."""

    service: str | None
    feature: str | None
    registrations: tuple[str | None, ...]
    decision: Decision
    limits: Limits


class OfflinePass(Struct, frozen=True):
    """The answers about a client at one moment; they stand until `valid_until`, each within its limits."""

    client_id: int
    state_version: int
    issued_at: datetime
    valid_until: datetime
    answers: tuple[GivenAnswer, ...]
    registrations: tuple[str, ...]
    billing: tuple[Billing, ...]


def offline_pass(facts: ClientFacts, calendars: Mapping[int, str], *, at: datetime, longest: timedelta) -> OfflinePass:
    """The pass of a client; it ends with the first change that is known, and after `longest` in any case.

    `calendars` are the countries of the sellers' calendars by their ids. Raises `Refusal("PASS_WITHHELD")` while the
    client is suspended.
    """
    if (reason := decide(facts, Question(at)).reason) is Reason.CONTRACT_SUSPENDED:
        raise Refusal("PASS_WITHHELD", field="client_id", value=facts.client_id, reason=reason)
    today = local_day(at, facts.time_zone)
    own = [copy for copy in facts.registrations if not copy.is_surrendered(today)]
    services = sorted({service.code for plan in facts.plans.values() for service in plan.services})
    asked = [Question(at), *(Question(at, service=code) for code in services)]
    asked += [Question(at, feature=code) for code in services]
    accounts = {seller_id: account(pool, at) for seller_id, pool in facts.pools.items()}
    alike = _alike(facts, own)
    answers = tuple(answer for question in asked for answer in _answers(facts, accounts, question, alike))
    return OfflinePass(
        client_id=facts.client_id,
        state_version=facts.state_version,
        issued_at=at,
        valid_until=min(filter(None, (at + longest, *(answer.decision.valid_until for answer in answers)))),
        answers=answers,
        registrations=tuple(copy.number for copy in own),
        billing=tuple(_billing(facts, calendars)),
    )


def _alike(facts: ClientFacts, copies: Iterable[RegistrationFacts]) -> list[tuple[str, ...]]:
    """The registrations that no rule tells apart, together: the same is known of them, under the same covers."""
    groups: dict[Any, list[str]] = defaultdict(list)
    for copy in copies:
        covered = tuple(cover.registrations is None or copy.number in cover.registrations for cover in facts.covers)
        groups[replace(copy, number=""), covered].append(copy.number)
    return [tuple(group) for group in groups.values()]


def _answers(
    facts: ClientFacts, accounts: Mapping[int, HoursAccount], question: Question, alike: Sequence[tuple[str, ...]]
) -> list[GivenAnswer]:
    """The answers about one service, with the registrations that get the same one together."""
    answers: list[GivenAnswer] = []
    for numbers in ((None,), *alike):
        asked = replace(question, registration_number=numbers[0])
        decision = decide(facts, asked)
        limits = _limits(facts, accounts, asked, decision)
        given = GivenAnswer(question.service, question.feature, numbers, decision, limits)
        for place, known in enumerate(answers):
            if replace(known, registrations=numbers) == given:
                answers[place] = replace(known, registrations=(*known.registrations, *numbers))
                break
        else:
            answers.append(given)
    return answers


def _limits(facts: ClientFacts, accounts: Mapping[int, HoursAccount], question: Question, decision: Decision) -> Limits:
    """For which other questions the answer stands: what serves there serves here, and what fails here fails there."""
    contact = decision.is_served or not any(plan.named_contacts_only for plan in facts.plans.values())
    lines = [line.number for line in SUPPORT_LINES.values() if decision.is_served or line.needs_cover]
    view = decision.cover
    if view is None or decision.reason in WITHOUT_RULES:
        return Limits(tuple(Channel), tuple(lines), contact)
    cover = facts.cover(view.kind, view.id)
    case = look_at(facts, cover, accounts[cover.seller_id], replace(question, minutes=1))
    if not decision.is_served:
        lines = [number for number in lines if SUPPORT_LINES[number].draws_hours]
    if case.plan.highest_line is not None:
        lines = [number for number in lines if number <= case.plan.highest_line]
    limits = Limits(case.plan.channels or tuple(Channel), tuple(lines), contact)
    return limits if decision.verdict is Verdict.DENY else _bounded(limits, case, decision)


def _bounded(limits: Limits, case: Case, decision: Decision) -> Limits:
    """The limits with what is left to take. Beyond the hours the answer stands only where it was given beyond them."""
    assert decision.cost is not None
    billed, view = decision.cost.billed_minutes, case.hours
    most: int | None = max(view.available_minutes, billed)
    if decision.is_served and decision.cost.overage_minutes:
        limit = view.overrun_limit_minutes
        most = None if limit is None else view.available_minutes + max(limit - view.overage_minutes, 0)
    return replace(
        limits,
        billed_minutes=billed,
        least_minutes=case.cost.billed_minutes,
        quantum_minutes=case.plan.rounding.quantum_minutes,
        most_minutes=most,
        uses_left=None if case.count is None else case.count.available,
    )


def _billing(facts: ClientFacts, calendars: Mapping[int, str]) -> Iterator[Billing]:
    """How work since may be billed: by each plan that the client has with each seller."""
    for seller_id, version_id in dict.fromkeys((cover.seller_id, cover.plan_version_id) for cover in facts.covers):
        plan = facts.plans[version_id]
        minimums = {one.code: one.minimum_minutes for one in plan.services if one.minimum_minutes is not None}
        yield Billing(calendars[seller_id], facts.pools[seller_id].time_zone, plan.rounding, minimums)
