"""The clocks of a cover: its term, the vendor's register, the client's payment, and the plan it needs (S7, S8, T5)."""

from datetime import date, datetime, timedelta

from contracts.policies import Unpaid
from contracts.standing import Standing, standing_on
from contracts.terms import ONE_DAY, Term
from entitlements.covers import ClientFacts, Cover, CoverKind, RegistrationFacts
from entitlements.plan_terms import PlanTerms

SERVING = (Standing.ACTIVE, Standing.EXPIRING, Standing.GRACE)
"""The standings in which a cover serves."""


def standing_of(cover: Cover, plan: PlanTerms, on: date, at: datetime, registered_until: date | None) -> Standing:
    """The standing of a cover on a day; the vendor's register can end it earlier, and then no grace follows (S8)."""
    served, grace_days = cover.served, cover.grace_days(plan)
    if registered_until is not None and registered_until < served.last_day:
        if registered_until < served.starts_on:
            return Standing.LAPSED if on >= served.starts_on else Standing.UPCOMING
        served, grace_days = Term(served.starts_on, registered_until + ONE_DAY), 0
    return standing_on(
        on,
        served,
        grace_days=grace_days,
        expiring_days=plan.expiring_days,
        has_successor=cover.has_successor,
        cancelled_on=cover.cancelled_on,
        suspended=any(stop.holds(at) for stop in cover.stops),
    )


def registered_until(facts: ClientFacts, cover: Cover, plan: PlanTerms, number: str | None, on: date) -> date | None:
    """Until which day the register has what is asked about under the plan's kind (S8); none while it does not say.

    Without a number it is the last day of any registration that the cover names.
    """
    ends = [_registered_until(copy, plan.kind_id) for copy in _asked(facts, cover, number, on)]
    known = [end for end in ends if end is not None]
    return max(known) if known and len(known) == len(ends) else None


def registration_due(facts: ClientFacts, cover: Cover, plan: PlanTerms, number: str | None, on: date) -> date | None:
    """The first day of those on which the register ends what is asked about before the cover ends, if it is soon (S8).

    Of several registrations each counts: what goes on for the others has stopped for it.
    """
    ends = (_registered_until(copy, plan.kind_id) for copy in _asked(facts, cover, number, on))
    soon = on + timedelta(days=plan.expiring_days)
    return min(
        (end for end in ends if end is not None and on <= end <= soon and end < cover.served.last_day), default=None
    )


def _registered_until(copy: RegistrationFacts, kind_id: int) -> date | None:
    """Nothing is concluded from an answer of unknown kind or end, nor from none."""
    own = [period for period in copy.registered if period.kind_id == kind_id and not period.by_other]
    if not own or any(period.kind_id is None for period in copy.registered):
        return None
    ends = [period.ends_on for period in own if period.ends_on is not None]
    return max(ends) - ONE_DAY if len(ends) == len(own) else None


def held_by_other(facts: ClientFacts, cover: Cover, plan: PlanTerms, number: str | None, on: date) -> bool:
    """Whether the register has all that is asked about with another partner on the day, under the plan's kind."""
    asked = _asked(facts, cover, number, on)
    return bool(asked) and all(_held_by_other(copy, plan.kind_id, on) for copy in asked)


def _held_by_other(copy: RegistrationFacts, kind_id: int, on: date) -> bool:
    held = [period for period in copy.registered if period.kind_id == kind_id and period.holds(on)]
    return bool(held) and all(period.by_other for period in held)


def last_answers(facts: ClientFacts, cover: Cover, number: str | None, on: date) -> list[datetime | None]:
    """When the register answered last for each registration that is asked about (D11)."""
    return [copy.observed_at for copy in _asked(facts, cover, number, on)]


def _asked(facts: ClientFacts, cover: Cover, number: str | None, on: date) -> list[RegistrationFacts]:
    """The registrations that the cover names, or the one asked about, without what an upgrade replaced (S1)."""
    named = [one for one in cover.registrations or () if number in (None, one)]
    return [copy for copy in facts.registrations if copy.number in named and not copy.is_surrendered(on)]


def is_paid(cover: Cover, on: date) -> bool:
    """Whether the payment clock lets service go on, the payment grace included (S8)."""
    return cover.served_unpaid_until is None or on <= cover.served_unpaid_until


def payment_is_due(cover: Cover, on: date) -> bool:
    """Whether service goes on in the payment grace alone (S8)."""
    return cover.paid_until is not None and cover.served_unpaid_until is not None and on > cover.paid_until


def is_signed(cover: Cover, plan: PlanTerms, on: date) -> bool:
    """Whether the plan asks for no signature, or has it; a free period has no contract that could be signed (D2)."""
    asked = plan.requires_signature and cover.kind is CoverKind.SUBSCRIPTION
    return not asked or (cover.signed_on is not None and cover.signed_on <= on)


def base_is_active(
    facts: ClientFacts, cover: Cover, plan: PlanTerms, number: str | None, on: date, at: datetime
) -> bool:
    """Whether the plan that this one requires serves the registration asked about at the moment, grace included (S7).

    Without a number it is any registration that the cover names.
    """
    if plan.requires is None:
        return True
    asked = (number,) if number is not None else cover.registrations or (None,)
    return any(
        _serves(facts, base, one, on, at)
        for base in facts.covers
        if facts.plans[base.plan_version_id].code == plan.requires
        for one in asked
        if one is None or base.registrations is None or one in base.registrations
    )


def _serves(facts: ClientFacts, cover: Cover, number: str | None, on: date, at: datetime) -> bool:
    """Whether nothing stops the cover itself, whatever is asked for."""
    plan = facts.plans[cover.plan_version_id]
    return (
        standing_of(cover, plan, on, at, registered_until(facts, cover, plan, number, on)) in SERVING
        and not held_by_other(facts, cover, plan, number, on)
        and is_signed(cover, plan, on)
        and (is_paid(cover, on) or plan.unpaid is Unpaid.APPROVE)
    )
