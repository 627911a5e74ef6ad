"""One cover looked at for one question: what the rules are asked about (rules D2, D5)."""

from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from contracts.money import Money
from contracts.standing import Standing
from contracts.support_lines import SUPPORT_LINES
from entitlements.answers import CaseView, Cost, CountView, HoursView, Question
from entitlements.case_states import CaseState
from entitlements.clocks import registered_until, standing_of
from entitlements.counts import counts_of
from entitlements.covers import ClientFacts, Cover
from entitlements.hours import HoursAccount
from entitlements.plan_terms import PlanTerms, ServiceTerms
from entitlements.rounding import round_up
from entitlements.views import case_view, hours_view


class Case(Struct, frozen=True):
    """A cover, its plan and standing on the day of the question, the hours it can use and what the request takes."""

    facts: ClientFacts
    cover: Cover
    plan: PlanTerms
    question: Question
    on: date
    standing: Standing
    registered_until: date | None
    """The last day in the vendor's register, as far as that says (S8)."""
    service: ServiceTerms | None
    """The service asked about, where the plan includes it."""
    hours: HoursView
    cost: Cost
    counts: tuple[CountView, ...]
    """The counted services of the plan, the one asked about first."""
    over_limit: CaseView | None
    """The over-limit case of the month, where the request needs more hours than there are (D6)."""

    @property
    def ends_with_register(self) -> bool:
        """Whether the vendor's register ends the service earlier than the cover itself would (S8)."""
        return self.registered_until is not None and self.registered_until < self.cover.served.last_day

    @property
    def own_standing(self) -> Standing:
        """The standing that the cover would have if the vendor's register ended nothing."""
        if not self.ends_with_register:
            return self.standing
        return standing_of(self.cover, self.plan, self.on, self.question.at, None)

    @property
    def count(self) -> CountView | None:
        """What is left of the service asked about, where its uses are counted."""
        first = self.counts[0] if self.counts else None
        return first if first is not None and first.service == self.question.asked else None


def look_at(facts: ClientFacts, cover: Cover, hours: HoursAccount, question: Question) -> Case:
    """The case of a cover: the account of its hours stands at the moment of the question."""
    plan = facts.plans[cover.plan_version_id]
    registered = registered_until(facts, cover, plan, question.registration_number, hours.on)
    service = plan.service(question.asked) if question.asked else None
    view = hours_view(cover, plan, hours, facts.pools[cover.seller_id])
    cost = _cost(plan, service, _need(plan, service, view, question), view.available_minutes)
    over_limit = case_view(facts, cover.seller_id, hours.on, question.at) if cost.overage_minutes else None
    if over_limit is not None and over_limit.state is CaseState.FORGIVEN:
        cost = replace(cost, amount=Money(0, plan.currency))
    return Case(
        facts,
        cover,
        plan,
        question,
        hours.on,
        standing_of(cover, plan, hours.on, question.at, registered),
        registered,
        service,
        view,
        cost,
        tuple(sorted(counts_of(facts, cover, plan, question, hours.on), key=lambda one: one.service != question.asked)),
        over_limit,
    )


def _need(plan: PlanTerms, service: ServiceTerms | None, view: HoursView, question: Question) -> int:
    """The billed minutes that the request would take; the least billable when it names none (D5).

    A question that names neither a service nor minutes needs hours only where hours are part of the deal. Of a line
    that draws no hours nothing needs any (D9), nor does a feature.
    """
    if question.feature is not None or not SUPPORT_LINES[question.line].draws_hours:
        return 0
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


def _cost(plan: PlanTerms, service: ServiceTerms | None, need: int, available: int) -> Cost:
    if service is not None and service.price_minor is not None:
        return Cost(0, 0, 0, Money(service.price_minor, plan.currency))
    covered = min(need, available)
    over, rate = need - covered, plan.overage_rate_minor
    amount = None if over == 0 or rate is None else Money(rate, plan.currency).for_minutes(over)
    return Cost(need, covered, over, amount)
