"""What would change the desk's answer: a renewal when the term or the registration runs out, a package (S4, S8, H8)."""

from collections.abc import Iterator, Sequence
from datetime import date

from contracts.money import Money
from contracts.renewal_choices import Renewable, TermPrice, renewal_choices
from contracts.standing import Standing
from contracts.terms import ONE_DAY
from entitlements.answers import Option, RuleResult
from entitlements.case import Case
from entitlements.clocks import SERVING, payment_is_due
from entitlements.covers import CoverKind
from entitlements.plan_terms import PackageOffer, VersionOnSale

PAY, RENEW, RENEW_REGISTRATION = "pay", "renew", "renew_registration"
_ACTS = {
    "SIGNED": "sign_contract",
    "PAID": PAY,
    "PAID_OR_APPROVED": PAY,
    "CONTACT_NAMED": "name_contact",
    "REGISTER_CHECKED": "check_register",
}
"""What the client, or the seller for it, has to do where a rule fails."""


def options(case: Case, rules: tuple[RuleResult, ...]) -> Iterator[Option]:
    """What would make the cover serve on, or serve the request: an act, or what the client may buy."""
    cover, plan, standing, cost, service = case.cover, case.plan, case.standing, case.cost, case.service
    acts = [_ACTS[rule.code] for rule in rules if not rule.holds and rule.code in _ACTS]
    for act in dict.fromkeys([*acts, PAY] if payment_is_due(cover, case.on) else acts):
        yield Option(act)
    if case.registered_until is not None and _ends_at_the_vendor(case):
        yield Option(RENEW_REGISTRATION, case.registered_until + ONE_DAY)
    if _is_renewable(case):
        yield _renewal(case)
    packages = [one for one in case.facts.packages if one.currency == plan.currency]
    if cost.overage_minutes and packages and cover.kind is CoverKind.SUBSCRIPTION and standing in SERVING:
        package = _package_for(packages, cost.overage_minutes)
        yield Option("buy_package", minutes=package.minutes, price=Money(package.price_minor, package.currency))
    if service is not None and service.price_minor is not None:
        yield Option("pay_separately", price=Money(service.price_minor, plan.currency))


def _ends_at_the_vendor(case: Case) -> bool:
    """Whether the vendor's register alone ends, or has ended, the service, so that no renewal would go on with it."""
    ending = case.standing in (Standing.EXPIRING, Standing.LAPSED)
    return ending and case.ends_with_register and case.own_standing in SERVING


def _is_renewable(case: Case) -> bool:
    ending = case.own_standing in (Standing.EXPIRING, Standing.GRACE, Standing.LAPSED)
    return ending and case.cover.kind is CoverKind.SUBSCRIPTION and not case.cover.has_successor


def _renewable(case: Case) -> Renewable:
    cover = case.cover
    ends_on = cover.ends_on if cover.cancelled_on is None else cover.cancelled_on + ONE_DAY
    return Renewable(ends_on, cover.grace_days(case.plan), case.plan.lapse_renewal)


def _renewal(case: Case) -> Option:
    """The one way that is open on the day for as long a term, as it would be sold: without a list price, its day alone.

    A promotion is never taken unasked (S5).
    """
    on_sale, months = case.facts.sold_on(case.plan.code, case.on), case.cover.term_months
    if on_sale is None:
        return Option(RENEW)
    old = _renewable(case)
    choices = renewal_choices(old, _price(on_sale, months), months, on_sale.alignment, case.on)
    price = next((choice.total for choice in choices if choice.is_open), None)
    return Option(RENEW, old.starts_on(on_sale.alignment, case.on), price=price)


def _price(on_sale: VersionOnSale, months: int) -> TermPrice:
    listed = on_sale.prices_minor.get(months, (None, None))
    return TermPrice(*(None if minor is None else Money(minor, on_sale.currency) for minor in listed))


def offered_until(case: Case) -> date | None:
    """The first day on which the renewal is another one: after a lapse the next, else that of another price list."""
    if not _is_renewable(case):
        return None
    served_until = _renewable(case).served_until
    if case.on > served_until:
        return case.on + ONE_DAY
    later = [one.valid_from for one in case.facts.versions(case.plan.code) if one.valid_from > case.on]
    return min([served_until + ONE_DAY, *later])


def _package_for(packages: Sequence[PackageOffer], minutes: int) -> PackageOffer:
    """The smallest package that pays for the minutes, or the largest on sale."""
    enough = [package for package in packages if package.minutes >= minutes]
    return min(enough, key=lambda package: package.minutes) if enough else max(packages, key=lambda p: p.minutes)
