"""What an answer tells of the cover it rests on and of the hours behind it (rules D5, D6)."""

from datetime import date, datetime, timedelta

from contracts.standing import Standing
from contracts.terms import ONE_DAY, first_of_month
from entitlements.answers import CaseView, CoverView, GrantView, HoursView
from entitlements.covers import CaseFacts, ClientFacts, Cover
from entitlements.hours import HoursAccount
from entitlements.hours_facts import HoursFacts
from entitlements.plan_terms import PlanTerms


def cover_view(cover: Cover, plan: PlanTerms, standing: Standing, on: date, registered: date | None) -> CoverView:
    """The cover as it is told on a day."""
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
        grace_until=last_day + timedelta(days=cover.grace_days(plan)) if standing is Standing.GRACE else None,
        paid_until=cover.paid_until,
        plan_name=plan.name,
        plan_name_en=plan.name_en,
        has_successor=cover.has_successor,
    )


def hours_view(cover: Cover, plan: PlanTerms, hours: HoursAccount, pool: HoursFacts) -> HoursView:
    """The hours that the cover can use on the account's day, and the overage of its usage period."""
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


def case_view(facts: ClientFacts, seller_id: int, on: date, at: datetime) -> CaseView | None:
    """The over-limit case of a seller's month as it is told at a moment of that day; none before it was opened."""
    case = facts.case_of(seller_id, first_of_month(on))
    return None if case is None or at < case.asked_at[0] else shown_case(case, at)


def shown_case(case: CaseFacts, at: datetime) -> CaseView:
    """An over-limit case as it is told at a moment."""
    return CaseView(case.id, case.state(at), case.month, sum(asked_at <= at for asked_at in case.asked_at))


def _overage_since(day: date, hours: HoursAccount, pool: HoursFacts) -> int:
    """The overage from a day on; after the term its last usage period goes on through the days of grace (D6)."""
    closed = sum(minutes for counts_on, minutes in pool.closed_overage if counts_on >= day)
    return closed + sum(line.parts.overage_minutes for line in hours.lines if line.counts_on >= day)
